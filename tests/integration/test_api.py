"""The API and the pages over a real build."""

from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from bufgraph.settings import Settings, load_settings
from bufgraph_api.app import create_app


@pytest.fixture(scope="module")
def client(small_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(small_settings), raise_server_exceptions=False) as client:
        yield client


def test_search_keeps_its_shape(client: TestClient) -> None:
    body = client.get("/api/search", params={"q": "icy pavements", "type": "practice", "limit": 2}).json()
    assert [r["rank"] for r in body["results"]] == [1, 2]
    assert body["results"][0]["id"] == "https://w3id.org/bufgraph/id/practice/gritting"
    assert 0 < body["results"][0]["score"] <= 1
    assert body["results"][0]["passage"]["text"]


def test_similar_cities_are_those_of_the_command_line(client: TestClient, small_settings: Settings) -> None:
    from bufgraph.services.answers import AnswerService
    from bufgraph.services.composition import open_build

    _, expected = AnswerService(open_build(small_settings)).similar_cities("fi-turku")
    body = client.get("/api/cities/fi-turku/similar").json()
    assert [r["id"] for r in body["results"]] == [c.city for c in expected]
    assert all(part["facts"] for r in body["results"] for part in r["parts"].values())


def test_solutions_show_failures_beside_successes(client: TestClient) -> None:
    body = client.get("/api/solutions", params={"q": "snow on pavements", "city": "lv-cesis"}).json()
    assert body["results"][0]["slug"] == "gritting"
    assert "robots" in {s["slug"] for s in body["setbacks"]}
    assert body["results"][0]["fit"]["facts"]


def test_an_english_solution_for_a_text_in_another_language(client: TestClient) -> None:
    body = client.get("/api/solutions", params={"q": "Lumi ja jää jalkakäytävillä"}).json()
    assert body["results"][0]["slug"] in {"gritting", "robots"}
    assert not body["weak"]


@pytest.mark.parametrize(
    "path",
    ["/api/problems?q=snow", "/api/problems?city=ee-tartu", "/api/experts?q=ice", "/api/cities", "/api/cities/lv-cesis",
     "/api/practices", "/api/practices/robots", "/api/challenges", "/api/challenges/snow-and-ice-clearing",
     "/api/experts/winter-lab", "/api/info", "/health", "/openapi.json"],
)  # fmt: skip
def test_every_route_answers(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.json()


def test_the_description_gives_an_example_for_every_question(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    for path in (
        "/api/search",
        "/api/problems",
        "/api/solutions",
        "/api/experts",
        "/api/cities/{slug}/similar",
    ):
        content = paths[path]["get"]["responses"]["200"]["content"]
        assert content["application/json"]["example"]["results"]


def test_the_description_tells_the_statuses_that_are_sent(client: TestClient) -> None:
    for path, item in client.get("/openapi.json").json()["paths"].items():
        for operation in item.values():
            assert "422" not in operation["responses"]
            assert {"200", "400", "404", "413"} <= set(operation["responses"]), path


def test_lists_are_paged(client: TestClient) -> None:
    first = client.get("/api/cities", params={"limit": 3}).json()
    assert (first["total"], first["next_offset"], len(first["results"])) == (4, 3, 3)
    last = client.get("/api/cities", params={"limit": 3, "offset": 3}).json()
    assert (last["next_offset"], len(last["results"])) == (None, 1)


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/search", 400, "the search text is empty"),
        ("/api/search?q=%20", 400, "the search text is empty"),
        ("/api/search?q=" + "a" * 20_000, 413, "at most 5000"),
        ("/api/search?q=snow&type=castle", 400, "unknown type 'castle'"),
        ("/api/search?q=snow&country=XX", 400, "unknown country 'XX'"),
        ("/api/search?q=snow&outcome=great", 400, "unknown outcome"),
        ("/api/search?q=snow&limit=many", 400, "limit"),
        ("/api/search?q=snow&limit=1000", 400, "expected 1 to 100"),
        ("/api/search?q=snow&min_level=7", 400, "expected 0 to 5"),
        ("/api/solutions", 400, "describe a problem"),
        ("/api/solutions?q=snow&city=atlantis", 404, "there is no city 'atlantis'"),
        ("/api/cities/atlantis", 404, "there is no city"),
        ("/api/cities/atlantis/similar", 404, "there is no city"),
        ("/api/cities/fi-turku/similar?preset=x", 400, "unknown preset"),
        ("/api/practices/none", 404, "there is no practice"),
        ("/api/challenges/none", 404, "there is no challenge"),
        ("/api/experts/none", 404, "there is no expert"),
        ("/api/nothing-here", 404, ""),
        ("/api/search?q=" + "a" * 40_000, 413, "the address is longer"),
    ],
)
def test_wrong_requests_get_a_problem_body(client: TestClient, path: str, status: int, words: str) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("application/problem+json")
    body = answer.json()
    assert body["status"] == status
    assert body["title"]
    assert words in body["detail"]


def test_a_wrong_method_gets_a_problem_body(client: TestClient) -> None:
    answer = client.delete("/api/search")
    assert (answer.status_code, answer.headers["content-type"]) == (405, "application/problem+json")


def test_a_missing_build_stops_the_start_with_the_remedy(tmp_path: object) -> None:
    from pathlib import Path

    from bufgraph.errors import NotAvailableError

    with pytest.raises(NotAvailableError, match="run 'bufgraph build' first"):
        create_app(load_settings({}, home=Path(str(tmp_path))))


@pytest.mark.parametrize(
    ("path", "words"),
    [
        ("/", "What problem does your city have?"),
        ("/?q=icy+pavements", "Gritting guided by sensors"),
        ("/?q=icy+pavements&city=cesis", "seen from Cēsis"),
        ("/?q=icy+pavements&city=%C3%85bo", "seen from Turku"),
        ("/?q=xqzt+wvvk", "Nothing in the data comes close"),
        ("/practices", "Rain gardens in the old town"),
        ("/practice/robots", "Wait for a robot that survives frost."),
        ("/practice/gritting", "Falls went down by 12.5%."),
        ("/cities", "Cēsis"),
        ("/city/fi-turku", "Similar cities"),
        ("/city/lv-cesis", "No practice of Cēsis is recorded yet"),
        ("/challenges", "Snow and ice on streets and pavements"),
        ("/challenge/snow-and-ice-clearing", "Solutions, best proven first"),
        ("/challenge/storm-power-cuts", "a blind spot"),
        ("/experts", "Winter Lab"),
        ("/expert/winter-lab", "Research on ice"),
        ("/about", "How answers are ranked"),
        ("/about/api", "/api/search"),
        ("/static/style.css", "--accent"),
    ],
)
def test_every_page_shows_what_it_is_for(client: TestClient, path: str, words: str) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == 200
    assert words in answer.text


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/practice/none", 404, "there is no practice"),
        ("/city/atlantis", 404, "there is no city"),
        ("/?q=snow&city=Atlantis", 404, "we know no city called"),
        ("/?q=snow&country=XX", 400, "unknown country"),
        ("/no-such-page", 404, "Not Found"),
        ("/static/../app.py", 404, ""),
    ],
)
def test_a_wrong_address_gets_a_page_that_says_so(
    client: TestClient, path: str, status: int, words: str
) -> None:
    answer = client.get(path, headers={"Accept": "text/html"})
    assert answer.status_code == status
    assert answer.headers["content-type"].startswith("text/html")
    assert words in answer.text


def test_what_a_user_types_is_never_rendered_as_markup(client: TestClient) -> None:
    answer = client.get("/", params={"q": "<script>alert(1)</script> snow", "city": '"><b>'})
    assert "<script>alert" not in answer.text
    assert '"><b>' not in answer.text


def test_pages_need_no_script_and_load_nothing_from_elsewhere(client: TestClient) -> None:
    for path in ("/", "/?q=snow", "/city/fi-turku", "/practice/gritting", "/about"):
        answer = client.get(path)
        assert "<script" not in answer.text
        assert 'src="http' not in answer.text
        assert "default-src 'none'" in answer.headers["content-security-policy"]


def test_every_internal_link_of_the_pages_resolves(client: TestClient) -> None:
    import re
    from html import unescape

    seen: set[str] = set()
    queue = ["/", "/?q=icy+pavements", "/practices", "/cities", "/experts", "/about", "/city/fi-turku"]
    while queue and len(seen) < 80:
        path = queue.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path, headers={"Accept": "text/html"})
        assert answer.status_code == 200, path
        if answer.headers["content-type"].startswith("text/html"):
            queue += [unescape(link) for link in re.findall(r'href="(/[^"#]*)', answer.text)]
