"""City profiles by an index: scores, rank intervals, strengths and weaknesses against peers, what it could teach."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bufgraph.benchmarking.activity import Teachable, activity, could_teach
from bufgraph.benchmarking.indexes import Factor, IndexDefinition
from bufgraph.benchmarking.indicator_facts import indicator_fact
from bufgraph.benchmarking.normalisation import (
    MIN_RESAMPLED,
    SCORED_ABOVE,
    VERIFIED,
    Floats,
    observed,
    score,
    standardise,
)
from bufgraph.benchmarking.published import Published, published_facts
from bufgraph.errors import NotFoundError
from bufgraph.localisation.phrases import Phrase, counted, phrase
from bufgraph.model import Catalogue, City
from bufgraph.model.terms import place_term

NOTABLE: Final = 0.5
"""Standard deviations from the peers' median at which a factor counts as a strength or weakness."""


@dataclass(frozen=True, slots=True)
class Standing:
    """How a city stands in one dimension, or overall.

    Attributes:
        key: IRI of the dimension; ``overall`` for the whole index.
        score: In standard deviations of the sample, higher is better; None when no indicator is known.
        rank: Among ``of`` ranked cities; None for a city that is not ranked. ``tied``: how many others share it.
        low: Best and, in ``high``, worst plausible rank: see :func:`bufgraph.benchmarking.normalisation.score`.
        coverage: Share of the indicators that the score rests on.
        oldest: First and, in ``newest``, last year of the values; None when no year is known.
        peers_median: Median score of the peers; None when no peer has one.
    """

    key: str
    label: str
    score: float | None
    rank: int | None
    tied: int
    low: int | None
    high: int | None
    of: int
    coverage: float
    oldest: int | None
    newest: int | None
    peers_median: float | None


@dataclass(frozen=True, slots=True)
class FactorScore:
    """A factor of a city beside its peers.

    Attributes:
        dimension: IRI of the dimension that it is part of.
        score: In standard deviations; None when no indicator is known. ``peers_median``: the peers' median.
        coverage: Share of the factor's indicators that the score rests on.
        difference: ``score - peers_median``.
        facts: The values behind it, a sentence an indicator.
    """

    factor: str
    label: str
    dimension: str
    score: float | None
    coverage: float
    peers_median: float | None
    difference: float | None
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CityProfile:
    """A city by one index.

    Attributes:
        is_scored: Whether enough indicators are known for ranks; the parts are given either way.
        peers: How many peers the medians rest on.
        factors: All factors; ``strengths`` and ``weaknesses``: those at least 0.5 standard deviations above or below
            the peers' median, biggest difference first.
        unknown: What is not known, as sentences.
    """

    city: str
    index: str
    is_scored: bool
    peers: int
    overall: Standing
    dimensions: tuple[Standing, ...]
    factors: tuple[FactorScore, ...]
    strengths: tuple[FactorScore, ...]
    weaknesses: tuple[FactorScore, ...]
    could_teach: tuple[Teachable, ...]
    published: tuple[Published, ...]
    unknown: tuple[str, ...]


class Profiles:
    """Profiles of all cities by one index, computed once.

    Args:
        levels: Practice IRI → evidence level, for what a city could teach; without it nothing is evidenced.
    """

    def __init__(
        self, catalogue: Catalogue, index: IndexDefinition, levels: Mapping[str, int] | None = None
    ) -> None:
        self.catalogue = catalogue
        self.index = index
        self._levels = levels or {}
        self._activity = activity(catalogue)
        self._counted = frozenset(self._activity.keys)
        keys = [indicator.key for indicator in index.indicators]
        own = observed(catalogue, [key for key in dict.fromkeys(keys) if key not in self._counted])
        self.measurements = own.join(self._activity).select(keys)
        self.cities = self.measurements.cities
        self._row = {iri: row for row, iri in enumerate(self.cities)}
        self.standardised = standardise(self.measurements.values, [i.direction for i in index.indicators])
        self._dimension_of = [n for n, dimension in enumerate(index.dimensions) for _ in dimension.factors]
        self._factor_of = [n for n, factor in enumerate(index.factors) for _ in factor.indicators]
        self.scores = score(self.standardised, self._factor_of, self._dimension_of)
        self._usable: NDArray[np.bool_] = ~np.isnan(self.standardised.z)
        self._has_values: NDArray[np.bool_] = np.isfinite(self.measurements.values).sum(axis=1) > 0

    def matrix(self) -> tuple[tuple[str, ...], Floats, Floats]:
        """Return the cities with ``(cities, dimensions)`` of scores, NaN where unknown, and of their coverage."""
        return self.cities, self.scores.dimensions[:, :-1], self.scores.coverage[:, :-1]

    def city_profile(self, city: City, peers: Sequence[str] | None = None) -> CityProfile:
        """Return the profile of a city; an empty one, with what is unknown, where nothing is recorded.

        Args:
            peers: IRIs of the cities to compare with, the city itself aside; all other cities when None.

        Raises:
            NotFoundError: The city or a peer is none of the catalogue's cities.
        """
        row = self._known_row(city.id)
        wanted = sorted({self._known_row(iri) for iri in (self.cities if peers is None else peers)} - {row})
        rows = [n for n in wanted if self._has_values[n]]
        factors = tuple(self._factor(row, n, rows) for n in range(len(self.index.factors)))
        notable = [f for f in factors if f.difference is not None and abs(f.difference) >= NOTABLE]
        notable.sort(key=lambda f: (-abs(f.difference or 0.0), f.factor))
        active = self._activity.values[wanted]
        medians = {key: _median(active[:, n]) for n, key in enumerate(self._activity.keys)}
        known = {key: median for key, median in medians.items() if median is not None}
        standings = tuple(self._standing(row, n, rows) for n in range(len(self.index.dimensions) + 1))
        return CityProfile(
            city=city.id,
            index=self.index.name,
            is_scored=bool(self.scores.is_scored[row]),
            peers=len(rows),
            overall=standings[-1],
            dimensions=standings[:-1],
            factors=factors,
            strengths=tuple(f for f in notable if (f.difference or 0.0) > 0),
            weaknesses=tuple(f for f in notable if (f.difference or 0.0) < 0),
            could_teach=could_teach(self.catalogue, city.id, self._levels, known),
            published=published_facts(self.catalogue, city.id),
            unknown=self._unknown(city, row, standings, len(wanted) - len(rows), len(rows)),
        )

    def _known_row(self, iri: str) -> int:
        if iri not in self._row:
            raise NotFoundError(
                f"there is no city <{iri}> in this build; use the IRI of a city of the catalogue", iri=iri
            )
        return self._row[iri]

    def _standing(self, row: int, column: int, peers: Sequence[int]) -> Standing:
        scores, overall = self.scores, column == len(self.index.dimensions)
        rank = scores.ranks[row, column]
        ranked = rank > 0
        below = [overall or self._dimension_of[factor] == column for factor in self._factor_of]
        years = self.measurements.years[row, np.array(below) & self._usable[row]]
        years = years[years > 0]
        return Standing(
            key="overall" if overall else self.index.dimensions[column].key,
            label=phrase("Overall") if overall else self.index.dimensions[column].label,
            score=_known(scores.dimensions[row, column]),
            rank=int(rank) if ranked else None,
            tied=int((scores.ranks[:, column] == rank).sum()) - 1 if ranked else 0,
            low=int(scores.low[row, column]) if ranked else None,
            high=int(scores.high[row, column]) if ranked else None,
            of=int(scores.of[column]),
            coverage=float(scores.coverage[row, column]),
            oldest=int(years.min()) if years.size else None,
            newest=int(years.max()) if years.size else None,
            peers_median=_median(scores.dimensions[peers, column]),
        )

    def _factor(self, row: int, column: int, peers: Sequence[int]) -> FactorScore:
        factor: Factor = self.index.factors[column]
        mine, theirs = _known(self.scores.factors[row, column]), _median(self.scores.factors[peers, column])
        indicators = [n for n, factor_ in enumerate(self._factor_of) if factor_ == column]
        return FactorScore(
            factor=factor.key,
            label=factor.label,
            dimension=self.index.dimensions[self._dimension_of[column]].key,
            score=mine,
            coverage=float(self.scores.factor_coverage[row, column]),
            peers_median=theirs,
            difference=None if mine is None or theirs is None else mine - theirs,
            facts=tuple(self._fact(row, n, peers) for n in indicators if self._usable[row, n]),
        )

    def _fact(self, row: int, column: int, peers: Sequence[int]) -> Phrase:
        indicator, values = self.index.indicators[column], self.measurements.values
        year, median = int(self.measurements.years[row, column]), _median(values[peers, column])
        counts = indicator.key in self._counted
        return indicator_fact(indicator, values[row, column], year, median, counts_adoptions=counts)

    def _unknown(
        self, city: City, row: int, standings: Sequence[Standing], silent: int, peers: int
    ) -> tuple[str, ...]:
        everything, count, here = standings[-1], len(self.index.indicators), place_term(city)
        said: list[str] = []
        if not self._has_values[row]:
            said.append(
                phrase("nothing is recorded on {city} for {index}", city=here, index=self.index.title)
            )
        elif not self.scores.is_scored[row]:
            said.append(
                phrase(
                    "{city} gets no rank: {known:.0%} of the {n} indicators are known and usable, a rank needs more than {least:.0%}",
                    city=here,
                    known=everything.coverage,
                    n=count,
                    least=SCORED_ABOVE,
                )
            )
        for column, standing in enumerate(standings[:-1]):
            if standing.score is None:
                said.append(phrase("{part}: no usable indicator is known", part=standing.label))
            elif standing.rank is not None and (n := self.scores.known[row, column]) < MIN_RESAMPLED:
                said.append(
                    counted(
                        "{part}: how sure the rank is cannot be told from {n} indicator",
                        "{part}: how sure the rank is cannot be told from {n} indicators",
                        int(n),
                        part=standing.label,
                    )
                )
        for reason, n in sorted(Counter(self.standardised.left_out.values()).items()):
            said.append(
                phrase(
                    "{n} of {all} indicators are left out for all cities: {reason}",
                    n=n,
                    all=count,
                    reason=reason,
                )
            )
        if silent:
            said.append(
                phrase(
                    "nothing is recorded on {n} of the {all} peers; the medians leave them out",
                    n=silent,
                    all=silent + peers,
                )
            )
        if not peers:
            said.append(phrase("no peer has a value, so strengths and weaknesses are not known"))
        if not self._levels:
            said.append(phrase("evidence levels are not given, so what the city could teach is not known"))
        unread = sum(o.verification != VERIFIED for o in self.catalogue.observations_by_city.get(city.id, ()))
        if unread:
            said.append(
                counted(
                    "{n} published fact on {city} is not verified and not shown",
                    "{n} published facts on {city} are not verified and not shown",
                    unread,
                    city=here,
                )
            )
        return tuple(said)


def _known(value: float) -> float | None:
    return None if np.isnan(value) else float(value)


def _median(values: Floats) -> float | None:
    known = values[np.isfinite(values)]
    return float(np.median(known)) if known.size else None
