"""Workbooks (.xlsx), opened with suspicion: nothing in them is executed, unpacked without limit or looked up."""

import re
import warnings
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final
from xml.etree.ElementTree import ParseError

import openpyxl
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse
from openpyxl.utils.cell import coordinate_from_string, range_boundaries

from bufgraph.errors import InvalidInputError, TooLargeError
from bufgraph_ingest.tables.grid import BrokenRow, Cell, GridRow, Limits

_SAVE_AGAIN: Final = "open it in a spreadsheet program and save it as .xlsx or as CSV UTF-8"
_DAMAGE: Final = (
    ParseError,
    KeyError,
    ValueError,
    TypeError,
    EOFError,
    OSError,
    zipfile.BadZipFile,
    zlib.error,
)
_MERGED: Final = re.compile(rb'<(?:\w+:)?mergeCell\s[^>]*?ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')
_SMALL_PART: Final = 5 * 2**20
_CHUNK: Final = 2**20
_OWN_SHEETS: Final = frozenset({"columns", "choices"})
"""What the template has beside the sheet to fill in."""


class Workbook:
    """Rows of one sheet of a workbook, the first unless told otherwise, one at a time."""

    form = "xlsx"

    def __init__(self, file: Path, limits: Limits, sheet: str = "") -> None:
        self._file = file
        self._wanted = sheet.lower()
        self._limits = limits
        self.notes: list[str] = []

    def rows(self) -> Iterator[GridRow | BrokenRow]:
        """See the port."""
        self._check_archive()
        try:
            with warnings.catch_warnings(
                action="ignore"
            ):  # extensions of the format that do not matter to us
                book = openpyxl.load_workbook(self._file, read_only=True, data_only=False, keep_links=False)
        except _DAMAGE as err:
            raise InvalidInputError(
                f"{self._file} is a damaged workbook ({err}); {_SAVE_AGAIN}", path=str(self._file)
            ) from err
        try:
            yield from self._rows(book)
        finally:
            book.close()

    def _rows(self, book: openpyxl.Workbook) -> Iterator[GridRow | BrokenRow]:
        sheets = [sheet for sheet in book.worksheets if sheet.title.lower() not in _OWN_SHEETS]
        if not sheets:
            raise InvalidInputError(f"{self._file} has no sheet with rows", path=str(self._file))
        sheets.sort(key=lambda sheet: bool(self._wanted) and self._wanted not in sheet.title.lower())
        if others := [sheet.title for sheet in sheets[1:]]:
            self.notes.append(f"only the sheet '{sheets[0].title}' was read, not {', '.join(others)}")
        sheet: Any = sheets[0]  # Any: what reading gives is typed as what writing takes
        merged = self._merged(sheet._worksheet_path)
        number = 0
        try:
            sheet.reset_dimensions()  # what the file says of its size may be wrong
            for number, cells in enumerate(sheet.iter_rows(max_col=self._limits.columns), 1):
                if any(cell.value is not None for cell in cells):
                    yield GridRow(
                        number, [_cell(cell, merged.get((number, i))) for i, cell in enumerate(cells)]
                    )
        except _DAMAGE as err:
            yield BrokenRow(number + 1, f"the workbook is damaged from here on ({err})", _SAVE_AGAIN)

    def _check_archive(self) -> None:
        """Refuse what is no workbook, unpacks to too much, or declares entities.

        Raises:
            InvalidInputError: With the reason and what to do.
        """
        path = str(self._file)
        try:
            with zipfile.ZipFile(self._file) as archive:
                parts = archive.infolist()
                if not any(part.filename.startswith("xl/") for part in parts):
                    raise InvalidInputError(
                        f"{self._file} is a ZIP archive and no workbook; unpack it first", path=path
                    )
                self._check_sizes(parts)
                for part in parts:
                    if part.filename.endswith((".xml", ".rels", ".vml")):
                        with archive.open(part) as stream:
                            _refuse_entities(stream, f"{self._file} ({part.filename})", path)
        except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as err:
            raise InvalidInputError(
                f"{self._file} is cut off or damaged ({err}); copy it again, or {_SAVE_AGAIN}", path=path
            ) from err

    def _check_sizes(self, parts: Iterable[zipfile.ZipInfo]) -> None:
        total = 0
        for part in parts:
            total += part.file_size
            ratio = part.file_size / max(part.compress_size, 1)
            if total > self._limits.unpacked_bytes or (
                part.file_size > _SMALL_PART and ratio > self._limits.packing_ratio
            ):
                raise TooLargeError(
                    f"{self._file} unpacks to more than is believed of a table ({part.filename}: {part.file_size:,} "
                    f"bytes from {part.compress_size:,}); split it into smaller files or save it as CSV UTF-8",
                    path=str(self._file),
                )

    def _merged(self, part: str) -> dict[tuple[int, int], str]:
        """Return, for each cell inside a merged area but its first, the name of the first; (row, column from 0)."""
        found: dict[tuple[int, int], str] = {}
        with zipfile.ZipFile(self._file) as archive, archive.open(part) as stream:
            for reference in _references(stream):
                first = reference.split(":")[0]
                left, top, right, bottom = (int(bound or 0) for bound in range_boundaries(reference))
                for row in range(top, min(bottom, top + 10_000) + 1):
                    for column in range(left - 1, min(right, self._limits.columns)):
                        found[row, column] = first
                found.pop((top, left - 1), None)
        return found


def _references(stream: IO[bytes]) -> Iterator[str]:
    """Yield the merged areas that a sheet names; they stand at its end, after all rows."""
    tail = b""
    while chunk := stream.read(_CHUNK):
        text = tail + chunk
        end = 0
        for found in _MERGED.finditer(text):
            end = found.end()
            yield found[1].decode()
        tail = text[max(end, len(text) - 200) :]


def _refuse_entities(stream: IO[bytes], what: str, path: str) -> None:
    """Read to the first element; a document type, where entities are declared, would stand before it."""
    try:
        for _ in iterparse(stream, events=("start",), forbid_dtd=True):
            return
    except DefusedXmlException as err:
        raise InvalidInputError(
            f"{what} declares a document type or entities, which no spreadsheet program writes; the file is not read",
            path=path,
        ) from err
    except ParseError:
        return  # damage; reading the sheet says more


def _cell(cell: Any, merged_with: str | None) -> Cell:  # Any: one of several cell types of the reader
    if merged_with is not None:
        row = coordinate_from_string(merged_with)[1]
        fault = (
            f"the cell is merged with {merged_with}; only row {row} has the value",
            "take the merged cells apart and repeat the value in every row",
        )
        return Cell("", fault=fault)
    value = cell.value
    if cell.data_type == "f":
        text = str(getattr(value, "text", value))  # an array formula is an object
        return Cell(text, fault=("the cell holds a formula", "write the value itself (paste as values)"))
    if cell.data_type == "e":
        told = f"the cell holds the error {value}"
        return Cell(str(value), fault=(told, "write the value, or empty the cell"))
    if isinstance(value, int | float) and not isinstance(value, bool):
        return Cell(_number(value, is_percent="%" in (cell.number_format or "")), is_exact=True)
    return Cell(_told(value))


def _told(value: object) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value).strip()


def _number(value: float, *, is_percent: bool) -> str:
    exact = Decimal(repr(value)) * (100 if is_percent else 1)
    text = format(exact, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
