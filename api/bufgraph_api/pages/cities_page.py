"""All cities by country, or those of a name."""

from fastapi import Request
from fastapi.responses import Response

from bufgraph_api.pages.city_names import cities_by_country, cities_named
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services


def cities_page(request: Request, services: Services, q: str = "") -> Response:
    """All cities by country, or those of a name."""
    catalogue = services.answers.catalogue
    wanted = q.strip()
    found = cities_named(catalogue, wanted) if wanted else list(catalogue.cities.values())
    return render(
        request, "cities.html", q=wanted, found=len(found), groups=cities_by_country(services, found)
    )
