"""What a source gives to the pipeline."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class RawRecord:
    """A record as it was read.

    Attributes:
        collection: What it belongs to, e.g. ``practices/adoptions``; one named graph each.
        file: Where it was read; ``line``: counted from 1.
    """

    collection: str
    file: str
    line: int
    record: Json


@dataclass(frozen=True, slots=True)
class Reject:
    """A record that was refused, with everything needed to mend and send it again.

    Attributes:
        record_id: Its identifier, as far as known.
        field: The JSON key at fault.
        content: The text or record as it came.
        column: What a table calls the field; ``value``: the cell at fault. Both empty where there is no table.
        remedy: What to do about it, where the reason does not say it itself.
    """

    file: str
    line: int
    record_id: str
    field: str
    reason: str
    content: str
    column: str = ""
    value: str = ""
    remedy: str = ""


class Source(Protocol):
    """Somewhere records come from."""

    def read(self) -> Iterator[RawRecord | Reject]:
        """Yield records lazily, in a stable order; what cannot be read comes as a reject."""
        ...


@dataclass(frozen=True, slots=True)
class Given:
    """Records at hand, as a source."""

    records: Sequence[RawRecord | Reject]

    def read(self) -> Iterator[RawRecord | Reject]:
        """See :class:`Source`."""
        return iter(self.records)
