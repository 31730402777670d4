"""Disks that are full: a small one of its own where the system lets us mount one, filled but for some room."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_SIZE_MB: Final = 192


def can_mount(folder: Path) -> bool:
    """Tell whether this process may mount a disk."""
    folder.mkdir()
    if os.geteuid() != 0 or not _mount(folder):
        return False
    _unmount(folder)
    return True


@contextmanager
def small_disk(folder: Path, *, wanted: bool = True) -> Iterator[Path]:
    """Give a new folder, a disk in memory of its own if that is wanted; both are gone afterwards."""
    folder.mkdir()
    if wanted and not _mount(folder):
        raise RuntimeError(f"cannot mount a disk at {folder}")
    try:
        yield folder
    finally:
        if wanted:
            _unmount(folder)
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def filled(disk: Path, room_kb: int) -> Iterator[None]:
    """Leave only so much room on a disk for a while."""
    filler = disk / "filler"
    with filler.open("wb") as file:
        os.posix_fallocate(file.fileno(), 0, max(1, shutil.disk_usage(disk).free - room_kb * 1024))
    try:
        yield
    finally:
        filler.unlink()


def _mount(folder: Path) -> bool:
    command = ["mount", "-t", "tmpfs", "-o", f"size={_SIZE_MB}m", "bufgraph-test", str(folder)]
    try:
        return subprocess.run(command, check=False, capture_output=True).returncode == 0
    except FileNotFoundError:
        return False


def _unmount(folder: Path) -> None:
    subprocess.run(["umount", "--lazy", str(folder)], check=True, capture_output=True)
