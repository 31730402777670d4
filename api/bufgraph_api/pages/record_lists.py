"""Lists of all records of a kind."""

from collections.abc import Iterable, Iterator
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from bufgraph.namespaces import slug
from bufgraph_api.pages.list_filter import ListFilter
from bufgraph_api.pages.paging import Paging
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services, State

Json = dict[str, Any]  # Any: JSON
Entry = tuple[str, Json]
"""Name of a group, and one record in it."""


def practices_page(request: Request, services: Services, q: str = "", page: int = 1) -> Response:
    """Practices by subdomain of their main challenge, a page of them."""
    wanted = ListFilter(q)
    groups = _grouped(_practices(services, wanted), services)
    found = sum(map(len, groups.values()))
    paging = Paging.of("/practices", wanted.typed, page, found)
    return render(
        request,
        "practices.html",
        parts=paging.cut(groups),
        found=found,
        paging=paging,
        asked=wanted,
        all=len(services.answers.catalogue.practices),
    )


def _practices(services: State, wanted: ListFilter) -> Iterator[Entry]:
    catalogue, present, tongue = services.answers.catalogue, services.present, services.tongue
    for practice in catalogue.practices.values():
        parent = next(iter(catalogue.concepts[practice.main_challenge].broader), "")
        brief, local, group = (
            present.practice_brief(practice),
            present.local(practice.id),
            present.label(parent),
        )
        where = brief["origin"]
        told = (local["title"], local["solution"]) if local else ()
        places = (where["label"], tongue.country(where["country"]))
        if wanted.keeps(practice.title, practice.summary, group, *places, *told):
            yield group, {**present.ref(practice.id), **brief, "local": local}


def challenges_page(request: Request, services: Services, q: str = "") -> Response:
    """All challenges by domain and subdomain."""
    catalogue, present, wanted = services.answers.catalogue, services.present, ListFilter(q)
    groups: dict[str, list[Entry]] = {}
    anchors: dict[str, str] = {}
    for challenge in catalogue.challenges:
        subdomain, domain = (*catalogue.ancestors(challenge.id), "", "")[:2]
        names = present.label(domain), present.label(subdomain)
        known = len(catalogue.practices_by_challenge.get(challenge.id, ()))
        entry = {**present.ref(challenge.id), "practices": known}
        if wanted.keeps(
            entry["label"], *names, challenge.label, *challenge.alt_label.get(services.tongue.code, ())
        ):
            anchors |= {names[0]: slug(domain), names[1]: slug(subdomain)}
            groups.setdefault(names[0], []).append((names[1], entry))
    shown = {
        domain: _grouped(groups[domain], services) for domain in sorted(groups, key=services.tongue.order)
    }
    return render(
        request,
        "challenges.html",
        groups=shown,
        anchors=anchors,
        asked=wanted,
        all=len(catalogue.challenges),
    )


def experts_page(request: Request, services: Services, q: str = "") -> Response:
    """All expert organisations by helix."""
    wanted, experts = ListFilter(q), services.answers.catalogue.experts
    return render(
        request,
        "experts.html",
        groups=_grouped(_experts(services, wanted), services),
        asked=wanted,
        all=len(experts),
    )


def _experts(services: State, wanted: ListFilter) -> Iterator[Entry]:
    present, tongue = services.present, services.tongue
    for expert in services.answers.catalogue.experts.values():
        group, country = present.label(expert.helix), tongue.country(expert.country_code or "")
        knows = [present.label(iri) for iri in expert.expertise]
        if wanted.keeps(expert.name, expert.text, group, country, *knows):
            yield (
                group,
                {
                    **present.ref(expert.id),
                    "country": expert.country_code,
                    "text": expert.text,
                    "knows": knows,
                },
            )


def _grouped(entries: Iterable[Entry], services: State) -> dict[str, list[Json]]:
    """Return entries by group, both in the order of the alphabet."""
    groups: dict[str, list[Json]] = {}
    for group, entry in entries:
        groups.setdefault(group, []).append(entry)
    order = services.tongue.order
    return {
        group: sorted(groups[group], key=lambda entry: order(_name(entry)))
        for group in sorted(groups, key=order)
    }


def _name(entry: Json) -> str:
    local = entry.get("local")
    return str(local["title"] if local else entry["label"])
