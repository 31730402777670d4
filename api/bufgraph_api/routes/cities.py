"""Questions about one city."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from bufgraph.services.inputs import parse_facts, parse_weights
from bufgraph_api.routes import examples
from bufgraph_api.routes.parameters import CityFilterParameters, Facts, Limit
from bufgraph_api.state import Services

router = APIRouter(prefix="/api", tags=["cities"])
Json = dict[str, Any]  # Any: JSON


@router.get("/cities/{slug}/similar", responses=examples.SIMILAR, summary="Cities similar to a city")
def similar(
    services: Services,
    slug: str,
    filters: CityFilterParameters,
    preset: Annotated[str, Query(description="balanced, problem or structure")] = "balanced",
    weight: Annotated[
        list[str] | None,
        Query(
            description="In place of a preset, repeatable: needs, profile, size, climate, sea, country",
            examples=[["size:2", "sea:1"]],
        ),
    ] = None,
    limit: Limit = 10,
) -> Json:
    """Cities by shared needs, profile, size, latitude, coast and country family; each part with its facts, each rank with
    the interval that it has under missing data."""
    weights = parse_weights(weight or ())
    city, found = services.cities.similar(
        slug,
        preset=preset,
        weights=weights,
        filters=filters,
        limit=limit,
    )
    return {
        "city": services.present.ref(city.id),
        "preset": preset if weights is None else None,
        "results": [services.present.similar_city(other) for other in found],
    }


@router.get("/practices/{slug}/fit", responses=examples.FIT, summary="Would a practice work in a city")
def fit(
    services: Services,
    slug: str,
    city: Annotated[str, Query(description="The city", examples=["lv-cesis"])],
    fact: Facts = None,
) -> Json:
    """Fits, fits with changes, blocked or unknown: each condition with the city's value, its source, what would change and
    what to find out next."""
    found = services.cities.fit(slug, city, parse_facts(fact or ()))
    return {
        "practice": services.present.ref(found.practice),
        "city": services.present.ref(found.city),
        **services.present.verdict(found),
    }


Index = Annotated[
    str,
    Query(
        description="european-smart-cities-2007, pleec or practice-activity", examples=["practice-activity"]
    ),
]


@router.get("/cities/{slug}/profile", responses=examples.PROFILE, summary="Profile of a city")
def profile(
    services: Services,
    slug: str,
    index: Index = "practice-activity",
    peer: Annotated[
        list[str] | None,
        Query(description="City to compare with, repeatable; the 20 most similar by structure when left out"),
    ] = None,
) -> Json:
    """Scores with rank intervals and coverage, strengths and weaknesses against peers, what the city could teach, and what
    is not known. Missing values are missing, never zero."""
    return services.present_cities.profile(services.cities.profile(slug, index=index, peers=peer))


@router.get("/compare", responses=examples.COMPARE, summary="Cities side by side")
def compare(
    services: Services,
    city: Annotated[list[str], Query(description="Two to four cities", examples=[["fi-turku", "ee-tartu"]])],
    index: Index = "practice-activity",
) -> Json:
    """Two to four cities: records, profiles, similarity of each pair with its facts, needs that all share."""
    return services.present_cities.comparison(services.cities.compare(city, index=index))
