"""Lists of all records of a kind."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response

from bufgraph.namespaces import slug
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services

Json = dict[str, Any]  # Any: JSON


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
    anchors: dict[str, str] = {}
    for challenge in sorted(catalogue.challenges, key=lambda c: c.label):
        subdomain, domain = (*catalogue.ancestors(challenge.id), "", "")[:2]
        known = len(catalogue.practices_by_challenge.get(challenge.id, ()))
        entry = {**services.present.ref(challenge.id), "practices": known}
        anchors |= {catalogue.concept_label(iri): slug(iri) for iri in (subdomain, domain)}
        groups.setdefault(catalogue.concept_label(domain), {}).setdefault(
            catalogue.concept_label(subdomain), []
        ).append(entry)
    return render(request, "challenges.html", groups=dict(sorted(groups.items())), anchors=anchors)


def experts_page(request: Request, services: Services) -> Response:
    """All expert organisations by helix."""
    groups: dict[str, list[Json]] = {}
    for expert in sorted(services.answers.catalogue.experts.values(), key=lambda e: e.name.lower()):
        groups.setdefault(slug(expert.helix), []).append(
            {**services.present.ref(expert.id), "country": expert.country_code, "text": expert.text}
        )
    return render(request, "experts.html", groups=dict(sorted(groups.items())))
