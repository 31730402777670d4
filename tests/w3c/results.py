"""Comparing the answers of a query with the expected ones."""

import csv
import io
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

import pyoxigraph as ox
import rdflib
from rdflib.compare import isomorphic
from rdflib.namespace import RDF

Row = frozenset[tuple[str, str]]
"""Variables with their terms, written out; a blank node begins with ``_:``."""
RS = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/result-set#")
FORMATS = {".srx": ox.QueryResultsFormat.XML, ".srj": ox.QueryResultsFormat.JSON, ".tsv": ox.QueryResultsFormat.TSV}  # fmt: skip
NUMERIC = {"integer", "decimal", "double", "float", "int", "long", "short", "byte", "boolean",
           "nonNegativeInteger", "positiveInteger", "unsignedByte", "negativeInteger"}  # fmt: skip


def rows_of(content: bytes, results_format: ox.QueryResultsFormat) -> list[Row] | bool:
    """Return the rows of an answer, or its truth value."""
    results = ox.parse_query_results(content, format=results_format)
    if isinstance(results, ox.QueryBoolean):
        return bool(results)
    names = [variable.value for variable in results.variables]
    return [
        frozenset((name, written(term)) for name, term in zip(names, row, strict=True) if term is not None)
        for row in results
    ]


def expected_rows(path: Path, base: str) -> list[Row] | bool:
    """Return what a file of expected results says."""
    if path.suffix in FORMATS:
        return rows_of(path.read_bytes(), FORMATS[path.suffix])
    if path.suffix == ".csv":
        return csv_rows(path.read_bytes())
    graph = rdflib.Graph().parse(path, format="xml" if path.suffix == ".rdf" else "turtle", publicID=base)
    truth = next(graph.objects(None, RS.boolean), None)
    if truth is not None:
        return str(truth).lower() == "true"
    return [
        frozenset(
            (str(graph.value(binding, RS.variable)), written_rdflib(graph.value(binding, RS.value)))
            for binding in graph.objects(solution, RS.binding)
        )
        for solution in graph.objects(None, RS.solution)
    ]


def csv_rows(content: bytes) -> list[Row]:
    """Return the rows of CSV, whose terms have no types."""
    heading, *rows = csv.reader(io.StringIO(content.decode(), newline=""))
    return [frozenset(zip(heading, row, strict=True)) for row in rows if row or not heading]


def written(term: object) -> str:
    """Write a term so that equal values of numbers are equal texts."""
    if isinstance(term, ox.Literal):
        return _literal(term.value, term.datatype.value, term.language)
    return str(term)


def written_rdflib(term: object) -> str:
    """Write a term as :func:`written` does."""
    if isinstance(term, rdflib.Literal):
        return _literal(str(term), str(term.datatype or ox.Literal("").datatype.value), term.language)
    return f"_:{term}" if isinstance(term, rdflib.BNode) else f"<{term}>"


def _literal(text: str, datatype: str, language: str | None) -> str:
    if language:
        return f'"{text}"@{language.lower()}'
    namespace, _, name = datatype.rpartition("#")
    if namespace.endswith("XMLSchema") and name in NUMERIC:
        value = {"true": "1", "false": "0"}.get(text, text)
        try:
            return f"number {float(value):.12g} {'boolean' if name == 'boolean' else _family(name)}"
        except ValueError:
            return f'"{text}"^^{name}'
    return f'"{text}"^^<{datatype}>'


def _family(name: str) -> str:
    return name if name in ("decimal", "double", "float") else "integer"


def same_rows(found: Sequence[Row], expected: Sequence[Row], *, lax: bool = False) -> bool:
    """Tell whether two bags of rows are equal but for the names of blank nodes; ``lax``: rows may be left out if another is equal."""
    if lax:
        return set(found) == set(expected)
    if len(found) != len(expected):
        return False
    if Counter(found) == Counter(expected):
        return True
    if not any(term.startswith("_:") for row in expected for _, term in row):
        return False
    return isomorphic(_as_graph(found), _as_graph(expected))


def _as_graph(rows: Sequence[Row]) -> rdflib.Graph:
    graph = rdflib.Graph()
    for row in rows:
        node = rdflib.BNode()
        graph.add((node, RDF.type, RS.ResultRow))
        for name, term in row:
            value = rdflib.BNode("t" + term[2:]) if term.startswith("_:") else rdflib.Literal(term)
            graph.add((node, RS["v-" + name], value))
    return graph


def same_graphs(found: bytes, expected: Path, base: str) -> bool:
    """Tell whether N-Triples are the graph of a file."""
    kind = {".rdf": "xml", ".nt": "nt"}.get(expected.suffix, "turtle")
    wanted = rdflib.Graph().parse(expected, format=kind, publicID=base)
    got = rdflib.Graph().parse(data=found, format="nt")
    return isomorphic(_plain(got), _plain(wanted))


def _plain(graph: rdflib.Graph) -> rdflib.Graph:
    """Write literals out, so that equal numbers are equal."""
    plain = rdflib.Graph()
    for subject, predicate, value in graph:
        plain.add((subject, predicate, rdflib.Literal(written_rdflib(value)) if isinstance(value, rdflib.Literal) else value))  # fmt: skip
    return plain
