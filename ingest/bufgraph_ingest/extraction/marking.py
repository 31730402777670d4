"""A text with the places of its proposals, in pieces that a terminal or a page puts together."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bufgraph_ingest.extraction.review import Row

UNSURE: Final = 0.65
"""Confidence below which a proposal is shown as unsure. Set by hand, as the confidence itself; see the data card."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of a text, then the mark that changes at its end.

    Attributes:
        text: May be empty.
        closes: The row whose words end here; ``opens``: the row whose words begin here.
    """

    text: str
    closes: Row | None = None
    opens: Row | None = None


def pieces(text: str, rows: Sequence[Row]) -> Iterator[Piece]:
    """Yield a text with marks that lie in one another or apart; one that reaches out of another ends with that one."""
    spans = sorted((row for row in rows if row.start >= 0), key=lambda row: (row.start, -row.end, row.number))
    place = 0
    open_: list[tuple[Row, int]] = []
    for row in spans:
        for piece in _closing(text, place, open_, row.start):
            yield piece
            place += len(piece.text)
        yield Piece(text[place : row.start], opens=row)
        place = row.start
        open_.append((row, min(row.end, open_[-1][1]) if open_ else row.end))
    for piece in _closing(text, place, open_, len(text)):
        yield piece
        place += len(piece.text)
    yield Piece(text[place:])


def _closing(text: str, place: int, open_: list[tuple[Row, int]], until: int) -> Iterator[Piece]:
    """Yield the text up to each mark that ends at or before a place, and take those marks away."""
    while open_ and open_[-1][1] <= until:
        row, end = open_.pop()
        yield Piece(text[place:end], closes=row)
        place = max(place, end)
