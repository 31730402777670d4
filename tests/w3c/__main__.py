"""The W3C's SPARQL tests against the live endpoint: ``make conformance PATH=folder`` (a minute).

The folder is a checkout of github.com/w3c/rdf-tests, or any folder with its manifests (rdflib's source distribution has them
under test/data/suites/w3c). Every data file is one named graph of one store; a test names its dataset by
``default-graph-uri`` and ``named-graph-uri``, so nothing but the endpoint answers.
"""

import sys
import tempfile
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import rdflib
from rdflib.collection import Collection
from rdflib.namespace import RDF

from bufgraph.graph.oxigraph import open_store
from bufgraph.settings import load_settings
from sparql_server import Endpoint, Reply, serving, store_of
from w3c.protocol import PROTOCOL_TESTS
from w3c.protocol import graphs as protocol_graphs
from w3c.results import csv_rows, expected_rows, rows_of, same_graphs, same_rows

BASE = "http://example.org/tests/"
EMPTY = "urn:empty"
MF = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
QT = rdflib.Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-query#")
SKIPPED = (
    "sparql12",
    "entailment",
    "service",
    "service-description",
    "protocol",
    "http-rdf-update",
    "graph-store-protocol",
)
TABLES = {
    "application/sparql-results+xml": ox.QueryResultsFormat.XML, "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}  # fmt: skip
SYNTAXES = {".ttl": ox.RdfFormat.TURTLE, ".n3": ox.RdfFormat.N3, ".rdf": ox.RdfFormat.RDF_XML, ".nt": ox.RdfFormat.N_TRIPLES}  # fmt: skip
SYNTAX_KINDS = {MF.PositiveSyntaxTest: True, MF.PositiveSyntaxTest11: True, MF.NegativeSyntaxTest: False, MF.NegativeSyntaxTest11: False}  # fmt: skip
EVALUATION_KINDS = {MF.QueryEvaluationTest, MF.CSVResultFormatTest}


@dataclass(frozen=True)
class Case:
    """One test of a manifest."""

    section: str
    name: str
    kind: str
    query: Path
    base: str
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    result: Path | None
    lax: bool = False


class Suite:
    """The tests of a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self.data: dict[str, Path] = {}
        self.cases = [case for path in sorted(root.rglob("manifest.ttl")) for case in self._read(path)]

    def _iri(self, path: Path) -> str:
        return BASE + quote(str(path.relative_to(self._root)))

    def _path(self, iri: object) -> Path:
        return self._root / str(iri).removeprefix(BASE)

    def _read(self, path: Path) -> Iterator[Case]:
        section = str(path.parent.relative_to(self._root))
        if set(path.parts) & set(SKIPPED):
            return
        graph = rdflib.Graph().parse(path, format="turtle", publicID=self._iri(path))
        for entries in graph.objects(None, MF.entries):
            for test in Collection(graph, entries):
                case = self._case(graph, test, section)
                if case is not None:
                    yield case

    def _case(self, graph: rdflib.Graph, test: rdflib.term.Node, section: str) -> Case | None:
        kinds = set(graph.objects(test, RDF.type))
        action, result = graph.value(test, MF.action), graph.value(test, MF.result)
        name = str(graph.value(test, MF.name) or test)
        syntax = next((wanted for kind, wanted in SYNTAX_KINDS.items() if kind in kinds), None)
        if syntax is not None:
            return Case(
                section,
                name,
                "syntax" if syntax else "wrong syntax",
                self._path(action),
                str(action),
                (EMPTY,),
                (),
                None,
            )
        if not kinds & EVALUATION_KINDS or action is None:
            return None
        query = graph.value(action, QT.query)
        default = tuple(self._known(iri) for iri in graph.objects(action, QT.data))
        named = tuple(self._known(iri) for iri in graph.objects(action, QT.graphData))
        lax = (test, MF.resultCardinality, MF.LaxCardinality) in graph
        for neighbour in self._path(query).parent.iterdir():  # what FROM may name
            if neighbour.suffix in SYNTAXES:
                self.data[self._iri(neighbour)] = neighbour
        return Case(
            section,
            name,
            "evaluation",
            self._path(query),
            str(query),
            default,
            named,
            self._path(result),
            lax,
        )

    def _known(self, iri: object) -> str:
        self.data[str(iri)] = self._path(iri)
        return str(iri)

    def store(self, folder: Path) -> Path:
        """Write the store of all data files; one that does not parse is left out."""
        graphs = protocol_graphs() | {EMPTY: (b"", "text/turtle")}
        for iri, path in self.data.items():
            try:
                triples = (
                    quad.triple
                    for quad in ox.parse(
                        path.read_bytes(), format=SYNTAXES[path.suffix], base_iri=iri, rename_blank_nodes=True
                    )
                )
                graphs[iri] = (
                    ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b"",
                    "application/n-triples",
                )
            except (SyntaxError, ValueError):
                continue  # expected results that name themselves .ttl, or broken on purpose
        return store_of(folder, graphs)


Ask = Callable[[Case, str], Reply]
"""Sends the query of a test, in the wanted media type."""


def over_http(endpoint: Endpoint) -> Ask:
    """Return an asker of the live endpoint."""
    return partial(_ask, endpoint)


def in_process(folder: Path) -> Ask:
    """Return an asker of Oxigraph itself over the same store: what the endpoint may not fall below."""
    store = open_store(folder, 10_000_000)

    def ask(case: Case, accept: str) -> Reply:
        dataset = {}
        if case.default_graphs or case.named_graphs:
            dataset = {
                "default_graph": [ox.NamedNode(iri) for iri in case.default_graphs],
                "named_graphs": [ox.NamedNode(iri) for iri in case.named_graphs],
            }
        try:
            results = store.query(case.query.read_text(encoding="utf-8"), base_iri=case.base, **dataset)
            if isinstance(results, ox.QueryTriples):
                kind, body = "application/n-triples", results.serialize(format=ox.RdfFormat.N_TRIPLES)
            else:
                kind = accept.partition(",")[0]
                body = results.serialize(format=TABLES.get(kind, ox.QueryResultsFormat.JSON))
        except SyntaxError as err:
            return Reply(400, {}, str(err).encode(), False, 0, 0)
        except (RuntimeError, OSError) as err:
            return Reply(400, {}, f"cannot be evaluated: {err}".encode(), False, 0, 0)
        return Reply(200, {"content-type": kind}, body or b"", False, 0, 0)

    return ask


def _ask(endpoint: Endpoint, case: Case, accept: str) -> Reply:
    """Send the query of a test with its dataset."""
    text = case.query.read_bytes()
    if b"BASE" not in text.upper():
        text = f"BASE <{case.base}>\n".encode() + text
    dataset = [("default-graph-uri", iri) for iri in case.default_graphs]
    dataset += [("named-graph-uri", iri) for iri in case.named_graphs]
    target = "/sparql" + ("?" + urlencode(dataset) if dataset else "")
    return endpoint.ask("POST", target, text, {"Content-Type": "application/sparql-query", "Accept": accept})


def passes(ask: Ask, case: Case) -> str:
    """Return an empty text when a test passes, else the reason."""
    if case.result is None:
        reply = ask(case, "*/*")
        # A query that parses and then cannot be evaluated (an unknown function) has good syntax.
        parsed = reply.status == 200 or b"cannot be evaluated" in reply.body
        return "" if parsed == (case.kind == "syntax") else f"{reply.status} {reply.body[:150]!r}"
    suffix = case.result.suffix
    accept, form = "application/sparql-results+json", ox.QueryResultsFormat.JSON
    if suffix == ".tsv":
        accept, form = "text/tab-separated-values", ox.QueryResultsFormat.TSV
    if suffix == ".csv":
        accept = "text/csv"
    if suffix == ".srx":
        accept, form = "application/sparql-results+xml", ox.QueryResultsFormat.XML
    reply = ask(case, f"{accept}, application/n-triples")
    if reply.status != 200:
        return _said(reply)
    if reply.headers["content-type"].startswith("application/n-triples"):
        return "" if same_graphs(reply.body, case.result, case.base) else _said(reply)
    found = csv_rows(reply.body) if suffix == ".csv" else rows_of(reply.body, form)
    expected = expected_rows(case.result, case.base)
    if isinstance(found, bool) or isinstance(expected, bool):
        return "" if found is expected else _said(reply)
    return "" if same_rows(found, expected, lax=case.lax) else _said(reply)


def _said(reply: Reply) -> str:
    return f"{reply.status} {reply.body[:150]!r}"


def _reason(ask: Ask, case: Case) -> str:
    try:
        return passes(ask, case)
    except Exception as err:  # a test that cannot be read has failed
        return f"{type(err).__name__}: {err}"


@dataclass(frozen=True)
class Outcome:
    """How one test went over HTTP and in the process; empty texts: passed."""

    case: Case
    http: str
    engine: str


def run(suite: Suite, folder: Path) -> tuple[list[Outcome], dict[str, bool]]:
    """Run all tests; return the outcomes and which protocol tests pass."""
    store = suite.store(folder / "graph")
    engine = in_process(store)
    with serving(store, load_settings({})) as endpoint:
        live = over_http(endpoint)
        outcomes = [Outcome(case, _reason(live, case), _reason(engine, case)) for case in suite.cases]
        return outcomes, {test.name: test.passes(endpoint) for test in PROTOCOL_TESTS}


def main(place: str) -> int:
    """Print pass counts by section and what failed; the exit code is 1 when Oxigraph alone passes a test that the endpoint fails."""
    say = print  # this is a script for people
    root = Path(place)
    if not root.is_dir() or next(root.rglob("manifest.ttl"), None) is None:
        say(f"'{place[:80]}' is no folder with W3C manifests; give PATH=folder of github.com/w3c/rdf-tests")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        outcomes, protocol = run(Suite(root.resolve()), Path(folder))
    sections: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        kind = "evaluation" if outcome.case.kind == "evaluation" else "syntax"
        sections[f"query {kind}: {outcome.case.section}"].append(outcome)
        sections[f"query {kind}: all"].append(outcome)
    say("passed over HTTP / by Oxigraph in the process / tests")
    for section, found in sorted(sections.items()):
        say(
            f"{sum(not o.http for o in found):4} /{sum(not o.engine for o in found):4} /{len(found):4}  {section}"
        )
    say(f"{sum(protocol.values()):4} /  -  /{len(protocol):4}  protocol")
    say(
        "failed by both:",
        *(f"{o.case.section}: {o.case.name}: {o.http}" for o in outcomes if o.http and o.engine),
        sep="\n  ",
    )
    lost = [f"{o.case.section}: {o.case.name}: {o.http}" for o in outcomes if o.http and not o.engine]
    say("failed over HTTP only:", *lost, sep="\n  ")
    say(
        "protocol:",
        *(f"{t.name}: {t.known_failure or 'UNEXPECTED'}" for t in PROTOCOL_TESTS if not protocol[t.name]),
        sep="\n  ",
    )
    return int(any(not line.startswith("sparql11/syntax-fed") for line in lost))


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1]))
