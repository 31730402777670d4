"""Rows of cells, whatever file they come from."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Limits:
    """What a file may hold before it is refused.

    Attributes:
        row_characters: Of one row of a text file; a longer one is skipped without being held in memory.
        row_lines: Over which one row of a text file may go.
        columns: Further columns are not looked at.
        unpacked_bytes: Of a workbook in all; ``packing_ratio``: unpacked to packed size of one of its parts.
        rows: In all.
    """

    row_characters: int = 200_000
    row_lines: int = 500
    columns: int = 120
    unpacked_bytes: int = 256 * 2**20
    packing_ratio: int = 200
    rows: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Cell:
    """What stands in a cell.

    Attributes:
        text: Trimmed; a stored number with a decimal point, a stored date as year-month-day.
        is_exact: The file stores a number and not its spelling.
        fault: (reason, remedy) when the file itself says that the cell has no value of its own; else empty.
    """

    text: str
    is_exact: bool = False
    fault: tuple[str, str] | None = None


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row; ``number`` as a spreadsheet program shows it, counted from 1."""

    number: int
    cells: Sequence[Cell]


@dataclass(frozen=True, slots=True)
class BrokenRow:
    """A row that could not be taken apart.

    Attributes:
        text: The beginning of what stands there.
    """

    number: int
    reason: str
    remedy: str
    text: str = ""


class Grid(Protocol):
    """A file of rows.

    Attributes:
        form: ``csv`` or ``xlsx``.
        notes: What a person should know of how it was read; complete after the last row.
    """

    form: str
    notes: list[str]

    def rows(self) -> Iterator[GridRow | BrokenRow]:
        """Yield the rows that are not empty, header first.

        Raises:
            InvalidInputError: The file as a whole cannot be read.
        """
        ...
