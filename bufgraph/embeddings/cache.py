"""Vectors kept by the hash of their text, so that a changed record embeds only itself."""

import hashlib
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from bufgraph.disk_errors import disk_error
from bufgraph.embeddings.port import Encoder, Vectors
from bufgraph.errors import MisconfiguredError


class CachedEncoder:
    """An encoder that asks another one only for texts it has not seen.

    Args:
        encoder: The encoder behind; touched only on a miss.
        path: SQLite file, made when missing. A vector is committed before it is used, so a stopped run
            resumes where it was.
        on_progress: Called with (texts encoded so far, texts to encode) after each batch of misses.
    """

    def __init__(
        self,
        encoder: Encoder,
        path: Path,
        *,
        batch_size: int = 64,
        on_progress: Callable[[int, int], None] = lambda done, total: None,
    ) -> None:
        self._encoder = encoder
        self._path = path
        self._batch_size = batch_size
        self._on_progress = on_progress
        self.misses = 0
        """Texts that the encoder behind had to encode so far."""

    @property
    def fingerprint(self) -> str:
        """See the port."""
        return self._encoder.fingerprint

    @property
    def dim(self) -> int:
        """See the port."""
        return self._encoder.dim

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See the port.

        Raises:
            BufgraphError: The disk is full, the file may not be written, or it is damaged; of the family that fits.
        """
        try:
            return self._encoded(texts)
        except sqlite3.DatabaseError as err:
            raise disk_error(err, at=self._path) or MisconfiguredError(
                f"the cache of vectors {self._path} is damaged ({err}); remove the file, its vectors are made again",
                path=str(self._path),
            ) from err

    def _encoded(self, texts: Sequence[str]) -> Vectors:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        keys = [hashlib.sha256(f"{self.fingerprint}\0{text}".encode()).digest() for text in texts]
        with closing(sqlite3.connect(self._path)) as db:
            db.execute(
                "CREATE TABLE IF NOT EXISTS vector (key BLOB PRIMARY KEY, value BLOB NOT NULL) WITHOUT ROWID"
            )
            known = {key: row[0] for key in set(keys) if (row := _lookup(db, key))}
            missing = {key: text for key, text in zip(keys, texts, strict=True) if key not in known}
            todo = list(missing.items())
            for start in range(0, len(todo), self._batch_size):
                batch = todo[start : start + self._batch_size]
                vectors = self._encoder.encode([text for _, text in batch])
                rows = [(key, vector.tobytes()) for (key, _), vector in zip(batch, vectors, strict=True)]
                with db:
                    db.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?)", rows)
                known.update(rows)
                self.misses += len(batch)
                self._on_progress(start + len(batch), len(todo))
        if not keys:
            return np.zeros((0, self.dim), dtype=np.float32)
        return np.stack([np.frombuffer(known[key], dtype=np.float32) for key in keys])


def _lookup(db: sqlite3.Connection, key: bytes) -> tuple[bytes] | None:
    row: tuple[bytes] | None = db.execute("SELECT value FROM vector WHERE key = ?", (key,)).fetchone()
    return row
