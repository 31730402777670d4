"""Zip archives of other people: what is wanted is unpacked to a temporary folder, within limits."""

import tempfile
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Final

from bufgraph.errors import InvalidInputError, TooLargeError

MOST_BYTES: Final = 4 * 2**30
"""Unpacked in all: the names of all places of GeoNames have 0.8 GB, the projects of a framework programme 0.3 GB."""
MOST_RATIO: Final = 200
"""Unpacked to packed size of one file; texts pack 3 to 20 times."""
MOST_FILES: Final = 200_000
_BLOCK: Final = 2**20


@contextmanager
def files_of(path: Path, *, most_bytes: int = MOST_BYTES) -> Iterator[list[Path]]:
    """Give the files of an archive, sorted by name, or a plain file itself and its neighbours.

    Raises:
        InvalidInputError: The archive is damaged, has a password or unpacks to too much.
    """
    with path.open("rb") as stream:
        is_archive = stream.read(4) == b"PK\x03\x04" and path.suffix.lower() == ".zip"
    if not is_archive:
        yield [path, *sorted(p for p in path.parent.iterdir() if p.is_file() and p != path)]
        return
    with tempfile.TemporaryDirectory(prefix="bufgraph-") as folder:
        try:
            with zipfile.ZipFile(path) as archive:
                unpacked = sorted(_unpack(archive, Path(folder), most_bytes))
        except (zipfile.BadZipFile, zlib.error, EOFError, RuntimeError, NotImplementedError) as err:
            raise InvalidInputError(
                f"{path.name} is damaged or has a password: {err}", path=str(path)
            ) from err
        yield unpacked


def _unpack(archive: zipfile.ZipFile, folder: Path, most_bytes: int) -> Iterator[Path]:
    """Write files flat into a folder; their own folders, and with them any way out of it, are ignored."""
    entries = [entry for entry in archive.infolist() if not entry.is_dir()]
    if len(entries) > MOST_FILES:
        raise TooLargeError(f"the archive holds more than {MOST_FILES:,} files")
    left = most_bytes
    for entry in entries:
        limit = min(left, max(entry.compress_size, 1) * MOST_RATIO)
        target = folder / PurePosixPath(entry.filename.replace("\\", "/")).name
        written = 0
        with archive.open(entry) as source, target.open("wb") as sink:
            while block := source.read(_BLOCK):  # sizes in the directory of an archive may lie
                written += len(block)
                if written > limit:
                    raise TooLargeError(f"{entry.filename} in the archive unpacks to too much")
                sink.write(block)
        left -= written
        yield target
