"""A file of RDF in any syntax, on disk by subject, so that its things can be read one after another."""

import re
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pyoxigraph as ox

from bufgraph.errors import InvalidInputError
from bufgraph.namespaces import RDF_TYPE

_SYNTAXES: Final = {
    ".ttl": ox.RdfFormat.TURTLE,
    ".nt": ox.RdfFormat.N_TRIPLES,
    ".nq": ox.RdfFormat.N_QUADS,
    ".trig": ox.RdfFormat.TRIG,
    ".rdf": ox.RdfFormat.RDF_XML,
    ".xml": ox.RdfFormat.RDF_XML,
    ".owl": ox.RdfFormat.RDF_XML,
    ".jsonld": ox.RdfFormat.JSON_LD,
    ".json": ox.RdfFormat.JSON_LD,
}
"""Ending of a file → its syntax."""
_ENTITY: Final = re.compile(rb"<!ENTITY\s+(?:%\s*)?\S+\s+(?:SYSTEM|PUBLIC|[\"'][^\"']*[&%])", re.IGNORECASE)
_BEGINNING: Final = 2**20
_TYPE: Final = ox.NamedNode(RDF_TYPE)
Subject = ox.NamedNode | ox.BlankNode


@dataclass
class Triples:
    """What a file says.

    Attributes:
        fault: Why the file could not be read to its end; "" when it could.
        broken: The subject at which it broke off, which is not to be trusted.
    """

    store: ox.Store
    fault: str = ""
    broken: str = ""
    _seen: dict[str, int] = field(default_factory=dict)

    def subjects(self, classes: frozenset[str]) -> Iterator[ox.NamedNode]:
        """Yield the named things of some classes, in the order of their IRIs."""
        found = {
            quad.subject.value
            for name in classes
            for quad in self.store.quads_for_pattern(None, _TYPE, ox.NamedNode(name))
            if isinstance(quad.subject, ox.NamedNode)
        }
        return (ox.NamedNode(iri) for iri in sorted(found - {self.broken}))

    def nameless(self, classes: frozenset[str]) -> int:
        """Return how many things of some classes have no identifier."""
        return len(
            {
                quad.subject
                for name in classes
                for quad in self.store.quads_for_pattern(None, _TYPE, ox.NamedNode(name))
                if isinstance(quad.subject, ox.BlankNode)
            }
        )

    def about(self, subject: Subject) -> list[tuple[str, ox.NamedNode | ox.BlankNode | ox.Literal]]:
        """Return predicates and objects of a thing, from all named graphs, each once, sorted."""
        found = {
            (quad.predicate.value, quad.object)
            for quad in self.store.quads_for_pattern(subject, None, None)
            if isinstance(quad.object, ox.NamedNode | ox.BlankNode | ox.Literal)
        }
        return sorted(found, key=lambda pair: (pair[0], str(pair[1])))


@contextmanager
def triples_of(path: Path) -> Iterator[Triples]:
    """Read a file into a temporary store on disk.

    Raises:
        InvalidInputError: Its ending names no syntax, or it declares entities that reach beyond themselves.
    """
    syntax = _SYNTAXES.get(path.suffix.lower())
    if syntax is None:
        raise InvalidInputError(f"{path.name} ends in none of {', '.join(_SYNTAXES)}", path=str(path))
    with path.open("rb") as stream:
        beginning = stream.read(_BEGINNING)
    if syntax == ox.RdfFormat.RDF_XML and _ENTITY.search(beginning):
        raise InvalidInputError(f"{path.name} declares entities of entities or of files", path=str(path))
    with tempfile.TemporaryDirectory(prefix="bufgraph-") as folder:
        triples = Triples(ox.Store(folder))
        triples.store.bulk_extend(_quads(path, syntax, triples))
        yield triples


def _quads(path: Path, syntax: ox.RdfFormat, triples: Triples) -> Iterator[ox.Quad]:
    """Yield what can be read; what stops the reading is kept as the fault."""
    last = ""
    try:
        for quad in ox.parse(path=str(path), format=syntax):
            last = quad.subject.value if isinstance(quad.subject, ox.NamedNode) else last
            yield quad
    except (SyntaxError, ValueError, OSError) as err:
        triples.fault, triples.broken = str(err), last
