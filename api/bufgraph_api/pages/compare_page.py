"""Two to four cities side by side."""

from collections.abc import Sequence
from typing import Annotated, Any, Final

from fastapi import Query, Request
from fastapi.responses import Response

from bufgraph.errors import BufgraphError, InvalidInputError
from bufgraph.localisation.phrases import counted, phrase
from bufgraph.localisation.tongue import Tongue
from bufgraph.model.geography import size_class
from bufgraph.services.city_answers import MAX_COMPARED
from bufgraph_api.errors import status_of
from bufgraph_api.pages.city_form import DEFAULT_INDEX
from bufgraph_api.pages.city_names import meant_cities, not_one_city, suggested_names, unmistakable
from bufgraph_api.pages.city_page import indexes
from bufgraph_api.pages.figures.radar import Radar, radar
from bufgraph_api.pages.forms import query_string
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services, State

_MAX_FIELDS: Final = 8
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
        "names": suggested_names(services.present),
        "found": None,
        "problem": None,
        "suggestions": [],
    }
    if city is None:
        return render(request, "compare.html", **shown)
    try:
        shown["found"] = _comparison(services, typed, shown["index"])
    except BufgraphError as err:
        wrong = err.facts.get("city")
        told = err.message if wrong is None else not_one_city(err, str(wrong))
        mended = {"problem": told, "suggestions": _suggestions(services, typed, shown["index"], wrong)}
        return render(request, "compare.html", status_of(err), **{**shown, **mended})
    named = [
        unmistakable(services, services.answers.catalogue.cities[c["id"]]) for c in shown["found"]["cities"]
    ]
    shown["typed"] = [*named, *[""] * (MAX_COMPARED - len(named))]
    return render(request, "compare.html", **shown, chart=_chart(shown["found"], services.tongue))


def _comparison(services: State, typed: Sequence[str], index: str) -> Json:
    if len(typed) > MAX_COMPARED:
        told = counted(
            "you named {n} city; at most {most} fit side by side, so empty a field",
            "you named {n} cities; at most {most} fit side by side, so empty a field",
            len(typed),
            most=MAX_COMPARED,
        )
        raise InvalidInputError(told, field="city")
    slugs = list(dict.fromkeys(services.answers.find_city(text).slug for text in typed))
    if len(slugs) < 2:
        told = (
            phrase("name one more city to compare with")
            if len(typed) == 1
            else phrase("name at least two different cities to compare")
        )
        raise InvalidInputError(told, field="city")
    found = services.cities.compare(slugs, index=index)
    shown = services.present_cities.comparison(found)
    shared = {ref["id"] for ref in shown["shared_needs"]}
    for city, record, profile in zip(shown["cities"], found.cities, shown["profiles"], strict=True):
        city["profile"] = profile
        city["size_class"] = size_class(record.population)
        city["own_needs"] = [need for need in city.get("needs", []) if need["id"] not in shared]
        city["practices"] = [
            {**tried, "local": services.present.local(tried["id"])} for tried in city.get("practices", ())
        ]
    return shown


def _suggestions(services: State, typed: Sequence[str], index: str, wrong: object) -> list[Json]:
    """Return the cities that may be meant by a name that was not understood, each with the address that has it instead."""
    if wrong is None:
        return []
    chosen = [("index", index)] if index != DEFAULT_INDEX else []
    found = []
    for meant in meant_cities(services, str(wrong)):
        cities = [("city", meant["slug"] if text == wrong else text) for text in typed]
        found.append({**meant, "address": query_string([*cities, *chosen])})
    return found


def _chart(found: Json, tongue: Tongue) -> Radar | None:
    labels = [s["label"] for s in found["profiles"][0]["characteristics"]]
    series = [
        (city["label"], [s.get("score") for s in city["profile"]["characteristics"]])
        for city in found["cities"]
    ]
    return radar(labels, series, tongue)
