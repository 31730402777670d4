"""Requests that mean harm: each ends in time, with the right status, and the endpoint goes on answering."""

import threading
from collections.abc import Iterator

import pytest

from bufgraph.settings import load_settings
from hostile_queries import Hostile, hostile
from sparql_server import Endpoint, serving, store_of

TIMEOUT_S = 0.4
MEMORY_MB = 256
NODES = 1_500
CASES = hostile()


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    graph = "".join(
        f"<urn:n{n}> <urn:next> <urn:n{(n + 1) % NODES}>, <urn:n{n * 7 % NODES}> ; <urn:text> '{'a' * (n % 40)}' .\n"
        for n in range(NODES)
    )
    folder = store_of(tmp_path_factory.mktemp("store") / "graph", {"urn:g": (graph.encode(), "text/turtle")})
    settings = load_settings(
        {}, sparql_timeout_s=TIMEOUT_S, sparql_memory_mb=MEMORY_MB, sparql_max_result_mb=2
    )
    with serving(folder, settings) as endpoint:
        yield endpoint


@pytest.mark.parametrize("case", CASES, ids=[case.name for case in CASES])
def test_a_hostile_request_ends_with_the_right_status_and_the_next_one_is_answered(
    endpoint: Endpoint, case: Hostile
) -> None:
    reply = endpoint.ask(case.method, case.target, case.body, case.headers)
    assert reply.status in case.statuses, reply.body[:300]
    assert case.broken or not reply.broken
    assert reply.seconds < 20  # a hang is an hour; the limit is half a second on a free machine
    assert endpoint.worker_kib() < (MEMORY_MB + 200) * 1_024
    after = endpoint.post("ASK { <urn:n7> <urn:next> <urn:n8> }", client="127.0.0.2")
    assert (after.status, after.body) == (200, b'{"head":{},"boolean":true}')


def test_others_are_answered_while_one_client_floods_the_endpoint(endpoint: Endpoint) -> None:
    endless = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    flood = [threading.Thread(target=endpoint.post, args=(endless,)) for _ in range(6)]
    for thread in flood:
        thread.start()
    statuses = [endpoint.post("ASK {}", client="127.0.0.2").status for _ in range(20)]
    still_running = any(thread.is_alive() for thread in flood)
    for thread in flood:
        thread.join()
    assert statuses == [200] * 20
    assert still_running
