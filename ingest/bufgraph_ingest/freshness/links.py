"""Looking whether the documents behind the statements can still be opened; only when asked for, never in a build."""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Final, Protocol
from urllib.parse import urlsplit

from bufgraph.errors import BufgraphError, NotAvailableError
from bufgraph_ingest.freshness.link_state import Check, Standing, Verdict, link_log, read_links
from bufgraph_ingest.network.client import Probe
from bufgraph_ingest.network.failures import UnreachableError

GONE: Final = frozenset({404, 410})
_OFFLINE_AFTER_HOSTS: Final = 5
_WORKERS: Final = 8


class Prober(Protocol):
    """Tells the status of an address; the polite client does."""

    def probe(self, url: str) -> Probe:
        """Return what the server says, or raise an error of the known families."""
        ...


@dataclass(frozen=True, slots=True)
class Selection:
    """Which links to look at.

    Attributes:
        since: Links that were looked at on this day or later are passed over; UTC.
        host: Only links to this host; "" means all.
        limit: Most links; None means all.
    """

    since: datetime
    host: str = ""
    limit: int | None = None

    def of(self, urls: Iterable[str], known: Mapping[str, Standing]) -> list[str]:
        """Return the links in the order to look at: never seen first, then the longest not seen; hosts alternate."""
        chosen = []
        for url in dict.fromkeys(urls):
            seen = known[url].last.at if url in known else ""
            if self.host and _host(url) != self.host.lower():
                continue
            if not seen or datetime.fromisoformat(seen) < self.since:
                chosen.append((seen, url))
        by_host: dict[str, list[str]] = defaultdict(list)
        for _, url in sorted(chosen)[: self.limit]:
            by_host[_host(url)].append(url)
        rounds = zip_longest(*by_host.values())
        return [url for turn in rounds for url in turn if url is not None]


@dataclass(frozen=True, slots=True)
class Checked:
    """The account of a run.

    Attributes:
        counts: Links by what this run found.
        dead: Links that are dead by now, see :class:`Standing`.
    """

    counts: Mapping[str, int]
    dead: Sequence[str]


def check_links(
    urls: Iterable[str],
    selection: Selection,
    prober: Prober,
    home: Path,
    tell: Callable[[Check], None],
    now: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Checked:
    """Look at links and keep what was found; a run that was stopped goes on where it ended.

    Args:
        tell: Hears of each check, in the order of the answers.

    Raises:
        ConflictError: Another process checks links.
        NotAvailableError: This machine seems to have no network; then nothing is kept against the links.
    """
    everything = list(dict.fromkeys(urls))
    counts: Counter[str] = Counter()
    with link_log(home) as log:
        for check in _certain(_looked_at(selection.of(everything, read_links(home)), prober, now)):
            log.write(check)
            counts[check.verdict] += 1
            tell(check)
    known = read_links(home)
    return Checked(dict(counts), [url for url in everything if url in known and known[url].is_dead])


def look_at(url: str, prober: Prober, now: Callable[[], datetime]) -> Check:
    """Return what became of a link."""
    at = now().isoformat(timespec="seconds")
    try:
        found = prober.probe(url)
    except UnreachableError as err:
        return Check(url, at, "dead", None, "", err.message)
    except BufgraphError as err:
        return Check(url, at, "unknown", None, "", err.message)
    verdict, reason = _verdict(found)
    return Check(url, at, verdict, found.status, found.final_url, reason)


def _verdict(found: Probe) -> tuple[Verdict, str]:
    if found.status in GONE:
        return "dead", f"the server says that there is no such page (status {found.status})"
    if found.status >= 400:
        return "unknown", f"the server does not show it to a program (status {found.status})"
    asked, given = urlsplit(found.url), urlsplit(found.final_url)
    if asked.path.strip("/") and not given.path.strip("/") and not given.query:
        return "unknown", "it leads to a front page; the document may be gone"
    return "alive", "" if found.final_url == found.url else "it has moved"


def _looked_at(urls: Sequence[str], prober: Prober, now: Callable[[], datetime]) -> Iterator[Check]:
    pool = ThreadPoolExecutor(_WORKERS)
    try:
        for done in as_completed([pool.submit(look_at, url, prober, now) for url in urls]):
            yield done.result()
    finally:
        pool.shutdown(cancel_futures=True)


def _certain(checks: Iterator[Check]) -> Iterator[Check]:
    """Yield checks; those without an answer wait until some server answered, for it may be our network that is down."""
    waiting: list[Check] = []
    has_answer = False
    for check in checks:
        has_answer = has_answer or check.status is not None
        if not has_answer and check.verdict == "dead":
            waiting.append(check)
            if len({_host(c.url) for c in waiting}) >= _OFFLINE_AFTER_HOSTS:
                raise NotAvailableError(
                    f"none of the first {_OFFLINE_AFTER_HOSTS} hosts can be reached; this machine seems to have no "
                    "network, so nothing was kept; try again when it has"
                )
            continue
        yield from waiting
        waiting = []
        yield check
    yield from waiting


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
