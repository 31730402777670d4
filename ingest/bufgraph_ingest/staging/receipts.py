"""Which records passed the gate before, so that only changed ones are put to it again.

Whether a record passes depends on what it says, on the classes of what it refers to, and on the rules: shapes, concepts,
context. A receipt is a checksum of the first two; the file is good for one state of the rules.
"""

import hashlib
import sqlite3
from collections.abc import Collection, Iterable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Final

DIGEST_BYTES: Final = 16
_TABLES: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE rules (digest TEXT);
CREATE TABLE receipt (digest BLOB PRIMARY KEY) WITHOUT ROWID;
"""


class Receipts:
    """The receipts of an earlier run.

    Args:
        path: The file; a missing or damaged one, or one of other rules, holds nothing.
        rules: Checksum of the rules.
    """

    def __init__(self, path: Path, rules: str) -> None:
        self._rows: sqlite3.Connection | None = None
        if not path.is_file():
            return
        rows = sqlite3.connect(
            f"{path.absolute().as_uri()}?mode=ro&immutable=1", uri=True, check_same_thread=False
        )
        with suppress(sqlite3.DatabaseError):
            if rows.execute("SELECT digest FROM rules").fetchone() == (rules,):
                self._rows = rows
                return
        rows.close()

    def among(self, digests: Sequence[bytes]) -> set[bytes]:
        """Return which of some receipts there are."""
        found: set[bytes] = set()
        if self._rows is not None:
            for start in range(0, len(digests), 500):
                some = digests[start : start + 500]
                marks = ", ".join("?" * len(some))
                with suppress(sqlite3.DatabaseError):  # a damaged file only costs time
                    query = f"SELECT digest FROM receipt WHERE digest IN ({marks})"
                    found.update(digest for (digest,) in self._rows.execute(query, some))
        return found


def receipt(text: bytes, classes: Iterable[Collection[str]]) -> bytes:
    """Return the receipt of a record: 16 bytes.

    Args:
        classes: Of what it refers to, in its order.
    """
    digest = hashlib.blake2b(text, digest_size=DIGEST_BYTES)
    for some in classes:
        digest.update(b"\n" + " ".join(sorted(some) if len(some) > 1 else some).encode())
    return digest.digest()


def write_receipts(path: Path, rules: str, digests: Iterable[bytes]) -> None:
    """Write the receipts of a run, replacing those of the last one; whole or not at all."""
    fresh = path.with_name(f"{path.name}.new")
    fresh.unlink(missing_ok=True)
    with closing(sqlite3.connect(fresh)) as rows:
        rows.executescript(_TABLES)
        rows.execute("INSERT INTO rules VALUES (?)", (rules,))
        rows.executemany("INSERT OR IGNORE INTO receipt VALUES (?)", ((digest,) for digest in digests))
        rows.commit()
    fresh.replace(path)
