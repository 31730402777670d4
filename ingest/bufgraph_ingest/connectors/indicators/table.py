"""Delimited text with a header, row by row."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bufgraph_ingest.port import Reject

_DELIMITERS: Final = ",;\t|"


@dataclass(frozen=True, slots=True)
class Row:
    """A row, or an entry of a list in JSON.

    Attributes:
        line: Where it starts, counted from 1; for JSON the number of the entry.
        cells: Trimmed text by column, column names in lower case.
        text: The row as it came.
        has_decimal_comma: Whether the file is delimited by semicolons, as programs do where the comma is decimal.
    """

    line: int
    cells: Mapping[str, str]
    text: str
    has_decimal_comma: bool = False

    def get(self, column: str) -> str:
        """Return a cell, "" where the file has no such column."""
        return self.cells.get(column.lower(), "")


def read_rows(file: Path, columns: Sequence[str]) -> Iterator[Row | Reject]:
    """Yield the rows of a UTF-8 file; its delimiter is that of ``, ; |`` and tab which the header has most of.

    A row is a line: a quote that is never closed spoils its own line and not the rest of the file.

    Args:
        columns: What the header must name; ``"cities or metroreg"`` asks for one of two.
    """
    with file.open(encoding="utf-8-sig", errors="replace") as stream:
        first = stream.readline().rstrip("\n")
        delimiter = max(_DELIMITERS, key=first.count)
        header = [name.strip().lower() for name in _cells(first, delimiter) or []]
        if wrong := _fault_of_header(header, columns):
            yield Reject(file.name, 1, "", *wrong, first)
            return
        for line, text in enumerate(stream, 2):
            if text.strip(f" {delimiter}\n"):
                yield _row(file, line, text.rstrip("\n"), header, delimiter)


def _cells(text: str, delimiter: str) -> list[str] | None:
    """Return the cells of a line, None when its quotes do not close."""
    try:
        return next(csv.reader([text], delimiter=delimiter, strict=True), [])
    except csv.Error:
        return None


def _fault_of_header(header: Sequence[str], columns: Sequence[str]) -> tuple[str, str] | None:
    """Return (columns, reason), or None when the header is as it should be."""
    lacking = [name for name in columns if not any(part.lower() in header for part in name.split(" or "))]
    if lacking:
        return ", ".join(lacking), (
            f"the header lacks {', '.join(lacking)}; the first line must name the columns, "
            "the file must be UTF-8 and delimited by commas, semicolons or tabs"
        )
    twice = sorted({name for name in header if name and header.count(name) > 1})
    if twice:
        return ", ".join(twice), f"the header names {', '.join(twice)} twice; keep one column of that name"
    return None


def _row(file: Path, line: int, text: str, header: list[str], delimiter: str) -> Row | Reject:
    cells = _cells(text, delimiter)
    if cells is None:
        reason = "a quote is not closed; write a row on one line, and a quote inside a quoted cell twice"
    elif len(cells) != len(header):
        reason = (
            f"the row has {len(cells)} cells, the header {len(header)}; "
            "put a cell that holds the delimiter, such as a decimal comma, into double quotes"
        )
    elif "\ufffd" in text:
        reason = "the row is not UTF-8; save the file as UTF-8"
    else:
        named = dict(zip(header, map(str.strip, cells), strict=True))
        return Row(line, named, text, has_decimal_comma=delimiter == ";")
    return Reject(file.name, line, "", "", reason, text)
