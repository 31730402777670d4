"""Records from files to a generation of the graph, without embedding: ``python -m tests.bench.pipeline [PRACTICES …]``.

Makes so many practices with an adoption each, a twentieth of the records dirty, with the cities, organisations and sources
they refer to; then runs what ``bufgraph build`` runs: read, clean, unique identifiers, names, gate, dangling references,
JSON-LD, load. Each size runs in a process of its own. Rates are by the clock and by processor time (of all processes; on a
busy machine only that tells something); "on 2 cores" is twice the latter. Linux only: memory and times come from ``/proc``.
"""

import os
import platform
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Final

import orjson

from bufgraph.settings import load_settings
from bufgraph_ingest.shipping import load_datasets
from tests.bench.generator import Recipe, Vocabulary, stream

say = print  # this is a script for people
SIZES: Final = (10_000, 100_000)
_TICKS: Final = os.sysconf("SC_CLK_TCK")


def write_records(folder: Path, practices: int, *, dirt: float = 0.05) -> int:
    """Write made-up records as a folder of datasets; return how many. Nothing is held in memory."""
    vocabulary = Vocabulary.shipped()
    count = 0
    with ExitStack() as stack:
        files: dict[str, IO[bytes]] = {}

        def write(collection: str, record: object) -> None:
            if collection not in files:
                path = folder / f"{collection}.jsonl"
                path.parent.mkdir(parents=True, exist_ok=True)
                files[collection] = stack.enter_context(path.open("wb"))
            files[collection].write(orjson.dumps(record) + b"\n")

        for collection, records in vocabulary.referred.items():
            for record in records:
                write(collection, record)
                count += 1
        for made in stream(vocabulary, Recipe(practices, dirt=dirt)):
            write(made.collection, made.record)
            count += 1
    return count


@dataclass
class Watch:
    """Looks at this process and its children a few times a second.

    Attributes:
        peaks: Most resident memory in bytes, by process.
        used: Processor seconds, by process, also of those that have ended.
    """

    peaks: dict[int, int] = field(default_factory=dict)
    used: dict[int, float] = field(default_factory=dict)

    def look(self) -> float:
        """Note memory and times; return the processor seconds of all processes so far."""
        for pid in (os.getpid(), *_children(os.getpid())):
            try:
                status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
                times = Path(f"/proc/{pid}/stat").read_text(encoding="ascii").rpartition(")")[2].split()
            except (FileNotFoundError, ProcessLookupError):
                continue
            peak = next((int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")), 0)
            self.peaks[pid] = max(self.peaks.get(pid, 0), peak << 10)
            self.used[pid] = (int(times[11]) + int(times[12])) / _TICKS
        return sum(self.used.values())

    def start(self) -> None:
        """Go on looking until the process ends."""
        threading.Thread(target=self._go_on, daemon=True).start()

    def _go_on(self) -> None:
        while True:
            self.look()
            time.sleep(0.2)


def _children(pid: int) -> list[int]:
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        try:
            found += map(int, (task / "children").read_text(encoding="ascii").split())
        except (FileNotFoundError, ProcessLookupError):
            continue
    return found


@dataclass
class Steps:
    """Times of steps, from the progress that the run tells."""

    watch: Watch
    marks: list[tuple[str, float, float]] = field(default_factory=list)

    def __call__(self, step: str) -> None:
        """Note when a step begins."""
        name = step.partition(":")[0].partition(" ")[0]
        if not self.marks or self.marks[-1][0] != name:
            self.marks.append((name, time.perf_counter(), self.watch.look()))

    def rows(self) -> list[tuple[str, float, float]]:
        """Return (step, seconds by the clock, processor seconds)."""
        following = self.marks[1:]
        return [(a[0], b[1] - a[1], b[2] - a[2]) for a, b in zip(self.marks, following, strict=False)]


def measure(practices: int, folder: Path, tell: Callable[[str], None]) -> None:
    """Make records, bring them into a graph and tell what it cost."""
    count = write_records(folder / "data", practices)
    size = sum(path.stat().st_size for path in (folder / "data").rglob("*.jsonl"))
    watch = Watch()
    watch.look()
    watch.start()
    steps = Steps(watch)
    steps("hashing the sources")
    settings = load_settings({}, home=folder / "home", datasets=folder / "data")
    report = load_datasets(settings, steps).report
    steps("end")
    assert report is not None
    tell(f"\n{practices:,} practices: {count:,} records, {size / 1e6:,.0f} MB")
    tell(f"{'step':<12} {'s':>8} {'CPU s':>8} {'records/s':>10} {'per CPU s':>10} {'on 2 cores':>10}")
    rows = steps.rows()
    whole = ("whole", sum(row[1] for row in rows), sum(row[2] for row in rows))
    for name, seconds, used in (*rows, whole):
        rate = count / max(used, 1e-9)
        tell(
            f"{name:<12} {seconds:8.1f} {used:8.1f} {count / seconds:10,.0f} {rate:10,.0f} {2 * rate:10,.0f}"
        )
    own = watch.peaks.pop(os.getpid())
    others = ", ".join(f"{peak >> 20:,} MB" for peak in watch.peaks.values()) or "none"
    tell(f"peak memory: {own >> 20:,} MB; other processes: {others}")
    accepted = sum(report.accepted.values())
    stored = sum(path.stat().st_size for path in (folder / "home" / "graph").rglob("*") if path.is_file())
    tell(f"accepted {accepted:,}, refused {report.refused:,}; the graph takes {stored / 1e6:,.0f} MB")
    for reason, times in report.reasons().most_common(12):
        tell(f"  {times:7,} {reason[:130]}")


def main() -> None:
    """Print a table for each size."""
    if sys.argv[1:2] == ["--one"]:
        with tempfile.TemporaryDirectory() as folder:
            measure(int(sys.argv[2]), Path(folder), say)
        return
    say(
        f"{platform.machine()}, {len(os.sched_getaffinity(0))} processors, Python {platform.python_version()}",
        flush=True,
    )
    for practices in map(int, sys.argv[1:] or SIZES):
        load = os.getloadavg()[0]
        say(f"\nload of the machine before: {load:.1f}", flush=True)
        subprocess.run([sys.executable, "-m", "tests.bench.pipeline", "--one", str(practices)], check=True)


if __name__ == "__main__":
    main()
