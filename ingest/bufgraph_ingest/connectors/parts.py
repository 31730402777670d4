"""Parts of items that come in a table of their own, such as the partners of projects: kept on disk by the item's key."""

import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

import orjson

from bufgraph_ingest.connectors.items import Item
from bufgraph_ingest.port import Json, Reject

KeyOf = Callable[[Json], str]


class Parts:
    """Looks parts up by key, in the order in which they came."""

    def __init__(self, database: sqlite3.Connection) -> None:
        self._database = database
        database.execute("CREATE TABLE part (key TEXT, content BLOB)")

    def add(self, items: Iterator[Item | Reject], key_of: KeyOf) -> Iterator[Reject]:
        """Keep items; yield those that could not be read."""
        rejects: list[Reject] = []
        self._database.executemany("INSERT INTO part VALUES (?, ?)", self._rows(items, key_of, rejects))
        self._database.execute("CREATE INDEX by_key ON part (key)")
        yield from rejects

    @staticmethod
    def _rows(
        items: Iterator[Item | Reject], key_of: KeyOf, rejects: list[Reject]
    ) -> Iterator[tuple[str, bytes]]:
        for item in items:
            if isinstance(item, Reject):
                rejects.append(item)
            else:
                yield key_of(item.values), orjson.dumps(item.values)

    def of(self, key: str) -> list[dict[str, Any]]:  # Any: JSON
        """Return the parts of an item."""
        rows = self._database.execute("SELECT content FROM part WHERE key = ? ORDER BY rowid", (key,))
        return [orjson.loads(content) for (content,) in rows]


@contextmanager
def parts_on_disk() -> Iterator[Parts]:
    """Give an empty collection in a temporary folder."""
    with (
        tempfile.TemporaryDirectory(prefix="bufgraph-") as folder,
        closing(sqlite3.connect(Path(folder) / "parts.db", isolation_level=None)) as database,
    ):
        database.execute("PRAGMA synchronous = OFF")
        yield Parts(database)
