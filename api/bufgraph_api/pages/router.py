"""Addresses of the pages."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from bufgraph.errors import BufgraphError, NotFoundError
from bufgraph.model import City
from bufgraph.namespaces import slug
from bufgraph.search.query import Filters
from bufgraph.services.answers import AnswerService
from bufgraph_api.errors import status_of
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services, State

_STATIC = Path(__file__).parent / "static"
_EXAMPLES = (
    "Snow blocks our pavements every winter and older people fall",
    "Heating bills in our panel blocks are too high and flat owners cannot agree on a renovation",
    "After heavy rain the cellars in the old town are flooded",
    "Young people leave our town after school and do not come back",
)
Json = dict[str, Any]  # Any: JSON


def pages_router() -> APIRouter:
    """Return the routes of all pages; they stay out of the API description."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    for path, page in (
        ("/", search_page),
        ("/practices", practices_page),
        ("/practice/{name}", practice_page),
        ("/cities", cities_page),
        ("/city/{name}", city_page),
        ("/challenges", challenges_page),
        ("/challenge/{name}", challenge_page),
        ("/experts", experts_page),
        ("/expert/{name}", expert_page),
        ("/about", about_page),
        ("/about/api", api_page),
        ("/static/{name}", static_file),
    ):
        router.add_api_route(path, page, methods=["GET", "HEAD"])
    return router


def search_page(
    request: Request,
    services: Services,
    q: str = "",
    city: str = "",
    country: str = "",
    outcome: str = "",
    min_level: Annotated[str, Query()] = "",
) -> Response:
    """The front page: a need in, answers out."""
    form = {"q": q, "city": city, "country": country, "outcome": outcome, "min_level": min_level}
    shared: Json = {
        "form": form,
        "examples": _EXAMPLES,
        "choices": _choices(services),
        "answer": None,
        "problem": None,
    }
    if not q.strip():
        return render(request, "search.html", **{**shared, "summary": services.build.summary()})
    try:
        asking = _asking_city(services.answers, city)
        filters = Filters(
            country=country or None,
            outcome=outcome or None,
            min_level=int(min_level) if min_level.isdigit() else None,
        )
        answer = _answer(services, q, asking, filters)
    except BufgraphError as err:
        return render(request, "search.html", status_of(err), **{**shared, "problem": err.message})
    return render(request, "search.html", **{**shared, "answer": answer})


def _answer(services: State, text: str, city: City | None, filters: Filters) -> Json:
    answers, present = services.answers, services.present
    name = city.slug if city else None
    solutions = answers.solutions(text, city=name, filters=filters, limit=10)
    problems = answers.cities_with_similar_problems(text, city=name, limit=8)
    experts = answers.experts(text, limit=6)
    return {
        "weak": solutions.weak,
        "city": present.city(city) if city else None,
        "understood": present.understood(solutions.understood),
        "solutions": [present.solution(found) for found in solutions.solutions],
        "setbacks": [present.solution(found) for found in solutions.warnings],
        "cities": [present.city_with_problem(found) for found in problems.cities],
        "experts": [present.expert_match(found) for found in experts.experts],
    }


def _asking_city(answers: AnswerService, text: str) -> City | None:
    """Return the city that a user typed, by slug or by any of its names."""
    return answers.find_city(text) if text.strip() else None


def _choices(services: State) -> Json:
    catalogue = services.answers.catalogue
    return {
        "cities": sorted({city.label for city in catalogue.cities.values()}),
        "countries": sorted({city.country_code for city in catalogue.cities.values()}),
    }


def practice_page(request: Request, services: Services, name: str) -> Response:
    """One practice."""
    practice = services.answers.catalogue.practice(name)
    return render(request, "practice.html", practice=services.present.practice(practice))


def city_page(request: Request, services: Services, name: str) -> Response:
    """One city: what it needs, what it tried, who is like it."""
    city, similar = services.answers.similar_cities(name, limit=8)
    return render(
        request,
        "city.html",
        city=services.present.city(city),
        similar=[services.present.similar_city(found) for found in similar],
    )


def challenge_page(request: Request, services: Services, name: str) -> Response:
    """One challenge: solutions for it and the cities that work on it."""
    challenge = services.answers.catalogue.challenge(name)
    solutions = services.answers.solutions(challenge=name, limit=50)
    return render(
        request,
        "challenge.html",
        challenge=services.present.challenge(challenge),
        solutions=[services.present.solution(found) for found in solutions.solutions],
        cities=[services.present.ref(iri) for iri in services.answers.cities_that_need(challenge)],
    )


def expert_page(request: Request, services: Services, name: str) -> Response:
    """One expert organisation."""
    expert = services.answers.catalogue.expert(name)
    return render(request, "expert.html", expert=services.present.expert(expert))


def practices_page(request: Request, services: Services) -> Response:
    """All practices by subdomain of their main challenge."""
    catalogue = services.answers.catalogue
    groups: dict[str, list[Json]] = {}
    for practice in catalogue.practices.values():
        parent = next(iter(catalogue.concepts[practice.main_challenge].broader), "")
        brief = services.present.practice_brief(practice)
        groups.setdefault(catalogue.concept_label(parent), []).append(
            {**services.present.ref(practice.id), **brief}
        )
    return render(request, "practices.html", groups=dict(sorted(groups.items())))


def cities_page(request: Request, services: Services) -> Response:
    """All cities by country."""
    catalogue = services.answers.catalogue
    groups: dict[str, list[Json]] = {}
    for city in sorted(catalogue.cities.values(), key=lambda c: c.label):
        tried = len(catalogue.adoptions_by_place.get(city.id, ()))
        groups.setdefault(city.country_code, []).append({**services.present.ref(city.id), "tried": tried})
    return render(request, "cities.html", groups=dict(sorted(groups.items())))


def challenges_page(request: Request, services: Services) -> Response:
    """All challenges by domain and subdomain."""
    catalogue = services.answers.catalogue
    groups: dict[str, dict[str, list[Json]]] = {}
    for challenge in sorted(catalogue.challenges, key=lambda c: c.label):
        subdomain, domain = (*catalogue.ancestors(challenge.id), "", "")[:2]
        known = len(catalogue.practices_by_challenge.get(challenge.id, ()))
        entry = {**services.present.ref(challenge.id), "practices": known}
        groups.setdefault(catalogue.concept_label(domain), {}).setdefault(
            catalogue.concept_label(subdomain), []
        ).append(entry)
    return render(request, "challenges.html", groups=dict(sorted(groups.items())))


def experts_page(request: Request, services: Services) -> Response:
    """All expert organisations by helix."""
    groups: dict[str, list[Json]] = {}
    for expert in sorted(services.answers.catalogue.experts.values(), key=lambda e: e.name.lower()):
        groups.setdefault(slug(expert.helix), []).append(
            {**services.present.ref(expert.id), "country": expert.country_code, "text": expert.text}
        )
    return render(request, "experts.html", groups=dict(sorted(groups.items())))


def about_page(request: Request, services: Services) -> Response:
    """What the data holds, how answers are made, what is missing."""
    catalogue = services.answers.catalogue
    outcomes: dict[str, int] = {}
    for adoption in catalogue.adoptions.values():
        outcomes[slug(adoption.outcome)] = outcomes.get(slug(adoption.outcome), 0) + 1
    levels = [0] * 6
    for evidence in services.build.evidence.values():
        levels[evidence.level] += 1
    return render(
        request,
        "about.html",
        summary=services.build.summary(),
        outcomes=dict(sorted(outcomes.items(), key=lambda pair: -pair[1])),
        levels=[(level, services.present.label_of_level(level), count) for level, count in enumerate(levels)],
        unverified=sum(1 for o in catalogue.observations.values() if slug(o.verification) != "verified"),
        facts=len(catalogue.observations),
    )


def api_page(request: Request, services: Services) -> Response:
    """The API, from its own description."""
    schema = request.app.openapi()
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, item in schema["paths"].items()
        for method, operation in item.items()
    ]
    return render(request, "api.html", operations=operations)


def static_file(name: str) -> Response:
    """The stylesheet and the icon."""
    kinds = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
    path = _STATIC / name
    if "/" in name or path.suffix not in kinds or not path.is_file():
        raise NotFoundError(f"there is no file '{name}'", name=name)
    return Response(
        path.read_bytes(), media_type=kinds[path.suffix], headers={"Cache-Control": "public, max-age=3600"}
    )
