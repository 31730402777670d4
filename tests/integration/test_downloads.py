"""An address where a command takes a file: fetched once, named by its address, read like any file."""

from pathlib import Path

import pytest
from click.testing import CliRunner

from bufgraph.cli.main import cli
from bufgraph.errors import BufgraphError
from bufgraph.settings import Settings
from bufgraph_ingest.file_argument import at_hand
from bufgraph_ingest.network.downloads import file_name
from odd_server import Answer, OddServer

CSV = b"title,city\nA,Turku\n"


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return Settings(home=tmp_path / "home", network_private_hosts="127.0.0.1")


def test_a_path_is_taken_as_it_is(settings: Settings, tmp_path: Path) -> None:
    assert at_hand(tmp_path / "rows.csv", settings) == tmp_path / "rows.csv"
    assert not settings.home.exists()


def test_a_file_of_the_web_comes_with_its_name_and_is_not_sent_twice(
    server: OddServer, settings: Settings
) -> None:
    server.pages["/data/export%202024.csv"] = Answer(
        200, CSV, {"Content-Type": "text/csv", "Cache-Control": "max-age=60"}
    )
    address = server.url + "/data/export%202024.csv"
    first = at_hand(address, settings)
    assert (first.name, first.read_bytes()) == ("export-2024.csv", CSV)
    assert at_hand(address, settings) == first
    assert server.asked.count(("GET", "/data/export%202024.csv")) == 1


def test_a_changed_file_does_not_take_the_place_of_the_one_at_hand(
    server: OddServer, settings: Settings
) -> None:
    server.pages["/rows.csv"] = Answer(200, CSV, {"Content-Type": "text/csv"})
    before = at_hand(server.url + "/rows.csv", settings)
    server.pages["/rows.csv"] = Answer(200, CSV + b"B,Tartu\n", {"Content-Type": "text/csv"})
    after = at_hand(server.url + "/rows.csv", settings)
    assert before.read_bytes() == CSV
    assert after.read_bytes() == CSV + b"B,Tartu\n"


def test_a_missing_file_is_said_with_its_address(server: OddServer, settings: Settings) -> None:
    with pytest.raises(BufgraphError, match=r"/gone\.csv does not exist"):
        at_hand(server.url + "/gone.csv", settings)


@pytest.mark.parametrize(
    ("url", "media_type", "name"),
    [
        ("https://example.org/a/projects.xlsx", "application/octet-stream", "projects.xlsx"),
        ("https://example.org/sparql?query=x", "application/sparql-results+json", "sparql.json"),
        ("https://example.org/", "text/html", "example.org.html"),
        ("https://example.org/%2e%2e%2f..%2fetc%2fpasswd", "text/plain", "passwd.txt"),
        ("https://example.org/a/..%5c..%5cevil.ttl", "text/turtle", "evil.ttl"),
        ("https://example.org/" + "x" * 300 + ".csv", "text/csv", "x" * 76 + ".csv"),
    ],
)
def test_the_name_is_harmless_and_says_what_the_file_is(url: str, media_type: str, name: str) -> None:
    assert file_name(url, media_type) == name


def test_a_table_of_the_web_is_brought_in_like_a_file(
    server: OddServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.pages["/offices/rows.csv"] = Answer(200, CSV, {"Content-Type": "text/csv"})
    monkeypatch.setenv("BUFGRAPH_HOME", str(settings.home))
    monkeypatch.setenv("BUFGRAPH_NETWORK_PRIVATE_HOSTS", "127.0.0.1")
    answer = CliRunner().invoke(
        cli, ["ingest", f"{server.url}/offices/rows.csv", "--kind", "practices", "--dry-run"]
    )
    assert isinstance(answer.exception, BufgraphError)
    assert "rows.csv: the header lacks problem, summary" in str(answer.exception)


def test_an_address_that_cannot_be_had_ends_the_command_with_words(
    server: OddServer, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUFGRAPH_HOME", str(settings.home))
    monkeypatch.setenv("BUFGRAPH_NETWORK_PRIVATE_HOSTS", "127.0.0.1")
    answer = CliRunner().invoke(cli, ["extract", f"{server.url}/gone.html"])
    assert isinstance(answer.exception, BufgraphError)
    assert "/gone.html does not exist (status 404)" in str(answer.exception)
