"""New records against what is known: which mean one thing surely, which have to be asked about, where they disagree."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from bufgraph.settings import Settings
from bufgraph_ingest.port import Json, RawRecord
from bufgraph_ingest.reconciliation.aliases import alias_table
from bufgraph_ingest.reconciliation.conflicts import Conflict, conflicts
from bufgraph_ingest.reconciliation.decisions import DecisionLog, by_rules, open_questions
from bufgraph_ingest.reconciliation.pairs import MERGE, Candidate, find_pairs
from bufgraph_ingest.reconciliation.things import things_from
from bufgraph_ingest.shelf import Shelf, types_of

_TYPES: Final[Mapping[str, str]] = {
    "City": "cities",
    "Region": "cities",
    "Organization": "organisations",
    "GoodPractice": "practices",
}
_BESIDE: Final[Mapping[str, tuple[str, ...]]] = {
    "cities": ("City", "Region"),
    "organisations": ("City", "Region", "Organization"),
    "practices": ("GoodPractice", "Adoption", "SourceDocument", "Translation"),
}
"""What has to be at hand to compare things of a kind: names of organisations hold those of towns."""
_FIELDS: Final = (
    "id", "type", "name", "pref_label", "title", "alt_label", "country_code", "latitude", "longitude", "exact_match",
    "homepage", "origin", "administers", "based_in", "start_year", "is_generic", "page", "translates", "local_title",
    "practice", "relation", "citation",
)  # fmt: skip
"""What a comparison reads; the rest of many records would only fill the memory."""
_SAME_DEGREES: Final = 0.02
"""Points of one town that lie closer, about two kilometres, are no disagreement."""
_MOST_CONFLICTS: Final = 1_000


@dataclass(frozen=True)
class OneNode:
    """What was found about new records.

    Attributes:
        canonical: Record that stands for another, by the other's identifier, with the new merges.
        merges: New pairs that surely mean one thing; ``questions``: those that somebody has to look at.
        conflicts: Thing and field for which its records give different values.
    """

    canonical: Mapping[str, str] = field(default_factory=dict)
    merges: list[Candidate] = field(default_factory=list)
    questions: list[Candidate] = field(default_factory=list)
    conflicts: list[tuple[str, Conflict]] = field(default_factory=list)


def known_aliases(settings: Settings, *shelves: Shelf) -> Mapping[str, str]:
    """Return which of the records at hand stands for which, by what was decided."""
    return _aliases(DecisionLog.of(settings), [], shelves)


def compare_new(
    new: Iterable[str], known: Shelf, staged: Shelf, settings: Settings, progress: Callable[[str], None]
) -> OneNode:
    """Compare new records with the known ones and with each other; nothing is written.

    Args:
        new: Their identifiers; records of ``staged`` that are not among them are known.
    """
    ids = set(new)
    log = DecisionLog.of(settings)
    kinds = sorted({_TYPES[t] for i in ids for t in _types(staged, known, i) if t in _TYPES})
    if not kinds:
        return OneNode(_aliases(log, [], (known, staged)))
    beside = tuple(dict.fromkeys(type_ for kind in kinds for type_ in _BESIDE[kind]))
    things = things_from(_slim(known, staged, ids, beside))
    found = find_pairs(things, kinds, only=ids, progress=progress)
    decided = log.current()
    undone = {d.key for d in log.read()} - decided.keys()
    merges = [c for c in found if c.verdict == MERGE and c.key not in undone and _is_merge(c, decided)]
    canonical = _aliases(log, merges, (known, staged))
    return OneNode(
        canonical,
        [c for c in merges if canonical.get(c.left.id, c.left.id) == canonical.get(c.right.id, c.right.id)],
        open_questions(found, decided),
        list(_conflicts(ids, canonical, known, staged)),
    )


def keep(found: OneNode, written: Callable[[str], bool], settings: Settings) -> int:
    """Record the sure merges of records that were taken in, as decisions that can be undone; return how many are new."""
    return DecisionLog.of(settings).record_rules(
        c for c in found.merges if written(c.left.id) and written(c.right.id)
    )


def _is_merge(candidate: Candidate, decided: Mapping[tuple[str, str], Any]) -> bool:  # Any: Decision
    known = decided.get(candidate.key)
    return known is None or known.decision == MERGE


def _types(staged: Shelf, known: Shelf, identifier: str) -> list[str]:
    raw = staged.owner_of(identifier) or known.owner_of(identifier)
    return [] if raw is None else types_of(raw.record)


def _slim(known: Shelf, staged: Shelf, new: set[str], types: tuple[str, ...]) -> Iterator[RawRecord]:
    for raw in known.of_type(*types):
        if raw.record["id"] not in new:
            yield _only(raw)
    for raw in staged.of_type(*types):
        if raw.record["id"] in new or known.owner_of(str(raw.record["id"])) is None:
            yield _only(raw)


def _only(raw: RawRecord) -> RawRecord:
    record: Json = {name: raw.record[name] for name in _FIELDS if name in raw.record}
    return RawRecord(raw.collection, raw.file, raw.line, record)


def _aliases(log: DecisionLog, merges: Iterable[Candidate], shelves: Iterable[Shelf]) -> Mapping[str, str]:
    decisions = [*log.current().values(), *map(by_rules, merges)]
    at_hand: dict[str, RawRecord] = {}
    for identifier in {i for decision in decisions for i in decision.key}:
        raw = next((hit for shelf in shelves if (hit := shelf.owner_of(identifier)) is not None), None)
        if raw is not None:
            at_hand[identifier] = raw
    return alias_table(
        decisions,
        lambda i: (at_hand[i].collection.startswith("imports/"), -len(at_hand[i].record)),
        at_hand.keys(),
    ).canonical


def _conflicts(
    new: set[str], canonical: Mapping[str, str], known: Shelf, staged: Shelf
) -> Iterator[tuple[str, Conflict]]:
    groups: dict[str, list[str]] = {}
    for alias, first in sorted(canonical.items()):
        groups.setdefault(first, [first]).append(alias)
    told = 0
    for first, members in groups.items():
        if new.isdisjoint(members) or told >= _MOST_CONFLICTS:
            continue
        records = [raw for i in members if (raw := staged.owner_of(i) or known.owner_of(i)) is not None]
        for conflict in conflicts(records):
            if not _is_near(conflict):
                told += 1
                yield first, conflict


def _is_near(conflict: Conflict) -> bool:
    """Tell whether values are the same point, told with other digits, or say only where a record comes from."""
    if conflict.field in ("derived_from", "collection"):
        return True
    if conflict.field not in ("latitude", "longitude"):
        return False
    try:
        degrees = [float(str(value.value)) for value in conflict.values]
    except ValueError:
        return False
    return max(degrees) - min(degrees) < _SAME_DEGREES
