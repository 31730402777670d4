"""Increments: builds made from a full build in well under a second, with some named graphs exchanged.

An increment is always the full build plus all changes since, so increments never stack. Its graph is a hard-linked copy
with the changed graphs replaced; its index files are those of the full build, and whoever opens it exchanges the passages
of changed records (see :mod:`bufgraph.index.extending`). Most derived statements stay those of the full build until the next
(see :mod:`bufgraph.services.exchanging`).
"""

import gc
import hashlib
import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from bufgraph.errors import ConflictError, MisconfiguredError
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.index.builds import Manifest, base_of, peek_manifest, write_manifest
from bufgraph.services.exchanging import Exchanged, GraphContent, exchange
from bufgraph.services.home import builds
from bufgraph.settings import Settings

MOST_SUBJECTS: Final = 5_000
"""Things that an increment may change: some four hundred practices. Whoever serves it embeds their passages, half a minute
for so many; beyond it a full build is quicker to be found than an increment is to be opened."""
_FORMAT: Final = 1
_STALE: Final = ("counts", "passages", "embedded_now")
"""What the manifest of a full build says of itself and an increment does not know without opening it."""


@dataclass(frozen=True)
class Increment:
    """What became of the changes.

    Attributes:
        build: Identifier of the build that is current now; ``base``: of the full build.
        subjects: How many things differ from the full build.
        is_new: Whether a build was made; else one with these contents was there.
    """

    build: str
    base: str
    subjects: int
    is_new: bool


def full_build(settings: Settings) -> tuple[Path, Manifest]:
    """Return folder and manifest of the last full build: the current one or what it adds to.

    Raises:
        NotAvailableError: Nothing was built yet.
        MisconfiguredError: The full build that the current increment adds to is gone.
    """
    current = builds(settings).current()
    base = base_of(current)
    folder = current if base is None else current.parent / base
    if not folder.is_dir():
        raise MisconfiguredError(
            f"the full build {folder} that the current one adds to is gone; run 'bufgraph build'",
            path=str(folder),
        )
    return folder, peek_manifest(folder)


def make_increment(
    settings: Settings, changes: Mapping[str, GraphContent | None], progress: Callable[[str], None]
) -> Increment:
    """Make the build that the last full build gives with some named graphs exchanged, and switch to it.

    Args:
        changes: By IRI of the named graph, every one that differs from the full build's; None removes it. Without any the
            full build itself becomes current again.

    Raises:
        NotAvailableError: Nothing was built yet.
        ConflictError: Another process is building, or more than :data:`MOST_SUBJECTS` things changed.
        InvalidInputError: A content does not parse.
    """
    base, about = full_build(settings)
    if not changes:
        is_new = builds(settings).current_id() != base.name
        if is_new:
            builds(settings).use(base.name)
        return Increment(base.name, base.name, 0, is_new=is_new)
    graphs = _graphs(about, changes)
    identifier = _identifier(base.name, graphs)
    if builds(settings).current_id() == identifier:
        subjects = len(peek_manifest(builds(settings).current())["changed"])
        return Increment(identifier, base.name, subjects, is_new=False)
    progress("adding to the last full build")
    with builds(settings).new(identifier) as folder:
        made = _write_graph(base / "graph", folder / "graph", changes, settings.base_iri)
        _link(base / "index", folder / "index")
        kept = {name: value for name, value in about.items() if name not in (*_STALE, "files")}
        own = {
            "build": identifier,
            "base": base.name,
            "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
            "quads": int(about["quads"]) + made.growth,
            "graphs": graphs,
            "changed": sorted(made.things),
        }
        write_manifest(folder, {**kept, **own}, like=base)
    builds(settings).prune()
    return Increment(identifier, base.name, len(made.things), is_new=True)


def _graphs(about: Manifest, changes: Mapping[str, GraphContent | None]) -> dict[str, str]:
    """Return the checksum of each named graph after the changes."""
    kept = {iri: digest for iri, digest in about["graphs"].items() if iri not in changes}
    new = {iri: c.digest for iri, c in changes.items() if c is not None and c.digest is not None}
    return dict(sorted({**kept, **new}.items()))


def _identifier(base: str, graphs: Mapping[str, str]) -> str:
    lines = (f"{iri} {digest}" for iri, digest in graphs.items())
    return hashlib.sha256("\n".join((f"increment {_FORMAT} {base}", *lines)).encode()).hexdigest()[:16]


def _write_graph(
    base: Path, folder: Path, changes: Mapping[str, GraphContent | None], base_iri: str
) -> Exchanged:
    """Write the changed copy of a graph."""
    OxigraphStore.reader(base).backup(folder)
    store = OxigraphStore.writer(folder)
    made = exchange(store, changes, base_iri)
    if len(made.things) > MOST_SUBJECTS:
        raise ConflictError(
            f"{len(made.things):,} things changed since the last full build, more than the {MOST_SUBJECTS:,} that are "
            "published without one; run 'bufgraph build'",
            changed=len(made.things),
        )
    store.flush()
    del store
    gc.collect()  # the store gives up its lock only when it is collected
    return made


def _link(source: Path, target: Path) -> None:
    """Make a folder of hard links to the files of another."""
    for path in sorted(source.rglob("*")):
        copy = target / path.relative_to(source)
        if path.is_dir():
            copy.mkdir(parents=True, exist_ok=True)
        else:
            copy.parent.mkdir(parents=True, exist_ok=True)
            os.link(path, copy)
