"""Large answers over a real connection: they start at once, free their worker, and never end as if they were whole."""

import http.client
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from bufgraph.settings import load_settings
from sparql_server import Endpoint, serving, store_of

ALL = "SELECT * { ?s ?p ?o }"
ENDLESS = "SELECT * { ?a ?b ?c . ?d ?e ?f }"
TRIPLES = 20_000


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    graph = "".join(f"<urn:n{n}> <urn:text> 'a text of some length, number {n}' .\n" for n in range(TRIPLES))
    return store_of(tmp_path_factory.mktemp("store") / "graph", {"urn:g": (graph.encode(), "text/turtle")})


@pytest.fixture(scope="module")
def endpoint(folder: Path) -> Iterator[Endpoint]:
    settings = load_settings({}, sparql_max_result_mb=4, sparql_max_rows=TRIPLES, sparql_workers=1)
    with serving(folder, settings) as endpoint:
        yield endpoint


def _rows(reply_body: bytes) -> int:
    return reply_body.count(b"\n") - 1


def test_a_large_answer_is_whole_and_comes_in_pieces(endpoint: Endpoint) -> None:
    reply = endpoint.post(ALL, accept="text/tab-separated-values")
    assert reply.headers["transfer-encoding"] == "chunked"
    assert (_rows(reply.body), reply.broken) == (TRIPLES, False)


def test_a_small_answer_has_its_length(endpoint: Endpoint) -> None:
    reply = endpoint.post(f"{ALL} LIMIT 10", accept="text/csv")
    assert reply.headers["content-length"] == str(len(reply.body))


def test_a_graph_is_streamed_too(endpoint: Endpoint) -> None:
    reply = endpoint.post("CONSTRUCT WHERE { ?s ?p ?o }", accept="application/n-triples")
    assert (reply.body.count(b"\n"), reply.broken) == (TRIPLES, False)


@pytest.mark.parametrize(
    ("query", "accept"),
    [
        (ENDLESS, "text/csv"),  # rows
        (ENDLESS, "application/sparql-results+json"),  # bytes
        ("CONSTRUCT { ?a <urn:with> ?d, ?f } { ?a ?b ?c . ?d ?e ?f }", "application/n-triples"),
    ],
)
def test_an_answer_that_passes_a_limit_on_its_way_breaks_off_visibly(
    endpoint: Endpoint, query: str, accept: str
) -> None:
    reply = endpoint.post(query, accept=accept)
    assert (reply.status, reply.broken) == (200, True)
    assert len(reply.body) < 5 << 20
    assert endpoint.post("ASK {}").status == 200


def test_an_answer_that_passes_a_limit_before_it_starts_is_refused_cleanly(folder: Path) -> None:
    with serving(folder, load_settings({}, sparql_max_rows=500)) as endpoint:
        reply = endpoint.post(ALL)
        assert (reply.status, reply.broken) == (413, False)
        assert b"more rows or triples than the 500 that are sent at most; add a LIMIT" in reply.body
        assert endpoint.post(f"{ALL} LIMIT 500").status == 200
        assert endpoint.post(f"{ALL} LIMIT 501").status == 413


def test_an_answer_that_passes_the_time_on_its_way_breaks_off_visibly(folder: Path) -> None:
    with serving(folder, load_settings({}, sparql_timeout_s=0.5, sparql_max_result_mb=4_000)) as endpoint:
        reply = endpoint.post("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 999999")
        assert (reply.status, reply.broken) == (200, True)


def test_a_slow_reader_holds_no_worker(endpoint: Endpoint) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=30)
    headers = {"Content-Type": "application/sparql-query", "Accept": "text/tab-separated-values"}
    connection.request("POST", "/sparql", ALL, headers)
    slow = connection.getresponse()
    start = slow.read(100)
    assert endpoint.post("ASK {}").status == 200  # by the only worker
    assert _rows(start + slow.read()) == TRIPLES
    connection.close()


def test_a_reader_who_leaves_frees_everything(endpoint: Endpoint) -> None:
    for _ in range(5):
        connection = http.client.HTTPConnection("127.0.0.1", endpoint.port, timeout=30)
        connection.request("POST", "/sparql", ALL, {"Content-Type": "application/sparql-query"})
        connection.getresponse().read(10)
        connection.close()
    end = time.monotonic() + 20
    while endpoint.service._pool._spools and time.monotonic() < end:
        time.sleep(0.01)
    assert not endpoint.service._pool._spools
    assert endpoint.post("ASK {}").status == 200


def test_a_full_queue_says_when_to_come_back(folder: Path) -> None:
    settings = load_settings({}, sparql_workers=1, sparql_queue_length=0, sparql_timeout_s=2.0)
    with serving(folder, settings) as endpoint:
        count = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        asked = threading.Thread(target=_until_taken, args=(endpoint, count))
        asked.start()
        reply = endpoint.post("ASK {}")
        while reply.status == 200 and asked.is_alive():
            reply = endpoint.post("ASK {}")
        asked.join()
        assert reply.status == 503
        assert int(reply.headers["retry-after"]) >= 1
        assert "access-control-allow-origin" in reply.headers
        ended = endpoint.post(count)
        assert ended.status == 503
        assert "retry-after" not in ended.headers  # it would end the same way


def _until_taken(endpoint: Endpoint, query: str) -> None:
    while "retry-after" in endpoint.post(query).headers:
        pass
