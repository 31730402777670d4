"""A source by mapping: items of a file become records of ours; an item passes whole or not at all."""

import re
from collections.abc import Callable, Iterator
from datetime import date
from typing import Final

import orjson

from bufgraph.errors import InvalidInputError
from bufgraph_ingest.connectors.items import Item, whole_file
from bufgraph_ingest.connectors.mended import without_marks
from bufgraph_ingest.mappings.mapping import SourceMapping
from bufgraph_ingest.mappings.records import Fault, look_up, make_records
from bufgraph_ingest.port import RawRecord, Reject

_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
ItemReader = Callable[[], Iterator[Item | Reject]]


class MappedSource:
    """Records of the items that a reader gives.

    Args:
        file: Its name, as people know it.
        name: Name of the import, which is the collection of all records.
        since: Items that the source changed last before this day are passed over.

    Attributes:
        fields: Names of the fields that the first item of the last reading had.
        passed_over: How many items of the last reading were too old.

    Raises:
        InvalidInputError: ``since``, and the source does not say when it changed an item.
    """

    def __init__(
        self,
        file: str,
        name: str,
        mapping: SourceMapping,
        items: ItemReader,
        since: date | None = None,
    ) -> None:
        if since is not None and not mapping.changed:
            raise InvalidInputError(
                f"{mapping.title} does not say when an item was changed; leave out --since", field="since"
            )
        self._file = file
        self._collection = f"imports/{name}"
        self._mapping = mapping
        self._items = items
        self._since = since
        self.fields: list[str] = []
        self.passed_over = 0

    @property
    def mapping(self) -> SourceMapping:
        """The mapping that makes records of items."""
        return self._mapping

    def contents(self) -> Iterator[tuple[str, int, str]]:
        """Yield file, line and content of the items as they come, whatever becomes of them."""
        for item in self._items():
            if isinstance(item, Item):
                yield self._file, item.line, _json(without_marks(item))

    def read(self) -> Iterator[RawRecord | Reject]:
        """See the port; what several items share, such as an organisation, comes with the first of them."""
        keys: dict[str, int] = {}
        shared: set[str] = set()
        line = self.passed_over = 0
        try:
            for read in self._items():
                if isinstance(read, Reject):
                    yield read
                    continue
                item = without_marks(read)
                if not line and (lacking := self._lacking(item)):
                    yield lacking
                    return
                self.fields = self.fields if line else list(item.values)
                line = item.line
                if self._is_old(item):
                    self.passed_over += 1
                    continue
                yield from self._records(item, keys, shared)
        except (InvalidInputError, OSError) as err:
            yield whole_file(self._file, str(err), "check the file, or get it again", line + 1)

    def _is_old(self, item: Item) -> bool:
        """Tell whether an item says that it was changed before the day; one that says nothing is read."""
        told = _DAY.match(str(look_up(item.values, self._mapping.changed) or "")) if self._since else None
        return told is not None and self._since is not None and told[0] < self._since.isoformat()

    def _lacking(self, item: Item) -> Reject | None:
        lacking = [name for name in self._mapping.needs if name not in item.values]
        if not lacking:
            return None
        reason = f"the fields {', '.join(lacking)} of {self._mapping.title} are missing"
        has = ", ".join(list(item.values)[:30])
        return whole_file(self._file, f"{reason}; the file has {has}", "check that this is the right source")

    def _records(self, item: Item, keys: dict[str, int], shared: set[str]) -> Iterator[RawRecord | Reject]:
        key, records, faults = make_records(self._mapping, item.values)
        if key in keys:
            faults = [
                Fault("id", "", key, f"'{key}' came in item {keys[key]} already", "keep one of the two")
            ]
        if not records and not faults:
            faults = [Fault("", "", key, "the item makes no record", "see the mapping of the source")]
        if faults:
            yield from (self._reject(item, key, fault) for fault in faults)
            return
        keys[key] = item.line
        for record in records:
            if record["id"] not in shared:
                shared.add(str(record["id"]))
                yield RawRecord(self._collection, self._file, item.line, record)

    def _reject(self, item: Item, key: str, fault: Fault) -> Reject:
        content = _json(item)
        field = fault.path.rsplit(".", 1)[-1]
        return Reject(
            self._file, item.line, key, field, fault.reason, content, fault.column, fault.value, fault.remedy
        )


def _json(item: Item) -> str:
    return orjson.dumps(item.values, default=str).decode()
