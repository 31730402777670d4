"""Where the records of a run lie while it lasts, so that the next run goes on when it was killed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from bufgraph.index.builds import exclusive

_LOCK = "lock"


@contextmanager
def staging_folder(home: Path, name: str, *, fresh: bool = False) -> Iterator[Path]:
    """Give the folder of a piece of work; it is removed when the block ends well, and kept when it was stopped.

    What stopped runs of other work left behind is removed.

    Args:
        name: The same for the same work, as a checksum of its sources is.
        fresh: Begin anew.

    Raises:
        ConflictError: Another process has one.
    """
    parent = home / "staging"
    parent.mkdir(parents=True, exist_ok=True)
    busy = f"another process is loading data into {home / 'graph'}; wait for it to end"
    with exclusive(parent / _LOCK, busy):
        folder = parent / name
        for stale in parent.iterdir():
            if stale.is_dir() and (fresh or stale != folder):
                shutil.rmtree(stale)
        yield folder
        shutil.rmtree(folder, ignore_errors=True)
