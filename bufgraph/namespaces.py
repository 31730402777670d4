"""The IRIs that bufgraph mints or reuses. Terms are looked up here; an unknown name fails on import."""

from typing import Final

ONTOLOGY: Final = "https://w3id.org/bufgraph/ontology#"
SCHEME: Final = "https://w3id.org/bufgraph/scheme/"
DEFAULT_BASE: Final = "https://w3id.org/bufgraph/id/"

RDF_TYPE: Final = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
OWL_SAME_AS: Final = "http://www.w3.org/2002/07/owl#sameAs"
SKOS: Final = "http://www.w3.org/2004/02/skos/core#"
XSD: Final = "http://www.w3.org/2001/XMLSchema#"

PREFIXES: Final[dict[str, str]] = {
    "bg": ONTOLOGY,
    "bgs": SCHEME,
    "bgd": DEFAULT_BASE,
    "country": "http://publications.europa.eu/resource/authority/country/",
    "dcterms": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "geo": "http://www.opengis.net/ont/geosparql#",
    "nuts": "http://data.europa.eu/nuts/code/",
    "org": "http://www.w3.org/ns/org#",
    "prov": "http://www.w3.org/ns/prov#",
    "qb": "http://purl.org/linked-data/cube#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "schema": "https://schema.org/",
    "sdg": "http://metadata.un.org/sdg/",
    "skos": SKOS,
    "unit": "http://qudt.org/vocab/unit/",
    "wgs": "http://www.w3.org/2003/01/geo/wgs84_pos#",
    "xsd": XSD,
}
"""Prefixes offered to every SPARQL query and used when IRIs are shown to people."""


def bg(name: str) -> str:
    """Return the IRI of an ontology term, e.g. ``bg("City")``."""
    return ONTOLOGY + name


def concept(scheme: str, name: str) -> str:
    """Return the IRI of a concept, e.g. ``concept("outcome", "mixed")``."""
    return f"{SCHEME}{scheme}/{name}"


def slug(iri: str) -> str:
    """Return the readable last part of an IRI (``fi-turku`` of ``…/id/city/fi-turku``)."""
    return iri.rstrip("/").rsplit("/", 1)[-1].rsplit("#", 1)[-1]


def kind(iri: str) -> str:
    """Return the folder of an IRI that bufgraph minted (``city`` of ``…/id/city/fi-turku``)."""
    return iri.rstrip("/").rsplit("/", 2)[-2]


def compact(iri: str) -> str:
    """Shorten an IRI with the longest matching prefix; an IRI without one comes back unchanged."""
    matches = [(ns, prefix) for prefix, ns in PREFIXES.items() if iri.startswith(ns)]
    if not matches:
        return iri
    ns, prefix = max(matches, key=lambda pair: len(pair[0]))
    return f"{prefix}:{iri[len(ns) :]}"
