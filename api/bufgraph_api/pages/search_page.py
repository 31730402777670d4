"""Journey "I have a problem": a need in, solutions, cities with the same problem, setbacks and those who know more out."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from bufgraph.errors import BufgraphError
from bufgraph.localisation.phrases import Phrase, phrase
from bufgraph.localisation.tongue import INTERFACE_LANGUAGES
from bufgraph.model import City
from bufgraph.namespaces import slug
from bufgraph.search import filters as filter_checks
from bufgraph.search.query import Corrections, Filters
from bufgraph.search.understanding import Understanding
from bufgraph.services.need_answers import ORDERS, Need, NeedAnswer, answer_need
from bufgraph.text.language import LANGUAGES
from bufgraph_api.pages.city_maps import problem_map
from bufgraph_api.pages.city_names import suggested_names
from bufgraph_api.pages.mistakes import Mistake, worst_status
from bufgraph_api.pages.rendering import render
from bufgraph_api.pages.search_form import EXAMPLES, FILTERS, SearchForm, condition
from bufgraph_api.state import Services, State

SHOWN: Final = 10
"""Solutions of a first page."""
ALL: Final = 60
_ORDER_NAMES: Final[Mapping[str, Phrase]] = {
    "best": phrase("Best answer first"),
    "proven": phrase("Best proven first"),
    "recent": phrase("Most recent first"),
}
Json = dict[str, Any]  # Any: JSON


def search_page(request: Request, services: Services) -> Response:
    """Answer a need, or ask for one."""
    form = SearchForm.from_request(request)
    if not form.q.strip():
        return render(
            request, "search.html", language=_asked_language(request, form), **_empty(form, services)
        )
    need, mistakes = _read(request, form, services)
    try:
        found = answer_need(services.build, need, cities=6, experts=5)
    except BufgraphError as err:
        mistakes.append(Mistake.of("need", err))
        return render(
            request, "search.html", mistakes[-1].status, language=_asked_language(request, form),
            **{**_empty(form, services), "mistakes": mistakes},
        )  # fmt: skip
    language = _asked_language(request, form) or _language_of(request, found.understood)
    speaking = services.speaking(language) if language else services
    return render(
        request, "search.html", worst_status(mistakes), language=language,
        **{**_empty(form, speaking), "mistakes": mistakes, "answer": _answer(form, found, speaking)},
    )  # fmt: skip


def _empty(form: SearchForm, services: State) -> Json:
    return {
        "form": form,
        "examples": EXAMPLES,
        "cities": suggested_names(services.present),
        "mistakes": (),
        "answer": None,
        "languages": LANGUAGES,
    }


def _read(request: Request, form: SearchForm, services: State) -> tuple[Need, list[Mistake]]:
    """Return what is asked, without what could not be used, and what that was."""
    mistakes: list[Mistake] = []
    city: City | None = None
    filters, corrections = Filters(), Corrections()
    restart = form.uncorrected().unfiltered()
    try:
        city = services.answers.find_city(form.city) if form.city.strip() else None
    except BufgraphError as err:
        mistakes.append(Mistake.of_city(err, form.city, services, lambda name: form.address(city=name)))
    try:
        filters = form.filters()
        filter_checks.check(filters, services.answers.catalogue)
    except BufgraphError as err:
        mistakes.append(Mistake.of("filter", err, restart))
        filters = Filters()
    try:
        corrections = form.corrections(request.scope.get("interface_language"))
        for name in form.also:
            services.answers.catalogue.challenge(name)
    except BufgraphError as err:
        mistakes.append(Mistake.of("filter", err, restart))
        corrections = Corrections()
    order = next((name for name in ORDERS if name == form.sort), ORDERS[0])
    return Need(form.q, city, filters, corrections, order, ALL if form.more else SHOWN), mistakes


def _asked_language(request: Request, form: SearchForm) -> str | None:
    """Return the language that an address of old asks for; one that stands in the path counts more."""
    if "interface_root" not in request.scope and form.lang in INTERFACE_LANGUAGES:
        return form.lang
    return None


def _language_of(request: Request, understood: Understanding) -> str | None:
    """Return the language of a text where the address leaves the language open: who writes in Latvian reads Latvian."""
    code = understood.language.code
    if "interface_root" in request.scope or code not in INTERFACE_LANGUAGES or not understood.reading.known:
        return None
    return code


def _answer(form: SearchForm, found: NeedAnswer, services: State) -> Json:
    present, language = services.present, found.understood.language
    city = found.city
    cities = [_city(present.city_with_problem(c), services) for c in found.cities]
    return {
        "city": {"slug": city.slug, "label": present.label(city.id), "country": city.country_code} if city else None,
        "weak": found.weak,
        "unread": found.unread,
        "total": found.total,
        "solutions_told": len(found.solutions),
        "chips": _chips(form, found, services),
        "text_lang": language.code if found.understood.reading.known > 0 else "und",
        "rivals": [{"code": code, "href": form.address(text_lang=code)} for code in language.rivals[:2]],
        "suggestions": [
            {**present.ref(iri), "href": form.address(also=(*form.also, slug(iri)))} for iri in found.suggestions
        ],
        "undo": form.uncorrected().address() if form.is_corrected else None,
        "facets": _facets(form, found, services),
        "filters": _active(form, found, services),
        "solutions": _solutions(form, found, services),
        "setbacks": [
            {**present.ref(s.practice), "local": present.local(s.practice), "setbacks": present.solution(s).get("setbacks", [])}
            for s in found.warnings
        ],
        "cities": cities,
        "map": problem_map(present, cities, city.id if city else None),
        "experts": [_expert(present.expert_match(e), services) for e in found.experts],
        "orders": [(name, _ORDER_NAMES[name]) for name in ORDERS],
    }  # fmt: skip


def _facets(form: SearchForm, found: NeedAnswer, services: State) -> Json:
    """Return the values of each filter; a chosen one that leaves nothing stands among them."""
    counted = {
        name: [*values, (getattr(form, name), 0)]
        if name in found.lifted and getattr(form, name) not in dict(values)
        else values
        for name, values in found.facets.items()
    }
    return services.present.facets(counted)


def _chips(form: SearchForm, found: NeedAnswer, services: State) -> list[Json]:
    """Return how the text was understood, each with the address that takes it away."""
    chips = [chip for chip in services.present.chips(found.understood) if chip["kind"] != "language"]
    for chip in chips:
        value = chip["value"]
        if chip["kind"] in ("concept", "place"):
            chip["remove"] = form.address(
                also=tuple(a for a in form.also if a != value), without=(*form.without, value)
            )
    return chips


def _active(form: SearchForm, found: NeedAnswer, services: State) -> list[Json]:
    """Return the conditions that are set: in words, the address without each, and what would be found there."""
    return [
        {
            "label": services.tongue.tell(condition(name, getattr(form, name), services.tongue)),
            "remove": form.address(**{name: ""}),
            "without": found.lifted[name],
        }
        for name in FILTERS
        if name in found.lifted
    ]


def _solutions(form: SearchForm, found: NeedAnswer, services: State) -> list[Json]:
    """Return the solutions, those of the same kind folded under the best of them, so that each card shows another idea."""
    present, shown = services.present, []
    for solution in found.solutions:
        told = present.with_kind(present.solution(solution), found.kinds)
        told["hit"] = present.hit(solution.hit, found.explanations[solution.practice], found.understood)
        told["address"] = form.toggled(told["slug"])
        told["also"] = []
        shown.append(told)
    leaders = {s["id"]: s for s in shown if "same_kind_as" not in s}
    for s in shown:
        if "same_kind_as" in s:
            leaders[s["same_kind_as"]["id"]]["also"].append(s)
    return list(leaders.values())


def _city(told: Json, services: State) -> Json:
    for attempt in told["tried"]:
        attempt["practice"]["local"] = services.present.local(attempt["practice"]["id"])
    return told


def _expert(told: Json, services: State) -> Json:
    for deed in told.get("deeds", []):
        deed["practice"]["local"] = services.present.local(deed["practice"]["id"])
    return told
