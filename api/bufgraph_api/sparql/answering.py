"""Answers on their way out: whole with their length, or piece by piece."""

import asyncio
import contextlib
import functools
import logging
import math
from collections.abc import Callable, Iterator
from typing import Final, TypeVar

import anyio
from anyio.to_thread import run_sync
from fastapi.responses import Response
from starlette.types import Receive, Scope, Send

from bufgraph.errors import BufgraphError
from bufgraph.graph.pool import Answer

logger = logging.getLogger(__name__)

HEADERS: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "ETag, Retry-After",
    "Vary": "Accept",
}
"""On every answer, errors too, so that scripts of other sites can read them."""

T = TypeVar("T")


@functools.cache
def _threads() -> anyio.CapacityLimiter:
    # The queue of the workers bounds these threads. The server's common ones stay free for other requests.
    return anyio.CapacityLimiter(math.inf)


async def in_thread(call: Callable[[], T]) -> T:
    """Run blocking work of a query beside the event loop."""
    return await run_sync(call, limiter=_threads(), abandon_on_cancel=True)


class AnswerResponse(Response):
    """Sends an answer. One that breaks off ends the connection, so that nobody takes a part for the whole.

    Args:
        send_s: Seconds in which the reader must have fetched it.
    """

    def __init__(self, answer: Answer, media_type: str, headers: dict[str, str], *, send_s: float) -> None:
        self._answer = answer
        self._send_s = send_s
        super().__init__(answer.first if answer.rest is None else b"", media_type=media_type, headers=headers)
        if answer.rest is not None:
            del self.headers["content-length"]

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the answer; a reader who leaves ends it."""
        if self._answer.rest is None or scope["method"] == "HEAD":
            self._answer.close()
            await super().__call__(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers})
        pieces = iter(self._answer)
        sending = asyncio.ensure_future(self._send_all(pieces, send))
        leaving = asyncio.ensure_future(_left(receive))
        try:
            await asyncio.wait((sending, leaving), timeout=self._send_s, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self._answer.close()
            for task in (sending, leaving):
                task.cancel()
                with contextlib.suppress(asyncio.CancelledError, BufgraphError):
                    await task

    async def _send_all(self, pieces: Iterator[bytes], send: Send) -> None:
        try:
            while (piece := await in_thread(lambda: next(pieces, None))) is not None:
                await send({"type": "http.response.body", "body": piece, "more_body": True})
        except BufgraphError as err:
            # Without the last piece the server closes the connection before the end of the body.
            logger.warning("answer broken off, reason=%s", err.message)
            return
        await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _left(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
