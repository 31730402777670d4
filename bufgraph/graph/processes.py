"""The processes behind the pool: one that holds the store, and the workers that it forks."""

import contextlib
import fcntl
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from bufgraph.errors import NotAvailableError

_PIPE_BYTES: Final = 1 << 20


class DiedError(Exception):
    """A worker ended by itself."""


class ExpiredError(Exception):
    """A worker did not answer before the deadline."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a worker; see :mod:`bufgraph.graph.worker`."""

    header: dict[str, Any]  # Any: JSON
    content: bytes | bytearray


class Worker:
    """One process with its pipes.

    Args:
        process: Its process descriptor, which never means another process.
        requests: Where requests are written.
        answers: Where answers are read.
    """

    def __init__(self, process: int, requests: int, answers: int) -> None:
        self._process = process
        self._requests = requests
        self._answers = answers
        self._poll = select.poll()
        self._poll.register(answers, select.POLLIN)
        self._lock = threading.Lock()
        self._closed = False

    def send(self, header: dict[str, object], content: bytes) -> None:
        """Send a request.

        Raises:
            DiedError: The worker is gone.
        """
        head = json.dumps({**header, "bytes": len(content)}).encode()
        left = memoryview(b"%08d" % len(head) + head + content)
        try:
            while left:
                left = left[os.write(self._requests, left) :]
        except OSError as err:
            raise DiedError from err

    def receive(self, deadline: float) -> Frame:
        """Return the next frame.

        Raises:
            DiedError: The worker is gone.
            ExpiredError: The deadline (of the monotonic clock) passed.
        """
        header = json.loads(self._take(int(self._take(8, deadline)), deadline))
        return Frame(header, self._take(header["bytes"], deadline))

    def _take(self, size: int, deadline: float) -> bytearray:
        taken, filled = bytearray(size), 0
        view = memoryview(taken)
        while filled < size:
            left = deadline - time.monotonic()
            if left <= 0 or not self._poll.poll(left * 1_000):
                raise ExpiredError
            try:
                count = os.readv(self._answers, [view[filled:]])
            except OSError as err:
                raise DiedError from err
            if not count:
                raise DiedError
            filled += count
        return taken

    def stop(self) -> None:
        """End the process; whoever reads its answers learns that it died."""
        with self._lock, contextlib.suppress(ProcessLookupError):
            if not self._closed:
                signal.pidfd_send_signal(self._process, signal.SIGKILL)

    def kill(self) -> None:
        """End the process and its pipes. Nobody may be reading."""
        self.stop()
        with self._lock:
            if not self._closed:
                self._closed = True
                for descriptor in (self._process, self._requests, self._answers):
                    os.close(descriptor)


class Nursery:
    """The process that holds the store and forks workers.

    Args:
        folder: Folder of the store.
        memory_quads: Stores up to this size are copied to memory.
        memory_mb: Memory of a worker beyond the store, in MiB.
    """

    def __init__(self, folder: Path, memory_quads: int, memory_mb: int) -> None:
        self._folder = folder
        self._arguments = [str(folder), str(memory_quads), str(memory_mb)]
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._link: socket.socket | None = None
        self._ready = False

    def start(self) -> None:
        """Start it when it does not run."""
        with self._lock:
            self._start()

    def worker(self, timeout_s: float) -> Worker:
        """Return a new worker.

        Raises:
            NotAvailableError: The store is still being opened, or cannot be.
        """
        deadline = time.monotonic() + timeout_s
        if not self._lock.acquire(timeout=timeout_s):
            raise self._loading()
        try:
            link = self._start()
            if not self._ready:
                self._wait(link, deadline)
            return self._fork(link, deadline)
        finally:
            self._lock.release()

    def close(self) -> None:
        """End it."""
        with self._lock:
            self._end()

    def _start(self) -> socket.socket:
        if self._link is not None:
            return self._link
        ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_STREAM)
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "bufgraph.graph.worker", str(theirs.fileno()), *self._arguments],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
            )
        self._link, self._ready = ours, False
        return ours

    def _wait(self, link: socket.socket, deadline: float) -> None:
        link.settimeout(max(0.001, deadline - time.monotonic()))
        try:
            greeting = link.recv(1)
        except TimeoutError as err:
            raise self._loading() from err
        if not greeting:
            raise self._broken()
        self._ready = True

    def _fork(self, link: socket.socket, deadline: float) -> Worker:
        their_requests, requests = os.pipe()
        answers, their_answers = os.pipe()
        with contextlib.suppress(OSError):  # the system's own limit on pipes
            fcntl.fcntl(answers, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        try:
            link.settimeout(max(1.0, deadline - time.monotonic()))
            socket.send_fds(link, [b"f"], [their_requests, their_answers])
            message, descriptors, _, _ = socket.recv_fds(link, 1, 1)
        except OSError as err:
            os.close(requests)
            os.close(answers)
            raise self._broken() from err
        finally:
            os.close(their_requests)
            os.close(their_answers)
        if not message or not descriptors:
            os.close(requests)
            os.close(answers)
            raise self._broken()
        os.set_inheritable(descriptors[0], False)
        return Worker(descriptors[0], requests, answers)

    def _end(self) -> None:
        if self._link is not None:
            self._link.close()
        if self._process is not None:
            self._process.kill()
            self._process.wait()
        self._link = self._process = None
        self._ready = False

    def _loading(self) -> NotAvailableError:
        return NotAvailableError("the graph is still being opened; try again in a moment", retry_after_s=5)

    def _broken(self) -> NotAvailableError:
        """End what is left, so that the next call starts anew."""
        self._end()
        return NotAvailableError(
            "the process that holds the graph ended; try again, and if that does not help run 'bufgraph build --force'",
            path=str(self._folder),
        )
