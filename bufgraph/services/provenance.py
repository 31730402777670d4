"""How a record that was read from a text came in: which rules proposed it, and who confirmed it when (W3C PROV-O)."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from bufgraph.graph.port import GraphStore

_CONFIRMED: Final = """
SELECT ?record ?method ?by ?at WHERE {
  ?record prov:wasGeneratedBy ?confirming ; prov:generatedAtTime ?at .
  ?confirming prov:wasInformedBy/foaf:name ?method ; prov:wasAssociatedWith/foaf:name ?by .
} ORDER BY ?at ?by LIMIT 1
"""


@dataclass(frozen=True, slots=True)
class Confirmation:
    """That an organisation confirmed what rules read from a text.

    Attributes:
        method: Name and version of the rules.
        by: The organisation; no natural person is ever recorded.
        on: Day, in Coordinated Universal Time.
    """

    method: str
    by: str
    on: date


def confirmation(graph: GraphStore, record: str) -> Confirmation | None:
    """Return who confirmed a record that was extracted from a text; None for one that came in another way.

    Args:
        record: Its IRI.
    """
    found = graph.select(_CONFIRMED, {"record": record})
    if not found:
        return None
    row = found[0]
    return Confirmation(row["method"].value, row["by"].value, date.fromisoformat(row["at"].value[:10]))
