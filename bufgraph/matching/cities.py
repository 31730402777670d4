"""How similar two cities are: by what they need and by where they stand.

``score = Σ weight_i * part_i / Σ weight_i`` over the parts that can be computed. Every part is in [0, 1] and
comes with the facts behind it; what is unknown is listed, never taken as zero.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from math import exp, log
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bufgraph.errors import InvalidInputError
from bufgraph.index.port import VectorIndex
from bufgraph.matching.geography import distance_km
from bufgraph.model import Catalogue, City

PRESETS: Final[Mapping[str, Mapping[str, float]]] = {
    "balanced": {"needs": 0.5, "size": 0.2, "climate": 0.1, "sea": 0.1, "country": 0.1},
    "problem": {"needs": 0.8, "size": 0.1, "climate": 0.04, "sea": 0.03, "country": 0.03},
    "structure": {"needs": 0.0, "size": 0.45, "climate": 0.2, "sea": 0.2, "country": 0.15},
}
"""Weights by preset: what counts when a city looks for peers in general, for one problem, or by structure."""

_SIZE_SCALE: Final = log(4)
"""A city four times as large keeps exp(-1) = 37 % of the size part."""
_LATITUDE_SCALE: Final = 5.0
"""Degrees of latitude after which the climate part has fallen to 37 %."""
_RELATED: Final = 0.45
"""A need in the same subdomain counts at least this much of the same need."""
_GOVERNANCE: Final[Mapping[str, str]] = {
    "DK": "nordic", "FI": "nordic", "IS": "nordic", "NO": "nordic", "SE": "nordic",
    "EE": "baltic", "LT": "baltic", "LV": "baltic", "DE": "federal", "PL": "central-european",
}  # fmt: skip
"""Families of local government (Hesse and Sharpe 1991; Swianiewicz 2014 for the east), coarse on purpose."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a score.

    Attributes:
        value: In [0, 1].
        weight: Its weight before normalising.
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
        shared: IRIs of the challenges that both cities work on.
        unknown: Parts that could not be computed, with the reason.
    """

    rank: int
    city: str
    score: float
    parts: Mapping[str, Part]
    shared: tuple[str, ...]
    unknown: tuple[str, ...] = field(default=())


class CitySimilarity:
    """Compares cities.

    Args:
        concept_vectors: Vectors of challenges; ``concepts`` tells which row is which.
    """

    def __init__(self, catalogue: Catalogue, concepts: tuple[str, ...], concept_vectors: VectorIndex) -> None:
        self._catalogue = catalogue
        self._kinship = _kinship(catalogue, concepts, concept_vectors)
        self._row = {iri: row for row, iri in enumerate(concepts)}
        self._needs = {
            iri: tuple(sorted({need.concern for need in needs}))
            for iri, needs in catalogue.needs_by_city.items()
        }

    def similar(
        self,
        city: City,
        *,
        preset: str = "balanced",
        country: str | None = None,
        limit: int = 10,
    ) -> list[SimilarCity]:
        """Return the cities most similar to one, best first; equal scores by IRI.

        Args:
            preset: A key of :data:`PRESETS`.
            country: Keep only cities of this country (ISO 3166-1 alpha-2), or of all others with ``!XX``.

        Raises:
            InvalidInputError: Unknown preset.
        """
        if preset not in PRESETS:
            raise InvalidInputError(
                f"unknown preset '{preset}'; choose from {', '.join(PRESETS)}",
                field="preset",
                known=list(PRESETS),
            )
        weights = PRESETS[preset]
        compared = [
            self.compare(city, other, weights)
            for other in self._catalogue.cities.values()
            if other.id != city.id and _keep_country(other, country)
        ]
        compared.sort(key=lambda found: (-found.score, found.city))
        return [
            SimilarCity(rank, c.city, c.score, c.parts, c.shared, c.unknown)
            for rank, c in enumerate(compared[:limit], 1)
        ]

    def compare(
        self, city: City, other: City, weights: Mapping[str, float] = PRESETS["structure"]
    ) -> SimilarCity:
        """Return how similar another city is to a city, with rank 0."""
        parts: dict[str, Part] = {}
        unknown: list[str] = []
        shared: tuple[str, ...] = ()
        mine, theirs = self._needs.get(city.id, ()), self._needs.get(other.id, ())
        if mine and theirs:
            shared = tuple(iri for iri in mine if iri in theirs)
            labels = [self._catalogue.concept_label(iri) for iri in shared]
            facts = tuple(f"both work on: {label}" for label in labels) or (
                "their challenges are related, none is the same",
            )
            parts["needs"] = Part(self._needs_overlap(mine, theirs), weights["needs"], facts)
        elif mine:
            # A city of which we know no need may share all or none: it gets neither credit nor the whole weight.
            unknown.append(f"needs: no need of {other.label} is known")
        else:
            unknown.append(f"needs: no need of {city.label} is known")
        for name, part in (("size", _size), ("climate", _climate), ("sea", _sea), ("country", _country)):
            found = part(city, other)
            if found is None:
                unknown.append(f"{name}: not known for both cities")
            else:
                parts[name] = Part(found[0], weights[name], (found[1],))
        total = sum(part.weight for part in parts.values())
        missing = sum(weights.values()) - total
        # Parts that are unknown are taken as a neutral 0.25, so that a city is not near for want of facts.
        score = (sum(p.weight * p.value for p in parts.values()) + 0.25 * missing) / (total + missing)
        return SimilarCity(0, other.id, score, parts, shared, tuple(unknown))

    def _needs_overlap(self, mine: tuple[str, ...], theirs: tuple[str, ...]) -> float:
        """Mean over both directions of each need's best counterpart (soft Jaccard on a kinship of concepts)."""
        rows = [self._row[iri] for iri in mine if iri in self._row]
        columns = [self._row[iri] for iri in theirs if iri in self._row]
        if not rows or not columns:
            return 0.0
        kinship = self._kinship[np.ix_(rows, columns)]
        return float((kinship.max(axis=1).mean() + kinship.max(axis=0).mean()) / 2)


def _kinship(catalogue: Catalogue, concepts: tuple[str, ...], vectors: VectorIndex) -> NDArray[np.float64]:
    """Return ``(n, n)``: 1 for the same challenge, at least 0.45 in one subdomain, else what meaning gives."""
    n = len(concepts)
    kinship = np.zeros((n, n))
    for row in range(n):
        own = vectors.search(vectors.vector(row), n)
        cosines = np.zeros(n)
        cosines[own.positions] = own.scores
        # Two unrelated challenges of one city life have a cosine near 0.3; only what is above counts.
        kinship[row] = np.clip((cosines - 0.35) / 0.65, 0.0, 1.0) * 0.9
    parents = [set(catalogue.concepts[iri].broader) for iri in concepts]
    for row in range(n):
        for column in range(n):
            if row != column and parents[row] & parents[column]:
                kinship[row, column] = max(kinship[row, column], _RELATED)
    np.fill_diagonal(kinship, 1.0)
    return kinship


def _keep_country(city: City, country: str | None) -> bool:
    if country is None:
        return True
    if country.startswith("!"):
        return city.country_code != country[1:]
    return city.country_code == country


def _size(a: City, b: City) -> tuple[float, str] | None:
    if not a.population or not b.population:
        return None
    value = exp(-abs(log(a.population / b.population)) / _SIZE_SCALE)
    return value, f"{a.label} has {a.population:,} residents, {b.label} {b.population:,}"


def _climate(a: City, b: City) -> tuple[float, str] | None:
    if a.latitude is None or b.latitude is None:
        return None
    value = exp(-abs(a.latitude - b.latitude) / _LATITUDE_SCALE)
    away = distance_km(a, b)
    return value, f"latitudes {a.latitude:.1f}° and {b.latitude:.1f}° north, {away or 0:,.0f} km apart"


def _sea(a: City, b: City) -> tuple[float, str] | None:
    if a.is_coastal is None or b.is_coastal is None:
        return None
    same = 0.7 if a.is_coastal == b.is_coastal else 0.0
    ports = a.has_port is not None and a.has_port == b.has_port
    coast = {True: "on the coast", False: "inland"}
    port = {True: "with a port", False: "without a port", None: "port unknown"}
    fact = f"{a.label} is {coast[a.is_coastal]} {port[a.has_port]}, {b.label} {coast[b.is_coastal]} {port[b.has_port]}"
    return same + (0.3 if ports else 0.0), fact


def _country(a: City, b: City) -> tuple[float, str] | None:
    if a.country_code == b.country_code:
        return 1.0, f"both in {a.country_code}: same law and state programmes"
    family_a, family_b = _GOVERNANCE.get(a.country_code), _GOVERNANCE.get(b.country_code)
    if family_a is None or family_b is None:
        return None
    if family_a == family_b:
        return 0.6, f"{a.country_code} and {b.country_code}: the {family_a} family of local government"
    return 0.2, f"{a.country_code} and {b.country_code}: different families of local government"
