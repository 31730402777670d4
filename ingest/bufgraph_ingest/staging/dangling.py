"""References to refused records: found by checksums first, so that only a few records are read again."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import numpy as np
import orjson

from bufgraph.graph.codec import Codec
from bufgraph_ingest.gates.terms import declared_classes
from bufgraph_ingest.port import Json, RawRecord, Reject
from bufgraph_ingest.references import checksum, first_to, references
from bufgraph_ingest.staging.ledger import Batch, Ledger, Row, UInts
from bufgraph_ingest.staging.reading import refuse


def drop_round(ledger: Ledger, texts: Path, spool: Path, codec: Codec, stage: int) -> int:
    """Refuse every accepted record that refers to a record refused before; return how many did.

    Args:
        texts: The file of accepted records; ``spool``: of cleaned ones, which a report shows.
    """
    sums = np.fromiter((checksum(iri) for iri in ledger.all_gone()), dtype=np.uint32)
    if not len(sums):
        return 0
    rejects: list[tuple[int, Reject]] = []
    gone: list[str] = []
    sums = np.unique(sums)
    with texts.open("rb") as accepted, spool.open("rb") as cleaned:
        for batch in ledger.batches():
            for number, record in _suspects(batch, sums, ledger, accepted):
                known = ledger.gone(found.iri for found in references(record, codec))
                if (hit := first_to(record, known, codec)) is not None:
                    reason = f"refers to <{hit.iri}>, which was refused; mend that record first"
                    rejects.append((number, refuse(_raw(ledger.row_of(number), cleaned), hit.field, reason)))
                    gone.extend(iri for iri, _ in declared_classes(record, codec))
    ledger.add_rejects(stage, rejects)
    ledger.add_dropped(number for number, _ in rejects)
    ledger.add_gone(gone)
    return len(rejects)


def _suspects(batch: Batch, sums: UInts, ledger: Ledger, file: IO[bytes]) -> Iterator[tuple[int, Json]]:
    """Yield the records of a batch that have a reference with one of some checksums, which are in order."""
    nearest = np.minimum(np.searchsorted(sums, batch.checksums), len(sums) - 1)
    places = np.unique(batch.owners[sums[nearest] == batch.checksums])
    numbers = batch.records[places].tolist()
    dropped = ledger.dropped(numbers) if numbers else set()
    for place, number in zip(places.tolist(), numbers, strict=True):
        if number not in dropped:
            start, length = batch.span(place)
            file.seek(start)
            yield number, orjson.loads(file.read(length))


def _raw(row: Row, spool: IO[bytes]) -> RawRecord:
    spool.seek(row.start)
    return RawRecord(row.collection, row.file, row.line, orjson.loads(spool.read(row.length)))
