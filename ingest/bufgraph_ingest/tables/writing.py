"""Tables that people open: never a formula, whatever a cell holds."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Final

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill

from bufgraph_ingest.tables.cells import is_number

FORMS: Final = ("xlsx", "csv")
HEADER_FONT: Final = Font(bold=True)
FAULT_FILL: Final = PatternFill("solid", fgColor="FFE0D0")
FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
"""What a formula may begin with."""
_LONGEST_CELL: Final = 32_767  # the limit of the format

Row = Sequence[str | float]


def inert(value: str | float) -> str | float:
    """Return a cell that no spreadsheet program takes for a formula: an apostrophe before what begins like one."""
    if isinstance(value, str) and value.startswith(FORMULA) and not is_number(value):
        return f"'{value}"[:_LONGEST_CELL]
    return value[:_LONGEST_CELL] if isinstance(value, str) else value


def to_csv(rows: Iterable[Row]) -> bytes:
    """Return rows as spreadsheet programs of the region read them: UTF-8 with a mark, parted by semicolons."""
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\r\n")
    writer.writerows([_spelled(inert(value)) for value in row] for row in rows)
    return stream.getvalue().encode("utf-8-sig")


def _spelled(value: str | float) -> str:
    """Write a number so that it can be read in one way only: 1.234 as 1.2340, which parts no thousands."""
    if isinstance(value, str):
        return value
    if float(value).is_integer():
        return str(int(value))
    text = repr(value)
    return f"{text}0" if len(text.partition(".")[2]) == 3 else text


def to_workbook(title: str, rows: Iterable[Row], marked: Iterable[frozenset[int]]) -> bytes:
    """Return rows as a workbook of one sheet with a frozen header.

    Args:
        marked: For each row the positions of the cells to colour.
    """
    book = Workbook(write_only=True)
    sheet = book.create_sheet(title)
    sheet.freeze_panes = "A2"
    for number, (row, coloured) in enumerate(zip(rows, marked, strict=True)):
        cells = [WriteOnlyCell(sheet, value=inert(value)) for value in row]
        for position, cell in enumerate(cells):
            if number == 0:
                cell.font = HEADER_FONT
            elif position in coloured:
                cell.fill = FAULT_FILL
        sheet.append(cells)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
