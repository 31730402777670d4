"""``/sparql``: GET, HEAD and both POSTs, results by negotiation (SPARQL 1.1 Protocol, section 2.1)."""

from functools import partial
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bufgraph.errors import BufgraphError, InvalidInputError, QueryTimeoutError
from bufgraph.services.querying import (
    GRAPH_TYPES,
    RESULT_TYPES,
    SHORT_NAMES,
    PreparedQuery,
    QueryService,
    media_types,
)
from bufgraph_api.errors import problem, problem_response
from bufgraph_api.negotiation import choose, prefers_html
from bufgraph_api.sparql.answering import HEADERS, AnswerResponse, in_thread
from bufgraph_api.sparql.describing import describe
from bufgraph_api.sparql.request import Asked, UnsupportedTypeError, read

_METHODS: Final = "GET, HEAD, POST, OPTIONS"
_PREFLIGHT: Final = {
    **HEADERS,
    "Access-Control-Allow-Methods": _METHODS,
    "Access-Control-Allow-Headers": "Accept, Accept-Language, Content-Type, If-None-Match, X-Requested-With",
    "Access-Control-Max-Age": "86400",
}
_OTHER_NAMES: Final = {
    "application/json": RESULT_TYPES[0],
    "application/xml": RESULT_TYPES[1],
    "text/xml": RESULT_TYPES[1],
}
"""General media types that some clients ask for, and what fits them."""


def sparql_router(service: QueryService) -> APIRouter:
    """Return the routes of a query service."""
    router = APIRouter(tags=["sparql"])

    @router.get("/sparql", summary="SPARQL 1.1 query", responses=_responses())
    async def get(request: Request, query: str | None = None) -> Response:
        """Answer ``?query=``. Without a query: a form for people, the service description for programs."""
        return await _respond(request, service)

    @router.post("/sparql", summary="SPARQL 1.1 query", responses=_responses())
    async def post(request: Request) -> Response:
        """Answer a query sent as a form or as ``application/sparql-query``."""
        return await _respond(request, service)

    @router.api_route(
        "/sparql", methods=["HEAD", "OPTIONS", "PUT", "PATCH", "DELETE"], include_in_schema=False
    )
    async def other(request: Request) -> Response:
        """Answer HEAD, tell browsers that other sites may ask, and refuse the rest."""
        if request.method == "HEAD":
            return await _respond(request, service)
        if request.method == "OPTIONS":
            return Response(status_code=204, headers=_PREFLIGHT | {"Allow": _METHODS})
        headers = HEADERS | {"Allow": _METHODS}
        return problem(405, "Method not allowed", f"ask with one of {_METHODS}", headers=headers)

    return router


def _responses() -> dict[int | str, dict[str, object]]:
    return {
        200: {
            "content": {media_type: {} for media_type in (*RESULT_TYPES, *GRAPH_TYPES)},
            "description": "The answer",
        },
        304: {"description": "The same answer as the client has, by its entity tag"},
        503: {"description": "Busy (come back after Retry-After), or the query was ended at a limit"},
    }


async def _respond(request: Request, service: QueryService) -> Response:
    try:
        asked = await read(request)
        if asked is None:
            return await in_thread(partial(describe, request, service))
        return await _answer(request, service, asked)
    except UnsupportedTypeError as err:
        return problem(415, "Media type not supported", str(err), headers=HEADERS)
    except BufgraphError as err:
        if prefers_html(request.headers.get("accept")):
            raise  # a person gets a page
        return _refusal(err)


def _refusal(error: BufgraphError) -> Response:
    response = problem_response(error)
    response.headers.update(HEADERS)
    if isinstance(error, QueryTimeoutError):
        del response.headers["Retry-After"]  # the same query would end the same way
    elif "retry_after_s" in error.facts:
        response.headers["Retry-After"] = str(error.facts["retry_after_s"])
    return response


async def _answer(request: Request, service: QueryService, asked: Asked) -> Response:
    query = await in_thread(partial(service.prepare, asked.query))
    shown = _shown_type(request, query, asked)
    if shown is None:
        offered = ", ".join(media_types(query.form))
        return problem(406, "Not acceptable", f"this query can be answered as {offered}", headers=HEADERS)
    media_type = _OTHER_NAMES.get(shown, shown)
    tag = service.entity_tag(query, shown, asked.dataset) if request.method != "POST" else None
    headers = HEADERS | ({"ETag": tag, "Cache-Control": "no-cache"} if tag else {"Cache-Control": "no-store"})
    if tag is not None and _has(request, tag):
        return Response(status_code=304, headers=headers)
    client = request.client.host if request.client else ""
    answer = await in_thread(partial(service.stream, query, media_type, asked.dataset, client=client))
    kind = shown + ("; charset=utf-8" if shown.startswith("text/") else "")
    return AnswerResponse(answer, kind, headers, send_s=service.send_s)


def _shown_type(request: Request, query: PreparedQuery, asked: Asked) -> str | None:
    """Return the media type to answer in, or None when the client accepts none of those that fit.

    Raises:
        InvalidInputError: An unknown short name.
    """
    offered = media_types(query.form)
    if asked.format is not None:
        if asked.format not in SHORT_NAMES:
            raise InvalidInputError(
                f"unknown format '{asked.format}'; choose from {', '.join(SHORT_NAMES)}", field="format"
            )
        wanted = SHORT_NAMES[asked.format]
        return wanted if wanted in offered else offered[0]
    accept = request.headers.get("accept")
    if accept and "text/html" in accept and prefers_html(accept):
        # A browser that sends the form; its Accept says nothing of query results.
        return offered[0]
    others = tuple(name for name, meant in _OTHER_NAMES.items() if meant in offered)
    return choose(accept, offered + others)


def _has(request: Request, tag: str) -> bool:
    """Tell whether the client has the answer already (weak comparison: RFC 9110, section 13.1.2)."""
    known = request.headers.get("if-none-match", "")
    return known.strip() == "*" or tag.removeprefix("W/") in (
        each.strip().removeprefix("W/") for each in known.split(",")
    )
