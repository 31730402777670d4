"""What records refer to: one walk over a record for every rule that asks."""

from collections.abc import Container, Iterator
from typing import NamedTuple
from zlib import crc32

from bufgraph.graph.codec import Codec
from bufgraph_ingest.port import Json


class Reference(NamedTuple):
    """A reference.

    Attributes:
        value: As the record writes it; ``iri``: in full.
    """

    field: str
    value: str
    iri: str


def references(record: Json, codec: Codec) -> Iterator[Reference]:
    """Yield the references of a record and of those nested in it, in the order of their fields."""
    for name, value in record.items():
        if isinstance(value, str):
            if codec.is_reference(name):
                yield Reference(name, value, codec.expand(value))
        elif isinstance(value, list | dict):
            for part in value if isinstance(value, list) else (value,):
                if isinstance(part, dict):
                    if "id" in part:
                        yield from references(part, codec)
                    elif isinstance(iri := part.get("@id"), str):
                        yield Reference(name, iri, codec.expand(iri))
                elif isinstance(part, str) and codec.is_reference(name):
                    yield Reference(name, part, codec.expand(part))


def referred(record: Json, codec: Codec) -> Iterator[str]:
    """Yield the IRIs that a record refers to, also from records nested in it."""
    return (found.iri for found in references(record, codec))


def first_to(record: Json, gone: Container[str], codec: Codec) -> Reference | None:
    """Return the first reference of a record to one of some IRIs."""
    return next((found for found in references(record, codec) if found.iri in gone), None)


def checksum(iri: str) -> int:
    """Return 32 bits of an IRI, the same in every process: enough to rule out nearly all that are not meant."""
    return crc32(iri.encode())
