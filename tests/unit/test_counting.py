"""Rows counted in a stream, whatever the pieces."""

import pyoxigraph as ox
import pytest

from bufgraph.graph.counting import row_counter

FORMATS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}


@pytest.mark.parametrize("media_type", FORMATS)
@pytest.mark.parametrize("size", [1, 7, 10_000])
def test_rows_are_counted_over_the_ends_of_pieces_and_not_inside_texts(media_type: str, size: int) -> None:
    values = r"""('a\nb') ('say "\n" ,') ('<result>') ('x}},{"y') (<urn:x>) ('') (7)"""
    answer = ox.Store().query(f"SELECT ?x (1 AS ?one) {{ VALUES (?x) {{ {values} }} }}")
    content = answer.serialize(format=FORMATS[media_type])
    assert content is not None
    count = row_counter(media_type)
    seen = [count(content[start : start + size]) for start in range(0, len(content), size)]
    assert seen[-1] == 7


def test_a_graph_is_not_counted_here() -> None:
    assert row_counter("text/turtle")(b"<urn:a> <urn:b> 1 .\n") == 0
