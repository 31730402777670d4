"""The polite client against servers on this machine: good ones, and those that fail."""

import gzip
import time
from dataclasses import replace
from email.utils import formatdate
from pathlib import Path

import pytest

from bufgraph_ingest.network.client import PoliteClient
from bufgraph_ingest.network.failures import (
    BusyError,
    MissingPageError,
    StatusError,
    UnreachableError,
)
from odd_server import Answer, Exchange, InTurn, OddServer, html, odd_server
from polite_client import QUICK, kept

# -- a good server


def test_a_page_becomes_a_file_and_the_server_learns_who_asks(
    server: OddServer, client: PoliteClient
) -> None:
    server.pages["/a"] = html()
    fetched = client.fetch(f"{server.url}/a#part", media_types=("text/html",))
    assert (fetched.path.read_bytes(), fetched.media_type, fetched.origin) == (
        b"<p>hello",
        "text/html",
        "network",
    )
    agent = server.headers["/a"]["User-Agent"]
    assert agent.startswith("bufgraph/")
    assert agent.endswith("(+https://example.org/contact)")


def test_an_unchanged_page_is_not_sent_again(server: OddServer, client: PoliteClient) -> None:
    def page(exchange: Exchange) -> None:
        if exchange.headers["If-None-Match"] == '"one"':
            exchange.answer(304)
        else:
            exchange.answer(
                200, b"first", {"ETag": '"one"', "Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}
            )

    server.pages["/a"] = page
    first, second = client.fetch(f"{server.url}/a"), client.fetch(f"{server.url}/a")
    assert (first.origin, second.origin) == ("network", "revalidated")
    assert second.path.read_bytes() == b"first"
    assert server.headers["/a"]["If-Modified-Since"] == "Mon, 01 Jan 2024 00:00:00 GMT"


def test_a_changed_page_takes_the_place_of_the_old_one(
    server: OddServer, client: PoliteClient, tmp_path: Path
) -> None:
    server.pages["/a"] = InTurn(html(b"old", ETag='"1"'), html(b"new", ETag='"2"'))
    assert [client.fetch(f"{server.url}/a").path.read_bytes() for _ in range(2)] == [b"old", b"new"]
    assert len(kept(tmp_path / "cache")) == 2, "an entry and its body"


def test_a_page_with_an_age_is_not_asked_for_until_then(server: OddServer, client: PoliteClient) -> None:
    server.pages["/a"] = html(**{"Cache-Control": "public, max-age=60"})
    origins = [client.fetch(f"{server.url}/a").origin for _ in range(3)]
    assert origins == ["network", "cache", "cache"]
    assert server.counts["/a"] == 1


def test_a_damaged_cache_is_filled_anew(server: OddServer, client: PoliteClient, tmp_path: Path) -> None:
    server.pages["/a"] = html(ETag='"1"')
    client.fetch(f"{server.url}/a").path.write_bytes(b"cut")
    assert client.fetch(f"{server.url}/a").path.read_bytes() == b"<p>hello"
    for path in kept(tmp_path / "cache"):
        path.write_bytes(b"{")
    assert client.fetch(f"{server.url}/a").origin == "network"


def test_packed_pages_are_unpacked(server: OddServer, client: PoliteClient) -> None:
    body = gzip.compress(b"one ") + gzip.compress(b"two")
    server.pages["/a"] = html(body, **{"Content-Encoding": "gzip"})
    assert client.fetch(f"{server.url}/a").path.read_bytes() == b"one two"


def test_cookies_are_not_kept(server: OddServer, client: PoliteClient) -> None:
    server.pages["/a"] = html(**{"Set-Cookie": "visitor=1"})
    for _ in range(2):
        client.fetch(f"{server.url}/a")
    assert "Cookie" not in server.headers["/a"]


# -- failures and attempts


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_a_busy_server_is_asked_again(server: OddServer, client: PoliteClient, status: int) -> None:
    server.pages["/a"] = InTurn(Answer(status), Answer(status), html())
    assert client.fetch(f"{server.url}/a").size == 8
    assert server.counts["/a"] == 3


def test_attempts_end(server: OddServer, client: PoliteClient) -> None:
    server.pages["/a"] = Answer(503)
    with pytest.raises(BusyError, match="status 503"):
        client.fetch(f"{server.url}/a")
    assert server.counts["/a"] == QUICK.attempts


@pytest.mark.parametrize(
    ("status", "error"),
    [(404, MissingPageError), (410, MissingPageError), (403, StatusError), (500, StatusError)],
)
def test_other_failures_are_final(
    server: OddServer, client: PoliteClient, status: int, error: type[Exception], tmp_path: Path
) -> None:
    server.pages["/a"] = Answer(status, b"an error page")
    with pytest.raises(error, match=str(status)):
        client.fetch(f"{server.url}/a")
    assert server.counts["/a"] == 1
    assert kept(tmp_path / "cache") == []


@pytest.mark.parametrize("form", ["seconds", "date"])
def test_the_wish_of_a_server_to_wait_is_kept(server: OddServer, client: PoliteClient, form: str) -> None:
    wish = "1" if form == "seconds" else formatdate(time.time() + 2, usegmt=True)
    server.pages["/a"] = InTurn(Answer(429, headers={"Retry-After": wish}), html())
    start = time.monotonic()
    client.fetch(f"{server.url}/a")
    assert 0.9 <= time.monotonic() - start < 4


def test_a_server_that_wants_to_wait_for_long_is_left_alone(server: OddServer, client: PoliteClient) -> None:
    server.pages["/a"] = Answer(503, headers={"Retry-After": "3600"})
    with pytest.raises(BusyError, match="come back in 3,600 s"):
        client.fetch(f"{server.url}/a")
    assert server.counts["/a"] == 1


def test_a_silent_server_is_given_up(server: OddServer, client: PoliteClient) -> None:
    server.pages["/a"] = lambda exchange: time.sleep(1)
    with pytest.raises(BusyError, match="/a: the server was silent"):
        client.fetch(f"{server.url}/a")
    assert server.counts["/a"] == QUICK.attempts


@pytest.mark.parametrize(
    "start", [b"HTTP/1.1 200 OK\r\nX-Slow: ", b"HTTP/1.1 200 OK\r\nContent-Length: 999\r\n\r\n"]
)
def test_a_server_that_drips_is_given_up(server: OddServer, tmp_path: Path, start: bytes) -> None:
    def drip(exchange: Exchange) -> None:
        exchange.wfile.write(start)
        for _ in range(40):
            exchange.wfile.write(b"x")
            time.sleep(0.1)

    server.pages["/a"] = drip
    begun = time.monotonic()
    with (
        PoliteClient(replace(QUICK, total_s=0.7, attempts=1), tmp_path / "cache") as client,
        pytest.raises(BusyError, match=r"took longer than 0\.7 s"),
    ):
        client.fetch(f"{server.url}/a", kind="api")
    assert time.monotonic() - begun < 2
    assert kept(tmp_path / "cache") == []


def test_a_body_that_breaks_off_is_not_kept(server: OddServer, client: PoliteClient, tmp_path: Path) -> None:
    def short(exchange: Exchange) -> None:
        exchange.answer(200, b"half", {"Content-Length": "8"})
        exchange.close_connection = True

    server.pages["/a"] = short
    with pytest.raises(UnreachableError, match="no whole answer"):
        client.fetch(f"{server.url}/a")
    assert server.counts["/a"] == 1
    assert kept(tmp_path / "cache") == []


def test_a_body_longer_than_it_says_is_cut_there(server: OddServer, client: PoliteClient) -> None:
    server.pages["/a"] = Answer(200, b"whole and more", {"Content-Length": "5"})
    assert client.fetch(f"{server.url}/a").path.read_bytes() == b"whole"


def test_no_server_at_all_is_said_so(client: PoliteClient) -> None:
    with odd_server() as gone:
        url = gone.url
    with pytest.raises(UnreachableError):
        client.fetch(f"{url}/a")
