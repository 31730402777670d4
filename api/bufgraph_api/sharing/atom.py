"""Feeds as documents: Atom (RFC 4287), in pages (RFC 5005), written by the standard library's ElementTree.

``feedgen``, the known library for this, was last released in 2023 and brings lxml; what we need of Atom is a dozen elements.
"""

import re
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from xml.etree.ElementTree import Element, SubElement, indent, tostring

from bufgraph.localisation.phrases import Phrase, message, phrase
from bufgraph.localisation.tongue import INTERFACE_LANGUAGES
from bufgraph.model import GoodPractice
from bufgraph.namespaces import slug
from bufgraph.services.export_descriptions import LICENCE
from bufgraph_api.pages.words import OUTCOMES
from bufgraph_api.sharing.feeds import PAGE_SIZE, Entry, Feed
from bufgraph_api.state import State

MEDIA_TYPE: Final = "application/atom+xml"
_SPACE: Final = "http://www.w3.org/2005/Atom"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_FORBIDDEN: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
"""What XML 1.0 (section 2.2) cannot hold, escaped or not."""
_SUBTITLE: Final = message(
    "What cities of the Baltic Sea Region tried, how it went, and how well that is shown. Failures are told too."
)
_BY_MACHINE: Final = message("Translated by machine.")


@dataclass(frozen=True, slots=True)
class AtomWriter:
    """Writes feeds in one language for one server.

    Attributes:
        services: In the language of the feed.
        site: Public address of the server; ends in ``/``.
        root: What the addresses of pages in this language begin with: nothing or ``/lv``.
    """

    services: State
    site: str
    root: str

    def document(self, feed: Feed, page: int = 1) -> bytes:
        """Return one page of a feed."""
        root = Element("feed", {"xmlns": _SPACE, _LANG: self.services.tongue.code})
        _text(root, "id", f"{feed.about}#feed")
        _text(root, "title", self.services.tongue.tell(feed.address.title))
        _text(root, "subtitle", self.services.tongue.message(_SUBTITLE))
        _text(root, "updated", _moment(feed.updated))
        self._links(root, feed, page)
        author = SubElement(root, "author")
        _text(author, "name", "bufgraph")
        _text(author, "uri", self.site)
        _text(root, "rights", f"CC BY 4.0, {LICENCE}")
        _text(root, "generator", "bufgraph")
        for entry in feed.entries[(page - 1) * PAGE_SIZE : page * PAGE_SIZE]:
            self._entry(root, entry)
        indent(root, "")
        written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
        return written + b"\n"

    def _links(self, root: Element, feed: Feed, page: int) -> None:
        path = feed.address.path

        def numbered(number: int) -> str:
            return self._url(path) + (f"?page={number}" if number > 1 else "")

        _link(root, "self", numbered(page), MEDIA_TYPE)
        _link(root, "alternate", self._url(feed.page), "text/html", self.services.tongue.code)
        for code in INTERFACE_LANGUAGES:
            if code != self.services.tongue.code:
                _link(root, "alternate", f"{self.site}{code}{path}", MEDIA_TYPE, code)
        _link(root, "license", LICENCE)
        if feed.pages > 1:
            _link(root, "first", numbered(1), MEDIA_TYPE)
            _link(root, "last", numbered(feed.pages), MEDIA_TYPE)
        if page > 1:
            _link(root, "previous", numbered(page - 1), MEDIA_TYPE)
        if page < feed.pages:
            _link(root, "next", numbered(page + 1), MEDIA_TYPE)

    def _entry(self, root: Element, entry: Entry) -> None:
        practice, tongue = entry.practice, self.services.tongue
        local = self.services.present.local(practice.id)
        node = SubElement(root, "entry")
        _text(node, "id", practice.id)
        title = _text(node, "title", local["title"] if local else practice.title)
        _text(node, "updated", _moment(entry.updated))
        _link(node, "alternate", self._url(f"/practice/{practice.slug}"), "text/html", tongue.code)
        for iri in practice.challenge:
            label = _plain(self.services.present.label(iri))
            SubElement(
                node, "category", {"term": slug(iri), "scheme": iri.rpartition("/")[0], "label": label}
            )
        told = (
            f"{local['need']} {local['solution']} {tongue.message(_BY_MACHINE)}"
            if local
            else practice.summary
        )
        summary = _text(node, "summary", f"{tongue.tell(self._outcome(practice))} {told}")
        if local is None and tongue.code != "en":
            title.set(_LANG, "en")
            summary.set(_LANG, "en")

    def _outcome(self, practice: GoodPractice) -> Phrase:
        brief = self.services.present.practice_brief(practice)
        return phrase(
            "{place} ({country}): {sign} {outcome}. Evidence level {level} of 5.",
            place=brief["origin"]["label"],
            country=self.services.tongue.country(brief["origin"]["country"]),
            sign=OUTCOMES[brief["outcome"]][0],
            outcome=OUTCOMES[brief["outcome"]][1],
            level=brief["evidence_level"],
        )

    def _url(self, path: str) -> str:
        return f"{self.site.rstrip('/')}{self.root}{path}"


def _text(parent: Element, name: str, text: str) -> Element:
    node = SubElement(parent, name)
    node.text = _plain(text)
    return node


def _link(parent: Element, rel: str, href: str, kind: str = "", language: str = "") -> None:
    known = {"rel": rel, "href": href, "type": kind, "hreflang": language}
    SubElement(parent, "link", {name: value for name, value in known.items() if value})


def _plain(text: str) -> str:
    return _FORBIDDEN.sub(" ", text)


def _moment(time: datetime) -> str:
    """Return a time as RFC 3339 writes it."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")
