"""Atom feeds: valid, in the language of the address, with times that are true."""

from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from atom_documents import ATOM, LANG, entries, links, parsed, text
from bufgraph.localisation.tongue import INTERFACE_LANGUAGES
from bufgraph.services.composition import open_build
from bufgraph.settings import Settings, load_settings
from bufgraph_api.app import create_app
from bufgraph_api.sharing import atom, feeds
from builders import adoption, practice, small_datasets, write_datasets
from conftest import build

BASE = "https://w3id.org/bufgraph/"
HOSTILE = '<b>Ice</b> & "snow" ]]> \u0007 \ufffe end'
FEEDS = (
    "/feeds/all.atom",
    "/feeds/domain/living.atom",
    "/feeds/domain/public-spaces-management.atom",
    "/feeds/challenge/snow-and-ice-clearing.atom",
    "/feeds/city/fi-turku.atom",
    "/feeds/city/lv-cesis.atom",
)
_LANGUAGES = ("sv", "fi", "da", "nb", "et", "lv", "lt", "pl", "de", "ru")


@pytest.fixture(scope="module")
def settings(new_home: Callable[[], Path], tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """The small world with one practice that has a translation and one with a title that could break a document."""
    world = small_datasets()
    world["practices"].append(practice("ice", HOSTILE, "It is icy.", "snow-and-ice-clearing", "fi-oulu"))
    world["adoptions"].append(adoption("ice", "fi-oulu", "stopped", start_year=2020))
    told = {lang: f"Robots ({lang})" for lang in _LANGUAGES}
    world["translations"] = [
        {
            "id": "bgd:translation/robots", "type": "Translation", "translates": "bgd:practice/robots",
            "local_title": told, "local_need": dict.fromkeys(told, "Need."), "local_solution": dict.fromkeys(told, "Done."),
        }
    ]  # fmt: skip
    datasets = write_datasets(tmp_path_factory.mktemp("feeds") / "datasets", world)
    (datasets / "lexicons").mkdir()
    return build(load_settings({}, home=new_home(), datasets=datasets))


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


@pytest.mark.parametrize("path", FEEDS)
@pytest.mark.parametrize("root", ["", "/lv", "/de"])
def test_every_feed_is_valid(client: TestClient, root: str, path: str) -> None:
    answer = client.get(root + path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/atom+xml; charset=utf-8"
    feed = parsed(answer.content)
    assert feed.get(LANG) == (root[1:] or "en")
    assert links(feed, "self")[0]["href"] == f"http://testserver{root}{path}"


def test_a_feed_holds_what_it_says(client: TestClient) -> None:
    held = {
        path: [text(entry, "id").rsplit("/", 1)[-1] for entry in entries(parsed(client.get(path).content))]
        for path in FEEDS
    }
    assert held == {
        "/feeds/all.atom": ["gritting", "ice", "rain-gardens", "robots"],
        "/feeds/domain/living.atom": ["gritting", "ice", "robots"],
        "/feeds/domain/public-spaces-management.atom": ["gritting", "ice", "robots"],
        "/feeds/challenge/snow-and-ice-clearing.atom": ["gritting", "ice", "robots"],
        "/feeds/city/fi-turku.atom": ["gritting", "rain-gardens"],
        "/feeds/city/lv-cesis.atom": [],
    }


def test_identifiers_stay_the_same_whatever_the_server_and_the_language(client: TestClient) -> None:
    here = parsed(client.get("/feeds/city/fi-turku.atom").content)
    there = parsed(client.get("/fi/feeds/city/fi-turku.atom", headers={"Host": "elsewhere.example"}).content)
    assert text(here, "id") == text(there, "id") == f"{BASE}id/city/fi-turku#feed"
    assert [text(e, "id") for e in entries(here)] == [text(e, "id") for e in entries(there)]
    assert text(entries(here)[0], "id") == f"{BASE}id/practice/gritting"


def test_a_text_cannot_break_the_document(client: TestClient) -> None:
    feed = parsed(client.get("/feeds/all.atom").content)
    title = next(text(e, "title") for e in entries(feed) if text(e, "id").endswith("/ice"))
    assert title == '<b>Ice</b> & "snow" ]]>     end'


def test_the_time_is_that_of_loading(client: TestClient, settings: Settings) -> None:
    opened = open_build(settings)
    rows = opened.graph.select(
        "SELECT ?time WHERE { GRAPH ?about { ?graph prov:generatedAtTime ?time FILTER(STRSTARTS(STR(?graph), "
        f"'{BASE}id/graph/practices')) }} }}"
    )
    loaded = {datetime.fromisoformat(row["time"].value) for row in rows}
    feed = parsed(client.get("/feeds/all.atom").content)
    assert {datetime.fromisoformat(text(e, "updated")) for e in entries(feed)} <= loaded
    assert datetime.fromisoformat(text(feed, "updated")) == max(loaded)


def test_the_newest_comes_first(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    made = feeds.Feeds(open_build(settings))
    newer = datetime.fromisoformat("2030-01-01T00:00:00+00:00")
    older = datetime.fromisoformat("2020-01-01T00:00:00+00:00")
    monkeypatch.setattr(made._times, "of", lambda iri: newer if iri.endswith("/robots") else older)
    names = [entry.practice.slug for entry in made.all().entries]
    assert names == ["robots", "gritting", "ice", "rain-gardens"]
    assert made.all().updated == newer


def test_a_feed_speaks_the_language_of_its_address(client: TestClient) -> None:
    feed = parsed(client.get("/lv/feeds/challenge/snow-and-ice-clearing.atom").content)
    robots = next(e for e in entries(feed) if text(e, "id").endswith("/robots"))
    assert text(robots, "title") == "Robots (lv)"
    assert "Need. Done." in text(robots, "summary")
    gritting = entries(feed)[0]
    title = gritting.find(f"{ATOM}title")
    assert title is not None
    assert title.get(LANG) == "en"  # what nobody translated says so
    assert links(gritting, "alternate")[0]["href"] == "http://testserver/lv/practice/gritting"
    others = {link.get("hreflang") for link in links(feed, "alternate")}
    assert others == set(INTERFACE_LANGUAGES)


def test_a_summary_tells_place_outcome_and_evidence(client: TestClient) -> None:
    feed = parsed(client.get("/feeds/city/fi-oulu.atom").content)
    robots = next(e for e in entries(feed) if text(e, "id").endswith("/robots"))
    assert text(robots, "summary").startswith("Oulu (Finland): ✗ Failed. Evidence level ")


@pytest.mark.parametrize(
    "path",
    ["/feeds/city/nowhere.atom", "/feeds/domain/nothing.atom", "/feeds/challenge/none.atom", "/feeds/street/x.atom",
     "/lv/feeds/city/nowhere.atom", "/feeds/all.atom?page=2"],
)  # fmt: skip
def test_what_is_not_there_is_a_problem(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert answer.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize("page", ["0", "-1", "x"])
def test_a_page_is_a_number(client: TestClient, page: str) -> None:
    assert client.get(f"/feeds/all.atom?page={page}").status_code == 400


def test_an_unchanged_feed_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/feeds/all.atom")
    again = client.get("/feeds/all.atom", headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    since = client.get("/feeds/all.atom", headers={"If-Modified-Since": first.headers["last-modified"]})
    assert since.status_code == 304
    other = {"If-None-Match": '"x"', "If-Modified-Since": first.headers["last-modified"]}
    assert client.get("/feeds/all.atom", headers=other).status_code == 200
    assert client.get("/feeds/all.atom", headers={"If-Modified-Since": "yesterday"}).status_code == 200
    assert client.get("/lv/feeds/all.atom").headers["etag"] != first.headers["etag"]


def test_a_long_feed_is_told_in_pages(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(feeds, "PAGE_SIZE", 3)
    monkeypatch.setattr(atom, "PAGE_SIZE", 3)
    first, second = (parsed(client.get(f"/feeds/all.atom?page={page}").content) for page in (1, 2))
    assert [len(entries(page)) for page in (first, second)] == [3, 1]
    assert links(first, "next")[0]["href"] == "http://testserver/feeds/all.atom?page=2"
    assert links(second, "previous")[0]["href"] == "http://testserver/feeds/all.atom"
    assert {links(page, "last")[0]["href"] for page in (first, second)} == {links(first, "next")[0]["href"]}
    assert not links(second, "next")


def test_the_page_of_feeds_offers_them_all(client: TestClient) -> None:
    page = client.get("/fi/feeds", headers={"Accept": "text/html"}).text
    for path in FEEDS:
        assert f'href="/fi{path}"' in page
