"""What the polite client refuses: too much, the wrong kind, places where it does not go."""

import gzip
import ssl
import threading
import time
import tracemalloc
from dataclasses import replace
from pathlib import Path

import anyio
import httpx
import pytest
import trustme

from bufgraph.errors import MisconfiguredError
from bufgraph_ingest.network.client import PoliteClient
from bufgraph_ingest.network.failures import (
    BodyTooLargeError,
    RefusedError,
    UnwantedAnswerError,
)
from bufgraph_ingest.network.transport import GuardedTransport, is_public
from odd_server import Answer, Exchange, OddServer, html, odd_server
from polite_client import QUICK, kept

# -- limits


def test_a_body_that_says_it_is_too_large_is_not_read(server: OddServer, client: PoliteClient) -> None:
    server.pages["/a"] = Answer(200, b"x", {"Content-Length": "5000001"})
    with pytest.raises(BodyTooLargeError, match="limit is 5,000,000"):
        client.fetch(f"{server.url}/a")


def test_a_body_without_a_length_ends_at_the_limit(
    server: OddServer, client: PoliteClient, tmp_path: Path
) -> None:
    sent = 0

    def endless(exchange: Exchange) -> None:
        nonlocal sent
        exchange.send_response(200)
        exchange.send_header("Connection", "close")
        exchange.end_headers()
        while True:
            exchange.wfile.write(b"x" * 100_000)
            sent += 100_000

    server.pages["/a"] = endless
    with pytest.raises(BodyTooLargeError, match="more than 5,000,000 bytes"):
        client.fetch(f"{server.url}/a")
    assert sent < 30_000_000
    assert kept(tmp_path / "cache") == []


def test_a_decompression_bomb_never_lies_in_memory(server: OddServer, tmp_path: Path) -> None:
    bomb = gzip.compress(bytes(200_000_000), compresslevel=9)
    server.pages["/a"] = Answer(200, bomb, {"Content-Encoding": "gzip"})
    with PoliteClient(replace(QUICK, max_bytes=10**9), tmp_path / "cache") as client:
        tracemalloc.start()
        with pytest.raises(BodyTooLargeError, match="bomb"):
            client.fetch(f"{server.url}/a", kind="api")
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
    assert peak < 5_000_000
    assert kept(tmp_path / "cache") == []


@pytest.mark.parametrize(
    ("body", "encoding"), [(gzip.compress(b"x" * 999, mtime=0)[:-9], "gzip"), (b"??", "gzip"), (b"x", "br")]
)
def test_damaged_packing_is_refused(
    server: OddServer, client: PoliteClient, tmp_path: Path, body: bytes, encoding: str
) -> None:
    server.pages["/a"] = Answer(200, body, {"Content-Encoding": encoding})
    with pytest.raises(UnwantedAnswerError, match="packed"):
        client.fetch(f"{server.url}/a")
    assert kept(tmp_path / "cache") == []


def test_an_answer_of_another_type_is_refused(server: OddServer, client: PoliteClient) -> None:
    server.pages["/a"] = html()
    with pytest.raises(UnwantedAnswerError, match="expected application/json"):
        client.fetch(f"{server.url}/a", kind="api", media_types=("application/json",))


def test_one_host_is_asked_with_rests_and_never_by_too_many(server: OddServer, tmp_path: Path) -> None:
    def slow(exchange: Exchange) -> None:
        time.sleep(0.2)
        exchange.answer(200)

    server.pages = {f"/{n}": slow for n in range(6)}
    policy = replace(QUICK, host_interval_s=0.05, host_connections=2)
    begun = time.monotonic()
    with PoliteClient(policy, tmp_path / "cache") as client:
        threads = [
            threading.Thread(target=client.fetch, args=(f"{server.url}/{n}",), kwargs={"kind": "api"})
            for n in range(6)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert server.most_at_once == 2
    assert time.monotonic() - begun >= 0.6


# -- where it leads


def test_redirects_are_followed(server: OddServer, client: PoliteClient) -> None:
    server.pages |= {"/a": Answer(301, headers={"Location": "/b"}), "/b": html()}
    assert client.fetch(f"{server.url}/a").final_url == f"{server.url}/b"


def test_a_circle_of_redirects_ends(server: OddServer, client: PoliteClient) -> None:
    server.pages |= {
        "/a": Answer(302, headers={"Location": "/b"}),
        "/b": Answer(302, headers={"Location": "/a"}),
    }
    with pytest.raises(RefusedError, match="more than 5 times"):
        client.fetch(f"{server.url}/a")
    assert server.counts["/a"] + server.counts["/b"] == QUICK.max_redirects + 1


@pytest.mark.parametrize("target", ["file:///etc/hostname", "ftp://example.org/a", "data:text/plain,x"])
def test_no_redirect_leads_to_another_scheme(server: OddServer, client: PoliteClient, target: str) -> None:
    server.pages["/a"] = Answer(302, headers={"Location": target})
    with pytest.raises(RefusedError, match=r"scheme|no web address"):
        client.fetch(f"{server.url}/a")


def test_no_redirect_leads_into_the_operators_network(server: OddServer, client: PoliteClient) -> None:
    port = server.url.rpartition(":")[2]
    server.pages["/a"] = Answer(302, headers={"Location": f"http://localhost:{port}/secret"})
    with pytest.raises(RefusedError, match="not public"):
        client.fetch(f"{server.url}/a")
    assert server.counts["/secret"] == 0


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "2130706433",
        "0x7f.1",
        "10.1.2.3",
        "169.254.169.254",
        "[::1]",
        "[::ffff:10.0.0.1]",
    ],
)
def test_addresses_that_are_not_public_are_refused(tmp_path: Path, host: str) -> None:
    with (
        PoliteClient(replace(QUICK, private_hosts=frozenset()), tmp_path / "cache") as client,
        pytest.raises(RefusedError, match="not public"),
    ):
        client.fetch(f"http://{host}/a")


@pytest.mark.parametrize(
    ("address", "public"),
    [("8.8.8.8", True), ("2001:4860:4860::8888", True), ("100.64.0.1", False), ("224.0.0.1", False), ("0.0.0.0", False),
     ("fe80::1%eth0", False), ("fc00::1", False), ("64:ff9b::7f00:1", False), ("64:ff9b::808:808", True),
     ("2002:7f00:1::", False)],
)  # fmt: skip
def test_what_counts_as_public(address: str, public: bool) -> None:
    assert is_public(address) is public


@pytest.mark.parametrize(
    "url", ["file:///etc/hostname", "ftp://example.org/", "http:///a", "no address", "http://[::"]
)
def test_what_is_no_web_address_is_refused(client: PoliteClient, url: str) -> None:
    with pytest.raises(RefusedError, match="no web address"):
        client.fetch(url)


def test_a_password_in_an_address_is_refused_and_not_repeated(client: PoliteClient) -> None:
    with pytest.raises(RefusedError) as caught:
        client.fetch("https://user:hush@example.org/")
    assert "hush" not in str(caught.value)


# -- robots.txt


def test_rules_are_kept_for_pages_and_read_once(server: OddServer, client: PoliteClient) -> None:
    server.pages |= {"/robots.txt": Answer(200, b"User-agent: bufgraph\nDisallow: /private\n"), "/a": html()}
    server.pages["/private/b"] = html()
    client.fetch(f"{server.url}/a")
    with pytest.raises(RefusedError, match=r"robots\.txt does not let"):
        client.fetch(f"{server.url}/private/b")
    assert client.fetch(f"{server.url}/private/b", kind="api").size == 8
    assert server.counts["/robots.txt"] == 1


@pytest.mark.parametrize(
    "rules", [(500, b""), (200, b"User-agent: *\nDisallow: http://[\n"), (200, b"#" * 600_000)]
)
def test_rules_that_cannot_be_read_forbid_everything(
    server: OddServer, client: PoliteClient, rules: tuple[int, bytes]
) -> None:
    server.pages |= {"/robots.txt": Answer(*rules), "/a": html()}
    with pytest.raises(RefusedError, match=r"robots\.txt"):
        client.fetch(f"{server.url}/a")
    assert server.counts["/a"] == 0


def test_a_redirect_is_no_way_round_the_rules(server: OddServer, client: PoliteClient) -> None:
    server.pages |= {
        "/robots.txt": Answer(200, b"User-agent: *\nDisallow: /private\n"),
        "/a": Answer(302, headers={"Location": "/private"}),
    }
    with pytest.raises(RefusedError, match=r"robots\.txt"):
        client.fetch(f"{server.url}/a")
    assert server.counts["/private"] == 0


def test_the_delay_that_a_host_asks_for_is_kept(server: OddServer, client: PoliteClient) -> None:
    server.pages |= {
        "/robots.txt": Answer(200, b"User-agent: *\nCrawl-delay: 1\n"),
        "/a": html(),
        "/b": html(),
    }
    begun = time.monotonic()
    client.fetch(f"{server.url}/a")
    client.fetch(f"{server.url}/b")
    assert time.monotonic() - begun >= 1.9


# -- probing


def test_probing_takes_no_body_and_falls_back_to_get(server: OddServer, client: PoliteClient) -> None:
    def no_head(exchange: Exchange) -> None:
        exchange.answer(405 if exchange.command == "HEAD" else 200, b"body")

    server.pages |= {"/a": html(), "/b": no_head}
    assert [client.probe(f"{server.url}{path}").status for path in ("/a", "/b", "/c")] == [200, 200, 404]
    assert [asked for asked in server.asked if asked[1] != "/robots.txt"] == [
        ("HEAD", "/a"), ("HEAD", "/b"), ("GET", "/b"), ("HEAD", "/c"), ("GET", "/c"),
    ]  # fmt: skip


def test_a_policy_that_makes_no_sense_is_refused() -> None:
    for wrong in ({"attempts": 0}, {"read_s": -1}, {"contact": "a\r\nX-Evil: 1"}):
        with pytest.raises(MisconfiguredError):
            replace(QUICK, **wrong)  # type: ignore[arg-type]  # a table of fields of several types


# -- certificates


@pytest.fixture
def authority() -> trustme.CA:
    return trustme.CA()


def _ask(authority: trustme.CA, certified: str) -> int:
    """Return the status of a server with a certificate for a name, asked as ``localhost``."""
    trusted = ssl.create_default_context()
    authority.configure_trust(trusted)
    served = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    authority.issue_cert(certified).configure_cert(served)

    async def ask(url: str) -> int:
        transport = GuardedTransport(frozenset({"localhost"}), trusted)
        async with httpx.AsyncClient(transport=transport) as client:
            return (await client.get(url)).status_code

    with odd_server(served) as server:
        server.pages["/a"] = html()
        return anyio.run(ask, f"https://localhost:{server.server_address[1]}/a")


def test_a_certificate_is_checked_for_the_name_though_the_address_is_asked(authority: trustme.CA) -> None:
    assert _ask(authority, "localhost") == 200
    for other in ("127.0.0.1", "other.example"):
        with pytest.raises(httpx.ConnectError, match="certificate"):
            _ask(authority, other)
