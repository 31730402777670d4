"""Items of a file, one at a time: rows of tables, objects of JSON, elements of XML. What breaks off ends with a reject."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, Final
from xml.etree.ElementTree import Element, ParseError

import ijson  # type: ignore[import-untyped] # has no type information
import orjson
from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from bufgraph.errors import InvalidInputError, TooLargeError
from bufgraph_ingest.port import Reject
from bufgraph_ingest.tables.grid import BrokenRow, Limits
from bufgraph_ingest.tables.text_files import TextTable
from bufgraph_ingest.tables.workbooks import Workbook

MOST_BYTES: Final = 16 * 2**20
"""Of one item of JSON or XML; a larger one is no description of anything."""
_MOST_DEPTH: Final = 40
_BOM: Final = b"\xef\xbb\xbf"


@dataclass(frozen=True, slots=True)
class Item:
    """One thing that a source tells of.

    Attributes:
        line: Row of a table; else the number of the item, from 1.
    """

    line: int
    values: dict[str, Any]  # Any: JSON


def whole_file(file: str, reason: str, remedy: str, line: int = 1) -> Reject:
    """Return the reject for a file, or the rest of one, that cannot be read."""
    return Reject(file, line, "", "", reason, "", remedy=remedy)


def table_items(path: Path, encoding: str = "", sheet: str = "") -> Iterator[Item | Reject]:
    """Yield rows of a workbook or of delimited text, with a header in its first row.

    Args:
        sheet: A part of the name of the sheet, in a workbook with several; "" reads the first.

    Raises:
        InvalidInputError: The file is no table.
    """
    with path.open("rb") as stream:
        is_workbook = stream.read(2) == b"PK"
    grid = Workbook(path, Limits(), sheet) if is_workbook else TextTable(path, Limits(), encoding)
    header: list[str] = []
    has_rows = False
    for row in grid.rows():
        if isinstance(row, BrokenRow):
            yield Reject(path.name, row.number, "", "", row.reason, row.text, "", row.text, row.remedy)
        elif not header:
            header = _distinct([cell.text.lstrip("\ufeff") for cell in row.cells])
        elif any(cell.text for cell in row.cells):
            has_rows = True
            yield Item(row.number, _row(header, [cell.text for cell in row.cells]))
    if not has_rows:
        raise InvalidInputError(f"{path.name} has no rows below a header", path=str(path))


def _row(header: list[str], cells: list[str]) -> dict[str, Any]:  # Any: as in Item
    return {name: text for name, text in zip(header, cells, strict=False) if name}


def _distinct(names: list[str]) -> list[str]:
    """Number names that come again, so that no column hides another."""
    seen: dict[str, int] = {}
    made = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        made.append(name if seen[name] == 1 or not name else f"{name} ({seen[name]})")
    return made


class _Guarded:
    """A stream that refuses to give more than so many bytes between two items."""

    def __init__(self, stream: IO[bytes], name: str) -> None:
        self._stream = stream
        self._name = name
        self._begun = False
        self.since_item = 0

    def read(self, size: int = -1) -> bytes:
        block = self._stream.read(2**16 if size < 0 else size)
        if block and not self._begun:  # ijson asks for nothing first
            self._begun = True
            block = block.removeprefix(_BOM)
        self.since_item += len(block)
        if self.since_item > MOST_BYTES:
            raise TooLargeError(f"{self._name} holds an item of more than {MOST_BYTES // 2**20} MB")
        return block


def json_items(stream: IO[bytes], file: str, where: str) -> Iterator[Item | Reject]:
    """Yield the objects of a list in JSON.

    Args:
        where: Path of the list in an object, such as ``results.bindings``; a file that is a list needs none.
    """
    beginning = stream.read(64).removeprefix(_BOM).lstrip()
    stream.seek(0)
    prefix = "item" if beginning.startswith(b"[") or not where else f"{where}.item"
    guarded = _Guarded(stream, file)
    number = 0
    try:
        for number, value in enumerate(ijson.items(guarded, prefix, use_float=True), 1):
            guarded.since_item = 0
            if isinstance(value, dict):
                yield Item(number, value)
            else:
                told = orjson.dumps(value).decode()[:200]
                yield Reject(file, number, "", "", "the item is no object", told, remedy='write {"name": …}')
    except (ijson.JSONError, UnicodeDecodeError, TooLargeError, zlib.error, EOFError) as err:
        yield whole_file(
            file,
            f"the JSON cannot be read on from item {number + 1}: {err}",
            "get the file again",
            number + 1,
        )
    else:
        if not number:
            yield whole_file(file, f"there are no items at '{prefix}'", "check that this is the right source")


def xml_items(stream: IO[bytes], file: str, element: str, first: int = 1) -> Iterator[Item | Reject]:
    """Yield the outermost elements of a name as nested values; attributes begin with ``@``. Entities are refused."""
    number = first - 1
    guarded = _Guarded(stream, file)
    try:
        for node in _outermost(guarded, element):
            number += 1
            guarded.since_item = 0
            value = _nested(node)
            node.clear()
            yield Item(number, value if isinstance(value, dict) else {"#text": value})
    except (ParseError, DefusedXmlException, TooLargeError, ValueError, zlib.error, EOFError) as err:
        told = f"the XML cannot be read on from item {number + 1}: {err or type(err).__name__}"
        yield whole_file(file, told, "get the file again; no entities may be declared", number + 1)
    else:
        if number < first:
            told = f"there is no element <{element}>"
            yield whole_file(file, told, "check that this is the right source", first)


def _outermost(stream: _Guarded, element: str) -> Iterator[Element]:
    depth = inside = 0
    for event, node in iterparse(stream, events=("start", "end"), forbid_dtd=True):
        is_named = _local(node.tag) == element
        if event == "start":
            depth, inside = depth + 1, inside + is_named
        else:
            depth, inside = depth - 1, inside - is_named
            if is_named and not inside:
                yield node
        if depth > _MOST_DEPTH:
            raise TooLargeError(f"elements lie more than {_MOST_DEPTH} deep in each other")


def _local(tag: str) -> str:
    return tag.rsplit("}", 1)[-1]


def _nested(node: Element) -> Any:  # Any: as in Item
    made: dict[str, Any] = {f"@{_local(name)}": value for name, value in node.attrib.items()}
    for child in node:
        name, value = _local(child.tag), _nested(child)
        if name in made:
            made[name] = [*(made[name] if isinstance(made[name], list) else [made[name]]), value]
        else:
            made[name] = value
    text = (node.text or "").strip()
    if not made:
        return text
    return {**made, "#text": text} if text else made
