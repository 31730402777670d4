"""City statistics as JSON-stat 2.0, as the statistics API of Eurostat sends them (https://json-stat.org/full/)."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from math import prod
from pathlib import Path
from typing import Any, ClassVar, Final, TypeGuard, TypeVar

import orjson

from bufgraph_ingest.connectors.indicators.eurostat import told_flag
from bufgraph_ingest.connectors.indicators.mapping import CodeMapping
from bufgraph_ingest.connectors.indicators.table import Row
from bufgraph_ingest.connectors.indicators.values import Cited, Value, ValueSource, number, year
from bufgraph_ingest.port import Reject

T = TypeVar("T")
_CITY: Final = ("cities", "metroreg", "geo")
_INDICATOR: Final = ("indic_ur", "indic")
_TIME: Final = ("time", "time_period")
_MISSING_FLAG: Final = ":"
_POSITION: Final = re.compile(r"\d{1,15}", re.ASCII)


@dataclass(frozen=True, slots=True)
class _Cube:
    """A dataset that was checked: dimensions in the order of its numbers, and cells by position.

    Attributes:
        codes: Codes of each dimension, in the order of their positions.
        values: Numbers by position, where there is one; ``flags``: likewise.
    """

    codes: dict[str, list[str]]
    values: Mapping[int, object]
    flags: Mapping[int, str]

    def find(self, names: Sequence[str]) -> str:
        """Return the first of these dimensions that the cube has; "" where it has none."""
        return next((name for name in names if name in self.codes), "")

    def codes_at(self, position: int) -> Iterator[tuple[str, str]]:
        """Yield dimension and code of a cell; the last dimension moves fastest."""
        for name, codes in reversed(self.codes.items()):
            position, at = divmod(position, len(codes))
            yield name, codes[at]


class _CubeError(Exception):
    """The file is no such dataset; ``field`` is the key at fault."""

    def __init__(self, field: str, reason: str) -> None:
        super().__init__(reason)
        self.field = field
        self.reason = reason


class JsonStat(ValueSource):
    """A dataset with the dimensions city (``cities``, ``metroreg`` or ``geo``), ``indic_ur`` and ``time``.

    Every other dimension must be filtered to one code, else the values could not be told apart. A flag is kept in the
    edition. The line of a refusal is the number of the cell, counted from 1 in the order of the format.
    """

    columns: ClassVar = {"ref_city": "cities", "indicator": "indic_ur", "ref_year": "time", "edition": "status", "value": "value"}  # fmt: skip

    def __init__(self, file: Path, name: str, source: Cited, mapping: CodeMapping) -> None:
        super().__init__(file, name, source)
        self._mapping = mapping

    def rows(self) -> Iterator[Row | Reject]:
        """See the base; cells that hold neither a value nor a flag are passed over."""
        try:
            cube = _read_cube(self.file.read_bytes())
            names = _named(cube)
        except _CubeError as err:
            yield Reject(self.file.name, 1, "", err.field, err.reason, "")
            return
        for position in sorted(cube.values.keys() | cube.flags.keys()):
            value, flag = cube.values.get(position), cube.flags.get(position, "")
            cells = {name: code for name, code in cube.codes_at(position) if name in names}
            cells |= {"value": "" if value is None else str(value), "status": flag}
            yield Row(position + 1, cells, orjson.dumps(cells).decode())

    def value(self, row: Row) -> Value | None:
        """See the base."""
        found = None if row.get("status") == _MISSING_FLAG else number(row, "value")
        if found is None:
            return None
        city, indicator, time = (
            next(name for name in names if name in row.cells) for names in (_CITY, _INDICATOR, _TIME)
        )
        place, measured = self._mapping.find(row, city, indicator)
        when, flag = year(row, time), row.get("status")
        return Value(
            city=place,
            indicator=measured.indicator,
            year=when,
            number=float(found * measured.scale),
            source=self.source,
            edition=f"{when}, flag {told_flag(flag)}" if flag else "",
        )


def _named(cube: _Cube) -> set[str]:
    """Return the dimensions that name a value.

    Raises:
        _CubeError: One is missing, or another dimension has several codes.
    """
    named = {cube.find(names) for names in (_CITY, _INDICATOR, _TIME)}
    if "" in named:
        raise _CubeError(
            "id",
            f"the dataset has the dimensions {', '.join(cube.codes)}; it needs {' or '.join(_CITY)}, "
            f"{' or '.join(_INDICATOR)} and {' or '.join(_TIME)}",
        )
    for name, codes in cube.codes.items():
        if name not in named and len(codes) > 1:
            told = ", ".join(islice(codes, 5))
            raise _CubeError(
                name,
                f"the dimension '{name}' has {len(codes)} codes ({told} …); ask the office for one of them only",
            )
    return named


def _read_cube(content: bytes) -> _Cube:
    try:
        answer = orjson.loads(content.removeprefix(b"\xef\xbb\xbf"))
    except orjson.JSONDecodeError as err:
        raise _CubeError("", f"the file is not valid JSON: {err}") from err
    if not isinstance(answer, dict) or answer.get("class") != "dataset":
        raise _CubeError(
            "class",
            "the file is no JSON-stat dataset (class 'dataset', version 2.0); save the answer as it comes",
        )
    names, sizes, dimensions = answer.get("id"), answer.get("size"), answer.get("dimension")
    if not (
        _is_list(names, str)
        and _is_list(sizes, int)
        and len({n.lower() for n in names}) == len(sizes) == len(names)
    ):
        raise _CubeError(
            "size", "the lists 'id' and 'size' must name each dimension once, with its number of codes"
        )
    if not isinstance(dimensions, dict):
        raise _CubeError("dimension", "the dataset has no object 'dimension'")
    codes = {name: _codes(name, dimensions.get(name), size) for name, size in zip(names, sizes, strict=True)}
    cells = prod(sizes)
    values = _by_position("value", answer.get("value"), cells)
    flags = {at: str(flag) for at, flag in _flags(answer.get("status"), cells, values).items() if flag}
    return _Cube({name.lower(): found for name, found in codes.items()}, values, flags)


def _is_list(found: Any, kind: type[T]) -> TypeGuard[list[T]]:  # Any: JSON
    return isinstance(found, list) and all(isinstance(part, kind) for part in found)


def _codes(name: str, dimension: Any, size: int) -> list[str]:  # Any: JSON
    """Return the codes of a dimension by position: from its index, or its only label where it needs no index."""
    category = dimension.get("category") if isinstance(dimension, dict) else None
    category = category if isinstance(category, dict) else {}
    index = category.get("index", category.get("label"))
    if isinstance(index, dict) and "index" in category:
        positions = {at: code for code, at in index.items() if isinstance(at, int)}
        codes = (
            [positions[at] for at in range(size) if at in positions] if len(positions) == len(index) else []
        )
    else:
        codes = list(index) if isinstance(index, (list, dict)) else []
    if len(codes) != size or not _is_list(codes, str):
        raise _CubeError(
            f"dimension.{name}", f"the dimension '{name}' does not name {size} codes, as 'size' says it has"
        )
    return codes


def _by_position(key: str, found: Any, cells: int) -> dict[int, object]:  # Any: JSON
    """Return what a dense list or a sparse object holds, by position."""
    if isinstance(found, list) and len(found) == cells:
        return {at: part for at, part in enumerate(found) if part is not None}
    if isinstance(found, dict) and all(_POSITION.fullmatch(at) and int(at) < cells for at in found):
        return {int(at): part for at, part in found.items() if part is not None}
    raise _CubeError(
        key,
        f"'{key}' must be a list of {cells:,} or an object with positions below that; save the answer as it comes",
    )


def _flags(found: Any, cells: int, values: Mapping[int, object]) -> Mapping[int, object]:  # Any: JSON
    """Return the flags by position; one flag alone is that of every value."""
    if found is None:
        return {}
    if isinstance(found, str):
        return dict.fromkeys(values, found)
    if isinstance(found, list) and len(found) == 1 and _is_list(found, str):
        return dict.fromkeys(values, found[0])
    return _by_position("status", found, cells)
