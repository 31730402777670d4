"""Records, concepts, schemes and built-in services: an identifier sends its reader on, to a page or to a document."""

from typing import Final

from fastapi import Request
from fastapi.responses import Response

from bufgraph.errors import NotFoundError
from bufgraph.model import Catalogue
from bufgraph.services.addresses import Addresses
from bufgraph.services.composition import Build
from bufgraph.services.describing_things import Things
from bufgraph.services.home import codec
from bufgraph.services.rdf_documents import write
from bufgraph_api.linked_data.answering import (
    document,
    is_known,
    links,
    negotiate,
    not_acceptable,
    see_other,
    split,
    tag,
)
from bufgraph_api.linked_data.thing_page import ThingPages
from bufgraph_api.pages.rendering import render

_DATA_SET: Final = "/id/dataset/bufgraph"
"""Described by the files of ``/data``, not by the graph."""


class ThingAnswers:
    """Answers for what the graph of a build holds."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._addresses = Addresses(build.settings.base_iri)
        self._things = Things(build.graph, build.catalogue, self._addresses)
        self._pages = ThingPages(build.graph, build.catalogue, self._addresses)
        self._context = codec(build.settings).context

    def answer(self, request: Request) -> Response:
        """Send on from an identifier, or give a document about it."""
        path, suffix = split(request.scope["path"])
        iri = self._addresses.iri_of(path)
        if iri is None:
            raise NotFoundError(
                f"{path} is no identifier; one looks like /id/city/fi-turku or /scheme/challenge"
            )
        if path == _DATA_SET:
            return _data_set(request, path, iri)
        if not self._things.exists(iri):
            raise self._things.unknown(iri)
        if suffix is None:
            return self._send_on(request, path, iri)
        return (
            self._page(request, path, iri) if suffix == "html" else self._document(request, path, iri, suffix)
        )

    def _send_on(self, request: Request, path: str, iri: str) -> Response:
        wanted = negotiate(request)
        if wanted is None:
            return not_acceptable(request)
        page = page_path(iri, self._build.catalogue, self._addresses) or f"{path}.html"
        return see_other(page if wanted == "html" else f"{path}.{wanted}", links(path, iri, page=page))

    def _page(self, request: Request, path: str, iri: str) -> Response:
        page = page_path(iri, self._build.catalogue, self._addresses)
        if page is not None:
            return see_other(page, links(path, iri, page=page))
        description = self._things.describe(iri)
        shown = render(request, "thing.html", thing=self._pages.page(description), documents=path)
        shown.headers["Link"] = links(path, iri, licences=description.licences)
        return shown

    def _document(self, request: Request, path: str, iri: str, suffix: str) -> Response:
        etag = tag(self._build.folder.name, suffix)
        description = self._things.describe(iri)
        page = page_path(iri, self._build.catalogue, self._addresses) or f"{path}.html"
        link = links(path, iri, licences=description.licences, page=page)
        content = None if is_known(request, etag) else write(description.triples(), suffix, self._context)
        response = document(path, suffix, etag, link, content)
        if description.is_cut:
            response.headers["X-Links-Left-Out"] = "true"
        return response


def page_path(iri: str, catalogue: Catalogue, addresses: Addresses) -> str | None:
    """Return the address of the page made for a thing; None for one that has only the plain one."""
    path = addresses.path_of(iri) or ""
    space, _, name = path.strip("/").partition("/")
    if iri in catalogue.practices or iri in catalogue.cities:
        return path.removeprefix("/id")
    if iri in catalogue.experts:
        return f"/expert/{catalogue.experts[iri].slug}"
    if space == "scheme":
        scheme, _, concept = name.partition("/")
        if scheme == "challenge" and concept:
            return f"/challenge/{concept}"
        return f"/scheme/{scheme}#{concept}" if concept else f"/scheme/{scheme}"
    return f"/ontology#{name}" if space in ("service", "function") else None


def _data_set(request: Request, path: str, iri: str) -> Response:
    wanted = negotiate(request)
    if wanted not in ("html", "ttl"):
        return not_acceptable(request)
    link = f'</data>; rel="alternate"; type="text/html", </data/dcat.ttl>; rel="alternate"; type="text/turtle", <{iri}>; rel="canonical"'
    return see_other("/data" if wanted == "html" else "/data/dcat.ttl", link)
