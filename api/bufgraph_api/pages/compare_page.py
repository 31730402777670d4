"""Two to four cities side by side."""

from typing import Annotated, Any

from fastapi import Query, Request
from fastapi.responses import Response

from bufgraph.errors import BufgraphError, InvalidInputError
from bufgraph.model.geography import size_class
from bufgraph.services.city_answers import MAX_COMPARED
from bufgraph_api.errors import status_of
from bufgraph_api.pages.city_page import DEFAULT_INDEX, describe, indexes
from bufgraph_api.pages.forms import city_names
from bufgraph_api.pages.radar import Radar, radar
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services, State

_MAX_FIELDS = 8
"""Fields that are shown again with what was typed into them, so that one too many can be taken out."""
Json = dict[str, Any]  # Any: JSON


def compare_page(
    request: Request,
    services: Services,
    city: Annotated[list[str] | None, Query()] = None,
    index: str = "",
) -> Response:
    """Two to four cities side by side; without any, the form."""
    typed = [text.strip() for text in city or [] if text.strip()]
    shown: Json = {
        "typed": [*typed, *[""] * MAX_COMPARED][: max(MAX_COMPARED, min(len(typed), _MAX_FIELDS))],
        "index": index or DEFAULT_INDEX,
        "indexes": indexes(services),
        "names": city_names(services.answers.catalogue),
        "found": None,
        "problem": None,
    }
    if city is None:
        return render(request, "compare.html", **shown)
    try:
        shown["found"] = _comparison(services, typed, shown["index"])
    except BufgraphError as err:
        return render(request, "compare.html", status_of(err), **{**shown, "problem": err.message})
    return render(request, "compare.html", **shown, chart=_chart(shown["found"]))


def _comparison(services: State, typed: list[str], index: str) -> Json:
    if len(typed) > MAX_COMPARED:
        raise InvalidInputError(
            f"you named {len(typed)} cities; at most {MAX_COMPARED} fit side by side, so empty a field",
            field="city",
        )
    slugs = list(dict.fromkeys(services.answers.find_city(text).slug for text in typed))
    if len(slugs) < 2:
        raise InvalidInputError(
            "name at least two different cities to compare"
            if len(typed) != 1
            else "name one more city to compare with",
            field="city",
        )
    found = services.cities.compare(slugs, index=index)
    shown = services.present_cities.comparison(found)
    shared = {ref["id"] for ref in shown["shared_needs"]}
    for city, record, profile in zip(shown["cities"], found.cities, shown["profiles"], strict=True):
        city["profile"] = profile
        city["size_class"] = size_class(record.population)
        city["own_needs"] = [need for need in city.get("needs", []) if need["id"] not in shared]
    return shown


def _chart(found: Json) -> Radar | None:
    labels = [s["label"] for s in found["profiles"][0]["characteristics"]]
    series = [
        (city["label"], [s.get("score") for s in city["profile"]["characteristics"]])
        for city in found["cities"]
    ]
    return radar(labels, series, description=describe(labels, series))
