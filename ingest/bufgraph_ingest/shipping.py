"""From the datasets and the ontology to a loaded graph."""

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import monotonic

import orjson

from bufgraph import __version__
from bufgraph.graph.codec import Codec
from bufgraph.graph.oxigraph import to_ntriples
from bufgraph.resources import datasets_dir, ontology_dir
from bufgraph.services.home import codec
from bufgraph.settings import Settings
from bufgraph_ingest.build_report import BuildReport, Tally
from bufgraph_ingest.connectors.jsonl import JsonlFolder
from bufgraph_ingest.connectors.lines import RawLine
from bufgraph_ingest.loading import CC_BY, Content, Generation, Generations, Stored
from bufgraph_ingest.pipeline import content_hash
from bufgraph_ingest.port import RawRecord, Reject, Source
from bufgraph_ingest.reconciliation.aliases import AliasTable, alias_table
from bufgraph_ingest.reconciliation.decisions import DecisionLog
from bufgraph_ingest.report import Report, write_rejects
from bufgraph_ingest.staging.folders import staging_folder, tidy_staging
from bufgraph_ingest.staging.receipts import write_receipts
from bufgraph_ingest.staging.stage import Stage

IMPORTS = "imports/"
_DECISIONS = "decisions"
_RECEIPTS = "receipts.sqlite"
_FORMAT = f"1-{__version__}"
"""Raise its number when stopped runs of older code must not be taken up."""


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
        self._settings = settings

    def read(self) -> Iterator[RawRecord | Reject]:
        """See the port."""
        for found in self.lines():
            yield found.parse() if isinstance(found, RawLine) else found

    def lines(self) -> Iterator[RawLine | Reject]:
        """See :class:`bufgraph_ingest.connectors.lines.LineSource`."""
        yield from self._datasets.lines()
        yield from import_lines(self._settings)


def import_lines(settings: Settings) -> Iterator[RawLine | Reject]:
    """Yield the lines of all imports, each collection and file with the folder before its name."""
    folder = imports_dir(settings)
    for found in JsonlFolder(folder).lines() if any(folder.rglob("*.jsonl")) else ():
        file = IMPORTS + found.file
        if isinstance(found, Reject):
            yield replace(found, file=file)
        else:
            yield RawLine(IMPORTS + found.collection, file, found.line, found.text)


def imports_dir(settings: Settings) -> Path:
    """Return the folder of the operator's imports, one file each; a build reads them after the datasets."""
    return settings.home / "imports"


def validate(settings: Settings, progress: Callable[[str], None]) -> tuple[Report, Path]:
    """Run the pipeline up to the gate and load nothing; return the account and the file of refused records."""
    source = JsonlFolder(settings.datasets or datasets_dir())
    reports = settings.home / "reports"
    reports.mkdir(parents=True, exist_ok=True)
    with (
        TemporaryDirectory(prefix=".validate-", dir=settings.home) as folder,
        Stage(Path(folder), ontology_dir(), codec(settings), lasting=False) as stage,
    ):
        stage.run(source, progress)
        tally = Tally.empty()
        rejects = write_rejects(reports, tally.of(stage.ledger.rejects()))
        return _report(stage, tally), rejects


def load_datasets(
    settings: Settings, progress: Callable[[str], None], *, force: bool = False, strict: bool = False
) -> Loaded:
    """Bring the graph in line with the datasets and the imports; unchanged sources cost only their checksum.

    A run that was stopped goes on where it was, when nothing changed meanwhile.

    Args:
        force: Read and validate again even when no source changed.
        strict: Load nothing when a record is refused.

    Raises:
        InvalidInputError: ``strict``, and a record was refused; the report is written all the same.
        ConflictError: Another process is loading.
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
        tidy_staging(settings.home)
        return Loaded(current, [], None, rejects)
    source = _DatasetsAndImports(settings)
    with (
        staging_folder(settings.home, f"{_FORMAT}-{digest}", fresh=force) as folder,
        _stage(folder, settings, force=force) as stage,
    ):
        loaded = _load(stage, source, settings, progress, strict=strict)
        write_receipts(settings.home / "graph" / _RECEIPTS, stage.rules, stage.ledger.receipts())
        receipt.write_bytes(orjson.dumps({"digest": digest, "generation": loaded.generation.folder.name}))
    return loaded


def _stage(folder: Path, settings: Settings, *, force: bool) -> Stage:
    receipts = None if force else settings.home / "graph" / _RECEIPTS
    rules = _digest([f"{_FORMAT} {settings.base_iri}".encode()], _rule_files())
    return Stage(folder, ontology_dir(), codec(settings), receipts=receipts, rules=rules)


def _load(
    stage: Stage, source: Source, settings: Settings, progress: Callable[[str], None], *, strict: bool
) -> Loaded:
    started = datetime.now(UTC).isoformat(timespec="seconds")
    stage.run(source, progress)
    tally = Tally.empty()
    rejects = write_rejects(settings.home / "reports", tally.of(stage.ledger.rejects()))
    report = _report(stage, tally)
    generation, changed = Generations(settings.home / "graph").current(), list[str]()
    if not (strict and report.rejects):
        progress("loading the graph")
        began = monotonic()
        generation, changed = Generations(settings.home / "graph").load(
            _contents(stage, settings), stage.codec
        )
        stage.seconds["load"] = monotonic() - began
    BuildReport(
        started,
        stage.seconds,
        dict(sorted(report.accepted.items())),
        dict(sorted(tally.files.items())),
        dict(tally.reasons.most_common()),
        stage.ledger.fresh(),
        changed,
        tally.first,
        rejects.name,
    ).write(rejects.parent)
    if strict:
        report.insist("loaded", rejects)
    assert generation is not None
    return Loaded(generation, changed, report, rejects)


def _report(stage: Stage, tally: Tally) -> Report:
    refused = stage.ledger.refused()
    report = Report(rejects=tally.first, more=refused - len(tally.first), by_reason=tally.reasons)
    report.accepted.update(stage.ledger.accepted())
    return report


def _contents(stage: Stage, settings: Settings) -> dict[str, Content | Stored]:
    """Return what belongs into each named graph, by IRI."""
    records = stage.codec
    base = f"{settings.base_iri}graph/"
    contents: dict[str, Content | Stored] = {f"{base}ontology": _ontology()}
    aliases = _aliases(settings, stage)
    change = (lambda record: aliases.redirect(record, records)) if aliases.canonical else None
    for found in stage.collections(change):
        imported = found.name.startswith(IMPORTS)
        contents[f"{base}{found.name.replace('/', '-')}"] = Stored(
            found.documents,
            "application/ld+json",
            found.content_hash(),
            f"{found.name}.jsonl" if imported else f"datasets/{found.name}.jsonl",
            None if imported else CC_BY,
            found.is_large,
        )
    if aliases.canonical:
        contents[f"{base}reconciliation"] = decided(aliases, settings, records)
    return contents


def decided(aliases: AliasTable, settings: Settings, records: Codec) -> Content:
    """Return what says which records mean one thing, as a named graph."""
    payload = aliases.same_as(records.expand)
    origin = f"{_DECISIONS}/{DecisionLog.of(settings).path.name}"
    return Content(payload, "application/n-triples", content_hash(payload), origin, None)


def _aliases(settings: Settings, stage: Stage) -> AliasTable:
    """Return which record stands for which, by what was decided about the records at hand."""
    decisions = list(DecisionLog.of(settings).current().values())
    asked = {identifier for decision in decisions for identifier in (decision.left, decision.right)}
    known = stage.ledger.accepted_among({identifier: stage.codec.expand(identifier) for identifier in asked})

    def rank(
        identifier: str,
    ) -> tuple[object, ...]:  # shipped records stand for imported ones, full ones for bare ones
        collection, fields = known.get(identifier, (IMPORTS, 0))
        return collection.startswith(IMPORTS), -fields

    return alias_table(decisions, rank, known)


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
        *_rule_files(),
    ]
    return _digest([settings.base_iri.encode()], files)


def _rule_files() -> list[Path]:
    return sorted(p for p in ontology_dir().rglob("*") if p.suffix in {".ttl", ".jsonld"})


def _digest(parts: list[bytes], files: Iterable[Path]) -> str:
    for path in files:
        with path.open("rb") as file:
            parts += [path.name.encode(), hashlib.file_digest(file, "sha256").hexdigest().encode()]
    return content_hash(b"\n".join(parts))


def _read(path: Path) -> object:
    try:
        return orjson.loads(path.read_bytes())
    except (FileNotFoundError, orjson.JSONDecodeError):
        return None
