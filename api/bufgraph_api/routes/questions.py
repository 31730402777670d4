"""The questions: search, similar problems, solutions, experts, similar cities."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from bufgraph.search.query import RECORD_TYPES, SearchQuery
from bufgraph_api.routes import examples
from bufgraph_api.routes.parameters import (
    ChallengeSlug,
    CitySlug,
    FilterParameters,
    Limit,
    OptionalText,
)
from bufgraph_api.state import Services

router = APIRouter(prefix="/api", tags=["questions"])
Json = dict[str, Any]  # Any: JSON


@router.get("/search", responses=examples.SEARCH, summary="Search practices, cities, challenges and experts")
def search(
    services: Services,
    filters: FilterParameters,
    q: Annotated[
        str, Query(description="What to search for", examples=["Snow blocks our pavements every winter"])
    ] = "",
    types: Annotated[
        list[str] | None, Query(alias="type", description=f"Repeatable: {', '.join(RECORD_TYPES)}")
    ] = None,
    limit: Limit = 10,
) -> Json:
    """Hybrid search: meaning, words and concepts. Each result carries its score parts and the passage that earned it."""
    query = SearchQuery(q, tuple(types) if types else RECORD_TYPES, filters, limit)  # type: ignore[arg-type]  # SearchQuery checks the types
    answer = services.answers.search(query)
    return {
        "results": [services.present.hit(hit) for hit in answer.hits],
        "understood": services.present.understood(answer.understood),
        "weak": answer.weak,
    }


@router.get("/problems", responses=examples.PROBLEMS, summary="Cities with similar problems")
def problems(
    services: Services,
    q: OptionalText = None,
    challenge: ChallengeSlug = None,
    city: CitySlug = None,
    limit: Limit = 10,
) -> Json:
    """Cities that have, or had, the problem of a text, a challenge or a city, with what each tried and how it went."""
    answer = services.answers.cities_with_similar_problems(q, challenge=challenge, city=city, limit=limit)
    return {
        "results": [services.present.city_with_problem(found) for found in answer.cities],
        "understood": services.present.understood(answer.understood),
        "weak": answer.weak,
    }


@router.get("/solutions", responses=examples.SOLUTIONS, summary="Proven solutions")
def solutions(
    services: Services,
    filters: FilterParameters,
    q: OptionalText = None,
    city: CitySlug = None,
    limit: Limit = 10,
) -> Json:
    """Practices ranked by relevance × evidence × fit, each with reasons and sources; failures stand beside them."""
    challenge = filters.challenge if not q else None
    answer = services.answers.solutions(q, challenge=challenge, city=city, filters=filters, limit=limit)
    return {
        "results": [services.present.solution(found) for found in answer.solutions],
        "setbacks": [services.present.solution(found) for found in answer.warnings],
        "city": services.present.ref(answer.city.id) if answer.city else None,
        "understood": services.present.understood(answer.understood),
        "weak": answer.weak,
    }


@router.get("/experts", responses=examples.EXPERTS, summary="Who knows this")
def experts(services: Services, filters: FilterParameters, q: OptionalText = None, limit: Limit = 10) -> Json:
    """Organisations ranked by what they did in close, evidenced practices, then by stated expertise."""
    answer = services.answers.experts(q or "", filters=filters, limit=limit)
    return {
        "results": [services.present.expert_match(found) for found in answer.experts],
        "understood": services.present.understood(answer.understood),
        "weak": answer.weak,
    }


@router.get("/cities/{slug}/similar", responses=examples.SIMILAR, summary="Cities similar to a city")
def similar(
    services: Services,
    slug: str,
    preset: Annotated[str, Query(description="balanced, problem or structure")] = "balanced",
    country: Annotated[str | None, Query(description="Only this country (EE) or all others (!EE)")] = None,
    limit: Limit = 10,
) -> Json:
    """Cities by shared needs, size, latitude, coast and country family; each part with its facts."""
    city, found = services.answers.similar_cities(slug, preset=preset, country=country or None, limit=limit)
    return {
        "city": services.present.ref(city.id),
        "preset": preset,
        "results": [services.present.similar_city(other) for other in found],
    }
