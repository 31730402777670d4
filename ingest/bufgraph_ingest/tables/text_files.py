"""Delimited text: CSV and its relatives, in whatever encoding and with whatever separator it comes."""

import codecs
import csv
from collections import deque
from collections.abc import Iterator
from pathlib import Path
from typing import Final, TextIO

from bufgraph.errors import InvalidInputError
from bufgraph_ingest.tables.grid import BrokenRow, Cell, GridRow, Limits

_SEPARATORS: Final = {",": "commas", ";": "semicolons", "\t": "tabs", "|": "vertical bars"}
_SAMPLE_BYTES: Final = 2**20
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # begins like UTF-16, so it comes first
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_NORDIC: Final = "åäöæøéüßõšž"
_BALTIC: Final = "āčēģīķļņšūžąęėįųäöüõ"
_CYRILLIC: Final = "абвгдеёжзийклмнопрстуфхцчшщъыьэюяіїєґ"
_OLD: Final = {
    "cp1252": _NORDIC, "cp1257": _BALTIC, "cp1250": "ąćęłńóśźżäöüßšžč", "cp1251": _CYRILLIC, "koi8_r": _CYRILLIC,
    "mac_roman": _NORDIC, "cp850": _NORDIC, "cp775": _BALTIC,
}  # fmt: skip
"""The encodings without Unicode that are in use round the Baltic Sea, with the letters beside a-z that texts there have.

General detectors take the Swedish å of a short text for a Slovak ĺ; the letters of the region decide better.
"""
_REGION: Final = frozenset("".join(_OLD.values()))
_LEAST_SHARE: Final = 0.7
_PUNCTUATION: Final = frozenset("\u00a0–—„“”‘’«»…€§°²³·•")
_SAVE_AS_UTF8: Final = "save the file as 'CSV UTF-8' or as a workbook (.xlsx)"


class TextTable:
    """Rows of a text file, one at a time.

    Args:
        encoding: "" finds it out.
    """

    form = "csv"

    def __init__(self, file: Path, limits: Limits, encoding: str = "") -> None:
        self._file = file
        self._limits = limits
        self._encoding = encoding
        self.notes: list[str] = []

    def rows(self) -> Iterator[GridRow | BrokenRow]:
        """See the port."""
        encoding = self._encoding or self._found_encoding()
        try:
            stream = self._file.open(encoding=encoding, errors="replace")
        except LookupError as err:
            raise InvalidInputError(f"there is no encoding '{encoding}'", field="encoding") from err
        with stream:
            yield from self._rows(_Lines(stream, self._limits))

    def _rows(self, lines: "_Lines") -> Iterator[GridRow | BrokenRow]:
        separator, is_told = "", False
        width = number = 0
        while (line := lines.take()) is not None:
            number += 1
            if not line.strip():
                continue
            if not width and line.lower().startswith("sep="):  # as some programs tell each other
                separator, is_told = line[4:5], True
                continue
            if not width and not is_told:
                separator = max(_SEPARATORS, key=line.count)
            if separator and width and not line.strip(f" {separator}\n"):
                continue
            row = self._row(number, line, separator, lines, width)
            if isinstance(row, GridRow) and not width and len(row.cells) > 1:  # a title above has one
                width = len(row.cells)
            yield row

    def _row(
        self, number: int, line: str, separator: str, lines: "_Lines", width: int
    ) -> GridRow | BrokenRow:
        if lines.is_cut:
            return BrokenRow(
                number,
                f"the row is longer than {self._limits.row_characters:,} characters",
                "shorten its texts, or close a quote that was left open",
                line[:80],
            )
        cells = lines.complete(line, separator, width)
        fault = _fault(line, cells, separator, width)
        if fault is None and cells is not None:
            kept = cells[:width] if width else cells
            return GridRow(number, [Cell(text.strip()) for text in kept])
        return BrokenRow(number, *(fault or ("", "")), line.rstrip("\n")[:80])

    def _found_encoding(self) -> str:
        with self._file.open("rb") as file:
            sample = file.read(_SAMPLE_BYTES)
        for mark, name in _MARKS:
            if sample.startswith(mark):
                return name
        if wide := _wide(sample):
            return wide
        if b"\0" in sample:
            raise InvalidInputError(
                f"{self._file} is no table: it holds binary data; {_SAVE_AS_UTF8}", path=str(self._file)
            )
        try:
            codecs.getincrementaldecoder("utf-8")().decode(sample)
        except UnicodeDecodeError:
            return self._old_encoding(sample)
        return "utf-8"

    def _old_encoding(self, sample: bytes) -> str:
        scores = {name: _share(sample, name, letters) for name, letters in _OLD.items()}
        best = max(scores, key=lambda name: scores[name])  # the first of equals
        if scores[best] < _LEAST_SHARE:
            raise InvalidInputError(
                f"the encoding of {self._file} is not known; {_SAVE_AS_UTF8}, or name it with --encoding",
                path=str(self._file),
            )
        self.notes.append(
            f"the file is not UTF-8 and was read as {best}; check the letters with marks, or name the encoding "
            "with --encoding"
        )
        return best


def _share(sample: bytes, encoding: str, letters: str) -> float:
    """Return how many of the characters beyond ASCII are letters that fit when read in an encoding, from 0 to 1.

    Other letters of the region, as in the names of towns abroad, count half. A capital inside a word counts against:
    Cyrillic read in the wrong encoding has its letters, in the wrong case.
    """
    text = sample.decode(encoding, errors="replace")
    beyond = [i for i, char in enumerate(text) if char > "\x7f" and char not in _PUNCTUATION]
    odd = sum(1 for i in beyond if text[i].isupper() and text[i - 1 : i].islower())
    known = sum(1 if text[i].lower() in letters else 0.5 * (text[i].lower() in _REGION) for i in beyond)
    return (known - odd) / max(len(beyond), 1)


def _wide(sample: bytes) -> str:
    """Return UTF-16 of one byte order where every second byte is zero, as in Latin text without a mark; else ""."""
    even, odd = sample[:2_000:2], sample[1:2_000:2]
    if len(odd) > 8 and odd.count(0) > 0.7 * len(odd):
        return "utf-16-le"
    if len(odd) > 8 and even.count(0) > 0.7 * len(even):
        return "utf-16-be"
    return ""


class _Lines:
    """Lines of a stream with a limit on their length, and rows that go over several of them.

    Attributes:
        is_cut: Whether the last line taken was longer than the limit; the rest of it was passed over.
    """

    def __init__(self, stream: TextIO, limits: Limits) -> None:
        self._stream = stream
        self._limits = limits
        self._waiting: deque[tuple[str, bool]] = deque()
        self.is_cut = False

    def take(self) -> str | None:
        """Return the next line, None at the end."""
        line, self.is_cut = self._waiting.popleft() if self._waiting else self._read()
        return line or None

    def _read(self) -> tuple[str, bool]:
        limit = self._limits.row_characters
        line = self._stream.readline(limit)
        is_cut = len(line) == limit and not line.endswith("\n")
        while is_cut and (rest := self._stream.readline(limit)):
            if rest.endswith("\n"):
                break
        return line, is_cut

    def complete(self, line: str, separator: str, width: int) -> list[str] | None:
        """Return the cells of a row that begins with a line, None when its quotes do not close.

        Lines after the first are given back when they make no row of the width of the header with it, so that a
        stray quote spoils its own line and not the rest of the file.
        """
        cells = _cells(line, separator)
        if cells is not None or '"' not in line:
            return cells
        taken: list[tuple[str, bool]] = []
        text = line
        while (
            cells is None and len(taken) < self._limits.row_lines and len(text) < self._limits.row_characters
        ):
            more = self.take()
            if more is None:
                break
            taken.append((more, self.is_cut))
            text += more
            if '"' in more:
                cells = _cells(text, separator)
        self.is_cut = False
        if cells is None or (width and len(cells) != width):
            self._waiting.extendleft(reversed(taken))
            return None
        return cells


def _cells(text: str, separator: str) -> list[str] | None:
    """Return the cells of a row, None when its quotes do not close."""
    csv.field_size_limit(2**24)  # our own limit on rows comes first
    try:
        return next(csv.reader(text.splitlines(keepends=True), delimiter=separator, strict=True), [])
    except csv.Error:
        return None


def _fault(line: str, cells: list[str] | None, separator: str, width: int) -> tuple[str, str] | None:
    """Return (reason, remedy) for a row that does not fit its header."""
    if cells is None:
        return "a quote is not closed", "close it; write a quote inside a quoted text twice"
    if any("\ufffd" in cell for cell in cells):
        return "the row holds bytes that are no letters in the encoding of the file", _SAVE_AS_UTF8
    is_padded = len(cells) > width and not any(cell.strip() for cell in cells[width:])
    if not width or len(cells) == width or is_padded:
        return None
    for other, name in _SEPARATORS.items():
        if other != separator and line.count(other) >= width - 1 > 0 and len(cells) < width:
            return (
                f"the row is separated by {name}, the header by {_SEPARATORS.get(separator, separator)}",
                "use one separator in the whole file",
            )
    return (
        f"the row has {len(cells)} cells, the header {width}",
        "put a text that holds the separator or a line break into double quotes, and keep empty cells",
    )
