"""Graphs as files whose bytes depend on nothing but the statements in them."""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby
from pathlib import Path

import pyoxigraph as ox

from bufgraph.graph.oxigraph import open_store, parse_triples
from bufgraph.namespaces import RDF_TYPE


@dataclass(frozen=True, slots=True)
class GraphFigures:
    """What a VoID description says of a graph; triples of the union of all named graphs.

    Attributes:
        entities: Subjects that are IRIs and have a type.
        classes: Entities of each class, by IRI.
        properties: Triples of each property, by IRI.
        links: Triples by (property, namespace of the object), for the namespaces asked for.
    """

    triples: int
    named_graphs: int
    subjects: int
    objects: int
    entities: int
    classes: Mapping[str, int]
    properties: Mapping[str, int]
    links: Mapping[tuple[str, str], int]


def canonical_lines(folder: Path, without: Collection[str] = ()) -> list[bytes]:
    """Return the statements of a finished store as canonical N-Quads, one a line, in code point order.

    Blank nodes get the labels of RDFC-1.0 (https://www.w3.org/TR/rdf-canon/), which depend only on what is said of them.

    Args:
        without: Predicates to leave out.
    """
    hidden = {ox.NamedNode(iri) for iri in without}
    quads = [quad for quad in open_store(folder, memory_quads=0) if quad.predicate not in hidden]
    unnamed = [quad for quad in quads if _has_blank_node(quad)]
    canonical = ox.Dataset(unnamed)  # statements without blank nodes do not change the labels
    canonical.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    named = (quad for quad in quads if not _has_blank_node(quad))
    text = ox.serialize([*named, *canonical], format=ox.RdfFormat.N_QUADS) or b""
    return sorted(text.splitlines(keepends=True))


def to_turtle(lines: Iterable[bytes], prefixes: Mapping[str, str]) -> bytes:
    """Write canonical lines as Turtle: the union of the graphs, subject by subject."""
    triples = [triple for triple, _ in groupby(quad.triple for quad in _read(lines))]
    text = ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=dict(prefixes)) or b""
    head, rest = [], text
    while rest.startswith(b"@prefix"):  # written in an order that changes from run to run
        line, _, rest = rest.partition(b"\n")
        head.append(line + b"\n")
    return b"".join(sorted(head)) + b"\n" + rest


def to_json_ld(lines: Iterable[bytes]) -> bytes:
    """Write canonical lines as expanded JSON-LD, named graph by named graph."""
    quads = sorted(_read(lines), key=lambda quad: str(quad.graph_name))
    return (ox.serialize(quads, format=ox.RdfFormat.JSON_LD) or b"") + b"\n"


def turtle_of(json_ld: bytes, prefixes: Mapping[str, str]) -> bytes:
    """Rewrite a JSON-LD document without blank nodes as Turtle."""
    triples = parse_triples(json_ld, "application/ld+json")
    text = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""
    return to_turtle(sorted(text.splitlines(keepends=True)), prefixes)


def figures(lines: Iterable[bytes], targets: Sequence[str]) -> GraphFigures:
    """Count the statements of canonical lines.

    Args:
        targets: Namespaces of other data sets, to count links to.
    """
    classes: Counter[str] = Counter()
    properties: Counter[str] = Counter()
    links: Counter[tuple[str, str]] = Counter()
    subjects, objects, entities, graphs = set(), set(), set(), set()
    last, triples = None, 0
    for quad in _read(lines):
        graphs.add(quad.graph_name)
        if quad.triple == last:
            continue
        last, triples = quad.triple, triples + 1
        subjects.add(quad.subject)
        objects.add(quad.object)
        predicate, term = quad.predicate.value, quad.object
        properties[predicate] += 1
        if not isinstance(term, ox.NamedNode):
            continue
        if predicate == RDF_TYPE:
            classes[term.value] += 1
            if isinstance(quad.subject, ox.NamedNode):
                entities.add(quad.subject)
        elif (target := next((ns for ns in targets if term.value.startswith(ns)), None)) is not None:
            links[predicate, target] += 1
    return GraphFigures(
        triples, len(graphs), len(subjects), len(objects), len(entities),
        dict(sorted(classes.items())), dict(sorted(properties.items())), dict(sorted(links.items())),
    )  # fmt: skip


def _has_blank_node(quad: ox.Quad) -> bool:
    return isinstance(quad.subject, ox.BlankNode) or isinstance(quad.object, ox.BlankNode)


def _read(lines: Iterable[bytes]) -> Iterator[ox.Quad]:
    return iter(ox.parse(b"".join(lines), format=ox.RdfFormat.N_QUADS))
