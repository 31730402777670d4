"""What reconciliation knows of a record: its names and the facts that tell two things apart."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from math import isfinite
from typing import Final
from urllib.parse import urlsplit

from bufgraph_ingest.port import Json, RawRecord

KINDS: Final = ("cities", "organisations", "practices")
_TYPES: Final = {
    "City": "cities",
    "Region": "cities",
    "Organization": "organisations",
    "Expert": "organisations",
    "GoodPractice": "practices",
}
_SHARED_HOSTS: Final = frozenset(
    {"facebook.com", "linkedin.com", "wikipedia.org", "sites.google.com", "github.com"}
)


@dataclass(frozen=True, slots=True)
class Thing:
    """A record, as far as it matters to whether it means the same thing as another.

    Attributes:
        kind: One of :data:`KINDS`; ``collection``: where the record comes from.
        names: In every language, the main one first.
        identifiers: Identifiers that others gave it, by scheme (``geonames``, ``wikidata``).
        host: Of its home page, without ``www.``; ``pages``: addresses that it cites.
        place: The city or region that it belongs to; ``year``: when it began.
        is_generic: True when it is a kind of body and not one; ``is_region``: True for a region.
    """

    id: str
    kind: str
    names: tuple[str, ...]
    collection: str = ""
    country: str = ""
    latitude: float | None = None
    longitude: float | None = None
    identifiers: Mapping[str, str] = field(default_factory=dict)
    host: str = ""
    pages: frozenset[str] = frozenset()
    place: str = ""
    year: int | None = None
    text: str = ""
    is_generic: bool = False
    is_region: bool = False

    @property
    def is_shipped(self) -> bool:
        """Whether it belongs to the datasets, not to an import."""
        return not self.collection.startswith("imports/")


def things_from(records: Iterable[RawRecord]) -> list[Thing]:
    """Return the cities, organisations and practices among some records, in their order.

    Titles in other languages, years and cited addresses are taken from the records that hold them.
    """
    known = list(records)
    pages: dict[str, str] = {}
    titles: dict[str, list[str]] = defaultdict(list)
    years: dict[str, int] = {}
    for raw in known:
        record = raw.record
        if "page" in record:
            pages[str(record.get("id"))] = str(record["page"])
        if "translates" in record:
            titles[str(record["translates"])] += _texts(record.get("local_title"))
        if (
            "practice" in record
            and str(record.get("relation", "")).endswith("/origin")
            and (began := _year(record.get("start_year"))) is not None
        ):
            practice = str(record["practice"])
            years[practice] = min(began, years.get(practice, 9999))
    return [
        _thing(raw, kind, pages, titles, years) for raw in known if (kind := _kind(raw.record)) is not None
    ]


def thing(record: Json, collection: str = "") -> Thing:
    """Return the thing of one record.

    Raises:
        KeyError: The record is none of the kinds.
    """
    return things_from([RawRecord(collection, "", 0, record)])[0]


def _kind(record: Json) -> str | None:
    types = record.get("type") or ()
    found = [_TYPES[t] for t in ([types] if isinstance(types, str) else types) if t in _TYPES]
    return found[0] if found and isinstance(record.get("id"), str) else None


def _thing(
    raw: RawRecord,
    kind: str,
    pages: Mapping[str, str],
    titles: Mapping[str, list[str]],
    years: Mapping[str, int],
) -> Thing:
    record = raw.record
    identifier = str(record["id"])
    names = [*_texts(record.get("name")), *_texts(record.get("pref_label")), *_texts(record.get("title"))]
    names += [*_texts(record.get("alt_label")), *titles.get(identifier, ())]
    documents = [str(c.get("document")) for c in record.get("citation") or () if isinstance(c, dict)]
    year = _year(record.get("start_year")) or years.get(identifier)
    return Thing(
        id=identifier,
        kind=kind,
        names=tuple(dict.fromkeys(names)),
        collection=raw.collection,
        country=str(record.get("country_code", "")),
        latitude=_number(record.get("latitude")),
        longitude=_number(record.get("longitude")),
        identifiers=_identifiers(record.get("exact_match")),
        host=host_of(str(record.get("homepage", ""))),
        pages=frozenset(page_key(pages.get(d, d)) for d in documents),
        place=str(record.get("origin") or record.get("administers") or record.get("based_in") or ""),
        year=year,
        text=str(record.get("summary") or record.get("text") or ""),
        is_generic=bool(record.get("is_generic")),
        is_region="Region" in _texts(record.get("type")),
    )


def _texts(value: object) -> list[str]:
    if isinstance(value, dict):
        return [str(text) for text in value.values() if text]
    if isinstance(value, list | tuple):
        return [str(text) for text in value if text]
    return [str(value)] if value else []


def _number(value: object) -> float | None:
    """Return a number; None for what is none, since records are compared before anybody has checked them."""
    try:
        found = None if value is None else float(str(value))
    except ValueError:
        return None
    return found if found is not None and isfinite(found) else None


def _year(value: object) -> int | None:
    text = str(value)
    return int(text) if len(text) == 4 and text.isascii() and text.isdigit() else None


def _identifiers(values: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for value in _texts(values):
        scheme = "geonames" if "geonames" in value else "wikidata" if "wikidata" in value else ""
        if scheme:
            found[scheme] = value.rstrip("/").replace(":", "/").rsplit("/", 1)[-1]
    return found


def host_of(url: str) -> str:
    """Return the host of a home page without ``www.``; "" for hosts where many bodies have a page."""
    host = (urlsplit(url).hostname or "").removeprefix("www.")
    return "" if host in _SHARED_HOSTS else host


def page_key(url: str) -> str:
    """Return an address without scheme, ``www.``, fragment and closing slash, so that it is compared by what it names."""
    parts = urlsplit(url)
    query = f"?{parts.query}" if parts.query else ""
    return (
        f"{parts.netloc.lower().removeprefix('www.')}{parts.path.rstrip('/')}{query}" if parts.netloc else url
    )
