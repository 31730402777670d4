"""Who learned from whom, drawn where the cities lie."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from math import atan2, cos, hypot, pi, sin, sqrt
from typing import Any, Final

import networkx as nx

from bufgraph.localisation.phrases import Phrase, counted
from bufgraph.services.presentation import Presenter
from bufgraph_api.pages.figures.geometry import Point, points
from bufgraph_api.pages.geometry import Box, Frame, Room, beside, frame_around, project, region_frame

Json = dict[str, Any]  # Any: JSON
WIDTH: Final = 480
MOST_CITIES: Final = 40
_ON_ITS_OWN: Final = "replicated"
"""Relation of a city that took something over on its own; the others joined a common programme."""
_SMALLEST, _GROWTH = 4.5, 2.4
"""Radius of a city from which nobody took over anything; what the square root of the number of takers adds."""
_APART, _ROUNDS = 3.0, 80
"""Free space between two cities, for which they are moved a little; at most so often."""
_BEND: Final = 0.16
"""How far a way leaves the straight line, as a share of its length: there and back are two ways."""
_TYPE_SIZE, _LETTER = 17.0, 0.56
"""Size of the names on a phone, and the mean width of a letter as a share of it."""
_HEAD, _HALF_HEAD = 9.0, 0.42
"""Length of an arrowhead, and half its angle in radians."""


@dataclass(frozen=True, slots=True)
class Node:
    """A city; ``takers`` of the cities shown took something over from it. ``label_at`` is None where no room is left for its name."""

    city: Json
    at: Point
    radius: float
    takers: int
    label_at: Point | None
    anchor: str


@dataclass(frozen=True, slots=True)
class Way:
    """From a city to one that took something over: a curve and an arrowhead.

    Attributes:
        is_own: Whether the city took something over on its own; else it joined the same programme as a partner.
    """

    path: str
    head: str
    is_own: bool
    source: Json
    adopter: Json
    practices: tuple[Json, ...]


@dataclass(frozen=True, slots=True)
class NetworkFigure:
    """The picture; ``scale``, ``left`` and ``top`` lead from the plane of the maps to it."""

    height: int
    scale: float
    left: float
    top: float
    nodes: tuple[Node, ...]
    ways: tuple[Way, ...]
    summary: tuple[Phrase, ...]


def network_figure(transfers: nx.DiGraph, present: Presenter) -> NetworkFigure | None:
    """Return the cities that most others learned from, with those that did, or None when no transfer is recorded.

    Args:
        transfers: See :func:`bufgraph.analytics.network.transfer_network`.
    """
    catalogue = present.catalogue
    region = region_frame()
    on_the_map = {
        iri: point
        for iri in transfers
        if (city := catalogue.cities[iri]).longitude is not None
        and city.latitude is not None
        and region.holds(point := project(city.longitude, city.latitude))
    }
    shown = transfers.subgraph(_strongest(transfers.subgraph(on_the_map)))
    if not shown.number_of_edges():
        return None
    cities = sorted(shown, key=lambda iri: (-shown.out_degree(iri), -shown.in_degree(iri), iri))
    frame = frame_around([on_the_map[iri] for iri in cities])
    scale = WIDTH / frame.width
    radii = {iri: _SMALLEST + _GROWTH * sqrt(shown.out_degree(iri)) for iri in cities}
    at = _moved_apart({iri: _onto(frame, scale, on_the_map[iri]) for iri in cities}, radii)
    ways = tuple(
        _way(at[a], at[b], radii[b], edge, present.place(a), present.place(b), present)
        for a, b, edge in sorted(
            shown.edges(data=True), key=lambda e: (cities.index(e[0]), cities.index(e[1]))
        )
    )
    return NetworkFigure(
        round(frame.height * scale), scale, frame.left, frame.top, _nodes(cities, at, radii, shown, present), ways,
        (
            counted("{n} city is shown.", "{n} cities are shown.", len(cities)),
            counted(
                "{n} city took over what another one of them began.",
                "{n} cities took over what another one of them began.",
                sum(degree > 0 for _, degree in shown.in_degree()),
            ),
            counted(
                "{n} city learned from {city}.",
                "{n} cities learned from {city}.",
                shown.out_degree(cities[0]),
                city=present.place(cities[0])["label"],
            ),
        ),
    )  # fmt: skip


def _strongest(transfers: nx.DiGraph) -> set[str]:
    """Return the cities from which most others learned on their own, each with those that did, as long as there is room."""
    own = Counter(source for source, _, edge in transfers.edges(data=True) if _is_own(edge))
    chosen: set[str] = set()
    for iri in sorted(transfers, key=lambda iri: (-own[iri], -transfers.out_degree(iri), iri)):
        group = {iri, *transfers.successors(iri)}
        if len(group) > 1 and len(chosen | group) <= MOST_CITIES:
            chosen |= group
    return chosen


def _is_own(edge: Mapping[str, Iterable[str]]) -> bool:
    return _ON_ITS_OWN in edge["relations"]


def _onto(frame: Frame, scale: float, point: Point) -> Point:
    return (point[0] - frame.left) * scale, (point[1] - frame.top) * scale


def _moved_apart(at: Mapping[str, Point], radii: Mapping[str, float]) -> dict[str, Point]:
    """Move cities that would cover each other apart, each by half of what is missing, until none does."""
    moved = dict(at)
    for _ in range(_ROUNDS):
        is_still = True
        for one, other in combinations(moved, 2):
            (x0, y0), (x1, y1) = moved[one], moved[other]
            missing = radii[one] + radii[other] + _APART - hypot(x1 - x0, y1 - y0)
            if missing > 0.1:
                angle = atan2(y1 - y0, x1 - x0)
                dx, dy = cos(angle) * missing / 2, sin(angle) * missing / 2
                moved[one], moved[other] = (x0 - dx, y0 - dy), (x1 + dx, y1 + dy)
                is_still = False
        if is_still:
            break
    return {iri: (round(x, 1), round(y, 1)) for iri, (x, y) in moved.items()}


def _nodes(
    cities: Sequence[str], at: Mapping[str, Point], radii: Mapping[str, float], shown: nx.DiGraph, present: Presenter
) -> tuple[Node, ...]:  # fmt: skip
    """Return the cities with names beside them where there is room: those that most learned from first."""
    circles = {
        iri: Box(x - r, y - r, x + r, y + r) for iri in cities for (x, y), r in [(at[iri], radii[iri])]
    }
    hubs = [circles[iri] for iri in cities if shown.out_degree(iri)]
    free, over_small = _room(circles.values()), _room(hubs)
    nodes = []
    for iri in cities:
        city = present.place(iri)
        found = _room_for(city["label"], at[iri], radii[iri], free)
        if found is None and shown.out_degree(iri):  # it matters more than the small circles around it
            found = _room_for(city["label"], at[iri], radii[iri], over_small)
        if found is not None:
            free.take(found[0])
            over_small.take(found[0])
        label_at = _baseline(*found) if found is not None else None
        anchor = found[1] if found is not None else "start"
        nodes.append(Node(city, at[iri], round(radii[iri], 1), shown.out_degree(iri), label_at, anchor))
    return tuple(nodes)


def _room(taken: Iterable[Box]) -> Room:
    room = Room()
    for box in taken:
        room.take(box)
    return room


def _room_for(name: str, at: Point, radius: float, room: Room) -> tuple[Box, str] | None:
    """Return where a name fits beside, above or below a city, and how it is anchored."""
    gap = radius + 3
    if (found := beside(at, name, _TYPE_SIZE, gap, WIDTH, room)) is not None:
        return found
    half = len(name) * _TYPE_SIZE * _LETTER / 2
    for y in (at[1] - gap - _TYPE_SIZE * 0.6, at[1] + gap + _TYPE_SIZE * 0.6):
        box = Box(at[0] - half, y - _TYPE_SIZE * 0.6, at[0] + half, y + _TYPE_SIZE * 0.6)
        if box.left >= 0 and box.right <= WIDTH and room.is_free(box):
            return box, "middle"
    return None


def _baseline(box: Box, anchor: str) -> Point:
    x = {"start": box.left, "end": box.right, "middle": (box.left + box.right) / 2}[anchor]
    return round(x, 1), round((box.top + box.bottom) / 2 + _TYPE_SIZE / 3, 1)


def _way(
    start: Point, end: Point, radius: float, edge: Mapping[str, Iterable[str]], source: Json, adopter: Json, present: Presenter
) -> Way:  # fmt: skip
    (x0, y0), (x1, y1) = start, end
    bend = ((x0 + x1) / 2 + _BEND * (y1 - y0), (y0 + y1) / 2 - _BEND * (x1 - x0))
    angle = atan2(y1 - bend[1], x1 - bend[0])
    tip = (x1 - cos(angle) * (radius + 1), y1 - sin(angle) * (radius + 1))
    corners = [
        tip,
        *(
            (tip[0] + _HEAD * cos(angle + pi + side), tip[1] + _HEAD * sin(angle + pi + side))
            for side in (-_HALF_HEAD, _HALF_HEAD)
        ),
    ]
    neck = (tip[0] - cos(angle) * _HEAD * 0.8, tip[1] - sin(angle) * _HEAD * 0.8)
    return Way(
        f"M{x0:g},{y0:g}Q{bend[0]:.1f},{bend[1]:.1f} {neck[0]:.1f},{neck[1]:.1f}",
        points((round(x, 1), round(y, 1)) for x, y in corners),
        _is_own(edge),
        source,
        adopter,
        tuple(present.ref(iri) for iri in dict.fromkeys(edge["practices"])),
    )
