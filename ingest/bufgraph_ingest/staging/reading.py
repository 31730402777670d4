"""The first pass over records: parse, refuse what no shape can see, clean, and say which identifiers there are."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import orjson

from bufgraph.graph.codec import Codec
from bufgraph_ingest.cleaning import as_text, clean, problems
from bufgraph_ingest.connectors.lines import RawLine
from bufgraph_ingest.gates.terms import declared_classes
from bufgraph_ingest.port import Json, RawRecord, Reject
from bufgraph_ingest.reconciliation.lookup import names_of

Item = RawLine | RawRecord | Reject

_OTHER_SPACE: Final = re.compile(r"[^\S ]").search


class Entry(NamedTuple):
    """A cleaned record.

    Attributes:
        position: Its place in the batch.
        identifier: As the record writes it.
        fields: How many it has.
        text: The record as JSON.
        declared: IRI and classes (IRIs with a space between) of the record and of those nested in it.
        names: What it is called, where others may refer to it by name, as JSON.
    """

    position: int
    collection: str
    file: str
    line: int
    identifier: str
    fields: int
    text: bytes
    declared: Sequence[tuple[str, str]]
    names: bytes | None


@dataclass(frozen=True, slots=True)
class Read:
    """What became of a batch: cleaned records, and refused ones with their places in it."""

    size: int
    entries: list[Entry]
    rejects: list[tuple[int, Reject]]


def refuse(raw: RawRecord, field: str, reason: str) -> Reject:
    """Return the reject for a record as it is now."""
    identifier = str(raw.record.get("id", ""))
    return Reject(raw.file, raw.line, identifier, field, reason, as_text(raw.record))


def read_batch(items: Sequence[Item], codec: Codec) -> Read:
    """Clean a batch; what is refused is refused alone."""
    read = Read(len(items), [], [])
    for position, item in enumerate(items):
        try:
            found = _read(position, item, codec)
        except (TypeError, RecursionError) as err:  # what JSON cannot hold
            found = _unwritable(item, err)
        if isinstance(found, Reject):
            read.rejects.append((position, found))
        else:
            read.entries.append(found)
    return read


def _read(position: int, item: Item, codec: Codec) -> Entry | Reject:
    raw = item.parse() if isinstance(item, RawLine) else item
    if isinstance(raw, Reject):
        return raw
    if found := problems(raw.record, codec):
        return refuse(raw, found[0][0], "; ".join(reason for _, reason in found))
    record, text = raw.record, item.text if isinstance(item, RawLine) else orjson.dumps(raw.record)
    if not is_clean(text):
        record = clean(raw.record)
        text = orjson.dumps(record)
    declared = {iri: " ".join(sorted(classes)) for iri, classes in declared_classes(record, codec)}
    names = names_of(record)
    return Entry(
        position,
        raw.collection,
        raw.file,
        raw.line,
        str(record["id"]),
        len(record),
        text,
        list(declared.items()),
        None if names is None else orjson.dumps(names),
    )


def is_clean(text: bytes) -> bool:
    """Tell whether a record as JSON is surely as :func:`bufgraph_ingest.cleaning.clean` would leave it.

    Most records are, and looking at the text takes a tenth of the time. It may say no without need: of JSON with
    spaces between its parts, of an escaped quotation mark.
    """
    if b"\\" in text or b"  " in text or b'" ' in text or b' "' in text:
        return False
    if b'""' in text or b"null" in text or b"[]" in text or b"{}" in text:
        return False
    if text.isascii():
        return True
    letters = text.decode()
    return unicodedata.is_normalized("NFC", letters) and not _OTHER_SPACE(letters)


def _unwritable(item: Item, err: Exception) -> Reject:
    reason = (
        f"the record cannot be written as JSON: {err}; write texts, numbers, lists and objects, not too deep"
    )
    if isinstance(item, RawRecord):
        return Reject(item.file, item.line, str(item.record.get("id", "")), "", reason, "")
    text = item.text.decode("utf-8", "replace")[:200] if isinstance(item, RawLine) else item.content
    return Reject(item.file, item.line, "", "", reason, text)


def batches(items: Iterable[Item], size: int, most_bytes: int) -> Iterable[list[Item]]:
    """Yield items in lists of so many, or fewer when they are long."""
    batch: list[Item] = []
    held = 0
    for item in items:
        batch.append(item)
        held += len(item.text) if isinstance(item, RawLine) else 0
        if len(batch) == size or held >= most_bytes:
            yield batch
            batch, held = [], 0
    if batch:
        yield batch


def naming(texts: Iterable[bytes]) -> list[RawRecord]:
    """Return what records are called, for the reconciler."""
    named: list[Json] = [orjson.loads(text) for text in texts]
    return [RawRecord("", "", 0, record) for record in named]
