"""How similar cities are: by what they need, by their profile and by where they stand.

``score = Σ weight_i * part_i / Σ weight_i``. Every part is in [0, 1] and comes with the facts behind it; what is
unknown is listed, and counts as a neutral 0.25, so that a city is neither near nor far for want of facts.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from math import isfinite
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bufgraph.errors import InvalidInputError
from bufgraph.matching.city_parts import PARTS, CityParts, Floats
from bufgraph.model import City
from bufgraph.model.geography import size_class

PRESETS: Final[Mapping[str, Mapping[str, float]]] = {
    "balanced": {"needs": 0.45, "profile": 0.1, "size": 0.2, "climate": 0.1, "sea": 0.07, "country": 0.08},
    "problem": {"needs": 0.8, "profile": 0.0, "size": 0.1, "climate": 0.04, "sea": 0.03, "country": 0.03},
    "structure": {"needs": 0.0, "profile": 0.1, "size": 0.4, "climate": 0.18, "sea": 0.17, "country": 0.15},
}
"""Weights by preset: what counts when a city looks for peers in general, for one problem, or by structure."""
NEUTRAL: Final = 0.25
"""What a part counts that is not known for both cities."""
_DRAWS: Final = 48
_INTERVAL: Final = (5.0, 95.0)
_SEED: Final = 20261124


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score.

    Attributes:
        value: In [0, 1].
        weight: Its share of all weights, in [0, 1].
        facts: Sentences that a reader can check.
    """

    value: float
    weight: float
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SimilarCity:
    """A city and why it is similar.

    Attributes:
        score: In [0, 1].
        low: Best and, in ``high``, worst rank that the city plausibly has: between the 5th and 95th percentile
            of its rank when every unknown part takes a value at random among the known ones of that part.
        shared: IRIs of the challenges that both cities work on.
        unknown: Parts that could not be computed, with the reason.
    """

    rank: int
    low: int
    high: int
    city: str
    score: float
    parts: Mapping[str, Part]
    shared: tuple[str, ...]
    unknown: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class CityFilters:
    """What a similar city must match exactly.

    Attributes:
        country: ISO 3166-1 alpha-2 code, or ``own`` for the asking city's; with ``!`` before it all others.
        same_size: Only the asking city's size class.
        coastal: Only cities on the coast (True) or inland (False); a city of which it is not known is left out.
    """

    country: str | None = None
    same_size: bool = False
    coastal: bool | None = None


def checked_weights(preset: str, weights: Mapping[str, float] | None) -> Floats:
    """Return the weights as shares in the order of the parts: the caller's, else those of a preset.

    Raises:
        InvalidInputError: Unknown preset or part; a weight that is negative or no number; weights that add up to zero or to
            more than a float holds.
    """
    if weights is None:
        if preset not in PRESETS:
            raise InvalidInputError(
                f"unknown preset '{preset}'; choose from {', '.join(PRESETS)}",
                field="preset",
                known=list(PRESETS),
            )
        weights = PRESETS[preset]
    for name, weight in weights.items():
        if name not in PARTS:
            raise InvalidInputError(
                f"unknown part '{name}' in the weights; choose from {', '.join(PARTS)}",
                field="weights",
                known=list(PARTS),
            )
        if not isfinite(weight) or weight < 0:
            raise InvalidInputError(
                f"the weight of '{name}' is {weight}; it must be a number from 0 up", field="weights"
            )
    total = sum(weights.values())
    if total <= 0:
        raise InvalidInputError("all weights are zero; give at least one part a weight", field="weights")
    if not isfinite(total):
        raise InvalidInputError(
            "the weights are too large to add up; only their shares count", field="weights"
        )
    return np.array([weights.get(name, 0.0) / total for name in PARTS])


class CitySimilarity:
    """Ranks cities by similarity to one."""

    def __init__(self, parts: CityParts) -> None:
        self._parts = parts
        self._catalogue = parts.catalogue
        self._chance = np.random.default_rng(_SEED).random((len(PARTS), _DRAWS, len(parts.cities)))
        self._values = lru_cache(maxsize=64)(parts.values)
        self.cities = parts.cities

    def similar(
        self,
        city: City,
        *,
        preset: str = "balanced",
        weights: Mapping[str, float] | None = None,
        filters: CityFilters | None = None,
        limit: int = 10,
    ) -> list[SimilarCity]:
        """Return the cities most similar to one, best first; equal scores by IRI. Fewer than ``limit`` when fewer match.

        Args:
            weights: Part → weight, in place of those of the preset; a part that is not named weighs nothing.

        Raises:
            InvalidInputError: See :func:`checked_weights`.
        """
        shares = checked_weights(preset, weights)
        row = self._parts.row[city.id]
        kept = np.flatnonzero(self._keeps(city, filters or CityFilters()))
        values = self._values(row)[:, kept]
        scores = _weigh(values, shares)
        order = np.lexsort((kept, -scores))[:limit]
        low, high = self._rank_intervals(values, shares, kept, order)
        return [
            replace(
                self._explain(city, self.cities[kept[n]], float(scores[n]), values[:, n], shares),
                rank=rank, low=min(rank, int(low[rank - 1])), high=max(rank, int(high[rank - 1])),
            )
            for rank, n in enumerate(order, 1)
        ]  # fmt: skip

    def compare(self, city: City, other: City, *, preset: str = "structure") -> SimilarCity:
        """Return how similar another city is to a city, with rank 0."""
        shares = checked_weights(preset, None)
        row = self._parts.row[other.id]
        values = self._values(self._parts.row[city.id])[:, row]
        score = float(_weigh(values[:, None], shares)[0])
        return self._explain(city, other.id, score, values, shares)

    def scores(self, city: City, *, preset: str = "structure") -> Mapping[str, float]:
        """Return the similarity of every other city to one, by IRI."""
        scores = _weigh(self._values(self._parts.row[city.id]), checked_weights(preset, None))
        return {iri: float(s) for iri, s in zip(self.cities, scores, strict=True) if iri != city.id}

    def matrix(self, *, preset: str = "structure") -> NDArray[np.float64]:
        """Return ``(cities, cities)``: the similarity of all pairs, in the order of ``cities``."""
        shares = checked_weights(preset, None)
        return np.stack([_weigh(self._parts.values(row), shares) for row in range(len(self.cities))])

    def _keeps(self, city: City, filters: CityFilters) -> NDArray[np.bool_]:
        country = filters.country
        wanted = (country or "").removeprefix("!")
        wanted = city.country_code if wanted == "own" else wanted
        size = size_class(city.population)
        kept = []
        for iri in self.cities:
            other = self._catalogue.cities[iri]
            kept.append(
                iri != city.id
                and (not country or (other.country_code == wanted) != country.startswith("!"))
                and (not filters.same_size or (size is not None and size_class(other.population) == size))
                and (filters.coastal is None or other.is_coastal is filters.coastal)
            )
        return np.array(kept, dtype=bool)

    def _rank_intervals(
        self, values: Floats, shares: Floats, kept: NDArray[np.intp], top: NDArray[np.intp]
    ) -> tuple[Floats, Floats]:
        """Return the 5th and 95th percentile of the ranks of ``top`` when unknown parts take plausible values."""
        drawn = np.zeros((_DRAWS, kept.size))
        for part, share in enumerate(shares):
            known = ~np.isnan(values[part])
            if share == 0 or known.all():
                drawn += share * values[part] if share else 0.0
                continue
            pool = np.sort(values[part][known]) if known.any() else np.linspace(0.0, 1.0, 101)
            places = (self._chance[part][:, kept[~known]] * pool.size).astype(np.intp)
            drawn[:, known] += share * values[part][known]
            drawn[:, ~known] += share * pool[places]
        ranks = (
            np.stack([1 + (drawn > drawn[:, [n]]).sum(axis=1) for n in top]) if top.size else np.ones((0, 1))
        )
        low, high = np.percentile(ranks, _INTERVAL, axis=1) if top.size else (np.ones(0), np.ones(0))
        return np.floor(low), np.ceil(high)

    def _explain(self, city: City, iri: str, score: float, values: Floats, shares: Floats) -> SimilarCity:
        other = self._catalogue.cities[iri]
        parts, unknown = {}, []
        for name, value, share in zip(PARTS, values, shares, strict=True):
            if np.isnan(value):
                unknown.append(self._parts.why_unknown(name, city, other))
            else:
                parts[name] = Part(float(value), float(share), self._parts.facts(name, city, other))
        shared = self._parts.shared_needs(city.id, iri)
        return SimilarCity(0, 0, 0, iri, score, parts, shared, tuple(unknown))


def _weigh(values: Floats, shares: Floats) -> Floats:
    known: Floats = np.where(np.isnan(values), NEUTRAL, values)
    return shares @ known
