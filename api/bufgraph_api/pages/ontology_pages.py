"""The ontology and its concept schemes, for people."""

from collections.abc import Sequence
from typing import Any

from fastapi import APIRouter, Request
from fastapi.responses import HTMLResponse, Response

from bufgraph.localisation.tongue import Tongue
from bufgraph.services.ontology_docs import OntologyDocs, OntologyTerm
from bufgraph.text.language import LANGUAGES
from bufgraph_api.pages import class_diagram
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services, State

Json = dict[str, Any]  # Any: JSON

_LANGUAGE_NAMES = {code: Tongue("en").language(code) for code in (*LANGUAGES, "uk")}
_KINDS = (
    ("class", "Classes of records", "What the graph holds records of."),
    (
        "concept class",
        "Classes of concepts",
        "Each is used together with skos:Concept; the concepts are in the schemes.",
    ),
    ("object property", "Properties that link", "Their values are other records or concepts."),
    (
        "datatype property",
        "Properties with plain values",
        "Their values are texts, numbers, years or yes and no.",
    ),
    (
        "individual",
        "Single things",
        "Data cubes by the RDF Data Cube Vocabulary; services and functions of our SPARQL.",
    ),
)
_DIAGRAMS = (
    ("practices", "A practice and what came of it", class_diagram.PRACTICES, class_diagram.PRACTICE_LINKS),
    ("cities", "A city and what is known of it", class_diagram.CITIES, class_diagram.CITY_LINKS),
)


def ontology_router() -> APIRouter:
    """Return the routes of ``/ontology`` and ``/scheme/{name}``; what they read is kept for as long as the build is open."""
    router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)
    known: dict[str, OntologyDocs] = {}

    def docs(services: State) -> OntologyDocs:
        name = services.build.folder.name
        if name not in known:
            known.clear()
            known[name] = OntologyDocs(services.build.graph, services.answers.catalogue)
        return known[name]

    @router.api_route("/ontology", methods=["GET", "HEAD"])
    def ontology_page(request: Request, services: Services) -> Response:
        """Classes and properties with definitions and examples."""
        found = docs(services)
        return render(
            request,
            "ontology.html",
            about=found.about,
            sections=_sections(found.terms),
            schemes=found.schemes,
            diagrams=[
                (name, title, class_diagram.class_diagram(cells, links))
                for name, title, cells, links in _DIAGRAMS
            ],
        )

    @router.api_route("/scheme/{name}", methods=["GET", "HEAD"])
    def scheme_page(request: Request, services: Services, name: str) -> Response:
        """The concepts of a scheme in their hierarchy."""
        found = docs(services)
        return render(
            request,
            "scheme.html",
            scheme=found.scheme(name),
            groups=found.groups(name),
            language_names=_LANGUAGE_NAMES,
        )

    return router


def _sections(terms: Sequence[OntologyTerm]) -> list[Json]:
    return [
        {"title": title, "text": text, "terms": [term for term in terms if term.kind == kind]}
        for kind, title, text in _KINDS
    ]
