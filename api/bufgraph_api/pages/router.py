"""Addresses of the pages."""

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from bufgraph.errors import BufgraphError, InvalidInputError, NotFoundError
from bufgraph.model import City
from bufgraph.namespaces import slug
from bufgraph.search.query import MAX_LIMIT, Corrections, Filters, SearchQuery
from bufgraph.services import evaluating
from bufgraph.services.answers import AnswerService, is_unread
from bufgraph.services.presentation import reader_language
from bufgraph.text.language import LANGUAGES
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
        ("/about/quality", quality_page),
        ("/static/{name}", static_file),
    ):
        router.add_api_route(path, page, methods=["GET", "HEAD"])
    return router


def search_page(
    request: Request,
    services: Services,
    q: str = "",
    city: str = "",
    lang: str = "",
    text_lang: str = "",
    without: Annotated[list[str] | None, Query()] = None,
    also: Annotated[list[str] | None, Query()] = None,
    country: str = "",
    domain: str = "",
    outcome: str = "",
    min_level: str = "",
    size: str = "",
    language: str = "",
    since: str = "",
    cost_to: str = "",
) -> Response:
    """The front page: a need in, answers out."""
    form: Json = {
        "q": q, "city": city, "lang": lang, "text_lang": text_lang, "without": without or [], "also": also or [], "country": country,
        "domain": domain, "outcome": outcome, "min_level": min_level, "size": size, "language": language, "since": since,
        "cost_to": cost_to,
    }  # fmt: skip
    shared: Json = {
        "form": form,
        "examples": _EXAMPLES,
        "cities": sorted({city.label for city in services.answers.catalogue.cities.values()}),
        "languages": LANGUAGES,
        "answer": None,
        "problem": None,
    }
    if not q.strip():
        return render(request, "search.html", **{**shared, "summary": services.build.summary()})
    try:
        corrections = Corrections(
            text_lang or None, lang or None, tuple(form["without"]), tuple(form["also"])
        )
        asking = _asking_city(services.answers, city)
        filters = Filters(
            country=country or None, domain=domain or None, outcome=outcome or None, min_level=_whole(min_level, "min_level"),
            size=size or None, language=language or None, since=_whole(since, "since"), cost_to=_whole(cost_to, "cost_to"),
        )  # fmt: skip
        answer = _answer(
            services, SearchQuery(q, ("practice",), filters, MAX_LIMIT, corrections=corrections), asking
        )
    except BufgraphError as err:
        return render(request, "search.html", status_of(err), **{**shared, "problem": err.message})
    for chip in answer["chips"]:
        chip["without"] = "/?" + _address(form, remove=chip)
    answer["undo"] = (
        "/?" + _address({**form, "without": [], "text_lang": ""}) if without or text_lang else None
    )
    answer["unfiltered"] = "/?" + _address({"q": q, "city": city, "lang": lang})
    return render(request, "search.html", **{**shared, "answer": answer, "lang": answer["lang"]})


def _whole(text: str, field: str) -> int | None:
    """Read a field of the form; an empty one is no condition."""
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise InvalidInputError(f"{field} is '{text}'; expected a whole number", field=field)
    return int(text)


def _address(form: Json, remove: Json | None = None) -> str:
    """Return the query string of a form, without one of the chips if so asked."""
    kept = dict(form)
    if remove is not None and remove["kind"] in ("concept", "place"):
        kept["without"] = [*form["without"], remove["value"]]
    return urlencode(
        [
            (name, value)
            for name, values in kept.items()
            for value in ([values] if isinstance(values, str) else values)
            if value
        ]
    )


def _answer(services: State, query: SearchQuery, city: City | None) -> Json:
    answers, present, corrections = services.answers, services.present, query.corrections
    found = answers.search(query)
    if city is None and found.understood.places:  # who names her town asks for it
        city = answers.catalogue.cities[found.understood.places[0].city]
    name = city.slug if city else None
    lang = reader_language(found.understood, corrections)
    solutions = answers.solutions(
        query.text, city=name, filters=query.filters, corrections=corrections, limit=10
    )
    problems = answers.cities_with_similar_problems(query.text, city=name, corrections=corrections, limit=8)
    experts = answers.experts(query.text, corrections=corrections, limit=6)
    why = {
        hit.record: present.hit(hit, reasons, found.understood, lang)
        for hit, reasons in zip(found.hits, found.explanations, strict=True)
    }
    return {
        "lang": lang,
        "weak": solutions.weak,
        "unread": is_unread(found.understood),
        "city": present.city(city) if city else None,
        "chips": [chip for chip in present.chips(found.understood, lang) if chip["kind"] != "language"],
        "text_lang": found.understood.language.code if found.understood.reading.known > 0 else "und",
        "rivals": found.understood.language.rivals,
        "facets": present.facets(found.facets, lang),
        "solutions": _by_kind(
            [
                present.with_kind({**present.solution(s, lang), "hit": why.get(s.practice)}, solutions.kinds)
                for s in solutions.solutions
            ]
        ),
        "setbacks": [present.solution(s, lang) for s in solutions.warnings],
        "cities": [present.city_with_problem(found) for found in problems.cities],
        "experts": [present.expert_match(found) for found in experts.experts],
    }


def _by_kind(solutions: list[Json]) -> list[Json]:
    """Fold solutions of the same kind under the best of them, so that each card shows another idea."""
    leaders = {s["id"]: {**s, "also": []} for s in solutions if "same_kind_as" not in s}
    for s in solutions:
        if "same_kind_as" in s:
            leaders[s["same_kind_as"]["id"]]["also"].append(s)
    return list(leaders.values())


def _asking_city(answers: AnswerService, text: str) -> City | None:
    """Return the city that a user typed, by slug or by any of its names."""
    return answers.find_city(text) if text.strip() else None


def practice_page(request: Request, services: Services, name: str) -> Response:
    """One practice."""
    practice = services.answers.catalogue.practice(name)
    like = {
        by: [services.present.like(f) for f in services.answers.similar_practices(name, by=by, limit=4)[1]]
        for by in ("problem", "solution", "context")
    }
    return render(request, "practice.html", practice=services.present.practice(practice), like=like)


def city_page(request: Request, services: Services, name: str) -> Response:
    """One city: what it needs, what it tried, who is like it."""
    city, similar = services.cities.similar(name, limit=8)
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


def quality_page(request: Request, services: Services) -> Response:
    """The published search quality."""
    result = evaluating.published()
    return render(
        request,
        "quality.html",
        result=result,
        current=result is not None and result["judgments"] == evaluating.digest(),
        build=services.build.manifest["build"],
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
