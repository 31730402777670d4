"""What an address asks that cannot be done: a page says so, offers what may be meant and shows the rest."""

from collections.abc import Callable
from dataclasses import dataclass

from bufgraph.errors import BufgraphError
from bufgraph_api.errors import status_of
from bufgraph_api.pages.city_names import cities_named
from bufgraph_api.state import State

_MOST_OFFERED = 5


@dataclass(frozen=True, slots=True)
class CityOffer:
    """A city that may be meant, with the address of the page for it, without language."""

    label: str
    country: str
    href: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """Something in the address that could not be used.

    Attributes:
        kind: ``city``, ``filter``, ``fact`` or ``need``.
        value: What was typed, for a city.
        href: Address of the page without it, without language; empty where there is none.
        offers: Cities that may be meant.
    """

    kind: str
    message: str
    status: int
    value: str = ""
    href: str = ""
    offers: tuple[CityOffer, ...] = ()

    @classmethod
    def of(cls, kind: str, error: BufgraphError, href: str = "") -> "Mistake":
        """Return what an error says."""
        return cls(kind, error.message, status_of(error), href=href)

    @classmethod
    def of_city(
        cls, error: BufgraphError, typed: str, services: State, address: Callable[[str], str]
    ) -> "Mistake":
        """Return that a city is not known, or that several are called so, with those that may be meant.

        Args:
            address: Gives the address of the page for the slug of a city.
        """
        offers = (
            CityOffer(services.present.label(city.id), city.country_code, address(city.slug))
            for city in cities_named(services.answers.catalogue, typed)[:_MOST_OFFERED]
        )
        return cls("city", error.message, status_of(error), value=typed, offers=tuple(offers))


def worst_status(mistakes: list[Mistake]) -> int:
    """Return the HTTP status of a page that shows mistakes."""
    return max((mistake.status for mistake in mistakes), default=200)
