"""The server takes up new builds while it answers; nobody gets an error, and a damaged build is passed over."""

import asyncio
import fcntl
import logging
import shutil
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest
import uvicorn

from bufgraph.index.builds import lease
from bufgraph.services.home import builds
from bufgraph.settings import Settings, load_settings
from bufgraph_api.commands import listen
from bufgraph_api.reloading import FollowingApp
from bufgraph_ingest.publishing import publish
from conftest import quiet
from meadows import meadow, write_import

PATIENCE_S = 60.0
"""Longest wait for a new build; it takes half a second where nothing else runs."""


@pytest.fixture
def own(small_settings: Settings, tmp_path: Path) -> Settings:
    """A copy of the small build that a test may add to."""
    shutil.copytree(small_settings.home, tmp_path / "home", copy_function=shutil.copy2)
    return load_settings({}, home=tmp_path / "home", datasets=small_settings.datasets)


@contextmanager
def serving(settings: Settings) -> Iterator[tuple[httpx.Client, FollowingApp]]:
    """Serve in a thread as ``bufgraph serve`` does."""
    app = FollowingApp(settings)
    with listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{listener.getsockname()[1]}", timeout=60) as client:
                until(lambda: server.started)
                yield client, app
        finally:
            server.should_exit = True
            thread.join()


def until(is_so: Callable[[], bool]) -> None:
    """Wait for something that must come to pass."""
    end = time.monotonic() + PATIENCE_S
    while not is_so():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.05)


def slugs(client: httpx.Client, need: str) -> list[str]:
    answer = client.get("/api/search", params={"q": need, "type": "practice"})
    assert answer.status_code == 200, answer.text
    return [str(hit["slug"]) for hit in answer.json()["results"]]


def test_a_published_practice_is_found_without_a_restart(own: Settings) -> None:
    with serving(own) as (client, _):
        first = client.get("/health").json()
        assert "adds_to" not in first
        write_import(own, meadow())
        done = publish(own, quiet)
        until(lambda: client.get("/health").json()["build"] == done.build)
        assert client.get("/health").json()["adds_to"] == first["build"]
        assert slugs(client, "bees find no flowers")[0] == "meadows"
        assert client.get("/practice/meadows").status_code == 200
        counted = client.post("/sparql", data={"query": "SELECT (COUNT(*) AS ?n) { ?p a bg:GoodPractice }"})
        assert counted.json()["results"]["bindings"][0]["n"]["value"] == "4"


def test_a_page_kept_by_a_browser_is_renewed_with_the_build(own: Settings) -> None:
    with serving(own) as (client, _):
        address, turtle = "/id/practice/gritting", {"Accept": "text/turtle"}
        page = client.get(address, headers=turtle, follow_redirects=True)
        tag = {"If-None-Match": page.headers["etag"], **turtle}
        assert client.get(page.url, headers=tag).status_code == 304
        write_import(own, meadow())
        done = publish(own, quiet)
        until(lambda: client.get("/health").json()["build"] == done.build)
        renewed = client.get(page.url, headers=tag)
        assert (renewed.status_code, done.build in renewed.headers["etag"]) == (200, True)


def test_a_damaged_build_is_passed_over_and_the_next_one_served(
    own: Settings, caplog: pytest.LogCaptureFixture
) -> None:
    with serving(own) as (client, _), caplog.at_level(logging.WARNING, "bufgraph_api.reloading"):
        served = client.get("/health").json()["build"]
        with builds(own).new("damaged") as folder:
            (folder / "manifest.json").write_text("{")
        until(lambda: "passed over" in caplog.text)
        assert client.get("/health").json()["build"] == served
        assert slugs(client, "people slip on ice")
        builds(own).use(served)
        write_import(own, meadow())
        done = publish(own, quiet)
        until(lambda: client.get("/health").json()["build"] == done.build)


def test_the_old_build_is_held_until_its_last_request_ends(own: Settings) -> None:
    app = FollowingApp(own)
    old = app.build.folder
    write_import(own, meadow())
    publish(own, quiet)

    async def swap_while_asked() -> bool:
        answered = asyncio.Event()

        async def send(message: object) -> None:
            await answered.wait()

        async def receive() -> dict[str, object]:
            return {"type": "http.request", "body": b"", "more_body": False}

        scope = {
            "type": "http", "method": "GET", "path": "/health", "raw_path": b"/health", "query_string": b"", "headers": [],
            "http_version": "1.1", "scheme": "http", "server": ("t", 80), "client": ("t", 1), "root_path": "", "asgi": {"version": "3.0"},
        }  # fmt: skip
        asking = asyncio.create_task(app(scope, receive, send))  # type: ignore[arg-type]  # a plain fake of ASGI
        await asyncio.sleep(0)
        await app.follow()
        assert app.build.folder != old
        held = not _is_free(old)
        answered.set()
        await asking
        await app.settle()
        return held and _is_free(old)

    assert asyncio.run(swap_while_asked())
    app.close()


def _is_free(folder: Path) -> bool:
    with (folder / "manifest.json").open("rb") as manifest:
        try:
            fcntl.flock(manifest, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def test_nobody_gets_an_error_while_builds_change(own: Settings) -> None:
    paths = (
        "/",
        "/search?q=ice+on+pavements",
        "/api/search?q=ice",
        "/practices",
        "/health",
        "/practice/gritting",
        "/api/info",
    )
    seen: Counter[int] = Counter()
    failures: list[str] = []
    stop = threading.Event()

    def ask(client: httpx.Client, start: int) -> None:
        number = start
        with httpx.Client(base_url=client.base_url, timeout=60, follow_redirects=True) as asker:
            while not stop.is_set():
                answer = asker.get(paths[number % len(paths)])
                seen[answer.status_code] += 1
                if answer.status_code != 200:
                    failures.append(f"{answer.url}: {answer.status_code}")
                number += 1

    with serving(own) as (client, app):
        askers = [threading.Thread(target=ask, args=(client, start)) for start in range(3)]
        for asker in askers:
            asker.start()
        made = set()
        for number in range(4):
            write_import(own, meadow(f"meadows-{number % 2}"))
            made.add(build := publish(own, quiet).build)
            until(lambda build=build: app.build.folder.name == build)  # type: ignore[misc]  # bound in the loop on purpose
        stop.set()
        for asker in askers:
            asker.join()
    assert len(made) == 2
    assert failures == []
    assert seen[200] > 20


def test_threads_and_processes_end_with_their_build(own: Settings) -> None:
    with serving(own) as (client, app):
        for number in range(3):
            write_import(own, meadow(f"meadows-{number}"))
            build = publish(own, quiet).build
            until(lambda build=build: client.get("/health").json()["build"] == build)  # type: ignore[misc]  # bound in the loop on purpose
        until(lambda: app.ending == 0)
        held = [p.name for p in (own.home / "builds").iterdir() if p.is_dir() and not _is_free(p)]
        assert held == [app.build.folder.name]


def test_a_lease_is_shared(own: Settings) -> None:
    folder = builds(own).current()
    with lease(folder), lease(folder):
        assert not _is_free(folder)
    assert _is_free(folder)
