"""From one RDF syntax to another."""

from typing import Final

import pyoxigraph as ox

from bufgraph.graph.oxigraph import parse_triples
from bufgraph.namespaces import PREFIXES

_FORMATS: Final = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}
SYNTAXES: Final = tuple(_FORMATS)
"""Media types that can be written, the preferred one first."""


def rewrite(turtle: str, media_type: str) -> bytes:
    """Return Turtle text in another syntax of :data:`SYNTAXES`."""
    triples = parse_triples(turtle.encode(), "text/turtle")
    return ox.serialize(triples, format=_FORMATS[media_type], prefixes=PREFIXES) or b""
