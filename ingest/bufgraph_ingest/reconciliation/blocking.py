"""Which records are worth comparing: those that share a key, and the nearest by the letters or words of their names.

Comparing all pairs of 100,000 records would take five thousand million comparisons; this proposes about ten a record.
"""

from collections import defaultdict
from collections.abc import Callable, Collection, Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import cos, radians, sin
from typing import Final

import numpy as np

from bufgraph_ingest.reconciliation.cities import read_name
from bufgraph_ingest.reconciliation.geography import EARTH_RADIUS_KM
from bufgraph_ingest.reconciliation.organisation_names import PLACE, readings
from bufgraph_ingest.reconciliation.places import PlaceNames
from bufgraph_ingest.reconciliation.practices import title_words
from bufgraph_ingest.reconciliation.spelling import plain, short_letters
from bufgraph_ingest.reconciliation.things import Thing

Pair = tuple[int, int]
"""Rows of two things, the smaller first."""

_LARGEST_BLOCK: Final = 30
"""Records of one key up to which all pairs are taken; in larger blocks each meets its next neighbours only."""
_NEIGHBOURS: Final = 10
_FEW: Final = 100
"""Practices of a town up to which a new one meets all of them: that takes less than counting their words."""
_NEAR_KM: Final = 3.0
_THREADS: Final = 2


@dataclass(frozen=True, slots=True)
class Texts:
    """Texts of things that are compared by nearness.

    Attributes:
        rows: The thing of each text.
        analyse: Splits a text into terms; None takes groups of three letters.
    """

    rows: Sequence[int]
    texts: Sequence[str]
    least: float
    analyse: Callable[[str], list[str]] | None = None


def city_pairs(things: Sequence[Thing], fresh: Collection[int] | None = None) -> set[Pair]:
    """Return the pairs of places that share an identifier, a spelling or a point, or have names much alike.

    Args:
        fresh: Rows that pairs are wanted of; those of others may be left out.
    """
    keys = _Keys()
    groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row, thing in enumerate(things):
        keys.add(row, (f"{scheme}:{value}" for scheme, value in thing.identifiers.items()))
        for name in thing.names:
            for reading in read_name(name, thing.country):
                keys.add(row, ((thing.country, short_letters(form)) for form in reading.forms))
                groups[thing.country].append((row, reading.key))
    found = keys.pairs() | _near_points(things)
    for members in groups.values():
        if _holds(members, fresh):
            found |= nearest(Texts([row for row, _ in members], [text for _, text in members], 0.6))
    return found


def organisation_pairs(things: Sequence[Thing], places: PlaceNames) -> set[Pair]:
    """Return the pairs of organisations that share a home page or the words of a name, or have names much alike."""
    keys = _Keys()
    rows: list[int] = []
    texts: list[str] = []
    for row, thing in enumerate(things):
        keys.add(row, [f"host:{thing.host}"] if thing.host else [])
        for name in thing.names:
            for reading in readings(name, places):
                words = [word if word.startswith(PLACE) else short_letters(word) for word in reading.words]
                keys.add(row, [" ".join(sorted(set(words)))])
                if reading.initials and len(reading.words) >= 3:
                    keys.add(row, [reading.initials])
                if not reading.is_part:
                    rows.append(row)
                    texts.append(" ".join(word.split("|")[0].rsplit("/", 1)[-1] for word in words))
    return keys.pairs() | nearest(Texts(rows, texts, 0.5))


def practice_pairs(things: Sequence[Thing], fresh: Collection[int] | None = None) -> set[Pair]:
    """Return the pairs of practices that cite one page, or have titles much alike and the same town.

    Args:
        fresh: Rows that pairs are wanted of; those of others may be left out.
    """
    keys = _Keys()
    groups: dict[str, list[tuple[int, str]]] = defaultdict(list)
    for row, thing in enumerate(things):
        keys.add(row, ((thing.place, page) for page in thing.pages))
        keys.add(row, ((thing.place, plain(name)) for name in thing.names))
        groups[thing.place] += [(row, name) for name in thing.names]
    unknown = groups.pop("", [])
    found = keys.pairs()
    for members in groups.values():
        if fresh is not None and len(members) <= _FEW:
            found |= {_pair(a, b) for a, _ in members if a in fresh for b, _ in members if a != b}
        elif _holds(members, fresh):
            found |= nearest(_titles(members))
    if unknown:
        found |= nearest(_titles([*unknown, *(member for members in groups.values() for member in members)]))
    return found


def _holds(members: Iterable[tuple[int, str]], fresh: Collection[int] | None) -> bool:
    return fresh is None or any(row in fresh for row, _ in members)


def _titles(members: Sequence[tuple[int, str]]) -> Texts:
    return Texts([row for row, _ in members], [text for _, text in members], 0.35, title_words)


class _Keys:
    """Rows by what they share."""

    def __init__(self) -> None:
        self._rows: dict[Hashable, list[int]] = defaultdict(list)

    def add(self, row: int, keys: Iterable[Hashable]) -> None:
        for key in keys:
            if not self._rows[key] or self._rows[key][-1] != row:
                self._rows[key].append(row)

    def pairs(self) -> set[Pair]:
        found: set[Pair] = set()
        for rows in self._rows.values():
            if len(rows) <= _LARGEST_BLOCK:
                found.update(_pair(a, b) for a, b in combinations(rows, 2) if a != b)
            else:
                found.update(_window(rows))
        return found


def _window(rows: Sequence[int]) -> Iterator[Pair]:
    for place, row in enumerate(rows):
        yield from (_pair(row, other) for other in rows[place + 1 : place + 1 + _NEIGHBOURS] if other != row)


def _pair(a: int, b: int) -> Pair:
    return (a, b) if a < b else (b, a)


def nearest(texts: Texts) -> set[Pair]:
    """Return the pairs of things of which one text is among the nearest of another by TF-IDF cosine."""
    if len(texts.texts) < 2:
        return set()
    from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415  # half a second to import
    from sparse_dot_topn import sp_matmul_topn  # noqa: PLC0415

    if texts.analyse is None:
        vectoriser = TfidfVectorizer(analyzer="char_wb", ngram_range=(3, 3), dtype=np.float32)
    else:
        vectoriser = TfidfVectorizer(analyzer=texts.analyse, dtype=np.float32)
    try:
        matrix = vectoriser.fit_transform(texts.texts)
    except ValueError:  # not one text holds a term
        return set()
    near = sp_matmul_topn(
        matrix, matrix.T.tocsr(), top_n=_NEIGHBOURS, threshold=texts.least, n_threads=_THREADS
    ).tocoo()
    rows = np.asarray(texts.rows)
    left, right = rows[near.row], rows[near.col]
    apart = left != right
    return {_pair(int(a), int(b)) for a, b in zip(left[apart], right[apart], strict=True)}


def _near_points(things: Sequence[Thing]) -> set[Pair]:
    """Return the pairs of places that lie within three kilometres."""
    from scipy.spatial import cKDTree  # noqa: PLC0415  # heavy

    known = [
        (row, radians(thing.latitude), radians(thing.longitude))
        for row, thing in enumerate(things)
        if thing.latitude is not None and thing.longitude is not None
    ]
    if len(known) < 2:
        return set()
    points = np.array([(cos(la) * cos(lo), cos(la) * sin(lo), sin(la)) for _, la, lo in known])
    tree = cKDTree(points)
    away, near = tree.query(
        points, k=min(_NEIGHBOURS, len(known)), distance_upper_bound=_NEAR_KM / EARTH_RADIUS_KM
    )
    return {
        _pair(known[place][0], known[int(other)][0])
        for place in range(len(known))
        for other, far in zip(near[place], away[place], strict=True)
        if np.isfinite(far) and int(other) != place
    }
