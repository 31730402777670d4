"""A long list in parts, each with its own address."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Self

from bufgraph.errors import NotFoundError
from bufgraph_api.pages.forms import query_string

PER_PAGE: Final = 50
"""Records on a page: some four screens."""
Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class Part:
    """The records of one group that stand on a page.

    Attributes:
        total: Records of the group on all pages.
    """

    name: str
    total: int
    records: Sequence[Json]


@dataclass(frozen=True, slots=True)
class Paging:
    """Which part of a list is shown, and where the others are.

    Attributes:
        number: Of this page, from 1.
        last: Number of the last page; an empty list has one page.
    """

    path: str
    typed: str
    number: int
    last: int

    @classmethod
    def of(cls, path: str, typed: str, number: int, total: int) -> Self:
        """Return the paging of a list.

        Args:
            path: Address of the list, without language.
            typed: Words that the list is narrowed by; they are kept from page to page.
            number: Of the page that is asked for.
            total: Records on the list.

        Raises:
            NotFoundError: The list has fewer pages.
        """
        last = max(-(-total // PER_PAGE), 1)
        if not 1 <= number <= last:
            raise NotFoundError(f"there is no page {number} of {path}; the last is {last}", page=number)
        return cls(path, typed, number, last)

    def address(self, number: int) -> str:
        """Return the address of a page, without language; the first one has no number in it."""
        query = query_string([("q", self.typed), ("page", str(number) if number > 1 else "")])
        return f"{self.path}?{query}" if query else self.path

    @property
    def neighbours(self) -> Mapping[str, str]:
        """``prev`` and ``next``, where there are such pages, with their addresses."""
        near = {"prev": self.number - 1, "next": self.number + 1}
        return {rel: self.address(number) for rel, number in near.items() if 1 <= number <= self.last}

    def cut(self, groups: Mapping[str, Sequence[Json]]) -> list[Part]:
        """Return what stands on this page; a group that began on the page before goes on under its name."""
        start = (self.number - 1) * PER_PAGE
        parts = []
        for name, records in groups.items():
            shown = records[max(start, 0) : max(start + PER_PAGE, 0)]
            if shown:
                parts.append(Part(name, len(records), shown))
            start -= len(records)
        return parts
