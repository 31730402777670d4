"""One file of JSON Lines in our own schema, read line by line, whatever its size."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final

import orjson

from bufgraph_ingest.connectors.items import whole_file
from bufgraph_ingest.connectors.lines import lines
from bufgraph_ingest.port import Json, RawRecord, Reject

MARK: Final = "refused"
"""Key of what was wrong with a record, in the files of refused ones; it is not read."""


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
        with self._path.open("rb") as stream:
            for read in json_objects(stream, self._path.name):
                yield read if isinstance(read, Reject) else self._record(*read)

    def _record(self, number: int, record: Json, told: str) -> RawRecord | Reject:
        lacking = [name for name in ("id", "type") if not record.get(name)]
        if lacking:
            reason = f"the record has no {' and no '.join(lacking)}"
            remedy = 'write e.g. {"id": "bgd:practice/my-practice", "type": "GoodPractice"}'
            identifier = str(record.get("id", ""))
            return Reject(self._path.name, number, identifier, lacking[0], reason, told, remedy=remedy)
        return RawRecord(self._collection, self._path.name, number, record)


def json_objects(stream: IO[bytes], file: str) -> Iterator[tuple[int, Json, str] | Reject]:
    """Yield (line, object, its text) of each line that is not empty; a line of any length takes little memory."""
    for found in lines(stream, "", file):
        yield found if isinstance(found, Reject) else _object(file, found.line, found.text)


def _object(file: str, number: int, line: bytes) -> tuple[int, Json, str] | Reject:
    told = line.decode("utf-8", "replace").rstrip()
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as err:
        reason = f"the line is not valid JSON: {err}"
        return Reject(file, number, "", "", reason, told, remedy="write one object a line, encoded in UTF-8")
    if not isinstance(record, dict):
        return Reject(file, number, "", "", "the line is not a JSON object", told, remedy='write {"id": …}')
    if record.pop(MARK, None) is not None:
        told = orjson.dumps(record).decode()
    return number, record, told
