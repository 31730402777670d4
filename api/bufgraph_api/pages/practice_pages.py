"""One practice, with whether it would work in a city."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response

from bufgraph.errors import BufgraphError
from bufgraph.model import City, GoodPractice
from bufgraph.namespaces import slug
from bufgraph.services.inputs import parse_facts
from bufgraph.services.provenance import confirmation
from bufgraph_api.pages.city_maps import practice_map
from bufgraph_api.pages.city_names import suggested_names
from bufgraph_api.pages.expert_page import with_local
from bufgraph_api.pages.figures.spread import spread_figure
from bufgraph_api.pages.forms import query_string
from bufgraph_api.pages.links import page_of
from bufgraph_api.pages.mistakes import Mistake, worst_status
from bufgraph_api.pages.practice_story import story
from bufgraph_api.pages.rendering import interface_root, render
from bufgraph_api.pages.shortlist_form import ShortlistForm
from bufgraph_api.state import Services, State

_ADOPTERS = 6
_SIMILAR = 4
_ANSWER = "fact."
"""Before the name of a factor in the form: radio buttons of one group share a name, so each factor needs its own."""
Json = dict[str, Any]  # Any: JSON


def practice_page(
    request: Request,
    services: Services,
    name: str,
    city: str = "",
    fact: Annotated[list[str] | None, Query()] = None,
) -> Response:
    """One practice: whether it would work in a city, how it went, what went wrong, where it was tried and who knows it."""
    practice = services.answers.catalogue.practice(name)
    kept = ShortlistForm.from_request(request)
    answers = {
        key.removeprefix(_ANSWER): value
        for key, value in request.query_params.multi_items()
        if key.startswith(_ANSWER)
    }
    if answers:
        address = _canonical(practice, kept, fact or (), answers)
        return RedirectResponse(f"{interface_root(request)}{address}", 303)
    asking, fit, mistakes = _asked(services, practice, kept, fact or ())
    present = services.present
    return render(
        request, "practice.html", worst_status(mistakes),
        practice=present.practice(practice), local=present.local(practice.id), story=story(services, practice),
        fit=fit, asking=asking.slug if asking else "", form=kept, mistakes=mistakes, cities=suggested_names(present),
        kept=[(key, value) for key, value in kept.pairs() if key in ("q", "pick")],
        shortlist=_shortlist(practice, kept), picked=practice.slug in kept.picks,
        like=_like(services, practice), adopters=_adopters(services, practice),
        map=practice_map(present, practice.id), spread=spread_figure(services.networks.spread(name), present),
        confirmed=confirmation(services.build.graph, practice.id),
    )  # fmt: skip


def _asked(
    services: State, practice: GoodPractice, kept: ShortlistForm, facts: Sequence[str]
) -> tuple[City | None, Json | None, list[Mistake]]:
    """Return the asking city with the verdict for it, without what could not be used, and what that was."""
    if not kept.city:
        return None, None, []
    own = f"/practice/{quote(practice.slug)}"
    try:
        asking = services.answers.find_city(kept.city)
    except BufgraphError as err:
        return (
            None,
            None,
            [
                Mistake.of_city(
                    err, kept.city, services, lambda name: f"{replace(kept, city=name).address(own)}#fit"
                )
            ],
        )
    try:
        return asking, _fit(services, practice, asking, parse_facts(facts)), []
    except BufgraphError as err:
        without = f"{replace(kept, facts=()).address(own)}#fit"
        return asking, _fit(services, practice, asking, {}), [Mistake.of("fact", err, without)]


def _canonical(
    practice: GoodPractice, kept: ShortlistForm, facts: Sequence[str], answers: Mapping[str, str]
) -> str:
    """Return the address with what the form answers as ``fact=factor:yes``; an answer replaces an earlier one."""
    told = [("fact", pair) for pair in facts if pair.replace("=", ":").partition(":")[0] not in answers]
    said = [("fact", f"{factor}:{value}") for factor, value in answers.items() if value]
    others = [(name, value) for name, value in kept.pairs() if name in ("q", "pick")]
    query = query_string([("city", kept.city), *told, *said, *others])
    return f"/practice/{quote(practice.slug)}?{query}#fit"


def _shortlist(practice: GoodPractice, kept: ShortlistForm) -> str:
    """Return the address of the shortlist with this practice on it, without language."""
    picks = tuple(dict.fromkeys([*kept.picks, practice.slug]))
    return replace(kept, picks=picks).address("/shortlist")


def _fit(services: State, practice: GoodPractice, city: City, facts: Mapping[str, bool]) -> Json:
    """Return the verdict, with the form that changes it: one question for each thing that is not known or was answered here."""
    found = services.cities.fit(practice.slug, city.slug, facts)
    shown = services.present.verdict(found)
    asked: set[str] = set()
    for condition in shown.get("conditions", []):
        factor = condition["answer_as"]
        condition["basis"] = [
            {**ref, "href": href}
            for ref in condition.get("basis", [])
            if (href := page_of(ref["id"], services.present.catalogue)) is not None
        ]
        condition["answer"] = {True: "yes", False: "no"}.get(facts.get(factor))  # type: ignore[arg-type]  # None: no answer
        condition["asks"] = factor not in asked and (factor in facts or _is_open(condition["status"]))
        condition["asked_above"] = factor in asked
        if condition["asks"]:
            asked.add(factor)
    return {
        **shown,
        "city": {**services.present.ref(city.id), "country": city.country_code},
        "unasked": [
            f"{name}:{'yes' if holds else 'no'}" for name, holds in facts.items() if name not in asked
        ],
    }


def _is_open(status: str) -> bool:
    return status in ("unknown", "contradicted")


def _like(services: State, practice: GoodPractice) -> Mapping[str, list[Json]]:
    return {
        by: [
            with_local(services, services.present.like(found))
            for found in services.answers.similar_practices(practice.slug, by=by, limit=_SIMILAR)[1]
        ]
        for by in ("problem", "solution", "context")
    }


def _adopters(services: State, practice: GoodPractice) -> list[Json]:
    _, found = services.networks.adopters(practice.slug, limit=_ADOPTERS)
    return [
        {
            **services.present_networks.adopter(transfer),
            "verdict": services.cities.fit(practice.slug, slug(transfer.city)).verdict,
        }
        for transfer in found
    ]
