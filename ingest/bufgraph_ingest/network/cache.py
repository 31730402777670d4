"""Bodies that were fetched, kept as files, with what is needed to ask whether they changed (RFC 9111, 4.3).

A body bears the hash of its content in its name and is written before the entry that names it, so that a killed run leaves
an old entry with its own body or a new one with its own, and scratch files that the next run removes.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO, Final

import orjson

_SCRATCH: Final = ".part"
_ABANDONED_AFTER_S: Final = 86_400


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known of a body.

    Attributes:
        url: What was asked for; ``final_url``: where redirects led.
        checked_at: When the server last said that this is its body; seconds since 1970.
        max_age_s: How long it need not be asked again from then on.
        sha256: Of the body, decompressed.
    """

    url: str
    final_url: str
    media_type: str
    etag: str
    last_modified: str
    checked_at: float
    max_age_s: float
    sha256: str
    size: int

    def is_fresh(self, now: float) -> bool:
        """Tell whether it can be used without asking the server."""
        return 0 <= now - self.checked_at < self.max_age_s

    @property
    def conditions(self) -> dict[str, str]:
        """Headers that ask for the body only where it changed."""
        headers = {"If-None-Match": self.etag, "If-Modified-Since": self.last_modified}
        return {name: text for name, text in headers.items() if text}


class Scratch:
    """A body on its way; ``sha256`` and ``size`` are those of what was written so far."""

    def __init__(self, file: BinaryIO) -> None:
        self._file = file
        self._hash = hashlib.sha256()
        self.size = 0

    def write(self, piece: bytes) -> None:
        """Append a piece."""
        self._file.write(piece)
        self._hash.update(piece)
        self.size += len(piece)

    def flush(self) -> None:
        """Bring everything to the disk."""
        self._file.flush()
        os.fsync(self._file.fileno())

    @property
    def sha256(self) -> str:
        """Hash of what was written."""
        return self._hash.hexdigest()


class FileCache:
    """A folder of bodies and their entries; several processes may use it at once."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._sweep()

    def find(self, url: str) -> Entry | None:
        """Return what is known of an address; None where nothing is, or its files are damaged."""
        try:
            entry = Entry(**orjson.loads(self._entry_path(url).read_bytes()))
        except (OSError, orjson.JSONDecodeError, TypeError):
            return None
        try:
            is_whole = self.path(entry).stat().st_size == entry.size
        except OSError:
            return None
        return entry if is_whole and entry.url == url else None

    def path(self, entry: Entry) -> Path:
        """Return the file of a body."""
        return self._entry_path(entry.url).with_suffix(f".{entry.sha256[:16]}")

    @contextmanager
    def scratch(self) -> Iterator[tuple[Scratch, Path]]:
        """Give a file to write a body to; it is gone afterwards unless :meth:`keep` took it."""
        number, name = tempfile.mkstemp(suffix=_SCRATCH, dir=self._folder)
        path = Path(name)
        try:
            with os.fdopen(number, "wb") as file:
                yield Scratch(file), path
        finally:
            path.unlink(missing_ok=True)

    def keep(self, entry: Entry, scratch: Path | None = None) -> None:
        """Keep an entry, and its body, written and flushed, where it is new."""
        old = self.find(entry.url)
        self._entry_path(entry.url).parent.mkdir(exist_ok=True)
        if scratch is not None:
            scratch.replace(self.path(entry))
        with self.scratch() as (fresh, path):
            fresh.write(orjson.dumps(asdict(entry)))
            fresh.flush()
            path.replace(self._entry_path(entry.url))
        if old is not None and old.sha256 != entry.sha256:
            self.path(old).unlink(missing_ok=True)

    def _entry_path(self, url: str) -> Path:
        name = hashlib.sha256(url.encode()).hexdigest()
        return self._folder / name[:2] / f"{name}.json"

    def _sweep(self) -> None:
        for path in self._folder.glob(f"*{_SCRATCH}"):
            with suppress(OSError):
                if time.time() - path.stat().st_mtime > _ABANDONED_AFTER_S:
                    path.unlink()
