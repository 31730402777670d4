"""Accepted records as the documents of named graphs, read from disk as often as they are asked for."""

import hashlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import orjson

from bufgraph.graph.codec import Codec
from bufgraph_ingest.port import Json
from bufgraph_ingest.staging.ledger import Ledger

LARGE: Final = 4_000
"""A collection of more records is loaded in several documents."""
DOCUMENT: Final = 2_000
"""Records of one document: enough that the context does not weigh, few enough for little memory. With twice as many, and two
loaded at a time instead of three, loading took a quarter more processor time (``tests/bench/pipeline.py``)."""

Change = Callable[[Json], Json]


class Collection:
    """The accepted records of one collection, by identifier.

    Args:
        change: Applied to every record, where the graph shall hold something else than was accepted.
    """

    def __init__(
        self, name: str, size: int, ledger: Ledger, texts: Path, codec: Codec, change: Change | None
    ) -> None:
        self.name = name
        self.size = size
        self._ledger = ledger
        self._texts = texts
        self._codec = codec
        self._change = change

    @property
    def is_large(self) -> bool:
        """Whether it makes several documents."""
        return self.size > LARGE

    def texts(self) -> Iterator[bytes]:
        """Yield the records as exact JSON."""
        with self._texts.open("rb") as file:
            for batch in self._ledger.batches(self.name):
                numbers = batch.records.tolist()
                dropped = self._ledger.dropped(numbers)
                file.seek(batch.start)
                for number, length in zip(numbers, batch.lengths.tolist(), strict=True):
                    text = file.read(length)
                    if number not in dropped:
                        yield text if self._change is None else self._changed(text)

    def _changed(self, text: bytes) -> bytes:
        assert self._change is not None
        return orjson.dumps(self._change(orjson.loads(text)))

    def records(self) -> Iterator[Json]:
        """Yield the records."""
        return map(orjson.loads, self.texts())

    def content_hash(self) -> str:
        """Return the SHA-256 of the records as one JSON-LD document, as hexadecimal text."""
        digest = hashlib.sha256()
        for part in self._codec.framed(self.texts()):
            digest.update(part)
        return digest.hexdigest()

    def documents(self) -> Iterator[bytes]:
        """Yield JSON-LD documents of up to :data:`DOCUMENT` records."""
        held: list[bytes] = []
        for text in self.texts():
            held.append(text)
            if len(held) == DOCUMENT:
                yield b"".join(self._codec.framed(held))
                held = []
        if held:
            yield b"".join(self._codec.framed(held))
