"""What hosts let programs read (RFC 9309)."""

from collections.abc import Awaitable, Callable
from urllib.robotparser import RobotFileParser

import httpx

from bufgraph_ingest.network.failures import BodyTooLargeError, RefusedError
from bufgraph_ingest.network.policy import NAME
from bufgraph_ingest.network.throttle import Throttle

Read = Callable[[str], Awaitable[tuple[int, str]]]
"""Gives the status and text of an address."""
MAX_BYTES = 512_000
"""RFC 9309, 2.5: at least 500 KiB must be read."""


class Robots:
    """The rules of each host, read once in the life of a client.

    Args:
        throttle: Is told the ``Crawl-delay`` of each host.
        max_delay_s: Longest delay that is kept.
    """

    def __init__(self, throttle: Throttle, max_delay_s: float) -> None:
        self._throttle = throttle
        self._max_delay_s = max_delay_s
        self._rules: dict[str, RobotFileParser] = {}

    async def check(self, url: httpx.URL, read: Read) -> None:
        """Return if the page may be read.

        Raises:
            RefusedError: The rules forbid it, or the server fails to give them (RFC 9309, 2.3.1.4).
            BusyError: The server is too busy to give them; UnreachableError: it does not answer at all.
        """
        origin = str(url.copy_with(raw_path=b"/robots.txt", fragment=None))
        if origin not in self._rules:
            self._rules[origin] = await self._read(origin, read)
            delay = self._rules[origin].crawl_delay(NAME)
            if delay is not None:
                self._throttle.slow_down(url.host, min(float(delay), self._max_delay_s))
        try:
            may = self._rules[origin].can_fetch(NAME, str(url))
        except ValueError:
            may = False
        if not may:
            raise RefusedError(f"{origin} does not let programs read {url}", url=str(url), robots=origin)

    async def _read(self, origin: str, read: Read) -> RobotFileParser:
        try:
            status, text = await read(origin)
        except BodyTooLargeError:
            status, text = 503, ""
        return _parsed(origin, status, text)


def _parsed(origin: str, status: int, text: str) -> RobotFileParser:
    rules = RobotFileParser(origin)
    if status < 500:
        try:
            rules.parse(text.splitlines() if status < 300 else [])  # RFC 9309, 2.3.1.3: 4xx means no rules
        except ValueError:  # a path that no parser of addresses takes, such as "http://["
            rules = RobotFileParser(origin)
        else:
            return rules
    rules.parse(["User-agent: *", "Disallow: /"])
    return rules
