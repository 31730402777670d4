"""Flat tables and their files: CSV, Parquet, and a description in CSV on the Web."""

import csv
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

import orjson

Kind = Literal["iri", "string", "integer", "number", "boolean"]
Value = str | int | float | bool | tuple[str, ...] | None
SEPARATOR: Final = "|"
_DATATYPES: Final[dict[Kind, str]] = {
    "iri": "anyURI",
    "string": "string",
    "integer": "integer",
    "number": "double",
    "boolean": "boolean",
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column.

    Attributes:
        many: Each cell is a list, in Parquet a list too, in CSV joined by :data:`SEPARATOR`.
        property: IRI of the property that the column holds, where it is one.
    """

    name: str
    kind: Kind
    description: str
    many: bool = False
    property: str | None = None


@dataclass(frozen=True, slots=True)
class Table:
    """A table; an unknown value is None or an empty list."""

    name: str
    description: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[Value, ...], ...]


def write_csv(table: Table, path: Path) -> None:
    """Write UTF-8 with a header; an empty cell is unknown, a ``|`` inside a list's value is written ``\\|``."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([column.name for column in table.columns])
        writer.writerows([_cell(value) for value in row] for row in table.rows)


def _cell(value: Value) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, tuple):
        return SEPARATOR.join(text.replace(SEPARATOR, f"\\{SEPARATOR}") for text in value)
    return str(value)


def write_parquet(table: Table, path: Path) -> None:
    """Write the table with typed columns; the same version of pyarrow writes the same bytes."""
    import pyarrow as pa  # noqa: PLC0415  # 170 MB that only this needs
    import pyarrow.parquet as pq  # noqa: PLC0415

    kinds = {
        "iri": pa.string(),
        "string": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "boolean": pa.bool_(),
    }
    schema = pa.schema(
        [
            pa.field(
                column.name,
                pa.list_(kinds[column.kind]) if column.many else kinds[column.kind],
                metadata={"description": column.description},
            )
            for column in table.columns
        ],
        metadata={"description": table.description},
    )
    arrays = [
        pa.array([row[n] for row in table.rows], type=field.type)  # a tuple is a list to pyarrow
        for n, field in enumerate(schema)
    ]
    pq.write_table(pa.Table.from_arrays(arrays, schema=schema), path, compression="zstd")


def describe(tables: Iterable[Table], about: Mapping[str, Any]) -> bytes:
    """Return the description of CSV files (https://www.w3.org/TR/tabular-metadata/).

    Args:
        about: Properties of the whole, such as ``dc:title``: JSON.
    """
    document = {
        "@context": ["http://www.w3.org/ns/csvw", {"@language": "en"}],
        **about,
        "dialect": {"encoding": "utf-8", "header": True, "lineTerminators": ["\n"]},
        "tables": [
            {
                "url": f"{table.name}.csv",
                "dc:description": table.description,
                "notes": [{"rows": len(table.rows)}],
                "tableSchema": {"columns": [_describe(column) for column in table.columns]},
            }
            for table in tables
        ],
    }
    return orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)


def _describe(column: Column) -> dict[str, Any]:  # Any: JSON
    return {
        "name": column.name,
        "titles": column.name,
        "dc:description": column.description,
        "datatype": _DATATYPES[column.kind],
        **({"separator": SEPARATOR} if column.many else {}),
        **({"propertyUrl": column.property} if column.property else {}),
    }
