"""The plane of the maps, and what is cut out of the atlas for it."""

import json
import re
from math import cos, hypot, radians

import pytest

from bufgraph.model import City
from bufgraph.model.geography import distance_km
from bufgraph_api.pages import atlas, geometry
from bufgraph_api.pages.geometry import Box, Frame, Room
from made_up_packages import ATLAS

TURKU, STOCKHOLM, GDANSK, TROMSO = (22.27, 60.45), (18.07, 59.33), (18.65, 54.35), (18.95, 69.65)


def _city(position: tuple[float, float]) -> City:
    return City(
        id="bgd:city/x",
        pref_label={"en": "X"},
        country_code="FI",
        longitude=position[0],
        latitude=position[1],
    )


@pytest.mark.parametrize(("a", "b"), [(TURKU, STOCKHOLM), (STOCKHOLM, GDANSK), (GDANSK, TROMSO)])
def test_distances_on_the_plane_are_those_on_the_globe_within_two_hundredths(
    a: tuple[float, float], b: tuple[float, float]
) -> None:
    (ax, ay), (bx, by) = geometry.project(*a), geometry.project(*b)
    assert hypot(ax - bx, ay - by) == pytest.approx(distance_km(_city(a), _city(b)), rel=0.02)


def test_the_plane_is_conformal() -> None:
    """A small step north is as long as the same step east, and at a right angle to it."""
    for longitude, latitude in (TURKU, GDANSK, TROMSO, (5.3, 60.4)):
        step = 0.01
        squeeze = 1 / cos(radians(latitude))
        x, y = geometry.project(longitude, latitude)
        east = geometry.project(longitude + step * squeeze, latitude)
        north = geometry.project(longitude, latitude + step)
        u, v = (east[0] - x, east[1] - y), (north[0] - x, north[1] - y)
        assert hypot(*u) == pytest.approx(hypot(*v), rel=1e-3)
        assert u[0] * v[0] + u[1] * v[1] == pytest.approx(0, abs=1e-3)


def test_north_is_up_and_east_is_right() -> None:
    assert geometry.project(*TURKU)[0] > geometry.project(*STOCKHOLM)[0]
    assert geometry.project(*TROMSO)[1] < geometry.project(*GDANSK)[1]


def test_a_frame_holds_its_points_with_room_and_is_never_too_narrow_or_too_close() -> None:
    for points in ([(0.0, 0.0)], [(0.0, 0.0), (900.0, 10.0)], [(0.0, 0.0), (10.0, 1500.0)]):
        frame = geometry.frame_around(points)
        assert all(frame.holds(point) for point in points)
        assert frame.width >= 260
        assert 0.72 - 1e-9 <= frame.width / frame.height <= 1.45 + 1e-9


def test_the_region_shows_its_far_ends() -> None:
    frame = geometry.region_frame()
    for position in ((5.3, 60.4), (30.3, 59.9), (19.0, 49.8), TROMSO, (28.2, 61.1)):
        assert frame.holds(geometry.project(*position))


@pytest.mark.parametrize(("width", "expected"), [(260, 50), (900, 200), (1493, 200), (2100, 500)])
def test_the_scale_is_a_round_length_of_at_most_a_quarter(width: float, expected: int) -> None:
    assert geometry.scale_km(width) == expected


def test_a_name_stands_to_the_right_else_to_the_left_else_nowhere() -> None:
    room = Room()
    assert geometry.beside((10, 50), "Turku", 20, 5, 200, room)[1] == "start"  # type: ignore[index]  # there is room
    assert geometry.beside((180, 50), "Turku", 20, 5, 200, room)[1] == "end"  # type: ignore[index]
    room.take(Box(0, 0, 200, 100))
    assert geometry.beside((100, 50), "Turku", 20, 5, 200, room) is None


def test_what_is_taken_is_found_across_bands() -> None:
    room = Room()
    room.take(Box(0, -20, 10, 260))
    assert not room.is_free(Box(5, 240, 15, 250))
    assert not room.is_free(Box(5, -15, 15, -10))
    assert room.is_free(Box(10, 240, 15, 250))
    assert room.is_free(Box(5, 260, 15, 300))


def test_a_frame_knows_what_lies_in_it() -> None:
    assert Frame(0, 0, 10, 10).holds((5, 5))
    assert not Frame(0, 0, 10, 10).holds((5, 11))


def test_the_atlas_gives_land_without_inner_borders_and_the_borders_once() -> None:
    land, borders = json.loads(atlas.region_json(ATLAS))["features"]
    (polygon,) = land["geometry"]["coordinates"]
    (ring,) = polygon
    assert ring[0] == ring[-1]
    assert {tuple(point) for point in ring} == {(20, 58), (24, 58), (24, 60), (20, 60), (22, 58), (22, 60)}
    assert borders["geometry"]["coordinates"] == [[[22, 58], [22, 60]]]


def test_the_drawn_land_is_on_the_plane_in_kilometres() -> None:
    svg = atlas.land_svg(ATLAS)
    start = re.search(r'id="borders"[^>]* d="M(-?\d+) (-?\d+)l', svg)
    assert start
    assert (int(start[1]), int(start[2])) == tuple(map(round, geometry.project(22, 58)))


def test_land_that_reaches_beyond_the_bounds_is_cut_there() -> None:
    wide = {**ATLAS, "transform": {"scale": [3, 0.1], "translate": [-40, 58]}}
    land, _ = json.loads(atlas.region_json(wide))["features"]
    xs = [x for polygon in land["geometry"]["coordinates"] for x, _ in polygon[0]]
    assert (min(xs), max(xs)) == (-14, 64)


def test_land_across_the_date_line_leaves_no_band_over_the_map() -> None:
    """The atlas joins what it had cut at 180 degrees, so a ring may step from one end of the world to the other."""
    arc = [[1700, 0], [90, 0], [-3580, 0], [0, 20], [3580, 0], [-90, 0], [0, -20]]
    land = {"type": "MultiPolygon", "arcs": [[[0]]]}
    far = {**ATLAS, "transform": {"scale": [0.1, 0.1], "translate": [0, 65]}, "arcs": [arc], "objects": {"countries": land, "land": land}}  # fmt: skip
    features = json.loads(atlas.region_json(far))["features"]
    assert [feature["geometry"]["coordinates"] for feature in features] == [[], []]
