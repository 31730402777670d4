"""The client that everything uses which asks the servers of others."""

import time
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from http.cookiejar import CookieJar, DefaultCookiePolicy
from pathlib import Path
from types import TracebackType
from typing import Final, Literal, Self, TypeVar

import anyio
import httpx
from anyio.from_thread import BlockingPortal, start_blocking_portal

from bufgraph_ingest.network.answers import (
    REDIRECTS,
    check_media_type,
    check_status,
    checked_url,
    max_age_s,
    media_type,
    redirected,
)
from bufgraph_ingest.network.cache import Entry, FileCache
from bufgraph_ingest.network.decoding import ACCEPTED, Decoder
from bufgraph_ingest.network.failures import (
    BodyTooLargeError,
    BusyError,
    RefusedError,
    UnreachableError,
)
from bufgraph_ingest.network.policy import Policy
from bufgraph_ingest.network.retrying import BUSY, retry_after_s, retrying
from bufgraph_ingest.network.robots import MAX_BYTES, Robots
from bufgraph_ingest.network.throttle import Throttle
from bufgraph_ingest.network.transport import GuardedTransport

T = TypeVar("T")
Kind = Literal["page", "api"]
_NO_HEAD: Final = 400


@dataclass(frozen=True, slots=True)
class Fetched:
    """A body at hand.

    Attributes:
        path: Its file, decompressed; valid until the address is fetched again.
        origin: ``network``: sent now; ``revalidated``: the server said that ours is its; ``cache``: not asked.
        retrieved_at: When the server last said that this is its body; seconds since 1970.
    """

    url: str
    final_url: str
    media_type: str
    path: Path
    size: int
    sha256: str
    origin: Literal["network", "revalidated", "cache"]
    retrieved_at: float


@dataclass(frozen=True, slots=True)
class Probe:
    """What a server says of an address, without its body."""

    url: str
    final_url: str
    status: int


class PoliteClient:
    """Fetches and probes addresses; a context, whose methods any number of threads may call.

    Args:
        policy: The limits.
        folder: Where bodies are kept, such as ``cache/network`` in the home.
    """

    def __init__(self, policy: Policy, folder: Path) -> None:
        self._policy = policy
        self._cache = FileCache(folder)
        self._throttle = Throttle(policy.host_interval_s, policy.host_connections)
        self._robots = Robots(self._throttle, policy.max_crawl_delay_s)
        self._stack = ExitStack()
        self._portal: BlockingPortal | None = None
        no_cookies = CookieJar(DefaultCookiePolicy(allowed_domains=()))
        self._http = httpx.AsyncClient(
            transport=GuardedTransport(policy.private_hosts),
            headers={"User-Agent": policy.user_agent, "Accept-Encoding": ACCEPTED},
            timeout=httpx.Timeout(policy.read_s, connect=policy.connect_s, pool=None),
            cookies=no_cookies,
            follow_redirects=False,
            trust_env=False,
        )

    def __enter__(self) -> Self:
        self._portal = self._stack.enter_context(start_blocking_portal())
        self._stack.callback(self._portal.call, self._http.aclose)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, err: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stack.close()
        self._portal = None

    def fetch(self, url: str, *, kind: Kind = "page", media_types: Sequence[str] = ()) -> Fetched:
        """Return the body of an address, from the cache where it is known not to have changed.

        Args:
            kind: A ``page`` is read only where robots.txt lets us; an ``api`` is made for programs.
            media_types: What is wanted, such as ``text/html``; empty: anything.

        Raises:
            RefusedError: The address is none that we ask.
            UnwantedAnswerError: The answer is of another media type or damaged; BodyTooLargeError: or too large.
            MissingPageError: There is no such page; StatusError: the server answers with another failure.
            BusyError: The server is slow or busy, after all attempts; UnreachableError: no answer came.
        """
        return self._wait_for(url, lambda: self._fetch(url, kind, media_types))

    def probe(self, url: str, *, kind: Kind = "page") -> Probe:
        """Return the status of an address; HEAD first, and GET without reading where a server does not know HEAD.

        Raises:
            RefusedError: The address is none that we ask.
            BusyError: The server is slow or busy, after all attempts; UnreachableError: no answer came.
        """
        return self._wait_for(url, lambda: self._probe(url, kind))

    def _wait_for(self, url: str, work: Callable[[], Awaitable[T]]) -> T:
        if self._portal is None:
            raise RuntimeError("a PoliteClient is used within 'with'")
        return self._portal.call(self._attempts, url, work)

    async def _attempts(self, url: str, work: Callable[[], Awaitable[T]]) -> T:
        async for attempt in retrying(self._policy):
            with attempt:
                return await self._translated(url, work)
        raise AssertionError  # the loop returns or raises

    async def _translated(self, url: str, work: Callable[[], Awaitable[T]]) -> T:
        try:
            return await work()
        except httpx.TimeoutException as err:
            raise BusyError(
                f"{url}: the server was silent for too long ({type(err).__name__}); try again later", url=url
            ) from err
        except httpx.InvalidURL as err:
            raise RefusedError(f"{url} redirects to what is no web address: {err}", url=url) from err
        except httpx.TransportError as err:
            told = str(err) or type(err).__name__
            raise UnreachableError(
                f"{url}: no whole answer came ({told}); check the address or try again", url=url
            ) from err

    # -- what is asked

    async def _fetch(self, url: str, kind: Kind, media_types: Sequence[str]) -> Fetched:
        known = self._cache.find(url)
        if known is not None and known.is_fresh(time.time()):
            check_media_type(known.media_type, media_types, url)
            return self._fetched(known, "cache")
        async with self._answer("GET", url, kind, known) as response:
            if response.status_code == 304 and known is not None:
                again = replace(known, checked_at=time.time(), max_age_s=max_age_s(response))
                check_media_type(again.media_type, media_types, url)
                self._cache.keep(again)
                return self._fetched(again, "revalidated")
            check_status(response)
            check_media_type(media_type(response), media_types, url)
            return self._fetched(await self._download(url, response), "network")

    async def _probe(self, url: str, kind: Kind) -> Probe:
        async with self._answer("HEAD", url, kind) as response:
            if response.status_code < _NO_HEAD:
                return Probe(url, str(response.url), response.status_code)
        async with self._answer("GET", url, kind) as response:
            return Probe(url, str(response.url), response.status_code)

    async def _download(self, url: str, response: httpx.Response) -> Entry:
        decoder = self._decoder(response, self._policy.max_bytes)
        with self._cache.scratch() as (scratch, path):
            async for chunk in response.aiter_raw():
                for piece in decoder.feed(chunk):
                    scratch.write(piece)
            decoder.finish()
            scratch.flush()
            entry = Entry(
                url=url,
                final_url=str(response.url),
                media_type=media_type(response),
                etag=response.headers.get("ETag", ""),
                last_modified=response.headers.get("Last-Modified", ""),
                checked_at=time.time(),
                max_age_s=max_age_s(response),
                sha256=scratch.sha256,
                size=scratch.size,
            )
            self._cache.keep(entry, path)
        return entry

    async def _text(self, url: str) -> tuple[int, str]:
        """Return status and text of a small file, such as robots.txt."""
        async with self._answer("GET", url, "api") as response:
            decoder = self._decoder(response, MAX_BYTES)
            pieces = [piece async for chunk in response.aiter_raw() for piece in decoder.feed(chunk)]
            return response.status_code, b"".join(pieces).decode("utf-8", errors="replace")

    # -- how it is asked

    @asynccontextmanager
    async def _answer(
        self, method: str, url: str, kind: Kind, known: Entry | None = None
    ) -> AsyncIterator[httpx.Response]:
        """Give the answer at the end of the redirects; each step is checked and takes its turn."""
        address = checked_url(url)
        for _ in range(self._policy.max_redirects + 1):
            if kind == "page":
                await self._robots.check(address, self._text)
            conditions = known.conditions if known is not None and str(address) == known.final_url else {}
            async with self._throttle.turn(address.host), self._sent(method, address, conditions) as response:
                if response.status_code not in REDIRECTS or "Location" not in response.headers:
                    yield response
                    return
                address = redirected(address, response)
        raise RefusedError(
            f"{url} redirects more than {self._policy.max_redirects} times; it may lead in a circle", url=url
        )

    @asynccontextmanager
    async def _sent(
        self, method: str, address: httpx.URL, headers: dict[str, str]
    ) -> AsyncIterator[httpx.Response]:
        """Give one answer, within the total time; a busy host gets its rest."""
        try:
            with anyio.fail_after(self._policy.total_s):
                async with self._http.stream(method, address, headers=headers) as response:
                    if response.status_code in BUSY:
                        raise self._busy(response)
                    yield response
        except TimeoutError as err:
            raise BusyError(
                f"{address} took longer than {self._policy.total_s:g} s; try again later", url=str(address)
            ) from err

    def _busy(self, response: httpx.Response) -> BusyError:
        wish = retry_after_s(response)
        if wish is not None:
            self._throttle.rest(response.url.host, min(wish, self._policy.max_retry_after_s))
        when = "" if wish is None else f" and asks to come back in {wish:,.0f} s"
        return BusyError(
            f"{response.url} is busy (status {response.status_code}){when}; try again later",
            wish,
            url=str(response.url),
            status=response.status_code,
        )

    def _decoder(self, response: httpx.Response, max_bytes: int) -> Decoder:
        length = response.headers.get("Content-Length", "")
        if length.isascii() and length.isdigit() and int(length) > max_bytes:
            raise BodyTooLargeError(
                f"{response.url} has {int(length):,} bytes; the limit is {max_bytes:,}", url=str(response.url)
            )
        return Decoder(response.headers.get("Content-Encoding", ""), max_bytes, self._policy.max_ratio)

    def _fetched(self, entry: Entry, origin: Literal["network", "revalidated", "cache"]) -> Fetched:
        return Fetched(
            entry.url,
            entry.final_url,
            entry.media_type,
            self._cache.path(entry),
            entry.size,
            entry.sha256,
            origin,
            entry.checked_at,
        )
