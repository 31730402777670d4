"""The files of the operator's imports: one writer at a time, and each file whole or not at all."""

from collections.abc import Iterable
from contextlib import AbstractContextManager
from pathlib import Path

import orjson

from bufgraph.durability import replace_file
from bufgraph.index.builds import exclusive
from bufgraph_ingest.port import Json


def import_lock(folder: Path) -> AbstractContextManager[None]:
    """Return what keeps other processes from writing imports meanwhile; the folder is made where it is missing.

    Raises:
        ConflictError: On entering, another process holds it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return exclusive(folder / "lock", f"another process imports into {folder}; wait for it to end")


def write_import(path: Path, rows: Iterable[Json]) -> None:
    """Replace a file by one JSON record a line; a crash leaves the old file or the new one. The lock must be held."""
    replace_file(path, (orjson.dumps(row) + b"\n" for row in rows))


def holds_indicators(path: Path, name: str) -> bool:
    """Tell whether an import holds values of indicators: it has the model that each such import makes."""
    mark = b'"' + indicator_model(name).encode() + b'"'
    if not path.is_file():
        return False
    with path.open("rb") as stream:
        return any(mark in line for line in stream)


def indicator_model(name: str) -> str:
    """Return the identifier of the model that the values of an import belong to."""
    return f"bgd:model/import-{name}"
