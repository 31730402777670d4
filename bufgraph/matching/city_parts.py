"""What cities are compared by: each part as one vector over all cities, and the facts behind it for a pair.

Every part is in [0, 1]; NaN stands for *not known for both*.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bufgraph.index.port import VectorIndex
from bufgraph.localisation.phrases import Listing, Phrase, phrase
from bufgraph.matching import city_facts
from bufgraph.model import Catalogue, City
from bufgraph.model.terms import concept_term, place_term

Floats = NDArray[np.float64]

PARTS: Final = ("needs", "profile", "size", "climate", "sea", "country")
_SIZE_SCALE: Final = log(4)
"""A city four times as large keeps exp(-1) = 37 % of the size part."""
_LATITUDE_SCALE: Final = 5.0
"""Degrees of latitude after which the climate part has fallen to 37 %."""
_RELATED: Final = 0.45
"""A need in the same subdomain counts at least this much of the same need."""
_SAME_COAST, _SAME_PORT = 0.7, 0.3
_SAME_FAMILY, _OTHER_FAMILY = 0.6, 0.2
_NEUTRAL_PROFILE: Final = 0.5


@dataclass(frozen=True)
class ProfileMatrix:
    """Standardised profile scores of cities.

    Attributes:
        title: Name of the index that they come from.
        cities: IRIs of the rows; ``names``: of the columns.
        scores: ``(cities, names)`` in standard deviations, NaN where missing.
    """

    title: str
    cities: tuple[str, ...]
    names: tuple[str, ...]
    scores: Floats


class CityParts:
    """The parts of every pair of cities, computed a row at a time.

    Attributes:
        kinship: ``(concepts, concepts)`` in [0, 1]; see :func:`kinship`.

    Args:
        concepts: Challenges; row ``n`` of ``concept_vectors`` is the vector of the n-th.
        profile: Profile scores; without them the part ``profile`` is unknown for all.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        concepts: Sequence[str],
        concept_vectors: VectorIndex,
        profile: ProfileMatrix | None = None,
    ) -> None:
        self.catalogue = catalogue
        self.cities = tuple(sorted(catalogue.cities))
        self.row = {iri: row for row, iri in enumerate(self.cities)}
        cities = [catalogue.cities[iri] for iri in self.cities]
        self._log_size = _floats(log(c.population) if c.population else None for c in cities)
        self._latitude = _floats(c.latitude for c in cities)
        self._coast = _floats(c.is_coastal for c in cities)
        self._port = _floats(c.has_port for c in cities)
        self._country = np.array([c.country_code for c in cities])
        self._family = np.array([city_facts.FAMILIES.get(c.country_code, "") for c in cities])
        self._profile = profile
        self._scores = _aligned(profile, self.cities)
        self.concepts = tuple(concepts)
        self.kinship = kinship(catalogue, concepts, concept_vectors)
        column = {iri: n for n, iri in enumerate(concepts)}
        self.needs = {
            iri: tuple(sorted({need.concern for need in needs}))
            for iri, needs in catalogue.needs_by_city.items()
        }
        rows = [
            np.array([column[n] for n in self.needs.get(iri, ()) if n in column], dtype=np.intp)
            for iri in self.cities
        ]
        self._need_rows = rows
        self._having = np.array([n for n, row in enumerate(rows) if row.size], dtype=np.intp)
        held = [rows[n] for n in self._having]
        self._held = np.concatenate(held) if held else np.zeros(0, dtype=np.intp)
        sizes = np.array([row.size for row in held], dtype=np.intp)
        self._starts = np.concatenate(([0], np.cumsum(sizes)[:-1])) if held else np.zeros(0, dtype=np.intp)
        self._sizes = sizes

    def values(self, row: int) -> Floats:
        """Return ``(parts, cities)``: each part of a city to every city, in the order of :data:`PARTS`."""
        return np.stack(
            [
                self._needs_part(row),
                self._profile_part(row),
                np.exp(-np.abs(self._log_size - self._log_size[row]) / _SIZE_SCALE),
                np.exp(-np.abs(self._latitude - self._latitude[row]) / _LATITUDE_SCALE),
                self._sea_part(row),
                self._country_part(row),
            ]
        )

    def facts(self, part: str, one: City, other: City) -> tuple[str, ...]:
        """Return the sentences behind a known part of a pair."""
        tell: Mapping[str, Callable[[City, City], tuple[str, ...]]] = {
            "needs": self._needs_facts, "profile": self._profile_facts,
            "size": city_facts.size_facts, "climate": city_facts.climate_facts, "sea": city_facts.sea_facts, "country": city_facts.country_facts,
        }  # fmt: skip
        return tell[part](one, other)

    def why_unknown(self, part: str, one: City, other: City) -> str:
        """Return why a part of a pair is not known."""
        if part == "needs":
            lacking = other if one.id in self.needs else one
            return phrase("needs: no need of {city} is known", city=place_term(lacking))
        if part == "profile":
            return phrase(
                "profile: {one} and {other} share no indicator", one=place_term(one), other=place_term(other)
            )
        return Phrase(city_facts.NOT_KNOWN[part])

    def shared_needs(self, one: str, other: str) -> tuple[str, ...]:
        """Return the IRIs of the challenges that both cities work on."""
        theirs = set(self.needs.get(other, ()))
        return tuple(iri for iri in self.needs.get(one, ()) if iri in theirs)

    def _needs_part(self, row: int) -> Floats:
        """Mean over both directions of each need's best counterpart (soft Jaccard on a kinship of concepts)."""
        part = np.full(len(self.cities), np.nan)
        mine = self._need_rows[row]
        if not mine.size:
            return part
        near = self.kinship[mine][:, self._held]
        theirs = np.add.reduceat(near.max(axis=0), self._starts) / self._sizes
        best = np.maximum.reduceat(near, self._starts, axis=1).mean(axis=0)
        part[self._having] = (best + theirs) / 2
        return part

    def _profile_part(self, row: int) -> Floats:
        """``exp(-d)``, d the root mean square difference in standard deviations, shrunk to 0.5 by the share of columns shared."""
        with np.errstate(invalid="ignore"):
            difference = self._scores - self._scores[row]
        shared = (~np.isnan(difference)).sum(axis=1)
        squares = np.nansum(difference**2, axis=1)
        near = np.exp(-np.sqrt(np.divide(squares, shared, where=shared > 0, out=np.zeros_like(squares))))
        coverage = shared / max(1, self._scores.shape[1])
        return np.where(shared > 0, coverage * near + (1 - coverage) * _NEUTRAL_PROFILE, np.nan)

    def _sea_part(self, row: int) -> Floats:
        part = np.where(self._coast == self._coast[row], _SAME_COAST, 0.0) + np.where(
            self._port == self._port[row], _SAME_PORT, 0.0
        )
        unknown = np.isnan(self._coast) | np.isnan(self._coast[row])
        return np.where(unknown, np.nan, part)

    def _country_part(self, row: int) -> Floats:
        same = self._country == self._country[row]
        family = self._family[row]
        known = same | ((self._family != "") & (family != ""))
        part = np.where(same, 1.0, np.where(self._family == family, _SAME_FAMILY, _OTHER_FAMILY))
        return np.where(known, part, np.nan)

    def _needs_facts(self, one: City, other: City) -> tuple[str, ...]:
        facts = tuple(
            phrase("both work on: {challenge}", challenge=concept_term(self.catalogue, iri))
            for iri in self.shared_needs(one.id, other.id)
        )
        return facts or (phrase("their challenges are related, none is the same"),)

    def _profile_facts(self, one: City, other: City) -> tuple[str, ...]:
        assert self._profile is not None  # a part without profile is unknown and has no facts
        a, b = self._scores[self.row[one.id]], self._scores[self.row[other.id]]
        shared = [n for n in range(a.size) if not np.isnan(a[n]) and not np.isnan(b[n])]
        shared.sort(key=lambda n: (-abs(a[n] - b[n]), n))
        names = self._profile.names
        said = [
            phrase(
                "{column} ({one} {a:+.1f} sd, {other} {b:+.1f} sd)",
                column=names[n], one=place_term(one), a=float(a[n]), other=place_term(other), b=float(b[n]),
            )
            for n in shared[:2]
        ]  # fmt: skip
        return (
            phrase(
                "{known} of {all} columns of {profile} are known for both; furthest apart: {columns}",
                known=len(shared), all=len(names), profile=self._profile.title, columns=Listing(said),
            ),
        )  # fmt: skip


def kinship(catalogue: Catalogue, concepts: Sequence[str], vectors: VectorIndex) -> Floats:
    """Return ``(n, n)``: 1 for the same challenge, at least 0.45 in one subdomain, else what meaning gives."""
    n = len(concepts)
    near = np.zeros((n, n))
    for row in range(n):
        own = vectors.search(vectors.vector(row), n)
        cosines = np.zeros(n)
        cosines[own.positions] = own.scores
        # Two unrelated challenges of one city life have a cosine near 0.3; only what is above counts.
        near[row] = np.clip((cosines - 0.35) / 0.65, 0.0, 1.0) * 0.9
    parents = sorted({parent for iri in concepts for parent in catalogue.concepts[iri].broader})
    column = {iri: n for n, iri in enumerate(parents)}
    under = np.zeros((n, len(parents)), dtype=bool)
    for row, iri in enumerate(concepts):
        under[row, [column[parent] for parent in catalogue.concepts[iri].broader]] = True
    siblings = (under.astype(np.int64) @ under.T.astype(np.int64)) > 0
    near = np.where(siblings, np.maximum(near, _RELATED), near)
    np.fill_diagonal(near, 1.0)
    return near


def _floats(values: object) -> Floats:
    return np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)  # type: ignore[attr-defined]


def _aligned(profile: ProfileMatrix | None, cities: Sequence[str]) -> Floats:
    if profile is None:
        return np.full((len(cities), 1), np.nan)
    rows = {iri: row for row, iri in enumerate(profile.cities)}
    aligned = np.full((len(cities), len(profile.names)), np.nan)
    for row, iri in enumerate(cities):
        if iri in rows:
            aligned[row] = profile.scores[rows[iri]]
    return aligned
