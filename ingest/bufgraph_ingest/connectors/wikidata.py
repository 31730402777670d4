"""Answers of the query service of Wikidata (SPARQL 1.1 Query Results JSON): cities with what identifies them.

The query that the mapping expects is in ``mappings/wikidata.rq``.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from bufgraph_ingest.connectors.items import Item, json_items
from bufgraph_ingest.port import Reject

_ROWS: Final = "results.bindings"


def wikidata_items(path: Path) -> Iterator[Item | Reject]:
    """Yield the rows of an answer, variable → value; a label that is only the identifier is left out."""
    with path.open("rb") as stream:
        for item in json_items(stream, path.name, _ROWS):
            yield item if isinstance(item, Reject) else Item(item.line, _plain(item.values))


def _plain(row: dict[str, Any]) -> dict[str, Any]:  # Any: JSON
    values = {name: term.get("value") for name, term in row.items() if isinstance(term, dict)}
    identifier = str(values.get("city", "")).rsplit("/", 1)[-1]
    return {name: value for name, value in values.items() if name == "city" or value != identifier}
