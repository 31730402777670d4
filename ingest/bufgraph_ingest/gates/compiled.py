"""The fast gate: checks records in batches against the compiled shapes.

It gives the violations that ``bufgraph_ingest.gate.Gate`` (pySHACL) gives, word for word; the contract suite holds
the two together. ``tests/bench/gate.py`` prints what each way of checking costs.
"""

from collections.abc import Collection, Iterable, MutableMapping
from functools import lru_cache
from pathlib import Path

import rdflib

from bufgraph.graph.codec import Codec
from bufgraph.namespaces import RDF_TYPE
from bufgraph_ingest.gate import Violation
from bufgraph_ingest.gates.compiler import compile_shapes
from bufgraph_ingest.gates.reading import Reader
from bufgraph_ingest.gates.shape import Shape
from bufgraph_ingest.gates.terms import Nodes, World, declared_classes, merge, read_nodes
from bufgraph_ingest.port import Json


class CompiledGate:
    """Validates records against the shapes of the ontology, a batch at a time.

    A reference is right when the record it names is in the batch, among our concepts, or was learned before; so a
    stream is read twice: once to learn what there is, once to check.

    Args:
        ontology: Folder with ``shapes/*.ttl`` and ``schemes/*.ttl``.
        known: IRI → classes of records outside the batches; a mapping on disk keeps memory bounded.

    Raises:
        MisconfiguredError: The shapes use something that the compiler does not know.
    """

    def __init__(
        self, ontology: Path, codec: Codec, known: MutableMapping[str, Collection[str]] | None = None
    ) -> None:
        self._codec = codec
        self._reader = Reader(codec)
        self._known: MutableMapping[str, Collection[str]] = {} if known is None else known
        self._shapes, self._schemes = _read(ontology, _state_of(ontology))
        self._concepts = {
            term.text: frozenset(found.text for found in properties.get(RDF_TYPE, ()))
            for term, properties in self._schemes.items()
        }

    def learn(self, records: Iterable[Json]) -> None:
        """Remember that records exist, and as what, for references from later batches."""
        for record in records:
            self._known.update(declared_classes(record, self._codec))

    def check(self, records: Iterable[Json]) -> list[Violation]:
        """Return what is wrong, by focus node, path and message; empty when all records conform."""
        nodes = self._reader.read(records)
        merge(nodes, {term: self._schemes[term] for term in nodes if term in self._schemes})
        world = World(nodes, (self._concepts, self._known))
        found: list[Violation] = []
        for term, properties in nodes.items():
            for declared in properties.get(RDF_TYPE, ()):
                for shape in self._shapes.get(declared.text, ()):
                    shape.check(world, term, found)
        return sorted(found, key=lambda v: (v.focus_node, v.path, v.message))


_State = tuple[tuple[str, int, int], ...]


def _state_of(ontology: Path) -> _State:
    """Return what changes whenever a file of the ontology does."""
    files = sorted(path for part in ("shapes", "schemes") for path in (ontology / part).glob("*.ttl"))
    return tuple((str(path), path.stat().st_mtime_ns, path.stat().st_size) for path in files)


@lru_cache(maxsize=2)
def _read(ontology: Path, state: _State) -> tuple[dict[str, list[Shape]], Nodes]:
    """Return shapes by class and the nodes of the schemes; both are only read. Once a process: it takes a fifth of a second."""
    graph = rdflib.Graph()
    for path in sorted((ontology / "shapes").glob("*.ttl")):
        graph.parse(path)
    schemes: Nodes = {}
    for path in sorted((ontology / "schemes").glob("*.ttl")):
        merge(schemes, read_nodes(path.read_bytes(), "text/turtle"))
    return compile_shapes(graph), schemes
