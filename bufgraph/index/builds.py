"""Builds: finished folders named by their content, and one pointer that is switched at once.

A full build stands for itself. An increment names the full build that it adds to as its ``base`` and shares most files
with it by hard links, so it lives on when the base is removed.

A reader keeps the build it opened; an interrupted writer leaves only a scratch folder that the next one
removes.
"""

import fcntl
import hashlib
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

import orjson

from bufgraph.durability import replace_file, replace_folder
from bufgraph.errors import ConflictError, MisconfiguredError, NotAvailableError

Manifest = dict[str, Any]  # Any: JSON
_MANIFEST = "manifest.json"
_POINTER = "current"
_REMEDY = "run 'bufgraph build --force'"


@contextmanager
def exclusive(path: Path, busy: str) -> Iterator[None]:
    """Hold a lock file; the system gives it up when the process ends, however it ends.

    Raises:
        ConflictError: Another process holds it, in the words of ``busy``.
    """
    with path.open("w") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as err:
            raise ConflictError(busy, path=str(path)) from err
        yield


class Builds:
    """The folder ``builds/`` of an operator's home."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self) -> Path:
        """Return the folder of the current build.

        Raises:
            NotAvailableError: Nothing was built yet.
        """
        try:
            name = (self._folder / _POINTER).read_text(encoding="utf-8").strip()
        except FileNotFoundError as err:
            raise NotAvailableError(
                f"there is no build in {self._folder}; run 'bufgraph build' first", path=str(self._folder)
            ) from err
        return self._folder / name

    def current_id(self) -> str | None:
        """Return the identifier of the current build, or None."""
        try:
            return self.current().name
        except NotAvailableError:
            return None

    @contextmanager
    def new(self, build_id: str) -> Iterator[Path]:
        """Give a scratch folder; when the block ends well it becomes the current build, else it is removed.

        Raises:
            ConflictError: Another process is building.
        """
        with self._alone():
            scratch = self._folder / f".{build_id}"
            for stale in self._folder.glob(".*"):  # left behind by a killed run
                shutil.rmtree(stale)
            scratch.mkdir()
            try:
                yield scratch
                replace_folder(scratch, self._folder / build_id)
            except BaseException:
                shutil.rmtree(scratch, ignore_errors=True)
                raise
            self._point_to(build_id)

    @contextmanager
    def _alone(self) -> Iterator[None]:
        self._folder.mkdir(parents=True, exist_ok=True)
        busy = f"another process builds in {self._folder}; wait for it to end"
        with exclusive(self._folder / "lock", busy):
            yield

    def _point_to(self, build_id: str) -> None:
        replace_file(self._folder / _POINTER, f"{build_id}\n".encode())

    def use(self, build_id: str) -> None:
        """Make a finished build the current one.

        Raises:
            ConflictError: Another process is building.
        """
        with self._alone():
            self._point_to(build_id)

    def pointer(self) -> tuple[int, int, int] | None:
        """Return what changes whenever the current build does, None before the first: cheap enough to ask ten times a second."""
        try:
            found = (self._folder / _POINTER).stat()
        except FileNotFoundError:
            return None
        return found.st_ino, found.st_mtime_ns, found.st_size

    def prune(self, keep: int = 2) -> list[str]:
        """Remove all but the newest builds and return their names; the current, its base and any in use stay."""
        current = self.current_id()
        base = base_of(self._folder / current) if current else None
        folders = [p for p in self._folder.iterdir() if p.is_dir() and (p / _MANIFEST).is_file()]
        folders.sort(key=lambda p: (p.name == current, (p / _MANIFEST).stat().st_mtime), reverse=True)
        removed = []
        for folder in (folder for folder in folders[keep:] if folder.name != base):
            with suppress(BlockingIOError), (folder / _MANIFEST).open("rb") as manifest:
                fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
                doomed = folder.rename(
                    folder.with_name(f".{folder.name}")
                )  # what a kill leaves, the next run removes
                shutil.rmtree(doomed)
                removed.append(folder.name)
        return removed


def lease(folder: Path) -> BinaryIO:
    """Mark a build as in use for as long as the returned file is open, so that :meth:`Builds.prune` spares it."""
    manifest = (folder / _MANIFEST).open("rb")
    fcntl.flock(manifest, fcntl.LOCK_SH)
    return manifest


def base_of(folder: Path) -> str | None:
    """Return the identifier of the full build that an increment adds to; None for a full build, or one that is not readable."""
    try:
        base: str | None = peek_manifest(folder).get("base")
    except MisconfiguredError:
        return None
    return base


def write_manifest(folder: Path, about: Manifest, *, like: Path | None = None) -> None:
    """Write the manifest with size and SHA-256 of every file of a build.

    Args:
        like: Another build; of files that are hard links to its files it is believed what its manifest says.
    """
    known = _Known(like)
    files = {
        str(path.relative_to(folder)): known.entry(path, str(path.relative_to(folder)))
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.name not in {_MANIFEST, "LOCK"}
    }
    manifest = {**about, "files": files}
    (folder / _MANIFEST).write_bytes(orjson.dumps(manifest, option=orjson.OPT_INDENT_2))


def peek_manifest(folder: Path) -> Manifest:
    """Read the manifest and check no file.

    Raises:
        MisconfiguredError: There is no readable manifest.
    """
    try:
        manifest: Manifest = orjson.loads((folder / _MANIFEST).read_bytes())
        manifest["files"].items()
    except (OSError, ValueError, KeyError, AttributeError) as err:
        raise MisconfiguredError(
            f"the build {folder} has no readable manifest; {_REMEDY}", path=str(folder)
        ) from err
    return manifest


def read_manifest(folder: Path, *, like: Path | None = None) -> Manifest:
    """Read the manifest and check that every file is there with its size and checksum.

    Args:
        like: Another build that was checked before; files that are hard links to its files are not read again.

    Raises:
        MisconfiguredError: The build is incomplete or a file was changed; the file is named.
    """
    manifest, known = peek_manifest(folder), _Known(like)
    for name, expected in manifest["files"].items():
        path = folder / name
        if not path.is_file():
            raise MisconfiguredError(f"the build lacks its file {path}; {_REMEDY}", path=str(path))
        if path.stat().st_size != expected["bytes"] or known.entry(path, name) != expected:
            raise MisconfiguredError(
                f"the file {path} was changed or damaged since it was built; {_REMEDY}", path=str(path)
            )
    return manifest


class _Known:
    """Sizes and checksums of files, taken over from another build where they are the same file."""

    def __init__(self, like: Path | None) -> None:
        self._folder = like
        self._files: Manifest = peek_manifest(like)["files"] if like is not None else {}

    def entry(self, path: Path, name: str) -> Manifest:
        if self._folder is not None and name in self._files and _is_same(path, self._folder / name):
            known: Manifest = self._files[name]
            return known
        return {"bytes": path.stat().st_size, "sha256": _digest(path)}


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except FileNotFoundError:
        return False


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
