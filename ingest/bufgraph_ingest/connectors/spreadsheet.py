"""A spreadsheet that somebody filled in, row by row: CSV or a workbook, in the columns of one of our templates."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Final

import orjson

from bufgraph_ingest.port import RawRecord, Reject
from bufgraph_ingest.tables.cells import CellFault, RowParser
from bufgraph_ingest.tables.checks import together
from bufgraph_ingest.tables.columns import Sheet
from bufgraph_ingest.tables.grid import BrokenRow, Cell
from bufgraph_ingest.tables.reading import TableReader, TableRow
from bufgraph_ingest.tables.records import RowRecords, TwinError, make_records
from bufgraph_ingest.tables.vocabulary import Vocabulary
from bufgraph_ingest.tables.world import World


@dataclass(frozen=True, slots=True)
class Selection:
    """Which rows are read.

    Attributes:
        limit: At most so many; None reads all.
        since: Rows that say they were last changed before this day are passed over.
    """

    limit: int | None = None
    since: date | None = None


EVERYTHING: Final = Selection()


class Spreadsheet:
    """The rows of one file.

    Args:
        file: Its name, as people know it.
        name: Name of the import, which is the collection of all records.

    Attributes:
        read_count: How many rows of the last reading were looked at; ``passed_over``: how many the selection left out.
    """

    def __init__(
        self, file: str, name: str, reader: TableReader, sheet: Sheet, vocabulary: Vocabulary, world: World,
        selection: Selection = EVERYTHING,
    ) -> None:  # fmt: skip
        self._file = file
        self._collection = f"imports/{name}"
        self._reader = reader
        self._sheet = sheet
        self._world = world
        self._parser = RowParser(sheet, vocabulary, world)
        self._selection = selection
        self.read_count = 0
        self.passed_over = 0

    def read(self) -> Iterator[RawRecord | Reject]:
        """See the port; the records of a row carry its number, a document comes before its first use."""
        seen: set[str] = set()
        for found in self.rows():
            if isinstance(found, list):
                yield from found
                continue
            for record in (*found.documents, *found.records):
                if record["type"] != "SourceDocument" or record["id"] not in seen:
                    seen.add(str(record["id"]))
                    yield self.raw(found.number, record)

    def raw(self, number: int, record: dict[str, object]) -> RawRecord:
        """Return a record of a row as the pipeline takes it."""
        return RawRecord(self._collection, self._file, number, record)

    def rows(self) -> Iterator[RowRecords | list[Reject]]:
        """Yield what each row becomes: all its records, or all reasons why it becomes none."""
        self.read_count = self.passed_over = 0
        for row in self._reader.rows():
            if self._selection.limit is not None and self.read_count >= self._selection.limit:
                return
            if isinstance(row, BrokenRow):
                self.read_count += 1
                yield [Reject(self._file, row.number, "", "", row.reason, row.text, "", row.text, row.remedy)]
            elif (made := self._row(row)) is not None:
                self.read_count += 1
                yield made
            else:
                self.passed_over += 1

    def _row(self, row: TableRow) -> RowRecords | list[Reject] | None:
        found = self._parser.parse(row)
        updated = found.parts.get("row", {}).get("updated")
        since = self._selection.since
        if since is not None and isinstance(updated, date) and updated < since:
            return None
        content = {name: _plain(cell) for name, cell in row.cells.items() if name in self._sheet.by_name}
        faults = [*found.faults, *_beside(found.faults, together(self._sheet, found.parts))]
        if faults:
            return self.refused(row.number, faults, content)
        try:
            return make_records(self._sheet.kind, row.number, found.parts, content, self._world)
        except TwinError as err:
            return self.refused(row.number, [err.fault], content)

    def refused(
        self, number: int, faults: list[CellFault], content: Mapping[str, str | float], identifier: str = ""
    ) -> list[Reject]:
        """Return a reject for each fault of a row, in the order of the columns."""
        order = list(self._sheet.by_name)
        told = orjson.dumps(content).decode()
        return [
            Reject(
                self._file,
                number,
                identifier,
                self._sheet.by_name[fault.column].key if fault.column in self._sheet.by_name else "",
                fault.reason,
                told,
                fault.column,
                fault.value,
                fault.remedy,
            )
            for fault in sorted(
                faults, key=lambda f: order.index(f.column) if f.column in order else len(order)
            )
        ]


def _beside(faults: list[CellFault], more: Iterator[CellFault]) -> Iterator[CellFault]:
    """Yield faults of cells that have none yet."""
    taken = {fault.column for fault in faults}
    return (fault for fault in more if fault.column not in taken)


def _plain(cell: Cell) -> str | float:
    """Return the content of a cell as a file of refused rows writes it: a stored number stays one."""
    return float(cell.text) if cell.is_exact else cell.text
