"""Documents and what they support."""

from dataclasses import dataclass

from bufgraph.model.records import Record


@dataclass(frozen=True, slots=True)
class SourceDocument(Record):
    """A public page or data set where a statement was read."""

    title: str
    page: str | None = None
    note: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation(Record):
    """What a document supports in one record."""

    document: str
    supports: str | None = None
