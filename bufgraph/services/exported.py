"""Exports that lie in folders: what they hold, and how one takes the place of another."""

import fcntl
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import orjson

from bufgraph.errors import ConflictError, InvalidInputError
from bufgraph.services.export_descriptions import ExportedFile, cite
from bufgraph.services.export_tables import DESCRIPTIONS

SUMS: Final = "SHA256SUMS"
COLUMNS: Final = "csv-metadata.json"
GRAPHS: Final = {
    "bufgraph.nq": "The graph with its named graphs, as canonical N-Quads: sorted lines, RDFC-1.0 labels.",
    "bufgraph.ttl": "The union of the named graphs, as Turtle.",
    "bufgraph.jsonld": "The graph with its named graphs, as expanded JSON-LD.",
}
_ABOUT: Final = {
    COLUMNS: "What the columns of the CSV tables mean (CSV on the Web).",
    "dcat.ttl": "The data set, its files with size and checksum, and the query service (DCAT-AP).",
    "void.ttl": "Classes, properties and links of the graph with counts (VoID).",
    "datacite.json": "Metadata for registering a DOI (DataCite).",
    "CITATION.cff": "How to cite (Citation File Format).",
    "LICENSE.txt": "Licence, and sources with terms of their own.",
    SUMS: "SHA-256 of every other file; 'sha256sum -c SHA256SUMS' checks them.",
}
_MEDIA_TYPES: Final = {
    ".nq": "application/n-quads",
    ".ttl": "text/turtle",
    ".jsonld": "application/ld+json",
    ".csv": "text/csv",
    ".parquet": "application/vnd.apache.parquet",
    ".json": "application/json",
    ".cff": "application/yaml",
}
Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class Export:
    """A finished export.

    Attributes:
        files: Graphs first, then tables, then what describes them.
        tables: Each CSV table with its columns, as in ``csv-metadata.json``.
    """

    folder: Path
    version: str
    year: int
    citation: str
    files: tuple[ExportedFile, ...]
    tables: tuple[Json, ...]

    def file(self, name: str) -> ExportedFile | None:
        """Return the file of this name."""
        return next((file for file in self.files if file.name == name), None)


def read_export(folder: Path) -> Export:
    """Return what an export holds; sizes and checksums are those of the files as they are."""
    facts = orjson.loads((folder / "datacite.json").read_bytes())
    version, year = facts["version"], int(facts["publicationYear"])
    columns = folder / COLUMNS
    tables = orjson.loads(columns.read_bytes())["tables"] if columns.is_file() else []
    dataset = facts["alternateIdentifiers"][0]["alternateIdentifier"]
    return Export(
        folder, version, year, cite(version, year, dataset), tuple(exported_files(folder)), tuple(tables)
    )


def exported_files(folder: Path) -> list[ExportedFile]:
    """Return the files of a finished or unfinished export, in the order in which people look for them."""
    order = [
        *GRAPHS,
        *(f"{table}.{kind}" for table in DESCRIPTIONS for kind in ("csv", "parquet")),
        *_ABOUT,
    ]
    return [_file(folder / name) for name in order if (folder / name).is_file()]


def _file(path: Path) -> ExportedFile:
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
    description = GRAPHS.get(path.name) or _ABOUT.get(path.name) or DESCRIPTIONS[path.stem]
    media_type = _MEDIA_TYPES.get(path.suffix, "text/plain")
    return ExportedFile(path.name, media_type, description, path.stat().st_size, digest)


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a scratch folder that takes the place of the target when the block ends well, and is removed when not.

    Raises:
        InvalidInputError: The target holds something that is no export.
        ConflictError: Another process writes to the same target.
    """
    target = target.absolute()
    if target.exists() and not _is_replaceable(target):
        raise InvalidInputError(
            f"{target} holds files that are no export; give an empty or a new folder", path=str(target)
        )
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.unfinished")
    scratch.mkdir(exist_ok=True)
    handle = os.open(scratch, os.O_RDONLY | os.O_DIRECTORY)
    try:
        _hold(handle, scratch, target)
        _empty(scratch)  # what a killed run left
        try:
            yield scratch
            _sync(scratch)
            _exchange(scratch, target)
        except BaseException:
            shutil.rmtree(scratch, ignore_errors=True)
            raise
    finally:
        os.close(handle)


def _is_replaceable(target: Path) -> bool:
    return target.is_dir() and ((target / SUMS).is_file() or not any(target.iterdir()))


def _hold(handle: int, scratch: Path, target: Path) -> None:
    """Lock the scratch folder; another process may hold it, or have renamed it since it was opened."""
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        if os.fstat(handle).st_ino != scratch.stat().st_ino:
            raise FileNotFoundError(scratch)
    except OSError as err:
        raise ConflictError(
            f"another process exports to {target}; wait for it to end", path=str(target)
        ) from err


def _empty(folder: Path) -> None:
    for path in folder.iterdir():
        path.unlink()


def _exchange(scratch: Path, target: Path) -> None:
    old = target.with_name(f".{target.name}.old")
    shutil.rmtree(old, ignore_errors=True)
    if target.exists():
        target.rename(old)
    try:
        scratch.rename(target)
    except OSError:
        if old.exists():
            old.rename(target)
        raise
    shutil.rmtree(old, ignore_errors=True)


def _sync(folder: Path) -> None:
    for path in folder.iterdir():
        with path.open("rb") as file:
            os.fsync(file.fileno())
