"""A build that is made again under the name that it has, killed before each change: ``python -m tests.crashes.again FOLDER``.

Prints after how many changes it was killed, and what a reader could not open then.
"""

import shutil
import sys
from functools import partial
from pathlib import Path

from bufgraph.errors import BufgraphError
from bufgraph.index.builds import Builds, read_manifest, write_manifest

from .killing import Hook, each_change, kill_at, start, wait


def main(folder: Path) -> None:
    number, faults = 0, []
    while True:
        number += 1
        builds = folder / str(number)
        make(builds)
        hook = each_change(builds, kill_at(number))
        log = folder / "log"
        if wait(start(partial(make, builds, hook), log)) == 0:
            break
        try:
            read_manifest(Builds(builds).current())
        except (BufgraphError, OSError) as err:
            faults.append(f"{log.read_text().strip()}: {err}")
        make(builds)
        read_manifest(Builds(builds).current())
        left = sorted(
            path.name for path in builds.iterdir() if path.name.startswith(".") or path.suffix == ".new"
        )
        faults += [f"{log.read_text().strip()}: {left} is left"] if left else []
        shutil.rmtree(builds)
    sys.stdout.writelines(
        [f"killed {number - 1} times, {len(faults)} faults\n", *(f"{fault}\n" for fault in faults)]
    )


def make(folder: Path, hook: Hook | None = None) -> int:
    """Make a build of one file under a name that is always the same."""
    if hook is not None:
        hook()
    with Builds(folder).new("same") as scratch:
        (scratch / "index").mkdir()
        (scratch / "index" / "file").write_bytes(b"content")
        write_manifest(scratch, {"build": "same"})
    Builds(folder).prune()
    return 0


if __name__ == "__main__":
    main(Path(sys.argv[1]))
