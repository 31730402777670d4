"""The 34 SPARQL 1.1 Protocol tests of the W3C (data-sparql11/protocol), as requests to a live endpoint.

The manifest gives names and intents; the requests follow the W3C's description of each. The graphs stand in the store under
the names below, one triple about itself each, so no file is fetched.
"""

from collections.abc import Callable
from dataclasses import dataclass
from urllib.parse import urlencode

from sparql_server import Endpoint, Reply

DATA = tuple(f"http://kasei.us/2009/09/sparql/data/data{n}.rdf" for n in range(4))
FORM = {"Content-Type": "application/x-www-form-urlencoded"}
QUERY = {"Content-Type": "application/sparql-query"}
UPDATE = {"Content-Type": "application/sparql-update"}
READ_ONLY = "the endpoint is read-only on purpose: every update is refused with 400"
TABLES = {"application/sparql-results+xml", "application/sparql-results+json", "text/tab-separated-values", "text/csv"}  # fmt: skip
GRAPHS = {"application/rdf+xml", "text/turtle", "application/n-triples"}


def graphs() -> dict[str, tuple[bytes, str]]:
    """Return the content of the store."""
    triple = "<{0}> <http://purl.org/dc/terms/identifier> '{0}' ."
    return {iri: (triple.format(iri).encode(), "text/turtle") for iri in DATA}


@dataclass(frozen=True)
class ProtocolTest:
    """One test.

    Attributes:
        known_failure: Why the endpoint does not pass, where it does not.
    """

    name: str
    passes: Callable[[Endpoint], bool]
    known_failure: str = ""


def _get(endpoint: Endpoint, pairs: list[tuple[str, str]]) -> Reply:
    return endpoint.ask("GET", "/sparql?" + urlencode(pairs))


def _form(endpoint: Endpoint, pairs: list[tuple[str, str]], address: list[tuple[str, str]] = []) -> Reply:  # noqa: B006  # never changed
    target = "/sparql" + ("?" + urlencode(address) if address else "")
    return endpoint.ask("POST", target, urlencode(pairs).encode(), FORM)


def _direct(
    endpoint: Endpoint, text: bytes, address: list[tuple[str, str]], headers: dict[str, str]
) -> Reply:
    target = "/sparql" + ("?" + urlencode(address) if address else "")
    return endpoint.ask("POST", target, text, headers)


def _true(reply: Reply) -> bool:
    return reply.status == 200 and b"true" in reply.body


def _refused(reply: Reply) -> bool:
    return 400 <= reply.status < 500


def _type(reply: Reply) -> str:
    return reply.headers.get("content-type", "").partition(";")[0] if reply.status == 200 else ""


def _defaults(*numbers: int) -> list[tuple[str, str]]:
    return [("default-graph-uri", DATA[n]) for n in numbers]


def _named(*numbers: int) -> list[tuple[str, str]]:
    return [("named-graph-uri", DATA[n]) for n in numbers]


BOTH = f"ASK {{ <{DATA[1]}> ?p ?o . <{DATA[2]}> ?q ?r FILTER NOT EXISTS {{ <{DATA[3]}> ?x ?y }} }}"
IN_GRAPHS = f"ASK {{ GRAPH <{DATA[1]}> {{ ?a ?b ?c }} GRAPH <{DATA[2]}> {{ ?d ?e ?f }} FILTER NOT EXISTS {{ GRAPH <{DATA[3]}> {{ ?x ?y ?z }} }} }}"
FULL = f"ASK {{ <{DATA[3]}> ?p ?o GRAPH <{DATA[1]}> {{ ?a ?b ?c }} GRAPH <{DATA[2]}> {{ ?d ?e ?f }} FILTER NOT EXISTS {{ <{DATA[1]}> ?x ?y }} }}"
OVERRULED = f"ASK FROM <{DATA[3]}> {{ <{DATA[1]}> ?p ?o . <{DATA[2]}> ?q ?r FILTER NOT EXISTS {{ <{DATA[3]}> ?x ?y }} }}"


def _query_tests() -> list[ProtocolTest]:
    test = ProtocolTest
    return [
        test("query_post_form", lambda e: _true(_form(e, [("query", "ASK {}")]))),
        test("query_dataset_default_graphs_get", lambda e: _true(_get(e, [("query", BOTH), *_defaults(1, 2)]))),
        test("query_dataset_default_graphs_post", lambda e: _true(_form(e, [("query", BOTH), *_defaults(1, 2)]))),
        test("query_dataset_named_graphs_post", lambda e: _true(_direct(e, IN_GRAPHS.encode(), _named(1, 2), QUERY))),
        test("query_dataset_named_graphs_get", lambda e: _true(_get(e, [("query", IN_GRAPHS), *_named(1, 2)]))),
        test("query_dataset_full", lambda e: _true(_direct(e, FULL.encode(), [*_defaults(3), *_named(1, 2)], QUERY))),
        test("query_multiple_dataset", lambda e: _true(_direct(e, OVERRULED.encode(), _defaults(1, 2), QUERY))),
        test("query_get", lambda e: _true(_get(e, [("query", "ASK {}")]))),
        test("query_content_type_select", lambda e: _type(_form(e, [("query", "SELECT (1 AS ?value) {}")])) in TABLES),
        test("query_content_type_ask", lambda e: _type(_form(e, [("query", "ASK {}")])) in TABLES),
        test("query_content_type_describe", lambda e: _type(_form(e, [("query", "DESCRIBE <http://example.org/>")])) in GRAPHS),
        test("query_content_type_construct", lambda e: _type(_form(e, [("query", "CONSTRUCT { <s> <p> 1 } {}".replace("<s>", "<urn:s>").replace("<p>", "<urn:p>"))])) in GRAPHS),
        test("query_post_direct", lambda e: _true(_direct(e, b"ASK {}", [], QUERY))),
        test("bad_query_method", lambda e: _refused(e.ask("PUT", "/sparql?" + urlencode([("query", "ASK {}")])))),
        test("bad_multiple_queries", lambda e: _refused(_get(e, [("query", "ASK {}"), ("query", "SELECT * {}")]))),
        test("bad_query_wrong_media_type", lambda e: _refused(_direct(e, b"ASK {}", [], {"Content-Type": "text/plain"}))),
        test("bad_query_missing_form_type", lambda e: _refused(_direct(e, urlencode({"query": "ASK {}"}).encode(), [], {}))),
        test("bad_query_missing_direct_type", lambda e: _refused(_direct(e, b"ASK {}", [], {}))),
        test("bad_query_non_utf8", lambda e: _refused(_direct(e, "ASK {}".encode("utf-16"), [], {"Content-Type": QUERY["Content-Type"] + "; charset=UTF-16"}))),
        test("bad_query_syntax", lambda e: _refused(_get(e, [("query", "ASK {")]))),
    ]  # fmt: skip


def _update_tests() -> list[ProtocolTest]:
    test = ProtocolTest
    text = "INSERT DATA { <urn:a> <urn:p> 1 }"
    using = [("using-graph-uri", DATA[1])]

    def taken(address: list[tuple[str, str]]) -> Callable[[Endpoint], bool]:
        return lambda e: _direct(e, text.encode(), address, UPDATE).status < 300

    return [
        test("update_dataset_default_graph", taken(using), READ_ONLY),
        test("update_dataset_default_graphs", taken([*using, ("using-graph-uri", DATA[2])]), READ_ONLY),
        test("update_dataset_named_graphs", taken([("using-named-graph-uri", DATA[1])]), READ_ONLY),
        test("update_dataset_full", taken([*using, ("using-named-graph-uri", DATA[2])]), READ_ONLY),
        test("update_post_form", lambda e: _form(e, [("update", text)]).status < 300, READ_ONLY),
        test("update_post_direct", taken([]), READ_ONLY),
        test("update_base_uri", taken([]), READ_ONLY),
        test("bad_update_get", lambda e: _refused(_get(e, [("update", text)]))),
        test("bad_multiple_updates", lambda e: _refused(_form(e, [("update", text), ("update", text)]))),
        test("bad_update_wrong_media_type", lambda e: _refused(_direct(e, text.encode(), [], {"Content-Type": "text/plain"}))),
        test("bad_update_missing_form_type", lambda e: _refused(_direct(e, urlencode({"update": text}).encode(), [], {}))),
        test("bad_update_non_utf8", lambda e: _refused(_direct(e, text.encode("utf-16"), [], UPDATE))),
        test("bad_update_syntax", lambda e: _refused(_direct(e, b"INSERT {", [], UPDATE))),
        test("bad_update_dataset_conflict", lambda e: _refused(_direct(e, f"WITH <{DATA[1]}> DELETE {{ ?s ?p ?o }} WHERE {{ ?s ?p ?o }}".encode(), using, UPDATE))),
    ]  # fmt: skip


PROTOCOL_TESTS = [*_query_tests(), *_update_tests()]
