"""How a practice spread: a line for each place, years from left to right, and the way it came from one to the next."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from textwrap import wrap
from typing import Any, Final

from bufgraph.analytics.spread import Spread, Uptake, first_year, member_places
from bufgraph.localisation.phrases import Phrase, counted, phrase
from bufgraph.localisation.tongue import Tongue
from bufgraph.model import Adoption, Catalogue
from bufgraph.namespaces import slug
from bufgraph.services.presentation import Presenter
from bufgraph_api.pages.figures.geometry import percent

Json = dict[str, Any]  # Any: JSON
_LANE, _HEADING, _AXIS = 52, 34, 40
"""Height of a line, of a heading between lines, and of the years on top, in pixels."""
_MARK_AT: Final = 34
_TRUNK: Final = 8
_TRUNKS_APART: Final = 14
_LEFT, _RIGHT = 11.0, 93.0
"""Ends of the years, in percent of the width; beyond them lie the ways on the left and half a mark on the right."""
_COLUMN: Final = 23.0
"""Width of a column for unknown years, in percent."""
_TICKS: Final = 4
_LABEL_CHARS, _COLUMN_CHARS = 38, 11


@dataclass(frozen=True, slots=True)
class Lane:
    """One place.

    Attributes:
        y: Of the mark, in pixels; ``x``: of the mark, and ``end_x`` of the end year, None when no end is recorded.
        way: Whether a record says from where it came: ``stated`` or ``assumed`` from the first place; empty without a way.
        trunk: Distance of its way from the left, in pixels.
        place: As a presenter gives it; ``sources`` likewise.
    """

    label: str
    y: int
    x: str
    end_x: str | None
    way: str
    trunk: int
    place: Json
    relation: str
    outcome: str
    year: int | None
    end_year: int | None
    sources: tuple[Json, ...]
    distance_km: int | None


@dataclass(frozen=True, slots=True)
class SpreadFigure:
    """The picture, and everything that its table and its legend say.

    Attributes:
        trunks: Ways from a place down to those that took over from it: distance from the left, from and to which height.
        unknown: Columns for marks without a year: where it begins, its middle, and the lines of its heading.
        headings: Texts between lines, with their height.
    """

    height: int
    text_x: int
    lanes: tuple[Lane, ...]
    trunks: tuple[tuple[int, int, int], ...]
    ticks: tuple[tuple[str, int], ...]
    unknown: tuple[tuple[str, str, tuple[str, ...]], ...]
    headings: tuple[tuple[int, str], ...]
    outcomes: tuple[str, ...]
    summary: tuple[Phrase, ...]

    @property
    def ways(self) -> frozenset[str]:
        """What kinds of ways the legend has to explain."""
        return frozenset(lane.way for lane in self.lanes)

    @property
    def has_ends(self) -> bool:
        """Whether an end is drawn somewhere."""
        return any(lane.end_x for lane in self.lanes)


@dataclass(frozen=True, slots=True)
class _Row:
    """A place before it has a position; ``source``: number of the row that it came from."""

    places: tuple[str, ...]
    place: str
    relation: str
    outcome: str
    year: int | None
    end_year: int | None
    way: str = ""
    sources: tuple[str, ...] = ()
    distance_km: float | None = None


def spread_figure(found: Spread, present: Presenter) -> SpreadFigure | None:
    """Return the picture of a spread, or None when a practice was neither taken over nor begun elsewhere."""
    catalogue, tongue = present.catalogue, present.tongue
    rows = [_origin(found, catalogue), *_takers(found, catalogue)]
    apart = _parallel(found, catalogue)
    if len(rows) + len(apart) == 1:
        return None
    scale = _Scale([*rows, *apart])
    source_of = [_source(rows, row) for row in rows]
    trunks = {
        n: _TRUNK + _TRUNKS_APART * k for k, n in enumerate(sorted({s for s in source_of if s is not None}))
    }
    top = _AXIS
    lanes: list[Lane] = []
    headings: list[tuple[int, str]] = []
    for n, row in enumerate([*rows, *apart]):
        if n == len(rows):
            headings.append(
                (top + _HEADING - 14, tongue.tell(phrase("Begun on its own, without a known link")))
            )
            top += _HEADING
        source = source_of[n] if n < len(rows) else None
        trunk = trunks[source] if source is not None else trunks.get(n, 0)
        lanes.append(_lane(row, top + _MARK_AT, scale, trunk, present))
        top += _LANE
    return SpreadFigure(
        height=top, text_x=_TRUNK + _TRUNKS_APART * max(1, len(trunks)), lanes=tuple(lanes),
        trunks=tuple(
            (x, min(ends), max(ends))
            for n, x in trunks.items()
            if (ends := [lanes[n].y, *(lanes[m].y for m, s in enumerate(source_of) if s == n)])
        ),
        ticks=scale.ticks, unknown=scale.columns(tongue), headings=tuple(headings),
        outcomes=tuple(dict.fromkeys(row.outcome for row in [*rows, *apart])),
        summary=tuple(_summary(found, present)),
    )  # fmt: skip


class _Scale:
    """Places years between the left and the right; whoever has no year stands in a column of its own."""

    def __init__(self, rows: Sequence[_Row]) -> None:
        years = [year for row in rows for year in (row.year, row.end_year) if year is not None]
        self._origin_unknown = rows[0].year is None
        self._others_unknown = any(row.year is None for row in rows[1:])
        self._low = _LEFT + (_COLUMN if self._origin_unknown else 0)
        self._high = _RIGHT - (_COLUMN if self._others_unknown else 0)
        self._years = (min(years), max(years)) if years else None
        self.ticks = tuple((percent(self.at(year)), year) for year in _ticks(self._years))

    def at(self, year: int) -> float:
        first, last = self._years or (year, year)
        share = (year - first) / (last - first) if last > first else 0.5
        return self._low + share * (self._high - self._low)

    def mark(self, row: _Row) -> str:
        if row.year is not None:
            return percent(self.at(row.year))
        return percent(_LEFT + _COLUMN / 4 if row.relation == "origin" else _RIGHT - _COLUMN / 4)

    def columns(self, tongue: Tongue) -> tuple[tuple[str, str, tuple[str, ...]], ...]:
        lines = tuple(wrap(tongue.tell(phrase("year not known")), _COLUMN_CHARS, break_long_words=False))
        edge = _COLUMN * 0.7
        found = []
        if self._origin_unknown:
            found.append((percent(_LEFT + edge), percent(_LEFT + _COLUMN / 4), lines))
        if self._others_unknown:
            found.append((percent(_RIGHT - edge), percent(_RIGHT - _COLUMN / 4), lines))
        return tuple(found)


def _ticks(years: tuple[int, int] | None) -> list[int]:
    """Return a few round years."""
    if years is None:
        return []
    first, last = years
    step = next((s for s in (1, 2, 5, 10, 20, 50) if (last - first) / s <= _TICKS), 100)
    return [year for year in range(first, last + 1) if year % step == 0] or [first]


def _origin(found: Spread, catalogue: Catalogue) -> _Row:
    practice = catalogue.practices[found.practice]
    own = [a for a in catalogue.adoptions_by_practice.get(practice.id, ()) if a.is_origin]
    ends = [a.end_year for a in own]
    return _Row(
        (found.origin, *member_places(catalogue, found.origin)),
        found.origin,
        "origin",
        slug(own[0].outcome) if own else "unknown",
        first_year(catalogue, practice),
        max(year for year in ends if year is not None) if ends and None not in ends else None,
    )


def _takers(found: Spread, catalogue: Catalogue) -> list[_Row]:
    return [_taker(uptake, catalogue.adoptions[uptake.adoption], catalogue) for uptake in found.uptakes]


def _taker(uptake: Uptake, adoption: Adoption, catalogue: Catalogue) -> _Row:
    named = adoption.replicated_from
    way = "stated" if named and named != adoption.id and named in catalogue.adoptions else "assumed"
    return _Row(
        (uptake.place,), uptake.place, slug(uptake.relation), slug(uptake.outcome), uptake.year, adoption.end_year, way, uptake.sources,
        uptake.distance_km,
    )  # fmt: skip


def _parallel(found: Spread, catalogue: Catalogue) -> list[_Row]:
    rows = [
        _Row((place,), place, "parallel", slug(a.outcome), a.start_year, a.end_year)
        for a in catalogue.adoptions_by_practice.get(found.practice, ())
        if slug(a.relation) == "parallel"
        for place in member_places(catalogue, a.place)
    ]
    return sorted(rows, key=lambda row: (row.year is None, row.year or 0, row.place))


def _source(rows: Sequence[_Row], row: _Row) -> int | None:
    """Return the number of the row that a place took over from."""
    return next((n for n, other in enumerate(rows) if set(other.places) & set(row.sources)), None)


def _lane(row: _Row, y: int, scale: _Scale, trunk: int, present: Presenter) -> Lane:
    place = present.place(row.place)
    where = ", ".join(part for part in (place["label"], present.tongue.country(place["country"])) if part)
    has_end = row.year is not None and row.end_year is not None and row.end_year > row.year
    return Lane(
        label=where if len(where) <= _LABEL_CHARS else f"{where[: _LABEL_CHARS - 1].rstrip()}…",
        y=y,
        x=scale.mark(row),
        end_x=percent(scale.at(row.end_year)) if has_end and row.end_year is not None else None,
        way=row.way,
        trunk=trunk,
        place=place,
        relation=row.relation,
        outcome=row.outcome,
        year=row.year,
        end_year=row.end_year,
        sources=tuple(present.place(iri) for iri in row.sources),
        distance_km=round(row.distance_km) if row.distance_km is not None else None,
    )


def _summary(found: Spread, present: Presenter) -> Iterable[Phrase]:
    origin = present.place(found.origin)["label"]
    if found.first_year is None:
        yield phrase("It began in {place}; no record says in which year.", place=origin)
    else:
        yield phrase("It began in {place} in {year}.", place=origin, year=found.first_year)
    figures = found.figures
    if figures.places:
        yield counted(
            "{n} place took it over or joined.", "{n} places took it over or joined.", figures.places
        )
    if figures.countries > 1:
        yield counted("They lie in {n} country.", "They lie in {n} countries.", figures.countries)
    if found.parallel:
        yield counted(
            "{n} place began the same on its own.",
            "{n} places began the same on their own.",
            len(found.parallel),
        )
