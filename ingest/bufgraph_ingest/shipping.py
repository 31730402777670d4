"""From the datasets and the ontology to a loaded graph."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import orjson

from bufgraph.errors import InvalidInputError
from bufgraph.graph.oxigraph import to_ntriples
from bufgraph.resources import datasets_dir, ontology_dir
from bufgraph.services.composition import codec
from bufgraph.settings import Settings
from bufgraph_ingest.connectors.jsonl import JsonlFolder
from bufgraph_ingest.loading import CC_BY, Content, Generation, Generations
from bufgraph_ingest.pipeline import Batch, content_hash, prepare
from bufgraph_ingest.port import RawRecord, Reject
from bufgraph_ingest.reconciliation.aliases import AliasTable, alias_table, shipped_first
from bufgraph_ingest.reconciliation.decisions import DecisionLog
from bufgraph_ingest.report import Report

_IMPORTS = "imports/"
_DECISIONS = "decisions"


@dataclass(frozen=True)
class Loaded:
    """A graph that holds the datasets.

    Attributes:
        changed: IRIs of the named graphs that this run wrote or removed.
        report: None when the sources had not changed since the last run, so that nothing was read again.
        rejects: File with the refused records.
    """

    generation: Generation
    changed: list[str]
    report: Report | None
    rejects: Path


class _DatasetsAndImports:
    """The datasets, then the operator's imports."""

    def __init__(self, settings: Settings) -> None:
        self._datasets = JsonlFolder(settings.datasets or datasets_dir())
        folder = imports_dir(settings)
        self._imports = JsonlFolder(folder) if any(folder.rglob("*.jsonl")) else None

    def read(self) -> Iterator[RawRecord | Reject]:
        """See the port."""
        yield from self._datasets.read()
        for found in self._imports.read() if self._imports else ():
            if isinstance(found, Reject):
                yield replace(found, file=_IMPORTS + found.file)
            else:
                yield replace(found, file=_IMPORTS + found.file, collection=_IMPORTS + found.collection)


def imports_dir(settings: Settings) -> Path:
    """Return the folder of the operator's imports, one file each; a build reads them after the datasets."""
    return settings.home / "imports"


def validate(settings: Settings, progress: Callable[[str], None]) -> Batch:
    """Run the pipeline up to the gate and load nothing."""
    source = JsonlFolder(settings.datasets or datasets_dir())
    return prepare(source, ontology_dir(), codec(settings), progress=progress)


def load_datasets(
    settings: Settings, progress: Callable[[str], None], *, force: bool = False, strict: bool = False
) -> Loaded:
    """Bring the graph in line with the datasets and the imports; unchanged sources cost only their checksum.

    Args:
        force: Read and validate again even when no source changed.
        strict: Load nothing when a record is refused.

    Raises:
        InvalidInputError: ``strict``, and a record was refused; the report is written all the same.
    """
    generations = Generations(settings.home / "graph")
    rejects = settings.home / "reports" / "rejects.jsonl"
    receipt = settings.home / "graph" / "sources.json"
    digest = _sources_digest(settings)
    current = generations.current()
    if (
        current is not None
        and not force
        and _read(receipt) == {"digest": digest, "generation": current.folder.name}
    ):
        return Loaded(current, [], None, rejects)
    batch = prepare(_DatasetsAndImports(settings), ontology_dir(), codec(settings), progress=progress)
    batch.report.write(rejects.parent)
    if strict and batch.report.rejects:
        first = batch.report.rejects[0]
        raise InvalidInputError(
            f"{len(batch.report.rejects)} record(s) refused, nothing loaded; the first: {first.file} line {first.line}, "
            f"{first.field}: {first.reason}; all of them: {rejects}",
            path=str(rejects),
        )
    progress("loading the graph")
    records = codec(settings)
    base = f"{settings.base_iri}graph/"
    contents = {f"{base}ontology": _ontology()}
    aliases = _aliases(settings, batch)
    for name, rows in batch.collections.items():
        payload = records.to_json_ld(
            [aliases.redirect(row, records) for row in rows] if aliases.canonical else rows
        )
        imported = name.startswith(_IMPORTS)
        contents[f"{base}{name.replace('/', '-')}"] = Content(
            payload,
            "application/ld+json",
            content_hash(payload),
            f"{name}.jsonl" if imported else f"datasets/{name}.jsonl",
            None if imported else CC_BY,
        )
    if aliases.canonical:
        payload = aliases.same_as(records.expand)
        contents[f"{base}reconciliation"] = Content(
            payload,
            "application/n-triples",
            content_hash(payload),
            f"{_DECISIONS}/{DecisionLog.of(settings).path.name}",
            None,
        )
    generation, changed = generations.load(contents, records)
    receipt.write_bytes(orjson.dumps({"digest": digest, "generation": generation.folder.name}))
    return Loaded(generation, changed, batch.report, rejects)


def _aliases(settings: Settings, batch: Batch) -> AliasTable:
    """Return which record stands for which, by what was decided about the records at hand."""
    raw = [RawRecord(name, "", 0, row) for name, rows in batch.collections.items() for row in rows]
    known = {str(record.record["id"]) for record in raw}
    return alias_table(DecisionLog.of(settings).current().values(), shipped_first(raw), known)


def _ontology() -> Content:
    folder = ontology_dir()
    files = [
        folder / "bufgraph.ttl",
        *sorted(folder.glob("schemes/*.ttl")),
        *sorted(folder.glob("alignments/*.ttl")),
    ]
    payload = b"".join(to_ntriples(path.read_bytes(), "text/turtle") for path in files)
    digest = content_hash(
        b"".join(path.read_bytes() for path in files)
    )  # blank nodes get new labels each time
    return Content(payload, "application/n-triples", digest, "ontology/")


def _sources_digest(settings: Settings) -> str:
    """Hash every file that decides what is loaded: records, ontology, shapes, context, base IRI."""
    data = settings.datasets or datasets_dir()
    files = [
        *sorted(data.rglob("*.jsonl")),
        *sorted(imports_dir(settings).rglob("*.jsonl")),
        *sorted((settings.home / _DECISIONS).glob("*.jsonl")),
        *sorted(p for p in ontology_dir().rglob("*") if p.suffix in {".ttl", ".jsonld"}),
    ]
    parts = [settings.base_iri.encode()]
    for path in files:
        parts += [path.name.encode(), content_hash(path.read_bytes()).encode()]
    return content_hash(b"\n".join(parts))


def _read(path: Path) -> object:
    try:
        return orjson.loads(path.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return None
