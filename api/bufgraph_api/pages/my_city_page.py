"""The way to the page of one's own city."""

from dataclasses import replace

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from bufgraph.errors import BufgraphError
from bufgraph_api.errors import status_of
from bufgraph_api.pages.city_names import Json, cities_by_country, meant_cities, not_one_city, suggested_names
from bufgraph_api.pages.rendering import interface_root, render
from bufgraph_api.pages.shortlist_form import ShortlistForm
from bufgraph_api.state import Services


def my_city_page(request: Request, services: Services, city: str = "") -> Response:
    """A field for the name of a city, which leads to its page; the cities by country below."""
    typed, kept = city.strip(), replace(ShortlistForm.from_request(request), city="")
    shown: Json = {
        "typed": typed,
        "kept": kept.pairs(),
        "names": suggested_names(services.present),
        "groups": cities_by_country(services, services.answers.catalogue.cities.values()),
        "problem": None,
        "suggestions": [],
    }
    if not typed:
        return render(request, "my_city.html", **shown)
    try:
        found = services.answers.find_city(typed)
    except BufgraphError as err:
        mended: Json = {"problem": not_one_city(err, typed), "suggestions": meant_cities(services, typed)}
        return render(request, "my_city.html", status_of(err), **{**shown, **mended})
    address = kept.address(f"{interface_root(request)}/city/{found.slug}")
    return RedirectResponse(address, status_code=303)
