"""SPARQL for everyone: guarded, in worker processes, in the format that was asked for."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Final

from bufgraph.errors import InvalidInputError
from bufgraph.graph.guard import CheckedQuery, QueryForm, check_length, check_query
from bufgraph.graph.pool import Answer, PoolLimits, Question, WorkerPool
from bufgraph.resources import queries_dir
from bufgraph.services.sparql_description import describe_service
from bufgraph.settings import Settings

RESULT_TYPES: Final = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
"""Media types of SELECT answers, the preferred one first."""
BOOLEAN_TYPES: Final = RESULT_TYPES[:2]
GRAPH_TYPES: Final = (
    "text/turtle",
    "application/n-triples",
    "application/ld+json",
    "application/rdf+xml",
    "application/trig",
    "application/n-quads",
)
SHORT_NAMES: Final = {
    "json": RESULT_TYPES[0],
    "xml": RESULT_TYPES[1],
    "csv": RESULT_TYPES[2],
    "tsv": RESULT_TYPES[3],
    "turtle": GRAPH_TYPES[0],
    "nt": GRAPH_TYPES[1],
    "jsonld": GRAPH_TYPES[2],
    "rdfxml": GRAPH_TYPES[3],
    "trig": GRAPH_TYPES[4],
    "nquads": GRAPH_TYPES[5],
}
"""Short names of the media types, for commands and addresses."""
_GRAPHS: Final = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
_TRIPLES: Final = "SELECT (COUNT(*) AS ?n) WHERE { ?s ?p ?o }"
_MAX_EXPANSION: Final = 20
"""A built-in service may make a query so many times longer than the longest that is accepted."""


@dataclass(frozen=True)
class Dataset:
    """The graphs that a request names (SPARQL 1.1 Protocol, section 2.1.4); none: all of them."""

    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


@dataclass(frozen=True)
class SparqlAnswer:
    """A serialised answer."""

    content: bytes
    media_type: str


@dataclass(frozen=True)
class PreparedQuery:
    """A query that passed the checks, before it is evaluated.

    Attributes:
        written: The text as it was sent.
    """

    written: str
    checked: CheckedQuery

    @property
    def form(self) -> QueryForm:
        """Its form."""
        return self.checked.form


class QueryService:
    """Answers SPARQL queries on one build. Use it as a context manager: it owns processes.

    Args:
        build_id: Names the build; goes into entity tags.
        expand: Replaces calls of the built-in services before the checks; every other ``SERVICE`` is refused after it.
    """

    def __init__(
        self,
        pool: WorkerPool,
        settings: Settings,
        *,
        build_id: str = "",
        expand: Callable[[str], str] | None = None,
    ) -> None:
        self._pool = pool
        self._settings = settings
        self._build_id = build_id
        self._expand = expand
        self._described: tuple[dict[str, int], int] | None = None

    def __enter__(self) -> "QueryService":
        self._pool.warm_up()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()

    @property
    def send_s(self) -> float:
        """Seconds in which a reader must have fetched an answer."""
        return self._settings.sparql_send_s

    def prepare(self, text: str) -> PreparedQuery:
        """Check a query, its built-in services evaluated.

        Raises:
            InvalidInputError: See :func:`bufgraph.graph.guard.check_query`.
        """
        limits = self._settings
        check_length(text, limits.sparql_max_chars)
        expanded = text if self._expand is None else self._expand(text)
        longest = limits.sparql_max_chars * (1 if expanded is text else _MAX_EXPANSION)
        return PreparedQuery(
            text, check_query(expanded, max_chars=longest, max_depth=limits.sparql_max_depth)
        )

    def entity_tag(self, query: PreparedQuery, media_type: str, dataset: Dataset) -> str | None:
        """Return a weak entity tag (RFC 9110, section 8.8.3), or None when two answers may differ.

        Weak because rows without ORDER BY may come in another order.
        """
        if not query.checked.repeatable:
            return None
        parts = (
            self._build_id, query.written, media_type, *dataset.default_graphs, "", *dataset.named_graphs,
        )  # fmt: skip
        digest = hashlib.sha256("\0".join(parts).encode("utf-8", "surrogatepass")).hexdigest()
        return f'W/"{digest[:32]}"'

    def stream(self, query: PreparedQuery, media_type: str, dataset: Dataset, *, client: str = "") -> Answer:
        """Evaluate a query; see :meth:`bufgraph.graph.pool.WorkerPool.stream` for the errors.

        Args:
            client: Whose query it is; clients take turns.
        """
        checked = query.checked
        question = Question(
            # One more than are sent, so that an answer that is cut off is told from one that ends.
            text=checked.limited(self._settings.sparql_max_rows + 1),
            media_type=media_type,
            default_graphs=dataset.default_graphs,
            named_graphs=dataset.named_graphs,
            union=not checked.has_dataset,
            client=client,
            written=query.written,
        )
        return self._pool.stream(question)

    def run(
        self,
        text: str,
        wanted: str | None = None,
        *,
        default_graphs: tuple[str, ...] = (),
        named_graphs: tuple[str, ...] = (),
    ) -> SparqlAnswer:
        """Answer a query.

        Args:
            wanted: A media type or a short name (:data:`SHORT_NAMES`); a table format for a graph answer
                gives Turtle, and the other way round JSON.

        Raises:
            InvalidInputError: Unknown format, or the query is refused or wrong.
        """
        query = self.prepare(text)
        media_type = fitting(query.form, wanted)
        answer = self.stream(query, media_type, Dataset(default_graphs, named_graphs))
        return SparqlAnswer(b"".join(_pieces(answer)), media_type)

    def description(self, endpoint: str) -> str:
        """Return the service description in Turtle, for the address at which the service is reached."""
        if self._described is None:
            rows = self.run(_GRAPHS, "tsv").content.decode().splitlines()[1:]
            graphs = {iri.strip("<>"): int(count) for iri, count in (row.split("\t") for row in rows)}
            self._described = graphs, int(self.run(_TRIPLES, "tsv").content.split()[1])
        graphs, triples = self._described
        return describe_service(endpoint, graphs, triples=triples, semantic=self._expand is not None)


def _pieces(answer: Answer) -> Iterator[bytes]:
    try:
        yield from answer
    finally:
        answer.close()


def worker_pool(graph_folder: Path, settings: Settings) -> WorkerPool:
    """Return the processes that answer queries on a graph, within the limits of the settings."""
    limits = PoolLimits(
        timeout_s=settings.sparql_timeout_s,
        memory_mb=settings.sparql_memory_mb,
        max_result_bytes=settings.sparql_max_result_mb << 20,
        memory_quads=settings.memory_quads,
        max_rows=settings.sparql_max_rows,
        wait_s=settings.sparql_wait_s,
        queue_length=settings.sparql_queue_length,
        client_workers=settings.sparql_client_workers,
    )
    return WorkerPool(graph_folder, workers=settings.sparql_workers, limits=limits)


def fitting(form: QueryForm, wanted: str | None) -> str:
    """Return the wanted media type, by its name or short name, where it fits the form, else the preferred one.

    Raises:
        InvalidInputError: Unknown format.
    """
    offered = media_types(form)
    media_type = SHORT_NAMES.get(wanted or "", wanted) or offered[0]
    if media_type not in (*RESULT_TYPES, *GRAPH_TYPES):
        raise InvalidInputError(
            f"unknown format '{wanted}'; choose from {', '.join(SHORT_NAMES)}", field="format"
        )
    return media_type if media_type in offered else offered[0]


def media_types(form: QueryForm) -> tuple[str, ...]:
    """Return what a query form can be answered in, the preferred one first."""
    if form == "select":
        return RESULT_TYPES
    return BOOLEAN_TYPES if form == "ask" else GRAPH_TYPES


def example_queries() -> list[tuple[str, str]]:
    """Return (question, query) of the shipped competency questions."""
    found = []
    for path in sorted((queries_dir() / "competency").glob("*.rq")):
        heading, _, query = path.read_text(encoding="utf-8").partition("\n")
        found.append((heading.removeprefix("# "), query))
    return found
