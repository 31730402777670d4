"""How well a set of practices is proven: how many stand on each level, and how they went."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bufgraph.analytics.blind_spots import MEASURED
from bufgraph.localisation.phrases import Phrase, counted, phrase
from bufgraph.namespaces import slug
from bufgraph.services.presentation import Presenter
from bufgraph_api.pages.figures.geometry import percent
from bufgraph_api.pages.words import OUTCOMES

LEVELS: Final = (5, 4, 3, 2, 1, 0)
_ROW: Final = 50
"""Height of a level, in pixels."""
_ROOM_FOR_A_SIGN: Final = 8.0
"""Narrowest part of a bar that holds a sign, in percent of the width."""


@dataclass(frozen=True, slots=True)
class Segment:
    """Practices of one level that went the same way: a part of its bar."""

    outcome: str
    count: int
    x: str
    width: str
    sign_x: str | None


@dataclass(frozen=True, slots=True)
class Level:
    """One level of the ladder; ``outcomes`` counts its practices by how they went."""

    level: int
    label: str
    y: int
    count: int
    segments: tuple[Segment, ...]
    outcomes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class EvidenceDistribution:
    """The picture, best proven first; ``outcomes`` are those that occur."""

    levels: tuple[Level, ...]
    height: int
    total: int
    outcomes: tuple[str, ...]
    summary: tuple[Phrase, ...]


def evidence_distribution(
    practices: Iterable[str], levels: Mapping[str, int], present: Presenter
) -> EvidenceDistribution | None:
    """Return how well some practices are proven, or None for no practice.

    Args:
        practices: IRIs; each counts once, with how it went at its first place.
        levels: Evidence level of each practice, by IRI.
    """
    counts: Counter[tuple[int, str]] = Counter()
    for iri in set(practices):
        adoptions = present.catalogue.adoptions_by_practice.get(iri, ())
        outcome = slug(adoptions[0].outcome) if adoptions else "unknown"
        counts[levels[iri], outcome] += 1
    if not counts:
        return None
    of_level = {n: {name: c for name in OUTCOMES if (c := counts[n, name])} for n in LEVELS}
    most = max(sum(outcomes.values()) for outcomes in of_level.values())
    rows = tuple(
        Level(n, present.label_of_level(n), row * _ROW, sum(of_level[n].values()), _segments(of_level[n], most), of_level[n])
        for row, n in enumerate(LEVELS)
    )  # fmt: skip
    total = sum(counts.values())
    measured = sum(level.count for level in rows if level.level >= MEASURED)
    return EvidenceDistribution(
        rows,
        _ROW * len(LEVELS),
        total,
        tuple(name for name in OUTCOMES if any(name in outcomes for outcomes in of_level.values())),
        (
            counted("{n:,} practice.", "{n:,} practices.", total),
            phrase(
                "With measured results: {share:.0%} ({measured:,}).",
                share=measured / total,
                measured=measured,
            ),
        ),
    )


def _segments(outcomes: Mapping[str, int], most: int) -> tuple[Segment, ...]:
    found = []
    start = 0.0
    for name, count in outcomes.items():
        width = 100 * count / most
        middle = percent(start + width / 2) if width >= _ROOM_FOR_A_SIGN else None
        found.append(Segment(name, count, percent(start), percent(width), middle))
        start += width
    return tuple(found)
