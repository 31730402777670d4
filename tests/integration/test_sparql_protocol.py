"""``/sparql`` as the protocol describes it, over the small build."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from rdflib import Graph

from bufgraph.settings import Settings
from bufgraph_api.app import create_app

COUNT = "SELECT (COUNT(*) AS ?n) WHERE { ?c a bg:City }"
JSON = "application/sparql-results+json"


@pytest.fixture(scope="module")
def client(small_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(small_settings), raise_server_exceptions=False) as client:
        yield client


def test_get_and_both_posts_give_the_same_answer(client: TestClient) -> None:
    answers = [
        client.get("/sparql", params={"query": COUNT}),
        client.post("/sparql", data={"query": COUNT}),
        client.post("/sparql", content=COUNT, headers={"Content-Type": "application/sparql-query"}),
    ]
    for answer in answers:
        assert answer.status_code == 200
        assert answer.headers["content-type"].startswith(JSON)
        assert answer.json()["results"]["bindings"][0]["n"]["value"] == "4"


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("*/*", JSON),
        ("text/csv", "text/csv"),
        ("application/sparql-results+xml;q=0.9, text/csv;q=0.1", "application/sparql-results+xml"),
        ("text/tab-separated-values", "text/tab-separated-values"),
        ("text/html,application/xhtml+xml,*/*;q=0.8", JSON),
    ],
)
def test_the_format_of_a_table_is_negotiated(client: TestClient, accept: str, media_type: str) -> None:
    answer = client.get("/sparql", params={"query": COUNT}, headers={"Accept": accept})
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(media_type)


@pytest.mark.parametrize(
    ("accept", "parser"),
    [
        ("text/turtle", "turtle"),
        ("application/n-triples", "nt"),
        ("application/ld+json", "json-ld"),
        ("application/rdf+xml", "xml"),
    ],
)
def test_the_format_of_a_graph_is_negotiated(client: TestClient, accept: str, parser: str) -> None:
    query = "CONSTRUCT { ?c a bg:City } WHERE { ?c a bg:City }"
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert answer.status_code == 200
    assert len(Graph().parse(data=answer.text, format=parser)) == 4


def test_the_format_parameter_wins_over_the_header(client: TestClient) -> None:
    answer = client.get("/sparql", params={"query": COUNT, "format": "csv"}, headers={"Accept": JSON})
    assert answer.text.split() == ["n", "4"]


def test_default_graph_uri_narrows_the_union(client: TestClient) -> None:
    graph = "https://w3id.org/bufgraph/id/graph/practices"
    answer = client.get("/sparql", params={"query": COUNT, "default-graph-uri": graph})
    assert answer.json()["results"]["bindings"][0]["n"]["value"] == "0"


@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("SELECT WHERE", 400, "does not parse"),
        ("", 400, "begin with SELECT"),
        ("INSERT DATA { <urn:a> <urn:b> <urn:c> }", 400, "read-only"),
        ("SELECT * WHERE { SERVICE <http://127.0.0.1/> { ?s ?p ?o } }", 400, "asks no other server"),
        ("SELECT * WHERE " + "{" * 3_000 + "}" * 3_000, 413, "deeper than 60"),
        ("SELECT * WHERE { ?s ?p '" + "x" * 21_000 + "' }", 413, "at most 20000"),
    ],
)
def test_a_wrong_query_gets_a_problem_body(client: TestClient, query: str, status: int, words: str) -> None:
    for answer in (
        client.post("/sparql", data={"query": query}),
        client.get("/sparql", params={"query": query}),
    ):
        assert answer.status_code == status
        assert answer.headers["content-type"] == "application/problem+json"
        assert words in answer.json()["detail"]


def test_other_wrong_requests_are_told_apart(client: TestClient) -> None:
    def status(**request: object) -> int:
        return client.request(url="/sparql", **request).status_code  # type: ignore[arg-type]

    assert status(method="GET", params=[("query", COUNT), ("query", COUNT)]) == 400
    assert status(method="POST", data={"update": "CLEAR ALL"}) == 400
    assert status(method="POST", data={}) in (400, 415)
    assert status(method="POST", content=COUNT, headers={"Content-Type": "text/plain"}) == 415
    assert (
        status(method="POST", content=b"\xff\xfe", headers={"Content-Type": "application/sparql-query"})
        == 400
    )
    assert status(method="GET", params={"query": COUNT}, headers={"Accept": "image/png"}) == 406
    assert status(method="GET", params={"query": COUNT, "format": "pdf"}) == 400
    assert status(method="GET", params={"query": COUNT, "default-graph-uri": "no graph"}) == 400
    assert status(method="PUT", content=COUNT) == 405
    assert (
        status(method="POST", content=b"x" * 300_000, headers={"Content-Type": "application/sparql-query"})
        == 413
    )
    assert status(method="OPTIONS") == 204
    chunks = (b"x" * 10_000 for _ in range(40))  # no Content-Length
    assert status(method="POST", content=chunks, headers={"Content-Type": "application/sparql-query"}) == 413


def test_without_a_query_programs_get_the_service_description_and_people_a_form(client: TestClient) -> None:
    described = client.get("/sparql", headers={"Accept": "text/turtle"})
    assert "UnionDefaultGraph" in described.text
    assert len(Graph().parse(data=described.text, format="turtle")) > 5
    page = client.get("/sparql", headers={"Accept": "text/html"})
    assert "<form" in page.text
    assert "Which practices answer the needs of a city" in page.text


def test_other_sites_may_ask(client: TestClient) -> None:
    assert client.get("/sparql", params={"query": COUNT}).headers["access-control-allow-origin"] == "*"
