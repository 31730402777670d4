"""Who adopts what next: cities as possible adopters of a practice, practices that a city may take over.

``score = Σ weight_i * part_i / Σ weight_i``, every part in [0, 1] for each pair of a practice and a city:

- *needs*: mean over the practice's challenges of the kinship to the city's nearest need.
- *structure*: size (0.8), climate (0.1) and sea (0.1), as the cities that run the practice have them.
- *nearness*: country (0.65: 1 the same, 1/3 a Nordic or Baltic neighbour) and distance (0.35: ``exp(-km / 400)``).
- *networks*: membership of the Union of the Baltic Cities (0.5) and practices in common (0.5, cosine).
- *activity*: ``log(1 + practices of the city) / log(1 + most)``; *spread*: the same with the practice's further places.
- *text*: cosine to the nearest practice that the city runs.

Structure, nearness and networks are means over the cities that run the practice. A field that is missing, or there,
earns nothing: a pair of cities takes the mean of the known pairs; a city without practices (no needs, no text) what one
practice drawn at random gives, and not the mean over cities: the best of many practices is nearer than the best of one.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from math import isfinite
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bufgraph.errors import InvalidInputError
from bufgraph.localisation.phrases import Phrase
from bufgraph.matching.adopter_facts import GAPS, Ground, adopter_facts
from bufgraph.model import Catalogue, City, GoodPractice
from bufgraph.model.geography import EARTH_RADIUS_KM
from bufgraph.namespaces import slug

Floats = NDArray[np.float64]

WEIGHTS: Final[Mapping[str, float]] = {
    "needs": 0.5, "structure": 2.5, "nearness": 6.0, "networks": 0.5, "activity": 2.5, "spread": 2.5, "text": 1.5,
}  # fmt: skip
"""Set by hand, to half a point, after a conditional logit on the dev half of the known transfers."""
_SIZE_SCALE, _LATITUDE_SCALE, _DISTANCE_SCALE_KM = float(np.log(4)), 5.0, 400.0
"""Where likeness has fallen to exp(-1) = 37 %: a city four times as large, degrees of latitude, kilometres."""
_NEIGHBOURS: Final = ({"DK", "FI", "IS", "NO", "SE"}, {"EE", "LT", "LV"})
"""Countries whose cities work together by treaty: the Nordic Council and the Baltic Assembly."""


@dataclass(frozen=True, slots=True)
class Reason:
    """One part of a score: its value in [0, 1], its share of all weights, a sentence that a reader can check."""

    value: float
    weight: float
    fact: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """A practice that a city may take over.

    Attributes:
        score: In [0, 1]; it orders, it is no probability.
        reasons: By part; ``unknown``: what was not known and took a neutral value.
    """

    rank: int
    practice: str
    city: str
    score: float
    reasons: Mapping[str, Reason]
    unknown: tuple[str, ...]


@dataclass(frozen=True)
class Meaning:
    """What texts say, apart from any adoption.

    Attributes:
        challenges: IRIs of the rows and columns of ``kinship`` ``(n, n)``, in [0, 1].
        practices: IRIs of the rows of ``vectors`` ``(m, d)``, of unit length.
    """

    challenges: Sequence[str]
    kinship: Floats
    practices: Sequence[str]
    vectors: NDArray[np.float32]

    @cached_property
    def cosines(self) -> Floats:
        """``(m, m)``, cut at 0."""
        return np.asarray(np.clip(self.vectors @ self.vectors.T, 0.0, 1.0), dtype=np.float64)


class CityPairs:
    """What the records of two cities have in common: ``(cities, cities)`` matrices without any adoption in them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.cities = tuple(sorted(catalogue.cities))
        records = [catalogue.cities[iri] for iri in self.cities]
        latitude, longitude, coast = (
            _floats(getattr(c, name) for c in records) for name in ("latitude", "longitude", "is_coastal")
        )
        size = np.exp(-_apart(np.log(_floats(c.population or None for c in records))) / _SIZE_SCALE)
        climate = np.exp(-_apart(latitude) / _LATITUDE_SCALE)
        self.structure = 0.8 * _neutral(size) + 0.1 * _neutral(climate) + 0.1 * _neutral(1 - _apart(coast))
        self.km = _distances_km(latitude, longitude)
        near = _neutral(np.exp(-self.km / _DISTANCE_SCALE_KM))
        self.nearness = 0.65 * _countries([c.country_code for c in records]) + 0.35 * near
        told = {"member": 1.0, "former-member": 0.0, "non-member": 0.0}
        member = _floats(told.get(slug(c.ubc_membership or "")) for c in records)
        self.membership = _neutral(member[:, None] * member)


class AdopterModel:
    """Ranks adopters of practices and practices for adopters from what a catalogue knows.

    Args:
        meaning: Of at least all challenges and practices in the catalogue.
        pairs: Of the same cities, to save computing them again for a catalogue with an adoption taken out.

    Attributes:
        runs: ``(practices, cities)``, True where a city runs the practice, as a member of a group of cities too.
        parts: Part → ``(practices, cities)`` in [0, 1]; ``scores``: their mean by :data:`WEIGHTS`.
    """

    def __init__(self, catalogue: Catalogue, meaning: Meaning, *, pairs: CityPairs | None = None) -> None:
        self._catalogue, self._meaning = catalogue, meaning
        self._pairs = pairs or CityPairs(catalogue)
        self.cities = self._pairs.cities
        self.practices = tuple(sorted(catalogue.practices))
        self.column = {iri: n for n, iri in enumerate(self.cities)}
        self.row = {iri: n for n, iri in enumerate(self.practices)}
        order = {iri: n for n, iri in enumerate(meaning.practices)}
        rows = np.array([order[iri] for iri in self.practices], dtype=np.intp)
        self._cosines = meaning.cosines[np.ix_(rows, rows)]
        np.fill_diagonal(self._cosines, 0.0)  # a practice is no reason for itself
        self.runs = self._running()
        self.parts = self._all_parts()
        self.scores = weighted(self.parts, WEIGHTS)

    def adopters(self, practice: GoodPractice, *, limit: int = 20) -> list[Transfer]:
        """Return the cities most likely to take a practice over, best first; those that run it are left out."""
        row = self.row[practice.id]
        best = _best(self.scores[row], self.runs[row], limit)
        return [self._explain(rank, row, int(column)) for rank, column in enumerate(best, 1)]

    def for_city(self, city: City, *, limit: int = 20) -> list[Transfer]:
        """Return the practices that a city is most likely to take over, best first; those that it runs are left out."""
        column = self.column[city.id]
        best = _best(self.scores[:, column], self.runs[:, column], limit)
        return [self._explain(rank, int(row), column) for rank, row in enumerate(best, 1)]

    def _running(self) -> NDArray[np.bool_]:
        runs = np.zeros((len(self.practices), len(self.cities)), dtype=bool)
        places = [(p.id, p.origin) for p in self._catalogue.practices.values()]
        places += [(a.practice, a.place) for a in self._catalogue.adoptions.values()]
        for practice, place in places:
            region = self._catalogue.regions.get(place)
            for city in region.has_member if region else (place,):
                if practice in self.row and city in self.column:
                    runs[self.row[practice], self.column[city]] = True
        return runs

    def _all_parts(self) -> dict[str, Floats]:
        runs = self.runs.astype(np.float64)
        counts = runs.sum(axis=0)
        common = runs.T @ runs / np.sqrt(np.maximum(1.0, np.outer(counts, counts)))
        return {
            "needs": self._needs_part(),
            "structure": _over_runners(runs, self._pairs.structure),
            "nearness": _over_runners(runs, self._pairs.nearness),
            "networks": _over_runners(runs, 0.5 * self._pairs.membership + 0.5 * common),
            "activity": np.broadcast_to(_log_share(counts), runs.shape),
            "spread": np.broadcast_to(
                _log_share(np.maximum(0.0, runs.sum(axis=1, keepdims=True) - 1)), runs.shape
            ),
            "text": self._text_part(),
        }

    def _needs_part(self) -> Floats:
        kinship, place = self._meaning.kinship, {iri: n for n, iri in enumerate(self._meaning.challenges)}
        practices = [self._catalogue.practices[iri] for iri in self.practices]
        addressed = np.zeros((len(practices), len(place)))
        for row, practice in enumerate(practices):
            addressed[row, [place[iri] for iri in practice.challenge]] = 1 / max(1, len(practice.challenge))
        mains = np.array([place[p.main_challenge] for p in practices], dtype=np.intp)
        best = np.tile(kinship[mains].sum(axis=0) / max(1, len(mains)), (len(self.cities), 1))
        for iri, needs in self._catalogue.needs_by_city.items():
            if iri in self.column:
                best[self.column[iri]] = kinship[[place[need.concern] for need in needs]].max(axis=0)
        return np.asarray(addressed @ best.T)

    def _text_part(self) -> Floats:
        usual = self._cosines.sum(axis=1) / max(1, len(self.practices) - 1)
        part = np.tile(usual[:, None], len(self.cities))
        for column in np.flatnonzero(self.runs.any(axis=0)):
            part[:, column] = self._cosines[:, self.runs[:, column]].max(axis=1)
        return part

    def _explain(self, rank: int, row: int, column: int) -> Transfer:
        city = self._catalogue.cities[self.cities[column]]
        practice = self._catalogue.practices[self.practices[row]]
        total, facts = sum(WEIGHTS.values()), self._facts(row, column, practice, city)
        reasons = {
            part: Reason(float(self.parts[part][row, column]), weight / total, facts[part])
            for part, weight in WEIGHTS.items()
        }
        gaps = (
            city.id not in self._catalogue.needs_by_city,
            not city.population,
            city.is_coastal is None,
            city.latitude is None or city.longitude is None,
            slug(city.ubc_membership or "unknown") == "unknown",
            not self.runs[:, column].any(),
            not self.runs[row].any(),
        )
        unknown = tuple(told for told, is_gap in zip(GAPS, gaps, strict=True) if is_gap)
        return Transfer(rank, practice.id, city.id, float(self.scores[row, column]), reasons, unknown)

    def _facts(self, row: int, column: int, practice: GoodPractice, city: City) -> dict[str, Phrase]:
        own, runners = self.runs[:, column], np.flatnonzero(self.runs[row])
        nearest = self.practices[int(np.argmax(self._cosines[row] * own))] if own.any() else None
        common = int((own & self.runs[:, runners].any(axis=1)).sum())
        ground = Ground([self.cities[n] for n in runners], int(own.sum()), common, nearest)
        return adopter_facts(self._catalogue, practice, city, ground)


def weighted(parts: Mapping[str, Floats], weights: Mapping[str, float]) -> Floats:
    """Return the mean of parts of one shape by weights; a part that is not named weighs nothing.

    Raises:
        InvalidInputError: An unknown part; a weight that is negative or no number; all weights zero.
    """
    for name, weight in weights.items():
        if name not in parts or not isfinite(weight) or weight < 0:
            raise InvalidInputError(
                f"the weight of '{name}' is {weight}; expected a number from 0 up for one of {', '.join(parts)}",
                field="weights",
            )
    if not (total := sum(weights.values())):
        raise InvalidInputError("all weights are zero; give at least one part a weight", field="weights")
    return np.asarray(sum(weight / total * parts[name] for name, weight in weights.items()))


def _best(scores: Floats, is_out: NDArray[np.bool_], limit: int) -> NDArray[np.intp]:
    kept = np.flatnonzero(~is_out)
    return kept[np.argsort(-scores[kept], kind="stable")][:limit]  # positions are in IRI order


def _floats(values: Iterable[float | None]) -> Floats:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)


def _apart(values: Floats) -> Floats:
    return np.asarray(np.abs(values[:, None] - values))


def _neutral(pairs: Floats) -> Floats:
    """Fill what is not known of a row with the mean of what is, and a row of which nothing is with the mean of all."""
    known = np.isfinite(pairs)
    sums, counts = np.where(known, pairs, 0.0).sum(axis=1), known.sum(axis=1)
    means = np.where(counts > 0, sums / np.maximum(1, counts), sums.sum() / max(1, int(counts.sum())))
    return np.where(known, pairs, means[:, None])


def _distances_km(latitude: Floats, longitude: Floats) -> Floats:
    """Great-circle distances (haversine), NaN where a position is unknown."""
    phi = np.radians(latitude)
    half_phi, half_theta = _apart(phi) / 2, _apart(np.radians(longitude)) / 2
    h = np.sin(half_phi) ** 2 + np.cos(phi)[:, None] * np.cos(phi) * np.sin(half_theta) ** 2
    return np.asarray(2 * EARTH_RADIUS_KM * np.arcsin(np.sqrt(np.clip(h, 0.0, 1.0))))


def _countries(codes: Sequence[str]) -> Floats:
    near = [[a == b or any({a, b} <= family for family in _NEIGHBOURS) / 3 for b in codes] for a in codes]
    return np.array(near, dtype=np.float64).reshape(len(codes), len(codes))


def _over_runners(runs: Floats, pairs: Floats) -> Floats:
    """Return the mean over the cities that run a practice, ``(practices, cities)``; over all pairs where none does."""
    counts = runs.sum(axis=1, keepdims=True)
    return np.where(counts > 0, runs @ pairs / np.maximum(1.0, counts), pairs.mean() if pairs.size else 0.0)


def _log_share(counts: Floats) -> Floats:
    return np.asarray(np.log1p(counts) / np.log1p(max(1.0, float(counts.max(initial=0.0)))))
