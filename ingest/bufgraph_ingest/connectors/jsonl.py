"""A folder of JSON Lines files: our own format, one record a line."""

from collections.abc import Iterator
from pathlib import Path

import orjson

from bufgraph.errors import InvalidInputError
from bufgraph_ingest.port import RawRecord, Reject


class JsonlFolder:
    """All ``*.jsonl`` files below a folder, except judgments; the collection is the path without its ending.

    Raises:
        InvalidInputError: The folder is missing or holds no such file.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._files = [
            p for p in sorted(folder.rglob("*.jsonl")) if "judgments" not in p.relative_to(folder).parts
        ]
        if not self._files:
            raise InvalidInputError(f"there are no records (*.jsonl) in {folder}", path=str(folder))

    def read(self) -> Iterator[RawRecord | Reject]:
        """See the port."""
        for path in self._files:
            name = path.relative_to(self._folder)
            for number, line in enumerate(path.read_bytes().split(b"\n"), 1):
                if line.strip():
                    yield _record(str(name.with_suffix("")), str(name), number, line)


def _record(collection: str, file: str, number: int, line: bytes) -> RawRecord | Reject:
    text = line.decode("utf-8", errors="replace")
    try:
        record = orjson.loads(line)
    except orjson.JSONDecodeError as err:
        return Reject(
            file, number, "", "", f"the line is not valid JSON: {err}; write one object a line", text
        )
    if not isinstance(record, dict):
        return Reject(file, number, "", "", 'the line is not a JSON object; write {"id": …}', text)
    return RawRecord(collection, file, number, record)
