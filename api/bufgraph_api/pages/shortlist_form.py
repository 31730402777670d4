"""The shortlist as its address says it: the need, the city, the chosen practices, what the city says of itself."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Self

from fastapi import Request

from bufgraph.model import Catalogue, City, GoodPractice
from bufgraph.services.answers import AnswerService
from bufgraph.services.briefing import MAX_CANDIDATES
from bufgraph.services.inputs import parse_facts
from bufgraph_api.pages.forms import query_string

_MOST_VALUES: Final = 60
"""Values of one name that are read at all; more are no person's doing."""


@dataclass(frozen=True)
class ShortlistForm:
    """What a shortlist holds, as typed.

    Attributes:
        q: The need.
        city: The asking city, by any of its names.
        picks: Slugs of the practices, each once, at most five, in the order of choosing.
        facts: What the city says of itself, as ``factor:yes`` or ``factor:no``.
        is_cut: Whether more than five practices were named; the further ones are left out.
    """

    q: str = ""
    city: str = ""
    picks: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    is_cut: bool = False

    @classmethod
    def from_request(cls, request: Request) -> Self:
        """Read the address of a request; of the need and the city the last value counts."""
        asked = request.query_params
        picks = _several(asked.getlist("pick"))
        return cls(
            q=asked.get("q", "").strip(),
            city=asked.get("city", "").strip(),
            picks=picks[:MAX_CANDIDATES],
            facts=_several(asked.getlist("fact")),
            is_cut=len(picks) > MAX_CANDIDATES,
        )

    def pairs(self) -> list[tuple[str, str]]:
        """Return the fields that are filled in, for an address or for hidden fields of a form."""
        named = [("q", self.q), ("city", self.city)]
        named += [("pick", slug) for slug in self.picks] + [("fact", pair) for pair in self.facts]
        return [(name, value) for name, value in named if value]

    def address(self, path: str) -> str:
        """Return the address of a page for this shortlist: ``/brief?q=…&pick=…``."""
        query = query_string(self.pairs())
        return f"{path}?{query}" if query else path

    def known(self, catalogue: Catalogue) -> tuple[list[GoodPractice], list[str]]:
        """Return the chosen practices, and the slugs of those that the data do not have any longer."""
        by_slug = {practice.slug: practice for practice in catalogue.practices.values()}
        return [by_slug[s] for s in self.picks if s in by_slug], [s for s in self.picks if s not in by_slug]

    def asking(self, answers: AnswerService) -> City | None:
        """Return the asking city; None when none is named.

        Raises:
            NotFoundError: No city is called so; close names are offered.
            InvalidInputError: Several cities are called so.
        """
        return answers.find_city(self.city) if self.city else None

    def answers(self) -> Mapping[str, bool]:
        """Return what the city says of itself, by factor.

        Raises:
            InvalidInputError: A pair without a name, or with a value other than yes and no.
        """
        return parse_facts(self.facts)


def _several(values: list[str]) -> tuple[str, ...]:
    kept = (value.strip() for value in values[:_MOST_VALUES])
    return tuple(dict.fromkeys(value for value in kept if value))
