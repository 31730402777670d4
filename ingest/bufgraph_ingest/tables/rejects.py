"""Refused rows as a table that can be mended and fed back: the columns of the sheet beside what is wrong."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import groupby

import orjson

from bufgraph_ingest.port import Reject
from bufgraph_ingest.tables.columns import REJECT_COLUMNS, Sheet
from bufgraph_ingest.tables.writing import Row, to_csv, to_workbook


def rejects_table(rejects: Iterable[Reject], sheet: Sheet, name: str, form: str) -> bytes:
    """Return refused rows, each once with all that is wrong with it.

    Args:
        name: The import that the mended rows are added to.
        form: ``xlsx`` or ``csv``.
    """
    names = [*REJECT_COLUMNS, *(column.name for column in sheet.columns)]
    found = [list(group) for _, group in groupby(sorted(rejects, key=_row), key=_row)]
    rows: list[Row] = [names, *(_told(group, sheet, name) for group in found)]
    if form == "csv":
        return to_csv(rows)
    return to_workbook(sheet.kind, rows, [frozenset(), *(_positions(group, names) for group in found)])


def _row(reject: Reject) -> int:
    return reject.line


def _told(group: Sequence[Reject], sheet: Sheet, name: str) -> Row:
    cells = _cells(group[0].content)
    return [
        group[0].line,
        "; ".join(dict.fromkeys(reject.column for reject in group if reject.column)),
        "; ".join(dict.fromkeys(reject.value for reject in group if reject.value)),
        "; ".join(dict.fromkeys(reject.reason for reject in group)),
        "; ".join(dict.fromkeys(reject.remedy for reject in group if reject.remedy)),
        name,
        *(cells.get(column.name, "") for column in sheet.columns),
    ]


def _cells(content: str) -> dict[str, str | float]:
    """Return the cells of a refused row; none for one that could not be taken apart."""
    try:
        found = orjson.loads(content)
    except orjson.JSONDecodeError:
        return {}
    return found if isinstance(found, dict) else {}


def _positions(group: Sequence[Reject], names: Sequence[str]) -> frozenset[int]:
    return frozenset(_indexes(group, names))


def _indexes(group: Sequence[Reject], names: Sequence[str]) -> Iterator[int]:
    for reject in group:
        if reject.column in names[len(REJECT_COLUMNS) :]:
            yield names.index(reject.column, len(REJECT_COLUMNS))
