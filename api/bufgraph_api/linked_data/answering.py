"""Headers, redirects and documents that all identifiers share."""

from typing import Final

from fastapi import Request
from fastapi.responses import Response

from bufgraph.services.rdf_documents import MEDIA_TYPES
from bufgraph_api.errors import problem
from bufgraph_api.negotiation import choose

_OFFERED: Final = {
    "text/html": "html",
    "application/xhtml+xml": "html",
    **{media_type: suffix for suffix, media_type in MEDIA_TYPES.items()},
    "application/json": "jsonld",
    "application/xml": "rdf",
    "text/xml": "rdf",
    "text/plain": "nt",
}
"""Media type → suffix of the document; general types that some clients ask for get what fits them."""
_HEADERS: Final = {
    "Vary": "Accept",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "Content-Location, ETag, Link, Location",
}


def negotiate(request: Request) -> str | None:
    """Return the suffix of what the client likes best, or None when it accepts nothing that we have."""
    chosen = choose(request.headers.get("accept"), tuple(_OFFERED))
    return None if chosen is None else _OFFERED[chosen]


def split(path: str) -> tuple[str, str | None]:
    """Return a path without its suffix, and the suffix if it is that of a document."""
    bare, _, suffix = path.rpartition(".")
    return (bare, suffix) if bare and suffix in (*MEDIA_TYPES, "html") else (path, None)


def links(path: str, iri: str, *, licences: tuple[str, ...] = (), page: str | None = None) -> str:
    """Return the ``Link`` header (RFC 8288) for a thing.

    Args:
        path: That of its documents, without a suffix.
        page: Address of its page.
    """
    found = [f'<{path}.{suffix}>; rel="alternate"; type="{kind}"' for suffix, kind in MEDIA_TYPES.items()]
    if page is not None:
        found.append(f'<{page}>; rel="alternate"; type="text/html"')
    found.append(f'<{iri}>; rel="canonical"')
    return ", ".join([*found, *(f'<{licence}>; rel="license"' for licence in licences)])


def see_other(target: str, link: str) -> Response:
    """Return a redirect to what was chosen."""
    return Response(status_code=303, headers={**_HEADERS, "Location": target, "Link": link})


def not_acceptable(request: Request) -> Response:
    """Return the problem document for a client that accepts nothing that we have."""
    offered = list(dict.fromkeys(("text/html", *MEDIA_TYPES.values())))
    detail = f"none of the media types of '{request.headers.get('accept')}' is offered; ask for one of {', '.join(offered)}"
    return problem(406, "Not acceptable", detail, headers=dict(_HEADERS), offered=offered)


def tag(build: str, suffix: str) -> str:
    """Return the ETag of a document; weak, for the same statements may come with other prefixes first."""
    return f'W/"{build}.{suffix}"'


def is_known(request: Request, etag: str) -> bool:
    """Tell whether the client has this version (RFC 9110, section 13.1.2)."""
    held = request.headers.get("if-none-match", "")
    return held.strip() == "*" or etag.removeprefix("W/") in [
        part.strip().removeprefix("W/") for part in held.split(",")
    ]


def document(path: str, suffix: str, etag: str, link: str, content: bytes | None) -> Response:
    """Return a document.

    Args:
        path: That of the document, without its suffix.
        content: None when the client has it.
    """
    kind = MEDIA_TYPES[suffix]
    headers = {
        **_HEADERS, "ETag": etag, "Link": link, "Content-Location": f"{path}.{suffix}", "Cache-Control": "public, no-cache"
    }  # fmt: skip
    if content is None:
        return Response(status_code=304, headers=headers)
    media_type = f"{kind}; charset=utf-8" if kind.startswith("text/") else kind
    return Response(content, media_type=media_type, headers=headers)
