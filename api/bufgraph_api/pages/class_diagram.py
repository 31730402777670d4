"""Geometry of the class diagrams: positions only; the template draws them and the stylesheet colours them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

_CELL: Final = (228.0, 118.0)
_BOX: Final = (140.0, 42.0)
_COLUMNS: Final = 5
"""Every diagram is as wide as one of five columns, so that their texts have the same size."""
_LONG: Final = 11
"""A property between neighbours whose name has more letters is written in two lines, one on each side of the arrow."""
_ARROW: Final = (9.0, 4.5)
"""Length and half width of an arrow head."""
_LABEL_RISE: Final = 6.0
_LABEL_DROP: Final = 16.0
_SLANTED_AT: Final = 0.62
"""Where along a slanted arrow its name stands; past the middle, where the arrows of one class have spread."""

Cell = tuple[int, int]

PRACTICES: Final[dict[str, Cell]] = {
    "SmartSubdomain": (0, 0), "Challenge": (1, 0), "CityNeed": (2, 0), "City": (3, 0), "Region": (4, 0),
    "Citation": (0, 1), "GoodPractice": (1, 1), "Adoption": (2, 1), "Participation": (3, 1), "Expert": (4, 1),
    "SourceDocument": (0, 2), "Result": (1, 2), "Lesson": (2, 2), "Obstacle": (3, 2), "Barrier": (4, 2),
}  # fmt: skip
"""Class → column and row."""
PRACTICE_LINKS: Final = (
    ("GoodPractice", "addressesChallenge", "Challenge"),
    ("GoodPractice", "citation", "Citation"),
    ("Citation", "document", "SourceDocument"),
    ("Challenge", "broader", "SmartSubdomain"),
    ("CityNeed", "concernsChallenge", "Challenge"),
    ("CityNeed", "needOf", "City"),
    ("Region", "hasMemberCity", "City"),
    ("Adoption", "adoptionOf", "GoodPractice"),
    ("Adoption", "adoptedIn", "City"),
    ("Adoption", "participation", "Participation"),
    ("Participation", "agent", "Expert"),
    ("Adoption", "hasResult", "Result"),
    ("Adoption", "hasLesson", "Lesson"),
    ("Adoption", "hasObstacle", "Obstacle"),
    ("Obstacle", "barrier", "Barrier"),
)
"""(from, property, to); ``broader`` is that of SKOS."""
CITIES: Final[dict[str, Cell]] = {
    "AssessmentModel": (0, 0), "Observation": (1, 0), "Indicator": (2, 0), "SmartFactor": (3, 0),
    "ProfileScore": (0, 1), "City": (1, 1), "CitySimilarity": (2, 1), "GoodPractice": (3, 1),
    "CityFeature": (1, 2), "ContextFactor": (2, 2), "TransferCondition": (3, 2),
}  # fmt: skip
CITY_LINKS: Final = (
    ("Observation", "assessmentModel", "AssessmentModel"),
    ("Observation", "indicator", "Indicator"),
    ("Indicator", "measuresFactor", "SmartFactor"),
    ("Observation", "refCity", "City"),
    ("ProfileScore", "refCity", "City"),
    ("CitySimilarity", "similarityTo", "City"),
    ("CityFeature", "featureOf", "City"),
    ("CityFeature", "contextFactor", "ContextFactor"),
    ("TransferCondition", "contextFactor", "ContextFactor"),
    ("TransferCondition", "conditionOf", "GoodPractice"),
)


@dataclass(frozen=True, slots=True)
class Box:
    """A class: its name, the upper left corner and the place of its text."""

    name: str
    at: tuple[float, float]
    text_at: tuple[float, float]


@dataclass(frozen=True, slots=True)
class Arrow:
    """A property between two classes: a line, the head at its end, its name in one or two pieces with their places."""

    line: tuple[float, float, float, float]
    head: str
    name: tuple[tuple[str, float, float], ...]
    anchor: str


@dataclass(frozen=True, slots=True)
class Diagram:
    """A drawing with the same in words."""

    width: float
    height: float
    box: tuple[float, float]
    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    description: str


def class_diagram(cells: dict[str, Cell], properties: Sequence[tuple[str, str, str]]) -> Diagram:
    """Lay out classes on a grid and draw their properties as arrows.

    Args:
        cells: Column and row of each class.
        properties: (class, property, class).
    """
    rows = 1 + max(row for _, row in cells.values())
    return Diagram(
        round(_COLUMNS * _CELL[0] - (_CELL[0] - _BOX[0]) + 4, 1),
        round(rows * _CELL[1] - (_CELL[1] - _BOX[1]) + 4, 1),
        _BOX,
        tuple(_box(name, cell) for name, cell in cells.items()),
        tuple(_arrow(name, cells[start], cells[end]) for start, name, end in properties),
        "; ".join(f"{start} {name} {end}" for start, name, end in properties) + ".",
    )


def _corner(cell: Cell) -> tuple[float, float]:
    return 2 + cell[0] * _CELL[0], 2 + cell[1] * _CELL[1]


def _box(name: str, cell: Cell) -> Box:
    x, y = _corner(cell)
    return Box(name, (x, y), (x + _BOX[0] / 2, y + _BOX[1] / 2 + 5))


def _arrow(name: str, start: Cell, end: Cell) -> Arrow:
    """Draw from border to border along the line between the centres."""
    (x0, y0), (x1, y1) = ((x + _BOX[0] / 2, y + _BOX[1] / 2) for x, y in (_corner(start), _corner(end)))
    dx, dy = x1 - x0, y1 - y0
    length = (dx * dx + dy * dy) ** 0.5
    inside = min(_BOX[0] / 2 / abs(dx) if dx else 1.0, _BOX[1] / 2 / abs(dy) if dy else 1.0)
    ux, uy = dx / length, dy / length
    ax, ay, bx, by = x0 + dx * inside, y0 + dy * inside, x1 - dx * inside, y1 - dy * inside
    tail, half = _ARROW
    head = (
        (bx, by),
        (bx - ux * tail - uy * half, by - uy * tail + ux * half),
        (bx - ux * tail + uy * half, by - uy * tail - ux * half),
    )
    upright = abs(dx) < 1
    return Arrow(
        (round(ax, 1), round(ay, 1), round(bx - ux * tail, 1), round(by - uy * tail, 1)),
        " ".join(f"{x:.1f},{y:.1f}" for x, y in head),
        _named(name, (ax, ay), (bx, by)),
        "start" if upright else "middle",
    )


def _named(
    name: str, start: tuple[float, float], end: tuple[float, float]
) -> tuple[tuple[str, float, float], ...]:
    """Place the name of an arrow beside, on or around it."""
    (ax, ay), (bx, by) = start, end
    middle = (round((ax + bx) / 2, 1), round((ay + by) / 2, 1))
    if abs(bx - ax) < 1:
        return ((name, middle[0] + _LABEL_RISE, middle[1] + 4),)
    if abs(by - ay) >= 1:
        return (
            (
                name,
                round(ax + (bx - ax) * _SLANTED_AT, 1),
                round(ay + (by - ay) * _SLANTED_AT + 4, 1),
            ),
        )
    cut = max((n for n, letter in enumerate(name) if letter.isupper()), default=0)
    if len(name) <= _LONG or not cut:
        return ((name, middle[0], middle[1] - _LABEL_RISE),)
    return (
        (name[:cut], middle[0], middle[1] - _LABEL_RISE),
        (name[cut:], middle[0], middle[1] + _LABEL_DROP),
    )
