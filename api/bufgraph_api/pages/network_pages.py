"""Many cities at once: who could act together, who learned from whom."""

from typing import Any

from fastapi import Request
from fastapi.responses import Response

from bufgraph.analytics.network import transfer_network
from bufgraph.errors import BufgraphError
from bufgraph.localisation.phrases import phrase
from bufgraph.matching.pooling import MAX_CITIES, MIN_CITIES, PooledDemand, PoolFilters
from bufgraph.namespaces import concept
from bufgraph_api.errors import status_of
from bufgraph_api.pages.figures.network import network_figure
from bufgraph_api.pages.forms import city_names, whole_number
from bufgraph_api.pages.rendering import render
from bufgraph_api.pages.vendored import LAND, vendored
from bufgraph_api.state import Services, State

_OWN_RECORD = "related"
"""Stands for a role where an organisation's own record names the practice."""
_POOLS, _NETWORK, _COMMUNITIES = 10, 10, 8
Json = dict[str, Any]  # Any: JSON


def pools_page(
    request: Request,
    services: Services,
    challenge: str = "",
    country: str = "",
    city: str = "",
    min_cities: str = "",
) -> Response:
    """Groups of cities that could buy or try a solution together."""
    catalogue = services.answers.catalogue
    shown: Json = {
        "form": {"challenge": challenge, "country": country, "city": city, "min_cities": min_cities},
        "challenges": sorted(
            (services.present.ref(c.id) for c in catalogue.challenges),
            key=lambda ref: services.tongue.order(ref["label"]),
        ),
        "countries": sorted(
            {c.country_code for c in catalogue.cities.values()}, key=services.tongue.country_order
        ),
        "cities": city_names(catalogue),
        "smallest": (MIN_CITIES, MAX_CITIES),
        "groups": [],
        "problem": None,
    }
    try:
        asked = services.answers.find_city(city).slug if city.strip() else None
        least = whole_number(min_cities, "min_cities")
        filters = PoolFilters(
            challenge or None, country or None, asked, MIN_CITIES if least is None else least
        )
        found = services.networks.pooled(filters, limit=_POOLS + 1)
    except BufgraphError as err:
        return render(
            request, "pools.html", status_of(err), **{**shown, "problem": err.message, "more": False}
        )
    shown["groups"] = [_group(services, group) for group in found[:_POOLS]]
    return render(request, "pools.html", **shown, more=len(found) > _POOLS)


def _group(services: State, group: PooledDemand) -> Json:
    shown = services.present_networks.pooled(group)
    for expert in shown["experts"]:
        for part in expert["roles"]:
            is_role = part["role"] != _OWN_RECORD
            part["label"] = (
                services.present.label(concept("role", part["role"])) if is_role else phrase("Related")
            )
    return shown


def network_page(request: Request, services: Services) -> Response:
    """Who learned from whom."""
    networks, present = services.networks, services.present_networks
    spread, figures = networks.most_spread(limit=_NETWORK)
    communities = networks.communities()
    return render(
        request,
        "network.html",
        picture=network_figure(transfer_network(networks.catalogue), services.present),
        land=next((file.url for file in vendored(LAND)), ""),
        pioneers=[present.pioneer(found) for found in networks.pioneers(limit=_NETWORK)],
        bridges=[present.bridge(found) for found in networks.bridges(limit=_NETWORK)],
        spread=[present.spread(found) for found in spread],
        figures_of_all=present.figures(figures),
        communities=[present.community(found) for found in communities.communities[:_COMMUNITIES]],
        about_communities={
            "number": len(communities.communities),
            "modularity": communities.modularity,
            "by_components": communities.by_components,
            "unknown": communities.unknown,
        },
    )
