"""What each type of page costs: ``python -m tests.bench.pages`` (four minutes, needs a build and Chromium).

Server: median of 30 warm requests over one loopback connection. First view: bytes as transferred (compressed) of everything that a
browser with an empty cache loads. Paint: largest contentful paint over a slow phone line (1.6 Mbit/s, 150 ms) on a processor four
times slower than this one. Absolute figures hold for the machine named in the output.
"""

import argparse
import http.client
import os
import platform
import statistics
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from bufgraph.settings import load_settings
from tests.bench.__main__ import serve
from tests.e2e.pages import PAGES, PageType
from tests.e2e.visitors import CHROMIUM, FLAGS, SIZES

if TYPE_CHECKING:
    from playwright.sync_api import Browser, CDPSession

WARM, ROUNDS, PAINTS = 3, 30, 3
SLOW_LINE: Final = {
    "offline": False,
    "latency": 150,
    "downloadThroughput": 1_600_000 / 8,
    "uploadThroughput": 750_000 / 8,
}
SLOW_PROCESSOR: Final = {"rate": 4}
LARGEST_PAINT: Final = """() => new Promise((resolve) => {
  let last = 0;
  new PerformanceObserver((list) => { for (const entry of list.getEntries()) last = entry.startTime; })
    .observe({ type: "largest-contentful-paint", buffered: true });
  setTimeout(() => resolve(last), 300);
})"""


@dataclass
class FirstView:
    """What a browser with an empty cache loads for a page.

    Attributes:
        sizes: Kind of file → bytes as transferred.
        files: How many.
        paint_ms: Largest contentful paint.
    """

    sizes: dict[str, float] = field(default_factory=dict)
    files: int = 0
    paint_ms: float = 0.0

    @property
    def whole(self) -> float:
        """Bytes of all files."""
        return sum(self.sizes.values())


def server_ms(host: str, path: str, status: int) -> list[float]:
    """Return the milliseconds of warm requests over one connection."""
    connection = http.client.HTTPConnection(host, timeout=60)
    taken = []
    for _ in range(WARM + ROUNDS):
        start = time.perf_counter()
        connection.request("GET", path, headers={"Accept": "text/html", "Accept-Encoding": "gzip"})
        answer = connection.getresponse()
        answer.read()
        if answer.status != status:
            raise SystemExit(f"{path} answered {answer.status}")
        taken.append((time.perf_counter() - start) * 1_000)
    return taken[WARM:]


def first_view(browser: "Browser", address: str) -> FirstView:
    """Open a page with an empty cache over a slow line and weigh it."""
    with browser.new_context(viewport=SIZES["phone"], locale="en-GB") as context:
        page = context.new_page()
        session = context.new_cdp_session(page)
        seen = FirstView()
        _weigh(session, seen)
        session.send("Network.emulateNetworkConditions", SLOW_LINE)
        session.send("Emulation.setCPUThrottlingRate", SLOW_PROCESSOR)
        page.goto(address, wait_until="load")
        seen.paint_ms = float(page.evaluate(LARGEST_PAINT))
        return seen


def _weigh(session: "CDPSession", seen: FirstView) -> None:
    kinds: dict[str, str] = {}

    def answered(event: dict[str, Any]) -> None:  # Any: JSON of the browser
        kinds[event["requestId"]] = "data" if event["response"]["url"].startswith("data:") else event["type"]

    def loaded(event: dict[str, Any]) -> None:  # Any: JSON of the browser
        kind = kinds.get(event["requestId"], "Other")
        if kind != "data":
            seen.sizes[kind] = seen.sizes.get(kind, 0) + event["encodedDataLength"]
            seen.files += 1

    session.on("Network.responseReceived", answered)
    session.on("Network.loadingFinished", loaded)
    session.send("Network.enable")


@contextmanager
def server(address: str) -> Iterator[str]:
    """Serve the operator's build, or use a server that runs already."""
    if address:
        yield address.rstrip("/")
        return
    process, port, _ = serve(load_settings(os.environ).home)
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait()


def measure(address: str, page_type: PageType, browser: "Browser | None") -> str:
    """Return the line of a page in the table."""
    parts = urlsplit(address)
    taken = sorted(server_ms(parts.netloc, parts.path + page_type.path, page_type.status))
    line = f"{page_type.name:<22}{statistics.median(taken):8.1f}{taken[int(len(taken) * 0.95)]:8.1f}"
    if browser is None:
        return line
    views = [first_view(browser, address + page_type.path) for _ in range(PAINTS)]
    seen = views[0]
    shares = [seen.sizes.get(kind, 0) / 1_000 for kind in ("Document", "Stylesheet", "Script")]
    rest = seen.whole / 1_000 - sum(shares)
    paint = statistics.median(view.paint_ms for view in views)
    return (
        line
        + "".join(f"{size:9.1f}" for size in (*shares, rest, seen.whole / 1_000))
        + f"{seen.files:7}{paint:9.0f}"
    )


def main() -> None:
    """Print the table line by line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--address", default="", help="of a server that runs already")
    parser.add_argument("--only", default="", help="only pages with this in their name")
    parser.add_argument("--lang", default="", help="language of the pages, as in the address")
    options = parser.parse_args()
    say = print  # this is a script for people
    say(
        f"machine: {platform.processor() or platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    )
    say(
        f"{'page':<22}{'ms':>8}{'at 95%':>8}{'HTML kB':>9}{'CSS kB':>9}{'JS kB':>9}{'rest kB':>9}{'all kB':>9}{'files':>7}{'LCP ms':>9}"
    )
    chosen = [page_type for page_type in PAGES if options.only in page_type.name]
    with server(options.address) as root:
        address = f"{root}/{options.lang}" if options.lang else root
        if CHROMIUM is None:
            say("Chromium is not installed: the time of the server only")
            for page_type in chosen:
                say(measure(address, page_type, None))
            return
        from playwright.sync_api import sync_playwright

        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=CHROMIUM, args=list(FLAGS))
            for page_type in chosen:
                say(measure(address, page_type, browser))
            browser.close()


if __name__ == "__main__":
    main()
