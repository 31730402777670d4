"""What was decided about pairs of records, by whom and why: lines in a file that only grows.

The newest line about a pair counts. ``undo`` takes a decision back: the records are two again, and the rules leave the
pair alone. Rules never overrule a person.
"""

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Final

import orjson

from bufgraph.errors import InvalidInputError, MisconfiguredError
from bufgraph.index.builds import exclusive
from bufgraph.settings import Settings
from bufgraph_ingest.reconciliation.pairs import ASK, KEEP_APART, MERGE, Candidate

UNDO: Final = "undo"
DECISIONS: Final = (MERGE, KEEP_APART, ASK, UNDO)
RULES: Final = "rules 1"
"""Who decided, where no person did; the number grows when a rule or threshold changes."""


@dataclass(frozen=True, slots=True)
class Decision:
    """One line of the file.

    Attributes:
        left: Identifier; the smaller of the two. ``right``: the other.
        decision: One of :data:`DECISIONS`.
        score: What the rules gave; None where a person decided without them.
        by: :data:`RULES` or the name of the office that decided; never a natural person's.
        day: ISO date.
    """

    kind: str
    left: str
    right: str
    decision: str
    score: float | None
    reasons: tuple[str, ...]
    by: str
    day: str

    @property
    def key(self) -> tuple[str, str]:
        """The two identifiers in order."""
        return self.left, self.right

    @property
    def is_by_rules(self) -> bool:
        """Whether no person had a part in it."""
        return self.by.startswith("rules ")


def decide(
    kind: str, pair: tuple[str, str], decision: str, by: str, *, reasons: Iterable[str] = ()
) -> Decision:
    """Return a decision of a person or office, of today.

    Raises:
        InvalidInputError: The decision is unknown, nobody is named, or both identifiers are one.
    """
    left, right = sorted(pair)
    if decision not in DECISIONS:
        raise InvalidInputError(
            f"unknown decision '{decision}'; choose from {', '.join(DECISIONS)}", field="decision"
        )
    if not by.strip() or by.startswith("rules "):
        raise InvalidInputError("say which office decides, e.g. --by 'City of Turku, data team'", field="by")
    if left == right:
        raise InvalidInputError(f"<{left}> is compared with itself; name two records", field="right")
    return Decision(kind, left, right, decision, None, tuple(reasons), by.strip(), date.today().isoformat())  # noqa: DTZ011


def by_rules(candidate: Candidate) -> Decision:
    """Return what the rules decide about a pair, as of today."""
    score, reasons = candidate.comparison.score, candidate.comparison.reasons
    today = date.today().isoformat()  # noqa: DTZ011  # the operator's own day
    return Decision(candidate.kind, *candidate.key, candidate.verdict, score, reasons, RULES, today)


class DecisionLog:
    """The file of decisions.

    Args:
        path: Need not exist yet.
    """

    def __init__(self, path: Path) -> None:
        self.path = path

    @classmethod
    def of(cls, settings: Settings) -> "DecisionLog":
        """Return the log in the home folder."""
        return cls(settings.home / "decisions" / "reconciliation.jsonl")

    def read(self) -> list[Decision]:
        """Return all lines, oldest first; a last line that a crash cut off is passed over.

        Raises:
            MisconfiguredError: Another line is damaged.
        """
        return list(self._lines()) if self.path.is_file() else []

    def _lines(self) -> Iterator[Decision]:
        lines = self.path.read_bytes().split(b"\n")
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                yield _decision(line)
            except (orjson.JSONDecodeError, KeyError, TypeError, ValueError) as err:
                if number == len(lines):
                    return
                raise MisconfiguredError(
                    f"{self.path} line {number} is no decision ({err}); mend or remove the line",
                    path=str(self.path),
                ) from err

    def current(self) -> dict[tuple[str, str], Decision]:
        """Return what counts now, by pair; what was undone is not there."""
        newest: dict[tuple[str, str], Decision] = {}
        for decision in self.read():
            newest[decision.key] = decision
        return {key: decision for key, decision in newest.items() if decision.decision != UNDO}

    def append(self, decisions: Iterable[Decision]) -> int:
        """Add lines at the end, on disk when this returns; return how many.

        Raises:
            ConflictError: Another process is writing.
        """
        lines = [orjson.dumps(asdict(decision)) + b"\n" for decision in decisions]
        if not lines:
            return 0
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with exclusive(self.path.parent / "lock", f"another process writes {self.path}; wait for it to end"):
            _drop_torn_line(self.path)
            with self.path.open("ab") as file:
                file.write(b"".join(lines))
                file.flush()
                os.fsync(file.fileno())
        return len(lines)

    def record_rules(self, candidates: Iterable[Candidate]) -> int:
        """Keep what the rules decide where no person decided and nothing is said yet; return how many lines were new.

        Asking is no decision and is not kept. Running it twice adds nothing.
        """
        newest = {decision.key: decision for decision in self.read()}
        return self.append(
            by_rules(candidate) for candidate in candidates if _is_news(candidate, newest.get(candidate.key))
        )


def open_questions(
    candidates: Iterable[Candidate], decided: Mapping[tuple[str, str], Decision]
) -> list[Candidate]:
    """Return the pairs that a person has to look at and nobody has."""
    return [
        c for c in candidates if c.verdict == ASK and (c.key not in decided or decided[c.key].decision == ASK)
    ]


def _is_news(candidate: Candidate, known: Decision | None) -> bool:
    if candidate.verdict == ASK:
        return False
    return known is None or (known.is_by_rules and known.decision != candidate.verdict)


def _decision(line: bytes) -> Decision:
    row = orjson.loads(line)
    row["reasons"] = tuple(row["reasons"])
    decision = Decision(**row)
    if decision.decision not in DECISIONS:
        raise ValueError(f"unknown decision '{decision.decision}'")
    return decision


def _drop_torn_line(path: Path) -> None:
    """Cut off a last line without its end: a crash left it, and nobody has counted on it."""
    if path.is_file() and (content := path.read_bytes()) and not content.endswith(b"\n"):
        with path.open("r+b") as file:
            file.truncate(content.rfind(b"\n") + 1)
