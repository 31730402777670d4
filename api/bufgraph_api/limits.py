"""Bounds at the edge, and headers that every answer carries."""

from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.requests import Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from bufgraph.errors import TooLargeError
from bufgraph_api.errors import problem_response, response_of
from bufgraph_api.languages import split_language

MAX_URL_BYTES = 32_768
MAX_BODY_BYTES = 262_144
MAX_UPLOAD_BYTES: Final = 5_000_000
"""For the one page that takes a file; it tells by itself when that is too large."""
_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    # Only our own files: no inline script or style, nothing from elsewhere, nobody may frame us.
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
}
_UPLOAD: Final = "/extract"
_OPEN: Final = ("/api/", "/openapi.json")
"""Addresses that scripts of other sites may read: public records, the same for whoever asks."""


class Limits:
    """Refuses over-long addresses and bodies before anything reads them, and adds the headers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
                if scope["path"].startswith(_OPEN):
                    headers.setdefault("Access-Control-Allow-Origin", "*")
            await send(message)

        if len(scope["query_string"]) + len(scope["path"]) > MAX_URL_BYTES:
            error = TooLargeError(
                f"the address is longer than {MAX_URL_BYTES} bytes; send the text by POST or shorten it"
            )
            # The page about it must not carry the text on in its links.
            await response_of(Request({**scope, "query_string": b""}), error)(
                scope, receive, send_with_headers
            )
            return
        length = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
        is_upload = split_language(scope["path"])[1] == _UPLOAD
        if not length.isdigit() or (int(length) > MAX_BODY_BYTES and not is_upload):
            error = TooLargeError(f"the body is longer than {MAX_BODY_BYTES} bytes", limit=MAX_BODY_BYTES)
            await problem_response(error)(scope, receive, send_with_headers)
            return
        most = MAX_UPLOAD_BYTES if is_upload else MAX_BODY_BYTES
        await self._app(scope, _bounded(receive, most), send_with_headers)


def _bounded(receive: Receive, most: int) -> Receive:
    """Cut off a body that lies about its length or comes in chunks."""
    seen = 0

    async def bounded() -> Message:
        nonlocal seen
        message = await receive()
        if message["type"] == "http.request":
            seen += len(message.get("body", b""))
            if seen > most:
                raise TooLargeError(f"the body is longer than {most} bytes", limit=most)
        return message

    return bounded
