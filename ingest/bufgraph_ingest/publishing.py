"""Imports that changed since the last full build become searchable in a second or two, without another full build."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bufgraph.errors import ConflictError
from bufgraph.graph.codec import Codec
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.resources import datasets_dir, ontology_dir
from bufgraph.services.exchanging import GraphContent
from bufgraph.services.home import codec
from bufgraph.services.increments import full_build, make_increment
from bufgraph.settings import Settings
from bufgraph_ingest.connectors.jsonl import JsonlFolder
from bufgraph_ingest.connectors.lines import RawLine
from bufgraph_ingest.loading import Content, provenance
from bufgraph_ingest.pipeline import Batch, content_hash, identifiers, prepare
from bufgraph_ingest.port import Given, RawRecord, Reject
from bufgraph_ingest.reconciliation.aliases import AliasTable, alias_table, shipped_first
from bufgraph_ingest.reconciliation.decisions import DecisionLog
from bufgraph_ingest.references import referred
from bufgraph_ingest.report import Report
from bufgraph_ingest.shelf import types_of
from bufgraph_ingest.shipping import IMPORTS, decided, import_lines

_JSON_LD: Final = "application/ld+json"
_NAMED: Final = frozenset({"City", "Region", "Organization"})
"""Types of records that others may refer to by name."""


@dataclass(frozen=True)
class Published:
    """The account of a run.

    Attributes:
        build: Identifier of the build that is current now; ``base``: of the full build that it adds to.
        changed: Names of the named graphs that differ from those of the full build.
        records: How many records and parts of records differ from the full build.
        report: What was accepted and refused of all imports; ``rejects``: file with the refused records.
        is_new: Whether this run switched to the build; it had been current before otherwise.
    """

    build: str
    base: str
    changed: tuple[str, ...]
    records: int
    report: Report
    rejects: Path
    is_new: bool


def publish(settings: Settings, progress: Callable[[str], None], *, strict: bool = False) -> Published:
    """Bring the current build in line with the imports, by an increment on the last full build.

    Refused records are left out and reported, as by a full build; records of the datasets are those of the full build.

    Args:
        strict: Change nothing when a record is refused.

    Raises:
        NotAvailableError: Nothing was built yet.
        InvalidInputError: ``strict``, and a record was refused; the report is written all the same.
        ConflictError: Another process builds, the imports changed more than an increment may hold, or they refer to records
            that came into the datasets after the full build.
    """
    base, about = full_build(settings)
    records = codec(settings)
    progress("reading the imports")
    imports = [line.parse() if isinstance(line, RawLine) else line for line in import_lines(settings)]
    datasets = _Datasets(settings, records)
    beside = datasets.needed_by([raw for raw in imports if isinstance(raw, RawRecord)])
    _check_held(base, beside, records)
    batch = prepare(Given([*beside, *imports]), ontology_dir(), records, progress=progress)
    report = _of_imports(batch)
    rejects = report.write(settings.home / "reports" / "publish")
    if strict:
        report.insist("published", rejects)
    contents = _contents(settings, batch, _aliases(settings, datasets, imports), records)
    changes = _changes(contents, about["graphs"], f"{settings.base_iri}graph/", records)
    made = make_increment(settings, changes, progress)
    return Published(
        build=made.build,
        base=made.base,
        changed=tuple(sorted(iri for iri in changes if not iri.endswith("/provenance"))),
        records=made.subjects,
        report=report,
        rejects=rejects,
        is_new=made.is_new,
    )


class _Datasets:
    """The records of the datasets, read when something refers to them."""

    def __init__(self, settings: Settings, records: Codec) -> None:
        self._codec = records
        source = JsonlFolder(settings.datasets or datasets_dir())
        self.raw = [raw for raw in source.read() if isinstance(raw, RawRecord)]
        self._by_iri = {
            records.expand(own): raw
            for raw in self.raw
            if "id" in raw.record
            for own in identifiers(raw.record)
        }

    def needed_by(self, imports: Iterable[RawRecord]) -> list[RawRecord]:
        """Return what imports are validated beside: what they refer to, directly or through others, and what has their identifiers.

        Places and organisations all belong to it when something may be referred to by name.
        """
        queue = [raw.record for raw in imports if "id" in raw.record]
        wanted = [self._codec.expand(own) for record in queue for own in identifiers(record)]
        if any(
            self._codec.expand(iri) == iri and ":" not in iri
            for r in queue
            for iri in referred(r, self._codec)
        ):
            wanted += [
                iri for iri, raw in self._by_iri.items() if not _NAMED.isdisjoint(types_of(raw.record))
            ]
        found: dict[int, RawRecord] = {}
        wanted += [iri for record in queue for iri in referred(record, self._codec)]
        while wanted:
            raw = self._by_iri.get(wanted.pop())
            if raw is not None and id(raw) not in found:
                found[id(raw)] = raw
                wanted += referred(raw.record, self._codec)
        return list(found.values())


def _check_held(base: Path, beside: Iterable[RawRecord], records: Codec) -> None:
    """Check that the full build holds what the imports refer to.

    Raises:
        ConflictError: It was made before a record came into the datasets.
    """
    store = OxigraphStore.reader(base / "graph")
    for raw in beside:
        if next(store.triples(subject=records.expand(str(raw.record["id"]))), None) is None:
            raise ConflictError(
                f"{raw.record['id']} ({raw.file} line {raw.line}), which an import refers to, came into the datasets after the last "
                "full build; run 'bufgraph build'",
                path=raw.file,
            )


def _of_imports(batch: Batch) -> Report:
    """Return what became of the imports; the datasets were reported by the full build."""
    accepted = {name: count for name, count in batch.report.accepted.items() if name.startswith(IMPORTS)}
    rejects = [reject for reject in batch.report.rejects if reject.file.startswith(IMPORTS)]
    return Report(Counter(accepted), rejects)


def _aliases(
    settings: Settings, datasets: _Datasets, imports: Iterable[RawRecord | Reject]
) -> AliasTable | None:
    """Return which record stands for which; None when nothing was ever decided."""
    decisions = DecisionLog.of(settings).current().values()
    if not decisions:
        return None
    raw = [*datasets.raw, *(found for found in imports if isinstance(found, RawRecord))]
    return alias_table(decisions, shipped_first(raw), {str(r.record.get("id")) for r in raw})


def _contents(
    settings: Settings, batch: Batch, aliases: AliasTable | None, records: Codec
) -> dict[str, Content]:
    """Return what belongs into the named graphs that imports and decisions decide, by IRI, as a full build loads it."""
    contents: dict[str, Content] = {}
    base = f"{settings.base_iri}graph/"
    for name, rows in batch.collections.items():
        if name.startswith(IMPORTS):
            led = [aliases.redirect(row, records) for row in rows] if aliases and aliases.canonical else rows
            payload = records.to_json_ld(led)
            contents[base + name.replace("/", "-")] = Content(
                payload, _JSON_LD, content_hash(payload), f"{name}.jsonl", None
            )
    if aliases is not None and aliases.canonical:
        contents[f"{base}reconciliation"] = decided(aliases, settings, records)
    return contents


def _changes(
    contents: Mapping[str, Content], known: Mapping[str, str], base: str, records: Codec
) -> dict[str, GraphContent | None]:
    """Return the named graphs to exchange, each with the graph that says where it comes from.

    Args:
        known: Checksums of the named graphs of the full build.
        base: What the IRIs of named graphs begin with.
    """
    ours = {iri for iri in known if iri.startswith(f"{base}imports-") or iri == f"{base}reconciliation"}
    changes: dict[str, GraphContent | None] = {}
    for iri in sorted(ours - contents.keys()):
        changes |= {iri: None, f"{iri}/provenance": None}
    for iri, content in contents.items():
        if known.get(iri) != content.content_hash:
            changes[iri] = GraphContent(content.payload, content.media_type, content.content_hash)
            origin = records.to_json_ld(provenance(iri, content, records))
            changes[f"{iri}/provenance"] = GraphContent(origin, _JSON_LD)
    return changes
