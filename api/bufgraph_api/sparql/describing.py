"""``/sparql`` without a query: a form for people, the service description for programs."""

from fastapi import Request
from fastapi.responses import Response

from bufgraph.graph.syntaxes import SYNTAXES, rewrite
from bufgraph.services.querying import QueryService
from bufgraph_api.errors import problem
from bufgraph_api.negotiation import choose
from bufgraph_api.pages.query_page import query_page
from bufgraph_api.sparql.answering import HEADERS


def describe(request: Request, service: QueryService) -> Response:
    """Return the form or the description, as the client likes better."""
    wanted = choose(request.headers.get("accept"), (*SYNTAXES, "text/html"))
    if wanted == "text/html":
        return query_page(request)
    if wanted is None:
        offered = ", ".join((*SYNTAXES, "text/html"))
        return problem(406, "Not acceptable", f"the description is there as {offered}", headers=HEADERS)
    turtle = service.description(str(request.url.replace(query="", fragment="")))
    kind = wanted + ("; charset=utf-8" if wanted.startswith("text/") else "")
    return Response(rewrite(turtle, wanted), media_type=kind, headers=HEADERS)
