"""A folder of JSON Lines files: our own format, one record a line."""

from collections.abc import Iterator
from pathlib import Path

from bufgraph.errors import InvalidInputError, MisconfiguredError
from bufgraph_ingest.connectors.lines import RawLine, lines
from bufgraph_ingest.port import RawRecord, Reject


class JsonlFolder:
    """All ``*.jsonl`` files below a folder, except judgments; the collection is the path without its ending.

    Raises:
        InvalidInputError: The folder is missing or holds no such file.
        MisconfiguredError: A file cannot be read; while records are read.
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
        for found in self.lines():
            yield found.parse() if isinstance(found, RawLine) else found

    def lines(self) -> Iterator[RawLine | Reject]:
        """See :class:`bufgraph_ingest.connectors.lines.LineSource`."""
        for path in self._files:
            name = path.relative_to(self._folder)
            try:
                with path.open("rb") as stream:
                    yield from lines(stream, str(name.with_suffix("")), str(name))
            except OSError as err:
                raise MisconfiguredError(
                    f"{path} cannot be read: {err.strerror}; mend its permissions or take it away",
                    path=str(path),
                ) from err
