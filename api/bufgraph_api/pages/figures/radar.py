"""A radar chart of scores in several dimensions."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from math import ceil, cos, floor, pi, sin
from textwrap import wrap
from typing import Final

from bufgraph.localisation.phrases import Listing, Phrase, phrase
from bufgraph.localisation.tongue import Tongue
from bufgraph_api.pages.figures.geometry import Point, points

WIDTH: Final = 400
_CORE: Final = 0.14
"""Share of the radius that the lowest score has, so that two low neighbours do not fall together in the centre."""
_RADIUS, _NUMBERED_RADIUS = 95.0, 135.0
_LABEL_GAP: Final = 14.0
_LETTER: Final = 7.3
"""Mean width of a letter at the size that the stylesheet gives it."""
_MOST_CHARS, _MOST_LINES = 28, 3
"""Longest line of a label and most lines of it; where one does not fit, numbers stand for all of them."""
_LINE_HEIGHT: Final = 17.0
_MARGIN: Final = 8.0
MIN_AXES: Final = 3
_SHAPES: Final = (
    "M-4.5,0a4.5,4.5 0 1,0 9,0a4.5,4.5 0 1,0 -9,0z",
    "M-4,-4h8v8h-8z",
    "M0,-5.5l5.5,9.5h-11z",
    "M0,-6l6,6l-6,6l-6,-6z",
)
"""Circle, square, triangle and diamond around (0, 0): one for each series."""


@dataclass(frozen=True, slots=True)
class Ring:
    """One score all around."""

    value: int
    points: str


@dataclass(frozen=True, slots=True)
class Axis:
    """A dimension.

    Attributes:
        end: Outer end of its line; ``lines``: what stands there, with the position of each line; ``anchor``: start, middle or end.
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
        markers: Where its shape stands, at each known value; ``shape``: path of it, another one for each series of a chart.
        unknown: Labels of the axes without a value.
    """

    name: str
    runs: tuple[str, ...]
    is_closed: bool
    markers: tuple[Point, ...]
    shape: str
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Radar:
    """A chart, and the same in words for those who do not see it.

    Attributes:
        is_numbered: Whether numbers stand at the axes, because the labels are too long for it: the legend explains them.
    """

    height: int
    centre: Point
    rings: tuple[Ring, ...]
    axes: tuple[Axis, ...]
    series: tuple[Series, ...]
    is_numbered: bool
    description: tuple[Phrase, ...]


def radar(
    labels: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]], tongue: Tongue
) -> Radar | None:
    """Return a chart of scores in standard deviations, or None with fewer than three axes or no value at all.

    Args:
        labels: In the language of the page.
        series: Name and a score for each label, None where it is not known.
        tongue: The language of the page.
    """
    known = [value for _, values in series for value in values if value is not None]
    if len(labels) < MIN_AXES or not known:
        return None
    low, high = min(-1, floor(min(known))), max(1, ceil(max(known)))
    gaps = [_gap([values[n] for _, values in series], tongue) for n in range(len(labels))]
    circle = _circle(labels, gaps)

    def position(axis: int, value: float) -> Point:
        return circle.at(axis, circle.radius * (_CORE + (1 - _CORE) * (value - low) / (high - low)))

    rings = tuple(
        Ring(value, points(position(n, value) for n in range(len(labels)))) for value in range(low, high + 1)
    )
    drawn = []
    for shape, (name, values) in enumerate(series):
        places = [None if v is None else position(n, v) for n, v in enumerate(values)]
        runs, is_closed = _runs(places)
        markers = tuple(p for p in places if p is not None)
        unknown = tuple(label for label, p in zip(labels, places, strict=True) if p is None)
        drawn.append(Series(name, runs, is_closed, markers, _SHAPES[shape % len(_SHAPES)], unknown))
    axes = tuple(
        circle.axis(n, label, not gap) for n, (label, gap) in enumerate(zip(labels, gaps, strict=True))
    )
    return Radar(
        circle.height,
        circle.centre,
        rings,
        axes,
        tuple(drawn),
        circle.is_numbered,
        tuple(_description(labels, series)),
    )


class _Circle:
    """Where the axes end, and what stands there."""

    def __init__(self, texts: Sequence[Sequence[str]], radius: float, *, is_numbered: bool) -> None:
        self._texts = texts
        self.radius = radius
        self.is_numbered = is_numbered
        heights = [_LINE_HEIGHT * len(lines) for n, lines in enumerate(texts) if self._anchor(n) == "middle"]
        room = max(heights, default=0.0) + _LABEL_GAP + _MARGIN
        self.centre = (WIDTH / 2, radius + room)
        self.height = round(2 * (radius + room))

    def at(self, axis: int, radius: float) -> Point:
        x, y = _direction(axis, len(self._texts))
        return round(self.centre[0] + radius * x, 1), round(self.centre[1] + radius * y, 1)

    def axis(self, n: int, label: str, is_known: bool) -> Axis:
        x, y = self.at(n, self.radius + _LABEL_GAP)
        texts = self._texts[n]
        height = _LINE_HEIGHT * (len(texts) - 1)
        upward = _direction(n, len(self._texts))[1]
        first = y - height if upward < -0.9 else y + 10 if upward > 0.9 else y + 5 - height / 2
        placed = tuple((text, (x, round(first + _LINE_HEIGHT * k, 1))) for k, text in enumerate(texts))
        return Axis(label, self.at(n, self.radius), placed, self._anchor(n), is_known)

    def _anchor(self, n: int) -> str:
        side = _direction(n, len(self._texts))[0]
        return "middle" if abs(side) < 0.01 or self.is_numbered else "start" if side > 0 else "end"


def _circle(labels: Sequence[str], gaps: Sequence[str]) -> _Circle:
    """Write the labels around the circle where all of them fit, else numbers."""
    texts = []
    for n, (label, gap) in enumerate(zip(labels, gaps, strict=True)):
        chars = _room(abs(_direction(n, len(labels))[0]))
        lines = [line for text in (label, gap) if text for line in wrap(text, chars, break_long_words=False)]
        if max(map(len, lines)) > chars or len(lines) > _MOST_LINES + bool(gap):
            numbers = [[f"{k + 1} ?" if gaps[k] else str(k + 1)] for k in range(len(labels))]
            return _Circle(numbers, _NUMBERED_RADIUS, is_numbered=True)
        texts.append(lines)
    return _Circle(texts, _RADIUS, is_numbered=False)


def _room(aside: float) -> int:
    """Return how many letters fit between the end of an axis and the edge, which a label may pass by the margin."""
    if aside < 0.01:
        return _MOST_CHARS
    return int((WIDTH / 2 + _MARGIN - aside * (_RADIUS + _LABEL_GAP)) / _LETTER)


def _direction(axis: int, count: int) -> Point:
    angle = 2 * pi * axis / count - pi / 2
    return cos(angle), sin(angle)


def _gap(values: Sequence[float | None], tongue: Tongue) -> str:
    """Return what stands under the label of an axis on which a value is missing."""
    missing = sum(value is None for value in values)
    if not missing:
        return ""
    return tongue.tell(phrase("(not known)") if missing == len(values) else phrase("(partly known)"))


def _runs(places: Sequence[Point | None]) -> tuple[tuple[str, ...], bool]:
    """Return the lines through neighbouring known points, and whether one of them goes all around."""
    if all(p is not None for p in places):
        return (points(p for p in places if p is not None),), True
    start = next(n for n, p in enumerate(places) if p is None)  # begin after a gap: no run crosses the end
    turned = [*places[start:], *places[:start], None]
    gaps = [n for n, p in enumerate(turned) if p is None]
    runs = ([p for p in turned[a + 1 : b] if p is not None] for a, b in pairwise(gaps))
    return tuple(points(run) for run in runs if len(run) > 1), False


def _description(
    labels: Sequence[str], series: Sequence[tuple[str, Sequence[float | None]]]
) -> Iterator[Phrase]:
    """Yield the figures of a chart as sentences."""
    yield phrase("Scores in standard deviations; 0 is the average of all cities.")
    for name, values in series:
        told = [
            phrase("{dimension} not known", dimension=label)
            if value is None
            else phrase("{dimension} {score:+.1f}", dimension=label, score=value)
            for label, value in zip(labels, values, strict=True)
        ]
        yield phrase("{name}: {scores}.", name=name, scores=Listing(told))
