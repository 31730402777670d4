"""Files that survive a killed process and a loss of power.

A rename happens whole or not at all, but POSIX promises neither that the content of the renamed file is on the disk
before it nor that the rename itself is, until file and folder were synced. Every pointer and every file that others
count on is therefore written by these functions.
"""

import ctypes
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path


def sync_folder(folder: Path) -> None:
    """Bring the entries of a folder to the disk: files made, renamed or removed in it stay so after a loss of power."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path) -> None:
    """Bring all files and folders below a folder, and the folder itself, to the disk."""
    for path in folder.rglob("*"):
        if path.is_file():
            with path.open("rb") as file:
                os.fsync(file.fileno())
        elif path.is_dir():
            sync_folder(path)
    sync_folder(folder)


def replace_file(path: Path, content: bytes | Iterable[bytes]) -> Path:
    """Write a file whole or not at all, on the disk when this returns; return its path.

    The content may come in parts. The folder must be there. A run killed meanwhile leaves ``NAME.new``, which the next one overwrites.
    """
    fresh = path.with_name(f"{path.name}.new")
    try:
        with named(fresh), fresh.open("wb") as file:
            file.writelines([content] if isinstance(content, bytes) else content)
            file.flush()
            os.fsync(file.fileno())
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)
    return path


def replace_folder(fresh: Path, target: Path) -> None:
    """Give a finished folder its name, on the disk when this returns; a folder that has the name is gone afterwards.

    On Linux both change places in one step, so that a whole one bears the name at any instant; where that is not to be had
    (another system, some file systems) a process killed between two renames leaves none.
    """
    sync_tree(fresh)
    if target.exists() and not _exchange(fresh, target):
        old = target.with_name(f".{target.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        target.rename(old)
        fresh.rename(target)
        fresh = old
    elif not target.exists():
        fresh.rename(target)
    sync_folder(target.parent)
    shutil.rmtree(fresh, ignore_errors=True)


def _exchange(one: Path, other: Path) -> bool:
    """Let two paths change places (renameat2(2)); tell whether the system could."""
    swap = getattr(ctypes.CDLL(None, use_errno=True), "renameat2", None)
    if swap is None:
        return False
    here, exchange = -100, 2  # AT_FDCWD of fcntl.h, RENAME_EXCHANGE of linux/fs.h
    return bool(swap(here, os.fsencode(one), here, os.fsencode(other), exchange) == 0)


@contextmanager
def named(path: Path) -> Iterator[None]:
    """Let an error of the operating system say which file it met; a failing ``write`` does not say so itself."""
    try:
        yield
    except OSError as err:
        if err.filename is None:
            err.filename = str(path)
        raise
