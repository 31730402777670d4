"""The application that follows the current build: a new one is opened beside the old, then takes its place.

Each build has an application of its own, so nothing in a route has to know that builds change. A request ends on the build
that it began on; the old build is given up after its last request.
"""

import asyncio
import logging
from collections.abc import Callable
from contextlib import ExitStack
from typing import Final

from anyio import to_thread
from starlette.types import Receive, Scope, Send

from bufgraph.errors import BufgraphError
from bufgraph.index.builds import lease
from bufgraph.services.composition import Build, open_build
from bufgraph.services.home import builds
from bufgraph.services.reopening import open_next
from bufgraph.settings import Settings
from bufgraph_api.app import Assembled, assemble

logger = logging.getLogger(__name__)

POLL_S: Final = 0.1
"""Seconds between two looks at the pointer; a look takes some microseconds."""


class FollowingApp:
    """An ASGI application over whatever build is current.

    A new build that cannot be opened is logged and passed over; the old one is served on until the pointer moves again.

    Args:
        settings: Of the home whose builds are served.

    Raises:
        NotAvailableError: Nothing was built yet.
        MisconfiguredError: The build is damaged.
    """

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._builds = builds(settings)
        self._seen = self._builds.pointer()
        build = open_build(settings)
        build.warm_up()
        self._served = _Served(assemble(build))
        self._closing: set[asyncio.Task[None]] = set()

    @property
    def build(self) -> Build:
        """The build that new requests are answered from."""
        return self._served.made.build

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer a request, or live as long as the server does."""
        if scope["type"] == "lifespan":
            await self._live(receive, send)
            return
        served = self._served
        served.requests += 1
        try:
            await served.made.app(scope, receive, send)
        finally:
            served.requests -= 1
            self._give_up_if_done(served)

    @property
    def ending(self) -> int:
        """How many builds are being given up."""
        return len(self._closing)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        await to_thread.run_sync(self._served.start)
        watching = asyncio.create_task(self._watch())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
        await self.settle()
        await to_thread.run_sync(self.close)
        await send({"type": "lifespan.shutdown.complete"})

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(POLL_S)
            if (pointer := self._builds.pointer()) != self._seen:
                self._seen = pointer
                await self.follow()

    async def settle(self) -> None:
        """Wait until the builds that nobody uses any more are given up."""
        while self._closing:
            await asyncio.gather(*self._closing)

    def close(self) -> None:
        """Give up the build that is served."""
        self._served.end()

    async def follow(self) -> None:
        """Open the build that is current now and let it take over."""
        try:
            fresh = await to_thread.run_sync(self._open)
        except (BufgraphError, OSError) as err:
            logger.warning(
                "the new build is passed over, build %s is served on: %s", self.build.folder.name, err
            )
            return
        except Exception:  # whatever a damaged build makes a library raise: who watches must not end
            logger.exception("the new build is passed over, build %s is served on", self.build.folder.name)
            return
        if fresh is None:
            return
        old, self._served = self._served, fresh
        logger.info("serving build %s in place of %s", self.build.folder.name, old.made.build.folder.name)
        self._give_up_if_done(old)
        await to_thread.run_sync(fresh.warm_up)

    def _open(self) -> "_Served | None":
        old = self._served.made.build
        if self._builds.current_id() == old.folder.name:
            return None
        return _Served(assemble(open_next(self._settings, old)))

    def _give_up_if_done(self, served: "_Served") -> None:
        if served is self._served or served.requests or served.is_ending:
            return
        served.is_ending = True
        ending = asyncio.create_task(_in_thread(served.end))
        self._closing.add(ending)
        ending.add_done_callback(self._closing.discard)


async def _in_thread(work: Callable[[], None]) -> None:
    await to_thread.run_sync(work)


class _Served:
    """An application with its build, which is kept from being removed meanwhile.

    Attributes:
        requests: How many are being answered.
        is_ending: Nobody uses it any more.
    """

    def __init__(self, made: Assembled) -> None:
        self.made = made
        self.requests = 0
        self.is_ending = False
        self._held = ExitStack()
        self._held.enter_context(lease(made.build.folder))

    def start(self) -> None:
        """Start the processes that answer SPARQL, so that the first query does not wait for them."""
        self._held.enter_context(self.made.querying)

    def warm_up(self) -> None:
        """Make what no search needs: after it took over, so that nobody waited for it."""
        self.made.build.warm_up()
        self.start()

    def end(self) -> None:
        """End the processes and let the build be removed."""
        self._held.close()
