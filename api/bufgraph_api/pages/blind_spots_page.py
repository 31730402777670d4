"""What is missing: topics × kinds of places as a table of signs, one cell in words with what to do about it, and the gaps as a list."""

from collections.abc import Sequence
from typing import Annotated, Any, Final, cast, get_args

from fastapi import Query, Request
from fastapi.responses import Response

from bufgraph.analytics.blind_spots import BlindSpot, BlindSpots, Cell, Dimension, Kind
from bufgraph.errors import InvalidInputError, NotFoundError
from bufgraph.localisation.phrases import Phrase, counted, phrase
from bufgraph.namespaces import slug
from bufgraph_api.errors import status_of
from bufgraph_api.pages.figures.matrix import STATES, heading, matrix_figure, state_of
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services, State

TOPICS: tuple[Dimension, ...] = ("domain", "subdomain", "challenge")
PLACES: tuple[Dimension, ...] = ("country", "size")
_DEFAULT: Final[tuple[Dimension, Dimension]] = ("subdomain", "country")
_OF_A_KIND = 12
"""Gaps of a kind that are shown before the reader asks for all."""
_ELSEWHERE = 8
"""Practices elsewhere that are shown of a cell, best proven first."""
KINDS: Final[dict[Kind, tuple[Phrase, Phrase]]] = {
    "no-practice": (
        phrase("No practice anywhere"),
        phrase("Challenges that no recorded practice addresses."),
    ),
    "unmet-need": (
        phrase("Needed here, nobody tried"),
        phrase("A city here has the need, but no practice here is recorded."),
    ),
    "unmeasured": (
        phrase("Tried, but not measured"),
        phrase("Practices ran here, but none has a measured result: nobody can tell whether they work."),
    ),
    "not-here": (
        phrase("Known elsewhere, not here"),
        phrase("Others have practices for it; here none is recorded."),
    ),
}
"""Heading and explanation of each kind of gap."""
Json = dict[str, Any]  # Any: JSON


def blind_spots_page(
    request: Request,
    services: Services,
    by: Annotated[list[str] | None, Query()] = None,
    kind: str = "",
    about: Annotated[str, Query(alias="topic")] = "",
    place_code: Annotated[str, Query(alias="in")] = "",
) -> Response:
    """Where practices are missing or nobody has measured them."""
    problem: InvalidInputError | NotFoundError | None = None
    topic, place = _DEFAULT
    kinds: Sequence[Kind] = get_args(Kind)
    cell = None
    try:
        topic, place = _dimensions(by)
        kinds = _kinds(kind)
        cell = _cell(services, topic, place, about, place_code) if about or place_code else None
    except (InvalidInputError, NotFoundError) as err:
        problem = err
    found = services.networks.blind_spots((topic, place))
    matrix = matrix_figure(topic, place, services.networks.coverage((topic, place)), services.present)
    return render(
        request, "blind_spots.html", status_of(problem) if problem else 200,
        topic=topic, place=place, topics=TOPICS, places=PLACES, problem=problem, only=kind if len(kinds) == 1 else "", kinds=KINDS,
        matrix=matrix, states=STATES, cell=cell, unknown=found.unknown,
        groups=[_group(services, found, k, whole=len(kinds) == 1) for k in kinds],
    )  # fmt: skip


def _dimensions(by: Sequence[str] | None) -> tuple[Dimension, Dimension]:
    chosen = by or _DEFAULT
    topics = [d for d in TOPICS if d in chosen]
    places = [d for d in PLACES if d in chosen]
    if len(chosen) != 2 or len(topics) != 1 or len(places) != 1:
        raise InvalidInputError(
            phrase(
                "the table is asked for by '{chosen}'; choose one of {topics} and one of {places}",
                chosen=", ".join(chosen), topics=", ".join(TOPICS), places=", ".join(PLACES),
            ),
            field="by",
        )  # fmt: skip
    return topics[0], places[0]


def _kinds(kind: str) -> Sequence[Kind]:
    known = get_args(Kind)
    if kind and kind not in known:
        raise InvalidInputError(
            phrase("unknown kind '{kind}'; choose from {known}", kind=kind, known=", ".join(known)),
            field="kind",
        )
    return (cast(Kind, kind),) if kind else known


def _cell(services: State, topic: Dimension, place: Dimension, about: str, code: str) -> Json:
    """Return one cell in words: what is recorded here, what others have, and which challenges it is about.

    Raises:
        NotFoundError: The table has no such cell.
    """
    found = next(
        (
            cell
            for cell in services.networks.coverage((topic, place))
            if slug(cell.key[topic]) == about and cell.key[place] == code
        ),
        None,
    )
    if found is None or "/" not in found.key[topic]:
        raise NotFoundError(
            phrase("the table has no cell '{topic}' in '{place}'", topic=about, place=code), kind="cell"
        )
    present, levels = services.present, services.networks.levels
    catalogue, here = present.catalogue, set(found.practices)
    challenges = [
        c.id for c in catalogue.challenges if found.key[topic] in (c.id, *catalogue.ancestors(c.id))
    ]
    elsewhere = {
        p.id for iri in challenges for p in catalogue.practices_by_challenge.get(iri, ()) if p.id not in here
    }
    best = sorted(elsewhere, key=lambda iri: (-levels[iri], iri))
    return {
        "topic": heading(topic, found.key[topic], present),
        "place": heading(place, code, present),
        "state": state_of(found),
        "cell": found,
        "needing": [present.ref(iri) for iri in found.needing],
        "here": [_brief(services, iri) for iri in sorted(here, key=lambda iri: (-levels[iri], iri))],
        "elsewhere": [_brief(services, iri) for iri in best[:_ELSEWHERE]],
        "more": len(best) - _ELSEWHERE,
        "challenges": sorted(
            map(present.ref, challenges), key=lambda ref: present.tongue.order(ref["label"])
        ),
    }


def _brief(services: State, iri: str) -> Json:
    return {
        **services.present.ref(iri),
        **services.present.practice_brief(services.present.catalogue.practices[iri]),
    }


def _group(services: State, found: BlindSpots, kind: Kind, *, whole: bool) -> Json:
    spots = [spot for spot in found.spots if spot.kind == kind]
    shown = spots if whole else spots[:_OF_A_KIND]
    return {"kind": kind, "total": len(spots), "spots": [_spot(services, spot) for spot in shown]}


def _spot(services: State, spot: BlindSpot) -> Json:
    shown = services.present_networks.blind_spot(spot)
    shown["headings"] = [
        {"label": heading(d, value, services.present).label, "href": _address(value)}
        for d, value in spot.cell.key.items()
    ]
    shown["missing"] = _missing(spot.kind, spot.cell)
    return shown


def _missing(kind: Kind, cell: Cell) -> list[Phrase]:
    """Return what a cell lacks, as sentences."""
    told = []
    if kind == "unmeasured":
        told.append(
            counted("{n} practice here, without a measured result.", "{n} practices here, none with a measured result.", len(cell.practices))
        )  # fmt: skip
    if kind != "no-practice":
        told.append(
            counted("{n} practice elsewhere, {measured} with a measured result.", "{n} practices elsewhere, {measured} with a measured result.",
                    cell.practices_elsewhere, measured=cell.measured_elsewhere)
        )  # fmt: skip
    if kind in ("no-practice", "not-here"):
        told.append(
            counted(
                "{n} city is known to need it.", "{n} cities are known to need it.", cell.needing_anywhere
            )
        )
    return told


def _address(value: str) -> str | None:
    """Return the page of a topic: a challenge has its own, those above stand in the list of challenges."""
    if "/" not in value:
        return None
    return f"/challenge/{slug(value)}" if "/challenge/" in value else f"/challenges#{slug(value)}"
