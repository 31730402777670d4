"""How fast a step goes and how long it still takes, told at most a few times a second."""

import time
from collections.abc import Callable, Iterable, Iterator
from typing import Final, TypeVar

_PAUSE_S: Final = 0.3
_QUIET_S: Final = 1.0
"""Shorter steps tell no rate."""
T = TypeVar("T")


def with_rate(
    stream: Iterable[T],
    step: str,
    progress: Callable[[str], None],
    total: int | None = None,
    size: Callable[[T], int] = lambda _: 1,
) -> Iterator[T]:
    """Pass things on and tell how many there were, how many a second and, where the total is known, the time left.

    Args:
        size: How many a thing counts for, as a batch for its records.
    """
    start = told = time.monotonic()
    count = 0
    for thing in stream:
        yield thing
        count += size(thing)
        now = time.monotonic()
        if now - told >= _PAUSE_S and now - start >= _QUIET_S:
            told = now
            progress(f"{step}: {_told(count, now - start, total)}")


def _told(count: int, seconds: float, total: int | None) -> str:
    rate = count / seconds
    if total is None:
        return f"{count:,}, {rate:,.0f} a second"
    return f"{count:,} of {total:,}, {rate:,.0f} a second, {max(total - count, 0) / rate:,.0f} s left"
