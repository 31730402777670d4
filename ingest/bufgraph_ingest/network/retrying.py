"""When a request is sent again, and how long to wait before."""

import random
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

import anyio
import httpx
from tenacity import AsyncRetrying, RetryCallState, retry_if_exception, stop_after_attempt

from bufgraph_ingest.network.failures import BusyError
from bufgraph_ingest.network.policy import Policy

BUSY: Final = frozenset({429, 502, 503, 504})
"""Statuses after which a request is sent again."""


def retrying(policy: Policy) -> AsyncRetrying:
    """Return the loop of attempts: only a busy server is asked again, and none that wants more time than we have."""
    jitter = random.SystemRandom()

    def wait(state: RetryCallState) -> float:
        bound = min(policy.max_backoff_s, policy.backoff_s * 2 ** (state.attempt_number - 1))
        return jitter.uniform(0, bound) + (_wish(state) or 0.0)

    def again(err: BaseException) -> bool:
        return isinstance(err, BusyError) and (err.retry_after_s or 0.0) <= policy.max_retry_after_s

    return AsyncRetrying(
        stop=stop_after_attempt(policy.attempts),
        wait=wait,
        retry=retry_if_exception(again),
        sleep=anyio.sleep,
        reraise=True,
    )


def _wish(state: RetryCallState) -> float | None:
    err = state.outcome.exception() if state.outcome is not None else None
    return err.retry_after_s if isinstance(err, BusyError) else None


def retry_after_s(response: httpx.Response) -> float | None:
    """Return the header ``Retry-After`` in seconds (RFC 9110, 10.2.3: seconds or a date); None where there is none."""
    text = response.headers.get("Retry-After", "").strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        when = parsedate_to_datetime(text)
    except ValueError:
        return None
    if when.tzinfo is None:
        when = when.replace(tzinfo=UTC)
    return max(0.0, (when - datetime.now(UTC)).total_seconds())
