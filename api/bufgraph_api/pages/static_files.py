"""Our own stylesheet, scripts and icons: joined and compressed once, addressed by content, with digests that browsers check."""

import base64
import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request
from fastapi.responses import Response

from bufgraph.errors import NotFoundError

STATIC: Final = Path(__file__).parent / "static"
_TYPES: Final = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".png": "image/png",
}
_FOREVER: Final = "public, max-age=31536000, immutable"
_AN_HOUR: Final = "public, max-age=3600"


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is served.

    Attributes:
        name: Path under ``/static/``.
        packed: The content, compressed (gzip).
        integrity: Digest that the browser checks (W3C Subresource Integrity).
    """

    name: str
    content: bytes
    packed: bytes
    integrity: str

    @property
    def url(self) -> str:
        """Its address; another content has another one, so that browsers may keep it."""
        return f"/static/{self.name}?v={hashlib.sha256(self.content).hexdigest()[:12]}"

    @property
    def media_type(self) -> str:
        """What it is."""
        return _TYPES[Path(self.name).suffix]


@cache
def static_file(name: str) -> StaticFile:
    """Return a file of ours; ``style.css`` is all of ``styles/*.css`` joined in the order of their names.

    Raises:
        NotFoundError: There is none of that name.
    """
    if name == "style.css":
        content = b"\n".join(path.read_bytes() for path in sorted((STATIC / "styles").glob("*.css")))
    else:
        path = STATIC / name
        folder = path.parent.name
        if (
            ".." in name
            or path.suffix not in _TYPES
            or folder not in ("static", "scripts")
            or not path.is_file()
        ):
            raise NotFoundError(f"there is no file '{name}'", name=name)
        content = path.read_bytes()
    digest = base64.b64encode(hashlib.sha384(content).digest()).decode()
    return StaticFile(name, content, gzip.compress(content, mtime=0), f"sha384-{digest}")


def static_router() -> APIRouter:
    """Return the routes of our own files."""
    router = APIRouter(include_in_schema=False)

    @router.api_route("/static/{name}", methods=["GET", "HEAD"])
    def _file(request: Request, name: str) -> Response:
        return _answer(request, name)

    @router.api_route("/static/scripts/{name}", methods=["GET", "HEAD"])
    def _script(request: Request, name: str) -> Response:
        return _answer(request, f"scripts/{name}")

    return router


def _answer(request: Request, name: str) -> Response:
    file = static_file(name)
    headers = {
        "Cache-Control": _FOREVER if "v" in request.query_params else _AN_HOUR,
        "Vary": "Accept-Encoding",
    }
    content = file.content
    if "gzip" in request.headers.get("accept-encoding", ""):
        content, headers["Content-Encoding"] = file.packed, "gzip"
    return Response(content, media_type=file.media_type, headers=headers)
