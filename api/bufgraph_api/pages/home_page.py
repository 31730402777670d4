"""The front page: one question, and the four ways from it."""

from collections import Counter
from typing import Final
from urllib.parse import urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from bufgraph.matching.solutions import WARNING_OUTCOMES
from bufgraph.namespaces import slug
from bufgraph_api.pages.city_names import suggested_names
from bufgraph_api.pages.rendering import interface_root, render
from bufgraph_api.pages.search_form import EXAMPLES, SearchForm
from bufgraph_api.state import Services

_ASKS: Final = "q"


def home_page(request: Request, services: Services) -> Response:
    """Ask for the need; an address of old that has one is sent on to its answer."""
    if request.query_params.get(_ASKS, "").strip():
        query = urlencode(request.query_params.multi_items())
        return RedirectResponse(f"{interface_root(request)}/search?{query}", 303)
    outcomes = Counter(slug(adoption.outcome) for adoption in services.answers.catalogue.adoptions.values())
    counts = services.build.summary()["counts"]
    return render(
        request,
        "home.html",
        form=SearchForm.from_request(request),
        examples=EXAMPLES,
        cities=suggested_names(services.present),
        counts={
            **{name: counts[name] for name in ("practices", "cities", "adoptions", "experts")},
            "setbacks": sum(outcomes[name] for name in WARNING_OUTCOMES),
        },
    )
