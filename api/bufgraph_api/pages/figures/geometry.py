"""Numbers as attributes of a drawing."""

from collections.abc import Iterable

Point = tuple[float, float]


def percent(value: float) -> str:
    """Write a position in a drawing that is as wide as its column: text in it keeps its size on every screen."""
    return f"{round(value, 2):g}%"


def points(along: Iterable[Point]) -> str:
    """Return a ``points`` attribute."""
    return " ".join(f"{x:g},{y:g}" for x, y in along)
