"""Plain tables of our own form: one value a row, delimited text."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from bufgraph_ingest.connectors.indicators.names import Names
from bufgraph_ingest.connectors.indicators.table import Row, read_rows
from bufgraph_ingest.connectors.indicators.values import (
    UNCITED,
    CellError,
    Cited,
    Value,
    ValueSource,
    cited,
    number,
    year,
)
from bufgraph_ingest.port import Reject
from bufgraph_ingest.reconciliation import UnknownNameError


class TidyTable(ValueSource):
    """Columns ``city,indicator,year,value`` and, where wanted, ``country,unit,source_title,source_url``."""

    columns: ClassVar = {
        "ref_city": "city",
        "ref_year": "year",
        "unit_text": "unit",
        "source": "source_url",
    }

    def __init__(self, file: Path, name: str, source: Cited, names: Names) -> None:
        super().__init__(file, name, source)
        self._names = names

    def rows(self) -> Iterator[Row | Reject]:
        """See the base."""
        return read_rows(self.file, ("city", "indicator", "year", "value"))

    def value(self, row: Row) -> Value | None:
        """See the base."""
        found = number(row, "value")
        if found is None:
            return None
        for column in ("city", "indicator"):
            if not row.get(column):
                raise CellError(column, f"the {column} is empty; write its slug, IRI or name")
        try:
            city = self._names.city(row.get("city"), row.get("country"))
            indicator = self._names.indicator(row.get("indicator"))
        except UnknownNameError as err:
            raise CellError("indicator" if err.field == "indicator" else "city", err.reason) from err
        own = Cited(row.get("source_title"), row.get("source_url"))
        return Value(
            city=city,
            indicator=indicator,
            year=year(row, "year"),
            number=float(found),
            source=self.source if own == UNCITED else cited(own, "source_url"),
            unit=row.get("unit"),
        )
