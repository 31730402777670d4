"""The embedded adapter: Oxigraph on disk for the truth, in memory for reading."""

from collections import deque
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pyoxigraph as ox

from bufgraph.disk_errors import disk_error
from bufgraph.errors import ConflictError, InvalidInputError, MisconfiguredError
from bufgraph.graph.port import Difference, Row, Term
from bufgraph.namespaces import PREFIXES

_FORMATS = {
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/n-quads": ox.RdfFormat.N_QUADS,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "text/turtle": ox.RdfFormat.TURTLE,
}

_LOADERS = 3
"""Threads that load documents; each holds the statements of one."""


def parse_triples(content: bytes, media_type: str) -> list[ox.Triple]:
    """Parse RDF text; named graphs inside it are ignored.

    Raises:
        InvalidInputError: The text does not parse or the media type is unknown.
    """
    if media_type not in _FORMATS:
        raise InvalidInputError(f"unknown RDF media type '{media_type}'; known: {', '.join(_FORMATS)}")
    try:
        return [quad.triple for quad in ox.parse(content, format=_FORMATS[media_type])]
    except (SyntaxError, ValueError) as err:
        raise InvalidInputError(f"the RDF text does not parse: {err}") from err


def to_ntriples(content: bytes, media_type: str) -> bytes:
    """Rewrite RDF text as N-Triples, the form every tool reads."""
    text = ox.serialize(parse_triples(content, media_type), format=ox.RdfFormat.N_TRIPLES)
    return text or b""


def open_store(folder: Path, memory_quads: int) -> ox.Store:
    """Open a finished store read-only; up to ``memory_quads`` quads it is copied to memory.

    Raises:
        MisconfiguredError: The folder is missing or damaged; build again.
    """
    if not (folder / "CURRENT").is_file():
        raise MisconfiguredError(f"there is no graph in {folder}; run 'bufgraph build'", path=str(folder))
    try:
        disk = ox.Store.read_only(str(folder))
        if not memory_quads or not 0 < len(disk) <= memory_quads:  # counting takes a twentieth of a second
            return disk
        memory = ox.Store()
        memory.bulk_extend(disk)
    except OSError as err:
        raise disk_error(err, at=folder) or MisconfiguredError(
            f"the graph in {folder} is damaged ({err}); run 'bufgraph build --force'", path=str(folder)
        ) from err
    return memory


class OxigraphStore:
    """A graph store in this process. Make one with :meth:`memory`, :meth:`writer` or :meth:`reader`."""

    def __init__(self, store: ox.Store) -> None:
        self._store = store

    @classmethod
    def memory(cls) -> "OxigraphStore":
        """Return an empty store that lives as long as the object."""
        return cls(ox.Store())

    @classmethod
    def writer(cls, folder: Path) -> "OxigraphStore":
        """Open a store on disk for writing; made when missing.

        Raises:
            ConflictError: Another process writes to it.
            MisconfiguredError: The folder holds no readable store.
        """
        try:
            return cls(ox.Store(str(folder)))
        except OSError as err:
            if (told := disk_error(err, at=folder)) is not None:
                raise told from err
            if "lock" in str(err).lower():
                raise ConflictError(
                    f"another process writes to the graph in {folder}; wait for it to end", path=str(folder)
                ) from err
            raise MisconfiguredError(
                f"the graph in {folder} cannot be opened: {err}", path=str(folder)
            ) from err

    @classmethod
    def reader(cls, folder: Path, *, memory_quads: int = 0) -> "OxigraphStore":
        """Open a finished store read-only; see :func:`open_store`."""
        return cls(open_store(folder, memory_quads))

    def select(self, query: str, bindings: Mapping[str, str] | None = None) -> list[Row]:
        """See :meth:`bufgraph.graph.port.GraphStore.select`."""
        substitutions: dict[ox.Variable, ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple] = {
            ox.Variable(name): ox.NamedNode(iri) for name, iri in (bindings or {}).items()
        }
        try:
            solutions = self._store.query(
                query, prefixes=PREFIXES, use_default_graph_as_union=True, substitutions=substitutions
            )
        except SyntaxError as err:
            raise InvalidInputError(f"the SPARQL query does not parse: {err}") from err
        except RuntimeError as err:  # a bound variable that is not selected
            raise InvalidInputError(str(err)) from err
        if not isinstance(solutions, ox.QuerySolutions):
            raise InvalidInputError("expected a SELECT query")
        names = [variable.value for variable in solutions.variables]
        return [
            {name: from_ox(term) for name, term in zip(names, row, strict=True) if term is not None}
            for row in solutions
        ]

    def triples(
        self, *, subject: str | None = None, named_graph: str | None = None
    ) -> Iterator[tuple[str, str, Term]]:
        """See :meth:`bufgraph.graph.port.GraphStore.triples`."""
        about = None if subject is None else ox.NamedNode(subject)
        within = None if named_graph is None else ox.NamedNode(named_graph)
        for quad in self._store.quads_for_pattern(about, None, None, within):
            yield _triple(quad)

    def named_graphs(self) -> list[str]:
        """See :meth:`bufgraph.graph.port.GraphStore.named_graphs`."""
        return sorted(graph.value for graph in self._store.named_graphs())

    def replace_graph(self, named_graph: str, content: bytes, media_type: str) -> int:
        """See :meth:`bufgraph.graph.port.GraphStore.replace_graph`."""
        triples = parse_triples(content, media_type)
        name = ox.NamedNode(named_graph)
        self._store.remove_graph(name)
        self._store.extend(ox.Quad(t.subject, t.predicate, t.object, name) for t in triples)
        return len(triples)

    def load_graph(self, named_graph: str, documents: Iterable[bytes], media_type: str) -> None:
        """See :meth:`bufgraph.graph.port.GraphStore.load_graph`; three documents at a time, in threads outside Python's lock."""
        name = ox.NamedNode(named_graph)
        self._store.remove_graph(name)

        def load(document: bytes) -> None:
            try:
                self._store.bulk_load(document, _FORMATS[media_type], to_graph=name)
            except (SyntaxError, ValueError) as err:
                raise InvalidInputError(f"the RDF text does not parse: {err}") from err

        waiting: deque[Future[None]] = deque()
        with ThreadPoolExecutor(_LOADERS) as threads:
            for document in documents:
                if len(waiting) == _LOADERS:
                    waiting.popleft().result()
                waiting.append(threads.submit(load, document))
            for done in waiting:
                done.result()

    def remove_graph(self, named_graph: str) -> None:
        """See :meth:`bufgraph.graph.port.GraphStore.remove_graph`."""
        self._store.remove_graph(ox.NamedNode(named_graph))

    def remove_subjects(self, subjects: Iterable[str], named_graphs: Collection[str]) -> int:
        """See :meth:`bufgraph.graph.port.GraphStore.remove_subjects`."""
        removed = 0
        for iri in subjects:
            for quad in list(self._store.quads_for_pattern(ox.NamedNode(iri), None, None, None)):
                if isinstance(quad.graph_name, ox.NamedNode) and quad.graph_name.value in named_graphs:
                    self._store.remove(quad)
                    removed += 1
        return removed

    def derive(self, construct: str, named_graph: str) -> int:
        """See :meth:`bufgraph.graph.port.GraphStore.derive`."""
        name = ox.NamedNode(named_graph)
        quads = [ox.Quad(t.subject, t.predicate, t.object, name) for t in self._construct(construct)]
        self._store.extend(quads)
        return len(quads)

    def derive_again(self, construct: str, named_graph: str) -> Difference:
        """See :meth:`bufgraph.graph.port.GraphStore.derive_again`."""
        name = ox.NamedNode(named_graph)
        now = {ox.Quad(t.subject, t.predicate, t.object, name) for t in self._construct(construct)}
        before = set(self._store.quads_for_pattern(None, None, None, name))
        for quad in before - now:
            self._store.remove(quad)
        self._store.extend(now - before)
        return Difference([_triple(q) for q in now - before], [_triple(q) for q in before - now])

    def _construct(self, query: str) -> ox.QueryTriples:
        triples = self._store.query(query, prefixes=PREFIXES, use_default_graph_as_union=True)
        if not isinstance(triples, ox.QueryTriples):
            raise InvalidInputError("expected a CONSTRUCT query")
        return triples

    def count(self) -> int:
        """See :meth:`bufgraph.graph.port.GraphStore.count`."""
        return len(self._store)

    def flush(self) -> None:
        """See :meth:`bufgraph.graph.port.GraphStore.flush`."""
        self._store.flush()

    def backup(self, folder: Path) -> None:
        """See :meth:`bufgraph.graph.port.GraphStore.backup`; hard links, so it takes milliseconds."""
        self._store.backup(str(folder))


def _triple(quad: ox.Quad) -> tuple[str, str, Term]:
    return from_ox(quad.subject).value, quad.predicate.value, from_ox(quad.object)


def from_ox(term: object) -> Term:
    """Convert an Oxigraph term."""
    if isinstance(term, ox.NamedNode):
        return Term("iri", term.value)
    if isinstance(term, ox.Literal):
        return Term("literal", term.value, term.datatype.value, term.language)
    if isinstance(term, ox.BlankNode):
        return Term("bnode", term.value)
    raise InvalidInputError(f"triple terms are not supported here: {term}")
