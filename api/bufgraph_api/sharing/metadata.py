"""What the head of a page says to those who share, follow or embed it: Open Graph (https://ogp.me/), feeds, oEmbed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from fastapi import Request

from bufgraph.errors import NotFoundError
from bufgraph.localisation.phrases import Term, counted, message
from bufgraph.localisation.tongue import INTERFACE_LANGUAGES
from bufgraph_api.sharing.cards import BRAND, HEIGHT, WIDTH
from bufgraph_api.sharing.feeds import FeedAddress, feed_of_all, feed_of_challenge, feed_of_city
from bufgraph_api.sharing.links import Embed, embed_of, picture_url
from bufgraph_api.sharing.site import site_of
from bufgraph_api.state import State

ABOUT: Final = message(
    "Tell your city's problem in your own words. See what other cities tried, how it went, what it cost and whether it would work for you."
)
_TERRITORIES: Final[Mapping[str, str]] = {
    "en": "GB", "sv": "SE", "fi": "FI", "da": "DK", "nb": "NO", "et": "EE", "lv": "LV", "lt": "LT", "pl": "PL", "de": "DE",
}  # fmt: skip
"""Open Graph names a language with a country."""
_PERSONAL: Final = ("/search", "/shortlist", "/brief", "/know", "/my-city")
"""Pages whose address holds what a person typed: not for search engines."""
_FOLLOWED: Final = ("/", "/feeds", "/practices")
"""Pages that offer the feed of everything."""


@dataclass(frozen=True, slots=True)
class Sharing:
    """For the head of a page.

    Attributes:
        url: Public address of the page in its language.
        title: What it is about; empty where the page's own title says it.
        kind: Type of Open Graph.
        image_words: What the picture shows, for those who do not see it.
        is_indexed: Whether search engines may list the page.
    """

    url: str
    description: str
    image: str
    locale: str
    other_locales: tuple[str, ...]
    title: str = ""
    kind: str = "website"
    image_words: str = ""
    is_indexed: bool = True
    feeds: tuple[FeedAddress, ...] = ()
    embed: Embed | None = None
    image_size: tuple[int, int] = (WIDTH, HEIGHT)


@dataclass(frozen=True, slots=True)
class _About:
    """What a record adds to its page."""

    title: str
    description: str
    feeds: tuple[FeedAddress, ...] = ()
    embed: Embed | None = None


def sharing_of(request: Request, root: str) -> Sharing:
    """Return what the head of a page says to those who share it.

    Args:
        root: What the addresses of pages in its language begin with: nothing or ``/lv``.
    """
    services: State = request.app.state.bufgraph.speaking(root[1:] or "en")
    site, path, code = site_of(request), request.url.path, root[1:] or "en"
    kind, _, name = path[1:].partition("/")
    about = _about(services, kind, name, site, root)
    is_personal = path in _PERSONAL and bool(request.url.query)
    brand = services.tongue.message(BRAND)
    return Sharing(
        url=f"{site.rstrip('/')}{root}{path}",
        description=about.description if about else services.tongue.message(ABOUT),
        image=picture_url(site, kind, name, root) if about else picture_url(site, "site", "bufgraph", root),
        locale=_locale(code),
        other_locales=tuple(_locale(other) for other in INTERFACE_LANGUAGES if other != code),
        title=about.title if about else "",
        kind="article" if about else "website",
        image_words=f"{about.title} – bufgraph" if about else f"bufgraph – {brand}",
        is_indexed=not is_personal,
        feeds=about.feeds if about else (feed_of_all(),) if path in _FOLLOWED else (),
        embed=about.embed if about else None,
    )


def _about(services: State, kind: str, name: str, site: str, root: str) -> _About | None:
    maker = _MAKERS.get(kind)
    try:
        return maker(services, name, site, root) if maker and name else None
    except NotFoundError:  # the page that says so is shared like any other
        return None


def _practice(services: State, name: str, site: str, root: str) -> _About:
    practice = services.answers.catalogue.practice(name)
    local = services.present.local(practice.id)
    embed = embed_of(services, practice, site, root)
    labels = {iri: services.answers.catalogue.concept_label(iri) for iri in practice.challenge}
    feeds = tuple(feed_of_challenge(iri, label) for iri, label in labels.items())
    return _About(embed.title, local["solution"] if local else practice.summary, feeds, embed)


def _city(services: State, name: str, site: str, root: str) -> _About:
    catalogue, tongue = services.answers.catalogue, services.tongue
    city = catalogue.city(name)
    tried = len({a.practice for a in catalogue.adoptions_by_place.get(city.id, ())})
    words = counted(
        "{city}: {n} practice on record, what the city needs, and which cities are like it.",
        "{city}: {n} practices on record, what the city needs, and which cities are like it.",
        tried,
        city=Term(city.label, city.id),
    )
    return _About(services.present.label(city.id), tongue.tell(words), (feed_of_city(city.id, city.label),))


def _challenge(services: State, name: str, site: str, root: str) -> _About:
    catalogue, tongue = services.answers.catalogue, services.tongue
    challenge = catalogue.challenge(name)
    words = counted(
        "{n} practice for the challenge “{challenge}”: what cities tried, how it went, and how well that is shown.",
        "{n} practices for the challenge “{challenge}”: what cities tried, how it went, and how well that is shown.",
        len(catalogue.practices_by_challenge.get(challenge.id, ())),
        challenge=Term(challenge.label, challenge.id),
    )
    feeds = (feed_of_challenge(challenge.id, challenge.label),)
    return _About(services.present.label(challenge.id), tongue.tell(words), feeds)


_MAKERS: Final[Mapping[str, Callable[[State, str, str, str], _About]]] = {
    "practice": _practice,
    "city": _city,
    "challenge": _challenge,
}


def _locale(code: str) -> str:
    return f"{code}_{_TERRITORIES[code]}"
