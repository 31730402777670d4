"""What is known of the records under way, in one SQLite file: which there are, where they lie, which were refused."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import orjson
from numpy.typing import NDArray

from bufgraph_ingest.port import Reject
from bufgraph_ingest.staging.receipts import DIGEST_BYTES

_TABLES: Final = """
CREATE TABLE IF NOT EXISTS progress (name TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS identifier (iri TEXT PRIMARY KEY, record INTEGER, classes INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS class_set (number INTEGER PRIMARY KEY, classes TEXT UNIQUE);
CREATE TABLE IF NOT EXISTS place (number INTEGER PRIMARY KEY, collection TEXT, file TEXT, UNIQUE (collection, file));
CREATE TABLE IF NOT EXISTS record (number INTEGER PRIMARY KEY, place INTEGER, line INTEGER, id TEXT, fields INTEGER,
    start INTEGER, length INTEGER);
CREATE TABLE IF NOT EXISTS name (record INTEGER PRIMARY KEY, content BLOB);
CREATE TABLE IF NOT EXISTS reject (stage INTEGER, number INTEGER, content BLOB, PRIMARY KEY (stage, number)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS gone (iri TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS batch (number INTEGER PRIMARY KEY, collection TEXT, start INTEGER, records BLOB, lengths BLOB,
    owners BLOB, checksums BLOB, receipts BLOB, fresh INTEGER);
CREATE TABLE IF NOT EXISTS dropped (record INTEGER PRIMARY KEY);
"""
_ORDERED: Final = """
CREATE TABLE ordered AS SELECT record.number AS record, collection, file, line, start, length
    FROM record JOIN place ON place = place.number ORDER BY collection, id
"""
READING, CHECKING, DANGLING = 0, 1, 2
"""Stages at which a record is refused; each round of looking for dangling references is one more."""


Ints = NDArray[np.int64]
UInts = NDArray[np.uint32]
Shorts = NDArray[np.uint16]


class Row(NamedTuple):
    """Where a record lies: so many bytes from the start of the file of cleaned records."""

    number: int
    collection: str
    file: str
    line: int
    start: int
    length: int


@dataclass(frozen=True, slots=True)
class Batch:
    """The accepted records of a batch.

    Attributes:
        start: Where their texts begin in the file of accepted records.
        records: (n,) int64, their numbers; ``lengths``: (n,) uint32, of their texts in bytes.
        owners: (n_references,) uint16, place of the referring record; ``checksums``: (n_references,) uint32, of the IRI.
    """

    collection: str
    start: int
    records: Ints
    lengths: UInts
    owners: Shorts
    checksums: UInts

    def span(self, place: int) -> tuple[int, int]:
        """Return start and length of the text of a record."""
        return self.start + int(self.lengths[:place].sum()), int(self.lengths[place])


class Range(NamedTuple):
    """A batch of records of one collection, by their places in the order of collections and identifiers."""

    number: int
    collection: str
    first: int
    last: int

    @property
    def size(self) -> int:
        """How many records it has."""
        return self.last - self.first + 1


class Ledger:
    """The tables of a staging folder.

    Args:
        path: The file; made when missing.
        read_only: For the processes that check, while one other writes.
    """

    def __init__(self, path: Path, *, read_only: bool = False) -> None:
        where = f"{path.absolute().as_uri()}?mode=ro" if read_only else path.absolute().as_uri()
        self.rows = sqlite3.connect(where, uri=True, timeout=60, check_same_thread=False)
        self.rows.executescript("PRAGMA cache_size = -32768; PRAGMA temp_store = FILE;")
        if not read_only:
            # WAL lets others read meanwhile; a killed process loses what it had not committed, and nothing else.
            self.rows.executescript(f"PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; {_TABLES}")
        self._class_sets = _Numbers(self.rows, "class_set", ("classes",))
        self._places = _Numbers(self.rows, "place", ("collection", "file"))

    def close(self) -> None:
        """Give up the file."""
        self.rows.close()

    def commit(self, **progress: int) -> None:
        """Keep everything written so far, together with how far that is."""
        self.rows.executemany("INSERT OR REPLACE INTO progress VALUES (?, ?)", progress.items())
        self.rows.commit()

    def progress(self, name: str) -> int:
        """Return how far something was at the last commit, 0 at the start."""
        return self._number("SELECT number FROM progress WHERE name = ?", name)

    def count(self, table: str) -> int:
        """Return the number of rows of a table."""
        return self._number(f"SELECT count(*) FROM {table}")

    def _number(self, query: str, *values: object) -> int:
        row = self.rows.execute(query, values).fetchone()
        return int(row[0]) if row and row[0] is not None else 0

    def owners(self, iris: Iterable[str]) -> dict[str, int]:
        """Return which records have some of these identifiers."""
        return dict(self._among("SELECT iri, record FROM identifier WHERE iri IN", iris))

    def classes(self, iris: Iterable[str]) -> dict[str, frozenset[str]]:
        """Return the classes of those of some identifiers that a record has."""
        found = self._among(
            "SELECT iri, class_set.classes FROM identifier JOIN class_set ON identifier.classes = number WHERE iri IN",
            iris,
        )
        return {iri: frozenset(classes.split()) for iri, classes in found}

    def gone(self, iris: Iterable[str]) -> set[str]:
        """Return which of some identifiers belong to refused records."""
        return {iri for (iri,) in self._among("SELECT iri FROM gone WHERE iri IN", iris)}

    def dropped(self, numbers: Iterable[int]) -> set[int]:
        """Return which of some records were accepted first and dropped then."""
        return {n for (n,) in self._among("SELECT record FROM dropped WHERE record IN", numbers)}

    def _among(self, query: str, values: Iterable[object]) -> Iterator[Any]:  # Any: rows of SQLite
        text = orjson.dumps(list(values)).decode()
        return self.rows.execute(f"{query} (SELECT value FROM json_each(?))", (text,))

    def row_of(self, record: int) -> Row:
        """Return where a cleaned record lies."""
        query = (
            "SELECT record.number, collection, file, line, start, length FROM record JOIN place ON place = place.number "
            "WHERE record.number = ?"
        )
        return Row(*self.rows.execute(query, (record,)).fetchone())

    def named(self) -> Iterator[bytes]:
        """Yield what records are called, as JSON."""
        for (content,) in self.rows.execute("SELECT content FROM name ORDER BY record"):
            yield content

    def add_records(self, rows: Iterable[tuple[Row, str, int]], names: Iterable[tuple[int, bytes]]) -> None:
        """Add cleaned records, each with its identifier and number of fields."""
        self.rows.executemany(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?)",
            [
                (r.number, self._places(r.collection, r.file), r.line, identifier, fields, r.start, r.length)
                for r, identifier, fields in rows
            ],
        )
        self.rows.executemany("INSERT INTO name VALUES (?, ?)", names)

    def add_identifiers(self, rows: Iterable[tuple[str, int, str]]) -> None:
        """Add identifiers that no record has yet: IRI, record, classes."""
        self.rows.executemany(
            "INSERT INTO identifier VALUES (?, ?, ?)",
            [(iri, record, self._class_sets(classes)) for iri, record, classes in rows],
        )

    def add_rejects(self, stage: int, rejects: Iterable[tuple[int, Reject]]) -> None:
        """Add refused records, each with its number."""
        self.rows.executemany(
            "INSERT INTO reject VALUES (?, ?, ?)",
            [(stage, number, orjson.dumps(asdict(reject))) for number, reject in rejects],
        )

    def add_gone(self, iris: Iterable[str]) -> None:
        """Add identifiers of refused records."""
        self.rows.executemany("INSERT OR IGNORE INTO gone VALUES (?)", ((iri,) for iri in iris))

    def all_gone(self) -> Iterator[str]:
        """Yield every identifier of a refused record."""
        return (iri for (iri,) in self.rows.execute("SELECT iri FROM gone"))

    def add_dropped(self, numbers: Iterable[int]) -> None:
        """Mark accepted records as refused after all."""
        self.rows.executemany("INSERT INTO dropped VALUES (?)", ((number,) for number in numbers))

    def add_batch(self, number: int, collection: str, start: int, *rest: bytes | int) -> None:
        """Add the accepted records of a batch; for the rest see :class:`Batch`."""
        values = (number, collection, start, *rest)
        self.rows.execute(f"INSERT INTO batch VALUES ({', '.join('?' * len(values))})", values)

    def fresh(self) -> int:
        """Return how many records met the gate, because no receipt said that they had passed before."""
        return self._number("SELECT sum(fresh) FROM batch")

    def receipts(self) -> Iterator[bytes]:
        """Yield the receipts of accepted records, also of those that were dropped for what they refer to."""
        for (some,) in self.rows.execute("SELECT receipts FROM batch ORDER BY number"):
            yield from (some[start : start + DIGEST_BYTES] for start in range(0, len(some), DIGEST_BYTES))

    def batches(self, collection: str | None = None) -> Iterator[Batch]:
        """Yield the batches of accepted records in order, of one collection or of all."""
        query = "SELECT collection, start, records, lengths, owners, checksums FROM batch"
        where = "" if collection is None else " WHERE collection = ?"
        values = () if collection is None else (collection,)
        for name, start, *blobs in self.rows.execute(f"{query}{where} ORDER BY number", values):
            kinds = (np.int64, np.uint32, np.uint16, np.uint32)
            arrays = (np.frombuffer(blob, kind) for blob, kind in zip(blobs, kinds, strict=True))
            yield Batch(name, start, *arrays)

    def put_in_order(self) -> None:
        """Number the records by collection and identifier."""
        self.rows.execute("DROP TABLE IF EXISTS ordered")
        self.rows.execute(_ORDERED)

    def ranges(self, size: int) -> list[Range]:
        """Return the batches of the ordered records; the same ones each time."""
        found: list[Range] = []
        spans = (
            "SELECT collection, min(rowid), max(rowid) FROM ordered GROUP BY collection ORDER BY collection"
        )
        for collection, first, last in self.rows.execute(spans):
            for start in range(first, last + 1, size):
                found.append(Range(len(found), collection, start, min(start + size - 1, last)))
        return found

    def rows_of(self, wanted: Range) -> list[Row]:
        """Return where the records of a batch lie."""
        query = "SELECT * FROM ordered WHERE rowid BETWEEN ? AND ? ORDER BY rowid"
        return [Row(*row) for row in self.rows.execute(query, (wanted.first, wanted.last))]

    def rejects(self) -> Iterator[Reject]:
        """Yield refused records, stage by stage in the order read."""
        for (content,) in self.rows.execute("SELECT content FROM reject ORDER BY stage, number"):
            yield Reject(**orjson.loads(content))

    def refused(self) -> int:
        """Return how many records were refused."""
        return self.count("reject")

    def accepted(self) -> Mapping[str, int]:
        """Return how many records of each collection passed."""
        counts = "SELECT collection, sum(length(records)) / 8 FROM batch GROUP BY collection"
        kept = dict(self.rows.execute(counts))
        lost = self.rows.execute(
            "SELECT collection, count(*) FROM dropped JOIN record ON record = record.number "
            "JOIN place ON place = place.number GROUP BY collection"
        )
        left = Counter(kept) - Counter(dict(lost))
        return dict(sorted(left.items()))

    def accepted_among(self, iris: Mapping[str, str]) -> dict[str, tuple[str, int]]:
        """Return collection and number of fields of those of some records that were accepted, by identifier.

        Args:
            iris: Identifier as records write it → IRI.
        """
        owners = self.owners(iris.values())
        lost = self.gone(iris.values())
        query = "SELECT collection, fields FROM record JOIN place ON place = place.number WHERE record.number = ? AND id = ?"
        found: dict[str, tuple[str, int]] = {}
        for identifier, iri in iris.items():
            row = self.rows.execute(query, (owners.get(iri), identifier)).fetchone()
            if row is not None and iri not in lost:
                found[identifier] = row
        return found


class _Numbers:
    """Small numbers in the place of texts that come again and again, from a table of them."""

    def __init__(self, rows: sqlite3.Connection, table: str, columns: tuple[str, ...]) -> None:
        self._rows = rows
        self._insert = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        self._all = f"SELECT number, {', '.join(columns)} FROM {table}"
        self._known: dict[tuple[str, ...], int] = {}

    def __call__(self, *values: str) -> int:
        if not self._known:
            self._known = {tuple(texts): number for number, *texts in self._rows.execute(self._all)}
        if values not in self._known:
            self._known[values] = self._rows.execute(self._insert, values).lastrowid or 0
        return self._known[values]
