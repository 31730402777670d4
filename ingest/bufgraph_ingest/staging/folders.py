"""Where the records of a run lie while it lasts, so that the next run goes on when it was killed."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from bufgraph.errors import ConflictError
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
        # Under another name first, so that nobody goes on with what a kill left half removed.
        shutil.rmtree(folder.rename(folder.with_name(f"{name}.done")), ignore_errors=True)


def tidy_staging(home: Path) -> None:
    """Remove what stopped runs left behind, unless another process is at work there."""
    parent = home / "staging"
    left = [path for path in parent.iterdir() if path.is_dir()] if parent.is_dir() else []
    if left:
        with suppress(ConflictError), exclusive(parent / _LOCK, ""):
            for path in left:
                shutil.rmtree(path, ignore_errors=True)
