"""The files of the ontology as graphs, for the tests of terms, schemes and pages."""

import functools

import rdflib
from rdflib.namespace import RDF, SKOS
from rdflib.term import Node

from bufgraph.namespaces import ONTOLOGY
from bufgraph.resources import ontology_dir

FOLDER = ontology_dir()
BG = rdflib.Namespace(ONTOLOGY)
CC_BY = rdflib.URIRef("https://creativecommons.org/licenses/by/4.0/")
AUTHORS = rdflib.Literal("The bufgraph authors")
SCHEMES = sorted((FOLDER / "schemes").glob("*.ttl"))
ALIGNMENTS = sorted((FOLDER / "alignments").glob("*.ttl"))


@functools.cache
def ontology() -> rdflib.Graph:
    return rdflib.Graph().parse(FOLDER / "bufgraph.ttl")


@functools.cache
def schemes() -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in [*SCHEMES, *ALIGNMENTS]:
        graph.parse(path)
    return graph


@functools.cache
def concepts() -> frozenset[Node]:
    return frozenset(schemes().subjects(RDF.type, SKOS.Concept))


def own_terms() -> list[str]:
    found = {str(s) for s in ontology().subjects() if str(s).startswith(ONTOLOGY)}
    return sorted(iri.removeprefix(ONTOLOGY) for iri in found)
