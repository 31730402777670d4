"""What the head of a page says to those who share it, and the pictures that go with it."""

import re
from collections.abc import Iterator
from dataclasses import replace
from html import unescape
from struct import unpack

import pytest
from fastapi.testclient import TestClient

from bufgraph.errors import MisconfiguredError
from bufgraph.settings import Settings, load_settings
from bufgraph_api.app import create_app
from bufgraph_api.sharing.cards import Badge, Card, CardPainter

HTML = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def client(small_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(small_settings), raise_server_exceptions=False) as client:
        client.headers |= HTML
        yield client


def said(client: TestClient, path: str, **headers: str) -> dict[str, str]:
    """Return what the head of a page says, by name or property."""
    page = client.get(path, headers=headers).text
    return {
        name: unescape(content)
        for name, content in re.findall(r'<meta (?:name|property)="([^"]+)" content="([^"]*)">', page)
    }


def size(png: bytes) -> tuple[int, int]:
    """Return width and height of a PNG, from its first chunk."""
    assert png.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = unpack(">II", png[16:24])
    return width, height


def test_a_practice_is_shared_with_its_words_and_picture(client: TestClient) -> None:
    found = said(client, "/practice/robots")
    assert found["og:title"] == "Snow ploughing robots"
    assert found["og:type"] == "article"
    assert found["og:url"] == "http://testserver/practice/robots"
    assert found["og:description"] == found["description"] == "Snow ploughing robots, done by the city."
    assert found["og:image"] == "http://testserver/cards/practice/robots.png"
    assert found["og:locale"] == "en_GB"
    assert found["twitter:card"] == "summary_large_image"


@pytest.mark.parametrize(
    "path", ["/", "/city/fi-turku", "/challenge/snow-and-ice-clearing", "/practices", "/nowhere"]
)
def test_every_page_says_it(client: TestClient, path: str) -> None:
    found = said(client, f"/lv{path}")
    assert found["og:url"] == f"http://testserver/lv{path}"
    assert found["og:locale"] == "lv_LV"
    assert found["og:title"]
    picture = found["og:image"].removeprefix("http://testserver")
    assert picture.endswith("?lang=lv")
    assert client.get(picture).headers["content-type"] == "image/png"


@pytest.mark.parametrize(
    ("path", "feed"),
    [
        ("/city/fi-turku", "/feeds/city/fi-turku.atom"),
        ("/challenge/snow-and-ice-clearing", "/feeds/challenge/snow-and-ice-clearing.atom"),
        ("/practice/robots", "/feeds/challenge/snow-and-ice-clearing.atom"),
        ("/", "/feeds/all.atom"),
    ],
)
def test_a_page_names_its_feed(client: TestClient, path: str, feed: str) -> None:
    page = client.get(f"/sv{path}").text
    assert f'<link rel="alternate" type="application/atom+xml" href="/sv{feed}"' in page
    assert client.get(f"/sv{feed}").status_code == 200


def test_what_a_person_typed_is_not_for_search_engines(client: TestClient) -> None:
    assert said(client, "/search?q=snow").get("robots") == "noindex"
    assert "robots" not in said(client, "/practices")


def test_a_made_up_host_stands_nowhere(client: TestClient) -> None:
    found = said(client, "/practice/robots", Host='evil.example"><script>')
    assert found["og:url"] == "http://127.0.0.1:8000/practice/robots"


def test_the_public_address_wins(small_settings: Settings) -> None:
    settings = replace(small_settings, public_url="https://practices.example.org/")
    with TestClient(create_app(settings)) as client:
        client.headers |= HTML
        found = said(client, "/practice/robots", Host="inside.example")
        assert found["og:image"] == "https://practices.example.org/cards/practice/robots.png"
        assert b"https://practices.example.org/practice/robots" in client.get("/feeds/all.atom").content


@pytest.mark.parametrize(
    "address",
    ["practices.example.org", "https://example.org", "ftp://example.org/", "https://a b/", "https://a/?x/"],
)
def test_a_public_address_is_checked(address: str) -> None:
    with pytest.raises(MisconfiguredError, match="BUFGRAPH_PUBLIC_URL"):
        load_settings({"BUFGRAPH_PUBLIC_URL": address})


@pytest.mark.parametrize(
    "path",
    [
        "/cards/practice/robots.png",
        "/cards/city/fi-turku.png",
        "/cards/challenge/cloudburst-flooding.png",
        "/cards/site/x.png",
    ],
)
def test_a_picture_has_the_size_that_is_asked_for(client: TestClient, path: str) -> None:
    answer = client.get(path, params={"lang": "pl"})
    assert size(answer.content) == (1200, 630)
    again = client.get(path, params={"lang": "pl"}, headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


@pytest.mark.parametrize(
    "path", ["/cards/practice/none.png", "/cards/expert/winter-lab.png", "/cards/city/robots.png"]
)
def test_no_record_no_picture(client: TestClient, path: str) -> None:
    assert client.get(path, headers={"Accept": "*/*"}).status_code == 404


@pytest.mark.parametrize(
    "title",
    ["#set page(width: 1pt)", '"]); #panic()', "$ \\ #read(\"/etc/passwd\")", "שלום עולם", "x" * 400, "word " * 200, ""],
    ids=["setting", "panic", "reading", "from right to left", "one long word", "long", "empty"],
)  # fmt: skip
def test_a_title_is_only_text(title: str) -> None:
    card = Card(
        "en",
        "What a city tried",
        title,
        title,
        "bufgraph",
        (Badge("✗", title[:20], "bad"),),
        3,
        "Evidence 3 of 5",
    )
    assert size(CardPainter().png(card)) == (1200, 630)


def test_a_picture_is_kept_and_the_oldest_goes() -> None:
    painter = CardPainter(kept=2)
    cards = [Card("en", "", f"Title {n}", "", "") for n in range(3)]
    first = painter.png(cards[0])
    assert painter.png(cards[0]) is first
    for card in cards[1:]:
        painter.png(card)
    assert painter.png(cards[0]) is not first
    assert painter.png(cards[0]) == painter.png(cards[0])
