"""Small repairs that lose nothing, and the checks that JSON-LD would pass over in silence."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from typing import Any, Final

from bufgraph.graph.codec import Codec
from bufgraph_ingest.port import Json
from bufgraph_ingest.references import Reference, references


def clean(value: Any) -> Any:  # Any: JSON in, JSON out
    """Return JSON with normalised text (Unicode NFC, single spaces, trimmed) and without empty values."""
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).split())
    if isinstance(value, list):
        return [c for v in value if (c := clean(v)) not in (None, "", [], {})]
    if isinstance(value, dict):
        return {k: c for k, v in value.items() if (c := clean(v)) not in (None, "", [], {})}
    return value


_NOT_IN_IRIS: Final = re.compile(r'[ <>"{}|\\^`]').search
_ABSOLUTE: Final = ("http://", "https://", "urn:")
_LIMIT: Final = 2**63
"""Integers of 64 bits: what JSON, RDF stores and SQLite all hold."""


def as_text(record: Json) -> str:
    """Return a record as JSON, also one with numbers that no JSON has, for a report."""
    return json.dumps(record, ensure_ascii=False, separators=(",", ":"), default=str)


def problems(record: Json, codec: Codec) -> list[tuple[str, str]]:
    """Return (field, reason) for what no shape can see: no identifier, no type, a key without a meaning."""
    found: list[tuple[str, str]] = []
    identifier = record.get("id")
    if not isinstance(identifier, str) or not codec.expand(identifier).startswith(_ABSOLUTE):
        found.append(("id", f"the identifier is {identifier!r}; expected e.g. 'bgd:practice/my-practice'"))
    elif _NOT_IN_IRIS(identifier):
        found.append(
            ("id", f"the identifier '{identifier}' holds a space or another character that no IRI may have")
        )
    types = record.get("type") or []
    found.extend(
        ("type", f"unknown type '{name}'; expected e.g. 'GoodPractice'")
        for name in ([types] if isinstance(types, str) else types)
        if not str(name)[:1].isupper() or not codec.knows(str(name))  # no shape would look at it
    )
    if not types:
        found.append(("type", "the record has no type; expected e.g. 'GoodPractice'"))
    for name, value in record.items():
        if not codec.knows(name):
            found.append((name, f"unknown field '{name}'; see ontology/context.jsonld for the known ones"))
        elif not isinstance(value, str):
            for part in value if isinstance(value, list) else (value,):
                if isinstance(part, dict) and "id" in part:
                    found.extend(problems(part, codec))
                elif not isinstance(part, str):
                    found.extend((name, reason) for reason in _numbers(part))
    return found


def _numbers(value: Any) -> Iterator[str]:  # Any: JSON
    """Yield what is wrong with the numbers of a value."""
    if isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _numbers(part)
    elif isinstance(value, float | int) and not -_LIMIT <= value < _LIMIT:  # NaN is in no range
        shown = repr(value) if isinstance(value, float) else f"{float(value):.4g}"
        yield f"the number {shown} cannot be kept; expected one of at most 64 bits"


def loose_references(record: Json, codec: Codec) -> list[tuple[str, str]]:
    """Return (field, reason) for references that are no identifier; JSON-LD would drop them in silence."""
    return loose(references(record, codec))


def loose(found: Iterable[Reference]) -> list[tuple[str, str]]:
    """Return (field, reason) for those of some references that are no identifier."""
    return [
        (field, f"'{value}' is no identifier; expected an address or e.g. 'bgs:outcome/mixed'")
        for field, value, iri in found
        if not iri.startswith(_ABSOLUTE)
    ]
