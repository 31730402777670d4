"""Files of JSON Lines as lines: bounded whatever the file holds, and parsed where there is time for it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO, Final, Protocol, runtime_checkable

import orjson

from bufgraph_ingest.port import RawRecord, Reject

MOST_BYTES: Final = 4 * 2**20
"""Of one line; the longest record that we know has 12 kB."""
_SHOWN: Final = 200
_BLANK: Final = b"\xef\xbb\xbf \t\r\n"


@dataclass(frozen=True, slots=True)
class RawLine:
    """A line that was read and not yet looked at.

    Attributes:
        collection: See :class:`bufgraph_ingest.port.RawRecord`; so are ``file`` and ``line``.
        text: The line as it came, without a byte order mark.
    """

    collection: str
    file: str
    line: int
    text: bytes

    def parse(self) -> RawRecord | Reject:
        """Return its record, or why there is none."""
        try:
            record = orjson.loads(self.text)
        except orjson.JSONDecodeError as err:
            return self._reject(f"the line is not valid JSON: {err}; write one object a line")
        if not isinstance(record, dict):
            return self._reject('the line is not a JSON object; write {"id": …}')
        return RawRecord(self.collection, self.file, self.line, record)

    def _reject(self, reason: str) -> Reject:
        return Reject(self.file, self.line, "", "", reason, self.text.decode("utf-8", "replace"))


@runtime_checkable
class LineSource(Protocol):
    """A source that can also give its lines unparsed, so that several processes share that work."""

    def lines(self) -> Iterator[RawLine | Reject]:
        """Yield lines lazily, in the order of ``read``."""
        ...


def lines(stream: IO[bytes], collection: str, file: str) -> Iterator[RawLine | Reject]:
    """Yield the lines of a file that are not empty; one of any length takes little memory."""
    number = 0
    while line := stream.readline(MOST_BYTES):
        number += 1
        if len(line) == MOST_BYTES and not line.endswith(b"\n"):
            _pass_over(stream)
            reason = f"the line is longer than {MOST_BYTES // 2**20} MB"
            told = line[:_SHOWN].decode("utf-8", "replace")
            yield Reject(file, number, "", "", reason, told, remedy="write one record a line")
        elif line.strip(_BLANK):
            text = line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line
            yield RawLine(collection, file, number, text.rstrip(b"\r\n"))


def _pass_over(stream: IO[bytes]) -> None:
    while (rest := stream.readline(MOST_BYTES)) and not rest.endswith(b"\n"):
        pass
