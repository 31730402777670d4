"""A text between its marks: nothing of it is lost, and marks lie in one another or apart."""

import pytest

from bufgraph_ingest.extraction.marking import pieces
from bufgraph_ingest.extraction.review import Row

TEXT = "The City of Tartu paid EUR 5."


def row(number: int, start: int, end: int) -> Row:
    return Row(number, "city", "origin", "", TEXT[start:end], start, end, "", 0.9, "a rule")


def bracketed(*rows: Row) -> str:
    return "".join(
        f"{piece.text}{f']{piece.closes.number}' if piece.closes else ''}{'[' if piece.opens else ''}"
        for piece in pieces(TEXT, rows)
    )


@pytest.mark.parametrize(
    ("rows", "shown"),
    [
        ((), TEXT),
        ((row(1, 4, 17), row(2, 12, 17)), "The [City of [Tartu]2]1 paid EUR 5."),
        ((row(2, 12, 17), row(1, 4, 17)), "The [City of [Tartu]2]1 paid EUR 5."),
        ((row(1, 4, 17), row(2, 23, 28)), "The [City of Tartu]1 paid [EUR 5]2."),
        ((row(1, 4, 11), row(2, 9, 17)), "The [City [of]2]1 Tartu paid EUR 5."),
        ((row(1, 0, 29),), "[The City of Tartu paid EUR 5.]1"),
        ((row(1, 4, 8), row(2, 4, 8)), "The [[City]2]1 of Tartu paid EUR 5."),
        ((row(1, -1, -1),), TEXT),
    ],
)
def test_marks_close_in_order_and_no_character_is_lost(rows: tuple[Row, ...], shown: str) -> None:
    assert bracketed(*rows) == shown
    assert "".join(piece.text for piece in pieces(TEXT, rows)) == TEXT
