"""Turns at a host: few at once, with a rest between them."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

import anyio


@dataclass(slots=True)
class _Host:
    """What is known of a host; ``next_start``: time of the loop from which another request may start."""

    limiter: anyio.CapacityLimiter
    interval_s: float
    next_start: float = field(default=0.0)


class Throttle:
    """Spaces the requests to each host; used within one event loop."""

    def __init__(self, interval_s: float, connections: int) -> None:
        self._interval_s = interval_s
        self._connections = connections
        self._hosts: dict[str, _Host] = {}

    @asynccontextmanager
    async def turn(self, host: str) -> AsyncIterator[None]:
        """Wait for a turn and hold it."""
        known = self._host(host)
        async with known.limiter:
            while (wait := known.next_start - anyio.current_time()) > 0:
                await anyio.sleep(wait)
            known.next_start = anyio.current_time() + known.interval_s
            yield

    def rest(self, host: str, seconds: float) -> None:
        """Let nobody ask this host for some time, as it wished."""
        known = self._host(host)
        known.next_start = max(known.next_start, anyio.current_time() + seconds)

    def slow_down(self, host: str, interval_s: float) -> None:
        """Keep at least this time between two requests to this host from now on."""
        known = self._host(host)
        known.interval_s = max(known.interval_s, interval_s)
        known.next_start = max(known.next_start, anyio.current_time() + known.interval_s)

    def _host(self, host: str) -> _Host:
        if host not in self._hosts:
            self._hosts[host] = _Host(anyio.CapacityLimiter(self._connections), self._interval_s)
        return self._hosts[host]
