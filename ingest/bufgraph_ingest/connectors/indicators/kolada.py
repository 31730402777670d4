"""Key figures of Swedish municipalities as the API of Kolada sends them (versions 2 and 3)."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, ClassVar

import orjson

from bufgraph_ingest.connectors.indicators.mapping import CodeMapping
from bufgraph_ingest.connectors.indicators.table import Row
from bufgraph_ingest.connectors.indicators.values import Cited, Value, ValueSource, number, year
from bufgraph_ingest.port import Reject

_TOTAL = "T"
_NEXT_PAGE = ("next_page", "next_url")


class Kolada(ValueSource):
    """JSON ``{"values": [{"kpi", "municipality", "period", "values": [{"gender", "value"}]}]}``, or ``results`` for ``values``.

    Of the genders only the total is taken. The line of a refusal is the number of the entry.
    Form of the answers: https://github.com/Hypergene/kolada (README.rst, "Query data").
    """

    columns: ClassVar = {"ref_city": "municipality", "indicator": "kpi", "ref_year": "period"}

    def __init__(self, file: Path, name: str, source: Cited, mapping: CodeMapping) -> None:
        super().__init__(file, name, source)
        self._mapping = mapping

    def rows(self) -> Iterator[Row | Reject]:
        """See the base."""
        try:
            answer = orjson.loads(self.file.read_bytes().removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError as err:
            yield Reject(self.file.name, 1, "", "", f"the file is not valid JSON: {err}", "")
            return
        entries = answer.get("values", answer.get("results")) if isinstance(answer, dict) else None
        if not isinstance(entries, list):
            reason = "the file has no list 'values' or 'results'; save the answer of the API as it comes"
            yield Reject(self.file.name, 1, "", "values", reason, "")
            return
        for line, entry in enumerate(entries, 1):
            yield self._row(line, entry)
        for key in _NEXT_PAGE:
            if answer.get(key):
                reason = "the file is one page of several; fetch this address too and import it under a name of its own"
                yield Reject(self.file.name, len(entries), "", key, reason, str(answer[key]))

    def value(self, row: Row) -> Value | None:
        """See the base."""
        found = number(row, "value")
        if found is None:
            return None
        city, measured = self._mapping.find(row, "municipality", "kpi")
        return Value(
            city=city,
            indicator=measured.indicator,
            year=year(row, "period"),
            number=float(found * measured.scale),
            source=self.source,
        )

    def _row(self, line: int, entry: Any) -> Row | Reject:  # Any: JSON
        text = orjson.dumps(entry).decode()
        parts = entry.get("values") if isinstance(entry, dict) else None
        if not isinstance(parts, list) or not all(isinstance(part, dict) for part in parts):
            reason = "the entry has no list 'values' of objects; save the answer of the API as it comes"
            return Reject(self.file.name, line, "", "values", reason, text)
        totals = [part.get("value") for part in parts if part.get("gender") == _TOTAL]
        if len(totals) > 1:
            reason = f"the entry has {len(totals)} totals (gender {_TOTAL}); keep one"
            return Reject(self.file.name, line, "", "gender", reason, text)
        cells = {key: str(entry.get(key) or "") for key in ("kpi", "municipality", "period")}
        return Row(line, {**cells, "value": "" if totals in ([], [None]) else str(totals[0])}, text)
