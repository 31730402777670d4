"""The second pass over records: names become identifiers, references must be some, shapes must hold."""

from array import array
from collections.abc import Collection, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import orjson

from bufgraph.graph.codec import Codec
from bufgraph_ingest.cleaning import loose
from bufgraph_ingest.gate import quiet_about_literals
from bufgraph_ingest.gates.compiled import CompiledGate
from bufgraph_ingest.gates.terms import declared_classes
from bufgraph_ingest.port import Json, RawRecord, Reject
from bufgraph_ingest.reconciliation.lookup import Reconciler, UnknownNameError
from bufgraph_ingest.references import checksum, references
from bufgraph_ingest.staging.ledger import Ledger, Range, Row
from bufgraph_ingest.staging.reading import naming, refuse
from bufgraph_ingest.staging.receipts import Receipts, receipt

_MOST_KNOWN: Final = 50_000
"""Identifiers whose classes are kept at hand; the most used ones come again at once."""


class Checked(NamedTuple):
    """What became of a batch.

    Attributes:
        texts: The accepted records in order as JSON, one after the other.
        records: Their numbers; ``lengths``: of their texts in bytes.
        owners: Place of the referring record in the batch, and
        checksums: checksum of the IRI, of each reference of an accepted record.
        rejects: Refused records with their numbers; ``gone``: all identifiers of those.
        receipts: Of the accepted records, one after the other; ``fresh``: how many records met the gate.
    """

    texts: bytes
    records: "array[int]"
    lengths: "array[int]"
    owners: "array[int]"
    checksums: "array[int]"
    rejects: list[tuple[int, Reject]]
    gone: list[str]
    receipts: bytes = b""
    fresh: int = 0


class _Candidate(NamedTuple):
    number: int
    raw: RawRecord
    iris: Sequence[str]


class Checker:
    """Checks batches of cleaned records.

    Args:
        ledger: After the first pass: with every identifier there is.
        spool: The file of cleaned records.
        receipts: Records that have one passed before, and do so again.
        exact: Give back records as :meth:`Codec.exact` has them.
    """

    def __init__(
        self, ledger: Ledger, spool: Path, ontology: Path, codec: Codec, receipts: Receipts, *, exact: bool
    ) -> None:
        self._exact = exact
        self._receipts = receipts
        self._ledger = ledger
        self._spool = spool
        self._codec = codec
        self._known: dict[str, Collection[str]] = {}
        quiet_about_literals()
        self._gate = CompiledGate(ontology, codec, self._known)
        self._reconciler = Reconciler(naming(ledger.named()), codec)
        self._terms = {
            codec.expand(entry["@id"] if isinstance(entry, dict) else entry): name
            for name, entry in codec.context.items()
            if not name.startswith("@")
        }

    def check(self, wanted: Range) -> Checked:
        """Return what passes of a batch, and why the rest does not."""
        done = Checked(b"", array("q"), array("I"), array("H"), array("I"), [], [])
        candidates = []
        for number, raw in self._read(self._ledger.rows_of(wanted)):
            found = self._reconciled(number, raw)
            if isinstance(found, Reject):
                self._refuse(number, raw, found, done)
            else:
                candidates.append(found)
        self._learn(candidates)
        texts = [self._text(candidate.raw.record) for candidate in candidates]
        receipts = [self._receipt(candidate, text) for candidate, text in zip(candidates, texts, strict=True)]
        passed = self._receipts.among(receipts)
        fresh = [one for one, own in zip(candidates, receipts, strict=True) if own not in passed]
        faults = self._faults(fresh)
        kept: list[int] = []
        for place, candidate in enumerate(candidates):
            if candidate.number in faults:
                self._refuse(candidate.number, candidate.raw, faults[candidate.number], done)
                continue
            done.owners.extend([len(kept)] * len(candidate.iris))
            done.checksums.extend(map(checksum, candidate.iris))
            done.records.append(candidate.number)
            done.lengths.append(len(texts[place]))
            kept.append(place)
        return done._replace(
            texts=b"".join(texts[place] for place in kept),
            receipts=b"".join(receipts[place] for place in kept),
            fresh=len(fresh),
        )

    def _text(self, record: Json) -> bytes:
        return orjson.dumps(self._codec.exact(record) if self._exact else record)

    def _receipt(self, candidate: _Candidate, text: bytes) -> bytes:
        return receipt(text, (self._known.get(iri, ()) for iri in candidate.iris))

    def _read(self, rows: Sequence[Row]) -> Iterator[tuple[int, RawRecord]]:
        with self._spool.open("rb") as spool:
            for row in rows:
                spool.seek(row.start)
                record = orjson.loads(spool.read(row.length))
                yield row.number, RawRecord(row.collection, row.file, row.line, record)

    def _reconciled(self, number: int, raw: RawRecord) -> _Candidate | Reject:
        try:
            record = self._reconciler.reconcile(raw.record)
        except UnknownNameError as err:
            return refuse(raw, err.field, err.reason)
        found = list(references(record, self._codec))
        raw = RawRecord(raw.collection, raw.file, raw.line, record)
        if faults := loose(found):
            return refuse(raw, faults[0][0], "; ".join(reason for _, reason in faults))
        return _Candidate(number, raw, list(dict.fromkeys(reference.iri for reference in found)))

    def _learn(self, candidates: Sequence[_Candidate]) -> None:
        if len(self._known) > _MOST_KNOWN:
            self._known.clear()
        wanted = {iri for candidate in candidates for iri in candidate.iris if iri not in self._known}
        self._known.update(self._ledger.classes(wanted))

    def _faults(self, candidates: Sequence[_Candidate]) -> Mapping[int, Reject]:
        violations = self._gate.check(candidate.raw.record for candidate in candidates)
        if not violations:
            return {}
        owners = self._ledger.owners({violation.focus_node for violation in violations})
        by_number = {candidate.number: candidate for candidate in candidates}
        reasons: dict[int, tuple[RawRecord, str, list[str]]] = {}
        for violation in violations:
            candidate = by_number.get(owners.get(violation.focus_node, -1))
            if candidate is None:
                continue  # a concept of our own schemes; the conformance suite holds those
            raw = candidate.raw
            is_nested = self._codec.expand(str(raw.record["id"])) != violation.focus_node
            value = f": '{violation.value}'" if violation.value else ""
            nested = f" (in {violation.focus_node})" if is_nested else ""
            field = self._terms.get(violation.path, violation.path)
            told = reasons.setdefault(candidate.number, (raw, field, []))[2]
            told.append(f"{violation.message}{value}{nested}")
        return {
            number: refuse(raw, field, "; ".join(dict.fromkeys(told)))
            for number, (raw, field, told) in reasons.items()
        }

    def _refuse(self, number: int, raw: RawRecord, reject: Reject, done: Checked) -> None:
        done.rejects.append((number, reject))
        done.gone.extend(self._own(raw))

    def _own(self, raw: RawRecord) -> list[str]:
        return [iri for iri, _ in declared_classes(raw.record, self._codec)]
