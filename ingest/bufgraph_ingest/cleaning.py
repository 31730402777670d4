"""Small repairs that lose nothing, and the checks that JSON-LD would pass over in silence."""

import unicodedata
from typing import Any

from bufgraph.graph.codec import Codec
from bufgraph_ingest.port import Json


def clean(value: Any) -> Any:  # Any: JSON in, JSON out
    """Return JSON with normalised text (Unicode NFC, single spaces, trimmed) and without empty values."""
    if isinstance(value, str):
        return " ".join(unicodedata.normalize("NFC", value).split())
    if isinstance(value, list):
        return [c for v in value if (c := clean(v)) not in (None, "", [], {})]
    if isinstance(value, dict):
        return {k: c for k, v in value.items() if (c := clean(v)) not in (None, "", [], {})}
    return value


def problems(record: Json, codec: Codec) -> list[tuple[str, str]]:
    """Return (field, reason) for what no shape can see: no identifier, no type, a key without a meaning."""
    found: list[tuple[str, str]] = []
    identifier = record.get("id")
    if not isinstance(identifier, str) or not codec.expand(identifier).startswith(
        ("http://", "https://", "urn:")
    ):
        found.append(("id", f"the identifier is {identifier!r}; expected e.g. 'bgd:practice/my-practice'"))
    elif any(char in identifier for char in ' <>"{}|\\^`'):
        found.append(
            ("id", f"the identifier '{identifier}' holds a space or another character that no IRI may have")
        )
    if "type" not in record:
        found.append(("type", "the record has no type; expected e.g. 'GoodPractice'"))
    for name, value in record.items():
        if not codec.knows(name):
            found.append((name, f"unknown field '{name}'; see ontology/context.jsonld for the known ones"))
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and "id" in part:
                found.extend(problems(part, codec))
    return found
