"""A source by mapping: items of a file become records of ours; an item passes whole or not at all."""

from collections.abc import Callable, Iterator
from typing import Final

import orjson

from bufgraph.errors import InvalidInputError
from bufgraph_ingest.connectors.items import Item, whole_file
from bufgraph_ingest.mappings.mapping import SourceMapping
from bufgraph_ingest.mappings.records import Fault, make_records
from bufgraph_ingest.port import RawRecord, Reject

_CONTENT: Final = 4_000
"""Characters of a refused item that are kept with it."""
ItemReader = Callable[[], Iterator[Item | Reject]]


class MappedSource:
    """Records of the items that a reader gives.

    Args:
        file: Its name, as people know it.
        name: Name of the import, which is the collection of all records.
    """

    def __init__(self, file: str, name: str, mapping: SourceMapping, items: ItemReader) -> None:
        self._file = file
        self._collection = f"imports/{name}"
        self._mapping = mapping
        self._items = items

    def read(self) -> Iterator[RawRecord | Reject]:
        """See the port; what several items share, such as an organisation, comes with the first of them."""
        keys: dict[str, int] = {}
        shared: set[str] = set()
        line = 0
        try:
            for item in self._items():
                if isinstance(item, Reject):
                    yield item
                    continue
                if not line and (lacking := self._lacking(item)):
                    yield lacking
                    return
                line = item.line
                yield from self._records(item, keys, shared)
        except (InvalidInputError, OSError) as err:
            yield whole_file(self._file, str(err), "check the file, or get it again", line + 1)

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
        content = orjson.dumps(item.values, default=str).decode()[:_CONTENT]
        field = fault.path.rsplit(".", 1)[-1]
        return Reject(
            self._file, item.line, key, field, fault.reason, content, fault.column, fault.value, fault.remedy
        )
