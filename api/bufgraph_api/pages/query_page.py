"""The page on which people write queries, with examples; with an editor where its files are installed."""

import functools
import json
import re
from pathlib import Path
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from bufgraph.localisation.phrases import Phrase, phrase
from bufgraph.namespaces import PREFIXES
from bufgraph.resources import queries_dir
from bufgraph.services.semantic_sparql import FUNCTION, SERVICE
from bufgraph_api.pages.rendering import render
from bufgraph_api.pages.static_files import static_file
from bufgraph_api.pages.vendored import EDITOR, vendored

# The hash allows the one style element that the table's column resizer adds; the browser names another hash if a version differs.
_POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self' 'sha256-zCK2EVMoPc04mRF/g5CotUvxbJPWS+8V0b+s9ptqQIk='; "
    "img-src 'self' data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_KNOWN: Final = {
    **PREFIXES,
    "bgf": FUNCTION,
    "bgsvc": SERVICE,
    "geof": "http://www.opengis.net/def/function/geosparql/",
    "owl": "http://www.w3.org/2002/07/owl#",
}
_GALLERY: Final = (
    (phrase("Questions the graph was made for"), "competency"),
    (phrase("Search by meaning inside SPARQL"), "semantic"),
    (phrase("Research questions"), "research"),
)
"""Heading → folder of the queries under it."""
_OPAQUE: Final = re.compile(r'<[^<>"{}|^`\\\s]*>|"(?:[^"\\\n]|\\.)*"|\'(?:[^\'\\\n]|\\.)*\'|#[^\n]*')
_DECLARED: Final = re.compile(r"\bPREFIX\s+([\w-]*):", re.IGNORECASE)
_USED: Final = re.compile(r"(?<![\w?$:-])([A-Za-z][\w-]*):")


def query_page(request: Request) -> Response:
    """Return the form in which people write queries; ``?ask=`` fills it and runs nothing."""
    groups = gallery()
    editor = vendored(*EDITOR)
    asked = request.query_params.get("ask", "").strip()
    page = render(
        request,
        "sparql.html",
        example=with_prefixes(asked) if asked else groups[0][1][0][1],
        groups=groups,
        editor=editor,
        own_style=static_file("query.css"),
        prefixes=json.dumps(_KNOWN),
    )
    if editor:
        page.headers["Content-Security-Policy"] = _POLICY
    return page


@functools.cache
def gallery() -> tuple[tuple[Phrase, tuple[tuple[str, str], ...]], ...]:
    """Return the shipped queries as (heading, ((question, query), …)), each with the prefixes that it uses."""
    return tuple(
        (heading, tuple(_example(path) for path in sorted((queries_dir() / folder).glob("*.rq"))))
        for heading, folder in _GALLERY
    )


def with_prefixes(query: str) -> str:
    """Write the declarations of the known prefixes that a query uses without declaring them before it."""
    plain = _OPAQUE.sub(" ", query)
    missing = {name for name in _USED.findall(plain) if name in _KNOWN} - set(_DECLARED.findall(plain))
    return "".join(f"PREFIX {name}: <{_KNOWN[name]}>\n" for name in sorted(missing)) + query


def _example(path: Path) -> tuple[str, str]:
    heading, _, query = path.read_text(encoding="utf-8").partition("\n")
    return heading.removeprefix("# "), with_prefixes(query.strip())
