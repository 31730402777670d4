"""What all kinds of file have in common: a row becomes one value of one indicator in one city and year."""

import hashlib
import math
import re
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import ClassVar, Final

from bufgraph.namespaces import slug
from bufgraph_ingest.connectors.indicators.names import Indicator
from bufgraph_ingest.connectors.indicators.table import Row
from bufgraph_ingest.port import Json, RawRecord, Reject

MISSING: Final = frozenset({"", ":", "..", "NA"})
"""How the statistical offices write a value that is missing."""
# No-break, thin and narrow no-break space part thousands too; the minus sign of typography is no hyphen.
_SPELLINGS: Final = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2212": "-"})
_NUMBER: Final = re.compile(
    r"[+-]?(?=[.,]?\d)(?:\d{1,3}(?: \d{3})+|\d*)(?:[.,]\d+)?(?:[eE][+-]?\d+)?", re.ASCII
)
_THOUSANDS_OR_DECIMALS: Final = re.compile(r"[+-]?[1-9]\d{0,2},\d{3}", re.ASCII)
_YEAR: Final = re.compile(r"[12]\d{3}", re.ASCII)
_URL: Final = re.compile(r'https?://[^\s<>"{}|\\^`]+')


class CellError(Exception):
    """A cell cannot be read; ``column`` as the file names it."""

    def __init__(self, column: str, reason: str) -> None:
        super().__init__(reason)
        self.column = column
        self.reason = reason


class UnmappedError(Exception):
    """Codes of a row have no mapping; ``codes``: (column, code, what to do)."""

    def __init__(self, codes: Sequence[tuple[str, str, str]]) -> None:
        super().__init__(str(codes))
        self.codes = tuple(codes)


@dataclass(frozen=True, slots=True)
class Cited:
    """Where values are published; either may be empty."""

    title: str = ""
    url: str = ""


UNCITED: Final = Cited()


@dataclass(frozen=True, slots=True)
class Value:
    """One value; ``edition``: what the publisher says of it beside the year."""

    city: str
    indicator: Indicator
    year: str
    number: float
    source: Cited
    unit: str = ""
    edition: str = ""


class ValueSource(ABC):
    """Observations of one file, each with the document that it cites before its first use.

    Attributes:
        missing: How many rows of the last reading hold no value.

    Args:
        name: Name of the import; part of every identifier.
        source: Stands in where a row names no source of its own.
    """

    columns: ClassVar[Mapping[str, str]]
    """JSON key of an observation → what the file calls it."""

    def __init__(self, file: Path, name: str, source: Cited) -> None:
        self.file = file
        self.name = name
        self.source = source
        self.missing = 0

    @abstractmethod
    def rows(self) -> Iterator[Row | Reject]:
        """Yield what the file holds."""

    @abstractmethod
    def value(self, row: Row) -> Value | None:
        """Return the value of a row, None where it is missing.

        Raises:
            CellError: A cell cannot be read.
            UnmappedError: A code has no mapping.
        """

    def read(self) -> Iterator[RawRecord | Reject]:
        """See the port. A code without a mapping is refused once, after the last row, with the number of its rows."""
        self.missing = 0
        unmapped: dict[tuple[str, str], tuple[Reject, int]] = {}
        cited: set[Cited] = set()
        for row in self.rows():
            if isinstance(row, Reject):
                yield row
                continue
            try:
                value = self.value(row)
            except CellError as err:
                yield Reject(self.file.name, row.line, "", err.column, err.reason, row.text)
            except UnmappedError as err:
                for column, code, remedy in err.codes:
                    first = Reject(self.file.name, row.line, "", column, remedy, row.text)
                    reject, count = unmapped.get((column, code), (first, 0))
                    unmapped[column, code] = reject, count + 1
            else:
                if value is None:
                    self.missing += 1
                    continue
                yield from self._records(value, row.line, is_new=value.source not in cited)
                cited.add(value.source)
        for (column, code), (reject, count) in unmapped.items():
            yield replace(
                reject,
                reason=f"the code '{code}' in {column} has no mapping (rows: {count:,}); {reject.reason}",
            )

    def _records(self, value: Value, line: int, *, is_new: bool) -> Iterator[RawRecord]:
        document = self._document(value.source)
        if document is not None and is_new:
            yield self._raw(line, document)
        identifier = f"{slug(value.city)}-{slug(value.indicator.id)}-{value.year}-{self.name}"
        record: Json = {
            "id": f"bgd:observation/{identifier}",
            "type": "Observation",
            "ref_city": value.city,
            "model": f"bgd:model/import-{self.name}",
            "edition": value.edition or value.year,
            "metric": value.indicator.label,
            "indicator": value.indicator.id,
            "ref_year": value.year,
            "value": value.number,
            "verification": f"bgs:verification/{'verified' if value.source.url else 'unverified'}",
        }
        if value.unit:
            record["unit_text"] = value.unit
        if document is not None:
            record["source"] = [document["id"]]
        yield self._raw(line, record)

    def _document(self, source: Cited) -> Json | None:
        if source == UNCITED:
            return None
        digest = hashlib.sha256(f"{source.title}\n{source.url}".encode()).hexdigest()[:8]
        record = {
            "id": f"bgd:source/import-{self.name}-{digest}",
            "type": "SourceDocument",
            "title": source.title or source.url,
        }
        return {**record, "page": source.url} if source.url else record

    def _raw(self, line: int, record: Json) -> RawRecord:
        return RawRecord(f"imports/{self.name}", self.file.name, line, record)


def number(row: Row, column: str) -> Decimal | None:
    """Return the number in a cell, None where it is missing (:data:`MISSING`).

    Point and comma are decimal, spaces part thousands. Where a comma may part thousands instead, because three digits
    follow it and the file is not delimited by semicolons, the cell is refused: a guess could be wrong by a factor of 1000.

    Raises:
        CellError: It is no number, or one that can be read in two ways.
    """
    text = row.get(column).translate(_SPELLINGS).strip()
    if text in MISSING:
        return None
    if not row.has_decimal_comma and _THOUSANDS_OR_DECIMALS.fullmatch(text):
        whole, point = text.replace(",", ""), text.replace(",", ".")
        raise CellError(column, f"'{text}' can be read in two ways; write {whole} or {point}")
    plain = text.replace(" ", "").replace(",", ".")
    if not _NUMBER.fullmatch(text) or not math.isfinite(float(plain)):
        raise CellError(
            column,
            f"'{text}' is no number; write digits with a decimal point or comma and nothing else; "
            "a missing value is ':', '..', 'NA' or empty",
        )
    return Decimal(plain)


def year(row: Row, column: str) -> str:
    """Return the year in a cell.

    Raises:
        CellError: It is no year.
    """
    text = row.get(column)
    if not _YEAR.fullmatch(text):
        raise CellError(column, f"'{text}' is no year; write four digits, such as 2023")
    return text


def cited(source: Cited, column: str) -> Cited:
    """Return a source whose address can be followed.

    Raises:
        CellError: The address is none of the web.
    """
    if source.url and not _URL.fullmatch(source.url):
        raise CellError(
            column, f"'{source.url}' is no web address; write one that starts with http:// or https://"
        )
    return source
