"""Addresses of identifiers and of the documents about them (https://www.w3.org/TR/cooluris/)."""

from collections.abc import Callable
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response
from fastapi.routing import APIRoute
from starlette.routing import Match
from starlette.types import Scope

from bufgraph.services.composition import Build
from bufgraph.services.rdf_documents import MEDIA_TYPES
from bufgraph_api.linked_data.answering import negotiate, split
from bufgraph_api.linked_data.sitemap import SiteMap
from bufgraph_api.linked_data.terms import TermAnswers
from bufgraph_api.linked_data.things import ThingAnswers

_METHODS: Final = ["GET", "HEAD"]


class _ProgramsRoute(APIRoute):
    """Lets who asks for a page pass to the next route of the same path."""

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Match what a program asks for."""
        match, child = super().matches(scope)
        if match != Match.NONE and split(scope["path"])[1] is None and negotiate(Request(scope)) == "html":
            return Match.NONE, {}
        return match, child


def linked_data_router(build: Build) -> APIRouter:
    """Return the routes of all identifiers of a build, of the sitemap and of ``robots.txt``.

    It stands before the pages of ``/ontology`` and ``/scheme/{name}``, to which it leaves who asks for HTML.
    """
    things, terms, site_map = ThingAnswers(build), TermAnswers(build.graph), SiteMap(build)
    documents = [f"{path}.{suffix}" for path in terms.paths for suffix in (*MEDIA_TYPES, "html")]
    programs = APIRouter(route_class=_ProgramsRoute)
    router = APIRouter(include_in_schema=False)
    routes: tuple[tuple[APIRouter, str, Callable[..., Response]], ...] = (
        (programs, "/ontology", terms.answer),
        (programs, "/scheme/{name}", things.answer),
        *((router, path, terms.answer) for path in ("/shape", *documents)),
        (router, "/ontology/{version}", terms.version),
        (router, "/scheme/{name}/{concept}", things.answer),
        (router, "/id/{name:path}", things.answer),
        (router, "/service/{name}", things.answer),
        (router, "/function/{name}", things.answer),
        (router, "/sitemap.xml", site_map.whole),
        (router, "/sitemap-{number}.xml", site_map.part),
        (router, "/robots.txt", site_map.robots),
    )
    for owner, path, endpoint in routes:
        owner.add_api_route(path, endpoint, methods=_METHODS)
    router.include_router(programs)
    return router
