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


_ABSOLUTE = ("http://", "https://", "urn:")


def problems(record: Json, codec: Codec) -> list[tuple[str, str]]:
    """Return (field, reason) for what no shape can see: no identifier, no type, a key without a meaning."""
    found: list[tuple[str, str]] = []
    identifier = record.get("id")
    if not isinstance(identifier, str) or not codec.expand(identifier).startswith(_ABSOLUTE):
        found.append(("id", f"the identifier is {identifier!r}; expected e.g. 'bgd:practice/my-practice'"))
    elif any(char in identifier for char in ' <>"{}|\\^`'):
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
            continue
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and "id" in part:
                found.extend(problems(part, codec))
    return found


def loose_references(record: Json, codec: Codec) -> list[tuple[str, str]]:
    """Return (field, reason) for references that are no identifier; JSON-LD would drop them in silence."""
    found: list[tuple[str, str]] = []
    for name, value in record.items():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and "id" in part:
                found.extend(loose_references(part, codec))
            elif (
                codec.is_reference(name)
                and isinstance(part, str)
                and not codec.expand(part).startswith(_ABSOLUTE)
            ):
                found.append(
                    (name, f"'{part}' is no identifier; expected an address or e.g. 'bgs:outcome/mixed'")
                )
    return found
