"""What can be followed: the practices of a domain, a challenge, a city, or all of them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Final

from bufgraph.errors import NotFoundError
from bufgraph.localisation.phrases import Phrase, Term, phrase
from bufgraph.model import Concept, GoodPractice
from bufgraph.namespaces import SCHEME, slug
from bufgraph.services.composition import Build
from bufgraph_api.sharing.update_times import UpdateTimes

PAGE_SIZE: Final = 100
"""Entries of one document; the rest follows by ``next`` (RFC 5005)."""
_DOMAINS: Final = f"{SCHEME}domain"


@dataclass(frozen=True, slots=True)
class FeedAddress:
    """A feed that a page offers.

    Attributes:
        path: Address without the language: ``/feeds/city/fi-turku.atom``.
    """

    path: str
    title: Phrase


@dataclass(frozen=True, slots=True)
class Entry:
    """A practice in a feed."""

    practice: GoodPractice
    updated: datetime


@dataclass(frozen=True, slots=True)
class Feed:
    """Practices that somebody follows, newest first, then by IRI.

    Attributes:
        about: IRI of what they have in common.
        page: Address of the page that shows the same, without the language.
        updated: When any of it last changed; for a feed without entries, when anything in the data did.
    """

    address: FeedAddress
    about: str
    page: str
    updated: datetime
    entries: tuple[Entry, ...]

    @property
    def pages(self) -> int:
        """How many documents it is told in."""
        return max(1, -(-len(self.entries) // PAGE_SIZE))


def feed_of_all() -> FeedAddress:
    """Return the feed of all practices."""
    return FeedAddress("/feeds/all.atom", phrase("bufgraph: all practices"))


def feed_of_domain(iri: str, label: str) -> FeedAddress:
    """Return the feed of a domain or subdomain."""
    title = phrase("bufgraph: practices on the subject “{subject}”", subject=Term(label, iri))
    return FeedAddress(f"/feeds/domain/{slug(iri)}.atom", title)


def feed_of_challenge(iri: str, label: str) -> FeedAddress:
    """Return the feed of a challenge."""
    title = phrase("bufgraph: practices for the challenge “{challenge}”", challenge=Term(label, iri))
    return FeedAddress(f"/feeds/challenge/{slug(iri)}.atom", title)


def feed_of_city(iri: str, label: str) -> FeedAddress:
    """Return the feed of a city."""
    return FeedAddress(
        f"/feeds/city/{slug(iri)}.atom", phrase("bufgraph: practices in {city}", city=Term(label, iri))
    )


class Feeds:
    """All feeds of a build."""

    def __init__(self, build: Build) -> None:
        self._build = build

    @cached_property
    def _times(self) -> UpdateTimes:
        return UpdateTimes(self._build.graph, str(self._build.manifest["made_at"]))

    def all(self) -> Feed:
        """Return the feed of all practices."""
        about = f"{self._build.settings.base_iri}dataset/bufgraph"
        return self._feed(feed_of_all(), about, "/practices", self._build.catalogue.practices.values())

    def of(self, kind: str, name: str) -> Feed:
        """Return the feed of a domain, a challenge or a city.

        Raises:
            NotFoundError: There is no such kind or nothing of that name.
        """
        catalogue = self._build.catalogue
        if kind == "city":
            city = catalogue.city(name)
            found = (catalogue.practices[a.practice] for a in catalogue.adoptions_by_place.get(city.id, ()))
            return self._feed(feed_of_city(city.id, city.label), city.id, f"/city/{name}", found)
        if kind == "challenge":
            challenge = catalogue.challenge(name)
            address = feed_of_challenge(challenge.id, challenge.label)
            practices = catalogue.practices_by_challenge.get(challenge.id, ())
            return self._feed(address, challenge.id, f"/challenge/{name}", practices)
        if kind == "domain":
            domain = self._domain(name)
            address = feed_of_domain(domain.id, domain.label)
            return self._feed(address, domain.id, f"/challenges#{name}", self._in_domain(domain.id))
        raise NotFoundError(f"there is no feed of a '{kind}'; /feeds lists all", kind=kind)

    def _domain(self, name: str) -> Concept:
        domain = self._build.catalogue.concepts.get(f"{_DOMAINS}/{name}")
        if domain is None:
            raise NotFoundError(f"there is no domain '{name}'; /feeds lists all", kind="domain", slug=name)
        return domain

    def _in_domain(self, domain: str) -> Iterator[GoodPractice]:
        catalogue = self._build.catalogue
        for challenge in catalogue.challenges:
            if domain in catalogue.ancestors(challenge.id):
                yield from catalogue.practices_by_challenge.get(challenge.id, ())

    def _feed(self, address: FeedAddress, about: str, page: str, practices: Iterable[GoodPractice]) -> Feed:
        unique = {practice.id: practice for practice in practices}
        entries = [Entry(practice, self._times.of(iri)) for iri, practice in sorted(unique.items())]
        entries.sort(key=lambda entry: entry.updated, reverse=True)  # stable: IRI order among equals
        updated = entries[0].updated if entries else self._times.latest
        return Feed(address, about, page, updated, tuple(entries))
