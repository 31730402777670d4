"""Journey "I know something": a text or an organisation in; needs of cities, cases in trouble and others who know it out."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from bufgraph.errors import BufgraphError, NotFoundError
from bufgraph.localisation.phrases import phrase
from bufgraph.matching.mentoring import Case, OpenNeed
from bufgraph.namespaces import slug
from bufgraph.search.query import Corrections
from bufgraph.services.know_answers import answer_knowledge
from bufgraph.services.presentation import Presenter
from bufgraph_api.errors import status_of
from bufgraph_api.pages.expert_page import mentor, with_local
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services, State

EXAMPLES: Final = (
    phrase("We cut the heat loss of a housing estate from the 1970s and kept the rents stable"),
    phrase("I ran participatory budgeting with pupils for three years"),
    phrase("Our utility heats half the town with waste heat and heat pumps"),
)
"""What a person may know."""
_CASES: Final = 12
_CITIES: Final = 10
Json = dict[str, Any]  # Any: JSON


def know_page(request: Request, services: Services, q: str = "", org: str = "") -> Response:
    """What a person or an organisation knows, matched with those who need it."""
    text, typed = q.strip(), org.strip()
    shown: Json = {
        "q": text,
        "org": typed,
        "examples": EXAMPLES,
        "organisations": organisation_names(services.present),
        "answer": None,
        "mentor": None,
        "problem": None,
        "meant": [],
    }
    try:
        if typed:
            shown["mentor"] = _of_organisation(services, typed)
        elif text:
            shown["answer"] = _of_text(
                services, text, Corrections(preferred=request.scope.get("interface_language"))
            )
    except BufgraphError as err:
        return render(request, "know.html", status_of(err), **{**shown, **_mended(services, typed, err)})
    return render(request, "know.html", **shown)


@lru_cache(maxsize=32)
def organisation_names(present: Presenter) -> list[str]:
    """Return the names of all organisations of which something is known, for a field that suggests them."""
    catalogue = present.catalogue
    known = (
        o.name
        for o in catalogue.organisations.values()
        if not o.is_generic and (o.id in catalogue.experts or o.id in catalogue.roles_by_organisation)
    )
    return sorted(set(known), key=present.tongue.order)


def _of_organisation(services: State, typed: str) -> Json:
    """Return what an organisation could help with, the needs by city, with the practices that it took part in.

    Raises:
        NotFoundError: No organisation is called so.
    """
    organisation = services.networks.find_organisation(typed)
    catalogue, present = services.answers.catalogue, services.present
    found = mentor(services, organisation.slug, limit=_CASES)
    return {
        **found,
        "slug": organisation.slug if organisation.id in catalogue.experts else "",
        "roles": [
            {
                "practice": with_local(services, present.ref(a.practice)),
                "role": slug(role),
                "outcome": slug(a.outcome),
            }
            for a, role in catalogue.roles_by_organisation.get(organisation.id, ())
        ],
        "cities": _by_city(found["needs"]),
    }


def _of_text(services: State, text: str, corrections: Corrections) -> Json:
    found = answer_knowledge(services.build, text, corrections=corrections)
    present = services.present
    return {
        "chips": [chip for chip in present.chips(found.understood) if chip["kind"] == "concept"],
        "cities": _by_city(_needs(services, found.needs)),
        "cases": [_case(services, case) for case in found.cases],
        "experts": [_expert(services, present.expert_match(match)) for match in found.experts],
        "suggestions": [present.ref(iri) for iri in found.suggestions],
        "weak": found.weak,
        "unread": found.unread,
    }


def _needs(services: State, needs: Sequence[OpenNeed]) -> list[Json]:
    return [services.present_networks.open_need(need) for need in needs]


def _by_city(needs: Sequence[Json]) -> list[Json]:
    """Return needs under their cities, the city with the best one first."""
    cities: dict[str, Json] = {}
    for need in needs:
        city = cities.setdefault(need["city"]["id"], {**need["city"], "needs": []})
        city["needs"].append(need)
    return list(cities.values())[:_CITIES]


def _case(services: State, case: Case) -> Json:
    return with_local(services, services.present_networks.case(case))


def _expert(services: State, told: Json) -> Json:
    for deed in told.get("deeds", []):
        deed["practice"] = with_local(services, deed["practice"])
    return told


def _mended(services: State, typed: str, err: BufgraphError) -> Json:
    """Return what went wrong, with the organisations that may be meant."""
    meant = err.facts.get("suggestions", ()) if isinstance(err, NotFoundError) and typed else ()
    return {"problem": err.message, "meant": meant}
