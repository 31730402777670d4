"""The language of a page stands in its address: ``/lv/search`` is ``/search`` in Latvian.

An address without a language is neutral, so that a link sent to a colleague abroad opens in her language: a browser that prefers another
language than English is sent on to its own. Whoever chooses English gets addresses under ``/en``.
"""

from typing import Final

from starlette.datastructures import Headers
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from bufgraph.localisation.tongue import INTERFACE_LANGUAGES
from bufgraph_api.negotiation import choose_language, prefers_html

_MACHINES: Final = ("/api", "/static", "/health", "/id/", "/cards/", "/oembed")
"""Addresses that have no language."""
_NEUTRAL: Final = (
    "/sparql",
    "/data",
    "/ontology",
    "/scheme",
    "/openapi.json",
    "/feeds/",
    "/embed/",
    "/robots.txt",
    "/sitemap",
)
"""Pages of researchers, files and frames on other sites: their language is what the address says, never what a browser prefers."""


class InterfaceLanguage:
    """Takes the language out of the address and puts it into the scope, as ``interface_language`` and ``interface_root``."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        code, path = split_language(scope["path"])
        if code is not None and not path.startswith(_MACHINES):
            scope = {
                **scope,
                "path": path,
                "raw_path": path.encode(),
                "interface_language": code,
                "interface_root": f"/{code}",
            }
        elif (preferred := _preferred(scope)) != INTERFACE_LANGUAGES[0]:
            query = f"?{scope['query_string'].decode('latin-1')}" if scope["query_string"] else ""
            answer = RedirectResponse(
                f"/{preferred}{scope['path']}{query}", 302, headers={"Vary": "Accept, Accept-Language"}
            )
            await answer(scope, receive, send)
            return
        await self._app(scope, receive, send)


def split_language(path: str) -> tuple[str | None, str]:
    """Return the language that a path begins with, or None, and the rest of the path."""
    first, _, rest = path[1:].partition("/")
    return (first, f"/{rest}") if first in INTERFACE_LANGUAGES else (None, path)


def _preferred(scope: Scope) -> str:
    """Return the language that a person in a browser prefers for a neutral address; English for everybody else."""
    if scope["method"] not in ("GET", "HEAD") or scope["path"].startswith((*_MACHINES, *_NEUTRAL)):
        return INTERFACE_LANGUAGES[0]
    headers = Headers(scope=scope)
    if not prefers_html(headers.get("accept")):
        return INTERFACE_LANGUAGES[0]
    return choose_language(headers.get("accept-language"), INTERFACE_LANGUAGES)
