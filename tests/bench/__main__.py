"""Measure build, start and search on the shipped data: ``python -m tests.bench`` (about five minutes).

Absolute figures hold for the machine named in the output; the ratios are what to compare.
"""

import http.client
import os
import platform
import shutil
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.parse import quote

from bufgraph.evaluation.judgments import TestCollection
from bufgraph.search.query import SearchQuery
from bufgraph.services.composition import Build, open_build
from bufgraph.services.evaluating import judgments_dir
from bufgraph.settings import load_settings

NEEDS = [
    "Snow blocks our pavements every winter and older people fall",
    "energy-poor Soviet-era apartment blocks",
    "Too many cars bring children to school in the morning",
    "Heavy rain floods cellars in the old town",
    "Young people leave our small town and do not come back",
]


def command(home: Path, *arguments: str) -> float:
    """Run the command line and return the seconds it took."""
    start = time.perf_counter()
    subprocess.run(
        [sys.executable, "-m", "bufgraph.cli.main", *arguments],
        env={**os.environ, "BUFGRAPH_HOME": str(home)},
        check=True,
        capture_output=True,
    )
    return time.perf_counter() - start


def serve(home: Path) -> tuple[subprocess.Popen[bytes], int, float]:
    """Start the server and return it with its port and the seconds until it answered."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    start = time.perf_counter()
    server = subprocess.Popen(
        [sys.executable, "-m", "bufgraph.cli.main", "serve", "--port", str(port)],
        env={**os.environ, "BUFGRAPH_HOME": str(home)},
        stderr=subprocess.DEVNULL,
    )
    while True:
        try:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
            connection.request("GET", "/health")
            connection.getresponse().read()
            return server, port, time.perf_counter() - start
        except OSError:
            time.sleep(0.02)


def requests(port: int, path: str, rounds: int = 20) -> list[float]:
    """Return the milliseconds of warm requests over one connection, five needs in turn."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    taken = []
    for number in range(rounds * len(NEEDS) + len(NEEDS)):
        start = time.perf_counter()
        connection.request("GET", path + quote(f"{NEEDS[number % len(NEEDS)]} {number}"))  # no text twice
        answer = connection.getresponse()
        answer.read()
        if answer.status != 200:
            raise SystemExit(f"{path} answered {answer.status}")
        taken.append((time.perf_counter() - start) * 1000)
    return taken[len(NEEDS) :]


def needs(build: Build) -> list[float]:
    """Return the milliseconds of understanding and ranking each text of the dev side, in eleven languages."""
    build.warm_up()
    taken = []
    for topic in TestCollection.load(judgments_dir()).split("dev").topics.values():
        start = time.perf_counter()
        build.hybrid.search(SearchQuery(topic.text, ("practice",)), build.reader.read(topic.text))
        taken.append((time.perf_counter() - start) * 1_000)
    return taken


def main() -> None:
    """Print every figure as it is measured."""
    say = print  # this is a script for people
    say(
        f"machine: {platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        say(f"build from nothing:                   {command(home, 'build'):7.1f} s")
        shutil.rmtree(home / "builds")
        shutil.rmtree(home / "graph")
        say(f"build with warm vector cache:         {command(home, 'build'):7.1f} s")
        say(f"build when nothing changed:           {command(home, 'build'):7.1f} s")
        say(f"command line, --help:                 {command(home, '--help'):7.2f} s")
        say(f"command line, one search:             {command(home, 'search', NEEDS[0]):7.2f} s")
        server, port, started = serve(home)
        try:
            say(f"server start to first answer:         {started:7.2f} s")
            for path in (
                "/api/search?q=",
                "/api/solutions?q=",
                "/api/solutions?city=ee-tartu&q=",
                "/api/problems?q=",
                "/api/experts?q=",
                "/?q=",
            ):
                taken = requests(port, path)
                say(
                    f"{path:<37} {statistics.median(taken):7.1f} ms median, {sorted(taken)[int(len(taken) * 0.95)]:.1f} ms at 95 %"
                )
        finally:
            server.terminate()
            server.wait()
        build = open_build(load_settings({}, home=home))
        whole = sorted(needs(build))
        say(
            f"search in the process, dev texts:     {statistics.median(whole):7.1f} ms median, {whole[int(len(whole) * 0.95)]:.1f} ms at 95 %"
        )
        encoder = build.encoder
        taken = []
        for number in range(105):
            start = time.perf_counter()
            encoder.encode([f"{NEEDS[number % len(NEEDS)]} {number}"])
            taken.append((time.perf_counter() - start) * 1000)
        say(f"of which the query vector:            {statistics.median(taken[5:]):7.1f} ms median")


if __name__ == "__main__":
    main()
