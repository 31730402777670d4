"""From one open build to the next: what both share is taken over instead of being read again."""

from functools import cached_property
from typing import Any

from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.search.understanding import Reader
from bufgraph.services.composition import Build, open_folder
from bufgraph.services.home import builds, codec
from bufgraph.settings import Settings


def open_next(settings: Settings, previous: Build) -> Build:
    """Open the current build, ready to search; quickly when it shares its full build with one that is open.

    The answers are those that the same build gives when it is opened alone.

    Args:
        previous: Stays as it is; questions that it still answers are not disturbed.

    Raises:
        NotAvailableError: There is no build any more.
        MisconfiguredError: The build is damaged.
    """
    build = open_folder(settings, builds(settings).current(), like=previous.folder)
    if build.base == previous.base:
        _take_over(build, previous)
    build.reader.read("warm up")
    _ = build.hybrid, build.traits.traits, build.likeness
    return build


def _take_over(build: Build, previous: Build) -> None:
    """Give a build what the previous one of the same full build has, and make of the rest only what changed."""
    _put(build, "encoder", previous.encoder)
    _put(build, "base_index", previous.base_index)
    # Copying a graph to memory takes a second. From the disk a page takes some milliseconds more.
    _put(build, "graph", OxigraphStore.reader(build.graph_folder))
    changed = build.changed | previous.changed
    catalogue = codec(build.settings).reread(previous.catalogue, build.graph, changed)
    _put(build, "catalogue", catalogue)
    if catalogue.concepts is previous.catalogue.concepts:
        multilingual = bool(build.manifest["multilingual"])
        _put(
            build,
            "reader",
            Reader(catalogue, build.index, build.encoder, multilingual=multilingual, like=previous.reader),
        )


def _put(build: Build, name: str, value: Any) -> None:  # Any: each property has its own type
    """Set a property that the build would otherwise make when it is first asked for."""
    assert isinstance(getattr(Build, name), cached_property)
    vars(build)[name] = value
