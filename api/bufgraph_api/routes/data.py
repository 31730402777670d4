"""``/data``: the data as files, with what one needs to trust and cite them."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Header, Request
from fastapi.responses import FileResponse, JSONResponse, Response

from bufgraph.errors import NotAvailableError, NotFoundError
from bufgraph.localisation.phrases import phrase
from bufgraph.services.composition import Build
from bufgraph.services.export_descriptions import LICENCE, ExportedFile
from bufgraph.services.exported import GRAPHS, Export
from bufgraph.services.publishing import Publication, State
from bufgraph_api.negotiation import prefers_html
from bufgraph_api.pages.rendering import render

Json = dict[str, Any]  # Any: JSON
_HEADERS: Final = {"Access-Control-Allow-Origin": "*", "Vary": "Accept"}
_REASONS: Final[dict[State, str]] = {
    "preparing": phrase("the files are being made; ask again in a minute"),
    "failed": phrase(
        "the files could not be made; the operator's log says why, and 'bufgraph export' tries again"
    ),
    "left to the operator": phrase(
        "the graph is too large to be exported while serving; the operator can run 'bufgraph export'"
    ),
}
_AGAIN_S: Final = 10
"""Seconds after which a browser asks again for what is being made; longer than a program's, since a person watches."""
_UNAVAILABLE: Final[dict[int | str, Json]] = {503: {"description": "The files are not made yet"}}


def data_router(build: Build) -> APIRouter:
    """Return the routes of the files of a build; the first visit starts a process that makes them, once."""
    router = APIRouter(tags=["data"])
    publication = Publication(build)

    def listing(request: Request) -> Response:
        """All files with size, checksum, licence and citation."""
        state = publication.prepare()
        export = publication.export()
        if prefers_html(request.headers.get("accept")):
            return _page(request, export, state)
        if export is None:
            raise NotAvailableError(_REASONS[state])
        return JSONResponse(_listing(export), headers=_HEADERS)

    def download(
        request: Request, file: str, if_none_match: Annotated[str | None, Header()] = None
    ) -> Response:
        """One file; ranges and ETags are understood. A browser that comes too early waits on a page and gets it then."""
        state = publication.prepare()
        export = publication.export()
        if export is None:
            if state == "preparing" and prefers_html(request.headers.get("accept")):
                return _page(request, None, state, 503)
            raise NotAvailableError(_REASONS[state])
        found = export.file(file)
        if found is None:
            raise NotFoundError(f"there is no file '{file}'; /data lists them", file=file)
        tag = f'"{found.sha256}"'
        headers = {**_HEADERS, "ETag": tag, "Cache-Control": "public, no-cache"}
        if if_none_match is not None and (if_none_match.strip() == "*" or tag in if_none_match):
            return Response(status_code=304, headers=headers)
        return FileResponse(export.folder / found.name, media_type=_content_type(found), headers=headers)

    for path, endpoint, summary in (
        ("/data", listing, "The data as files"),
        ("/data/{file}", download, "One file of the data"),
    ):
        router.add_api_route(path, endpoint, methods=["GET"], summary=summary, responses=_UNAVAILABLE)
        router.add_api_route(path, endpoint, methods=["HEAD"], include_in_schema=False)
    return router


def _content_type(file: ExportedFile) -> str:
    """Return the media type with its charset; all our texts are UTF-8."""
    return f"{file.media_type}; charset=utf-8" if file.media_type.startswith("text/") else file.media_type


def _listing(export: Export) -> Json:
    return {
        "version": export.version, "year": export.year, "licence": LICENCE, "citation": export.citation,
        "files": [
            {
                "name": file.name, "url": f"/data/{file.name}", "description": file.description,
                "media_type": file.media_type, "bytes": file.bytes, "sha256": file.sha256,
            }
            for file in export.files
        ],
    }  # fmt: skip


def _page(request: Request, export: Export | None, state: State, status: int = 200) -> Response:
    """Return the page of the files; while they are being made it says so and comes again by itself."""
    groups: dict[str, Any] = {"graphs": [], "tables": [], "about": []}
    if export is not None:
        columns = {table["url"].removesuffix(".csv"): table for table in export.tables}
        tables: dict[str, Json] = {}
        for file in export.files:
            name, _, suffix = file.name.rpartition(".")
            if suffix in ("csv", "parquet"):
                table = tables.setdefault(name, {"name": name, "description": file.description, "files": []})
                table["files"].append(file)
            else:
                groups["graphs" if file.name in GRAPHS else "about"].append(file)
        groups["tables"] = [{**table, "columns": columns.get(name)} for name, table in tables.items()]
    reason = _REASONS.get(state)
    page = render(request, "data.html", status, export=export, reason=reason, licence=LICENCE, **groups)
    if export is None and state == "preparing":
        # A header and no element: the page holds one sentence, which nobody loses when it is asked for again.
        page.headers.update(
            {"Retry-After": str(_AGAIN_S), "Refresh": str(_AGAIN_S), "Cache-Control": "no-store"}
        )
    return page
