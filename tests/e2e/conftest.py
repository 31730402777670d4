"""One real server over the shipped data, one Chromium a file, and visitors of every kind."""

import os
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

from bufgraph.settings import Settings
from e2e.visitors import CHROMIUM, FLAGS, TIMEOUT_MS, Visits

if TYPE_CHECKING:
    from playwright.sync_api import Browser

RUNNING = os.environ.get("BUFGRAPH_E2E_ADDRESS", "")
"""Address of a server that runs already, to work on a page without a new start each time."""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@pytest.fixture(scope="session")
def address(request: pytest.FixtureRequest) -> Iterator[str]:
    if RUNNING:
        yield RUNNING.rstrip("/")
        return
    settings: Settings = request.getfixturevalue("shipped_settings")
    port = _free_port()
    environ = {**os.environ, "BUFGRAPH_HOME": str(settings.home)}
    command = [sys.executable, "-m", "bufgraph.cli.main", "serve", "--port", str(port)]
    with subprocess.Popen(command, env=environ, stderr=subprocess.PIPE) as server:
        try:
            deadline = time.monotonic() + 300  # on a busy machine
            while True:
                try:
                    with urllib.request.urlopen(f"http://127.0.0.1:{port}/health", timeout=5) as answer:
                        assert answer.status == 200
                        break
                except OSError:
                    assert server.poll() is None, server.stderr.read().decode() if server.stderr else ""
                    assert time.monotonic() < deadline
                    time.sleep(0.1)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def browser() -> Iterator["Browser"]:
    """Chromium; a module long, for Playwright's loop would stand in the way of tests that run one of their own."""
    if CHROMIUM is None:
        why = "Chromium is not installed (Debian: apt-get install chromium)"
        if os.environ.get("BUFGRAPH_REQUIRE_BROWSER"):
            pytest.fail(why)
        pytest.skip(why)
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=TIMEOUT_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
        yield browser
        browser.close()


@pytest.fixture
def visits(browser: "Browser", address: str) -> Iterator[Visits]:
    """Visitors of the server; in the end no page may have complained or asked another host."""
    with ExitStack() as stack:
        made = Visits(browser, address, stack)
        yield made
    assert made.complaints == []
