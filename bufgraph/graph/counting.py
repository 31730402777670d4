"""Counting the rows of an answer while it is written, by its separators."""

from collections.abc import Callable
from typing import Final

RowCounter = Callable[[bytes | bytearray], int]
"""Takes the next piece of an answer and returns the rows seen so far."""

_ROW_MARKS: Final = {
    # The end of one row and the start of the next. A text that ends in "}},{" counts once more: the answer would have to
    # hold such texts and be as near to the limit as it has of them to be refused wrongly.
    "application/sparql-results+json": (b'}},{"', 1),
    "application/sparql-results+xml": (b"<result>", 0),  # in a text it is &lt;result>
    "text/tab-separated-values": (b"\n", -1),  # the heading; a line end inside a text is written as \\n
}
"""What is counted, and how many rows more (or fewer) there are."""


def row_counter(media_type: str) -> RowCounter:
    """Return a counter for an answer in a table format; one for a graph counts nothing."""
    if media_type == "text/csv":
        return _csv_counter()
    if media_type not in _ROW_MARKS:
        return lambda _: 0
    mark, found = _ROW_MARKS[media_type]
    tail = b""

    def count(piece: bytes | bytearray) -> int:
        nonlocal found, tail
        ends = len(mark) - 1
        # What lies across the end of the last piece, then the piece itself.
        found += (tail + piece[:ends]).count(mark) + piece.count(mark)
        tail = bytes(tail + piece[-ends:])[-ends:] if ends else b""
        return found

    return count


def _csv_counter() -> RowCounter:
    found, quoted = 0, False

    def count(piece: bytes | bytearray) -> int:
        nonlocal found, quoted
        parts = piece.split(b'"')
        found += sum(part.count(b"\n") for part in parts[quoted::2])
        quoted ^= len(parts) % 2 == 0
        return found - 1  # the heading

    return count
