"""Libraries of good practices (Interreg Europe, URBACT, Climate-ADAPT): their pages as rows of a table or objects of JSON."""

from collections.abc import Iterator
from pathlib import Path

from bufgraph_ingest.connectors.items import Item, json_items, table_items
from bufgraph_ingest.port import Reject


def library_items(path: Path, encoding: str, where: str) -> Iterator[Item | Reject]:
    """Yield pages, field → text; JSON is a list or has one at ``where``."""
    if path.suffix.lower() != ".json":
        yield from table_items(path, encoding)
        return
    with path.open("rb") as stream:
        yield from json_items(stream, path.name, where)
