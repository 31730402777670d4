"""Refused things that were mended: the file that an import wrote of them, read back by any connector.

Each line is the record or the item as it came, with what was wrong with it under ``refused``, which is not read.
"""

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import orjson

from bufgraph_ingest.connectors.items import Item, whole_file
from bufgraph_ingest.connectors.json_lines import MARK, json_objects
from bufgraph_ingest.port import Reject
from bufgraph_ingest.tables.columns import REJECT_COLUMNS
from bufgraph_ingest.tables.writing import FORMULA

FORM: Final = ".jsonl"
_BEGINNING: Final = 2**22
"""Bytes within which the first of the refused things ends."""


def is_mended(path: Path) -> bool:
    """Tell whether a file has the ending of those that imports write of refused items."""
    return path.suffix.lower() == FORM


def mended_items(path: Path) -> Iterator[Item | Reject]:
    """Yield the items of such a file."""
    found = False
    with path.open("rb") as stream:
        for read in json_objects(stream, path.name):
            found = True
            yield read if isinstance(read, Reject) else Item(read[0], read[1])
    if not found:
        yield whole_file(path.name, "the file is empty", "nothing is left to mend")


def without_marks(item: Item) -> Item:
    """Return an item without the columns that a table of refused rows has in front."""
    if "reason" in item.values and "remedy" in item.values and "import" in item.values:
        kept = {n: _bare(value) for n, value in item.values.items() if n not in REJECT_COLUMNS}
        return Item(item.line, kept)
    return item


def _bare(value: Any) -> Any:  # Any: JSON
    """Take away the apostrophe that keeps spreadsheet programs from computing a cell."""
    return value[1:] if isinstance(value, str) and value[:1] == "'" and value[1:2] in FORMULA else value


def import_named_in(path: Path) -> str:
    """Return the import that a file of refused things belongs to; "" when it says none."""
    try:
        if path.suffix.lower() == ".csv":
            return _named_in_table(path)
        if not is_mended(path):
            return ""
        with path.open("rb") as stream:
            told = orjson.loads(stream.readline(_BEGINNING).removeprefix(b"\xef\xbb\xbf"))
    except (OSError, UnicodeDecodeError, csv.Error, orjson.JSONDecodeError):
        return ""
    mark = told.get(MARK) if isinstance(told, dict) else None
    return str(mark.get("import", "")) if isinstance(mark, dict) else ""


def _named_in_table(path: Path) -> str:
    with path.open(encoding="utf-8-sig", newline="") as stream:
        beginning = stream.read(_BEGINNING).splitlines(keepends=True)
    rows = csv.reader(beginning, delimiter=";")
    header, first = next(rows, []), next(rows, [])
    is_ours = header[: len(REJECT_COLUMNS)] == list(REJECT_COLUMNS) and len(first) >= len(REJECT_COLUMNS)
    return first[len(REJECT_COLUMNS) - 1] if is_ours else ""
