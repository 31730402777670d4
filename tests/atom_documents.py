"""What RFC 4287 asks of a feed, read with the standard library."""

import re
from collections.abc import Iterator
from xml.etree.ElementTree import Element, fromstring

ATOM = "{http://www.w3.org/2005/Atom}"
LANG = "{http://www.w3.org/XML/1998/namespace}lang"
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)")  # RFC 3339
_IRI = re.compile(r"[a-z][a-z0-9+.-]*:[^\s<>\"{}|\\^`]+")
_ONCE = ("id", "title", "updated")


def text(parent: Element, name: str) -> str:
    found = parent.find(ATOM + name)
    assert found is not None, name
    return found.text or ""


def links(parent: Element, rel: str) -> list[dict[str, str]]:
    return [link.attrib for link in parent.findall(f"{ATOM}link") if link.get("rel", "alternate") == rel]


def entries(feed: Element) -> list[Element]:
    return feed.findall(f"{ATOM}entry")


def parsed(document: bytes) -> Element:
    """Return a feed after checking what every feed must keep (sections 4.1 and 4.2)."""
    feed = fromstring(document)
    assert feed.tag == f"{ATOM}feed"
    assert list(_faults(feed, is_feed=True)) == []
    for entry in entries(feed):
        assert list(_faults(entry, is_feed=False)) == []
    ids = [text(entry, "id") for entry in entries(feed)]
    assert len(ids) == len(set(ids))
    return feed


def _faults(node: Element, *, is_feed: bool) -> Iterator[str]:
    yield from (name for name in _ONCE if len(node.findall(ATOM + name)) != 1)
    yield from (
        name for name in ("rights", "subtitle", "generator", "summary") if len(node.findall(ATOM + name)) > 1
    )
    if not _IRI.fullmatch(text(node, "id")):
        yield f"id {text(node, 'id')}"
    if not _MOMENT.fullmatch(text(node, "updated")):
        yield f"updated {text(node, 'updated')}"
    alternates = [(link.get("type"), link.get("hreflang")) for link in links(node, "alternate")]
    if len(alternates) != len(set(alternates)) or not alternates:
        yield f"alternates {alternates}"
    yield from (
        f"link {link}" for link in node.findall(f"{ATOM}link") if not _IRI.fullmatch(link.get("href", ""))
    )
    if is_feed:
        if len(links(node, "self")) != 1:
            yield "self"
        if [author for author in node.findall(f"{ATOM}author") if not text(author, "name")]:
            yield "author"
        if not node.findall(f"{ATOM}author"):
            yield "no author"
