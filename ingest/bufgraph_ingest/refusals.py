"""What an import refused: kept on disk while it runs, then written as a list with reasons and as a file to mend."""

import csv
import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import groupby, islice
from pathlib import Path
from typing import Final

import orjson

from bufgraph_ingest.connectors.json_lines import MARK
from bufgraph_ingest.port import Json, Reject
from bufgraph_ingest.report import without_values, write_rejects
from bufgraph_ingest.tables.columns import REJECT_COLUMNS
from bufgraph_ingest.tables.writing import inert

_TABLE: Final = """
PRAGMA journal_mode = OFF;
PRAGMA synchronous = OFF;
CREATE TABLE refused (
    line INTEGER, number INTEGER, file TEXT, record_id TEXT, field TEXT, reason TEXT, content TEXT, shown TEXT,
    value TEXT, remedy TEXT, PRIMARY KEY (line, number)
) WITHOUT ROWID;
"""
_SHOWN: Final = 2_000
"""Characters of a refused thing that the list and the report show; the file to mend has all of it."""


class Refusals:
    """Everything that a run refused, by row or item."""

    def __init__(self) -> None:
        self._rows = sqlite3.connect("", isolation_level=None)  # a temporary file of its own
        self._rows.executescript(_TABLE)
        self._rows.execute("BEGIN")  # see Shelf
        self._things: set[tuple[str, int]] = set()
        self._count = 0
        self.reasons: Counter[str] = Counter()

    def add(self, reject: Reject) -> None:
        """Keep a refusal."""
        self._count += 1
        self._things.add((reject.file, reject.line))
        self.reasons[without_values(reject.reason)] += 1
        row = (
            reject.line, self._count, reject.file, reject.record_id, reject.field, reject.reason, reject.content,
            reject.column, reject.value, reject.remedy,
        )  # fmt: skip
        self._rows.execute(f"INSERT INTO refused VALUES ({', '.join('?' * len(row))})", row)

    def __len__(self) -> int:
        """How many rows or items were refused."""
        return len(self._things)

    def without_content(self) -> set[tuple[str, int]]:
        """Return file and line of what was refused after it had been read, so that the source has to show it again."""
        found = self._rows.execute(
            "SELECT file, line FROM refused WHERE record_id != '' GROUP BY file, line HAVING max(content) = ''"
        )
        return {(file, line) for file, line in found}

    def fill(self, key: tuple[str, int], content: str) -> None:
        """Give a refused thing its content as it came."""
        self._rows.execute(
            "UPDATE refused SET content = ? WHERE line = ? AND file = ?", (content, key[1], key[0])
        )

    def read(self) -> Iterator[Reject]:
        """Yield all refusals by line."""
        columns = "file, line, record_id, field, reason, content, shown, value, remedy"
        for row in self._rows.execute(f"SELECT {columns} FROM refused ORDER BY line, number"):
            yield Reject(*row)

    def shown(self, most: int) -> list[Reject]:
        """Return the first refusals with the beginning of what was refused, for a report."""
        return list(islice(map(_abridged, self.read()), most))

    def write_list(self, folder: Path) -> None:
        """Write all refusals, one a line, as ``rejects.jsonl``."""
        write_rejects(folder, map(_abridged, self.read()))

    def write_mendable(self, folder: Path, name: str, *, is_table: bool) -> Path | None:
        """Write what was refused as it came, to be mended and brought in again; None when nothing can be mended.

        Args:
            name: The import that it belongs to.
            is_table: Rows, so a table; else one JSON object a line with what is wrong under ``refused``.
        """
        things = (list(group) for _, group in groupby(self.read(), key=lambda r: (r.line, r.file)))
        told = (group for group in things if group[0].content)
        first = next(told, None)
        if first is None:
            return None
        path = folder / ("refused.csv" if is_table else "refused.jsonl")
        fresh = path.with_name(f"{path.name}.new")
        writer = _write_rows if is_table else _write_objects
        writer(fresh, _again(first, told), name)
        fresh.replace(path)
        return path


def _abridged(reject: Reject) -> Reject:
    return replace(reject, content=reject.content[:_SHOWN])


def _again(first: list[Reject], rest: Iterable[list[Reject]]) -> Iterator[list[Reject]]:
    yield first
    yield from rest


def _write_objects(path: Path, things: Iterable[list[Reject]], name: str) -> None:
    with path.open("wb") as file:
        for group in things:
            marks = _marks(group, name)
            told = _object(group[0].content)
            line = {MARK: marks, **(told or {"text": group[0].content})}
            file.write(orjson.dumps(line) + b"\n")


def _write_rows(path: Path, things: Iterable[list[Reject]], name: str) -> None:
    header: list[str] = []
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, delimiter=";", lineterminator="\r\n")
        for group in things:
            cells = _object(group[0].content) or {}
            if not header:
                header = list(cells)
                writer.writerow([*REJECT_COLUMNS, *header])
            marks = _marks(group, name)
            row = [str(marks[column]) for column in REJECT_COLUMNS]
            writer.writerow([inert(text) for text in (*row, *(str(cells.get(n) or "") for n in header))])


def _marks(group: list[Reject], name: str) -> dict[str, str | int]:
    def joined(told: Iterable[str]) -> str:
        return "; ".join(dict.fromkeys(text for text in told if text))

    return {
        "row": group[0].line,
        "column": joined(reject.column or reject.field for reject in group),
        "value": joined(reject.value for reject in group),
        "reason": joined(reject.reason for reject in group),
        "remedy": joined(reject.remedy for reject in group),
        "import": name,
    }


def _object(content: str) -> Json | None:
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return None
    return found if isinstance(found, dict) else None


def parted(reject: Reject) -> Reject:
    """Part the reason and the remedy of the pipeline, which says both in one sentence."""
    reason, parted, remedy = reject.reason.rpartition("; ")
    if not parted or not remedy.startswith(("give", "mend", "write", "did", "add", "expected")):
        reason, remedy = reject.reason, "mend the record"
    return Reject(
        reject.file,
        reject.line,
        reject.record_id,
        reject.field,
        reason,
        "",
        value=reject.value,
        remedy=remedy,
    )
