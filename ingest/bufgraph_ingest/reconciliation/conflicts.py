"""What the records of one thing say: all values of a field with their sources, and where they disagree."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import orjson

from bufgraph_ingest.port import Json, RawRecord

MANY: Final = frozenset(
    {
        "type", "alt_label", "exact_match", "close_match", "unverified_match", "note", "source", "citation", "expertise",
        "language", "related_practice", "subdomain", "challenge", "typical_need", "participation", "result", "lesson",
        "obstacle", "funding", "has_member", "pref_label",
    }
)  # fmt: skip
"""Fields that hold several values by nature: those of one record add to those of another and contradict nothing."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value of a field.

    Attributes:
        sources: The collections that say so, e.g. ``cities/cities`` or ``imports/kohesio``.
        records: Identifiers of the records.
    """

    value: object
    sources: tuple[str, ...]
    records: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A field for which the records of one thing give different values.

    Attributes:
        values: Each different value; that of the record which stands for the thing comes first.
    """

    field: str
    values: tuple[Value, ...]


def values_by_field(records: Sequence[RawRecord]) -> dict[str, tuple[Value, ...]]:
    """Return all values of every field with who says so, in the order of the records."""
    found: dict[str, dict[bytes, Value]] = {}
    for raw in records:
        for name, value in raw.record.items():
            if name == "id":
                continue
            for part in _parts(name, value):
                known = found.setdefault(name, {})
                key = orjson.dumps(part, option=orjson.OPT_SORT_KEYS)
                old = known.get(key, Value(part, (), ()))
                known[key] = Value(
                    part,
                    tuple(dict.fromkeys((*old.sources, raw.collection))),
                    (*old.records, str(raw.record["id"])),
                )
    return {name: tuple(values.values()) for name, values in found.items()}


def conflicts(records: Sequence[RawRecord]) -> list[Conflict]:
    """Return where the records of one thing disagree; all values are kept, none is chosen."""
    return [
        Conflict(name, values)
        for name, values in values_by_field(records).items()
        if name not in MANY and len(values) > 1
    ]


def one_node(records: Sequence[RawRecord]) -> Json:
    """Return one record as a reader sees the thing: the first record's fields, the others' where it has none.

    Fields of several values are joined. Nothing is stored; :func:`conflicts` tells what is hidden.
    """
    node: Json = {}
    for raw in records:
        for name, value in raw.record.items():
            if name not in node:
                node[name] = value
            elif isinstance(node[name], dict) and isinstance(value, dict) and name in MANY:
                node[name] = {**value, **node[name]}
            elif name in MANY:
                node[name] = _joined(node[name], value)
    return node


def _joined(old: object, new: object) -> list[object]:
    values = [*_listed(old), *_listed(new)]
    return [value for place, value in enumerate(values) if value not in values[:place]]


def _parts(name: str, value: object) -> Iterable[object]:
    return _listed(value) if name in MANY else [value]


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
