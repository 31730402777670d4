"""The shortlist as a page: solutions side by side, questions that can be answered there, and the way to the brief."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient

from bufgraph.settings import Settings
from bufgraph_api.app import create_app
from page_text import links, words


@pytest.fixture(scope="module")
def client(towns_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(towns_settings), raise_server_exceptions=False) as client:
        client.headers["Accept"] = "text/html"
        yield client


def candidates(page: str) -> list[str]:
    return re.findall(r'class="card candidate" id="s-([a-z-]+)"', page)


PICKED = {"q": "heavy rain floods cellars", "pick": ["rain-gardens", "robots"]}


def test_solutions_stand_side_by_side_in_the_order_of_choosing(client: TestClient) -> None:
    page = client.get("/shortlist", params=PICKED).text
    assert candidates(page) == ["rain-gardens", "robots"]
    text = words(page)
    for part in ("What it is", "Results", "What went wrong", "Cost", "How well proven"):
        assert text.count(part) >= 2
    assert "heavy rain floods cellars" in text
    assert "Choose your city" in text
    assert "verdict-" not in page


def test_a_city_brings_verdicts_and_questions(client: TestClient) -> None:
    page = client.get("/shortlist", params={**PICKED, "city": "Oulu"}).text
    assert "In Oulu" in words(page)
    assert page.count('class="badge verdict-') == 2
    assert 'name="fact.combined-sewers" value="yes"' in page
    assert "What we do not know of Oulu" in words(page)


def test_an_answer_moves_into_an_address_that_can_be_shared_and_changes_the_verdict(
    client: TestClient,
) -> None:
    asked = {**PICKED, "city": "Oulu", "fact.combined-sewers": "no"}
    moved = client.get("/shortlist", params=asked, follow_redirects=False)
    assert moved.status_code == 303
    assert moved.headers["location"].endswith("&fact=combined-sewers%3Ano#open")
    page = client.get(moved.headers["location"]).text
    assert "verdict-blocked" in page[: page.index('id="s-robots"')]
    assert 'value="no" checked' in page, "the answer can be changed"
    assert all("fact=combined-sewers%3Ano" in href for href in links(page, "/brief"))
    back = client.get(
        "/shortlist",
        params={**asked, "fact": "combined-sewers:no", "fact.combined-sewers": ""},
        follow_redirects=False,
    )
    assert "fact" not in back.headers["location"]
    assert (
        client.get("/lv/shortlist", params=asked, follow_redirects=False)
        .headers["location"]
        .startswith("/lv/")
    )


def test_the_way_to_the_brief_keeps_everything(client: TestClient) -> None:
    page = client.get("/shortlist", params={**PICKED, "city": "Oulu"}).text
    query = "?q=heavy+rain+floods+cellars&city=Oulu&pick=rain-gardens&pick=robots"
    for path in ("/brief", "/brief.pdf", "/brief.docx"):
        assert f"{path}{query}" in links(page, path)
    assert f"/search{query}" in links(page, "/search?")


def test_one_is_taken_off_by_a_link(client: TestClient) -> None:
    page = client.get("/shortlist", params=PICKED).text
    off = re.search(r'href="([^"]+)" data-unpick="rain-gardens"', page)
    assert off
    assert candidates(client.get(unescape(off[1])).text) == ["robots"]


def test_what_is_gone_from_the_data_is_named_and_left_out(client: TestClient) -> None:
    answer = client.get("/shortlist", params={"pick": ["robots", "gone-for-good", "<b>x</b>"]})
    assert answer.status_code == 200
    assert candidates(answer.text) == ["robots"]
    assert "“gone-for-good” is no longer in the data" in words(answer.text)
    assert 'data-stale="gone-for-good"' in answer.text
    assert "<b>x" not in answer.text
    assert links(answer.text, "/search")


@pytest.mark.parametrize("params", [{}, {"q": "snow"}, {"pick": "gone"}, {"city": "Oulu"}])
def test_an_empty_shortlist_tells_how_to_fill_it(client: TestClient, params: dict[str, str]) -> None:
    answer = client.get("/shortlist", params=params)
    assert answer.status_code == 200
    assert "Add to shortlist" in words(answer.text)
    assert 'action="/search"' in answer.text


@pytest.mark.parametrize(
    ("params", "status", "said"),
    [
        ({"city": "Atlantis"}, 404, "We know no city called “Atlantis”."),
        ({"city": "Oulu", "fact": "magic:yes"}, 400, "magic"),
        ({"city": "Oulu", "fact": "coastal:perhaps"}, 400, "expected yes or no"),
        ({"city": "Oulu", "fact": "nonsense"}, 400, "expected a name"),
    ],
)
def test_what_cannot_be_used_is_said_and_the_rest_is_shown(
    client: TestClient, params: dict[str, str], status: int, said: str
) -> None:
    answer = client.get("/shortlist", params={**PICKED, **params})
    assert answer.status_code == status
    assert said in words(answer.text)
    assert candidates(answer.text) == ["rain-gardens", "robots"]


def test_a_misspelt_city_is_offered_with_the_whole_shortlist(client: TestClient) -> None:
    page = client.get("/shortlist", params={**PICKED, "city": "Ouluu"}).text
    offered = links(page, "city=fi-oulu")
    assert offered
    assert "pick=rain-gardens&pick=robots" in offered[0]


def test_more_than_five_are_cut_and_said_so(client: TestClient) -> None:
    page = client.get("/shortlist", params={"pick": ["rain-gardens", "robots", "a", "b", "c", "d"]}).text
    assert "at most five" in words(page)
    assert candidates(page) == ["rain-gardens", "robots"]
