"""One trial: run a command, disturb it, look what is left, run it again, compare with a run that nobody disturbed."""

import re
import shutil
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from .disks import filled, small_disk
from .killing import Ended, ask, each_change, kill_at, refuse_from, run
from .state import State, content_of, state_of
from .world import Scenario, World


@dataclass(frozen=True, slots=True)
class Expected:
    """What a run that nobody disturbed did.

    Attributes:
        before: State of the home that the command starts from.
        content: State after it, with digests of all that it made.
        cpu_s: Processor time that it took.
        changes: The changes of files that it made, in order.
        written_kb: What it needs on the disk, in KiB, about.
    """

    before: State
    content: State
    cpu_s: float
    changes: list[str]
    written_kb: int


@dataclass(frozen=True, slots=True)
class Trouble:
    """How a run is disturbed.

    Attributes:
        kind: ``instant``: killed after so many seconds of processor time; ``change``: killed before its n-th change of a file;
            ``refusal``: no change from the n-th on is possible, as on a full disk; ``room``: that many KiB are free on
            a small disk of its own.
        at: Seconds, number or KiB.
    """

    scenario: Scenario
    kind: str
    number: int
    at: float

    @property
    def kills(self) -> bool:
        """Whether it ends the process from outside."""
        return self.kind in {"instant", "change"}


@dataclass(slots=True)
class Outcome:
    """What came of it.

    Attributes:
        step: What the command was doing; "" when it had ended before.
        state: ``before``, ``after``, or which parts are new already, each of them whole.
        faults: What was wrong, in words; empty when all was well.
    """

    trouble: Trouble
    step: str = ""
    state: str = ""
    faults: list[str] = field(default_factory=list)


def expect(scenario: Scenario, world: World, *, thorough: bool) -> Expected:
    """Run a command twice without disturbing it, once to count its changes; it leaves the home ``NAME-after``.

    Raises:
        RuntimeError: It fails by itself, or two runs make different things.
    """
    log = world.folder / f"{scenario.name}.log"
    homes = [world.new_home(f"{scenario.name}-{name}", scenario.home) for name in ("after", "counted")]
    before = ask(partial(state_of, world.settings(scenario.home)), log)
    noted = world.folder / f"{scenario.name}-changes.txt"
    runs = [
        run(scenario.arguments, world.environment(homes[0]), log),
        run(scenario.arguments, world.environment(homes[1]), log, hook=each_change(homes[1], _noting(noted))),
    ]
    if any(ended.code != 0 for ended in runs):
        raise RuntimeError(f"'{scenario.name}' fails by itself: {[ended.output for ended in runs]}")
    contents = [ask(partial(content_of, world.settings(home), thorough=thorough), log) for home in homes]
    if contents[0] != contents[1]:
        raise RuntimeError(f"two runs of '{scenario.name}' differ: {_differences(*contents)}")
    shutil.rmtree(homes[1])
    changes = noted.read_text(encoding="utf-8").splitlines()
    written = _allocated_kb(homes[0], since=scenario.home)
    return Expected(before, contents[0], min(ended.cpu_s for ended in runs), changes, written)


def _allocated_kb(home: Path, *, since: Path) -> int:
    """Return what the files take that a home has and an earlier one lacks, in KiB; the cache grows in place."""
    old = {path.relative_to(since) for path in since.rglob("*")}
    new = [path for path in home.rglob("*") if path.is_file() and path.relative_to(home) not in old]
    blocks = {
        stat.st_ino: stat.st_blocks for stat in map(Path.stat, new)
    }  # of 512 bytes; hard links count once
    return sum(blocks.values()) // 2


def _noting(path: Path) -> Callable[[int, str], None]:
    def then(seen: int, change: str) -> None:
        with path.open("a", encoding="utf-8") as file:
            file.write(change + "\n")

    return then


def attempt(trouble: Trouble, world: World, expected: Expected, *, thorough: bool) -> Outcome:
    """Disturb a run, check what is left, finish, check again."""
    name = f"{trouble.scenario.name}-{trouble.kind}-{trouble.number}"
    log = world.folder / f"{name}.log"
    with small_disk(world.folder / name, wanted=trouble.kind == "room"):
        home = world.new_home(f"{name}/home", trouble.scenario.home)
        outcome = Outcome(trouble)
        try:
            _disturb(outcome, world, home, log, expected)
            if outcome.step:
                _finish(outcome, world, home, log, expected, thorough=thorough)
        except (RuntimeError, TimeoutError) as err:
            outcome.faults.append(str(err))
    return outcome


def _disturb(outcome: Outcome, world: World, home: Path, log: Path, expected: Expected) -> None:
    trouble = outcome.trouble
    hook = None
    if trouble.kind in {"change", "refusal"}:
        then = kill_at(int(trouble.at)) if trouble.kills else refuse_from(int(trouble.at))
        hook = each_change(home, then)
    cpu_s = trouble.at if trouble.kind == "instant" else None
    with filled(home.parent, int(trouble.at)) if trouble.kind == "room" else nullcontext():
        ended = run(
            trouble.scenario.arguments, world.environment(home), log, kill_after_cpu_s=cpu_s, hook=hook
        )
        if ended.code == 0:
            return
        outcome.step = ended.step
        if ended.code is not None and (trouble.kills or not _tells(ended)):
            outcome.faults.append(f"it ends with {ended.code}: {ended.output}")
        _look(outcome, world, home, log, expected)


def _tells(ended: Ended) -> bool:
    """Tell whether a run on a full disk ended as it should: with words and the exit code for what may pass."""
    last = ended.output.rstrip().rpartition("\n")[2]
    return (
        ended.code == 4
        and re.match(r"error: .*no space left for (a file in )?/.*make room", last) is not None
    )


def _look(outcome: Outcome, world: World, home: Path, log: Path, expected: Expected) -> None:
    """Every part must be as it was before the command or as it is after it."""
    found: State = ask(partial(state_of, world.settings(home)), log)
    fresh = []
    for part, now in found.items():
        if now == expected.content[part] != expected.before[part]:
            fresh.append(part)
        elif now != expected.before[part]:
            outcome.faults.append(
                f"{part} is '{now}', before it was '{expected.before[part]}', after it '{expected.content[part]}'"
            )
    changed = [part for part in found if expected.before[part] != expected.content[part]]
    outcome.state = "before" if not fresh else "after" if fresh == changed else f"new {', '.join(fresh)}"


def _finish(
    outcome: Outcome, world: World, home: Path, log: Path, expected: Expected, *, thorough: bool
) -> None:
    ended = run(outcome.trouble.scenario.arguments, world.environment(home), log)
    if ended.code != 0:
        outcome.faults.append(f"the next run ends with {ended.code}: {ended.output}")
        return
    content = ask(partial(content_of, world.settings(home), thorough=thorough), log)
    if content != expected.content:
        outcome.faults.append(f"the next run made something else: {_differences(expected.content, content)}")


def _differences(one: State, other: State) -> str:
    parts = [part for part in one if one[part] != other.get(part)]
    return "; ".join(f"{part}: '{one[part]}' became '{other.get(part)}'" for part in parts)
