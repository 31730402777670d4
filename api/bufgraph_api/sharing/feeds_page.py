"""The page that lists all feeds and says what a feed is."""

from collections.abc import Callable, Iterable
from typing import Any

from fastapi import Request
from fastapi.responses import Response

from bufgraph_api.pages.rendering import render
from bufgraph_api.sharing.feeds import (
    FeedAddress,
    feed_of_all,
    feed_of_challenge,
    feed_of_city,
    feed_of_domain,
)
from bufgraph_api.state import Services, State

Json = dict[str, Any]  # Any: JSON


def feeds_page(request: Request, services: Services) -> Response:
    """All feeds in plain words."""
    return render(
        request,
        "feeds.html",
        all=feed_of_all(),
        domains=_domains(services),
        countries=_countries(services),
    )


def _domains(services: State) -> list[Json]:
    """Return the domains by name, each with its subdomains and the challenges in them."""
    catalogue, by_label = services.answers.catalogue, _by_label(services)
    groups: dict[str, dict[str, list[Json]]] = {}
    for challenge in catalogue.challenges:
        above = catalogue.ancestors(challenge.id)
        if len(above) >= 2:
            subdomain, domain = above[:2]
            known = len(catalogue.practices_by_challenge.get(challenge.id, ()))
            entry = _entry(services, challenge.id, feed_of_challenge(challenge.id, challenge.label), known)
            groups.setdefault(domain, {}).setdefault(subdomain, []).append(entry)
    return by_label(
        {
            **_entry(services, domain, feed_of_domain(domain, catalogue.concept_label(domain))),
            "subdomains": by_label(
                {
                    **_entry(services, iri, feed_of_domain(iri, catalogue.concept_label(iri))),
                    "challenges": by_label(challenges),
                }
                for iri, challenges in subdomains.items()
            ),
        }
        for domain, subdomains in groups.items()
    )


def _countries(services: State) -> list[Json]:
    """Return the countries by name, each with its cities."""
    catalogue, by_label = services.answers.catalogue, _by_label(services)
    groups: dict[str, list[Json]] = {}
    for city in catalogue.cities.values():
        known = len({a.practice for a in catalogue.adoptions_by_place.get(city.id, ())})
        entry = _entry(services, city.id, feed_of_city(city.id, city.label), known)
        groups.setdefault(city.country_code, []).append(entry)
    return by_label(
        {"label": services.tongue.country(code), "cities": by_label(cities)}
        for code, cities in groups.items()
    )


def _entry(services: State, iri: str, feed: FeedAddress, practices: int | None = None) -> Json:
    return {"label": services.present.label(iri), "path": feed.path, "practices": practices}


def _by_label(services: State) -> Callable[[Iterable[Json]], list[Json]]:
    return lambda entries: sorted(entries, key=lambda entry: services.tongue.order(entry["label"]))
