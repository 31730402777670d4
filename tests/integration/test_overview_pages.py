"""The pages on many cities at once: what is missing, who learned from whom, who could act together."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient

from bufgraph.settings import Settings
from bufgraph_api.app import create_app

PAGES = (
    "/blind-spots",
    "/blind-spots?by=challenge&by=size",
    "/blind-spots?by=domain&by=country&kind=unmeasured",
    "/blind-spots?by=subdomain&by=country&topic=public-spaces-management&in=EE",
    "/network",
    "/pools",
)


@pytest.fixture(scope="module")
def client(towns_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(towns_settings), raise_server_exceptions=False) as client:
        client.headers["Accept"] = "text/html"
        yield client


def _words(markup: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", markup)).split())


def _between(page: str, start: str, end: str) -> str:
    begin = page.index(start)
    return page[begin : page.index(end, begin)]


@pytest.mark.parametrize("path", PAGES)
@pytest.mark.parametrize("language", ["", "/fi"])
def test_a_page_of_many_cities_opens_in_each_language(client: TestClient, path: str, language: str) -> None:
    answer = client.get(f"{language}{path}")
    assert answer.status_code == 200
    assert f'<html lang="{language[1:] or "en"}"' in answer.text
    assert " style=" not in answer.text


@pytest.mark.parametrize("path", PAGES)
def test_an_element_is_named_once_and_every_reference_finds_it(client: TestClient, path: str) -> None:
    page = client.get(path).text
    ids = re.findall(r'\sid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    named = {part for value in re.findall(r'aria-labelledby="([^"]+)"', page) for part in value.split()}
    assert named <= set(ids)
    assert set(re.findall(r"url\(#([^)]+)\)", page)) <= set(ids)


def test_every_square_has_words_besides_its_sign(client: TestClient) -> None:
    table = _between(client.get("/blind-spots").text, '<table class="squares">', "</table>")
    squares = re.findall(r"<td>(.*?)</td>", table, re.DOTALL)
    hidden = [re.findall(r'class="hidden">([^<]+)<', square) for square in squares]
    assert squares
    assert all(words and words[0].strip() for words in hidden)
    assert any("Practices only elsewhere" in words[0] for words in hidden)


def test_a_square_leads_to_what_is_there_and_what_to_do(client: TestClient) -> None:
    table = _between(client.get("/blind-spots").text, '<table class="squares">', "</table>")
    address = next(
        unescape(link)
        for link in re.findall(r'href="([^"]+)"', table)
        if "public-spaces" in link and "in=FI" in link
    )
    cell = _between(client.get(address).text, 'id="cell"', "</section>")
    assert "Public spaces management · Finland" in _words(cell)
    assert "Snow ploughing robots" in _words(cell)
    assert 'href="/challenge/snow-and-ice-clearing"' in cell


def test_a_square_without_a_practice_shows_those_of_others(client: TestClient) -> None:
    answer = client.get("/blind-spots?by=subdomain&by=country&topic=public-spaces-management&in=LV")
    cell = _words(_between(answer.text, 'id="cell"', "</section>"))
    assert "What others have, best proven first" in cell
    assert "Gritting guided by sensors" in cell


@pytest.mark.parametrize(
    "query",
    ["topic=public-spaces-management&in=XX", "topic=colour&in=FI", "topic=public-spaces-management", "in=FI"],
)
def test_a_square_that_does_not_exist_is_not_found(client: TestClient, query: str) -> None:
    answer = client.get(f"/blind-spots?by=subdomain&by=country&{query}")
    assert answer.status_code == 404
    assert "the table has no cell" in answer.text.lower()
    assert '<table class="squares">' in answer.text, "the table is still there"


def test_what_is_typed_into_a_square_is_never_markup(client: TestClient) -> None:
    page = client.get("/blind-spots", params={"topic": "<b>x</b>", "in": '"><b>x</b>'}).text
    assert "<b>x</b>" not in page


def test_the_picture_of_the_network_has_the_same_facts_as_a_table(client: TestClient) -> None:
    page = client.get("/network").text
    drawn = _between(page, '<figure class="figure network">', "</figure>")
    table = _between(drawn, "<table>", "</table>")
    assert drawn.count('class="tip"') - 2 == table.count('<th scope="row">')
    assert 'role="img"' in drawn
    assert re.search(r"Võru.*Smiltene.*Salt bins at stairs", _words(table))


def test_links_stay_in_the_language_of_the_page(client: TestClient) -> None:
    for path in PAGES:
        page = client.get(f"/fi{path}").text
        main = _between(page, "<main", "</main>")
        links = re.findall(r'href="(/[^"]*)"', main)
        assert links
        assert [link for link in links if not link.startswith(("/fi/", "/api/", "/static/"))] == []
