"""What a column of a spreadsheet means: the words in which the sheets of :mod:`sheets` are declared."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import Final

MANY: Final = ";"
"""Parts the values of a cell that holds several."""


class Kind(StrEnum):
    """How a cell is read; the text is what the template tells people."""

    TEXT = "text"
    INTEGER = "whole number"
    DECIMAL = "number"
    MONEY = "amount of money"
    YEAR = "year"
    DATE = "date"
    YES_NO = "yes or no"
    CONCEPT = "term of a list"
    CODE = "code of a list"
    CITY = "city"
    PLACE = "city or region"
    PRACTICE = "practice"
    COUNTRY = "country, two letters"
    URL = "web address"
    SLUG = "identifier"


@dataclass(frozen=True)
class Column:
    """One column.

    Attributes:
        name: In the header of the file.
        field: Where the value goes, as ``part.key``: a key of ``ontology/context.jsonld`` in a part of the row's
            records (:attr:`Sheet.parts`).
        help: What to write, in one sentence; shown in the template.
        required: In every row or, in an optional part, in every row that has something of that part.
        is_many: Several values, parted by ``;``.
        schemes: For :attr:`Kind.CONCEPT`: names of the concept schemes that the term is from.
        codes: For :attr:`Kind.CODE`: what may be written.
        default: What an empty cell of a part that is there stands for, as it would be written.
        least: Smallest number that is believed; ``most``: the largest.
        longest: Most characters of a text.
    """

    name: str
    field: str
    kind: Kind
    help: str
    example: str = ""
    required: bool = False
    is_many: bool = False
    schemes: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    default: str = ""
    least: float | None = None
    most: float | None = None
    longest: int = 5_000

    @cached_property
    def part(self) -> str:
        """Name of the part that the value goes to."""
        return self.field.split(".")[0]

    @cached_property
    def key(self) -> str:
        """JSON key of the value."""
        return self.field.split(".")[1]


@dataclass(frozen=True)
class Sheet:
    """One kind of spreadsheet: a row is one thing with what belongs to it.

    Attributes:
        kind: Its name on the command line; ``title``: in the template.
        columns: In the order of the template.
        optional: Parts that a row may lack altogether.
    """

    kind: str
    title: str
    columns: tuple[Column, ...]
    optional: frozenset[str] = frozenset()

    @cached_property
    def by_name(self) -> dict[str, Column]:
        """The columns by name."""
        return {column.name: column for column in self.columns}

    @cached_property
    def by_field(self) -> dict[str, Column]:
        """The columns by ``part.key``."""
        return {column.field: column for column in self.columns}

    def required(self) -> Iterator[Column]:
        """Yield the columns that every row needs."""
        return (column for column in self.columns if column.required and column.part not in self.optional)


EXAMPLE: Final = "EXAMPLE"
"""In the first column it marks a row that shows how to fill in the sheet and is not read."""
REJECT_COLUMNS: Final = ("row", "column", "value", "reason", "remedy", "import")
"""What a file of refused rows has beside the columns of its sheet; not read when the mended file comes back."""
