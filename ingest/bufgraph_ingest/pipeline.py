"""The pipeline: a list of plain steps from raw records to named graphs."""

import hashlib
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import orjson

from bufgraph.graph.codec import Codec
from bufgraph_ingest.cleaning import clean, loose_references, problems
from bufgraph_ingest.gates.compiled import CompiledGate
from bufgraph_ingest.port import Json, RawRecord, Reject, Source
from bufgraph_ingest.reconciliation import Reconciler, UnknownNameError
from bufgraph_ingest.report import Report


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
    report = Report()
    progress("reading records")
    raw = list(_keep(source.read(), report))
    raw = list(_keep((_cleaned(record, codec) for record in raw), report))
    raw = list(_keep(_unique(raw), report))
    progress(f"reconciling the names of {len(raw):,} records")
    reconciler = Reconciler(raw, codec)
    raw = list(_keep((_reconciled(record, reconciler, codec) for record in raw), report))
    progress(f"validating {len(raw):,} records against the shapes")
    gate = CompiledGate(ontology, codec)
    gate.learn(record.record for record in raw)
    raw = _validated(raw, gate, codec, report)
    collections: dict[str, list[Json]] = defaultdict(list)
    for record in raw:
        collections[record.collection].append(record.record)
        report.accepted[record.collection] += 1
    return Batch(
        {name: sorted(rows, key=lambda r: str(r["id"])) for name, rows in sorted(collections.items())}, report
    )


def content_hash(content: bytes) -> str:
    """Return the SHA-256 of a named graph's content, as hexadecimal text."""
    return hashlib.sha256(content).hexdigest()


def _keep(stream: Iterable[RawRecord | Reject], report: Report) -> Iterator[RawRecord]:
    for record in stream:
        if isinstance(record, Reject):
            report.rejects.append(record)
        else:
            yield record


def _reject(raw: RawRecord, field: str, reason: str) -> Reject:
    content = orjson.dumps(raw.record).decode()
    return Reject(raw.file, raw.line, str(raw.record.get("id", "")), field, reason, content)


def _cleaned(raw: RawRecord, codec: Codec) -> RawRecord | Reject:
    if found := problems(raw.record, codec):
        return _reject(raw, found[0][0], "; ".join(reason for _, reason in found))
    return RawRecord(raw.collection, raw.file, raw.line, clean(raw.record))


def _unique(records: Iterable[RawRecord]) -> Iterator[RawRecord | Reject]:
    first: dict[str, RawRecord] = {}
    for raw in records:
        twin = next((first[i] for i in identifiers(raw.record) if i in first), None)
        if twin is not None:
            yield _reject(
                raw, "id", f"the identifier is taken by {twin.file} line {twin.line}; give it another"
            )
        else:
            first.update(dict.fromkeys(identifiers(raw.record), raw))
            yield raw


def _reconciled(raw: RawRecord, reconciler: Reconciler, codec: Codec) -> RawRecord | Reject:
    try:
        record = reconciler.reconcile(raw.record)
    except UnknownNameError as err:
        return _reject(raw, err.field, err.reason)
    if found := loose_references(record, codec):
        return _reject(raw, found[0][0], "; ".join(reason for _, reason in found))
    return RawRecord(raw.collection, raw.file, raw.line, record)


def _validated(records: list[RawRecord], gate: CompiledGate, codec: Codec, report: Report) -> list[RawRecord]:
    """Drop what violates a shape, and what refers to what was dropped, until nothing refers to nothing."""
    owner = {codec.expand(i): raw for raw in records for i in identifiers(raw.record)}
    terms = {
        codec.expand(v["@id"] if isinstance(v, dict) else v): k
        for k, v in codec.context.items()
        if not k.startswith("@")
    }
    reasons: dict[int, tuple[RawRecord, str, list[str]]] = {}
    for violation in gate.check(raw.record for raw in records):
        raw = owner.get(violation.focus_node)
        if raw is None:
            continue  # a concept of our own schemes; the conformance suite holds those
        field = terms.get(violation.path, violation.path)
        nested = (
            ""
            if codec.expand(str(raw.record["id"])) == violation.focus_node
            else f" (in {violation.focus_node})"
        )
        value = f": '{violation.value}'" if violation.value else ""
        reasons.setdefault(id(raw), (raw, field, []))[2].append(f"{violation.message}{value}{nested}")
    kept = [raw for raw in records if id(raw) not in reasons]
    report.rejects.extend(
        _reject(raw, field, "; ".join(dict.fromkeys(why))) for raw, field, why in reasons.values()
    )
    while True:
        known = {codec.expand(i) for raw in kept for i in identifiers(raw.record)}
        gone = {iri for iri in owner if iri not in known}
        dangling = [(raw, hit) for raw in kept if (hit := _refers_to(raw.record, gone, codec)) is not None]
        if not dangling:
            return kept
        for raw, (field, iri) in dangling:
            report.rejects.append(
                _reject(raw, field, f"refers to <{iri}>, which was refused; mend that record first")
            )
        dropped = {id(raw) for raw, _ in dangling}
        kept = [raw for raw in kept if id(raw) not in dropped]


def identifiers(record: Json) -> Iterator[str]:
    """Yield the identifier of a record and of every record nested in it."""
    yield str(record["id"])
    for value in record.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and "id" in part:
                yield from identifiers(part)


def _refers_to(record: Json, gone: set[str], codec: Codec) -> tuple[str, str] | None:
    for name, value in record.items():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and "id" in part:
                if (hit := _refers_to(part, gone, codec)) is not None:
                    return hit
            elif isinstance(part, str) and codec.is_reference(name) and codec.expand(part) in gone:
                return name, codec.expand(part)
    return None
