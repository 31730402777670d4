"""Geometry of a radar chart: positions only; the template draws them and the stylesheet colours them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, cos, floor, pi, sin
from textwrap import wrap
from typing import Final

WIDTH, HEIGHT = 480, 340
_CENTRE: Final = (WIDTH / 2, HEIGHT / 2)
_RADIUS: Final = 115.0
_CORE: Final = 0.14
"""Share of the radius that the lowest score has, so that two low neighbours do not fall together in the centre."""
_LABEL_GAP: Final = 14.0
_LABEL_CHARS, _TOP_LABEL_CHARS = 14, 20
"""Longest line of a label at the sides, where the room ends soon, and above or below the chart."""
_LINE_HEIGHT: Final = 15.0
MIN_AXES: Final = 3

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Ring:
    """One score all around."""

    value: int
    points: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A dimension.

    Attributes:
        end: Outer end of its line; ``lines``: its label with the position of each line; ``anchor``: start, middle or end.
        is_known: Whether every series has a value; a series is drawn with a gap where it has none.
    """

    label: str
    end: Point
    lines: tuple[tuple[str, Point], ...]
    anchor: str
    is_known: bool


@dataclass(frozen=True, slots=True)
class Series:
    """One city, or a median.

    Attributes:
        runs: Lines through neighbouring known values, as ``points`` attributes; ``is_closed`` when one goes all around.
        markers: ``d`` attribute of a small shape at each known value; each series of a chart has another shape.
        unknown: Labels of the axes without a value.
    """

    name: str
    runs: tuple[str, ...]
    is_closed: bool
    markers: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Radar:
    """A chart, and the same in words for those who do not see it."""

    rings: tuple[Ring, ...]
    axes: tuple[Axis, ...]
    series: tuple[Series, ...]
    description: str


def radar(
    labels: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]], description: str
) -> Radar | None:
    """Return a chart of scores in standard deviations, or None with fewer than three axes or no value at all.

    Args:
        series: Name and a score for each label, None where it is not known.
    """
    known = [value for _, values in series for value in values if value is not None]
    if len(labels) < MIN_AXES or not known:
        return None
    low, high = min(-1, floor(min(known))), max(1, ceil(max(known)))

    def position(axis: int, value: float) -> Point:
        share = _CORE + (1 - _CORE) * (value - low) / (high - low)
        return _at(axis, len(labels), _RADIUS * share)

    rings = tuple(
        Ring(value, _points(position(n, value) for n in range(len(labels)))) for value in range(low, high + 1)
    )
    axes = tuple(
        _axis(n, label, len(labels), _gap([values[n] for _, values in series]))
        for n, label in enumerate(labels)
    )
    drawn = []
    for shape, (name, values) in enumerate(series):
        points = [None if v is None else position(n, v) for n, v in enumerate(values)]
        runs, is_closed = _runs(points)
        markers = tuple(marker(shape, p) for p in points if p is not None)
        unknown = tuple(label for label, p in zip(labels, points, strict=True) if p is None)
        drawn.append(Series(name, runs, is_closed, markers, unknown))
    return Radar(rings, axes, tuple(drawn), description)


def _at(axis: int, count: int, radius: float) -> Point:
    angle = 2 * pi * axis / count - pi / 2
    return round(_CENTRE[0] + radius * cos(angle), 1), round(_CENTRE[1] + radius * sin(angle), 1)


def _gap(values: Sequence[float | None]) -> str:
    """Return what stands under the label of an axis on which a value is missing."""
    missing = sum(value is None for value in values)
    return "" if not missing else "(not known)" if missing == len(values) else "(partly known)"


def _axis(axis: int, label: str, count: int, gap: str) -> Axis:
    x, y = _at(axis, count, _RADIUS + _LABEL_GAP)
    side = x - _CENTRE[0]
    anchor = "middle" if abs(side) < 1 else "start" if side > 0 else "end"
    chars = _TOP_LABEL_CHARS if anchor == "middle" else _LABEL_CHARS
    lines = [*wrap(label, chars), *([gap] if gap else [])]
    above, below = y < _CENTRE[1] - _RADIUS, y > _CENTRE[1] + _RADIUS
    height = _LINE_HEIGHT * (len(lines) - 1)
    first = y - height if above else y + 10 if below else y + 5 - height / 2
    placed = tuple((text, (x, round(first + _LINE_HEIGHT * n, 1))) for n, text in enumerate(lines))
    return Axis(label, _at(axis, count, _RADIUS), placed, anchor, not gap)


def _runs(points: Sequence[Point | None]) -> tuple[tuple[str, ...], bool]:
    """Return the lines through neighbouring known points, and whether one of them goes all around."""
    if all(p is not None for p in points):
        return (_points(p for p in points if p is not None),), True
    start = next(n for n, p in enumerate(points) if p is None)  # begin after a gap: no run crosses the end
    turned = [*points[start:], *points[:start], None]
    gaps = [n for n, p in enumerate(turned) if p is None]
    runs = ([p for p in turned[a + 1 : b] if p is not None] for a, b in pairwise(gaps))
    return tuple(_points(run) for run in runs if len(run) > 1), False


def _points(points: Iterable[Point]) -> str:
    return " ".join(f"{x:g},{y:g}" for x, y in points)


def marker(shape: int, at: Point) -> str:
    """Return the path of a small circle, square, triangle or diamond, by the number of the series."""
    x, y = at
    r = 4.5
    return (
        f"M{x - r:g},{y:g}a{r},{r} 0 1,0 {2 * r},0a{r},{r} 0 1,0 {-2 * r},0z",
        f"M{x - 4:g},{y - 4:g}h8v8h-8z",
        f"M{x:g},{y - 5.5:g}l5.5,9.5h-11z",
        f"M{x:g},{y - 6:g}l6,6l-6,6l-6,-6z",
    )[shape % 4]
