"""``/sparql`` as the protocol describes it, over the small build."""

import warnings
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient
from rdflib import RDF, Dataset, Graph, Namespace

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


@pytest.mark.parametrize(
    ("accept", "parser"), [("application/trig", "trig"), ("application/n-quads", "nquads")]
)
def test_a_graph_can_be_had_as_a_dataset(client: TestClient, accept: str, parser: str) -> None:
    query = "CONSTRUCT { ?c a bg:City } WHERE { ?c a bg:City }"
    answer = client.get("/sparql", params={"query": query}, headers={"Accept": accept})
    assert answer.headers["content-type"] == accept
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib's parsers use what rdflib gives up
        assert len(Dataset().parse(data=answer.text, format=parser)) == 4


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("application/json", "application/json"),
        ("text/csv;q=0.5, application/xml;q=0.6", "application/xml"),
        ("text/csv;q=0, */*;q=0.1", JSON),
        ("text/*", "text/csv"),
        ("application/rdf+xml, application/sparql-results+xml", "application/sparql-results+xml"),
    ],
)
def test_general_names_and_wildcards_are_understood(client: TestClient, accept: str, media_type: str) -> None:
    answer = client.get("/sparql", params={"query": COUNT}, headers={"Accept": accept})
    assert answer.headers["content-type"].partition(";")[0] == media_type


def test_the_answer_has_a_tag_and_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/sparql", params={"query": COUNT})
    tag = first.headers["etag"]
    for known in (tag, f'"other", {tag.removeprefix("W/")}', "*"):
        again = client.get("/sparql", params={"query": COUNT}, headers={"If-None-Match": known})
        assert (again.status_code, again.content) == (304, b"")
        assert again.headers["etag"] == tag
    other_format = client.get(
        "/sparql", params={"query": COUNT, "format": "csv"}, headers={"If-None-Match": tag}
    )
    other_graph = client.get(
        "/sparql", params={"query": COUNT, "default-graph-uri": "urn:g"}, headers={"If-None-Match": tag}
    )
    assert (other_format.status_code, other_graph.status_code) == (200, 200)
    now = client.get("/sparql", params={"query": "SELECT (NOW() AS ?n) {}"}, headers={"If-None-Match": "*"})
    assert now.status_code == 200
    assert "etag" not in now.headers


def test_head_gives_the_headers_of_get_and_no_body(client: TestClient) -> None:
    get, head = (client.request(method, "/sparql", params={"query": COUNT}) for method in ("GET", "HEAD"))
    assert (head.status_code, head.content) == (200, b"")
    assert {**head.headers} == {**get.headers}
    assert client.head("/sparql", params={"query": "SELECT"}).status_code == 400
    assert client.head("/sparql").headers["content-type"].startswith("text/turtle")


def test_a_browser_may_ask_from_another_site_and_read_errors(client: TestClient) -> None:
    preflight = client.options(
        "/sparql",
        headers={"Origin": "https://example.org", "Access-Control-Request-Method": "POST",
                 "Access-Control-Request-Headers": "content-type"},
    )  # fmt: skip
    assert preflight.status_code == 204
    assert "POST" in preflight.headers["access-control-allow-methods"]
    assert "content-type" in preflight.headers["access-control-allow-headers"].lower()
    for failed in (
        client.get("/sparql", params={"query": "SELECT"}),
        client.put("/sparql"),
        client.post("/sparql", content="x", headers={"Content-Type": "text/plain"}),
        client.get("/sparql", params={"query": COUNT}, headers={"Accept": "image/png"}),
    ):
        assert failed.status_code >= 400
        assert failed.headers["access-control-allow-origin"] == "*"
    assert client.put("/sparql").headers["allow"] == "GET, HEAD, POST, OPTIONS"


@pytest.mark.parametrize(
    ("query", "line", "column", "words"),
    [
        ("SELECT *\nWHERE { ?s ?p }", 2, 16, "after 'WHERE { ?s ?p }'"),
        ("SELECT * { ?s foo:x ?o }", 1, 20, "the prefix is not declared"),
        ("SELECT * {\n ?s ?p ?o", 2, 10, "at the end of the query"),
        ("SELECT * {\n ?s ?p 'x }", 2, 8, "has no end"),
    ],
)
def test_an_error_says_line_and_column(
    client: TestClient, query: str, line: int, column: int, words: str
) -> None:
    problem = client.post("/sparql", data={"query": query}).json()
    assert (problem["line"], problem["column"]) == (line, column)
    assert words in problem["detail"]


def test_a_dataset_that_is_named_is_the_whole_dataset(client: TestClient) -> None:
    graph = client.get(
        "/sparql", params={"query": "SELECT ?g { GRAPH ?g { ?c a bg:City } } LIMIT 1", "format": "csv"}
    ).text.split()[1]

    def count(query: str, **graphs: str) -> str:
        return client.get("/sparql", params={"query": query, "format": "csv", **graphs}).text.split()[1]

    cities = "SELECT (COUNT(*) AS ?n) {} WHERE {{ ?c a bg:City }}"
    in_graphs = "SELECT (COUNT(*) AS ?n) {} WHERE {{ GRAPH ?g {{ ?c a bg:City }} }}"
    assert count(cities.format(f"FROM <{graph}>")) == "4"
    assert count(cities.format("FROM <urn:none>")) == "0"
    assert count(cities.format("FROM <urn:none>"), **{"default-graph-uri": graph}) == "4"
    assert count(cities.format(""), **{"named-graph-uri": graph}) == "0"
    assert count(in_graphs.format(""), **{"named-graph-uri": graph}) == "4"
    assert count(in_graphs.format(""), **{"default-graph-uri": graph}) == "0"


@pytest.mark.parametrize(
    ("accept", "parser"),
    [("text/turtle", "turtle"), ("application/rdf+xml", "xml"), ("application/ld+json", "json-ld"), ("*/*", "turtle")],
)  # fmt: skip
def test_the_service_description_says_what_the_endpoint_can(
    client: TestClient, accept: str, parser: str
) -> None:
    answer = client.get("/sparql", headers={"Accept": accept})
    description = Graph().parse(data=answer.text, format=parser)
    sd = Namespace("http://www.w3.org/ns/sparql-service-description#")
    (service,) = description.subjects(RDF.type, sd.Service)
    assert str(description.value(service, sd.endpoint)).endswith("/sparql")
    assert (service, sd.feature, sd.UnionDefaultGraph) in description
    assert (service, sd.supportedLanguage, sd.SPARQL11Query) in description
    assert len(list(description.objects(service, sd.resultFormat))) == 10
    assert len(list(description.subjects(RDF.type, sd.NamedGraph))) > 1
    assert len(list(description.subjects(RDF.type, sd.Function))) > 1
