"""The export that a server offers: made once for a build, beside the server and never inside a request."""

import hashlib
import logging
import multiprocessing
import os
import shutil
import threading
from functools import cached_property
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Literal

from bufgraph.errors import ConflictError
from bufgraph.index.builds import read_manifest
from bufgraph.services.composition import Build
from bufgraph.services.exported import SUMS, Export, read_export
from bufgraph.settings import Settings

logger = logging.getLogger(__name__)

State = Literal["ready", "preparing", "failed", "left to the operator"]


def export_folder(build: Build) -> Path:
    """Return where the export of a build is kept; a build made again has another."""
    return build.settings.home / "exports" / _key(build.folder)


def prune_exports(build: Build) -> None:
    """Remove exports of builds that are gone or were made again."""
    kept = {_key(folder) for folder in build.folder.parent.iterdir() if (folder / "manifest.json").is_file()}
    for folder in export_folder(build).parent.iterdir():
        if (folder / SUMS).is_file() and folder.name not in kept:
            shutil.rmtree(folder, ignore_errors=True)


def _key(folder: Path) -> str:
    manifest = hashlib.sha256((folder / "manifest.json").read_bytes()).hexdigest()
    return f"{folder.name}-{manifest[:8]}"


class Publication:
    """The export of one build, as a server sees it."""

    def __init__(self, build: Build) -> None:
        self._build = build
        self._process: BaseProcess | None = None
        self._lock = threading.Lock()

    @cached_property
    def folder(self) -> Path:
        """Where the export lies or will lie."""
        return export_folder(self._build)

    @cached_property
    def _read(self) -> Export:
        return read_export(self.folder)

    def export(self) -> Export | None:
        """Return the export if it is there; it is read once."""
        return self._read if (self.folder / SUMS).is_file() else None

    def prepare(self) -> State:
        """Tell where the export stands, and start making it when nobody did.

        It is made by a process of low priority, once: after a failure the operator's log says why, and 'bufgraph export'
        tries again. A graph too large to be served from memory is left to the operator altogether.
        """
        if self.export() is not None:
            return "ready"
        if int(self._build.manifest["quads"]) > self._build.settings.memory_quads:
            return "left to the operator"
        with self._lock:
            if self._process is None:
                self._process = multiprocessing.get_context("spawn").Process(
                    target=_make, args=(self._build.settings, self._build.folder), daemon=True
                )
                self._process.start()
                logger.info("exporting the build to %s", self.folder)
        if self._process.exitcode is None:
            return "preparing"
        return "ready" if self.export() is not None else "failed"


def _make(settings: Settings, folder: Path) -> None:
    from bufgraph.services.exporting import export_build  # noqa: PLC0415  # only the process that exports needs it

    os.nice(10)
    build = Build(settings, folder, read_manifest(folder))
    try:
        export_build(build, export_folder(build))
        prune_exports(build)
    except ConflictError:
        logger.info("another process makes the export already")
