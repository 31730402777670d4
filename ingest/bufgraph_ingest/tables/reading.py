"""A file becomes rows by column: the kind of file is seen from its first bytes, the header is found and checked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz, process

from bufgraph.errors import InvalidInputError
from bufgraph.text.normalise import fold
from bufgraph_ingest.tables.columns import EXAMPLE, REJECT_COLUMNS, Sheet
from bufgraph_ingest.tables.grid import BrokenRow, Cell, Grid, GridRow, Limits
from bufgraph_ingest.tables.text_files import TextTable
from bufgraph_ingest.tables.workbooks import Workbook

_HEADER_WITHIN: Final = 10  # rows; above the header people write titles
_EMPTY: Final = Cell("")
_BEGINNINGS: Final = (
    (
        b"\xd0\xcf\x11\xe0",
        "an old workbook (.xls) or one with a password; save it as .xlsx without a password",
    ),
    (b"%PDF", "a PDF; a table is read from .xlsx or .csv"),
    (b"\x1f\x8b", "a packed file; unpack it first"),
    (b"{", "JSON and no table"),
    (b"<", "XML or HTML and no table; save the table as .xlsx or CSV UTF-8"),
)


@dataclass(frozen=True, slots=True)
class TableRow:
    """A row; ``cells`` by the names of the sheet's columns, those that the file lacks left out."""

    number: int
    cells: Mapping[str, Cell]

    def get(self, column: str) -> Cell:
        """Return a cell, an empty one where the file has no such column."""
        return self.cells.get(column, _EMPTY)


class TableReader:
    """Reads a file as one of our sheets.

    Attributes:
        form: ``csv`` or ``xlsx``.
        import_name: The import that a mended file of refused rows belongs to, from its first row; else "".

    Raises:
        InvalidInputError: The file is no table, or its header lacks columns that every row needs.
    """

    def __init__(self, file: Path, sheet: Sheet, limits: Limits, encoding: str = "") -> None:
        self._file = file
        self._sheet = sheet
        self._limits = limits
        self._grid = _open(file, limits, encoding)
        self._notes: list[str] = []
        self.form = self._grid.form
        rows = self._read()
        first = next(rows, None)
        self._begun: Iterator[TableRow | BrokenRow] | None = chain([first] if first is not None else [], rows)
        self.import_name = first.get("import").text if isinstance(first, TableRow) else ""

    @property
    def notes(self) -> list[str]:
        """What a person should know of how the file was read; complete after the last row."""
        return list(dict.fromkeys([*self._grid.notes, *self._notes]))

    def rows(self) -> Iterator[TableRow | BrokenRow]:
        """Yield the rows below the header; empty rows and the example of the template are passed over."""
        begun, self._begun = self._begun, None
        yield from self._read() if begun is None else begun

    def _read(self) -> Iterator[TableRow | BrokenRow]:
        rows = self._grid.rows()
        columns = self._columns(rows)
        for count, row in enumerate(rows, 1):
            if count > self._limits.rows:
                yield BrokenRow(row.number, f"the file has more than {self._limits.rows:,} rows", "split it")
                return
            if isinstance(row, BrokenRow):
                yield row
                continue
            cells = {name: row.cells[i] for name, i in columns.items() if i < len(row.cells)}
            if not any(cell.text or cell.fault for name, cell in cells.items() if name not in REJECT_COLUMNS):
                continue
            if cells.get(self._sheet.columns[0].name, _EMPTY).text.upper() == EXAMPLE:
                continue
            yield TableRow(row.number, cells)

    def _columns(self, rows: Iterator[GridRow | BrokenRow]) -> dict[str, int]:
        """Find the header; return the position of each column."""
        first: list[str] | None = None
        for row, _ in zip(rows, range(_HEADER_WITHIN), strict=False):
            if isinstance(row, BrokenRow):
                continue
            names = [_name(cell.text) for cell in row.cells]
            known = {name for name in names if name in self._sheet.by_name}
            if len(known) >= min(2, len(self._sheet.columns)):
                return self._checked(names)
            first = first or names
        if first is None:
            raise InvalidInputError(f"{self._file} is empty; fill in the template", path=str(self._file))
        return self._checked(first)

    def _checked(self, names: Sequence[str]) -> dict[str, int]:
        unknown = [n for n in names if n and n not in self._sheet.by_name and n not in REJECT_COLUMNS]
        lacking = [column.name for column in self._sheet.required() if column.name not in names]
        told = [f"'{name}'{self._offer(name)}" for name in dict.fromkeys(unknown)]
        if lacking:
            raise InvalidInputError(
                f"{self._file}: the header lacks {', '.join(lacking)}"
                + (f"; unknown: {', '.join(told[:10])}" if told else "")
                + f"; see 'bufgraph template {self._sheet.kind}'",
                path=str(self._file),
                columns=lacking,
            )
        if twice := sorted({n for n in names if n in self._sheet.by_name and names.count(n) > 1}):
            raise InvalidInputError(
                f"{self._file}: the header names {', '.join(twice)} twice; keep one column of that name",
                path=str(self._file),
            )
        if told:
            self._notes.append(f"columns that are not known and were not read: {', '.join(told)}")
        return {
            name: i for i, name in enumerate(names) if name in self._sheet.by_name or name in REJECT_COLUMNS
        }

    def _offer(self, name: str) -> str:
        close = process.extractOne(name, list(self._sheet.by_name), scorer=fuzz.ratio, score_cutoff=70)
        return f" (did you mean '{close[0]}'?)" if close else ""


def _name(text: str) -> str:
    """Return the name of a column as its header writes it: "Start year *" is start_year."""
    return fold(text.lstrip("\ufeff").strip(" *")).replace(" ", "_").replace("-", "_")


def _open(file: Path, limits: Limits, encoding: str) -> Grid:
    try:
        with file.open("rb") as stream:
            beginning = stream.read(8)
    except OSError as err:
        raise InvalidInputError(f"{file} cannot be read: {err.strerror}", path=str(file)) from err
    if beginning.startswith(b"PK"):
        return Workbook(file, limits)
    for mark, what in _BEGINNINGS:
        if beginning.startswith(mark):
            raise InvalidInputError(f"{file} is {what}", path=str(file))
    return TextTable(file, limits, encoding)
