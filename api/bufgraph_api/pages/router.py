"""Addresses of the pages."""

from pathlib import Path
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import HTMLResponse, Response

from bufgraph.errors import BufgraphError, NotFoundError
from bufgraph.model import City
from bufgraph.search.query import MAX_LIMIT, Corrections, Filters, SearchQuery
from bufgraph.services.answers import AnswerService, is_unread
from bufgraph.services.presentation import reader_language
from bufgraph.text.language import LANGUAGES
from bufgraph_api.errors import status_of
from bufgraph_api.pages.about_pages import about_page, api_page, quality_page
from bufgraph_api.pages.assets import editor_file
from bufgraph_api.pages.blind_spots_page import blind_spots_page
from bufgraph_api.pages.city_page import city_page
from bufgraph_api.pages.compare_page import compare_page
from bufgraph_api.pages.forms import city_names, query_string, whole_number
from bufgraph_api.pages.network_pages import expert_page, network_page, pools_page
from bufgraph_api.pages.practice_pages import challenge_page, practice_page
from bufgraph_api.pages.record_lists import challenges_page, cities_page, experts_page, practices_page
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
        ("/compare", compare_page),
        ("/challenges", challenges_page),
        ("/challenge/{name}", challenge_page),
        ("/experts", experts_page),
        ("/expert/{name}", expert_page),
        ("/blind-spots", blind_spots_page),
        ("/pools", pools_page),
        ("/network", network_page),
        ("/about", about_page),
        ("/about/api", api_page),
        ("/about/quality", quality_page),
        ("/static/{name}", static_file),
        ("/static/editor/{name}", editor_file),
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
        "cities": city_names(services.answers.catalogue),
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
            country=country or None, domain=domain or None, outcome=outcome or None, min_level=whole_number(min_level, "min_level"),
            size=size or None, language=language or None, since=whole_number(since, "since"), cost_to=whole_number(cost_to, "cost_to"),
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


def _address(form: Json, remove: Json | None = None) -> str:
    """Return the query string of a form, without one of the chips if so asked."""
    kept = dict(form)
    if remove is not None and remove["kind"] in ("concept", "place"):
        kept["without"] = [*form["without"], remove["value"]]
    return query_string(
        (name, value)
        for name, values in kept.items()
        for value in ([values] if isinstance(values, str) else values)
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


def static_file(name: str) -> Response:
    """The stylesheet and the icon."""
    kinds = {".css": "text/css; charset=utf-8", ".svg": "image/svg+xml"}
    path = _STATIC / name
    if "/" in name or path.suffix not in kinds or not path.is_file():
        raise NotFoundError(f"there is no file '{name}'", name=name)
    return Response(
        path.read_bytes(), media_type=kinds[path.suffix], headers={"Cache-Control": "public, max-age=3600"}
    )
