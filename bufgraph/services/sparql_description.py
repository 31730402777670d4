"""What the SPARQL service can do, in RDF (SPARQL 1.1 Service Description)."""

from collections.abc import Mapping, Sequence
from typing import Final

from bufgraph.services.semantic_sparql import SERVICES, SIMILARITY

_FORMATS: Final = (
    "SPARQL_Results_JSON",
    "SPARQL_Results_XML",
    "SPARQL_Results_CSV",
    "SPARQL_Results_TSV",
    "Turtle",
    "N-Triples",
    "JSON-LD",
    "RDF_XML",
    "TriG",
    "N-Quads",
)
"""Names in http://www.w3.org/ns/formats/ of what answers can be written in."""
_GEO: Final = (
    "distance",
    *(f"sf{name}" for name in ("Equals", "Disjoint", "Intersects", "Touches", "Crosses", "Within")),
    "sfContains",
    "sfOverlaps",
)
_GEOF: Final = "http://www.opengis.net/def/function/geosparql/"


def describe_service(endpoint: str, graphs: Mapping[str, int], *, triples: int, semantic: bool) -> str:
    """Return the description in Turtle.

    Args:
        graphs: Triples of each named graph, by IRI.
        triples: Triples of the default graph, which is the union of the others.
        semantic: Whether the built-in services are there.
    """
    functions = [_GEOF + name for name in _GEO] + ([SIMILARITY] if semantic else [])
    named = " ,\n".join(
        f"    [ a sd:NamedGraph ; sd:name <{iri}> ; sd:graph [ a sd:Graph ; void:triples {count} ] ]"
        for iri, count in sorted(graphs.items())
    )
    extensions = "\n".join(f"  sd:languageExtension <{iri}> ;" for iri in SERVICES) if semantic else ""
    return f"""@prefix sd: <http://www.w3.org/ns/sparql-service-description#> .
@prefix void: <http://rdfs.org/ns/void#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix dcterms: <http://purl.org/dc/terms/> .

<{endpoint}> a sd:Service ;
  sd:endpoint <{endpoint}> ;
  rdfs:label "SPARQL endpoint of bufgraph"@en ;
  dcterms:description "Read-only; every query has limits of time, memory, rows and bytes; other servers are never asked."@en ;
  sd:supportedLanguage sd:SPARQL11Query ;
  sd:feature sd:UnionDefaultGraph ;
  sd:defaultEntailmentRegime <http://www.w3.org/ns/entailment/Simple> ;
{extensions}
  sd:extensionFunction {_iris(functions)} ;
  sd:resultFormat {_iris([f"http://www.w3.org/ns/formats/{name}" for name in _FORMATS])} ;
  sd:defaultDataset [
    a sd:Dataset ;
    sd:defaultGraph [ a sd:Graph ; void:triples {triples} ]{" ;" if named else ""}
{f"    sd:namedGraph{chr(10)}{named}" if named else ""}
  ] .
{_functions(functions)}"""


def _iris(iris: Sequence[str]) -> str:
    return " , ".join(f"<{iri}>" for iri in iris)


def _functions(iris: Sequence[str]) -> str:
    return "".join(f"<{iri}> a sd:Function .\n" for iri in iris)
