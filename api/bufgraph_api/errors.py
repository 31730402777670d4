"""Errors leave by one door: problem documents (RFC 9457), or a page for a reader in a browser."""

from collections.abc import Mapping
from typing import Any, Final

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from bufgraph.errors import (
    BufgraphError,
    ConflictError,
    InvalidInputError,
    MisconfiguredError,
    NotAvailableError,
    NotFoundError,
    TooLargeError,
)
from bufgraph_api.negotiation import prefers_html
from bufgraph_api.pages.error_page import error_page

_STATUS: Final[tuple[tuple[type[BufgraphError], int, str], ...]] = (
    (TooLargeError, 413, "Too large"),
    (InvalidInputError, 400, "Not a valid request"),
    (NotFoundError, 404, "Not found"),
    (NotAvailableError, 503, "Not available now"),
    (ConflictError, 409, "In conflict"),
    (MisconfiguredError, 500, "Wrong set-up"),
)
"""First match counts, so a narrower family stands above its parent."""
_HIDDEN: Final = {"path"}
"""Facts that name places on the server."""
_KEPT: Final = ("retry-after", "allow")
"""Headers of a problem document that its page has too."""
_OPEN: Final = {"Access-Control-Allow-Origin": "*", "Access-Control-Expose-Headers": "Retry-After"}
"""So that scripts of other sites can read what went wrong, wherever it is found out."""


def status_of(error: BufgraphError) -> int:
    """Return the HTTP status for an error, by its family."""
    return next((status for family, status, _ in _STATUS if isinstance(error, family)), 500)


def problem_response(error: BufgraphError) -> JSONResponse:
    """Return the problem document for an error."""
    status = status_of(error)
    title = next((title for family, _, title in _STATUS if isinstance(error, family)), "Unexpected error")
    facts = {name: value for name, value in error.facts.items() if name not in _HIDDEN}
    headers = {"Retry-After": "2"} if status == 503 else {}
    return problem(status, title, error.message, headers=headers, **facts)


def problem(
    status: int, title: str, detail: str, *, headers: dict[str, str] | None = None, **facts: Any
) -> JSONResponse:
    """Return a problem document; ``facts`` become extension members."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **facts}
    return JSONResponse(
        body, status, headers={**_OPEN, **(headers or {})}, media_type="application/problem+json"
    )


def response_of(request: Request, error: BufgraphError) -> Response:
    """Return a page about an error for a reader in a browser, a problem document for a program."""
    return _answer(request, problem_response(error), error.message, error.facts)


def _answer(request: Request, response: JSONResponse, detail: str, facts: Mapping[str, object]) -> Response:
    if not prefers_html(request.headers.get("accept")):
        return response
    kept = {name: response.headers[name] for name in _KEPT if name in response.headers}
    return error_page(request, response.status_code, detail, facts, kept)


def install(app: FastAPI) -> None:
    """Translate every error of an application."""

    @app.exception_handler(BufgraphError)
    def _known(request: Request, error: BufgraphError) -> Response:
        return response_of(request, error)

    @app.exception_handler(RequestValidationError)
    def _parameter(request: Request, error: RequestValidationError) -> Response:
        first = error.errors()[0]
        # The last part of the place is a number for a value of a list.
        name = next(part for part in reversed(first["loc"]) if isinstance(part, str))
        detail = f"the parameter '{name}' is not valid: {first['msg']}"
        return _answer(request, problem(400, "Not a valid request", detail, field=name), detail, {})

    @app.exception_handler(HTTPException)
    def _http(request: Request, error: HTTPException) -> Response:
        headers = dict(error.headers or {})
        detail = f"{error.detail}: {request.url.path}"
        return _answer(
            request, problem(error.status_code, str(error.detail), detail, headers=headers), detail, {}
        )

    @app.exception_handler(Exception)
    def _unforeseen(request: Request, error: Exception) -> Response:
        # The server logs the error itself; its text may name places on the server.
        detail = "an unforeseen error; try again, and report it if it happens again"
        return _answer(request, problem(500, "Unexpected error", detail), detail, {})
