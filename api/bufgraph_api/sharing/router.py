"""Addresses of feeds, sharing pictures and embedded cards."""

import gzip
import hashlib
from collections.abc import Callable
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from bufgraph.errors import NotFoundError
from bufgraph.services.composition import Build
from bufgraph_api.linked_data.answering import is_known
from bufgraph_api.sharing.atom import MEDIA_TYPE, AtomWriter
from bufgraph_api.sharing.cards import CardPainter, card_of
from bufgraph_api.sharing.embedding import embed_page, oembed
from bufgraph_api.sharing.feeds import Feed, Feeds
from bufgraph_api.sharing.feeds_page import feeds_page
from bufgraph_api.sharing.site import site_of
from bufgraph_api.state import Services, State

_ASK_AGAIN: Final = "public, no-cache"
_A_DAY: Final = "public, max-age=86400"
_Page = Annotated[int, Query(ge=1)]


def sharing_router(build: Build) -> APIRouter:
    """Return the routes of what leaves the site; feeds and pictures are made when somebody asks."""
    router = APIRouter(include_in_schema=False)
    feeds, painter = Feeds(build), CardPainter()

    def feed_of_all(request: Request, services: Services, page: _Page = 1) -> Response:
        """All practices."""
        return _feed(request, services, feeds.all(), page)

    def feed(request: Request, services: Services, kind: str, name: str, page: _Page = 1) -> Response:
        """The practices of a domain, a challenge or a city."""
        return _feed(request, services, feeds.of(kind, name), page)

    def picture(request: Request, services: Services, kind: str, name: str, lang: str = "en") -> Response:
        """The picture for shared links to a record."""
        card = card_of(services.speaking(lang), kind, name)
        etag = f'"{card.key}"'
        headers = {"ETag": etag, "Cache-Control": _A_DAY}
        if is_known(request, etag):
            return Response(status_code=304, headers=headers)
        return Response(painter.png(card), media_type="image/png", headers=headers)

    routes: tuple[tuple[str, Callable[..., Any]], ...] = (  # Any: a route answers in its own way
        ("/feeds", feeds_page),
        ("/feeds/all.atom", feed_of_all),
        ("/feeds/{kind}/{name}.atom", feed),
        ("/cards/{kind}/{name}.png", picture),
        ("/embed/practice/{name}", embed_page),
        ("/oembed", oembed),
    )
    for path, endpoint in routes:
        router.add_api_route(path, endpoint, methods=["GET", "HEAD"])
    return router


def _feed(request: Request, services: State, feed: Feed, page: int) -> Response:
    if page > feed.pages:
        raise NotFoundError(f"the feed has {feed.pages} pages; there is no page {page}", page=page)
    writer = AtomWriter(services, site_of(request), request.scope.get("interface_root", ""))
    content = writer.document(feed, page)
    etag = f'W/"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {
        "ETag": etag, "Last-Modified": format_datetime(feed.updated, usegmt=True), "Cache-Control": _ASK_AGAIN,
        "Vary": "Accept-Encoding", "Access-Control-Allow-Origin": "*",
    }  # fmt: skip
    if _is_held(request, etag, feed.updated):
        return Response(status_code=304, headers=headers)
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = gzip.compress(content, 5, mtime=0), "gzip"
    return Response(content, media_type=f"{MEDIA_TYPE}; charset=utf-8", headers=headers)


def _is_held(request: Request, etag: str, changed: datetime) -> bool:
    """Tell whether the reader has this version; a date counts only where no tag was sent (RFC 9110, section 13.2.2)."""
    if "if-none-match" in request.headers:
        return is_known(request, etag)
    try:
        held = parsedate_to_datetime(request.headers.get("if-modified-since", ""))
    except ValueError:
        return False
    return held.replace(tzinfo=held.tzinfo or UTC) >= changed
