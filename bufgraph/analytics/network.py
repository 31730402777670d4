"""Who learns from whom: cities as a network of practices taken over, and of practices in common."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Final

import networkx as nx

from bufgraph.analytics.spread import Uptake, first_year, member_places, uptakes
from bufgraph.localisation.phrases import Phrase, counted, message
from bufgraph.model import Catalogue
from bufgraph.namespaces import slug

_SEED: Final = 20261124
_NO_VERDICT: Final = frozenset({"too-early", "unknown"})
_SUBDOMAINS: Final = 3


@dataclass(frozen=True, slots=True)
class PioneerPractice:
    """A practice that others took over from a city.

    Attributes:
        level: Evidence level, None when not given.
        began: Start year at its origin; ``taken_over``: earliest known year of an uptake from this city.
        adopters: IRIs of the cities.
    """

    practice: str
    level: int | None
    began: int | None
    taken_over: int | None
    adopters: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pioneer:
    """A city whose practices others took over.

    Attributes:
        adopters: Distinct cities that took something over from it; ``countries``: theirs.
        replicated: Adopters that took over on their own; the others only joined the same scheme as partners.
        went_well: Uptakes with the outcome success, of ``judged`` with a verdict; ``share_well``: their share, None
            when none has a verdict.
        first_year: Earliest known year of an uptake.
        practices: With most adopters first.
    """

    rank: int
    city: str
    adopters: tuple[str, ...]
    countries: tuple[str, ...]
    replicated: int
    went_well: int
    judged: int
    share_well: float | None
    first_year: int | None
    practices: tuple[PioneerPractice, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Bridge:
    """A city that links countries.

    Attributes:
        betweenness: In [0, 1]: share of the shortest paths between other cities that run through it.
        participation: In [0, 1): 0 when all partners are of one country, near 1 when spread evenly over many.
        partners: Cities that it gave a practice to or took one from, by country.
    """

    rank: int
    city: str
    betweenness: float
    foreign_partners: int
    participation: float
    partners: Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Community:
    """Cities that have more practices in common with each other than with the rest.

    Attributes:
        countries: Cities by country, most first.
        practices: Those that at least two of its cities applied; ``subdomains``: the three commonest of these practices,
            with the number of practices.
    """

    rank: int
    cities: tuple[str, ...]
    countries: Mapping[str, int]
    practices: tuple[str, ...]
    subdomains: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class Communities:
    """The communities of the co-adoption network, largest first.

    Attributes:
        modularity: Of the partition, in [-0.5, 1]; None for a network without edges.
        by_components: Modularity of the plain connected components: what exceeds it is found by the method, the rest
            only says that the network falls into ``components`` pieces.
    """

    modularity: float | None
    by_components: float | None
    components: int
    communities: tuple[Community, ...]
    unknown: tuple[str, ...]


def transfer_network(catalogue: Catalogue) -> nx.DiGraph:
    """Return who took over from whom: origin city → adopter city, nodes and edges in IRI order.

    An edge holds ``practices``, ``years`` (None unknown), ``outcomes`` and ``relations`` (slugs) as tuples in step with each
    other. The source is the place in ``replicated_from`` when given, else the practice's origin (see
    :func:`bufgraph.analytics.spread.uptakes`): self loops cannot arise, and cycles stay cycles of the graph. Regions count
    for their member cities; those that name none are left out, and so are parallel adoptions.
    """
    edges: dict[tuple[str, str], list[Uptake]] = defaultdict(list)
    for practice in catalogue.practices.values():
        for uptake in uptakes(catalogue, practice):
            for source in uptake.sources:
                if source in catalogue.cities and uptake.place in catalogue.cities:
                    edges[source, uptake.place].append(uptake)
    graph = nx.DiGraph()
    graph.add_nodes_from(sorted({city for edge in edges for city in edge}))
    for (source, adopter), found in sorted(edges.items()):
        graph.add_edge(
            source,
            adopter,
            practices=tuple(u.practice for u in found),
            years=tuple(u.year for u in found),
            outcomes=tuple(slug(u.outcome) for u in found),
            relations=tuple(slug(u.relation) for u in found),
        )
    return graph


def co_adoption_network(catalogue: Catalogue) -> nx.Graph:
    """Return which cities applied the same practices, parallel adoptions included; nodes and edges in IRI order.

    An edge holds ``practices`` and ``weight = Σ 1 / (n - 1)`` over them, n the cities of the practice, so that one practice of
    twenty cities does not outweigh ten pairs (Newman 2001, Scientific collaboration networks II, Phys. Rev. E 64, 016132).
    """
    shared: dict[tuple[str, str], list[str]] = defaultdict(list)
    weight: dict[tuple[str, str], float] = defaultdict(float)
    for practice in sorted(catalogue.practices):
        cities = _cities_of(catalogue, practice)
        for pair in combinations(cities, 2):
            shared[pair].append(practice)
            weight[pair] += 1 / (len(cities) - 1)
    graph = nx.Graph()
    graph.add_nodes_from(sorted({city for pair in shared for city in pair}))
    for (one, other), practices in sorted(shared.items()):
        graph.add_edge(one, other, practices=tuple(practices), weight=weight[one, other])
    return graph


def pioneers(catalogue: Catalogue, evidence_level: Mapping[str, int], limit: int = 10) -> list[Pioneer]:
    """Return the cities that others learned from: by ``replicated``, then by adopters, then by countries, then by IRI.

    Replications come first because partners of one scheme (a national programme, an EU project) did not learn from the city that
    happens to be named as its origin.

    Args:
        evidence_level: Level 0 to 5 of each practice, by IRI; it is shown and does not change the order.
    """
    graph = transfer_network(catalogue)
    found = [_pioneer(catalogue, evidence_level, graph, city) for city in graph if graph.out_degree(city)]
    found.sort(key=lambda p: (-p.replicated, -len(p.adopters), -len(p.countries), p.city))
    return [replace(pioneer, rank=rank) for rank, pioneer in enumerate(found[:limit], 1)]


def bridges(catalogue: Catalogue, limit: int = 10) -> list[Bridge]:
    """Return the cities with partners abroad, by betweenness, then by foreign partners, then by IRI.

    Over the transfer network without directions. Betweenness centrality: Freeman 1977, computed by Brandes 2001 (J. Math. Sociol.
    25, 163), normalised by ``(n - 1)(n - 2) / 2``. Participation coefficient ``1 - Σ (k_c / k)²`` over countries c as modules
    (Guimerà and Amaral 2005, Nature 433, 895), k the partners of a city.
    """
    graph = transfer_network(catalogue).to_undirected()
    betweenness: Mapping[str, float] = nx.betweenness_centrality(graph)
    found = []
    for city in graph:
        partners: dict[str, list[str]] = defaultdict(list)
        for partner in sorted(graph[city]):
            partners[catalogue.cities[partner].country_code].append(partner)
        total = sum(map(len, partners.values()))
        abroad = total - len(partners.get(catalogue.cities[city].country_code, ()))
        if abroad:
            participation = 1 - sum((len(group) / total) ** 2 for group in partners.values())
            by_country = {code: tuple(group) for code, group in sorted(partners.items())}
            found.append((betweenness[city], abroad, city, participation, by_country))
    found.sort(key=lambda row: (-row[0], -row[1], row[2]))
    return [
        Bridge(rank, city, between, abroad, participation, by_country)
        for rank, (between, abroad, city, participation, by_country) in enumerate(found[:limit], 1)
    ]


def communities(catalogue: Catalogue) -> Communities:
    """Return the communities of the co-adoption network, largest first, then by IRI of the first city.

    Louvain (Blondel et al. 2008, J. Stat. Mech. P10008) on the edge weights, with a fixed seed; modularity after Newman and
    Girvan 2004. Nodes are numbered before, so that the order of sets of texts cannot change the answer.
    """
    named = co_adoption_network(catalogue)
    alone = len(catalogue.cities) - len(named)
    unknown = (
        counted(
            "{n} city has no practice in common with another city, so it belongs to no community",
            "{n} cities have no practice in common with another city, so they belong to no community",
            alone,
        ),
    )
    if not named.number_of_edges():
        return Communities(None, None, 0, (), unknown if alone else ())
    cities = list(named)
    graph = nx.convert_node_labels_to_integers(named)
    parts = nx.community.louvain_communities(graph, seed=_SEED)
    components = list(nx.connected_components(graph))
    groups = sorted((tuple(sorted(cities[n] for n in part)) for part in parts), key=lambda g: (-len(g), g))
    return Communities(
        float(nx.community.modularity(graph, parts)),
        float(nx.community.modularity(graph, components)),
        len(components),
        tuple(_community(catalogue, rank, group) for rank, group in enumerate(groups, 1)),
        unknown if alone else (),
    )


def _cities_of(catalogue: Catalogue, practice: str) -> list[str]:
    places = (a.place for a in catalogue.adoptions_by_practice.get(practice, ()))
    members = {city for place in places for city in member_places(catalogue, place)}
    return sorted(members & catalogue.cities.keys())


def _pioneer(catalogue: Catalogue, levels: Mapping[str, int], graph: nx.DiGraph, city: str) -> Pioneer:
    rows = [
        (adopter, *row)
        for adopter, edge in sorted(graph[city].items())
        for row in zip(edge["practices"], edge["years"], edge["outcomes"], edge["relations"], strict=True)
    ]
    adopters = tuple(sorted({row[0] for row in rows}))
    years = [row[2] for row in rows if row[2] is not None]
    verdicts = [row[3] == "success" for row in rows if row[3] not in _NO_VERDICT]
    practices = []
    for iri in sorted({row[1] for row in rows}):
        own = [row for row in rows if row[1] == iri]
        practices.append(
            PioneerPractice(
                iri,
                levels.get(iri),
                first_year(catalogue, catalogue.practices[iri]),
                min((row[2] for row in own if row[2] is not None), default=None),
                tuple(sorted({row[0] for row in own})),
            )
        )
    practices.sort(key=lambda p: (-len(p.adopters), p.practice))
    return Pioneer(
        rank=0,
        city=city,
        adopters=adopters,
        countries=tuple(sorted({catalogue.cities[iri].country_code for iri in adopters})),
        replicated=len({row[0] for row in rows if row[4] == "replicated"}),
        went_well=sum(verdicts),
        judged=len(verdicts),
        share_well=sum(verdicts) / len(verdicts) if verdicts else None,
        first_year=min(years, default=None),
        practices=tuple(practices),
        unknown=_missing(len(rows), years=len(years), verdicts=len(verdicts)),
    )


def _missing(total: int, *, years: int, verdicts: int) -> tuple[str, ...]:
    lacks = (
        (message("the year is not known for {n} of {all} uptakes"), total - years),
        (message("how it went is not known for {n} of {all} uptakes"), total - verdicts),
    )
    return tuple(Phrase(text, {"n": n, "all": total}) for text, n in lacks if n)


def _community(catalogue: Catalogue, rank: int, cities: tuple[str, ...]) -> Community:
    applied = Counter(
        iri for iri in catalogue.practices for city in _cities_of(catalogue, iri) if city in cities
    )
    practices = tuple(iri for iri, n in sorted(applied.items()) if n >= 2)
    subdomains = Counter(s for iri in practices for s in catalogue.practices[iri].subdomain)
    countries = Counter(catalogue.cities[iri].country_code for iri in cities)
    return Community(
        rank,
        cities,
        dict(_commonest(countries)),
        practices,
        tuple(_commonest(subdomains)[:_SUBDOMAINS]),
    )


def _commonest(counts: Mapping[str, int]) -> list[tuple[str, int]]:
    return sorted(counts.items(), key=lambda row: (-row[1], row[0]))
