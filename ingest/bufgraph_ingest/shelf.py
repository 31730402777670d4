"""Records at hand by identifier, whatever their number: in memory while they are few, on disk when they are many."""

import sqlite3
from collections.abc import Iterable, Iterator

import orjson

from bufgraph.graph.codec import Codec
from bufgraph_ingest.pipeline import identifiers
from bufgraph_ingest.port import Json, RawRecord
from bufgraph_ingest.references import referred

_TABLES = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
PRAGMA cache_size = -65536;
CREATE TABLE record (number INTEGER PRIMARY KEY, collection TEXT, file TEXT, line INTEGER, content BLOB);
CREATE TABLE identifier (iri TEXT PRIMARY KEY, number INTEGER) WITHOUT ROWID;
CREATE TABLE typed (type TEXT, number INTEGER, PRIMARY KEY (type, number)) WITHOUT ROWID;
CREATE TABLE sorted (id TEXT PRIMARY KEY, content BLOB) WITHOUT ROWID;
CREATE TABLE origin (document TEXT, number INTEGER, PRIMARY KEY (document, number)) WITHOUT ROWID;
"""
_COLUMNS = "record.collection, record.file, record.line, record.content"
Row = tuple[str, str, int, bytes]


class Shelf:
    """Records found by identifier, also by that of a record nested in them; of two with one identifier the later."""

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._rows = sqlite3.connect(
            "", isolation_level=None, check_same_thread=False
        )  # a temporary file of its own
        self._rows.executescript(_TABLES)
        self._rows.execute(
            "BEGIN"
        )  # one transaction that never ends: nobody else reads it, and each end costs time

    def add(self, raw: RawRecord) -> int:
        """Put a record there; return its number, from 1."""
        row = (raw.collection, raw.file, raw.line, orjson.dumps(raw.record))
        number = self._rows.execute(
            "INSERT INTO record (collection, file, line, content) VALUES (?, ?, ?, ?)", row
        ).lastrowid
        assert number is not None
        own = dict.fromkeys(self._codec.expand(i) for i in identifiers(raw.record))
        self._rows.executemany("INSERT OR REPLACE INTO identifier VALUES (?, ?)", [(i, number) for i in own])
        self._rows.executemany(
            "INSERT INTO typed VALUES (?, ?)", [(t, number) for t in set(types_of(raw.record))]
        )
        if isinstance(document := raw.record.get("derived_from"), str):
            self._rows.execute("INSERT INTO origin VALUES (?, ?)", (document, number))
        return number

    def replace(self, number: int, record: Json) -> None:
        """Put another content in the place of a record with the same identifiers."""
        self._rows.execute("UPDATE record SET content = ? WHERE number = ?", (orjson.dumps(record), number))

    def get(self, number: int) -> RawRecord:
        """Return a record by its number."""
        return _raw(
            self._rows.execute(f"SELECT {_COLUMNS} FROM record WHERE number = ?", (number,)).fetchone()
        )

    def owner(self, iri: str) -> RawRecord | None:
        """Return the record that has an identifier, written in full; None when there is none."""
        row = self._rows.execute(
            f"SELECT {_COLUMNS} FROM identifier JOIN record USING (number) WHERE iri = ?", (iri,)
        ).fetchone()
        return None if row is None else _raw(row)

    def owner_of(self, identifier: str) -> RawRecord | None:
        """Return the record that has an identifier, written as in records."""
        return self.owner(self._codec.expand(identifier))

    def number(self, iri: str) -> int | None:
        """Return the number of the record that has an identifier, written in full."""
        row = self._rows.execute("SELECT number FROM identifier WHERE iri = ?", (iri,)).fetchone()
        return None if row is None else int(row[0])

    def of_type(self, *types: str) -> Iterator[RawRecord]:
        """Yield the records of some types in the order in which they came."""
        marks = ", ".join("?" * len(types))
        yield from map(
            _raw,
            self._rows.execute(
                f"SELECT {_COLUMNS} FROM record WHERE number IN (SELECT number FROM typed WHERE type IN ({marks})) "
                "ORDER BY number",
                types,
            ),
        )

    def of_collection(self, collection: str) -> Iterator[RawRecord]:
        """Yield the records of a collection in the order in which they came."""
        yield from map(
            _raw,
            self._rows.execute(
                f"SELECT {_COLUMNS} FROM record WHERE collection = ? ORDER BY number", (collection,)
            ),
        )

    def derived_from(self, document: str) -> Iterator[RawRecord]:
        """Yield the records that name a document as their origin."""
        yield from map(
            _raw,
            self._rows.execute(
                f"SELECT {_COLUMNS} FROM origin JOIN record USING (number) WHERE document = ? ORDER BY number",
                (document,),
            ),
        )

    def put(self, identifier: str, record: Json) -> None:
        """Keep a record for :meth:`in_order` only; a later one with the identifier replaces it."""
        self._rows.execute("INSERT OR REPLACE INTO sorted VALUES (?, ?)", (identifier, orjson.dumps(record)))

    def in_order(self) -> Iterator[Json]:
        """Yield what was put, by identifier."""
        for (content,) in self._rows.execute("SELECT content FROM sorted ORDER BY id"):
            yield orjson.loads(content)

    def __len__(self) -> int:
        return int(self._rows.execute("SELECT count(*) FROM record").fetchone()[0])


def types_of(record: Json) -> list[str]:
    """Return the types of a record."""
    given = record.get("type") or []
    return [given] if isinstance(given, str) else [str(name) for name in given]


def closure(records: Iterable[Json], shelves: Iterable[Shelf], codec: Codec) -> list[RawRecord]:
    """Return everything that records refer to, directly or through others; the first shelf that has it counts."""
    queue = list(records)
    places = list(shelves)
    seen = {codec.expand(i) for record in queue for i in identifiers(record)}
    found: list[RawRecord] = []
    while queue:
        for iri in referred(queue.pop(), codec):
            if iri in seen:
                continue
            seen.add(iri)
            raw = next((hit for shelf in places if (hit := shelf.owner(iri)) is not None), None)
            if raw is not None:
                seen.update(codec.expand(i) for i in identifiers(raw.record))
                found.append(raw)
                queue.append(raw.record)
    return found


def _raw(row: Row) -> RawRecord:
    collection, file, line, content = row
    return RawRecord(collection, file, line, orjson.loads(content))
