"""Pairs of records that may mean one thing, with a verdict for each."""

from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bufgraph.embeddings.port import Encoder
from bufgraph_ingest.reconciliation.blocking import Pair, city_pairs, organisation_pairs, practice_pairs
from bufgraph_ingest.reconciliation.cities import Cities
from bufgraph_ingest.reconciliation.comparing import Comparer, Comparison
from bufgraph_ingest.reconciliation.meaning import close_meanings
from bufgraph_ingest.reconciliation.organisations import Organisations
from bufgraph_ingest.reconciliation.places import PlaceNames
from bufgraph_ingest.reconciliation.practices import Practices
from bufgraph_ingest.reconciliation.things import KINDS, Thing

MERGE: Final = "merge"
KEEP_APART: Final = "keep-apart"
ASK: Final = "ask"


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Least scores for a verdict, chosen on the dev side of the labelled pairs (see ``measuring``)."""

    merge: float
    ask: float

    def verdict(self, score: float) -> str:
        """Return what a score means."""
        return MERGE if score >= self.merge else ASK if score >= self.ask else KEEP_APART


THRESHOLDS: Final[Mapping[str, Thresholds]] = {
    "cities": Thresholds(merge=0.9, ask=0.5),
    "organisations": Thresholds(merge=0.9, ask=0.6),
    "practices": Thresholds(merge=0.9, ask=0.5),
}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Two records that were compared.

    Attributes:
        left: The one whose identifier comes first.
        verdict: :data:`MERGE`, :data:`ASK` or :data:`KEEP_APART`, by the rules alone.
    """

    left: Thing
    right: Thing
    comparison: Comparison
    verdict: str

    @property
    def kind(self) -> str:
        """The kind of both."""
        return self.left.kind

    @property
    def key(self) -> tuple[str, str]:
        """Their identifiers in order."""
        return self.left.id, self.right.id


def place_names(things: Iterable[Thing]) -> PlaceNames:
    """Return the names of the cities among some things."""
    return PlaceNames((thing.id, thing.country, thing.names) for thing in things if thing.kind == "cities")


def comparer(
    kind: str,
    things: Sequence[Thing],
    places: PlaceNames,
    meaning: Mapping[tuple[str, str], float] | None = None,
) -> Comparer:
    """Return what compares things of a kind.

    Args:
        things: Those of the kind.
        meaning: Cosines of the texts of practices; optional.
    """
    makers: dict[str, Callable[[], Comparer]] = {
        "cities": lambda: Cities(things),
        "organisations": lambda: Organisations(things, places),
        "practices": lambda: Practices(things, meaning),
    }
    return makers[kind]()


def candidate_rows(
    kind: str, things: Sequence[Thing], places: PlaceNames, only: Collection[str] | None = None
) -> set[Pair]:
    """Return the pairs of rows that are worth comparing.

    Args:
        only: Identifiers of which each pair has to hold one; None takes all pairs.
    """
    fresh = None if only is None else {row for row, thing in enumerate(things) if thing.id in only}
    if kind == "cities":
        found = city_pairs(things, fresh)
    elif kind == "organisations":
        found = organisation_pairs(things, places)
    else:
        found = practice_pairs(things, fresh)
    return found if fresh is None else {pair for pair in found if not fresh.isdisjoint(pair)}


def find_pairs(
    things: Sequence[Thing],
    kinds: Iterable[str] = KINDS,
    *,
    least: float | None = None,
    only: Collection[str] | None = None,
    encoder: Encoder | None = None,
    progress: Callable[[str], None] = lambda step: None,
) -> list[Candidate]:
    """Return the pairs that may mean one thing, likeliest first; pairs below ``ask`` are left out.

    Args:
        things: Of every kind; names of cities help to read names of organisations.
        least: Least score to return, in place of each kind's threshold for asking.
        only: Identifiers of which each pair has to hold one, such as those of new records; None takes all pairs.
        encoder: Compares the meaning of practices as well; optional.
    """
    by_kind: dict[str, list[Thing]] = defaultdict(list)
    for thing in things:
        by_kind[thing.kind].append(thing)
    places = place_names(by_kind["cities"])
    found: list[Candidate] = []
    for kind in kinds:
        progress(f"comparing {kind}: {len(by_kind[kind]):,} records")
        near = close_meanings(by_kind[kind], encoder) if encoder and kind == "practices" else {}
        rows = candidate_rows(kind, by_kind[kind], places, only) | near.keys()
        found += _of_kind(
            kind, by_kind[kind], rows, near, THRESHOLDS[kind].ask if least is None else least, places
        )
    return sorted(found, key=lambda c: (KINDS.index(c.kind), -c.comparison.score, c.key))


def _of_kind(
    kind: str,
    things: Sequence[Thing],
    rows: Collection[Pair],
    near: Mapping[Pair, float],
    least: float,
    places: PlaceNames,
) -> list[Candidate]:
    meaning = {(things[a].id, things[b].id): cosine for (a, b), cosine in near.items()}
    compare = comparer(kind, things, places, meaning).compare
    found = []
    for a, b in sorted(rows):
        left, right = sorted((things[a], things[b]), key=lambda thing: thing.id)
        comparison = compare(left, right)
        if comparison.score >= least and left.id != right.id:
            found.append(Candidate(left, right, comparison, THRESHOLDS[kind].verdict(comparison.score)))
    return found
