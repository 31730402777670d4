"""The way of records from a source to accepted ones, step by step; what is finished stays so when the run is killed.

1. ``read``: every record is cleaned and kept in a file, every identifier in the ledger; a twin is refused.
2. ``check``: batches in the order of collections and identifiers; what passes is kept in another file.
3. ``drop_dangling``: what refers to a refused record is refused too, until nothing does.
"""

import os
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from time import monotonic
from types import TracebackType
from typing import IO, Final, Self

import orjson

from bufgraph.graph.codec import Codec
from bufgraph_ingest.connectors.lines import LineSource
from bufgraph_ingest.port import RawRecord, Source
from bufgraph_ingest.rates import with_rate
from bufgraph_ingest.staging.checking import Checked
from bufgraph_ingest.staging.crew import Bench, Crew, processors
from bufgraph_ingest.staging.dangling import drop_round
from bufgraph_ingest.staging.documents import Change, Collection
from bufgraph_ingest.staging.ledger import CHECKING, DANGLING, READING, Ledger, Range, Row
from bufgraph_ingest.staging.reading import Entry, Item, Read, batches, refuse

BATCH: Final = 500
_BATCH_BYTES: Final = 4 * 2**20
_COMMIT_EVERY: Final = 16
Progress = Callable[[str], None]


@dataclass
class Stage:
    """A folder with records under way.

    Args:
        folder: Made when missing; what an earlier run of the same work finished there is taken up.
        lasting: Bring what is finished to the disk, so that it survives a loss of power too.
        exact: Keep accepted records as :meth:`Codec.exact` has them, ready for a graph; else as they were written.
        receipts: The file of what passed before, see :mod:`bufgraph_ingest.staging.receipts`; None to check everything.
        rules: Checksum of the rules that the receipts are good for.
        processes: How many share the work when there is much of it; 0 for none but this one.
    """

    folder: Path
    ontology: Path
    codec: Codec
    lasting: bool = True
    exact: bool = True
    receipts: Path | None = None
    rules: str = ""
    processes: int = field(default_factory=processors)
    seconds: dict[str, float] = field(default_factory=dict)

    def __enter__(self) -> Self:
        self.folder.mkdir(parents=True, exist_ok=True)
        self.ledger = Ledger(self.folder / "ledger.sqlite")
        bench = Bench(
            self.folder / "ledger.sqlite",
            self.spool,
            self.ontology,
            self.codec,
            self.exact,
            self.receipts or self.folder / "no-receipts",
            self.rules,
        )
        self._crew = Crew(bench, self.processes)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._crew.dismiss()
        self.ledger.close()

    @property
    def spool(self) -> Path:
        """The file of cleaned records."""
        return self.folder / "cleaned.jsonl"

    @property
    def texts(self) -> Path:
        """The file of accepted records, in order."""
        return self.folder / "accepted.json"

    def run(self, source: Source, progress: Progress = lambda step: None) -> None:
        """Carry out what is not finished yet."""
        for name, step in (
            ("read", self._read),
            ("check", self._check),
            ("drop_dangling", self._drop_dangling),
        ):
            if not self.ledger.progress(name):
                began = monotonic()
                step(source, progress)
                self.ledger.commit(**{name: 1})
                self.seconds[name] = monotonic() - began

    def _read(self, source: Source, progress: Progress) -> None:
        progress("reading records")
        items: Iterator[Item] = source.lines() if isinstance(source, LineSource) else source.read()
        done = self.ledger.progress("items")
        work = batches(islice(items, done, None), BATCH, _BATCH_BYTES)
        with self._append_to(self.spool, self.ledger.progress("spooled")) as spool:
            read = with_rate(self._crew.read(work), "reading records", progress, size=lambda part: part.size)
            for number, part in enumerate(read, 1):
                self._keep(part, done, spool)
                done += part.size
                if number % _COMMIT_EVERY == 0:
                    self._commit(spool, items=done, spooled=spool.tell())
            self.ledger.put_in_order()
            self._commit(spool, items=done, spooled=spool.tell(), read=1)

    def _keep(self, part: Read, before: int, spool: IO[bytes]) -> None:
        """Keep the records of a batch, but for those of which an identifier is taken."""
        taken = self.ledger.owners(iri for entry in part.entries for iri, _ in entry.declared)
        rows: dict[int, tuple[Row, str, int]] = {}
        declared: list[tuple[str, int, str]] = []
        names: list[tuple[int, bytes]] = []
        rejects = [(before + position, reject) for position, reject in part.rejects]
        for entry in part.entries:
            number = before + entry.position
            twin = next((taken[iri] for iri, _ in entry.declared if iri in taken), None)
            if twin is not None:
                first = rows[twin][0] if twin in rows else self.ledger.row_of(twin)
                raw = RawRecord(entry.collection, entry.file, entry.line, orjson.loads(entry.text))
                reason = f"the identifier is taken by {first.file} line {first.line}; give it another"
                rejects.append((number, refuse(raw, "id", reason)))
                continue
            taken.update((iri, number) for iri, _ in entry.declared)
            declared.extend((iri, number, classes) for iri, classes in entry.declared)
            rows[number] = (_row(number, entry, spool.tell()), entry.identifier, entry.fields)
            if entry.names is not None:
                names.append((number, entry.names))
            spool.write(entry.text)
        self.ledger.add_records(rows.values(), names)
        self.ledger.add_identifiers(declared)
        self.ledger.add_rejects(READING, rejects)

    def _check(self, source: Source, progress: Progress) -> None:
        done = self.ledger.progress("batches")
        work = self.ledger.ranges(BATCH)[done:]
        total = sum(wanted.size for wanted in work)
        progress(f"checking {total:,} records")
        with self._append_to(self.texts, self.ledger.progress("written")) as texts:
            checked = with_rate(
                self._crew.check(work), "checking records", progress, total, size=lambda found: found[0].size
            )
            for wanted, found in checked:
                self._keep_checked(wanted, found, texts)
                if (wanted.number + 1) % _COMMIT_EVERY == 0:
                    self._commit(texts, batches=wanted.number + 1, written=texts.tell())
            self._commit(texts, batches=done + len(work), written=texts.tell())

    def _keep_checked(self, wanted: Range, found: Checked, texts: IO[bytes]) -> None:
        blobs = (found.records, found.lengths, found.owners, found.checksums)
        self.ledger.add_batch(
            wanted.number,
            wanted.collection,
            texts.tell(),
            *(part.tobytes() for part in blobs),
            found.receipts,
            found.fresh,
        )
        self.ledger.add_rejects(CHECKING, found.rejects)
        self.ledger.add_gone(found.gone)
        texts.write(found.texts)

    def _drop_dangling(self, source: Source, progress: Progress) -> None:
        if self.ledger.count("gone"):
            progress("looking for what refers to refused records")
        stage = DANGLING
        while drop_round(self.ledger, self.texts, self.spool, self.codec, stage):
            stage += 1

    def collections(self, change: Change | None = None) -> list[Collection]:
        """Return what was accepted, by collection; see :class:`Collection` for ``change``."""
        return [
            Collection(name, size, self.ledger, self.texts, self.codec, change)
            for name, size in self.ledger.accepted().items()
        ]

    def _append_to(self, path: Path, length: int) -> "closing[IO[bytes]]":
        """Open a file where the last commit left it."""
        file = path.open("ab")
        file.truncate(length)
        file.seek(length)
        return closing(file)

    def _commit(self, file: IO[bytes], **progress: int) -> None:
        file.flush()
        if self.lasting:
            os.fsync(file.fileno())
        self.ledger.commit(**progress)


def _row(number: int, entry: Entry, start: int) -> Row:
    return Row(number, entry.collection, entry.file, entry.line, start, len(entry.text))
