"""Kills commands and looks whether a reader or the next run notices: ``python -m tests.crashes --kills 60``.

For each command: so many kills at random instants spread over its whole run, and one before each of so many changes of
files. After each, everything must open and be as before the command or as after it, and the same command, run again,
must end with what a run makes that nobody disturbed. Prints tables; exit code 1 when there was a fault.
"""

import argparse
import gc
import multiprocessing
import os
import random
import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import partial
from pathlib import Path

# Imported for the children, which are forked from this process.
import bufgraph_ingest.commands
import bufgraph_ingest.ingesting
import bufgraph_ingest.shipping  # noqa: F401
from bufgraph.settings import load_settings

from .trials import Expected, Outcome, Trouble, attempt, expect
from .world import Scenario, World, can_publish, encode_quickly, make_world

COMMANDS = ("first build", "forced build", "ingest", "build", "publish")
NEEDED = ("first build", "ingest")
"""Commands that make the homes of others."""
KINDS = {
    "instant": "kills at instants",
    "change": "kills before changes of files",
    "refusal": "times no space from a change on",
    "room": "times a full disk",
}


_ONE_THREAD = {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1", "TOKENIZERS_PARALLELISM": "false"}
"""Threads do not live through a fork."""


def troubles(scenario: Scenario, expected: Expected, options: argparse.Namespace) -> Iterator[Trouble]:
    """Yield how to disturb a command: one instant in each of equal spans of its run; changes evenly spread; disks with little room first."""
    rng = random.Random(f"{options.seed} {scenario.name}")
    for number in range(options.kills):
        instant = (number + rng.random()) / options.kills * expected.cpu_s
        yield Trouble(scenario, "instant", number, instant)
    for kind, wanted in (("change", options.changes), ("refusal", options.refusals)):
        count = min(wanted, len(expected.changes))
        for number in range(count):
            yield Trouble(scenario, kind, number, 1 + number * len(expected.changes) // count)
    for number in range(options.disks):
        yield Trouble(scenario, "room", number, int(expected.written_kb * (number / options.disks) ** 3))


def table(expected: Expected, outcomes: Sequence[Outcome]) -> Iterator[str]:
    """Yield what was hit and what was found, as lines of text."""
    hit = [outcome for outcome in outcomes if outcome.step]
    kinds = Counter(outcome.trouble.kind for outcome in hit)
    faults = sum(bool(outcome.faults) for outcome in outcomes)
    yield (
        f"\n{outcomes[0].trouble.scenario.name}: "
        + ", ".join(f"{kinds[kind]} {words}" for kind, words in KINDS.items() if kinds[kind])
        + f"; {len(outcomes) - len(hit)} more came too late; {faults} with faults"
    )
    yield (
        f"  undisturbed it takes {expected.cpu_s:.2f} s of a processor, changes files {len(expected.changes)} times and writes "
        f"{expected.written_kb:,} KiB"
    )
    counts = Counter((outcome.step, outcome.state) for outcome in hit)
    steps = dict.fromkeys(
        o.step for o in sorted(hit, key=lambda o: (o.trouble.kind != "instant", o.trouble.at))
    )
    for step in steps:
        states = ", ".join(f"{n} {state}" for (s, state), n in sorted(counts.items()) if s == step)
        yield f"  {sum(n for (s, _), n in counts.items() if s == step):4}  {step:<45} found: {states}"
    for outcome in outcomes:
        for fault in outcome.faults:
            told = fault.strip().splitlines()[-1][:500]  # of a traceback the last line says it
            yield f"  FAULT, {_when(outcome.trouble, expected)} ({outcome.step}): {told}"


def _when(trouble: Trouble, expected: Expected) -> str:
    if trouble.kind in {"change", "refusal"}:
        return f"{trouble.kind} {trouble.at}, {expected.changes[int(trouble.at) - 1]}"
    return f"{trouble.kind} {trouble.at:.3f}"


def say(lines: Iterable[str]) -> None:
    sys.stdout.writelines(f"{line}\n" for line in lines)
    sys.stdout.flush()


def scenarios(world: World, wanted: Sequence[str]) -> Iterator[tuple[Scenario, bool]]:
    """Yield the commands in the order in which each makes the home of the next; whether to kill them, too."""
    folder = world.folder
    yield Scenario("first build", ("build",), folder / "bare"), "first build" in wanted
    yield (
        Scenario("forced build", ("build", "--force"), folder / "first build-after"),
        "forced build" in wanted,
    )
    ingest = ("ingest", str(world.sheet), "--kind", "practices")
    yield Scenario("ingest", ingest, folder / "first build-after"), "ingest" in wanted
    yield Scenario("build", ("build",), folder / "ingest-after"), "build" in wanted
    if can_publish():
        yield Scenario("publish", ("publish",), folder / "ingest-after"), "publish" in wanted


def crash(folder: Path, options: argparse.Namespace) -> int:
    """Do all trials in a folder and print what came of them; return how many had faults."""
    world = make_world(folder, options.cache if (options.cache / "encoders").is_dir() else None)
    encode_quickly(world)
    gc.freeze()
    say([f"seed {options.seed}"])
    faults, hits = Counter[str](), Counter[str]()
    for scenario, wanted in scenarios(world, options.commands):
        if not wanted and scenario.name not in NEEDED:
            continue
        expected = expect(scenario, world, thorough=options.thorough)
        plan = list(troubles(scenario, expected, options)) if wanted else []
        if not plan:
            continue
        trial = partial(attempt, world=world, expected=expected, thorough=options.thorough)
        with multiprocessing.get_context("fork").Pool(options.jobs) as pool:
            outcomes = pool.map(trial, plan, chunksize=1)
        say(table(expected, outcomes))
        faults.update(outcome.trouble.kind for outcome in outcomes if outcome.faults)
        hits.update(outcome.trouble.kind for outcome in outcomes if outcome.step)
    say(["", *(f"{hits[kind]:5} {words}, {faults[kind]} with faults" for kind, words in KINDS.items())])
    return faults.total()


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.crashes", description=__doc__.partition("\n")[0])
    parser.add_argument("--kills", type=int, default=60, help="at random instants, of each command")
    parser.add_argument("--changes", type=int, default=60, help="before changes of files, of each command")
    parser.add_argument(
        "--refusals", type=int, default=20, help="changes that a full disk refuses, of each command"
    )
    parser.add_argument(
        "--disks", type=int, default=10, help="real full disks, of each command; 0 where none may be mounted"
    )
    parser.add_argument("--commands", nargs="+", choices=COMMANDS, default=COMMANDS)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--jobs", type=int, default=2, help="how many trials run at once")
    parser.add_argument("--thorough", action="store_true", help="compare every statement and a whole answer")
    parser.add_argument(
        "--cache", type=Path, default=load_settings({}).home / "cache", help="of a home with a build"
    )
    parser.add_argument("--folder", type=Path, help="a new folder to work in; it stays")
    options = parser.parse_args()
    if not _ONE_THREAD.items() <= os.environ.items():
        os.execve(
            sys.executable,
            [sys.executable, "-m", "tests.crashes", *sys.argv[1:]],
            {**os.environ, **_ONE_THREAD},
        )
    if options.folder:
        options.folder.mkdir(parents=True)
        sys.exit(1 if crash(options.folder, options) else 0)
    with tempfile.TemporaryDirectory() as folder:
        sys.exit(1 if crash(Path(folder), options) else 0)


if __name__ == "__main__":
    main()
