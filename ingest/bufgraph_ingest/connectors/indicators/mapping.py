"""The codes of a statistical office in our words: tables that the operator brings."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from bufgraph.errors import InvalidInputError
from bufgraph_ingest.connectors.indicators.names import Indicator, Names
from bufgraph_ingest.connectors.indicators.table import Row, read_rows
from bufgraph_ingest.connectors.indicators.values import CellError, UnmappedError, number
from bufgraph_ingest.port import Reject
from bufgraph_ingest.reconciliation import UnknownNameError


@dataclass(frozen=True, slots=True)
class Scaled:
    """An indicator, and what their value is multiplied with to be ours."""

    indicator: Indicator
    scale: Decimal


@dataclass(frozen=True, slots=True)
class CodeMapping:
    """What the codes of an office mean: their code → our city, their code → our indicator."""

    cities: Mapping[str, str]
    indicators: Mapping[str, Scaled]

    def find(self, row: Row, city: str, indicator: str) -> tuple[str, Scaled]:
        """Return what the codes of a row mean.

        Args:
            city: Column with the code of the city; ``indicator``: with that of the indicator.

        Raises:
            UnmappedError: One of them or both have no mapping.
        """
        place, measured = self.cities.get(row.get(city)), self.indicators.get(row.get(indicator))
        if place is not None and measured is not None:
            return place, measured
        lacking = []
        if place is None:
            lacking.append((city, row.get(city), "add it to the table of --cities, or leave it out"))
        if measured is None:
            lacking.append(
                (indicator, row.get(indicator), "add it to the table of --indicators, or leave it out")
            )
        raise UnmappedError(lacking)


def read_mapping(cities: Path, indicators: Path, names: Names) -> CodeMapping:
    """Read the tables ``their_code,city`` and ``their_code,indicator,scale`` (without a scale: 1).

    A row without a city or indicator leaves its code without a mapping.

    Raises:
        InvalidInputError: A table is not of this form or names what we do not know; with file, line and column.
    """
    return CodeMapping(
        {code: _city(cities, row, names) for code, row in _by_code(cities, "city")},
        {code: _indicator(indicators, row, names) for code, row in _by_code(indicators, "indicator")},
    )


def _by_code(file: Path, target: str) -> Iterator[tuple[str, Row]]:
    lines: dict[str, int] = {}
    for row in read_rows(file, ("their_code", target)):
        if isinstance(row, Reject):
            raise _wrong(file, row.line, row.field, row.reason)
        code = row.get("their_code")
        if code in lines:
            raise _wrong(file, row.line, "their_code", f"'{code}' stands in line {lines[code]} too; keep one")
        lines[code] = row.line
        if row.get(target):
            yield code, row


def _city(file: Path, row: Row, names: Names) -> str:
    try:
        return names.city(row.get("city"), row.get("country"))
    except UnknownNameError as err:
        raise _wrong(file, row.line, "city", err.reason) from err


def _indicator(file: Path, row: Row, names: Names) -> Scaled:
    try:
        indicator = names.indicator(row.get("indicator"))
        scale = number(row, "scale")
    except UnknownNameError as err:
        raise _wrong(file, row.line, "indicator", err.reason) from err
    except CellError as err:
        raise _wrong(file, row.line, err.column, err.reason) from err
    if scale is not None and scale <= 0:
        raise _wrong(file, row.line, "scale", f"'{scale}' is no scale; write a number above 0")
    return Scaled(indicator, Decimal(1) if scale is None else scale)


def _wrong(file: Path, line: int, column: str, reason: str) -> InvalidInputError:
    where = f", column {column}" if column else ""
    return InvalidInputError(f"{file} line {line}{where}: {reason}", path=str(file), line=line)
