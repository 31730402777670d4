"""Bodies unpacked piece by piece, within limits."""

import zlib
from collections.abc import Iterator
from typing import Final

from bufgraph_ingest.network.failures import BodyTooLargeError, UnwantedAnswerError

ACCEPTED: Final = "gzip, deflate"
_PIECE: Final = 65_536
_GZIP_OR_ZLIB: Final = zlib.MAX_WBITS | 32  # zlib finds out which of the two it is
_RATIO_COUNTS_FROM: Final = 1_000_000  # small pages may well be a thousand times the same line


class Decoder:
    """Unpacks a body as its header ``Content-Encoding`` says.

    Args:
        encoding: The header; "" for a plain body.
        max_bytes: Most bytes that may come out; ``max_ratio``: most times what went in, counted from 1 MB on.

    Raises:
        UnwantedAnswerError: The encoding is none that was asked for.
    """

    def __init__(self, encoding: str, max_bytes: int, max_ratio: int) -> None:
        name = encoding.strip().lower()
        if name not in {"", "identity", "gzip", "x-gzip", "deflate"}:
            raise UnwantedAnswerError(
                f"the body is packed as '{name}', which was not asked for ({ACCEPTED} were)"
            )
        self._packed = name not in {"", "identity"}
        self._unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
        self._max_bytes = max_bytes
        self._max_ratio = max_ratio
        self._bytes_in = 0
        self.bytes_out = 0

    def feed(self, chunk: bytes) -> Iterator[bytes]:
        """Yield what a chunk unpacks to; at most 64 KiB at once, so that a bomb never lies in memory.

        Raises:
            BodyTooLargeError: A limit is passed.
            UnwantedAnswerError: The packing is damaged.
        """
        self._bytes_in += len(chunk)
        for piece in self._unpacked(chunk) if self._packed else (chunk,):
            self.bytes_out += len(piece)
            self._check()
            yield piece

    def finish(self) -> None:
        """Check that a packed body is whole.

        Raises:
            UnwantedAnswerError: It ends too early.
        """
        if self._packed and self._bytes_in and not self._unpacker.eof:
            raise UnwantedAnswerError("the packed body ends too early; try again")

    def _unpacked(self, chunk: bytes) -> Iterator[bytes]:
        while chunk:
            if self._unpacker.eof:  # a packed body may have several members (RFC 1952, 2.2)
                self._unpacker = zlib.decompressobj(_GZIP_OR_ZLIB)
            try:
                piece = self._unpacker.decompress(chunk, _PIECE)
            except zlib.error as err:
                raise UnwantedAnswerError(f"the packed body is damaged: {err}; try again") from err
            if piece:
                yield piece
            chunk = self._unpacker.unconsumed_tail or self._unpacker.unused_data

    def _check(self) -> None:
        if self.bytes_out > self._max_bytes:
            raise BodyTooLargeError(
                f"the body has more than {self._max_bytes:,} bytes, the limit", limit=self._max_bytes
            )
        if (
            self._packed
            and self.bytes_out > _RATIO_COUNTS_FROM
            and self.bytes_out > self._bytes_in * self._max_ratio
        ):
            raise BodyTooLargeError(
                f"the packed body grows to more than {self._max_ratio} times its size; it looks like a decompression bomb",
                limit=self._max_ratio,
            )
