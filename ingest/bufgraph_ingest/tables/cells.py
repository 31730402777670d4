"""A row of cells becomes values by field, with a fault for each cell that cannot be believed."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final

from bufgraph_ingest.tables import values as read
from bufgraph_ingest.tables.columns import MANY, Column, Kind, Sheet
from bufgraph_ingest.tables.grid import Cell
from bufgraph_ingest.tables.reading import TableRow
from bufgraph_ingest.tables.sheets import CURRENCIES
from bufgraph_ingest.tables.values import CellError
from bufgraph_ingest.tables.vocabulary import Vocabulary
from bufgraph_ingest.tables.world import World

Value = str | int | float | bool | date
_FORMULA: Final = ("=", "+", "-", "@")
_MARKUP: Final = re.compile(r"</?[A-Za-z][^<>]*>|<!--|<script", re.IGNORECASE)
_EMAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.[\w.-]+")
_CONTROLS: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
"""Characters that nobody sees, or that make text look other than it is."""
_SLUG: Final = re.compile(r"[a-z0-9]+(?:-+[a-z0-9]+)*")
_COUNTRY: Final = re.compile(r"[A-Z]{2}")
_DATE_IN_NUMBER: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True, slots=True)
class CellFault:
    """Why a cell was refused."""

    column: str
    value: str
    reason: str
    remedy: str


@dataclass(frozen=True)
class RowValues:
    """What a row says.

    Attributes:
        parts: By part and key: the value, or a list of values where the column holds several; parts of which the row
            has nothing are left out.
        faults: What is wrong; a row with faults becomes no record.
    """

    number: int
    parts: Mapping[str, Mapping[str, Value | list[Value]]]
    faults: list[CellFault] = field(default_factory=list)


class RowParser:
    """Reads the rows of one kind of sheet."""

    def __init__(self, sheet: Sheet, vocabulary: Vocabulary, world: World) -> None:
        self._sheet = sheet
        self._vocabulary = vocabulary
        self._world = world
        self._by_kind: Final[dict[Kind, Callable[[Column, Cell], Value]]] = {
            Kind.TEXT: _text,
            Kind.INTEGER: _integer,
            Kind.DECIMAL: _decimal,
            Kind.YEAR: lambda column, cell: int(_bounded(column, read.year(cell.text), cell.text)),
            Kind.DATE: lambda column, cell: read.day(cell.text),
            Kind.YES_NO: lambda column, cell: read.yes_no(cell.text),
            Kind.CONCEPT: lambda column, cell: vocabulary.find(cell.text, column.schemes),
            Kind.CODE: _code,
            Kind.CITY: lambda column, cell: world.place(cell.text, is_city=True),
            Kind.PLACE: lambda column, cell: world.place(cell.text),
            Kind.PRACTICE: lambda column, cell: world.practice(cell.text),
            Kind.COUNTRY: _country,
            Kind.URL: lambda column, cell: read.address(cell.text),
            Kind.SLUG: _slug,
        }

    def parse(self, row: TableRow) -> RowValues:
        """Return the values of a row with all its faults."""
        parts: dict[str, dict[str, Value | list[Value]]] = {}
        faults: list[CellFault] = []
        for column in self._sheet.columns:
            cell = row.get(column.name)
            if not cell.text and cell.fault is None:
                continue
            part = parts.setdefault(column.part, {})
            try:
                part.update(self._values(column, cell, row))
            except CellError as err:
                faults.append(CellFault(column.name, cell.text, err.reason, err.remedy))
                part.setdefault(column.key, "")  # so that the cell is not reported as empty too
        self._complete(parts, faults)
        return RowValues(row.number, parts, faults)

    def _values(self, column: Column, cell: Cell, row: TableRow) -> Mapping[str, Value | list[Value]]:
        cell = _trusted(cell)
        if column.kind is Kind.MONEY:
            return _money(column, cell, row.get("currency").text)
        convert = self._by_kind[column.kind]
        if not column.is_many:
            return {column.key: convert(column, cell)}
        texts = [text for part in cell.text.split(MANY) if (text := part.strip())]
        return {column.key: list(dict.fromkeys(convert(column, Cell(text)) for text in texts))}

    def _complete(self, parts: dict[str, dict[str, Value | list[Value]]], faults: list[CellFault]) -> None:
        """Note the cells that are missing, and let defaults stand in for the rest."""
        for column in self._sheet.columns:
            if column.part in self._sheet.optional and column.part not in parts:
                continue
            part = parts.setdefault(column.part, {})
            if column.key in part:
                continue
            if column.required:
                also = (
                    f", because the row has something of the {column.part}"
                    if column.part in self._sheet.optional
                    else ""
                )
                faults.append(CellFault(column.name, "", f"the cell is empty{also}", column.help))
            elif column.default:
                part[column.key] = self._by_kind[column.kind](column, Cell(column.default))


def _trusted(cell: Cell) -> Cell:
    """Return a cell that is no formula and no trick.

    Raises:
        CellError: It is one.
    """
    if cell.fault is not None:
        raise CellError(*cell.fault)
    text = cell.text
    if text[:1] == "'" and text[1:2] in _FORMULA:
        text = text[1:]  # how spreadsheet programs, and our own files of refused rows, mark text
    if text.startswith(_FORMULA) and not cell.is_exact and not is_number(text):
        raise CellError(
            f"the cell begins with '{text[0]}', as a formula does; nothing is computed",
            "write the value itself, or begin the text with a letter",
        )
    if _CONTROLS.search(text):
        raise CellError("the cell holds invisible control characters", "type the text again")
    return Cell(text, cell.is_exact)


def is_number(text: str) -> bool:
    """Tell whether a text that begins with a sign is a number, maybe one that can be read in two ways."""
    try:
        read.money(text)
    except CellError as err:
        return "two ways" in err.reason
    return True


def _text(column: Column, cell: Cell) -> str:
    text = " ".join(cell.text.split())
    if len(text) > column.longest:
        raise CellError(f"the text has {len(text):,} characters", f"shorten it to {column.longest:,}")
    if _MARKUP.search(text):
        raise CellError("the text holds HTML", "write plain text without tags")
    if found := _EMAIL.search(text):
        raise CellError(
            f"the text holds the e-mail address {found[0]}", "leave out how persons can be reached"
        )
    return text


def _integer(column: Column, cell: Cell) -> int:
    found = read.number(cell.text, is_exact=cell.is_exact, is_whole=True)
    if found != found.to_integral_value():
        raise CellError(f"'{cell.text}' is no whole number", "write digits only")
    return int(_bounded(column, found, cell.text))


def _decimal(column: Column, cell: Cell) -> float:
    if _DATE_IN_NUMBER.fullmatch(cell.text):
        raise CellError(
            f"the cell holds the date {cell.text}, which a spreadsheet program made of a number",
            "set the format of the cell to text and write the number again",
        )
    found = float(_bounded(column, read.number(cell.text, is_exact=cell.is_exact), cell.text))
    return int(found) if found.is_integer() else found


def _bounded(column: Column, found: Decimal | int, text: str) -> Decimal | int:
    if column.least is not None and found < column.least:
        raise CellError(f"{text} is less than {column.least:.0f}, the least that is believed", column.help)
    if column.most is not None and found > column.most:
        raise CellError(f"{text} is more than {column.most:.0f}, the most that is believed", column.help)
    return found


def _money(column: Column, cell: Cell, currency: str) -> dict[str, Value]:
    if cell.text.startswith("-"):
        raise CellError(f"'{cell.text}' is negative", "write what was spent as a positive number")
    found = read.money(cell.text, is_exact=cell.is_exact)
    amount = float(_bounded(column, found.amount, cell.text))
    if found.currency and currency and found.currency != currency.upper():
        raise CellError(
            f"the cost is in {found.currency}, the column currency says {currency}", "write one of them"
        )
    if not found.currency and not currency:
        raise CellError("the cost has no currency", "write it in the column currency, such as EUR")
    if found.currency not in ("", *CURRENCIES):
        raise CellError(
            f"'{found.currency}' is no currency that we know", f"write one of {', '.join(CURRENCIES)}"
        )
    made: dict[str, Value] = {column.key: int(amount) if amount.is_integer() else amount}
    return {**made, "currency": found.currency} if not currency else made


def _code(column: Column, cell: Cell) -> str:
    for code in column.codes:
        if cell.text.lower() == code.lower():
            return code
    raise CellError(f"'{cell.text}' is none of the codes", f"write one of {', '.join(column.codes)}")


def _country(column: Column, cell: Cell) -> str:
    if _COUNTRY.fullmatch(cell.text.upper()):
        return cell.text.upper()
    raise CellError(f"'{cell.text}' is no code of a country", "write two letters, such as FI")


def _slug(column: Column, cell: Cell) -> str:
    if len(cell.text) <= 120 and _SLUG.fullmatch(cell.text):
        return cell.text
    raise CellError(f"'{cell.text}' is no identifier", column.help)
