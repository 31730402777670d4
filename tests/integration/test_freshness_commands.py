"""The commands ``due`` and ``check-links``: lines for people and programs, a summary, links asked on this machine only."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from bufgraph.model import Catalogue
from bufgraph.services import composition
from bufgraph.settings import Settings, load_settings
from bufgraph_ingest.freshness import commands
from bufgraph_ingest.freshness.link_state import read_links
from builders import document, small_catalogue, small_datasets
from odd_server import Exchange, OddServer, odd_server


@dataclass
class World:
    """An opened build, as far as these commands look at it, and the server that its documents lie on."""

    catalogue: Catalogue
    server: OddServer
    settings: Settings

    def run(self, *words: str) -> Result:
        command, *options = words
        runs = {"due": commands.due, "check-links": commands.check_links}
        return CliRunner().invoke(runs[command], options, catch_exceptions=False)


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    with odd_server() as server:
        collections = small_datasets()
        pages = ("good", "gone", "closed")
        collections["sources"] = [{**document(page), "page": f"{server.url}/{page}"} for page in pages]
        server.pages = {"/good": Status(200), "/closed": Status(403)}
        settings = load_settings(
            {}, home=tmp_path, network_private_hosts="127.0.0.1", network_contact="https://example.org/"
        )
        world = World(small_catalogue(collections), server, settings)
        monkeypatch.setattr(commands, "load_settings", lambda: settings)
        unhurried = replace(commands.link_policy(settings), host_interval_s=0)
        monkeypatch.setattr(commands, "link_policy", lambda settings: unhurried)
        monkeypatch.setattr(composition, "open_build", lambda settings: world)
        yield world


@dataclass(frozen=True)
class Status:
    status: int

    def __call__(self, exchange: Exchange) -> None:
        exchange.answer(self.status)


def test_due_shows_what_to_look_at_again(world: World) -> None:
    done = world.run("due", "--year", "2027")
    assert done.stdout.splitlines() == ["due since 2026     success    rain-gardens"]
    assert "due: 1 of 4 adoptions; stale, with nothing newer known: 1 of 3 practices" in done.stderr


def test_due_tells_programs_whether_the_practice_is_stale(world: World) -> None:
    lines = world.run("due", "--year", "2040", "--format", "json", "--limit", "2").stdout.splitlines()
    rows = [orjson.loads(line) for line in lines]
    assert len(rows) == 2
    assert all(row["is_due"] and row["practice_is_stale"] for row in rows)


def test_links_are_looked_at_and_what_was_found_is_kept(world: World) -> None:
    done = world.run("check-links", "--format", "json")
    rows = {row["url"].rpartition("/")[2]: row for row in map(orjson.loads, done.stdout.splitlines())}
    assert {name: (row["verdict"], row["status"]) for name, row in rows.items()} == {
        "good": ("alive", 200),
        "gone": ("dead", 404),
        "closed": ("unknown", 403),
    }
    assert "looked at: 1 alive, 1 dead, 1 unknown" in done.stderr
    assert "dead on two days or more: 0" in done.stderr
    assert set(read_links(world.settings.home)) == {f"{world.server.url}/{name}" for name in rows}
    assert "https://example.org/" in world.server.headers["/good"]["User-Agent"]


def test_links_that_were_looked_at_are_left_alone_for_a_while(world: World) -> None:
    world.run("check-links", "--limit", "2")
    assert "looked at: 1" in world.run("check-links").stderr
    assert "not long ago" in world.run("check-links").stderr
    assert "looked at: 1 alive, 1 dead, 1 unknown" in world.run("check-links", "--since", "2199-01-01").stderr
    assert "not long ago" in world.run("check-links", "--host", "elsewhere.example").stderr


def test_people_are_told_only_what_is_wrong(world: World) -> None:
    lines = world.run("check-links").stdout.splitlines()
    assert sorted(line.split()[0] for line in lines) == ["dead", "unknown"]


def test_the_settings_reach_the_policy() -> None:
    settings = load_settings(
        {"BUFGRAPH_NETWORK_PRIVATE_HOSTS": "a.example, b.example", "BUFGRAPH_NETWORK_CONTACT": "x"}
    )
    policy = commands.link_policy(settings)
    assert (policy.private_hosts, policy.contact) == ({"a.example", "b.example"}, "x")


def test_a_host_of_the_own_network_is_not_asked_unless_a_setting_names_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    closed = replace(commands.link_policy(world.settings), private_hosts=frozenset())
    monkeypatch.setattr(commands, "link_policy", lambda settings: closed)
    assert "looked at: 3 unknown" in world.run("check-links").stderr
    assert world.server.asked == []
