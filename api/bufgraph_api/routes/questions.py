"""The questions: search, similar problems, solutions, experts."""

from typing import Annotated, Any

from fastapi import APIRouter, Query

from bufgraph.search.query import RECORD_TYPES, SearchQuery
from bufgraph.services.inputs import parse_facts
from bufgraph.services.presentation import reader_language
from bufgraph_api.routes import examples
from bufgraph_api.routes.parameters import (
    ChallengeSlug,
    CitySlug,
    CorrectionParameters,
    Facts,
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
    corrections: CorrectionParameters,
    q: Annotated[
        str, Query(description="What to search for", examples=["Snow blocks our pavements every winter"])
    ] = "",
    types: Annotated[
        list[str] | None, Query(alias="type", description=f"Repeatable: {', '.join(RECORD_TYPES)}")
    ] = None,
    limit: Limit = 10,
) -> Json:
    """Hybrid search: meaning, words, words in the user's language, and concepts. Each result carries the parts of its
    score, which add up, the passage that earned it, its reasons, and what keeps it from standing higher."""
    query = SearchQuery(
        q,
        tuple(types) if types else RECORD_TYPES,  # type: ignore[arg-type]  # SearchQuery checks the types
        filters,
        limit,
        corrections=corrections,
    )
    answer = services.answers.search(query)
    present = services.speaking(reader_language(answer.understood, corrections)).present
    return {
        "results": [
            present.with_kind(present.hit(hit, reasons, answer.understood), answer.kinds)
            for hit, reasons in zip(answer.hits, answer.explanations, strict=True)
        ],
        "understood": present.understood(answer.understood),
        "facets": present.facets(answer.facets),
        "weak": answer.weak,
    }


@router.get("/problems", responses=examples.PROBLEMS, summary="Cities with similar problems")
def problems(
    services: Services,
    corrections: CorrectionParameters,
    q: OptionalText = None,
    challenge: ChallengeSlug = None,
    city: CitySlug = None,
    limit: Limit = 10,
) -> Json:
    """Cities that have, or had, the problem of a text, a challenge or a city, with what each tried and how it went."""
    answer = services.answers.cities_with_similar_problems(
        q, challenge=challenge, city=city, corrections=corrections, limit=limit
    )
    present = services.speaking(reader_language(answer.understood, corrections)).present
    return {
        "results": [present.city_with_problem(found) for found in answer.cities],
        "understood": present.understood(answer.understood),
        "weak": answer.weak,
    }


@router.get("/solutions", responses=examples.SOLUTIONS, summary="Proven solutions")
def solutions(
    services: Services,
    filters: FilterParameters,
    corrections: CorrectionParameters,
    q: OptionalText = None,
    city: CitySlug = None,
    fact: Facts = None,
    limit: Limit = 10,
) -> Json:
    """Practices ranked by relevance × evidence × fit, each with reasons and sources; failures stand beside them. With a
    city each has a verdict: fits, fits with changes, blocked or unknown."""
    challenge = filters.challenge if not q else None
    answer = services.answers.solutions(
        q, challenge=challenge, city=city, filters=filters, corrections=corrections,
        facts=parse_facts(fact or ()), limit=limit,
    )  # fmt: skip
    present = services.speaking(reader_language(answer.understood, corrections)).present
    return {
        "results": [present.with_kind(present.solution(found), answer.kinds) for found in answer.solutions],
        "setbacks": [present.solution(found) for found in answer.warnings],
        "city": present.ref(answer.city.id) if answer.city else None,
        "understood": present.understood(answer.understood),
        "weak": answer.weak,
    }


@router.get("/experts", responses=examples.EXPERTS, summary="Who knows this")
def experts(
    services: Services,
    filters: FilterParameters,
    corrections: CorrectionParameters,
    q: OptionalText = None,
    city: CitySlug = None,
    limit: Limit = 10,
) -> Json:
    """Organisations ranked by what they did in close, evidenced practices, then by stated expertise; seen from a city, the nearer
    country first. A city without a text asks for its own known needs."""
    answer = services.answers.experts(q, city=city, filters=filters, corrections=corrections, limit=limit)
    present = services.speaking(reader_language(answer.understood, corrections)).present
    return {
        "results": [present.expert_match(found) for found in answer.experts],
        "understood": present.understood(answer.understood),
        "weak": answer.weak,
    }


@router.get("/practices/{slug}/similar", responses=examples.LIKE, summary="Practices like a practice")
def like(
    services: Services,
    slug: str,
    by: Annotated[str, Query(description="problem, solution or context")] = "problem",
    limit: Limit = 10,
) -> Json:
    """More like this: the same problem, the same kind of solution, or from a city in a similar situation."""
    practice, found = services.answers.similar_practices(slug, by=by, limit=limit)
    return {
        "practice": services.present.ref(practice.id),
        "by": by,
        "results": [services.present.like(other) for other in found],
    }
