"""Coastlines and borders of the region, cut from the Natural Earth atlas that the npm package world-atlas carries (public domain).

The atlas is TopoJSON: lines that neighbours share are stored once, as small steps on a grid. What is made of it are two files, one in degrees
for the moving map and one on the plane of :mod:`bufgraph_api.pages.geometry` for the drawn ones.
"""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import pairwise
from typing import Any, Final

from bufgraph_api.pages.geometry import BOUNDS, Point, project

SOURCE: Final = "Natural Earth"
_DETAIL_KM: Final = {"moving": 0.5, "drawn": 1.4}
"""How far a simplified line may leave the true one: less than a pixel where each map is usually seen."""
_COARSE: Final = 8.0
"""How much coarser lines outside the region are."""
_SMALLEST_KM2: Final = {"moving": 2.0, "drawn": 20.0}
"""Islands below this area are left out."""
_CUT: Final = {"moving": (-14.0, 42.0, 64.0, 74.5), "drawn": BOUNDS}
"""West, south, east, north of what is kept: a map that moves shows more around the region, without detail."""
_KM_A_DEGREE: Final = 111.2
_SQUEEZE: Final = 0.5
"""Length of a degree of longitude at 60° N as a share of one of latitude."""
Json = Mapping[str, Any]  # Any: TopoJSON
Line = list[Point]
Bounds = tuple[float, float, float, float]


def region_json(atlas: Json) -> str:
    """Return land and borders in degrees, as GeoJSON (RFC 7946): a MultiPolygon and a MultiLineString."""
    land, borders = _region(atlas, "moving")
    features = [
        _feature("land", "MultiPolygon", [[_closed(_rounded(ring, 3))] for ring in land]),
        _feature("borders", "MultiLineString", [_rounded(line, 3) for line in borders]),
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, separators=(",", ":"))


def land_svg(atlas: Json) -> str:
    """Return land and borders on the plane, in kilometres, as two paths ``land`` and ``borders`` for ``<use>``."""
    land, borders = _region(atlas, "drawn")
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg"><!-- {SOURCE}, public domain --><defs>'
        f'<path id="land" vector-effect="non-scaling-stroke" d="{"z".join(map(_path, land))}z"/>'
        f'<path id="borders" vector-effect="non-scaling-stroke" d="{"".join(map(_path, borders))}"/></defs></svg>\n'
    )


def _region(atlas: Json, detail: str) -> tuple[list[Line], list[Line]]:
    """Return the rings of the land and the lines between countries, within what is kept."""
    arcs = [_simplified(arc, _DETAIL_KM[detail]) for arc in _decoded(atlas)]
    rings = (_joined(ring, arcs) for ring in _rings(atlas["objects"]["land"]))
    land = [
        clipped
        for ring in rings
        if (clipped := _clipped(ring, _CUT[detail])) and _area_km2(clipped) >= _SMALLEST_KM2[detail]
    ]
    shared = Counter(
        arc if arc >= 0 else ~arc for ring in _rings(atlas["objects"]["countries"]) for arc in ring
    )
    lines = (arcs[arc] for arc, times in sorted(shared.items()) if times > 1)
    return land, [line for line in lines if any(_inside(point, _CUT[detail]) for point in line)]


def _decoded(atlas: Json) -> Iterator[Line]:
    """Return the lines of a topology in degrees; each point is stored as a step from the one before."""
    (scale_x, scale_y), (from_x, from_y) = atlas["transform"]["scale"], atlas["transform"]["translate"]
    for arc in atlas["arcs"]:
        x = y = 0
        line = []
        for step_x, step_y in arc:
            x, y = x + step_x, y + step_y
            line.append((x * scale_x + from_x, y * scale_y + from_y))
        yield line


def _rings(shape: Json) -> Iterator[Sequence[int]]:
    """Return the rings of a shape and of those in it, as numbers of arcs."""
    if shape["type"] == "GeometryCollection":
        for part in shape["geometries"]:
            yield from _rings(part)
    elif shape["type"] == "MultiPolygon":
        for polygon in shape["arcs"]:
            yield from polygon
    elif shape["type"] == "Polygon":
        yield from shape["arcs"]


def _joined(ring: Iterable[int], arcs: Sequence[Line]) -> Line:
    """Return a ring's points; an arc that is walked backwards has the complement of its number."""
    points: Line = []
    for number in ring:
        points += (arcs[number] if number >= 0 else arcs[~number][::-1])[1:]
    return _unwrapped(points)


def _unwrapped(ring: Line) -> Line:
    """Let a ring that passes the date line go on beyond 180 degrees, where the atlas starts again at the other side of the world."""
    turns = 0
    points = ring[:1]
    for before, here in pairwise(ring):
        turns -= round((here[0] - before[0]) / 360)
        points.append((here[0] + 360 * turns, here[1]))
    return points


def _inside(point: Point, bounds: Bounds) -> bool:
    west, south, east, north = bounds
    return west <= point[0] <= east and south <= point[1] <= north


def _simplified(line: Line, detail_km: float) -> Line:
    """Drop points that lie nearer than a detail to the line without them (Douglas and Peucker, The Canadian Cartographer 10, 1973)."""
    if not any(_inside(point, BOUNDS) for point in line):
        detail_km *= _COARSE
    least = (detail_km / _KM_A_DEGREE) ** 2
    kept = {0, len(line) - 1}
    open_ends = [(0, len(line) - 1)]
    while open_ends:
        first, last = open_ends.pop()
        far, at = max(
            ((_distance2(line[i], line[first], line[last]), i) for i in range(first + 1, last)),
            default=(0.0, 0),
        )
        if far > least:
            kept.add(at)
            open_ends += [(first, at), (at, last)]
    return [line[i] for i in sorted(kept)]


def _distance2(point: Point, start: Point, end: Point) -> float:
    """Return the squared distance of a point from a stretch, in degrees of latitude."""
    px, py = (point[0] - start[0]) * _SQUEEZE, point[1] - start[1]
    dx, dy = (end[0] - start[0]) * _SQUEEZE, end[1] - start[1]
    length2 = dx * dx + dy * dy
    along = min(max((px * dx + py * dy) / length2, 0.0), 1.0) if length2 else 0.0
    return (px - along * dx) ** 2 + (py - along * dy) ** 2


def _clipped(ring: Line, bounds: Bounds) -> Line:
    """Cut a ring at bounds, edge by edge (Sutherland and Hodgman, Communications of the ACM 17, 1974)."""
    west, south, east, north = bounds
    for axis, edge, sign in ((0, west, 1), (1, south, 1), (0, east, -1), (1, north, -1)):
        kept: Line = []
        for before, here in pairwise([ring[-1], *ring] if ring else []):
            was_in, is_in = ((p[axis] - edge) * sign >= 0 for p in (before, here))
            if was_in != is_in:
                share = (edge - before[axis]) / (here[axis] - before[axis])
                other = before[1 - axis] + share * (here[1 - axis] - before[1 - axis])
                kept.append((edge, other) if axis == 0 else (other, edge))
            if is_in:
                kept.append(here)
        ring = kept
    return ring


def _area_km2(ring: Line) -> float:
    """Return the area of a ring on the plane (the surveyor's formula)."""
    plane = [project(*point) for point in ring]
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in pairwise([*plane, plane[0]]))) / 2


def _path(line: Line) -> str:
    """Return the steps of a line over whole kilometres, as path data of SVG."""
    points = [(round(x), round(y)) for x, y in (project(*point) for point in line)]
    steps = [(x1 - x0, y1 - y0) for (x0, y0), (x1, y1) in pairwise(points) if (x0, y0) != (x1, y1)]
    if not steps:
        return ""
    return f"M{points[0][0]} {points[0][1]}l" + " ".join(f"{dx} {dy}" for dx, dy in steps)


def _rounded(line: Line, digits: int) -> list[list[float]]:
    return [[round(x, digits), round(y, digits)] for x, y in line]


def _closed(ring: list[list[float]]) -> list[list[float]]:
    return [*ring, ring[0]]


def _feature(name: str, kind: str, coordinates: list[Any]) -> dict[str, Any]:  # Any: GeoJSON
    return {
        "type": "Feature",
        "properties": {"kind": name},
        "geometry": {"type": kind, "coordinates": coordinates},
    }
