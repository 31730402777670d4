"""The search as its address says it: the need, the city, corrections, conditions and the shortlist so far."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import Any, Final, Self

from fastapi import Request

from bufgraph.localisation.phrases import Phrase, phrase
from bufgraph.localisation.tongue import Tongue
from bufgraph.namespaces import concept
from bufgraph.search.query import Corrections, Filters
from bufgraph.services.briefing import MAX_CANDIDATES
from bufgraph.services.wording import CITY_SIZES
from bufgraph_api.pages.forms import query_string, whole_number
from bufgraph_api.pages.words import OUTCOMES

FILTERS: Final = ("domain", "country", "outcome", "min_level", "size", "language", "since", "cost_to")
"""Conditions in the order in which they are shown."""
EXAMPLES: Final = (
    phrase("Snow blocks our pavements every winter and older people fall"),
    phrase("Heating bills in our panel blocks are too high and flat owners cannot agree on a renovation"),
    phrase("After heavy rain the cellars in the old town are flooded"),
)
"""Needs as officials write them."""
_CORRECTIONS: Final = ("text_lang", "without", "also")
_MOST_VALUES: Final = 20
"""Values of one name that count; more are no person's doing."""
Pair = tuple[str, str]


@dataclass(frozen=True)
class SearchForm:
    """What was asked, as typed.

    Attributes:
        q: The need.
        lang: The language to answer in, for addresses of old; the address has it now.
        text_lang: The language of the text.
        without: Slugs of challenges and cities that were read out of the text wrongly.
        also: Slugs of challenges that belong to it.
        sort: Order of the solutions.
        more: Not empty: show all of them.
        pick: Slugs of the practices on the shortlist.
    """

    q: str = ""
    city: str = ""
    lang: str = ""
    text_lang: str = ""
    without: tuple[str, ...] = ()
    also: tuple[str, ...] = ()
    country: str = ""
    domain: str = ""
    outcome: str = ""
    min_level: str = ""
    size: str = ""
    language: str = ""
    since: str = ""
    cost_to: str = ""
    sort: str = ""
    more: str = ""
    pick: tuple[str, ...] = ()

    @classmethod
    def from_request(cls, request: Request) -> Self:
        """Read the address of a request; of a field that is there twice the last value counts."""
        asked = request.query_params
        read: dict[str, Any] = {  # Any: text, or several texts
            f.name: _several(asked.getlist(f.name)) if f.default == () else asked.get(f.name, "")
            for f in fields(cls)
        }
        return cls(**{**read, "pick": read["pick"][:MAX_CANDIDATES]})

    def pairs(self, *, leave: Sequence[str] = ()) -> list[Pair]:
        """Return the fields that are filled in, for hidden fields of a form.

        Args:
            leave: Names to leave out, because the form asks for them.
        """
        return [(name, value) for name, value in self._all() if value and name not in leave]

    def _all(self) -> Iterator[Pair]:
        for f in fields(self):
            held = getattr(self, f.name)
            yield from ((f.name, value) for value in ([held] if isinstance(held, str) else held))

    def address(self, path: str = "/search", **changes: Any) -> str:  # Any: text, or several texts
        """Return the address of the page, without language, with some fields changed."""
        return f"{path}?{query_string(replace(self, **changes).pairs())}"

    def carried(self, *names: str) -> str:
        """Return the query string of some fields, for a link to another page."""
        return query_string([(name, value) for name, value in self.pairs() if name in names])

    def toggled(self, slug: str) -> str:
        """Return the address of the page with a practice put on the shortlist, or taken off it."""
        picks = (
            tuple(p for p in self.pick if p != slug)
            if slug in self.pick
            else (*self.pick, slug)[:MAX_CANDIDATES]
        )
        return f"{self.address(pick=picks)}#s-{slug}"

    def unfiltered(self) -> str:
        """Return the address of the page without any condition."""
        return self.address(**dict.fromkeys(FILTERS, ""))

    def uncorrected(self) -> Self:
        """Return the form without corrections."""
        return replace(self, text_lang="", without=(), also=())

    @property
    def is_corrected(self) -> bool:
        """Whether the user has mended how her text was understood."""
        return any(getattr(self, name) for name in _CORRECTIONS)

    def filters(self) -> Filters:
        """Return the conditions.

        Raises:
            InvalidInputError: A number is none.
        """
        return Filters(
            country=self.country or None,
            domain=self.domain or None,
            outcome=self.outcome or None,
            min_level=whole_number(self.min_level, "min_level"),
            size=self.size or None,
            language=self.language or None,
            since=whole_number(self.since, "since"),
            cost_to=whole_number(self.cost_to, "cost_to"),
        )

    def corrections(self, preferred: str | None) -> Corrections:
        """Return what the user said about how her text is to be understood.

        Raises:
            InvalidInputError: Unknown language.
        """
        return Corrections(self.text_lang or None, self.lang or preferred, self.without, self.also)


def _several(values: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values[:_MOST_VALUES] if value))


def condition(name: str, value: str, tongue: Tongue) -> Phrase:
    """Return a condition in words: ``Country: Latvia``."""
    return _CONDITIONS[name](value, tongue)


def _outcome(value: str, tongue: Tongue) -> Phrase:
    return phrase("Outcome: {value}", value=OUTCOMES[value][1] if value in OUTCOMES else value)


def _cost(value: str, tongue: Tongue) -> Phrase:
    return phrase("Costs at most {value:,} euro", value=int(value))


_CONDITIONS: Final[Mapping[str, Callable[[str, Tongue], Phrase]]] = {
    "country": lambda value, tongue: phrase("Country: {value}", value=tongue.country(value)),
    "domain": lambda value, tongue: phrase(
        "Subject: {value}", value=tongue.concept(concept("domain", value), value)
    ),
    "outcome": _outcome,
    "min_level": lambda value, tongue: phrase("Evidence at least {value} of 5", value=value),
    "size": lambda value, tongue: phrase(
        "Residents: {value}", value=tongue.message(CITY_SIZES.get(value, value))
    ),
    "language": lambda value, tongue: phrase(
        "Language spoken there: {value}", value=tongue.language(value, in_sentence=True)
    ),
    "since": lambda value, tongue: phrase("Running since {value} or later", value=value),
    "cost_to": _cost,
}
