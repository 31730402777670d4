"""Questions about many cities at once."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from bufgraph.analytics.blind_spots import Dimension, Kind
from bufgraph.matching.pooling import PoolFilters
from bufgraph.search.query import check_limit
from bufgraph.services.know_answers import answer_knowledge, check_asked
from bufgraph.services.presentation import reader_language
from bufgraph_api.routes import examples
from bufgraph_api.routes.parameters import ChallengeSlug, CorrectionParameters, Limit
from bufgraph_api.state import Services

router = APIRouter(prefix="/api", tags=["networks"])
Json = dict[str, Any]  # Any: JSON


def _pool_filters(
    challenge: ChallengeSlug = None,
    country: Annotated[
        str | None, Query(description="Groups with a city of this country", examples=["EE"])
    ] = None,
    city: Annotated[str | None, Query(description="Groups with this city", examples=["ee-valga"])] = None,
    min_cities: Annotated[int, Query(description="Smallest group, 3 to 12")] = 3,
) -> PoolFilters:
    return PoolFilters(challenge or None, country or None, city or None, min_cities)


PoolFilterParameters = Annotated[PoolFilters, Depends(_pool_filters)]
By = Annotated[
    list[Dimension],
    Query(description="Dimensions of the cells, repeatable", examples=[["subdomain", "country"]]),
]


@router.get("/know", responses=examples.KNOW, summary="Who needs what a person or an organisation knows")
def know(
    services: Services,
    corrections: CorrectionParameters,
    q: Annotated[
        str | None,
        Query(
            description="What a person knows, in her own words", examples=["I ran participatory budgeting"]
        ),
    ] = None,
    org: Annotated[
        str | None,
        Query(description="In its place an organisation, by name or slug", examples=["Aalto University"]),
    ] = None,
    limit: Limit = 10,
) -> Json:
    """Needs of cities that what a text tells could help with, cases of others that are in trouble or have just begun, and organisations
    that know the same. For an organisation: what `/api/experts/{slug}/cases` answers, found by any of its names."""
    check_limit(limit)
    check_asked(q, org)
    if org:
        slug = services.networks.find_organisation(org).slug
        return services.present_networks.mentor(services.networks.cases_for(slug, limit=limit))
    found = answer_knowledge(
        services.build, q or "", corrections=corrections, needs=limit, cases=limit, experts=limit
    )
    return services.speaking(reader_language(found.understood, corrections)).present_networks.knowledge(found)


@router.get("/experts/{slug}/cases", responses=examples.CASES, summary="What an organisation could help with")
def cases(services: Services, slug: str, limit: Limit = 10) -> Json:
    """Needs of cities and cases of others that match what an expert, or another organisation, did and states to know."""
    return services.present_networks.mentor(services.networks.cases_for(slug, limit=limit))


@router.get("/pools", responses=examples.POOLS, summary="Cities that could act together")
def pools(services: Services, filters: PoolFilterParameters, limit: Limit = 10) -> Json:
    """Groups of three or more cities with the same need and alike enough, each with a draft joint need statement made of what
    the records say, and an estimate of its size where they allow one."""
    return {
        "results": [
            services.present_networks.pooled(found)
            for found in services.networks.pooled(filters, limit=limit)
        ]
    }


@router.get(
    "/practices/{slug}/adopters", responses=examples.ADOPTERS, summary="Likely adopters of a practice"
)
def adopters(services: Services, slug: str, limit: Limit = 10) -> Json:
    """Cities that do not run a practice yet, by how likely they are to take it over, with reasons. How well this predicts real
    transfers: `bufgraph evaluate-transfer` and /about/quality."""
    practice, found = services.networks.adopters(slug, limit=limit)
    return services.present_networks.transfers(practice, found)


@router.get(
    "/cities/{slug}/likely-practices",
    responses=examples.ADOPTERS,
    summary="What a city is likely to take over",
)
def likely_practices(services: Services, slug: str, limit: Limit = 10) -> Json:
    """Practices that a city does not run yet, by how likely it is to take them over, with reasons."""
    city, found = services.networks.likely_practices(slug, limit=limit)
    return services.present_networks.transfers(city, found)


@router.get("/practices/{slug}/spread", responses=examples.SPREAD, summary="How a practice spread")
def spread(services: Services, slug: str) -> Json:
    """Origin and places that took it over, by year, with lag, distance and outcome; unknown years stay unknown."""
    return services.present_networks.spread(services.networks.spread(slug))


@router.get("/analytics/spread", summary="Practices that spread most")
def most_spread(services: Services, limit: Limit = 10) -> Json:
    """Practices taken over in most places, and figures over all uptakes with the number that each rests on."""
    found, figures = services.networks.most_spread(limit=limit)
    return {
        "results": [services.present_networks.spread(s) for s in found],
        "figures": services.present_networks.figures(figures),
    }


@router.get("/analytics/pioneers", summary="Cities that others learned from")
def pioneers(services: Services, limit: Limit = 10) -> Json:
    """Cities by how many others replicated what they began."""
    return {
        "results": [services.present_networks.pioneer(p) for p in services.networks.pioneers(limit=limit)]
    }


@router.get("/analytics/bridges", summary="Cities that link countries")
def bridges(services: Services, limit: Limit = 10) -> Json:
    """Cities by betweenness in the transfer network, with their partners abroad."""
    return {"results": [services.present_networks.bridge(b) for b in services.networks.bridges(limit=limit)]}


@router.get("/analytics/communities", summary="Groups of cities with practices in common")
def communities(services: Services) -> Json:
    """Louvain communities of the network of cities that applied the same practices, with their modularity."""
    found = services.networks.communities()
    return {
        "modularity": found.modularity,
        "by_components": found.by_components,
        "components": found.components,
        "results": [services.present_networks.community(c) for c in found.communities],
        "unknown": list(found.unknown),
    }


@router.get("/analytics/blind-spots", responses=examples.BLIND_SPOTS, summary="What is missing")
def blind_spots(
    services: Services,
    by: By = ["subdomain", "country"],  # noqa: B006  # read only
    kind: Annotated[
        Kind | None, Query(description="no-practice, unmet-need, unmeasured or not-here; all when left out")
    ] = None,
    offset: Annotated[int, Query(ge=0, description="Blind spots to skip")] = 0,
    limit: Limit = 50,
) -> Json:
    """Challenges without any practice, kinds of cities without one, practices that nobody measured."""
    check_limit(limit)
    found = services.networks.blind_spots(by, kind)
    return {
        "total": len(found.spots),
        "results": [
            services.present_networks.blind_spot(spot) for spot in found.spots[offset : offset + limit]
        ],
        "unknown": list(found.unknown),
    }
