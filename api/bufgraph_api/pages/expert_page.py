"""One expert organisation."""

from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services, State

_CASES: Final = 8
Json = dict[str, Any]  # Any: JSON


def expert_page(request: Request, services: Services, name: str) -> Response:
    """One expert organisation, with what it could help with."""
    shown = services.present.expert(services.answers.catalogue.expert(name))
    for role in shown.get("roles", ()):
        role["practice"] = with_local(services, role["practice"])
    shown["related_practices"] = [with_local(services, p) for p in shown.get("related_practices", ())]
    return render(request, "expert.html", expert=shown, mentor=mentor(services, name, limit=_CASES))


def mentor(services: State, name: str, *, limit: int) -> Json:
    """Return what an organisation could help with, as pages show it.

    Raises:
        NotFoundError: No such organisation, or one that stands for a kind of them.
    """
    found = services.present_networks.mentor(services.networks.cases_for(name, limit=limit))
    found["cases"] = [with_local(services, case) for case in found["cases"]]
    return found


def with_local(services: State, practice: Json) -> Json:
    """Return a reference to a practice with its title in the language of the page, where it has one."""
    return {**practice, "local": services.present.local(practice["id"])}
