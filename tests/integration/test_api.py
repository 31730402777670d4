"""The API and the pages over a real build."""

import re
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
    from bufgraph.services.city_answers import CityService
    from bufgraph.services.composition import open_build

    _, expected = CityService(open_build(small_settings)).similar("fi-turku")
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
    assert answer.headers["access-control-allow-origin"] == "*"


def test_scripts_of_other_sites_can_read_answers_and_refusals(client: TestClient) -> None:
    assert client.get("/api/cities").headers["access-control-allow-origin"] == "*"
    refused = client.post("/sparql", content=b"x" * 300_000)
    assert (refused.status_code, refused.headers["access-control-allow-origin"]) == (413, "*")
    assert "access-control-allow-origin" not in client.get("/search", headers={"Accept": "text/html"}).headers


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
        ("/search?q=icy+pavements", "Gritting guided by sensors"),
        ("/search?q=icy+pavements&city=cesis", "seen from Cēsis"),
        ("/search?q=icy+pavements&city=%C3%85bo", "seen from Turku"),
        ("/search?q=xqzt+wvvk", "We could not read this text"),
        ("/practices", "Rain gardens in the old town"),
        ("/practice/robots", "Wait for a robot that survives frost."),
        ("/practice/gritting", "Falls went down by 12.5%."),
        ("/cities", "Cēsis"),
        ("/city/fi-turku", "Cities like this one"),
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
        ("/practice/none", 404, "There is no practice"),
        ("/city/atlantis", 404, "There is no city"),
        ("/search?q=snow&city=Atlantis", 404, "We know no city called"),
        ("/search?q=snow&country=XX", 400, "nknown country"),
        ("/no-such-page", 404, "This page is not here"),
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
    answer = client.get("/search", params={"q": "<script>alert(1)</script> snow", "city": '"><b>'})
    assert "<script>alert" not in answer.text
    assert '"><b>' not in answer.text


def test_pages_hold_no_script_of_their_own_and_load_nothing_from_elsewhere(client: TestClient) -> None:
    for path in ("/", "/search?q=snow", "/city/fi-turku", "/practice/gritting", "/about"):
        answer = client.get(path)
        scripts = re.findall(r"<script([^>]*)>(.)?", answer.text)
        assert all(
            'type="application/ld+json"' in attributes or not text.strip("<") for attributes, text in scripts
        )
        assert all('src="/static/' in a and "integrity=" in a for a, _ in scripts if "ld+json" not in a)
        assert 'src="http' not in answer.text
        assert "default-src 'none'; script-src 'self'" in answer.headers["content-security-policy"]


def test_every_internal_link_of_the_pages_resolves(client: TestClient) -> None:
    from html import unescape

    seen: set[str] = set()
    queue = ["/", "/search?q=icy+pavements", "/practices", "/cities", "/experts", "/about", "/city/fi-turku"]
    while queue and len(seen) < 80:
        path = queue.pop()
        if path in seen:
            continue
        seen.add(path)
        answer = client.get(path, headers={"Accept": "text/html"})
        # The dumps are made when they are first asked for; until then they say "in a minute".
        assert answer.status_code == 200 or (path.startswith("/data/") and answer.status_code == 503), path
        if answer.headers["content-type"].startswith("text/html"):
            queue += [unescape(link) for link in re.findall(r'href="(/[^"#]*)', answer.text)]


@pytest.mark.parametrize(
    "text",
    [
        "הכביש חלק בחורף",  # right to left
        "<script>alert(1)</script> snow <b>on</b> pavements",
        "snow\x00\x07\x1b[31m on pavements",
        "and the of to in on at",
        "Tartu",
        "asdf qwer zxcv",
        "liukas katu and slippery pavement и лёд",
        "❄️❄️ snow",
        "a",
        "snow " * 900,
    ],
)
def test_any_text_gets_an_answer(client: TestClient, text: str) -> None:
    answer = client.get("/api/search", params={"q": text})
    assert answer.status_code == 200
    body = answer.json()
    assert body["results"] or body["weak"]
    assert client.get("/search", params={"q": text}).status_code == 200


def test_a_text_of_ten_thousand_words_is_refused_with_the_limit(client: TestClient) -> None:
    answer = client.get("/api/search", params={"q": "snow " * 10_000})
    assert answer.status_code in (413, 414)
    assert "characters" in answer.text or "long" in answer.text


def test_gibberish_says_that_nothing_fits(client: TestClient) -> None:
    gibberish = client.get("/api/search", params={"q": "asdf qwer zxcv", "type": "practice"}).json()
    assert gibberish["weak"]
    assert gibberish["results"] == [], "ten random hits are no answer"
    assert "We could not read this text" in client.get("/search", params={"q": "asdf qwer zxcv"}).text
    assert not client.get("/api/search", params={"q": "icy pavements", "type": "practice"}).json()["weak"]


@pytest.mark.parametrize(
    ("params", "words"),
    [
        ({"size": "huge"}, "unknown size 'huge'; choose from small, medium, large, metropolis"),
        ({"language": "xx"}, "unknown language 'xx'"),
        ({"text_lang": "xx"}, "unknown language 'xx'; choose from en"),
        ({"since": "2020", "until": "2010"}, "the first must not be larger"),
        ({"also": "magic"}, "there is no challenge 'magic'"),
    ],
)
def test_a_filter_or_correction_that_does_not_exist_is_named(
    client: TestClient, params: dict[str, str], words: str
) -> None:
    answer = client.get("/api/search", params={"q": "snow", **params})
    assert answer.status_code in (400, 404, 422)
    assert words in answer.json()["detail"]


def test_an_answer_tells_how_the_text_was_understood_and_why_each_hit_stands_there(
    client: TestClient,
) -> None:
    body = client.get(
        "/api/search", params={"q": "liukas jalkakäytävä Tartussa, 20 000 asukasta", "type": "practice"}
    ).json()
    understood = body["understood"]
    assert understood["language"]["code"] == "fi"
    assert understood["english"].startswith("slippery pavement")
    assert [p["slug"] for p in understood["places"]] == ["ee-tartu"]
    assert understood["numbers"] == [{"kind": "population", "value": 20_000.0, "word": "20 000 asukasta"}]
    best = body["results"][0]
    assert sum(best["contributions"].values()) == pytest.approx(best["score"], abs=0.001)
    assert best["reasons"]
    assert body["facets"]["country"]


def test_a_correction_changes_what_was_understood(client: TestClient) -> None:
    params = {"q": "snow and ice on streets", "type": "practice"}
    wrong = {c["slug"] for c in client.get("/api/search", params=params).json()["understood"]["concepts"]}
    assert "snow-and-ice-clearing" in wrong
    params["without"] = "snow-and-ice-clearing"
    mended = {
        c["slug"] for c in client.get("/api/search", params=params).json()["understood"].get("concepts", [])
    }
    assert "snow-and-ice-clearing" not in mended


@pytest.mark.parametrize("by", ["problem", "solution", "context"])
def test_more_like_this(client: TestClient, by: str) -> None:
    body = client.get("/api/practices/gritting/similar", params={"by": by}).json()
    assert body["by"] == by
    assert "gritting" not in {r["slug"] for r in body["results"]}
    assert body["results"]


def test_more_like_this_of_what_is_not_there(client: TestClient) -> None:
    assert client.get("/api/practices/none/similar").status_code == 404
    assert client.get("/api/practices/gritting/similar", params={"by": "colour"}).status_code in (400, 422)


def test_the_page_marks_chips_that_can_be_removed_and_escapes_what_was_typed(client: TestClient) -> None:
    page = client.get("/search", params={"q": "snow and ice on streets in Tartu <i>x</i>"}).text
    assert "without=snow-and-ice-clearing" in page
    assert "without=ee-tartu" in page
    assert "<i>x</i>" not in page
    bad = client.get("/search", params={"q": "snow", "since": "long ago"})
    assert bad.status_code in (400, 422)
    assert "expected a whole number" in bad.text


def test_the_quality_page_shows_each_system_or_says_what_is_missing(client: TestClient) -> None:
    page = client.get("/about/quality").text
    assert "nDCG@10" in page or "bufgraph evaluate --split test --save" in page
