"""One file of JSON Lines in our own schema, read line by line, whatever its size."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import orjson

from bufgraph_ingest.connectors.items import whole_file
from bufgraph_ingest.port import RawRecord, Reject

MOST_BYTES: Final = 4 * 2**20
"""Of one line; the longest record that we know has 12 kB."""
_SHOWN: Final = 200


class JsonLines:
    """Records of a file, one a line."""

    def __init__(self, path: Path, name: str) -> None:
        self._path = path
        self._collection = f"imports/{name}"

    def read(self) -> Iterator[RawRecord | Reject]:
        """See the port."""
        found = False
        try:
            for record in self._lines():
                found = True
                yield record
        except OSError as err:
            yield whole_file(self._path.name, f"the file cannot be read: {err.strerror}", "check its name")
        else:
            if not found:
                yield whole_file(self._path.name, "the file is empty", "write one record a line")

    def _lines(self) -> Iterator[RawRecord | Reject]:
        file, number = self._path.name, 0
        with self._path.open("rb") as stream:
            while line := stream.readline(MOST_BYTES):
                number += 1
                if len(line) == MOST_BYTES and not line.endswith(b"\n"):
                    _pass_over(stream)
                    reason = f"the line is longer than {MOST_BYTES // 2**20} MB"
                    told = line[:_SHOWN].decode("utf-8", "replace")
                    yield Reject(file, number, "", "", reason, told, remedy="write one record a line")
                elif line.strip(b"\xef\xbb\xbf \t\r\n"):
                    yield self._record(number, line.removeprefix(b"\xef\xbb\xbf") if number == 1 else line)

    def _record(self, number: int, line: bytes) -> RawRecord | Reject:
        file = self._path.name
        told = line.decode("utf-8", "replace").rstrip()
        try:
            record = orjson.loads(line)
        except orjson.JSONDecodeError as err:
            reason = f"the line is not valid JSON: {err}"
            return Reject(
                file, number, "", "", reason, told, remedy="write one object a line, encoded in UTF-8"
            )
        if not isinstance(record, dict):
            return Reject(
                file, number, "", "", "the line is not a JSON object", told, remedy='write {"id": …}'
            )
        lacking = [name for name in ("id", "type") if not record.get(name)]
        if lacking:
            reason = f"the record has no {' and no '.join(lacking)}"
            remedy = 'write e.g. {"id": "bgd:practice/my-practice", "type": "GoodPractice"}'
            return Reject(file, number, str(record.get("id", "")), lacking[0], reason, told, remedy=remedy)
        return RawRecord(self._collection, file, number, record)


def _pass_over(stream: IO[bytes]) -> None:
    while (rest := stream.readline(MOST_BYTES)) and not rest.endswith(b"\n"):
        pass
