"""What is known when something is brought in: the datasets and all imports, with what was decided about them."""

from collections.abc import Iterator

from bufgraph.graph.codec import Codec
from bufgraph.resources import datasets_dir
from bufgraph.settings import Settings
from bufgraph_ingest.connectors.jsonl import JsonlFolder
from bufgraph_ingest.one_node import known_aliases
from bufgraph_ingest.port import RawRecord
from bufgraph_ingest.shipping import imports_dir
from bufgraph_ingest.tables.world import World


def known_world(settings: Settings, records: Codec) -> World:
    """Return all that is known; records that were decided to mean one thing count as one."""
    world = World(_known(settings), records)
    world.merge(known_aliases(settings, world.shelf))
    return world


def _known(settings: Settings) -> Iterator[RawRecord]:
    for raw in JsonlFolder(settings.datasets or datasets_dir()).read():
        if isinstance(raw, RawRecord):
            yield raw
    folder = imports_dir(settings)
    for raw in JsonlFolder(folder).read() if any(folder.rglob("*.jsonl")) else ():
        if isinstance(raw, RawRecord):
            yield RawRecord(f"imports/{raw.collection}", raw.file, raw.line, raw.record)
