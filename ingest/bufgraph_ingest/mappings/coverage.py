"""What becomes of each field: of theirs (mapped, kept as a note, dropped and why) and of ours (given, never asked)."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from typing import Final

from bufgraph.model import Adoption, City, GoodPractice, Organisation, SourceDocument
from bufgraph_ingest.mappings.mapping import SourceMapping, Template, columns_of

_OURS: Final = {
    "City": City,
    "GoodPractice": GoodPractice,
    "Adoption": Adoption,
    "Organization": Organisation,
    "SourceDocument": SourceDocument,
}
"""Types of records that mappings make, with our fields."""


@dataclass(frozen=True, slots=True)
class Covered:
    """One line of the table.

    Attributes:
        field: Of the source, or ``Type.field`` of ours.
        state: ``mapped``, ``dropped`` or ``noted`` for theirs; ``never asked`` for ours.
        detail: Our field, or the reason.
    """

    source: str
    field: str
    state: str
    detail: str


def coverage(mapping: SourceMapping, header: Sequence[str] = ()) -> list[Covered]:
    """Return the table of a mapping.

    Args:
        header: Fields of a file, to see those that the mapping does not know.
    """
    mapped: dict[str, list[str]] = {}
    for template in mapping.records:
        for ours, theirs in _pairs(template, str(template.get("type", "")), ""):
            mapped.setdefault(theirs, []).append(ours)
    table = [
        Covered(mapping.name, theirs, "mapped", ", ".join(dict.fromkeys(ours)))
        for theirs, ours in mapped.items()
    ]
    table += [Covered(mapping.name, theirs, "dropped", why) for theirs, why in mapping.dropped.items()]
    known = {*mapped, *mapping.dropped, *columns_of(mapping.key)}
    table += [
        Covered(mapping.name, name, "noted", "in the note of the document")
        for name in header
        if name not in known
    ]
    for type_, names in mapping.never_asked.items():
        table += [
            Covered(mapping.name, f"{type_}.{name}", "never asked", "the source has no place for it")
            for name in names
        ]
    return table


def unmarked(mapping: SourceMapping) -> list[str]:
    """Return fields of ours that a mapping neither gives nor marks as never asked."""
    given: dict[str, set[str]] = {}
    for template in _templates(list(mapping.records)):
        type_ = template["type"] if isinstance(template["type"], str) else template["type"][-1]
        given.setdefault(type_, set()).update(template)
    return [
        f"{type_}.{name}"
        for type_, names in given.items()
        if type_ in _OURS
        for name in (f.name for f in fields(_OURS[type_]))
        if name not in names and name not in mapping.never_asked.get(type_, ())
    ]


def _templates(template: Template) -> Iterator[dict[str, Template]]:
    """Yield the templates of records within a template."""
    if isinstance(template, list):
        for part in template:
            yield from _templates(part)
    elif isinstance(template, dict) and "from" not in template:
        if "type" in template and "id" in template:
            yield template
        for part in template.values():
            yield from _templates(part)


def _pairs(template: Template, type_: str, path: str) -> Iterator[tuple[str, str]]:
    """Yield (our field, their field)."""
    if isinstance(template, list):
        for part in template:
            yield from _pairs(part, type_, path)
    elif isinstance(template, dict) and "from" in template:
        for column in columns_of(template):
            yield path, column
    elif isinstance(template, dict) and "each" in template:
        record = template["record"]
        inner = str(record.get("type", type_)) if isinstance(record, dict) else type_
        for ours, theirs in _pairs(record, inner, path):
            yield ours, f"{template['each']}/{theirs}"
    elif isinstance(template, dict):
        own = template.get("type", type_)
        own = own if isinstance(own, str) else str(own[-1])
        for name, part in template.items():
            yield from _pairs(part, own, f"{own}.{name}")
