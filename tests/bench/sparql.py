"""The endpoint against its own engine and against peers: ``python -m tests.bench.sparql`` (six minutes, 8 GB of memory).

Synthetic practices of some 30 triples. At 100,000: HTTP against pyoxigraph in this process, over the same store. At 10,000 also
rdflib's memory store in this process, and the package rdflib-endpoint serving it, where ``--peer-python`` names an interpreter
that has it. Engines are timed in turn inside one run; the ratios are what to compare.
"""

import argparse
import http.client
import os
import platform
import random
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import pyoxigraph as ox
import rdflib

from bufgraph.graph.oxigraph import open_store
from tests.sparql_server import JSON

N = "http://example.org/"
QUERIES = {
    "point": "SELECT ?p ?o { n:practice/42 ?p ?o }",
    "two hops": "SELECT ?t ?l { ?p n:challenge n:challenge/7 ; n:title ?t ; n:city/n:label ?l } LIMIT 200",
    "page of OPTIONALs": "SELECT * { ?p n:city n:city/3 ; n:title ?t OPTIONAL { ?p n:start ?y } OPTIONAL { ?p n:cost ?c } OPTIONAL { ?p n:challenge/n:label ?l } } LIMIT 50",
    "under a domain": "SELECT (COUNT(?p) AS ?n) { ?p n:challenge/n:broader* n:challenge/1 }",
    "group by": "SELECT ?o (COUNT(*) AS ?n) (AVG(?y) AS ?m) { ?p n:outcome ?o ; n:start ?y } GROUP BY ?o ORDER BY ?o",
    "text filter": "SELECT ?p ?t { ?p n:title ?t FILTER CONTAINS(?t, 'snow 99') }",
    "construct": "CONSTRUCT { ?p n:title ?t ; n:start ?y } { ?p n:challenge n:challenge/9 ; n:title ?t ; n:start ?y }",
    "all titles": "SELECT ?p ?t ?y { ?p n:title ?t ; n:start ?y }",
    "everything": "SELECT * { ?s ?p ?o }",
}
PREFIX = f"PREFIX n: <{N}>\n"
SLOW_FOR_RDFLIB = {"everything", "page of OPTIONALs"}


LIMITS = {
    "BUFGRAPH_SPARQL_TIMEOUT_S": "60", "BUFGRAPH_SPARQL_MAX_RESULT_MB": "1024", "BUFGRAPH_SPARQL_MAX_ROWS": "10000000",
    "BUFGRAPH_SPARQL_WAIT_S": "120",
}  # fmt: skip


def text(query: str) -> str:
    """Return a query with its prefix; names with a slash are written out."""
    return PREFIX + re.sub(r"n:(\w+/)(\d+)", rf"<{N}\1\2>", query)


@contextmanager
def served(store: Path) -> Iterator[int]:
    """Serve a store in another process; give the port."""
    command = [sys.executable, "-m", "tests.sparql_server", str(store)]
    with subprocess.Popen(command, env=os.environ | LIMITS, stdout=subprocess.PIPE) as server:
        if server.stdout is None:
            raise SystemExit("no output")
        try:
            yield int(server.stdout.readline())
        finally:
            server.terminate()


def triples(size: int) -> Iterator[str]:
    """Yield the graph as N-Triples."""
    rng = random.Random(20261124)
    words = ["snow", "heat", "bicycle", "harbour", "school", "cellar", "tram", "waste", "light", "roof"]
    for n in range(400):
        yield f'<{N}challenge/{n}> <{N}label> "challenge {n}" .\n<{N}challenge/{n}> <{N}broader> <{N}challenge/{n // 7}> .\n'
    for n in range(500):
        yield f'<{N}city/{n}> <{N}label> "city {n}" .\n'
    for n in range(size):
        s = f"<{N}practice/{n}>"
        yield f'{s} <{N}title> "{rng.choice(words)} {n % 1000} for the people of {rng.choice(words)} street {n}" .\n'
        yield f'{s} <{N}start> "{1995 + n % 30}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
        yield f"{s} <{N}city> <{N}city/{rng.randrange(500)}> .\n{s} <{N}challenge> <{N}challenge/{rng.randrange(400)}> .\n"
        yield f"{s} <{N}outcome> <{N}outcome/{n % 6}> .\n"
        if n % 3:
            yield f'{s} <{N}cost> "{rng.randrange(10**6)}"^^<http://www.w3.org/2001/XMLSchema#integer> .\n'
        for k in range(23):
            yield f'{s} <{N}p{k}> "{rng.randrange(10**5)} {words[k % 10]}" .\n'


def write(folder: Path, size: int) -> tuple[Path, Path]:
    """Return the store and the N-Triples file of a graph of so many practices."""
    file = folder / f"{size}.nt"
    with file.open("w", encoding="utf-8") as stream:
        stream.writelines(triples(size))
    store = ox.Store(str(folder / f"store-{size}"))
    store.bulk_load(path=str(file), format=ox.RdfFormat.N_TRIPLES, to_graph=ox.NamedNode("urn:g"))
    store.flush()
    del store
    return folder / f"store-{size}", file


class Caller:
    """Asks one endpoint over one connection."""

    def __init__(self, port: int, path: str) -> None:
        self._port = port
        self._path = path
        self._connection = self._connect()
        self._used_at = 0.0
        self.first_byte_s = 0.0

    def _connect(self) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self._port, timeout=300)

    def __call__(self, query: str) -> bytes:
        if time.perf_counter() - self._used_at > 2:  # servers close connections that are not used
            self._connection.close()
            self._connection = self._connect()
        accept = "text/turtle" if "CONSTRUCT" in query else JSON
        start = time.perf_counter()
        self._connection.request(
            "GET", f"{self._path}?{urlencode({'query': query})}", headers={"Accept": accept}
        )
        answer = self._connection.getresponse()
        content = answer.read(1)
        self.first_byte_s = time.perf_counter() - start
        content += answer.read()
        self._used_at = time.perf_counter()
        if answer.status != 200:
            raise SystemExit(f"{answer.status} {content[:300]!r} for {query}")
        return content


def direct(store: ox.Store) -> Callable[[str], bytes]:
    """Return a caller of Oxigraph in this process."""

    def ask(query: str) -> bytes:
        results = store.query(query, use_default_graph_as_union=True)
        if isinstance(results, ox.QueryTriples):
            return results.serialize(format=ox.RdfFormat.TURTLE) or b""
        return results.serialize(format=ox.QueryResultsFormat.JSON) or b""

    return ask


def timed(ask: Callable[[str], bytes], query: str) -> tuple[float, int]:
    """Return seconds and bytes of one call."""
    start = time.perf_counter()
    content = ask(query)
    return time.perf_counter() - start, len(content)


def large(store: Path, say: Callable[[str], None]) -> None:
    """Compare HTTP with the engine on a large store."""
    engine = direct(open_store(store, 10_000_000))
    with served(store) as port:
        caller = Caller(port, "/sparql")
        start = time.perf_counter()
        caller(text("ASK {}"))
        say(f"first answer of a cold endpoint after {time.perf_counter() - start:.1f} s")
        say(f"{'query':20} {'direct ms':>10} {'HTTP ms':>10} {'ratio':>6} {'first byte ms':>14} {'MB':>7}")
        for name, query in QUERIES.items():
            rounds = 1 if name == "everything" else 9
            own, http_, first, size = [], [], [], 0
            for _ in range(rounds):
                own.append(timed(engine, text(query))[0])
                seconds, size = timed(caller, text(query))
                http_.append(seconds)
                first.append(caller.first_byte_s)
            a, b = statistics.median(own), statistics.median(http_)
            say(
                f"{name:20} {a * 1e3:10.2f} {b * 1e3:10.2f} {b / a:6.2f} {statistics.median(first) * 1e3:14.1f} {size / 1e6:7.1f}"
            )


PEER = """
import sys, rdflib, uvicorn
from rdflib_endpoint import SparqlEndpoint
graph = rdflib.Dataset(default_union=True)
graph.parse(sys.argv[1], format='nt')
uvicorn.run(SparqlEndpoint(graph=graph), host='127.0.0.1', port=int(sys.argv[2]), log_level='critical')
"""


def peers(store: Path, file: Path, peer_python: str | None, say: Callable[[str], None]) -> None:
    """Compare HTTP with rdflib and rdflib-endpoint on a small store."""
    graph = rdflib.Graph().parse(file, format="nt")
    server = None
    other: Caller | None = None
    if peer_python:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = int(probe.getsockname()[1])
        server = subprocess.Popen([peer_python, "-c", PEER, str(file), str(port)], stderr=subprocess.DEVNULL)
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.2)
        other = Caller(port, "/")
    with served(store) as own_port:
        own = Caller(own_port, "/sparql")
        own(text("ASK {}"))
        say(
            f"{'query':20} {'HTTP ms':>9} {'rdflib ms':>10} {'times':>7} {'rdflib-endpoint ms':>19} {'times':>7}"
        )
        for name, query in QUERIES.items():
            if name in SLOW_FOR_RDFLIB:
                continue
            ours = statistics.median(timed(own, text(query))[0] for _ in range(7))
            theirs = timed(
                lambda q: graph.query(q).serialize(format="nt" if "CONSTRUCT" in q else "json") or b"",
                text(query),
            )[0]
            peer = timed(other, text(query))[0] if other else float("nan")
            say(
                f"{name:20} {ours * 1e3:9.2f} {theirs * 1e3:10.1f} {theirs / ours:7.1f} {peer * 1e3:19.1f} {peer / ours:7.1f}"
            )
    if server is not None:
        server.kill()
        server.wait()


def main() -> None:
    """Print both tables."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--peer-python", help="an interpreter with rdflib-endpoint")
    parser.add_argument("--size", type=int, default=100_000)
    options = parser.parse_args()
    say = print  # this is a script for people
    with tempfile.TemporaryDirectory() as folder:
        store, _ = write(Path(folder), options.size)
        say(
            f"machine: {platform.machine()}, Python {platform.python_version()}, pyoxigraph {ox.__version__}; {options.size:,} practices"
        )
        large(store, say)
        store, file = write(Path(folder), options.size // 10)
        say(f"{options.size // 10:,} practices")
        peers(store, file, options.peer_python, say)


if __name__ == "__main__":
    main()
