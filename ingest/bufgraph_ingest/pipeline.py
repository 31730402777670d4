"""The pipeline in one call, for inputs that fit into memory; :mod:`bufgraph_ingest.staging` has its steps."""

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

from bufgraph.graph.codec import Codec
from bufgraph_ingest.port import Json, Source
from bufgraph_ingest.report import Report
from bufgraph_ingest.staging.stage import Stage


@dataclass(frozen=True)
class Batch:
    """Validated records, ready to load.

    Attributes:
        collections: Records of each collection, by identifier.
    """

    collections: dict[str, list[Json]]
    report: Report


def prepare(
    source: Source, ontology: Path, codec: Codec, *, progress: Callable[[str], None] = lambda step: None
) -> Batch:
    """Read, clean, reconcile and validate; refused records are in the report and nowhere else."""
    with (
        TemporaryDirectory(prefix="bufgraph-") as folder,
        Stage(Path(folder), ontology, codec, lasting=False, exact=False, processes=0) as stage,
    ):
        stage.run(source, progress)
        collections = {found.name: list(found.records()) for found in stage.collections()}
        report = Report(rejects=list(stage.ledger.rejects()))
        report.accepted.update(stage.ledger.accepted())
    return Batch(collections, report)


def content_hash(content: bytes) -> str:
    """Return the SHA-256 of a named graph's content, as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


def identifiers(record: Json) -> Iterator[str]:
    """Yield the identifier of a record and of every record nested in it."""
    yield str(record["id"])
    for value in record.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and "id" in part:
                yield from identifiers(part)
