"""The way to one's own city, and finding a city by its name, as a reader without JavaScript gets them."""

import re
from collections.abc import Callable, Iterator
from html import unescape
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from bufgraph.settings import load_settings
from bufgraph_api.app import create_app
from builders import town_datasets, write_datasets
from conftest import build


@pytest.fixture(scope="module")
def client(new_home: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The towns, of which two share a name."""
    towns = town_datasets()
    for city in towns["cities"]:
        if city["id"] in ("bgd:city/ee-voru", "bgd:city/ee-valga"):
            city["alt_label"] = [*city.get("alt_label", []), "Linnake"]
    datasets = write_datasets(tmp_path_factory.mktemp("towns") / "datasets", towns)
    (datasets / "lexicons").mkdir()
    settings = build(load_settings({}, home=new_home(), datasets=datasets))
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        client.headers["Accept"] = "text/html"
        yield client


def _links(page: str) -> list[str]:
    """Return the cities that the main part of a page links to."""
    return re.findall(r'href="[^"]*/city/([a-z-]+)"', page[page.index("<main") : page.index("</main>")])


@pytest.mark.parametrize("typed", ["Turku", "åbo", " turku ", "fi-turku", "ABO"])
def test_a_name_in_any_spelling_leads_to_the_city(client: TestClient, typed: str) -> None:
    answer = client.get("/my-city", params={"city": typed}, follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/city/fi-turku")


def test_the_way_keeps_the_language_and_the_shortlist(client: TestClient) -> None:
    params = {"city": "Turku", "pick": ["salt-bins", "robots"], "q": "snow"}
    answer = client.get("/fi/my-city", params=params, follow_redirects=False)
    assert answer.headers["location"] == "/fi/city/fi-turku?q=snow&pick=salt-bins&pick=robots"
    page = client.get(answer.headers["location"]).text
    assert 'href="/fi/shortlist?q=snow&amp;city=Turku&amp;pick=salt-bins&amp;pick=robots' in page


def test_a_misspelt_name_offers_the_cities_that_may_be_meant(client: TestClient) -> None:
    answer = client.get("/my-city?city=Tartuu")
    assert answer.status_code == 404
    assert 'role="alert"' in answer.text
    assert "We know no city called “Tartuu”." in answer.text
    assert _links(answer.text)[0] == "ee-tartu"
    assert 'value="Tartuu"' in answer.text, "it stays in the field to be mended"


def test_a_name_that_two_cities_have_offers_both(client: TestClient) -> None:
    answer = client.get("/my-city?city=linnake")
    assert answer.status_code == 400
    assert "Several cities are called “linnake”." in answer.text
    assert sorted(_links(answer.text)[:2]) == ["ee-valga", "ee-voru"]
    compared = client.get("/compare?city=Turku&city=linnake")
    assert compared.status_code == 400
    for link in re.findall(r'href="(/compare\?[^"]+)"', compared.text[compared.text.index("<main") :]):
        assert client.get(unescape(link)).status_code == 200


@pytest.mark.parametrize("typed", ["Atlantis", "<b>x</b>", "ا" * 300, "W" * 5_000, "'; DROP"])
def test_a_name_that_nobody_has_gets_a_page_that_helps_onward(client: TestClient, typed: str) -> None:
    for path, field, status in (("/my-city", "city", 404), ("/cities", "q", 200)):
        answer = client.get(path, params={field: typed})
        assert answer.status_code == status
        assert "<b>x</b>" not in answer.text
        assert re.search(r'href="/(?:search|cities)"', answer.text)


def test_without_a_name_the_cities_stand_by_country(client: TestClient) -> None:
    page = client.get("/my-city").text
    assert re.search(r"<summary>Estonia <small>\(\d+ cities\)</small></summary>", page)
    assert "<summary>Viro " in client.get("/fi/my-city").text
    assert len(_links(page)) == len(set(_links(page))) > 5
    assert '<option value="Turku">Finland</option>' in page


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("t", {"ee-tartu", "fi-turku"}),
        ("TAR", {"ee-tartu"}),
        ("åb", {"fi-turku"}),
        ("Tatru", {"ee-tartu"}),
        ("vo", {"ee-voru"}),
        ("Atlantis", set()),
    ],
)
def test_the_list_of_cities_can_be_narrowed(client: TestClient, typed: str, found: set[str]) -> None:
    answer = client.get("/cities", params={"q": typed})
    assert answer.status_code == 200
    assert set(_links(answer.text)) == found
    assert 'role="status"' in answer.text


def test_a_city_without_needs_is_told_what_like_cities_work_on(client: TestClient) -> None:
    page = client.get("/city/se-lund").text
    assert "No practice of Lund is recorded yet, so its needs are not known." in page
    assert re.search(
        r'<form class="need" action="/search"[^>]*>\s*<input type="hidden" name="city" value="Lund">', page
    )


def test_what_others_solved_worked_there_and_can_be_put_on_the_shortlist(client: TestClient) -> None:
    page = client.get("/city/ee-tartu").text
    solved = page[page.index('id="solved"') : page.index('id="similar"')]
    cards = solved[: solved.index("</ol>")].split('<li class="card">')[1:]
    assert cards
    for card in cards:
        assert "Worked" in card
        assert re.search(r'class="badge verdict-', card)
        assert re.search(r'href="/shortlist\?city=Tartu&amp;pick=[a-z-]+"', card)


def test_each_need_leads_to_who_solved_it(client: TestClient) -> None:
    page = client.get("/city/fi-turku").text
    asked = re.findall(r'href="/search\?q=([^"&]+)&amp;city=Turku"', page)
    assert asked
    assert client.get(f"/search?q={asked[0]}&city=Turku").status_code == 200


def test_the_sliders_have_labels_and_the_list_says_what_to_announce(client: TestClient) -> None:
    page = client.get("/city/fi-turku").text
    for part in ("needs", "profile", "size", "climate", "sea", "country"):
        assert f'<label for="weight_{part}">' in page
        assert re.search(rf'id="weight_{part}" name="weight_{part}" type="range" min="0" max="10"', page)
    assert re.search(r'id="similar-list" data-part data-said="Most alike: [^"]+\."', page)
    assert 'role="status" id="similar-said"' in page
