"""Topics × kinds of places, with a sign for what is missing in each."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bufgraph.analytics.blind_spots import UNKNOWN, Cell, Dimension
from bufgraph.localisation.phrases import Listing, Phrase, counted, phrase
from bufgraph.namespaces import slug
from bufgraph.services.presentation import Presenter
from bufgraph_api.pages.words import SIZES

State = Literal["measured", "unmeasured", "needed", "elsewhere", "nowhere", "no-city"]
STATES: Final[Mapping[State, tuple[str, Phrase]]] = {
    "measured": ("✓", phrase("Practices here, at least one with a measured result")),
    "unmeasured": ("?", phrase("Practices here, but nobody measured a result")),
    "needed": ("!", phrase("A city here needs it, and no practice is recorded here")),
    "elsewhere": ("–", phrase("Practices only elsewhere")),
    "nowhere": ("×", phrase("No practice anywhere")),
    "no-city": ("·", phrase("We hold no city of this kind")),
}
"""Sign and words for a cell, from what is best known to what is not known at all."""


@dataclass(frozen=True, slots=True)
class Square:
    """A cell as it is drawn: a sign and a number.

    Attributes:
        number: Recorded practices, or cities in need of one; None where neither says anything.
        words: The same for those who do not see it.
        query: What its address adds to that of the page; None for a cell without anything to tell.
    """

    state: State
    number: int | None
    failures: int
    words: Listing
    query: tuple[tuple[str, str], ...] | None


@dataclass(frozen=True, slots=True)
class Heading:
    """A value of a dimension; ``code`` is the short form of a country, ``group`` the name of the topic above."""

    value: str
    label: str
    code: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Matrix:
    """The picture: rows under the name of their group, which is empty where there are none.

    Attributes:
        counts: Cells in each state, for the legend.
    """

    down: Dimension
    across: Dimension
    columns: tuple[Heading, ...]
    groups: tuple[tuple[str, tuple[tuple[Heading, tuple[Square, ...]], ...]], ...]
    counts: Mapping[State, int]


def matrix_figure(topic: Dimension, place: Dimension, cells: Sequence[Cell], present: Presenter) -> Matrix:
    """Return the table of all cells; the dimension with more values lies in the rows, for screens are narrow."""
    by_key = {(cell.key[topic], cell.key[place]): cell for cell in cells}
    headings = {
        topic: headings_of(topic, {key[0] for key in by_key}, present),
        place: headings_of(place, {key[1] for key in by_key}, present),
    }
    headings[place] = _best_known_first(headings[place], place, cells)
    across, down = sorted((topic, place), key=lambda d: (len(headings[d]), d))
    grouped: dict[str, list[tuple[Heading, tuple[Square, ...]]]] = {}
    for row in headings[down]:
        keys = (
            (row.value, column.value) if down == topic else (column.value, row.value)
            for column in headings[across]
        )
        squares = tuple(_square(by_key[key], topic, place) for key in keys)
        grouped.setdefault(row.group, []).append((row, squares))
    counts = Counter(s.state for rows in grouped.values() for _, squares in rows for s in squares)
    return Matrix(
        down, across, headings[across], tuple((name, tuple(rows)) for name, rows in grouped.items()), counts
    )


def headings_of(dimension: Dimension, values: set[str], present: Presenter) -> tuple[Heading, ...]:
    """Return the values of a dimension in the order of reading: sizes from small to large, all else by its name under its group."""
    found = [heading(dimension, value, present) for value in values]
    if dimension == "size":
        return tuple(sorted(found, key=lambda h: list(SIZES).index(h.value)))
    order = present.tongue.order
    return tuple(sorted(found, key=lambda h: (order(h.group), order(h.label), h.value)))


def _best_known_first(
    found: tuple[Heading, ...], place: Dimension, cells: Sequence[Cell]
) -> tuple[Heading, ...]:
    """Return countries by their code, those of which little is recorded last: on a phone the first ones are seen first."""
    if place != "country":
        return found
    of_place = Counter(cell.key[place] for cell in cells if cell.practices)
    enough = len(cells) / len(found) / 10
    return tuple(sorted(found, key=lambda h: (of_place[h.value] < enough, h.code)))


def heading(dimension: Dimension, value: str, present: Presenter) -> Heading:
    """Return the name of a value in the language of the page."""
    tongue = present.tongue
    if "/" in value:
        above = present.catalogue.concepts[value].broader if dimension != "domain" else ()
        return Heading(value, present.label(value), group=present.label(above[0]) if above else "")
    if dimension == "country":
        return Heading(value, tongue.country(value), value)
    return Heading(value, tongue.tell(SIZES[value] if dimension == "size" else phrase("Not known")))


def state_of(cell: Cell) -> State:
    """Return what is known and what is missing."""
    if cell.practices:
        return "measured" if cell.measured else "unmeasured"
    if cell.needs:
        return "needed"
    if not cell.cities:
        return "no-city"
    return "elsewhere" if cell.practices_elsewhere else "nowhere"


def _square(cell: Cell, topic: Dimension, place: Dimension) -> Square:
    state = state_of(cell)
    number = len(cell.practices) or len(cell.needing) or None
    query = None
    if state != "no-city" and UNKNOWN not in (cell.key[topic],):
        query = (("topic", slug(cell.key[topic])), ("in", cell.key[place]))
    return Square(state, number, cell.failures, _words(cell, state), query)


def _words(cell: Cell, state: State) -> Listing:
    told: list[Phrase] = []
    if cell.practices:
        told.append(counted("{n} practice", "{n} practices", len(cell.practices)))
        told.append(
            phrase("{n} with a measured result", n=cell.measured)
            if cell.measured
            else phrase("none with a measured result")
        )
    elif state == "needed":
        told.append(
            counted("{n} city needs it, no practice", "{n} cities need it, no practice", len(cell.needing))
        )
    else:
        told.append(STATES[state][1])
    if cell.failures:
        told.append(
            counted("{n} attempt failed or was stopped", "{n} attempts failed or were stopped", cell.failures)
        )
    return Listing(told)
