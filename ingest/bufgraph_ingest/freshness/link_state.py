"""What was found out about links, kept in the home as one line a check."""

import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Final, Literal

import orjson

from bufgraph.index.builds import exclusive

Verdict = Literal["alive", "dead", "unknown"]
_VERDICTS: Final = frozenset({"alive", "dead", "unknown"})
_DAYS_TO_DIE: Final = 2


@dataclass(frozen=True, slots=True)
class Check:
    """One look at a link.

    Attributes:
        at: When, in UTC, ISO 8601.
        verdict: ``dead``: no such page or host; ``unknown``: the server would not tell a program.
        status: Of the answer; None where none came.
        final_url: Where redirects led; "" where no answer came.
    """

    url: str
    at: str
    verdict: Verdict
    status: int | None
    final_url: str
    reason: str

    @property
    def day(self) -> str:
        """The day of the check, UTC."""
        return self.at[:10]


@dataclass(frozen=True, slots=True)
class Standing:
    """What all checks of a link say together.

    Attributes:
        last: The latest check.
        dead_days: Different days on which it was found dead since it was last alive.
    """

    last: Check
    dead_days: tuple[str, ...] = ()

    @property
    def is_dead(self) -> bool:
        """Whether it was dead on two different days and not alive since; one bad day is no proof."""
        return len(self.dead_days) >= _DAYS_TO_DIE

    def after(self, check: Check) -> "Standing":
        """Return the standing with one check more."""
        if check.verdict == "alive":
            return Standing(check)
        if check.verdict == "dead" and check.day not in self.dead_days:
            return Standing(check, (*self.dead_days, check.day))
        return replace(self, last=check)


def read_links(home: Path) -> Mapping[str, Standing]:
    """Return what is known of links, by address; empty where none was checked. Lines cut by a killed run are passed over."""
    standings: dict[str, Standing] = {}
    for check in _checks(_file(home)):
        old = standings.get(check.url)
        standings[check.url] = (old or Standing(check)).after(check)
    return standings


class LinkLog:
    """Takes checks, each on the disk as soon as it is told."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("ab")
        if self._file.tell() and not path.read_bytes().endswith(b"\n"):
            self._file.write(b"\n")  # the last line was cut by a killed run

    def write(self, check: Check) -> None:
        """Append a check."""
        self._file.write(orjson.dumps(asdict(check)) + b"\n")
        self._file.flush()

    def close(self) -> None:
        """Bring everything to the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()


@contextmanager
def link_log(home: Path) -> Iterator[LinkLog]:
    """Give the log of a home, to one process at a time.

    Raises:
        ConflictError: Another process checks links.
    """
    path = _file(home)
    path.parent.mkdir(parents=True, exist_ok=True)
    with exclusive(
        path.parent / "lock", f"another process checks links into {path.parent}; wait for it to end"
    ):
        log = LinkLog(path)
        try:
            yield log
        finally:
            log.close()


def _file(home: Path) -> Path:
    return home / "links" / "checks.jsonl"


def _checks(path: Path) -> Iterator[Check]:
    if not path.is_file():
        return
    with path.open("rb") as lines:
        for line in lines:
            try:
                check = Check(**orjson.loads(line))
                datetime.fromisoformat(check.at)
            except (orjson.JSONDecodeError, TypeError, ValueError):
                continue
            if check.verdict in _VERDICTS:
                yield check
