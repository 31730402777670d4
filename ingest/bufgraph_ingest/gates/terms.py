"""Records as RDF terms in plain Python: what the compiled shapes look at."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from functools import lru_cache
from typing import NamedTuple

import pyoxigraph as ox
import rdflib

from bufgraph.graph.codec import Codec
from bufgraph.graph.oxigraph import parse_triples
from bufgraph.namespaces import RDF_TYPE, XSD
from bufgraph_ingest.port import Json

RDF_LANG_STRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"
_TEXTS = (f"{XSD}string", RDF_LANG_STRING)


class Term(NamedTuple):
    """One RDF term.

    Attributes:
        kind: ``iri``, ``blank`` or ``literal``.
        text: The IRI, the label of the blank node, or the lexical form, in its canonical spelling where
            rdflib knows one.
        datatype: IRI, for literals.
        language: Tag in small letters, or "".
    """

    kind: str
    text: str
    datatype: str = ""
    language: str = ""


Properties = dict[str, dict[Term, None]]
"""Predicate IRI → objects, each once and in the order read."""

_NO_PROPERTIES: Properties = {}
Nodes = dict[Term, Properties]
"""Subject → its properties."""


class World:
    """What shapes see: the nodes under test, and the classes of everything that they may refer to.

    Args:
        nodes: The records under test, with everything known of their subjects.
        classes: IRI → classes, for nodes outside.
    """

    def __init__(self, nodes: Nodes, classes: Iterable[Mapping[str, Collection[str]]]) -> None:
        self._nodes = nodes
        self._classes = tuple(classes)

    def objects(self, term: Term, predicate: str) -> Collection[Term]:
        """Return the objects of a property of a node; none for a node outside."""
        return self.properties(term).get(predicate, ())

    def properties(self, term: Term) -> Properties:
        """Return the properties of a node; none for a node outside."""
        return self._nodes.get(term, _NO_PROPERTIES)

    def is_a(self, term: Term, class_iri: str) -> bool:
        """Tell whether a node belongs to a class, as its types say it; there are no subclasses in records."""
        if term.kind == "literal":
            return False
        for classes in self._classes:
            if class_iri in classes.get(term.text, ()):
                return True
        return any(found.text == class_iri for found in self.objects(term, RDF_TYPE))


def read_nodes(content: bytes, media_type: str) -> Nodes:
    """Parse RDF into nodes."""
    nodes: Nodes = {}
    previous: ox.NamedNode | ox.BlankNode | ox.Triple | None = None
    properties: Properties = {}
    for triple in parse_triples(content, media_type):
        if triple.subject != previous:
            previous = triple.subject
            properties = nodes.setdefault(_term(previous), {})
        properties.setdefault(triple.predicate.value, {})[_term(triple.object)] = None
    return nodes


def literal(lexical: str, datatype: str, language: str = "") -> Term:
    """Return a literal in the spelling that rdflib gives its value."""
    if datatype not in _TEXTS:
        lexical = str(as_rdflib(lexical, datatype))
    return Term("literal", lexical, datatype, language.lower())


def merge(nodes: Nodes, others: Nodes) -> None:
    """Add the properties of other nodes to nodes."""
    for term, properties in others.items():
        own = nodes.setdefault(term, {})
        for predicate, objects in properties.items():
            own[predicate] = {**own.get(predicate, {}), **objects}


def declared_classes(record: Json, codec: Codec) -> Iterator[tuple[str, frozenset[str]]]:
    """Yield the IRI and the classes of a record and of each record nested in it, without parsing RDF."""
    types = record.get("type") or ()
    names = (types,) if isinstance(types, str) else tuple(map(str, types))
    yield codec.expand(str(record["id"])), _class_iris(names, codec)
    for value in record.values():
        if isinstance(value, str):
            continue
        for part in value if isinstance(value, list) else (value,):
            if isinstance(part, dict) and "id" in part:
                yield from declared_classes(part, codec)


@lru_cache(maxsize=65_536)
def as_rdflib(lexical: str, datatype: str) -> rdflib.Literal:
    """Return a typed literal as rdflib reads it: whether it is ill-typed, its value, its order."""
    return rdflib.Literal(lexical, datatype=rdflib.URIRef(datatype))


def _term(found: ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple) -> Term:
    if isinstance(found, ox.NamedNode):
        return Term("iri", found.value)
    if isinstance(found, ox.Literal):
        return literal(found.value, found.datatype.value, found.language or "")
    if isinstance(found, ox.BlankNode):
        return Term("blank", found.value)
    return Term("blank", str(found))  # a quoted triple: no shape of ours speaks of one


@lru_cache(maxsize=1_024)
def _class_iris(names: tuple[str, ...], codec: Codec) -> frozenset[str]:
    entries = (codec.context.get(name, name) for name in names)
    return frozenset(codec.expand(entry["@id"] if isinstance(entry, dict) else entry) for entry in entries)
