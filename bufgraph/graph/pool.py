"""Worker processes that answer SPARQL, killed at the deadline and replaced."""

import contextlib
import queue
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, cast

from bufgraph.errors import InvalidInputError, NotAvailableError, QueryTimeoutError, TooLargeError
from bufgraph.graph.worker import Header, read_frame, write_frame


@dataclass(frozen=True)
class PoolLimits:
    """Limits of one query.

    Attributes:
        timeout_s: Seconds from the call to the answer, waiting for a free worker included.
        memory_mb: Address space of a worker, in MiB.
        max_result_bytes: Largest answer.
        memory_quads: Stores up to this size are copied to a worker's memory.
    """

    timeout_s: float
    memory_mb: int
    max_result_bytes: int
    memory_quads: int


class _Worker:
    """One process with its pipes."""

    def __init__(self, folder: Path, limits: PoolLimits) -> None:
        command = [
            sys.executable,
            "-m",
            "bufgraph.graph.worker",
            str(folder),
            str(limits.memory_quads),
            str(limits.memory_mb),
        ]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )
        self.input = cast(BinaryIO, self.process.stdin)
        self.output = cast(BinaryIO, self.process.stdout)

    def kill(self) -> None:
        """End the process and its pipes."""
        self.process.kill()
        self.process.wait()
        self.output.close()
        with contextlib.suppress(BrokenPipeError):  # the worker died with our query still in the pipe
            self.input.close()


class WorkerPool:
    """Answers queries on one finished store. Workers start on first use.

    Args:
        folder: Folder of the store; it must not change.
        workers: Most processes at a time.
    """

    def __init__(self, folder: Path, *, workers: int, limits: PoolLimits) -> None:
        self._folder = folder
        self._limits = limits
        self._slots: queue.LifoQueue[_Worker | None] = queue.LifoQueue()
        for _ in range(workers):
            self._slots.put(None)
        self._workers = workers

    def __enter__(self) -> "WorkerPool":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """End all workers; the pool can be used again and starts new ones."""
        slots = [self._slots.get() for _ in range(self._workers)]
        for worker in slots:
            if worker is not None:
                worker.kill()
            self._slots.put(None)

    def query(
        self,
        text: str,
        media_type: str,
        *,
        default_graphs: tuple[str, ...] = (),
        named_graphs: tuple[str, ...] = (),
    ) -> bytes:
        """Return the serialised answer to a query.

        Args:
            default_graphs: Graphs that make up the default graph; default: all.

        Raises:
            InvalidInputError: The query does not parse or cannot be evaluated.
            TooLargeError: The answer passes the limit.
            QueryTimeoutError: The time or memory limit ended the query.
            NotAvailableError: No worker came free in time.
        """
        deadline = time.monotonic() + self._limits.timeout_s
        try:
            worker = self._slots.get(timeout=self._limits.timeout_s)
        except queue.Empty as err:
            raise NotAvailableError("all query workers are busy; try again in a moment") from err
        try:
            if worker is None:
                worker = _Worker(self._folder, self._limits)
                self._exchange(worker, None, deadline)
            header = {
                "media_type": media_type,
                "default_graphs": default_graphs,
                "named_graphs": named_graphs,
            }
            frame = self._exchange(worker, (header, text.encode()), deadline)
        except BaseException:
            if worker is not None:
                worker.kill()
            worker = None
            raise
        finally:
            self._slots.put(worker)
        return self._content(frame)

    def _exchange(
        self, worker: _Worker, request: tuple[Header, bytes] | None, deadline: float
    ) -> tuple[Header, bytes]:
        """Send a request (or wait for the greeting) and return the answer, or kill the worker at the deadline."""
        expired = threading.Event()

        def expire() -> None:
            expired.set()
            worker.process.kill()

        timer = threading.Timer(max(0.0, deadline - time.monotonic()), expire)
        timer.start()
        try:
            if request is not None:
                write_frame(worker.input, *request)
            frame = read_frame(worker.output)
        except (BrokenPipeError, ValueError) as err:
            raise self._died(expired.is_set()) from err
        finally:
            timer.cancel()
            timer.join()
        if frame is None:
            raise self._died(expired.is_set())
        return frame

    def _died(self, expired: bool) -> QueryTimeoutError:
        if expired:
            return QueryTimeoutError(
                f"the query was ended after {self._limits.timeout_s:g} seconds; narrow it, or add a LIMIT",
                timeout_s=self._limits.timeout_s,
            )
        return QueryTimeoutError(
            f"the query needed more than {self._limits.memory_mb} MiB of memory or nested too deep and was ended; narrow it",
            memory_mb=self._limits.memory_mb,
        )

    def _content(self, frame: tuple[Header, bytes]) -> bytes:
        header, content = frame
        if header.get("error") == "syntax":
            raise InvalidInputError(f"the SPARQL query does not parse: {header['message']}")
        if "error" in header:
            raise InvalidInputError(f"the SPARQL query cannot be evaluated: {header['message']}")
        if len(content) > self._limits.max_result_bytes:
            raise TooLargeError(
                f"the answer has {len(content)} bytes; at most {self._limits.max_result_bytes} are sent, add a LIMIT",
                limit=self._limits.max_result_bytes,
            )
        return content
