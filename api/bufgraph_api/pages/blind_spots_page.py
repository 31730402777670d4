"""What is missing: topics × kinds of cities as a table, and the gaps as a list."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Any, cast, get_args

from fastapi import Query, Request
from fastapi.responses import Response

from bufgraph.analytics.blind_spots import BlindSpot, BlindSpots, Dimension, Kind
from bufgraph.errors import InvalidInputError
from bufgraph.model import Catalogue
from bufgraph.namespaces import slug
from bufgraph_api.errors import status_of
from bufgraph_api.pages.rendering import render
from bufgraph_api.pages.words import COUNTRIES, SIZES
from bufgraph_api.state import Services, State

TOPICS: tuple[Dimension, ...] = ("domain", "subdomain", "challenge")
PLACES: tuple[Dimension, ...] = ("country", "size")
_OF_A_KIND = 12
"""Gaps of a kind that are shown before the reader asks for all."""
Json = dict[str, Any]  # Any: JSON


def blind_spots_page(
    request: Request,
    services: Services,
    by: Annotated[list[str] | None, Query()] = None,
    kind: str = "",
) -> Response:
    """Where practices are missing or nobody has measured them."""
    problem: InvalidInputError | None = None
    try:
        topic, place = _dimensions(by)
        kinds = _kinds(kind)
    except InvalidInputError as err:
        problem, (topic, place), kinds = err, ("domain", "country"), get_args(Kind)
    found = services.networks.blind_spots((topic, place))
    return render(
        request, "blind_spots.html", status_of(problem) if problem else 200,
        topic=topic, place=place, topics=TOPICS, places=PLACES, problem=problem, only=kind if len(kinds) == 1 else "",
        table=_table(services, topic, place, found), groups=[_group(services, found, k, whole=len(kinds) == 1) for k in kinds],
        unknown=found.unknown,
    )  # fmt: skip


def _dimensions(by: Sequence[str] | None) -> tuple[Dimension, Dimension]:
    chosen = by or ("domain", "country")
    topics = [d for d in TOPICS if d in chosen]
    places = [d for d in PLACES if d in chosen]
    if len(chosen) != 2 or len(topics) != 1 or len(places) != 1:
        raise InvalidInputError(
            f"the table is asked for by '{', '.join(chosen)}'; choose one of {', '.join(TOPICS)} and one of {', '.join(PLACES)}",
            field="by",
        )
    return topics[0], places[0]


def _kinds(kind: str) -> Sequence[Kind]:
    known = get_args(Kind)
    if kind and kind not in known:
        raise InvalidInputError(f"unknown kind '{kind}'; choose from {', '.join(known)}", field="kind")
    return (cast(Kind, kind),) if kind else known


def _table(services: State, topic: Dimension, place: Dimension, found: BlindSpots) -> Json:
    """Return rows and columns of cells; the dimension with more values lies in the rows, for screens are narrow."""
    catalogue = services.answers.catalogue
    cells: dict[tuple[str, str], Json] = {
        (c.key[topic], c.key[place]): {
            "practices": len(c.practices), "measured": c.measured, "failures": c.failures, "cities": c.cities, "elsewhere": c.practices_elsewhere, "gap": "",
        }
        for c in services.networks.coverage((topic, place))
    }  # fmt: skip
    for spot in found.spots:
        if spot.kind != "no-practice":
            cells[spot.cell.key[topic], spot.cell.key[place]]["gap"] = spot.kind
    headings = {
        topic: [
            _heading(topic, value, catalogue)
            for value in _in_order(topic, {key[0] for key in cells}, catalogue)
        ],
        place: [
            _heading(place, value, catalogue)
            for value in _in_order(place, {key[1] for key in cells}, catalogue)
        ],
    }
    across, down = sorted((topic, place), key=lambda d: (len(headings[d]), d))
    rows = [
        {
            **row,
            "cells": [
                cells[(row["value"], column["value"]) if down == topic else (column["value"], row["value"])]
                for column in headings[across]
            ],
        }
        for row in headings[down]
    ]
    return {"down": down, "across": across, "columns": headings[across], "rows": rows}


def _in_order(dimension: Dimension, values: set[str], catalogue: Catalogue) -> list[str]:
    """Return sizes from small to large, all else by its name."""
    if dimension == "size":
        return sorted(values, key=lambda v: list(SIZES).index(v))
    return sorted(values, key=lambda v: (_label(dimension, v, catalogue), v))


def _label(dimension: Dimension, value: str, catalogue: Catalogue) -> str:
    if "/" in value:
        return catalogue.concept_label(value)
    return {"size": SIZES, "country": COUNTRIES}.get(dimension, {}).get(value, value)


def _heading(dimension: Dimension, value: str, catalogue: Catalogue) -> Json:
    return {
        "value": value,
        "label": _label(dimension, value, catalogue),
        "code": value if dimension == "country" else "",
        "href": _address(value),
    }


def _address(value: str) -> str | None:
    """Return the page of a topic: a challenge has its own, those above stand in the list of challenges."""
    if "/" not in value:
        return None
    return f"/challenge/{slug(value)}" if "/challenge/" in value else f"/challenges#{slug(value)}"


def _group(services: State, found: BlindSpots, kind: Kind, *, whole: bool) -> Json:
    spots = [spot for spot in found.spots if spot.kind == kind]
    shown = spots if whole else spots[:_OF_A_KIND]
    return {"kind": kind, "total": len(spots), "spots": [_spot(services, spot) for spot in shown]}


def _spot(services: State, spot: BlindSpot) -> Json:
    catalogue = services.answers.catalogue
    shown = services.present_networks.blind_spot(spot)
    values: Mapping[Dimension, str] = spot.cell.key
    shown["headings"] = [_heading(d, value, catalogue) for d, value in values.items()]
    # The reason names its cell first; on the page that is a heading with links.
    named = ", ".join(catalogue.concept_label(v) if "/" in v else v for v in values.values())
    shown["missing"] = spot.reason.removeprefix(f"{named}: ")
    return shown
