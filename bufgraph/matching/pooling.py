"""Joint demand: cities with the same need and alike enough to buy, or to try, a solution together.

For each challenge the cities that need it form a graph, with an edge where their similarity reaches a threshold. Groups are its
Louvain communities (Blondel et al. 2008, J. Stat. Mech. P10008), cut so that each is connected and has at most twelve cities.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Final

import networkx as nx
import numpy as np
from numpy.typing import NDArray

from bufgraph.errors import InvalidInputError
from bufgraph.localisation.phrases import Listing, Phrase, message, phrase
from bufgraph.matching.candidates import tried_by
from bufgraph.matching.evidence import Evidence
from bufgraph.matching.joint_need import JointNeed, draft_joint_need
from bufgraph.model import Catalogue, Concept
from bufgraph.model.geography import size_class
from bufgraph.model.terms import concept_term, country_term, place_names, place_term

MIN_CITIES: Final = 3
MAX_CITIES: Final = 12
"""Larger groups are split; set by hand: a joint project with more partners is rare."""
MIN_SIMILARITY: Final = 0.6
"""From which two cities are linked; set by hand. By size alone, ``exp(-|log ratio| / log 4)``, one may be twice the other."""
_SEED: Final = 20261124
_SIZES: Final[Mapping[str, str]] = {
    "small": message("{n} small"),
    "medium": message("{n} medium"),
    "large": message("{n} large"),
    "metropolis": message("{n} metropolis"),
}
"""Number of cities in a class of :func:`bufgraph.model.geography.size_class`, in words; smallest first."""

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class PoolFilters:
    """Which groups to form and keep.

    Attributes:
        challenge: Slug of the only challenge to look at.
        country: Groups with a city of this country (ISO 3166-1 alpha-2); ``city``: with the city of this slug.
        min_cities: Smallest group, 3 to 12.
        min_similarity: From which two cities are linked, in [0, 1].

    Raises:
        InvalidInputError: ``min_cities`` or ``min_similarity`` out of range.
    """

    challenge: str | None = None
    country: str | None = None
    city: str | None = None
    min_cities: int = MIN_CITIES
    min_similarity: float = MIN_SIMILARITY

    def __post_init__(self) -> None:
        if not MIN_CITIES <= self.min_cities <= MAX_CITIES:
            raise InvalidInputError(
                f"the smallest group is to have {self.min_cities} cities; choose {MIN_CITIES} to {MAX_CITIES}",
                field="min_cities",
            )
        if not 0 <= self.min_similarity <= 1:
            raise InvalidInputError(
                f"the least similarity is {self.min_similarity}; choose a number from 0 to 1",
                field="min_similarity",
            )


@dataclass(frozen=True, slots=True)
class PooledDemand:
    """A group of cities that could act together on one challenge.

    Attributes:
        score: Number of cities times ``similarity``, the mean of all pairs whose similarity is known.
        lowest: Least known similarity of a pair; below the threshold where two are linked only through others.
        compatibility: Why the cities fit together, as sentences.
        statement: The draft of their joint need.
    """

    rank: int
    score: float
    challenge: str
    cities: tuple[str, ...]
    countries: tuple[str, ...]
    similarity: float
    lowest: float
    compatibility: tuple[str, ...]
    statement: JointNeed

    @property
    def unknown(self) -> tuple[str, ...]:
        """What was not known."""
        return self.statement.unknown


def pooled_demand(
    catalogue: Catalogue,
    cities: Sequence[str],
    similarity: Floats,
    evidence: Mapping[str, Evidence],
    *,
    filters: PoolFilters | None = None,
    close: Mapping[str, Collection[str]] | None = None,
    limit: int | None = 10,
) -> list[PooledDemand]:
    """Return groups of three or more cities with a common need, highest score first, then by IRI of the challenge and the cities.

    Args:
        cities: IRIs of the rows of ``similarity``; other cities are not looked at.
        similarity: ``(cities, cities)`` in [0, 1], NaN where not known (no edge); the two directions are averaged.
        evidence: Of each practice, by IRI.
        close: Challenges so close to one that needing them counts as needing it, by IRI; without it each stands alone. A group
            has at least one city that needs the challenge itself.

    Raises:
        NotFoundError: Unknown slug of a challenge or city in the filters.
        InvalidInputError: A matrix of another shape or with values outside [0, 1].
    """
    filters = filters or PoolFilters()
    matrix = _checked(cities, similarity)
    challenges = [catalogue.challenge(filters.challenge)] if filters.challenge else catalogue.challenges
    wanted = catalogue.city(filters.city).id if filters.city else None
    found: list[tuple[float, Concept, tuple[str, ...], float, float]] = []
    for challenge in challenges:
        concerns = {challenge.id, *(close or {}).get(challenge.id, ())}
        rows = [
            row
            for row, city in enumerate(cities)
            if city in catalogue.cities and _needs(catalogue, city, concerns)
        ]
        for group in groups(matrix, rows, filters.min_similarity):
            members = tuple(sorted(cities[row] for row in group))
            countries = {catalogue.cities[iri].country_code for iri in members}
            if (
                len(members) >= filters.min_cities
                and (wanted is None or wanted in members)
                and (filters.country is None or filters.country in countries)
                and any(_needs(catalogue, iri, {challenge.id}) for iri in members)
            ):
                mean, lowest = _pairs(matrix, group)
                found.append((len(members) * mean, challenge, members, mean, lowest))
    found.sort(key=lambda row: (-row[0], row[1].id, row[2]))
    return [
        PooledDemand(
            rank,
            score,
            challenge.id,
            members,
            tuple(sorted({catalogue.cities[iri].country_code for iri in members})),
            mean,
            lowest,
            tuple(_compatibility(catalogue, challenge, members, mean, lowest)),
            draft_joint_need(catalogue, challenge, members, evidence, {challenge.id, *(close or {}).get(challenge.id, ())}),
        )
        for rank, (score, challenge, members, mean, lowest) in enumerate(found[:limit], 1)
    ]  # fmt: skip


def groups(similarity: Floats, rows: Sequence[int], threshold: float) -> list[tuple[int, ...]]:
    """Return disjoint groups of at least three rows, each connected by similarities from the threshold up, of at most twelve.

    Args:
        similarity: ``(cities, cities)``, symmetric; NaN gives no edge.
        rows: Rows of the cities to group.
    """
    graph = nx.Graph()
    graph.add_nodes_from(sorted(rows))
    graph.add_weighted_edges_from(
        (a, b, float(similarity[a, b]))
        for a, b in combinations(sorted(rows), 2)
        if similarity[a, b] >= threshold
    )
    if not graph.number_of_edges():
        return []
    communities = nx.community.louvain_communities(graph, seed=_SEED)
    parts = (part for community in communities for part in _split(graph.subgraph(community)))
    return sorted(part for part in parts if len(part) >= MIN_CITIES)


def _split(graph: nx.Graph) -> Iterator[tuple[int, ...]]:
    """Yield connected parts of at most twelve nodes.

    A Louvain community may fall apart (Traag et al. 2019, Sci. Rep. 9, 5233), so components come first. One that is too large is
    split by Louvain again, and when that finds no structure, as in a clique, in halves that cut little (Kernighan and Lin 1970).
    """
    for component in nx.connected_components(graph):
        part = graph.subgraph(component)
        if len(part) <= MAX_CITIES:
            yield tuple(sorted(part))
            continue
        pieces = nx.community.louvain_communities(part, seed=_SEED)
        if len(pieces) == 1:
            pieces = nx.community.kernighan_lin_bisection(part, weight="weight", seed=_SEED)
        for piece in pieces:
            yield from _split(part.subgraph(piece))


def _checked(cities: Sequence[str], similarity: Floats) -> Floats:
    if similarity.shape != (len(cities), len(cities)):
        raise InvalidInputError(
            f"the similarity matrix has the shape {similarity.shape} for {len(cities)} cities; give one row and column a city",
            field="similarity",
        )
    matrix: Floats = (similarity + similarity.T) / 2
    known = matrix[~np.isnan(matrix)]
    if known.size and (known.min() < 0 or known.max() > 1 + 1e-9):
        raise InvalidInputError(
            f"similarities run from {known.min()} to {known.max()}; they must lie in [0, 1]",
            field="similarity",
        )
    return matrix


def _needs(catalogue: Catalogue, city: str, concerns: Collection[str]) -> bool:
    return any(need.is_wanted and need.concern in concerns for need in catalogue.needs_by_city.get(city, ()))


def _pairs(similarity: Floats, rows: Sequence[int]) -> tuple[float, float]:
    """Return the mean and the least known similarity of all pairs."""
    values = np.array([similarity[a, b] for a, b in combinations(rows, 2)])
    return float(np.nanmean(values)), float(np.nanmin(values))


def _compatibility(
    catalogue: Catalogue, challenge: Concept, members: Sequence[str], mean: float, lowest: float
) -> Iterable[str]:
    cities = [catalogue.cities[iri] for iri in members]
    yield phrase(
        "similarity of the pairs: {mean:.0%} on average, {lowest:.0%} at least", mean=mean, lowest=lowest
    )
    countries = sorted(Counter(city.country_code for city in cities).items())
    named = [phrase("{country} {n}", country=country_term(code), n=n) for code, n in countries]
    yield phrase("countries: {countries}", countries=Listing(named))
    sized = sorted((n, place_term(city)) for city in cities if (n := city.population) is not None)
    if sized:
        classes = Counter(size_class(n) for n, _ in sized)
        yield phrase(
            "size: {classes}; from {least:,} residents ({smallest}) to {most:,} ({largest})",
            classes=Listing([Phrase(text, {"n": n}) for name, text in _SIZES.items() if (n := classes[name])]),
            least=sized[0][0], smallest=sized[0][1], most=sized[-1][0], largest=sized[-1][1],
        )  # fmt: skip
    north = sorted((lat, place_term(city)) for city in cities if (lat := city.latitude) is not None)
    if north:
        yield phrase(
            "climate: from {south:.1f}° N ({southernmost}) to {north:.1f}° N ({northernmost})",
            south=north[0][0], southernmost=north[0][1], north=north[-1][0], northernmost=north[-1][1],
        )  # fmt: skip
    coast = [city.is_coastal for city in cities if city.is_coastal is not None]
    if coast:
        yield phrase("coast: {n} of {all} cities for which it is known", n=sum(coast), all=len(coast))
    factors = [{f.factor for f in catalogue.features_by_city.get(iri, ()) if f.holds} for iri in members]
    if common := sorted(set.intersection(*factors)):
        facts = [concept_term(catalogue, iri, in_sentence=True) for iri in common]
        yield phrase("true of all: {facts}", facts=Listing(facts))
    tried = tried_by(catalogue, challenge.id, members)
    for practice in sorted({a.practice for a in tried}):
        joined = [
            c for c in members if any(a.practice == practice for a in catalogue.adoptions_by_place.get(c, ()))
        ]
        if len(joined) >= 2:
            yield phrase(
                "{cities} have the same practice already: {practice}",
                cities=place_names(catalogue, joined),
                practice=catalogue.practices[practice].title,
            )
    years = [a.start_year for a in tried if a.start_year is not None]
    if years:
        yield phrase(
            "time: their known work on it began between {first} and {last}", first=min(years), last=max(years)
        )
