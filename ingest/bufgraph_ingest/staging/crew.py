"""The processes that share the work; none are started while there is little to do."""

import gc
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing.connection import wait
from pathlib import Path
from typing import Final, TypeVar

from bufgraph.errors import NotAvailableError
from bufgraph.graph.codec import Codec
from bufgraph_ingest.staging.checking import Checked, Checker
from bufgraph_ingest.staging.ledger import Ledger, Range
from bufgraph_ingest.staging.reading import Item, Read, read_batch
from bufgraph_ingest.staging.receipts import Receipts

ALONE: Final = 8_000
"""So many records are read, and checked, in this process before others are started: that takes two seconds."""

W = TypeVar("W")
D = TypeVar("D")


@dataclass
class Bench:
    """What one process works with."""

    ledger: Path
    spool: Path
    ontology: Path
    codec: Codec
    exact: bool
    receipts: Path
    rules: str
    _checker: Checker | None = None

    def read(self, items: list[Item]) -> Read:
        """Carry out the first pass over a batch."""
        return read_batch(items, self.codec)

    def check(self, wanted: Range) -> tuple[Range, Checked]:
        """Carry out the second pass over a batch."""
        if self._checker is None:
            ledger = Ledger(self.ledger, read_only=True)
            receipts = Receipts(self.receipts, self.rules)
            self._checker = Checker(ledger, self.spool, self.ontology, self.codec, receipts, exact=self.exact)
        return wanted, self._checker.check(wanted)


class Crew:
    """Hands out work in order and gives back what was done in the same order.

    Args:
        processes: How many at most; 0 does everything here.
    """

    def __init__(self, bench: Bench, processes: int) -> None:
        self._bench = bench
        self._processes = processes
        self._pool: ProcessPoolExecutor | None = None

    def read(self, batches: Iterable[list[Item]]) -> Iterator[Read]:
        """Carry out the first pass over batches."""
        return self._share(self._bench.read, _read, batches, len)

    def check(self, batches: Iterable[Range]) -> Iterator[tuple[Range, Checked]]:
        """Carry out the second pass over batches."""
        return self._share(self._bench.check, _check, batches, lambda wanted: wanted.size)

    def _share(
        self, here: Callable[[W], D], there: Callable[[W], D], work: Iterable[W], size: Callable[[W], int]
    ) -> Iterator[D]:
        rest = iter(work)
        done = 0
        while self._pool is None and (not self._processes or done < ALONE):
            part = next(rest, None)
            if part is None:
                return
            done += size(part)
            yield here(part)
        first = next(rest, None)
        if first is None:
            return
        try:
            yield from self._elsewhere(there, first, rest)
        except BrokenProcessPool as err:
            raise NotAvailableError(
                "a process that checks records was ended from outside, perhaps for want of memory; run the same command "
                "again: it goes on where it was"
            ) from err

    def _elsewhere(self, there: Callable[[W], D], first: W, rest: Iterator[W]) -> Iterator[D]:
        pool = self._pool = self._pool or self._start()
        waiting: deque[Future[D]] = deque([pool.submit(there, first)])
        waiting.extend(pool.submit(there, part) for part in islice(rest, 2 * self._processes))
        while waiting:
            found = waiting.popleft().result()
            waiting.extend(pool.submit(there, part) for part in islice(rest, 1))
            yield found

    def _start(self) -> ProcessPoolExecutor:
        bench = replace(self._bench, _checker=None)
        spawn = multiprocessing.get_context("spawn")
        return ProcessPoolExecutor(self._processes, spawn, initializer=_begin, initargs=(bench,))

    def dismiss(self) -> None:
        """End the processes."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None


def processors() -> int:
    """Return how many processors this process may use."""
    return len(os.sched_getaffinity(0))


_benches: list[Bench] = []  # the one of this process, where it is one of a crew


def _begin(bench: Bench) -> None:
    _benches.append(bench)
    parent = multiprocessing.parent_process()
    assert parent is not None
    threading.Thread(target=_end_with, args=(parent.sentinel,), daemon=True).start()
    gc.freeze()
    gc.set_threshold(200_000)  # records have no cycles; looking for some often takes a tenth of the time


def _end_with(sentinel: int) -> None:
    """Leave when the parent has gone, which a killed one does not say."""
    wait([sentinel])
    os._exit(1)


def _read(items: list[Item]) -> Read:
    return _benches[0].read(items)


def _check(wanted: Range) -> tuple[Range, Checked]:
    return _benches[0].check(wanted)
