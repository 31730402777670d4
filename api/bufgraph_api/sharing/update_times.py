"""When what is known of a practice last changed: the times at which its named graphs were loaded, as the graph's PROV-O says."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from bufgraph.graph.port import GraphStore

_LOADED: Final = "SELECT ?graph ?time WHERE { GRAPH ?about { ?graph prov:generatedAtTime ?time } }"
_HELD_IN: Final = """
SELECT DISTINCT ?practice ?graph WHERE {
  GRAPH ?graph {
    { ?practice a bg:GoodPractice }
    UNION { ?adoption bg:adoptionOf ?practice }
    UNION { ?condition bg:conditionOf ?practice }
    UNION { ?translation bg:translationOf ?practice }
  }
}"""
"""A graph that was loaded again without a change keeps its time, so a feed tells only what changed."""


class UpdateTimes:
    """Times of update of the practices of a graph.

    Args:
        made_at: When the build was made: the time of what the graph says nothing about.

    Attributes:
        latest: When anything in the graph was last loaded.
    """

    def __init__(self, graph: GraphStore, made_at: str) -> None:
        fallback = _time(made_at)
        loaded = {row["graph"].value: _time(row["time"].value) for row in graph.select(_LOADED)}
        self.latest = max(loaded.values(), default=fallback)
        self._fallback = fallback
        self._of_practice = self._newest(graph, loaded)

    def of(self, practice: str) -> datetime:
        """Return when what is known of a practice (IRI) last changed."""
        return self._of_practice.get(practice, self._fallback)

    @staticmethod
    def _newest(graph: GraphStore, loaded: Mapping[str, datetime]) -> Mapping[str, datetime]:
        newest: dict[str, datetime] = {}
        for row in graph.select(_HELD_IN):
            if (time := loaded.get(row["graph"].value)) is not None:
                practice = row["practice"].value
                newest[practice] = max(time, newest.get(practice, time))
        return newest


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text).astimezone(UTC)
