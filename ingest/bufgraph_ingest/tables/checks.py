"""What the cells of a row must be together."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from bufgraph_ingest.tables.cells import CellFault
from bufgraph_ingest.tables.columns import Sheet

Parts = Mapping[str, Mapping[str, Any]]  # Any: values of each kind of column
_MOST_CHALLENGES: Final = 3


def together(sheet: Sheet, parts: Parts) -> Iterator[CellFault]:
    """Yield what is wrong with cells that are right alone."""
    for check in _CHECKS:
        yield from check(sheet, parts)


def _sources(sheet: Sheet, parts: Parts) -> Iterator[CellFault]:
    """Nothing without a source: an address or a title in the first pair, and in the second where it says anything."""
    for part in ("source", "source_2"):
        found = parts.get(part, {})
        if (part == "source" or found) and not ("page" in found or "title" in found):
            column = sheet.by_field[f"{part}.page"].name
            title = sheet.by_field[f"{part}.title"].name
            yield CellFault(column, "", "the row names no source", f"write {column} or {title}")


def _years(sheet: Sheet, parts: Parts) -> Iterator[CellFault]:
    found = parts.get("adoption", {})
    start, end = found.get("start_year"), found.get("end_year")
    if isinstance(start, int) and isinstance(end, int) and end < start:
        yield CellFault("end_year", str(end), f"it ends before it starts in {start}", "check both years")


def _challenges(sheet: Sheet, parts: Parts) -> Iterator[CellFault]:
    found = parts.get("practice", {})
    further = [c for c in found.get("challenge") or () if c != found.get("main_challenge")]
    if len(further) >= _MOST_CHALLENGES:
        yield CellFault(
            "challenges",
            "; ".join(further),
            f"a practice has at most {_MOST_CHALLENGES} challenges, the main one among them",
            "keep the two that matter most",
        )


def _condition(sheet: Sheet, parts: Parts) -> Iterator[CellFault]:
    found = parts.get("condition")
    if not found:
        return
    essential, change = found.get("is_essential"), found.get("change")
    if essential is False and not change:
        yield CellFault("condition_change", "", "a condition that is not essential needs a change",
                        "write what a city without it does instead")  # fmt: skip
    if essential is True and change:
        yield CellFault("condition_change", str(change), "an essential condition has no change",
                        "write no in condition_essential, or empty this cell")  # fmt: skip
    bounds = [found[key] for key in ("at_least", "at_most") if isinstance(found.get(key), int)]
    is_population = str(found.get("factor")).endswith("/population")
    if is_population and not bounds:
        yield CellFault("population_at_least", "", "a condition on the population needs a number of residents",
                        "write population_at_least or population_at_most")  # fmt: skip
    if bounds and not is_population and found.get("factor"):
        yield CellFault("population_at_least", str(bounds[0]), "only a condition on the population has bounds",
                        "write population in condition_factor, or empty the bounds")  # fmt: skip
    if len(bounds) == 2 and bounds[0] > bounds[1]:
        yield CellFault("population_at_most", str(bounds[1]), "the bounds leave no number between them",
                        "check both numbers")  # fmt: skip


_CHECKS: Final[tuple[Callable[[Sheet, Parts], Iterator[CellFault]], ...]] = (
    _sources,
    _years,
    _challenges,
    _condition,
)
