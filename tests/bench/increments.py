"""How soon a record is found: ``python -m tests.bench.increments`` (two minutes, needs a build).

From the start of a new process, ``bufgraph ingest one.xlsx --kind practices --publish`` or ``bufgraph publish`` after a change by
hand, to the first answer of ``/api/search`` that holds the record, over HTTP from a server that runs all the time. A copy of the
operator's home is used. Absolute figures hold for the machine named in the output.
"""

import argparse
import http.client
import os
import platform
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Final
from urllib.parse import quote

from openpyxl import Workbook

from bufgraph.settings import load_settings
from tests.bench.__main__ import command, serve
from tests.spreadsheets import COLUMNS, good_row

SYLLABLES: Final = ("ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su")
LOOK_S: Final = 0.03
"""Seconds between two looks at the build that is served; the search follows at once."""
PATIENCE_S: Final = 120.0
REST_S: Final = 4.0

say = print  # this is a script for people


def word(number: int) -> str:
    """Return a word that no record holds."""
    return "zyx" + "".join(SYLLABLES[int(digit)] for digit in f"{number:04}")


def copy_of(home: Path, folder: Path) -> Path:
    """Return a home with the same builds and caches, made of hard links but for the file that is written to."""
    for name in ("builds", "cache", "graph"):
        shutil.copytree(home / name, folder / name, copy_function=_copy)
    return folder


def _copy(source: str, target: str) -> None:
    if source.endswith((".sqlite", "current", "current.json", "lock", "LOCK")):
        shutil.copy2(source, target)
    else:
        Path(target).hardlink_to(source)


def workbook(path: Path, title: str) -> Path:
    """Write a spreadsheet with one practice."""
    book = Workbook()
    sheet = book.active
    assert sheet is not None
    row = {**good_row(1), "title": title}
    sheet.append(list(COLUMNS))
    sheet.append([row.get(column) for column in COLUMNS])
    book.save(path)
    return path


def seconds_until_found(port: int, home: Path, title: str, *arguments: str) -> tuple[float, float]:
    """Run a command; return the seconds from its start until its record was found, and until it ended."""
    environment = {**os.environ, "BUFGRAPH_HOME": str(home)}
    start = time.perf_counter()
    running = subprocess.Popen(
        [sys.executable, "-m", "bufgraph.cli.main", *arguments],
        env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE,
    )  # fmt: skip
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    before, ended = asked(connection, "/health"), 0.0
    while True:
        health = asked(
            connection, "/health"
        )  # costs a millisecond; a search each time would slow the rest down
        now = time.perf_counter() - start
        if not ended and running.poll() is not None:
            ended = now
            if running.returncode:
                assert running.stderr is not None
                raise SystemExit(f"{arguments[0]} failed: {running.stderr.read().decode()}")
        if health != before and f'"{title}"' in asked(
            connection, f"/api/search?type=practice&limit=3&q={quote(title)}"
        ):
            found = time.perf_counter() - start
            running.wait()
            return found, ended or time.perf_counter() - start
        if now > PATIENCE_S:
            raise SystemExit(f"'{title}' was not found within {PATIENCE_S:.0f} seconds")
        time.sleep(LOOK_S)


def asked(connection: http.client.HTTPConnection, path: str) -> str:
    """Return the body of an answer."""
    connection.request("GET", path)
    return connection.getresponse().read().decode()


def tell(name: str, taken: Sequence[tuple[float, float]]) -> None:
    """Print the seconds of one way to bring records in."""
    found, ended = ([pair[place] for pair in taken] for place in (0, 1))
    say(
        f"{name:34} found after {statistics.median(found):5.2f} s (worst {max(found):5.2f}), "
        f"command ended after {statistics.median(ended):5.2f} s, {len(found)} runs",
        flush=True,
    )


def rounds(run: Callable[[int], tuple[float, float]], count: int) -> list[tuple[float, float]]:
    """Run something many times, with a rest between: a server that took up a build still starts its SPARQL workers."""
    taken = []
    for number in range(count):
        taken.append(run(number))
        time.sleep(REST_S)
    return taken


def main() -> None:
    """Measure both ways."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=20)
    count = parser.parse_args().rounds
    say(f"{platform.machine()}, {os.cpu_count()} cores, load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory() as scratch:
        home = copy_of(load_settings().home, Path(scratch) / "home")
        command(home, "build")
        server, port, started = serve(home)
        say(f"{'start of the server':34} {started:5.2f} s")
        try:

            def by_file(number: int) -> tuple[float, float]:
                title = f"Warm {word(number)} stops"
                file = workbook(Path(scratch) / f"one-{number}.xlsx", title)
                order = ("ingest", str(file), "--kind", "practices", "--name", "bench", "--publish")
                return seconds_until_found(port, home, title, *order)

            def by_hand(number: int) -> tuple[float, float]:
                path, title = home / "imports" / "bench.jsonl", f"Warm {word(5_000 + number)} stops"
                before = f"Warm {word(0 if not number else 4_999 + number)} stops"
                path.write_bytes(path.read_bytes().replace(before.encode(), title.encode()))
                return seconds_until_found(port, home, title, "publish")

            tell("ingest one.xlsx --publish", rounds(by_file, count))
            tell("publish after a change by hand", rounds(by_hand, count))
        finally:
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
