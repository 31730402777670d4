"""The use case: compare the current records, keep decisions, say what they come to."""

from collections.abc import Callable, Iterable, Sequence
from functools import cached_property

from bufgraph.errors import NotFoundError
from bufgraph.resources import datasets_dir
from bufgraph.services.composition import open_build
from bufgraph.services.home import codec
from bufgraph.settings import Settings
from bufgraph_ingest.connectors.jsonl import JsonlFolder
from bufgraph_ingest.port import RawRecord
from bufgraph_ingest.reconciliation.aliases import AliasTable, alias_table, shipped_first
from bufgraph_ingest.reconciliation.conflicts import Conflict, conflicts
from bufgraph_ingest.reconciliation.decisions import UNDO, Decision, DecisionLog, decide, open_questions
from bufgraph_ingest.reconciliation.pairs import Candidate, find_pairs
from bufgraph_ingest.reconciliation.things import KINDS, Thing, things_from


class Reconciliation:
    """Reconciles the datasets and the operator's imports.

    Args:
        progress: Is told what is being done.
    """

    def __init__(self, settings: Settings, progress: Callable[[str], None] = lambda step: None) -> None:
        self._settings = settings
        self._progress = progress
        self.log = DecisionLog.of(settings)
        self.compared = 0

    @cached_property
    def records(self) -> list[RawRecord]:
        """All records, the shipped ones first."""
        self._progress("reading records")
        return list(_records(self._settings))

    @cached_property
    def things(self) -> list[Thing]:
        """What reconciliation knows of them."""
        return things_from(self.records)

    def candidates(self, kinds: Iterable[str] | None = None, *, by_meaning: bool = False) -> list[Candidate]:
        """Return the pairs that may mean one thing, likeliest first.

        Args:
            by_meaning: Compare the texts of practices with the encoder of the current build as well.

        Raises:
            NotAvailableError: ``by_meaning``, and nothing was built yet.
        """
        wanted = tuple(kinds or KINDS)
        self.compared = sum(thing.kind in wanted for thing in self.things)
        encoder = open_build(self._settings).encoder if by_meaning else None
        return find_pairs(self.things, wanted, encoder=encoder, progress=self._progress)

    def open_questions(self, found: Sequence[Candidate]) -> list[Candidate]:
        """Return the pairs that nobody decided."""
        return open_questions(found, self.log.current())

    def decide(self, pair: tuple[str, str], decision: str, by: str, reasons: Iterable[str] = ()) -> Decision:
        """Keep a decision of an office about two records.

        Raises:
            NotFoundError: There is no such record, or nothing to take back.
            InvalidInputError: The decision cannot be.
        """
        kinds = {thing.id: thing.kind for thing in self.things}
        named = tuple(self._identifier(identifier, kinds) for identifier in pair)
        made = decide(kinds.get(named[0], ""), (named[0], named[1]), decision, by, reasons=reasons)
        if kinds.get(named[0]) != kinds.get(named[1]) and decision != UNDO:
            raise NotFoundError(
                f"<{named[0]}> and <{named[1]}> are things of two kinds; nothing was decided", pair=pair
            )
        if decision == UNDO and made.key not in self.log.current():
            raise NotFoundError(f"nothing is decided about <{made.left}> and <{made.right}>", pair=pair)
        self.log.append([made])
        return made

    def _identifier(self, text: str, kinds: dict[str, str]) -> str:
        if text in kinds:
            return text
        records = codec(self._settings)
        found = next(
            (i for i in kinds if records.expand(i) == records.expand(text) or i == f"bgd:{text}"), None
        )
        if found is None and any(text in decision.key for decision in self.log.read()):
            return text  # the record is gone, its decision can still be taken back
        if found is None:
            raise NotFoundError(
                f"there is no city, organisation or practice <{text}>; write its identifier, e.g. bgd:org/city-of-turku",
                id=text,
            )
        return found

    def aliases(self) -> AliasTable:
        """Return which record stands for which, by the decisions that count."""
        known = {thing.id for thing in self.things}
        return alias_table(self.log.current().values(), shipped_first(self.records), known)

    def conflicts(self, identifier: str) -> list[Conflict]:
        """Return where the records of one thing disagree."""
        members = self.aliases().members(identifier)
        by_id = {str(raw.record.get("id")): raw for raw in self.records}
        return conflicts([by_id[member] for member in members if member in by_id])


def _records(settings: Settings) -> Iterable[RawRecord]:
    yield from _good(JsonlFolder(settings.datasets or datasets_dir()))
    imports = settings.home / "imports"
    if any(imports.rglob("*.jsonl")):
        for raw in _good(JsonlFolder(imports)):
            yield RawRecord(f"imports/{raw.collection}", f"imports/{raw.file}", raw.line, raw.record)


def _good(folder: JsonlFolder) -> Iterable[RawRecord]:
    return (found for found in folder.read() if isinstance(found, RawRecord))
