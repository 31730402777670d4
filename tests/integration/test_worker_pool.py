"""SPARQL in processes that may die."""

import socket
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import orjson
import pytest

from bufgraph.errors import InvalidInputError, NotAvailableError, QueryTimeoutError, TooLargeError
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.graph.pool import PoolLimits, Question, WorkerPool

JSON = "application/sparql-results+json"
COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
RUNAWAY = "SELECT (COUNT(*) AS ?n) WHERE { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("store") / "graph"
    store = OxigraphStore.writer(path)
    for name in ("one", "two"):
        triples = "".join(f"<urn:{name}{n}> <urn:p> {n} .\n" for n in range(300))
        store.replace_graph(f"urn:{name}", triples.encode(), "text/turtle")
    store.flush()
    return path


def _pool(folder: Path, **changes: float) -> WorkerPool:
    limits = {
        "timeout_s": 10.0,
        "memory_mb": 1_024,
        "max_result_bytes": 1_000_000,
        "memory_quads": 10_000,
        **changes,
    }
    return WorkerPool(folder, workers=2, limits=PoolLimits(**limits))  # type: ignore[arg-type]  # numbers of the right kind


@pytest.fixture(scope="module")
def pool(folder: Path) -> Iterator[WorkerPool]:
    with _pool(folder) as pool:
        yield pool


def _count(pool: WorkerPool, **graphs: tuple[str, ...]) -> int:
    answer = orjson.loads(pool.query(Question(COUNT, JSON, **graphs)))
    return int(answer["results"]["bindings"][0]["n"]["value"])


def test_the_default_graph_is_the_union_unless_one_is_named(pool: WorkerPool) -> None:
    assert _count(pool) == 600
    assert _count(pool, default_graphs=("urn:one",)) == 300


@pytest.mark.parametrize(
    ("query", "media_type", "start"),
    [
        (COUNT, "text/csv", b"n\r\n600"),
        (COUNT, "text/tab-separated-values", b"?n\n600"),
        (COUNT, "application/sparql-results+xml", b"<?xml"),
        ("ASK { ?s ?p 299 }", JSON, b'{"head":{},"boolean":true}'),
        (
            "CONSTRUCT { <urn:a> <urn:b> <urn:c> } WHERE {}",
            "application/n-triples",
            b"<urn:a> <urn:b> <urn:c> .",
        ),
        ("CONSTRUCT { <urn:a> <urn:b> <urn:c> } WHERE {}", "application/ld+json", b"["),
        ("DESCRIBE <urn:one1>", "text/turtle", b"@prefix"),
        ("DESCRIBE <urn:one1>", "application/trig", b"@prefix"),
        ("DESCRIBE <urn:one1>", "application/n-quads", b"<urn:one1> <urn:p>"),
    ],
)
def test_answers_come_in_the_asked_format(
    pool: WorkerPool, query: str, media_type: str, start: bytes
) -> None:
    assert pool.query(Question(query, media_type)).startswith(start)


def test_a_wrong_query_is_the_askers_fault_and_the_worker_lives(pool: WorkerPool) -> None:
    with pytest.raises(InvalidInputError, match="does not parse"):
        pool.query(Question("SELECT WHERE", JSON))
    assert _count(pool) == 600


def test_a_runaway_query_is_killed_at_the_deadline_and_the_pool_answers_again(folder: Path) -> None:
    with _pool(folder, timeout_s=1.0) as pool:
        start = time.monotonic()
        with pytest.raises(QueryTimeoutError, match="ended after 1 seconds"):
            pool.query(Question(RUNAWAY, JSON))
        assert time.monotonic() - start < 5
        assert _count(pool) == 600


def test_a_query_that_overflows_the_stack_kills_only_its_worker(pool: WorkerPool) -> None:
    with pytest.raises(QueryTimeoutError, match="nested too deep"):
        pool.query(Question("SELECT * WHERE " + "{" * 90_000 + "}" * 90_000, JSON))
    assert _count(pool) == 600


def test_a_worker_cannot_reach_the_network_even_past_the_guard(pool: WorkerPool) -> None:
    reached = threading.Event()
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(2)

        def listen() -> None:
            try:
                server.accept()[0].close()
                reached.set()
            except TimeoutError:
                pass

        listener = threading.Thread(target=listen)
        listener.start()
        address = f"http://127.0.0.1:{server.getsockname()[1]}/"
        with pytest.raises(InvalidInputError, match="cannot be evaluated"):
            pool.query(Question(f"SELECT * WHERE {{ SERVICE <{address}> {{ ?s ?p ?o }} }}", JSON))
        listener.join()
    assert not reached.is_set()


def test_an_answer_above_the_limit_is_refused(folder: Path) -> None:
    with (
        _pool(folder, max_result_bytes=500) as pool,
        pytest.raises(TooLargeError, match="more bytes than the 500 that are sent at most; add a LIMIT"),
    ):
        pool.query(Question("SELECT * WHERE { ?s ?p ?o }", JSON))


def test_many_threads_get_right_answers_from_few_workers(pool: WorkerPool) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(lambda _: _count(pool), range(40))) == [600] * 40


def test_when_all_workers_are_busy_the_asker_is_told_to_come_back(folder: Path) -> None:
    with _pool(folder, timeout_s=1.5) as pool:
        threads = [threading.Thread(target=_swallow, args=(pool,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        time.sleep(0.3)
        with pytest.raises(NotAvailableError):
            pool.query(Question(RUNAWAY, JSON))
        for thread in threads:
            thread.join()


def _swallow(pool: WorkerPool) -> None:
    with pytest.raises(NotAvailableError):
        pool.query(Question(RUNAWAY, JSON))
