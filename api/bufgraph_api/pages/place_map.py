"""A drawn map of places: every place a sign whose shape tells how it went, with names where there is room.

A map is 1000 units wide whatever it shows, so that the stylesheet can size letters and signs.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final, Literal

from bufgraph.localisation.phrases import Phrase, phrase
from bufgraph_api.pages import geometry
from bufgraph_api.pages.geometry import Box, Frame, Point, Room
from bufgraph_api.pages.vendored import LAND, vendored

Sign = Literal["success", "mixed", "failed", "open", "none", "here"]
SIGNS: Final[Mapping[str, Phrase]] = {
    "here": phrase("The city asked about"),
    "success": phrase("Worked"),
    "mixed": phrase("Mixed, or it worked once and not another time"),
    "failed": phrase("Failed or stopped"),
    "open": phrase("Not known yet how it went"),
    "none": phrase("Nothing recorded yet"),
}
"""What each sign says, in the order of the legend."""
WIDTH: Final = 1000.0
_RADIUS: Final = (12.0, 6.5)
"""Of a place with one record, and what the square root of each further one adds: areas grow with the number."""
_SMALL: Final = 6.0
_LARGEST: Final = 36.0
_TYPE: Final = {"narrow": 33.0, "wide": 21.0}
"""Type sizes in units: some 12 pixels on a phone, and on a wide screen. The stylesheet has the same."""
_HIDES: Final = 14.0
"""Radius from which a sign is kept free of names; smaller ones show beside the letters."""
_SCALE: Final = (20.0, 72.0)
"""From the right edge to the end of the scale, and from the lower edge to the top of its words; the template draws it there."""
_SCALE_WORDS: Final = 110.0
"""Room that the words of the scale take at least."""
_OFF_MIDDLE: Final = (0.0, 45.0, -45.0, 90.0, -90.0)
"""How far a country's name may stand above or below its middle to keep clear of others."""
_COUNTRIES: Final[Mapping[str, tuple[float, float]]] = {
    "DK": (9.1, 56.15), "EE": (25.9, 58.65), "FI": (26.4, 63.4), "DE": (11.6, 52.2), "LV": (25.3, 56.75), "LT": (23.7, 55.35),
    "NO": (9.0, 61.4), "PL": (19.3, 51.9), "SE": (15.1, 63.2), "BY": (28.2, 53.3), "RU": (31.0, 57.9), "UA": (27.6, 50.4), "CZ": (14.9, 49.9),
}  # fmt: skip
"""Longitude and latitude of the middle of a country's name, chosen by eye: open ground near the middle of the country."""


@dataclass(frozen=True, slots=True)
class MapPlace:
    """What a map shows of a place.

    Attributes:
        name: In the language of the page.
        href: Address of its page, without the language.
        country: ISO 3166-1 alpha-2.
        position: Longitude and latitude in degrees; None where they are not known.
        weight: Number of records; decides the size of the sign. None gives all the same small size.
        said: What there is to say of it, as a sentence.
    """

    name: str
    href: str
    country: str
    position: Point | None
    sign: Sign = "open"
    weight: int | None = None
    said: str = ""


@dataclass(frozen=True, slots=True)
class Dot:
    """A place on the plane of a map.

    Attributes:
        path: Outline of its sign; empty for a circle.
    """

    place: MapPlace
    x: float
    y: float
    radius: float
    path: str


@dataclass(frozen=True, slots=True)
class Name:
    """The name of a place on the plane of a map.

    Attributes:
        anchor: Whether the text starts or ends there.
        is_wide: Whether there is room for it only on a wide screen.
    """

    text: str
    x: float
    y: float
    anchor: str
    is_wide: bool


@dataclass(frozen=True, slots=True)
class MapView:
    """A map ready to be drawn.

    Attributes:
        land: Address of the file with coastlines and borders, None where it is not installed; ``land_transform`` brings it to its place.
        lines: Outlines of the lines of latitude and longitude.
        countries: (country code, x, y) of the names of countries.
        dots: The places, the largest first.
        names: Names of places that have room.
        outside: Places that lie off the map or whose position is not known.
        signs: Signs that occur, as in :data:`SIGNS`.
        scale: Kilometres that the scale tells, and its length.
    """

    height: float
    land: str | None
    land_transform: str
    lines: tuple[str, ...]
    countries: tuple[tuple[str, float, float], ...]
    dots: tuple[Dot, ...]
    names: tuple[Name, ...]
    outside: tuple[MapPlace, ...]
    signs: Mapping[str, Phrase]
    scale: tuple[int, float]


def map_of(places: Sequence[MapPlace], *, whole_region: bool = False) -> MapView | None:
    """Lay out a map.

    Args:
        places: What to show.
        whole_region: Show the whole region; else the stretch around the places.

    Returns:
        None when no place can be shown.
    """
    on_plane = [
        (p, geometry.project(*p.position)) for p in places if p.position and geometry.is_covered(*p.position)
    ]
    if not on_plane and not whole_region:
        return None
    frame = (
        geometry.region_frame() if whole_region else geometry.frame_around([point for _, point in on_plane])
    )
    unit = WIDTH / frame.width
    shown = [(place, _onto(point, frame, unit)) for place, point in on_plane if frame.holds(point)]
    dots = tuple(_dot(place, at) for place, at in sorted(shown, key=lambda pair: _prominence(pair[0])))
    kilometres = geometry.scale_km(frame.width)
    room = Room()
    room.take(_scale_extent(kilometres * unit, frame.height * unit))
    names = _names(dots, room)
    drawn = {id(place) for place, _ in shown}
    land = vendored(LAND)
    return MapView(
        round(frame.height * unit, 1),
        land[0].url if land else None,
        f"scale({unit:.4f}) translate({-frame.left:.1f} {-frame.top:.1f})",
        tuple(_line(points, frame, unit) for points in geometry.graticule()),
        _countries(frame, unit, room),
        dots,
        names,
        tuple(place for place in places if id(place) not in drawn),
        {sign: words for sign, words in SIGNS.items() if any(dot.place.sign == sign for dot in dots)},
        (kilometres, round(kilometres * unit, 1)),
    )


def sign_of(outcomes: Sequence[str]) -> Sign:
    """Return the sign for how several attempts in one place came out."""
    known = {"failed" if name == "stopped" else name for name in outcomes} & {"success", "mixed", "failed"}
    if not outcomes:
        return "none"
    if not known:
        return "open"
    if known == {"success"}:
        return "success"
    return "failed" if known == {"failed"} else "mixed"


def _prominence(place: MapPlace) -> tuple[bool, int, str]:
    return place.sign != "here", -(place.weight or 0), place.name


def _dot(place: MapPlace, at: Point) -> Dot:
    x, y = at
    if place.sign == "none":
        radius = _SMALL
    else:
        first, further = _RADIUS
        radius = min(first + further * (max(place.weight or 1, 1) - 1) ** 0.5, _LARGEST)
    return Dot(place, x, y, round(radius, 1), _outline(place.sign, x, y, radius))


def _onto(point: Point, frame: Frame, unit: float) -> Point:
    return round((point[0] - frame.left) * unit, 1), round((point[1] - frame.top) * unit, 1)


def _outline(sign: Sign, x: float, y: float, radius: float) -> str:
    """Return the outline of a diamond, a square or a star; as large to the eye as a circle of that radius."""
    if sign == "mixed":
        r = radius * 1.25
        corners = [(x, y - r), (x + r, y), (x, y + r), (x - r, y)]
    elif sign == "failed":
        r = radius * 0.89
        corners = [(x - r, y - r), (x + r, y - r), (x + r, y + r), (x - r, y + r)]
    elif sign == "here":
        a, b = radius * 1.7, radius * 0.55
        corners = [(x, y - a), (x + b, y - b), (x + a, y), (x + b, y + b), (x, y + a), (x - b, y + b), (x - a, y), (x - b, y - b)]  # fmt: skip
    else:
        return ""
    return "M" + "L".join(f"{cx:.1f} {cy:.1f}" for cx, cy in corners) + "z"


def _line(points: Sequence[Point], frame: Frame, unit: float) -> str:
    """Return the outline of a line, without what lies outside the map."""
    parts = []
    inside = Frame(-200, -200, WIDTH + 400, frame.height * unit + 400)
    steps = [_onto(point, frame, unit) for point in points]
    for start, end in pairwise(steps):
        if len(steps) == 2 or inside.holds(start) or inside.holds(end):
            parts.append(f"M{start[0]:.0f} {start[1]:.0f}L{end[0]:.0f} {end[1]:.0f}")
    return "".join(parts)


def _countries(frame: Frame, unit: float, room: Room) -> tuple[tuple[str, float, float], ...]:
    """Return where the names of countries have room, near the middles of the countries."""
    width, size = 7 * _TYPE["narrow"] * 0.7, _TYPE["narrow"]
    found = []
    for code, position in _COUNTRIES.items():
        x, middle = _onto(geometry.project(*position), frame, unit)
        for off in _OFF_MIDDLE:
            y = round(middle + off, 1)
            box = Box(x - width / 2, y - size * 0.6, x + width / 2, y + size * 0.6)
            is_inside = (
                box.left > 0 and box.right < WIDTH and box.top > 0 and box.bottom < frame.height * unit
            )
            if is_inside and room.is_free(box):
                found.append((code, x, y))
                break
    return tuple(found)


def _names(dots: Sequence[Dot], room: Room) -> tuple[Name, ...]:
    """Return the names that have room, the most prominent first: those for a phone, then more for a wide screen; they take it."""
    for dot in dots:
        if dot.radius >= _HIDES:
            room.take(_extent(dot))
    found: dict[int, Name] = {}
    for screen, size in _TYPE.items():
        for at, dot in enumerate(dots):
            if at in found or dot.place.sign == "none":
                continue
            gap = dot.radius * 1.1 + 6
            placed = geometry.beside((dot.x, dot.y), dot.place.name, size, gap, WIDTH, room)
            if placed is not None:
                box, anchor = placed
                room.take(box)
                x = round(dot.x + gap if anchor == "start" else dot.x - gap, 1)
                found[at] = Name(dot.place.name, x, dot.y, anchor, screen == "wide")
    return tuple(found.values())


def _scale_extent(length: float, height: float) -> Box:
    """Return what the scale covers in the lower right corner."""
    aside, above = _SCALE
    return Box(WIDTH - aside - max(length, _SCALE_WORDS), height - above, WIDTH, height)


def _extent(dot: Dot) -> Box:
    return Box(dot.x - dot.radius, dot.y - dot.radius, dot.x + dot.radius, dot.y + dot.radius)
