"""Journey "I know something", the lists with their filter, and the page of translations, as a reader without JavaScript gets them."""

import re
from collections.abc import Iterator
from html import unescape

import pytest
from fastapi.testclient import TestClient

from bufgraph.localisation.tongue import INTERFACE_LANGUAGES, LOCALES
from bufgraph.settings import Settings
from bufgraph_api.app import create_app
from bufgraph_api.pages import paging


@pytest.fixture(scope="module")
def client(towns_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(towns_settings), raise_server_exceptions=False) as client:
        client.headers["Accept"] = "text/html"
        yield client


_PRACTICE = re.compile(r'href="/practice/([\w-]+)"')


def _relation(page: str, name: str) -> set[str]:
    """Return the addresses that a page, in its head or in its text, calls the next or the previous."""
    return {
        unescape(match)
        for element in re.findall(rf'<(?:a|link)\b[^>]*rel="{name}"[^>]*>', page)
        for match in re.findall(r'href="([^"]+)"', element)
    }


def _text(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_it_asks_for_a_text_or_an_organisation(client: TestClient) -> None:
    page = client.get("/know").text
    assert '<textarea id="q" name="q"' in page
    assert '<option value="Winter Lab">' in page
    assert len(re.findall(r'<li><a href="/know\?q=', page)) == 3


def test_a_text_finds_cities_without_a_success_of_their_own(client: TestClient) -> None:
    page = client.get("/know", params={"q": "We grit icy pavements and clear snow from stairs"}).text
    assert "Cities that could use it" in _text(page)
    assert re.search(r'<h3><a href="/city/[a-z-]+">', page)
    assert "its own practice worked" not in _text(page)


@pytest.mark.parametrize("name", ["winter-lab", "Winter Lab", "winter lab"])
def test_an_organisation_is_found_by_slug_or_name(client: TestClient, name: str) -> None:
    answer = client.get("/know", params={"org": name})
    assert answer.status_code == 200
    assert '<a href="/expert/winter-lab">Winter Lab</a>' in answer.text


def test_an_unknown_organisation_gets_those_that_may_be_meant(client: TestClient) -> None:
    answer = client.get("/know", params={"org": "Wintr Lab"})
    assert answer.status_code == 404
    assert 'role="alert"' in answer.text
    assert '<a href="/know?org=Winter%20Lab">' in answer.text


@pytest.mark.parametrize("text", ["xqzt wvvk", "a" * 4_000, "<script>alert(1)</script>"])
def test_any_text_helps_onward(client: TestClient, text: str) -> None:
    page = client.get("/know", params={"q": text}).text
    assert "<script>alert" not in page
    assert "/challenge" in page


@pytest.mark.parametrize(
    ("path", "kept", "gone"),
    [
        ("/practices?q=rain+TURKU", "/practice/rain-gardens", "/practice/gritting"),
        ("/challenges?q=snow+ice", "/challenge/snow-and-ice-clearing", "/challenge/cloudburst-flooding"),
        ("/experts?q=winter", "/expert/winter-lab", "/expert/union"),
    ],
)
def test_a_list_keeps_what_holds_all_words(client: TestClient, path: str, kept: str, gone: str) -> None:
    page = client.get(path).text
    assert f'href="{kept}"' in page
    assert f'href="{gone}' not in page


def test_all_practices_are_reached_from_page_to_page(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = set(_PRACTICE.findall(client.get("/practices").text))
    assert len(whole) > 2
    monkeypatch.setattr(paging, "PER_PAGE", 2)
    seen: list[str] = []
    before, path = None, "/practices"
    while path:
        page = client.get(path).text
        assert dict.fromkeys(_relation(page, "prev")) == dict.fromkeys(before or ())
        shown = dict.fromkeys(_PRACTICE.findall(page))
        assert 0 < len(shown) <= 2
        seen += shown
        before, path = [path], next(iter(_relation(page, "next")), "")
    assert sorted(seen) == sorted(whole), "each stands on one page"


def test_the_words_of_a_filter_are_kept_from_page_to_page(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(paging, "PER_PAGE", 1)
    first = client.get("/fi/practices?q=a").text
    assert _relation(first, "next") == {"/fi/practices?q=a&page=2"}
    assert '<a href="/fi/practices?q=a" aria-current="page">1</a>' in first
    assert client.get("/practices?page=99").status_code == 404
    assert client.get("/practices?page=first").status_code == 400


@pytest.mark.parametrize("path", ["/practices", "/challenges", "/experts"])
def test_a_list_without_a_hit_leads_onward(client: TestClient, path: str) -> None:
    page = client.get(f"{path}?q=no-such-word").text
    assert "Nothing on this list has all these words." in page
    assert f'<a href="{path}">' in page


def test_the_page_of_translations_names_the_file_of_every_language(client: TestClient) -> None:
    page = client.get("/about/translations").text
    for code in INTERFACE_LANGUAGES[1:]:
        assert (LOCALES / f"{code}.po").is_file()
        assert f"bufgraph/localisation/locales/{code}.po" in page


def test_a_practice_shows_outcome_evidence_and_fit_in_words(client: TestClient) -> None:
    text = _text(client.get("/practice/rain-gardens?city=Oulu").text)
    head = text[: text.index("Would it work here?")]
    assert re.search(r"✓ Worked .*Evidence \d of 5 .*Oulu: We do not know", head)


def test_a_practice_carries_the_shortlist_along(client: TestClient) -> None:
    page = client.get("/practice/rain-gardens?city=Oulu&pick=gritting&q=rain").text
    assert 'href="/shortlist?q=rain&amp;city=Oulu&amp;pick=gritting&amp;pick=rain-gardens"' in page
    assert page.count('<input type="hidden" name="pick" value="gritting">') == 2


def test_answers_stay_in_the_language_of_the_page(client: TestClient) -> None:
    params = {"city": "fi-turku", "fact.coastal": "yes"}
    answer = client.get("/fi/practice/rain-gardens", params=params, follow_redirects=False)
    assert answer.headers["location"].startswith("/fi/practice/rain-gardens?city=fi-turku&fact=coastal")
