"""Every hostile request with its status, time and worker memory: ``python -m tests.bench.hostile`` (four minutes).

Meanwhile another client asks a simple query without pause; its 95th percentile closes the table.
"""

import statistics
import tempfile
import threading
import time
from pathlib import Path

from bufgraph.settings import load_settings
from tests.hostile_queries import hostile
from tests.sparql_server import Endpoint, serving, store_of

SIMPLE = "SELECT ?s { ?s <urn:next> <urn:n7> }"


def graph(nodes: int = 3_000) -> bytes:
    """Return a ring with shortcuts and some texts, as Turtle."""
    return "".join(
        f"<urn:n{n}> <urn:next> <urn:n{(n + 1) % nodes}>, <urn:n{n * 7 % nodes}> ; <urn:text> 'node {n} {'a' * (n % 40)}' .\n"
        for n in range(nodes)
    ).encode()


class Bystander(threading.Thread):
    """Another client with a simple query, twenty times a second."""

    def __init__(self, endpoint: Endpoint, client: str) -> None:
        super().__init__(daemon=True)
        self._endpoint = endpoint
        self._client = client
        self.stopped = threading.Event()
        self.seconds: list[float] = []
        self.statuses: dict[int, int] = {}

    def run(self) -> None:
        while not self.stopped.wait(0.05):
            reply = self._endpoint.post(SIMPLE, client=self._client)
            self.seconds.append(reply.seconds)
            self.statuses[reply.status] = self.statuses.get(reply.status, 0) + 1


class Watcher(threading.Thread):
    """Samples the memory of the workers."""

    def __init__(self, endpoint: Endpoint) -> None:
        super().__init__(daemon=True)
        self._endpoint = endpoint
        self.stopped = threading.Event()
        self.peak_kib = 0

    def run(self) -> None:
        while not self.stopped.wait(0.01):
            self.peak_kib = max(self.peak_kib, self._endpoint.worker_kib())


def summary(seconds: list[float]) -> str:
    """Return median, 95th percentile and maximum in milliseconds."""
    ordered = sorted(seconds)
    return f"median {statistics.median(ordered) * 1e3:.1f}, p95 {ordered[int(len(ordered) * 0.95)] * 1e3:.1f}, largest {ordered[-1] * 1e3:.1f} ms, {len(ordered)} requests"


def main() -> None:
    """Print the table."""
    say = print  # this is a script for people
    with tempfile.TemporaryDirectory() as folder:
        store = store_of(Path(folder) / "graph", {"urn:g": (graph(), "text/turtle")})
        settings = load_settings({}, sparql_timeout_s=3.0, sparql_memory_mb=512, sparql_max_result_mb=16)
        with serving(store, settings) as endpoint:
            alone = [endpoint.post(SIMPLE).seconds for _ in range(200)]
            say(
                f"limits: 3 s, 512 MiB beyond the graph, 16 MiB of answer. Simple query alone: {summary(alone)}"
            )
            other, watcher = Bystander(endpoint, "127.0.0.2"), Watcher(endpoint)
            other.start(), watcher.start()
            say("status  seconds  worker MiB  request")
            wrong = 0
            for case in hostile():
                watcher.peak_kib = 0
                reply = endpoint.ask(case.method, case.target, case.body, case.headers)
                mark = (
                    ""
                    if reply.status in case.statuses and (case.broken or not reply.broken)
                    else "  UNEXPECTED"
                )
                wrong += bool(mark)
                status = f"{reply.status}{' cut' if reply.broken else ''}"
                say(f"{status:7} {reply.seconds:8.3f}  {watcher.peak_kib / 1024:10.0f}  {case.name}{mark}")
            other.stopped.set(), other.join()
            say(
                f"one attacker, {wrong} unexpected. Simple query of another client: {summary(other.seconds)} {other.statuses}"
            )
            say(flood(endpoint))
            watcher.stopped.set(), watcher.join()


def flood(endpoint: Endpoint, seconds: float = 20.0) -> str:
    """Return what happens to others while one client sends eight endless queries at a time."""
    query = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
    end = time.monotonic() + seconds
    statuses: dict[int, int] = {}

    def attack() -> None:
        while time.monotonic() < end:
            status = endpoint.post(query).status
            statuses[status] = statuses.get(status, 0) + 1

    attackers = [threading.Thread(target=attack) for _ in range(8)]
    bystanders = [Bystander(endpoint, "127.0.0.2"), Bystander(endpoint, "127.0.0.1")]
    for thread in (*attackers, *bystanders):
        thread.start()
    for thread in attackers:
        thread.join()
    for bystander in bystanders:
        bystander.stopped.set()
        bystander.join()
    after = endpoint.post(SIMPLE)
    return (
        f"flood by one client, {statuses}: another client {summary(bystanders[0].seconds)} {bystanders[0].statuses};\n"
        f"  the attacker's own simple query {summary(bystanders[1].seconds)} {bystanders[1].statuses}; after it {after.status} in {after.seconds * 1e3:.1f} ms"
    )


if __name__ == "__main__":
    main()
