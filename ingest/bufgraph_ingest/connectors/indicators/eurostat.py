"""City statistics of Eurostat (tables ``urb_*`` and ``met_*``) as SDMX-CSV."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar, Final

from bufgraph_ingest.connectors.indicators.mapping import CodeMapping
from bufgraph_ingest.connectors.indicators.table import Row, read_rows
from bufgraph_ingest.connectors.indicators.values import Cited, Value, ValueSource, number, year
from bufgraph_ingest.port import Reject

_FLAGS: Final = {"b": "break in time series", "e": "estimated", "p": "provisional"}
"""The flags of Eurostat whose meaning is told; others are kept as they are."""


class Eurostat(ValueSource):
    """Columns ``indic_ur``, ``cities`` or ``metroreg``, ``TIME_PERIOD``, ``OBS_VALUE``, ``OBS_FLAG``; others are ignored.

    A table with further dimensions, such as age, must be filtered to one value of each first: else it gives several
    values for one city and year, and those are refused. A flag is kept in the edition.
    """

    columns: ClassVar = {
        "ref_city": "cities",
        "indicator": "indic_ur",
        "ref_year": "TIME_PERIOD",
        "edition": "OBS_FLAG",
        "value": "OBS_VALUE",
    }

    def __init__(self, file: Path, name: str, source: Cited, mapping: CodeMapping) -> None:
        super().__init__(file, name, source)
        self._mapping = mapping

    def rows(self) -> Iterator[Row | Reject]:
        """See the base."""
        return read_rows(self.file, ("indic_ur", "cities or metroreg", "TIME_PERIOD", "OBS_VALUE"))

    def value(self, row: Row) -> Value | None:
        """See the base."""
        found = number(row, "OBS_VALUE")
        if found is None:
            return None
        city, measured = self._mapping.find(
            row, "cities" if "cities" in row.cells else "metroreg", "indic_ur"
        )
        when = year(row, "TIME_PERIOD")
        return Value(
            city=city,
            indicator=measured.indicator,
            year=when,
            number=float(found * measured.scale),
            source=self.source,
            edition=f"{when}, flag {told_flag(row.get('OBS_FLAG'))}" if row.get("OBS_FLAG") else "",
        )


def told_flag(flag: str) -> str:
    """Return a flag with its meaning, where that is told."""
    meanings = [_FLAGS[letter] for letter in flag if letter in _FLAGS]
    return f"{flag} ({', '.join(meanings)})" if meanings else flag
