"""Worker processes that answer SPARQL, killed at the deadline and replaced."""

import os
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

from bufgraph.errors import (
    BufgraphError,
    InvalidInputError,
    NotAvailableError,
    QueryTimeoutError,
    TooLargeError,
)
from bufgraph.graph.processes import DiedError, ExpiredError, Frame, Nursery, Worker
from bufgraph.graph.queueing import FairQueue
from bufgraph.graph.spool import Spool
from bufgraph.graph.syntax_errors import readable


@dataclass(frozen=True)
class PoolLimits:
    """Limits of one query, and of the queue.

    Attributes:
        timeout_s: Seconds from the start of a query to the end of its answer.
        memory_mb: Memory that a worker may take beyond the store, in MiB.
        max_result_bytes: Largest answer.
        memory_quads: Stores up to this size are copied to memory, once for all workers.
        max_rows: Most rows of a table, or triples of a graph.
        wait_s: Longest wait for a free worker.
        queue_length: Most queries that wait, and most answers that are being collected.
        client_workers: Most workers for one client; 0: all but one, so that others are answered meanwhile.
    """

    timeout_s: float
    memory_mb: int
    max_result_bytes: int
    memory_quads: int
    max_rows: int = 1_000_000
    wait_s: float = 10.0
    queue_length: int = 32
    client_workers: int = 0


@dataclass(frozen=True)
class Question:
    """A query with its dataset and the wanted format.

    Attributes:
        default_graphs: Graphs that make up the default graph.
        named_graphs: Graphs that ``GRAPH`` sees.
        union: Without either, the default graph is all graphs; else what the text says (``FROM``).
        client: Whose turn it is; queries of one client wait for each other first.
        written: The text as it was sent, for messages; default: the text.
    """

    text: str
    media_type: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    union: bool = True
    client: str = ""
    written: str = ""


@dataclass(frozen=True)
class Answer:
    """A serialised answer, whole or on its way.

    Attributes:
        first: The first bytes; all of them when ``rest`` is None.
        rest: What follows; raises where the answer breaks off. Close it to give up.
    """

    first: bytes
    rest: Spool | None = None

    def __iter__(self) -> Iterator[bytes]:
        yield self.first
        if self.rest is not None:
            yield from self.rest

    def close(self) -> None:
        """Give up what is still to come."""
        if self.rest is not None:
            self.rest.close()


class WorkerPool:
    """Answers queries on one finished store. The processes start on first use, or with :meth:`warm_up`.

    Args:
        folder: Folder of the store; it must not change.
        workers: Most processes at a time.
    """

    def __init__(self, folder: Path, *, workers: int, limits: PoolLimits) -> None:
        self._limits = limits
        self._workers = workers
        self._nursery = Nursery(folder, limits.memory_quads, limits.memory_mb)
        self._queue = FairQueue(
            workers,
            per_client=limits.client_workers or max(1, workers - 1),
            length=limits.queue_length,
            retry_after_s=self._retry_after_s,
        )
        self._lock = threading.Lock()
        self._idle: list[Worker] = []
        self._spools: set[Spool] = set()
        self._usual_s = 0.1  # what a query takes, smoothed

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def warm_up(self) -> None:
        """Start opening the store, without waiting for it."""
        self._nursery.start()

    def close(self) -> None:
        """End all processes; the pool can be used again and starts new ones."""
        with self._lock:
            spools, idle = list(self._spools), self._idle
            self._idle = []
        for spool in spools:
            spool.close()
        for worker in idle:
            worker.kill()
        self._nursery.close()

    def query(self, question: Question) -> bytes:
        """Return the whole answer; see :meth:`stream` for the errors."""
        return b"".join(self.stream(question))

    def stream(self, question: Question) -> Answer:
        """Return an answer as soon as its first bytes are there.

        Raises:
            InvalidInputError: The query does not parse or cannot be evaluated.
            TooLargeError: The answer passes a limit.
            QueryTimeoutError: The time or memory limit ended the query.
            NotAvailableError: No worker came free in time, or too many wait; ``retry_after_s`` tells when to ask again.
        """
        self._queue.take(question.client, self._limits.wait_s)
        start = time.monotonic()
        worker = None
        try:
            worker = self._asked(question)
            deadline = time.monotonic() + self._limits.timeout_s
            frame = worker.receive(deadline)
            if "more" in frame.header:
                return self._spooled(question, worker, frame.content, deadline, start)
        except BaseException as err:
            self._release(question.client, worker, start, alive=False)
            if (explained := self._explained(err)) is not err:
                raise explained from err
            raise
        self._release(question.client, worker, start, alive=True)
        self._check(frame, question)
        return Answer(bytes(frame.content))

    def _asked(self, question: Question) -> Worker:
        """Return a worker that was sent a query: one that waits, or a new one."""
        request = self._header(question), question.text.encode()
        while True:
            with self._lock:
                worker = self._idle.pop() if self._idle else None
            if worker is None:
                worker = self._nursery.worker(self._limits.wait_s)
                worker.send(*request)
                return worker
            try:
                worker.send(*request)
            except DiedError:  # while it waited
                worker.kill()
            else:
                return worker

    def _header(self, question: Question) -> dict[str, object]:
        return {
            "media_type": question.media_type,
            "default_graphs": question.default_graphs,
            "named_graphs": question.named_graphs,
            "union": question.union,
            "max_bytes": self._limits.max_result_bytes,
            "max_rows": self._limits.max_rows,
            # Oxigraph answers on all cores.
            "cpu_s": int(self._limits.timeout_s * (os.cpu_count() or 1)) + 1,
        }

    def _spooled(
        self, question: Question, worker: Worker, first: bytes | bytearray, deadline: float, start: float
    ) -> Answer:
        def read() -> tuple[bytes | bytearray, bool]:
            frame = worker.receive(deadline)
            self._check(frame, question)
            return frame.content, "end" in frame.header

        def done(error: BaseException | None) -> None:
            alive = error is None or isinstance(error, InvalidInputError)
            self._release(question.client, worker, start, alive=alive)

        def closed(spool: Spool) -> None:
            with self._lock:
                self._spools.discard(spool)

        with self._lock:
            if len(self._spools) >= self._limits.queue_length:
                seconds = self._retry_after_s(0)
                raise NotAvailableError(
                    f"too many large answers are being collected; try again in {seconds} seconds",
                    retry_after_s=seconds,
                )
            spool = Spool(read, done, closed, self._explained)
            self._spools.add(spool)
        spool.start()
        return Answer(bytes(first), spool)

    def _release(self, client: str, worker: Worker | None, start: float, *, alive: bool) -> None:
        if worker is not None and alive:
            with self._lock:
                self._idle.append(worker)
        elif worker is not None:
            worker.kill()
        self._usual_s += 0.1 * (time.monotonic() - start - self._usual_s)
        self._queue.give_back(client)

    def _retry_after_s(self, waiting: int) -> int:
        """Return when the queue should be done with those who wait now, between 1 second and a minute."""
        return min(60, max(1, round(self._usual_s * (waiting + 1) / self._workers)))

    def _explained(self, error: BaseException) -> BaseException:
        """Return what a dead worker means to the asker; other errors come back as they are."""
        if isinstance(error, ExpiredError):
            return QueryTimeoutError(
                f"the query was ended after {self._limits.timeout_s:g} seconds; narrow it, or add a LIMIT",
                timeout_s=self._limits.timeout_s,
            )
        if isinstance(error, DiedError):
            return QueryTimeoutError(
                f"the query needed more than {self._limits.memory_mb} MiB of memory or nested too deep and was ended; narrow it",
                memory_mb=self._limits.memory_mb,
            )
        return error

    def _check(self, frame: Frame, question: Question) -> None:
        """Raise the error that a frame reports."""
        error, message = frame.header.get("error"), str(frame.header.get("message", ""))
        if error == "syntax":
            raise readable(message, question.written or question.text)
        if error == "limit":
            raise self._too_large(message)
        if error is not None:
            raise InvalidInputError(f"the SPARQL query cannot be evaluated: {message}")

    def _too_large(self, what: str) -> BufgraphError:
        limits = self._limits
        most = limits.max_rows if what == "rows" else limits.max_result_bytes
        unit = "rows or triples" if what == "rows" else "bytes"
        return TooLargeError(
            f"the answer has more {unit} than the {most} that are sent at most; add a LIMIT", limit=most
        )
