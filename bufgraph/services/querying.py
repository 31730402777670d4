"""SPARQL for everyone: guarded, in worker processes, in the format that was asked for."""

from dataclasses import dataclass
from types import TracebackType
from typing import Final

from bufgraph.errors import InvalidInputError
from bufgraph.graph.guard import QueryForm, check_query
from bufgraph.graph.pool import WorkerPool
from bufgraph.resources import queries_dir
from bufgraph.settings import Settings

RESULT_TYPES: Final = (
    "application/sparql-results+json",
    "application/sparql-results+xml",
    "text/csv",
    "text/tab-separated-values",
)
"""Media types of SELECT answers, the preferred one first."""
BOOLEAN_TYPES: Final = RESULT_TYPES[:2]
GRAPH_TYPES: Final = ("text/turtle", "application/n-triples", "application/ld+json", "application/rdf+xml")
SHORT_NAMES: Final = {
    "json": RESULT_TYPES[0],
    "xml": RESULT_TYPES[1],
    "csv": RESULT_TYPES[2],
    "tsv": RESULT_TYPES[3],
    "turtle": GRAPH_TYPES[0],
    "nt": GRAPH_TYPES[1],
    "jsonld": GRAPH_TYPES[2],
    "rdfxml": GRAPH_TYPES[3],
}
"""Short names of the media types, for commands and addresses."""


@dataclass(frozen=True)
class SparqlAnswer:
    """A serialised answer."""

    content: bytes
    media_type: str


class QueryService:
    """Answers SPARQL queries on one build. Use it as a context manager: it owns processes."""

    def __init__(self, pool: WorkerPool, settings: Settings) -> None:
        self._pool = pool
        self._settings = settings

    def __enter__(self) -> "QueryService":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.close()

    def form(self, text: str) -> QueryForm:
        """Return the form of a query; see :func:`bufgraph.graph.guard.check_query` for what it refuses."""
        limits = self._settings
        return check_query(text, max_chars=limits.sparql_max_chars, max_depth=limits.sparql_max_depth)

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
            wanted: A media type or a short name (json, xml, csv, tsv, turtle, nt, jsonld, rdfxml); a table
                format for a graph answer gives Turtle, and the other way round JSON.

        Raises:
            InvalidInputError: Unknown format, or the query is refused or wrong.
        """
        form = self.form(text)
        offered = media_types(form)
        media_type = SHORT_NAMES.get(wanted or "", wanted) or offered[0]
        if media_type not in (*RESULT_TYPES, *GRAPH_TYPES):
            raise InvalidInputError(
                f"unknown format '{wanted}'; choose from {', '.join(SHORT_NAMES)}", field="format"
            )
        if media_type not in offered:
            media_type = offered[0]
        content = self._pool.query(text, media_type, default_graphs=default_graphs, named_graphs=named_graphs)
        return SparqlAnswer(content, media_type)


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
