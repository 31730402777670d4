"""``sitemap.xml`` and ``robots.txt`` (https://www.sitemaps.org/protocol.html)."""

from collections.abc import Iterator, Sequence
from typing import Final
from xml.sax.saxutils import escape

from fastapi import Request
from fastapi.responses import PlainTextResponse, Response

from bufgraph.errors import NotFoundError
from bufgraph.namespaces import slug
from bufgraph.services.composition import Build
from bufgraph_api.sharing.site import site_of

MAX_ADDRESSES: Final = 50_000
"""Of one file, by the protocol."""
_PAGES: Final = (
    "/", "/search", "/my-city", "/know", "/research", "/map", "/practices", "/cities", "/challenges", "/experts", "/blind-spots", "/pools",
    "/network", "/compare", "/feeds", "/about", "/about/api", "/about/quality", "/about/translations", "/data", "/ontology", "/sparql",
)  # fmt: skip
_DISALLOWED: Final = (
    "/api/",
    "/sparql?",
    "/?",
    "/search?",
    "/shortlist",
    "/brief",
    "/*/search?",
    "/*/shortlist",
    "/*/brief",
)
_SPACE: Final = "http://www.sitemaps.org/schemas/sitemap/0.9"


class SiteMap:
    """Lists the pages of a build; ``size`` is the most addresses of a file."""

    def __init__(self, build: Build, size: int = MAX_ADDRESSES) -> None:
        self._build = build
        self._size = size

    def whole(self, request: Request) -> Response:
        """All pages, or the files that hold them where they are too many for one."""
        paths = tuple(self._paths())
        if len(paths) <= self._size:
            return self._listed(request, paths)
        numbers = range(1, -(-len(paths) // self._size) + 1)
        return self._xml(request, "sitemapindex", "sitemap", [f"/sitemap-{number}.xml" for number in numbers])

    def part(self, request: Request, number: int) -> Response:
        """One of the files."""
        paths = tuple(self._paths())[(number - 1) * self._size : number * self._size] if number > 0 else ()
        if not paths:
            raise NotFoundError(f"there is no part {number} of the sitemap; /sitemap.xml lists them")
        return self._listed(request, paths)

    def robots(self, request: Request) -> Response:
        """What crawlers need not read, and where the sitemap is."""
        rules = "".join(f"Disallow: {path}\n" for path in _DISALLOWED)
        return PlainTextResponse(
            f"User-agent: *\n{rules}\nSitemap: {site_of(request, self._build.settings)}sitemap.xml\n"
        )

    def _listed(self, request: Request, paths: Sequence[str]) -> Response:
        return self._xml(request, "urlset", "url", paths)

    def _xml(self, request: Request, root: str, entry: str, paths: Sequence[str]) -> Response:
        site = site_of(request, self._build.settings).rstrip("/")
        changed = escape(str(self._build.manifest["made_at"]))
        lines = (
            f"<{entry}><loc>{escape(site + path)}</loc><lastmod>{changed}</lastmod></{entry}>\n"
            for path in paths
        )
        text = (
            f'<?xml version="1.0" encoding="UTF-8"?>\n<{root} xmlns="{_SPACE}">\n{"".join(lines)}</{root}>\n'
        )
        return Response(text, media_type="application/xml")

    def _paths(self) -> Iterator[str]:
        catalogue = self._build.catalogue
        yield from _PAGES
        yield from (
            f"/scheme/{name}" for name in sorted({slug(c.scheme) for c in catalogue.concepts.values()})
        )
        yield from (f"/challenge/{concept.slug}" for concept in catalogue.challenges)
        for kind, records in (
            ("practice", catalogue.practices),
            ("city", catalogue.cities),
            ("expert", catalogue.experts),
        ):
            yield from (f"/{kind}/{slug(iri)}" for iri in records)
