"""Large answers on their way: taken from the worker at its speed, given out at the reader's."""

import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from typing import Final

_PIECE_BYTES: Final = 262_144


class Spool:
    """Collects an answer in a file without a name while it is read, so that a slow reader holds no worker.

    Args:
        read: Gives the next piece, and whether it is the last.
        done: Called once from the collecting thread when no more is read, with the error if there was one.
        closed: Called once when the spool is given up or was read to its end.
        explained: Turns an error of ``read`` into the reader's.
    """

    def __init__(
        self,
        read: Callable[[], tuple[bytes | bytearray, bool]],
        done: Callable[[BaseException | None], None],
        closed: Callable[["Spool"], None],
        explained: Callable[[BaseException], BaseException],
    ) -> None:
        self._read = read
        self._done = done
        self._on_close = closed
        self._explained = explained
        self._file = tempfile.TemporaryFile()  # noqa: SIM115  # lives as long as the spool
        self._changed = threading.Condition()
        self._written = 0
        self._ended = False
        self._closed = False
        self._error: BaseException | None = None

    def start(self) -> None:
        """Begin to collect."""
        threading.Thread(target=self._collect, name="sparql-spool", daemon=True).start()

    def _collect(self) -> None:
        last, error = False, None
        try:
            while not last and not self._closed:
                piece, last = self._read()
                with self._changed:
                    if not self._closed:
                        os.pwrite(self._file.fileno(), piece, self._written)
                        self._written += len(piece)
                        self._changed.notify()
        except Exception as err:  # whatever it was, the reader gets it
            error = err
        # Given up half way, the worker still has an answer to write: it must not be used again.
        self._done(error if error is not None or last else InterruptedError("given up"))
        with self._changed:
            self._ended, self._error = True, error
            self._changed.notify()

    def __iter__(self) -> Iterator[bytes]:
        position = 0
        try:
            while True:
                with self._changed:
                    while self._written == position and not (self._ended or self._closed):
                        self._changed.wait()
                    if self._written == position or self._closed:
                        break
                    piece = os.pread(self._file.fileno(), _PIECE_BYTES, position)
                position += len(piece)
                yield piece
            if self._error is not None:
                raise self._explained(self._error) from self._error
        finally:
            self.close()

    def close(self) -> None:
        """Give up; the worker is freed with its next piece."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            self._file.close()
            self._changed.notify()
        self._on_close(self)
