"""``/sparql``: GET and both POSTs, results by negotiation (SPARQL 1.1 Protocol, section 2.1)."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from fastapi import APIRouter, Request
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import Response

from bufgraph.errors import InvalidInputError
from bufgraph.services.querying import (
    GRAPH_TYPES,
    RESULT_TYPES,
    SHORT_NAMES,
    QueryService,
    example_queries,
    media_types,
)
from bufgraph_api.errors import problem
from bufgraph_api.negotiation import choose
from bufgraph_api.pages.rendering import render

_HEADERS: Final = {"Access-Control-Allow-Origin": "*", "Vary": "Accept"}
_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"


@dataclass(frozen=True)
class _Asked:
    query: str
    format: str | None
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]


def sparql_router(service: QueryService) -> APIRouter:
    """Return the routes of a query service."""
    router = APIRouter(tags=["sparql"])

    @router.get("/sparql", summary="SPARQL 1.1 query", responses=_responses())
    async def get(request: Request, query: str | None = None) -> Response:
        """Answer ``?query=``. Without a query: a form for people, the service description for programs."""
        if query is None:
            return _describe(request)
        return await _answer(request, service, list(request.query_params.multi_items()))

    @router.post("/sparql", summary="SPARQL 1.1 query", responses=_responses())
    async def post(request: Request) -> Response:
        """Answer a query sent as a form or as ``application/sparql-query``."""
        kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
        body = await request.body()
        if kind not in (_FORM, _QUERY):
            return problem(
                415,
                "Media type not supported",
                f"the body is '{kind or 'of no type'}'; send {_FORM} or {_QUERY}",
                headers=_HEADERS,
            )
        try:
            text = body.decode("utf-8")
        except UnicodeDecodeError as err:
            raise InvalidInputError(f"the body is not UTF-8: {err}") from err
        pairs = list(request.query_params.multi_items())
        pairs += [("query", text)] if kind == _QUERY else parse_qsl(text, keep_blank_values=True)
        return await _answer(request, service, pairs)

    @router.options("/sparql", include_in_schema=False)
    def options() -> Response:
        """Tell browsers that other sites may ask."""
        return Response(
            status_code=204,
            headers={
                **_HEADERS,
                "Access-Control-Allow-Methods": "GET, POST",
                "Access-Control-Allow-Headers": "Accept, Content-Type",
            },
        )

    return router


def _responses() -> dict[int | str, dict[str, object]]:
    return {
        200: {
            "content": {media_type: {} for media_type in (*RESULT_TYPES, *GRAPH_TYPES)},
            "description": "The answer",
        }
    }


async def _answer(request: Request, service: QueryService, pairs: list[tuple[str, str]]) -> Response:
    asked = _asked(pairs)
    offered = media_types(service.form(asked.query))
    if asked.format is None:
        wanted = choose(_without_html(request.headers.get("accept")), offered)
        if wanted is None:
            return problem(
                406, "Not acceptable", f"this query can be answered as {', '.join(offered)}", headers=_HEADERS
            )
    else:
        wanted = asked.format
        if wanted not in SHORT_NAMES:
            raise InvalidInputError(
                f"unknown format '{wanted}'; choose from {', '.join(SHORT_NAMES)}", field="format"
            )
    answer = await run_in_threadpool(
        service.run, asked.query, wanted, default_graphs=asked.default_graphs, named_graphs=asked.named_graphs
    )
    kind = answer.media_type + ("; charset=utf-8" if answer.media_type.startswith("text/") else "")
    return Response(answer.content, media_type=kind, headers=_HEADERS)


def _asked(pairs: list[tuple[str, str]]) -> _Asked:
    """Read the parameters of the protocol."""
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    if "update" in values:
        raise InvalidInputError("updates are not accepted: this endpoint is read-only", field="update")
    if len(values.get("query", ())) != 1:
        raise InvalidInputError(f"expected one query, got {len(values.get('query', ()))}", field="query")
    graphs = [tuple(values.get(name, ())) for name in ("default-graph-uri", "named-graph-uri")]
    for iri in (iri for group in graphs for iri in group):
        if not iri.startswith(("http://", "https://", "urn:")) or any(char in iri for char in ' <>"{}|^`\\'):
            raise InvalidInputError(f"'{iri}' is not the address of a graph", field="default-graph-uri")
    return _Asked(values["query"][0], values.get("format", [None])[0], graphs[0], graphs[1])


def _without_html(accept: str | None) -> str | None:
    """A browser that sends a query from the form accepts anything; give it the default format."""
    return "*/*" if accept and "text/html" in accept else accept


def _describe(request: Request) -> Response:
    if choose(request.headers.get("accept"), ("text/turtle", "text/html")) == "text/html":
        queries = example_queries()
        return render(request, "sparql.html", example=queries[0][1].strip(), queries=queries)
    formats = " , ".join(
        f"<http://www.w3.org/ns/formats/{name}>"
        for name in (
            "SPARQL_Results_JSON",
            "SPARQL_Results_XML",
            "SPARQL_Results_CSV",
            "SPARQL_Results_TSV",
            "Turtle",
            "N-Triples",
            "JSON-LD",
            "RDF_XML",
        )
    )
    description = (
        "@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .\n"
        f"[] a sd:Service ;\n  sd:endpoint <{request.url.replace(query='')}> ;\n"
        "  sd:supportedLanguage sd:SPARQL11Query ;\n  sd:feature sd:UnionDefaultGraph ;\n"
        f"  sd:resultFormat {formats} .\n"
    )
    return Response(description, media_type="text/turtle; charset=utf-8", headers=_HEADERS)
