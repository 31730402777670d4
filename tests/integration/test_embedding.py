"""A practice as a card on other sites, and how programs find it."""

from collections.abc import Iterator
from html import unescape
from xml.etree.ElementTree import fromstring

import pytest
from fastapi.testclient import TestClient

from bufgraph.settings import Settings
from bufgraph_api.app import create_app

PAGE = "http://testserver/practice/robots"
CARD = "http://testserver/embed/practice/robots"


@pytest.fixture(scope="module")
def client(small_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(small_settings), raise_server_exceptions=False) as client:
        yield client


def test_only_the_card_may_be_framed(client: TestClient) -> None:
    card = client.get("/embed/practice/robots")
    assert "frame-ancestors *" in card.headers["content-security-policy"]
    assert "script-src" not in card.headers["content-security-policy"]
    assert "set-cookie" not in card.headers
    page = client.get("/practice/robots", headers={"Accept": "text/html"})
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]


def test_the_card_tells_what_where_how_it_went_and_leads_back(client: TestClient) -> None:
    card = client.get("/lv/embed/practice/robots").text
    assert '<html lang="lv"' in card
    for words in (
        "Snow ploughing robots",
        "Oulu",
        "✗",
        "Snow ploughing robots, done by the city.",
        "CC BY 4.0",
    ):
        assert words in card
    assert 'href="http://testserver/lv/practice/robots" target="_blank"' in card
    assert "<nav" not in card
    assert "<script" not in card
    assert '<p lang="en">' in card  # nobody translated it


def test_an_unknown_practice_has_no_card(client: TestClient) -> None:
    assert client.get("/embed/practice/none").status_code == 404


def test_a_page_says_how_it_is_embedded(client: TestClient) -> None:
    page = client.get("/practice/robots", headers={"Accept": "text/html"}).text
    for kind in ("application/json+oembed", "text/xml+oembed"):
        address = unescape(page.partition(f'type="{kind}" href="')[2].partition('"')[0])
        answer = client.get(address.removeprefix("http://testserver"))
        assert answer.status_code == 200
        assert CARD in unescape(answer.text)


def test_oembed_gives_a_rich_card(client: TestClient) -> None:
    answer = client.get("/oembed", params={"url": PAGE}).json()
    assert answer["version"] == "1.0"
    assert answer["type"] == "rich"
    assert (answer["width"], answer["height"]) == (560, 340)
    assert answer["title"] == "Snow ploughing robots"
    assert answer["html"].startswith(f'<iframe src="{CARD}" width="560" height="340"')
    assert answer["thumbnail_url"] == "http://testserver/cards/practice/robots.png"


def test_oembed_says_the_same_in_xml(client: TestClient) -> None:
    told = client.get("/oembed", params={"url": PAGE}).json()
    answer = client.get("/oembed", params={"url": PAGE, "format": "xml"})
    assert answer.headers["content-type"].startswith("text/xml")
    root = fromstring(answer.content)
    assert root.tag == "oembed"
    assert {node.tag: node.text for node in root} == {name: str(value) for name, value in told.items()}


@pytest.mark.parametrize(
    ("asked", "given"),
    [((300, 200), (300, 200)), ((9_000, 9_000), (560, 340)), ((1, 1), (1, 1)), ((1_300, 600), (560, 340))],
)
def test_no_card_is_larger_than_asked(
    client: TestClient, asked: tuple[int, int], given: tuple[int, int]
) -> None:
    answer = client.get("/oembed", params={"url": PAGE, "maxwidth": asked[0], "maxheight": asked[1]}).json()
    assert (answer["width"], answer["height"]) == given
    assert f'width="{given[0]}" height="{given[1]}"' in answer["html"]
    assert ("thumbnail_url" in answer) == (asked[0] >= 1_200 and asked[1] >= 630)


@pytest.mark.parametrize(
    ("url", "card"),
    [
        ("http://testserver/lv/practice/robots", "http://testserver/lv/embed/practice/robots"),
        ("https://testserver/practice/robots?city=Turku#fit", CARD),
        ("http://testserver/embed/practice/robots", CARD),
        ("http://testserver/id/practice/robots", CARD),
        ("https://w3id.org/bufgraph/id/practice/robots", CARD),
    ],
)
def test_every_address_of_a_practice_is_known(client: TestClient, url: str, card: str) -> None:
    assert f'src="{card}"' in client.get("/oembed", params={"url": url}).json()["html"]


@pytest.mark.parametrize(
    "url",
    ["http://elsewhere.example/practice/robots", "http://testserver/practice/none", "http://testserver/city/fi-turku", "http://testserver",
     "javascript:alert(1)", "//testserver/practice/robots", "http://testserver/practice/%2e%2e/robots", "", "http://[", "https://w3id.org/bufgraph/id/city/fi-turku"],
)  # fmt: skip
def test_nothing_else_is_embedded(client: TestClient, url: str) -> None:
    assert client.get("/oembed", params={"url": url}).status_code == 404


def test_an_unknown_format_is_not_implemented(client: TestClient) -> None:
    assert client.get("/oembed", params={"url": PAGE, "format": "yaml"}).status_code == 501


@pytest.mark.parametrize("query", [{}, {"url": PAGE, "maxwidth": "0"}, {"url": PAGE, "maxheight": "wide"}])
def test_a_wrong_question_says_what_is_wrong(client: TestClient, query: dict[str, str]) -> None:
    answer = client.get("/oembed", params=query)
    assert answer.status_code == 400
    assert answer.json()["field"] in {"url", "maxwidth", "maxheight"}
