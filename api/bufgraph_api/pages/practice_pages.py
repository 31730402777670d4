"""One practice, with whether it would work in a city; one challenge."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import Query, Request
from fastapi.responses import RedirectResponse, Response

from bufgraph.errors import BufgraphError
from bufgraph.model import City, GoodPractice
from bufgraph.namespaces import slug
from bufgraph.services.inputs import parse_facts
from bufgraph_api.errors import status_of
from bufgraph_api.pages.forms import city_names, query_string
from bufgraph_api.pages.links import page_of
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services, State

_ADOPTERS = 5
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
    """One practice: what must be true for it, whether it would work in a city, how it went and spread."""
    practice = services.answers.catalogue.practice(name)
    answers = {
        key.removeprefix(_ANSWER): value
        for key, value in request.query_params.multi_items()
        if key.startswith(_ANSWER)
    }
    if answers:
        return RedirectResponse(_canonical(practice, city, fact or (), answers), 303)
    shown: Json = {"form": {"city": city, "facts": fact or []}, "fit": None, "problem": None}
    status = 200
    if city.strip():
        try:
            asking = services.answers.find_city(city)
            shown["fit"] = _fit(services, practice, asking, parse_facts(fact or ()))
        except BufgraphError as err:
            shown["problem"], status = err.message, status_of(err)
    like = {
        by: [
            services.present.like(found)
            for found in services.answers.similar_practices(name, by=by, limit=_SIMILAR)[1]
        ]
        for by in ("problem", "solution", "context")
    }
    spread = services.present_networks.spread(services.networks.spread(name))
    return render(
        request, "practice.html", status, practice=services.present.practice(practice), like=like, cities=city_names(services.answers.catalogue),
        spread=spread if spread["uptakes"] or spread["parallel"] else None, adopters=_adopters(services, practice), **shown,
    )  # fmt: skip


def _canonical(practice: GoodPractice, city: str, facts: Sequence[str], answers: Mapping[str, str]) -> str:
    """Return the address with what the form answers as ``fact=factor:yes``; an answer replaces an earlier one."""
    kept = [("fact", pair) for pair in facts if pair.replace("=", ":").partition(":")[0] not in answers]
    said = [("fact", f"{factor}:{value}") for factor, value in answers.items() if value]
    return f"/practice/{quote(practice.slug)}?{query_string([('city', city), *kept, *said])}#fit"


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
        "city": services.present.city(city),
        "unasked": [
            f"{name}:{'yes' if holds else 'no'}" for name, holds in facts.items() if name not in asked
        ],
    }


def _is_open(status: str) -> bool:
    return status in ("unknown", "contradicted")


def _adopters(services: State, practice: GoodPractice) -> list[Json]:
    _, found = services.networks.adopters(practice.slug, limit=_ADOPTERS)
    return [
        {
            **services.present_networks.adopter(transfer),
            "verdict": services.cities.fit(practice.slug, slug(transfer.city)).verdict,
        }
        for transfer in found
    ]


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
