"""Every type of page with an address of it. A new page is one line here: all checks of the browser tests then hold for it."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import urlencode

NEED: Final = "Snow blocks our pavements every winter and older people fall"
UNREAD: Final = "zxqv wvutx qqrst"
PRACTICE: Final = "stockholm-gender-equal-snow-clearing"
PICKS: Final = (PRACTICE, "oulu-winter-cycling", "tartu-smartencity-retrofit")
CITY: Final = "lv-cesis"


@dataclass(frozen=True)
class PageType:
    """A type of page.

    Attributes:
        name: What tests, pictures and tables call it.
        path: A concrete address, without language.
        status: HTTP status of the answer.
        framed: Made to stand in a frame of another site: it has no navigation of its own.
    """

    name: str
    path: str
    status: int = 200
    framed: bool = False


def address(path: str, *pairs: tuple[str, str], **values: str) -> str:
    """Return a path with a query string."""
    return f"{path}?{urlencode([*values.items(), *pairs])}"


_PICKED: Final = tuple(("pick", slug) for slug in PICKS)

PAGES: Final = (
    PageType("home", "/"),
    PageType("search", address("/search", q=NEED)),
    PageType("search-city", address("/search", q=NEED, city="Cēsis")),
    PageType("search-filtered", address("/search", q=NEED, outcome="success", min_level="2")),
    PageType("search-empty", address("/search", q=NEED, country="LV", outcome="failed", cost_to="1")),
    PageType("search-unread", address("/search", q=UNREAD)),
    PageType("search-unknown-city", address("/search", q=NEED, city="Atlantis"), 404),
    PageType("shortlist", address("/shortlist", *_PICKED, q=NEED, city=CITY)),
    PageType("shortlist-stale", address("/shortlist", *_PICKED, ("pick", "gone-for-good"), q=NEED)),
    PageType("shortlist-empty", "/shortlist"),
    PageType("brief", address("/brief", *_PICKED, q=NEED, city=CITY)),
    PageType("brief-empty", "/brief"),
    PageType("practices", "/practices"),
    PageType("practice", f"/practice/{PRACTICE}"),
    PageType("practice-fit", address(f"/practice/{PRACTICE}", city=CITY)),
    PageType("challenges", "/challenges"),
    PageType("challenge", "/challenge/snow-and-ice-clearing"),
    PageType("cities", "/cities"),
    PageType("city", f"/city/{CITY}"),
    PageType("city-known", "/city/ee-tartu"),
    PageType("compare", address("/compare", ("city", "fi-turku"), ("city", "ee-tartu"))),
    PageType("compare-empty", "/compare"),
    PageType("experts", "/experts"),
    PageType("expert", "/expert/union-of-the-baltic-cities"),
    PageType("my-city", "/my-city"),
    PageType("know", "/know"),
    PageType("know-text", address("/know", q="We plan district heating with heat pumps and waste heat")),
    PageType("know-organisation", address("/know", org="union-of-the-baltic-cities")),
    PageType("extract", "/extract"),
    PageType("research", "/research"),
    PageType("map", "/map"),
    PageType("pools", "/pools"),
    PageType("network", "/network"),
    PageType("blind-spots", "/blind-spots"),
    PageType("feeds", "/feeds"),
    PageType("embed", f"/embed/practice/{PRACTICE}", framed=True),
    PageType("about", "/about"),
    PageType("quality", "/about/quality"),
    PageType("translations", "/about/translations"),
    PageType("api", "/about/api"),
    PageType("sparql", "/sparql"),
    PageType("data", "/data"),
    PageType("ontology", "/ontology"),
    PageType("scheme", "/scheme/challenge"),
    PageType("shapes", "/shape.html"),
    PageType("not-found", "/practice/no-such-practice", 404),
    PageType("nowhere", "/no-such-page", 404),
    PageType("bad-request", address("/search", q=NEED, min_level="high"), 400),
)
