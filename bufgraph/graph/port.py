"""What bufgraph asks of a graph store.

Stores disagree on several points; the port decides them:

* The default graph of a query is the **union** of all named graphs.
* A plain literal has the datatype ``xsd:string``; both spellings are one literal.
* Prefixes of :data:`bufgraph.namespaces.PREFIXES` are known to every query and do not persist in the store.
* :meth:`GraphStore.replace_graph` puts the whole new content in place or leaves the old; :meth:`GraphStore.load_graph`
  promises no such thing, and takes content that memory does not hold.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, NamedTuple, Protocol


class Term(NamedTuple):
    """An RDF term.

    Attributes:
        kind: ``iri``, ``literal`` or ``bnode``.
        value: The IRI, lexical form or blank node label.
        datatype: IRI of the datatype, for literals.
        language: Lower-case language tag, for language-tagged literals.
    """

    kind: Literal["iri", "literal", "bnode"]
    value: str
    datatype: str | None = None
    language: str | None = None


Row = dict[str, Term]
"""One solution of a SELECT query; unbound variables are absent."""


class Difference(NamedTuple):
    """Triples that came into a graph, and those that went out of it."""

    came: list[tuple[str, str, Term]]
    went: list[tuple[str, str, Term]]


class GraphStore(Protocol):
    """A set of named graphs that answers SPARQL 1.1."""

    def select(self, query: str, bindings: Mapping[str, str] | None = None) -> list[Row]:
        """Run a SELECT query.

        Args:
            query: SPARQL text.
            bindings: Selected variables to fix, as IRIs; values are bound, never pasted.

        Raises:
            InvalidInputError: The query does not parse.
        """
        ...

    def triples(
        self, *, subject: str | None = None, named_graph: str | None = None
    ) -> Iterator[tuple[str, str, Term]]:
        """Yield (subject, predicate, object); a triple in two graphs comes twice.

        Args:
            subject: Only those about this IRI.
            named_graph: Only those of this graph; default: all graphs.
        """
        ...

    def named_graphs(self) -> list[str]:
        """Return the IRIs of the named graphs, sorted."""
        ...

    def replace_graph(self, named_graph: str, content: bytes, media_type: str) -> int:
        """Put content in the place of a named graph and return its number of triples.

        Raises:
            InvalidInputError: The content does not parse; the old graph is unchanged.
        """
        ...

    def load_graph(self, named_graph: str, documents: Iterable[bytes], media_type: str) -> None:
        """Put the content of several documents in the place of a named graph, one after the other, however many.

        For stores that nobody reads yet: what was put there stays when a later document fails. Other graphs are spared.

        Raises:
            InvalidInputError: A document does not parse.
        """
        ...

    def remove_graph(self, named_graph: str) -> None:
        """Remove a named graph; a graph that is not there is no error."""
        ...

    def remove_subjects(self, subjects: Iterable[str], named_graphs: Collection[str]) -> int:
        """Remove what some named graphs say about subjects; return how many quads; what they do not hold is no error."""
        ...

    def derive(self, construct: str, named_graph: str) -> int:
        """Add the triples of a CONSTRUCT query to a named graph; return how many the query gave."""
        ...

    def derive_again(self, construct: str, named_graph: str) -> Difference:
        """Make a named graph hold what a CONSTRUCT query gives now; return what that changed.

        Only these are written. The query must not read what it made before.
        """
        ...

    def count(self) -> int:
        """Return the number of quads."""
        ...

    def flush(self) -> None:
        """Make everything written so far survive a crash of the machine."""
        ...

    def backup(self, folder: Path) -> None:
        """Write a complete copy of the store to a new folder."""
        ...
