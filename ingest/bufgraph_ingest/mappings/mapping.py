"""A mapping file: which field of a source becomes which of ours, what is left out and why, what is never asked."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import orjson

from bufgraph.errors import InvalidInputError
from bufgraph_ingest.mappings.converters import CONVERTERS

FOLDER: Final = Path(__file__).parent
_RULE_KEYS: Final = frozenset(
    {"from", "as", "join", "table", "constant", "prefix", "suffix", "default", "required"}
)
_EACH_KEYS: Final = frozenset({"each", "where", "key", "record"})
Template = Any  # Any: JSON with rules in it


@dataclass(frozen=True)
class SourceMapping:
    """What a mapping file says.

    Attributes:
        name: Name of the source, which its identifiers begin with.
        title: As people know it; ``documentation``: where its format is described; ``licence``: of its data.
        checked: What the format was compared with.
        key: Rule for what tells one item from another.
        needs: Fields without which the file is not of this source.
        records: Templates of the records that an item makes; an item of a list, ``main`` says which is its own.
        dropped: Fields of the source that are left out, with the reason.
        never_asked: Type of record → our fields that the source has no place for.
        classes: Types of the subjects that are items, in RDF.
        items: Where the items are: the path in JSON, the element in XML.
        changed: Field with the day of an item's last change, as 2024-03-05 and what follows; "" where there is none.
    """

    name: str
    title: str
    documentation: str
    licence: str
    checked: str
    key: Template
    records: Sequence[Template]
    needs: Sequence[str] = ()
    dropped: Mapping[str, str] = field(default_factory=dict)
    never_asked: Mapping[str, Sequence[str]] = field(default_factory=dict)
    classes: Sequence[str] = ()
    items: str = ""
    changed: str = ""

    @cached_property
    def known_fields(self) -> frozenset[str]:
        """Fields of the source that a rule reads, or that are left out on purpose."""
        used = {name for part in [self.key, *self.records] for name in fields_read(part)}
        return frozenset(used | {name.split("/")[0] for name in used} | {*self.dropped, self.changed})


def read_mapping(source: str | Path) -> SourceMapping:
    """Read one of our mappings by name, or a file.

    Raises:
        InvalidInputError: It cannot be read or says something that no mapping can say.
    """
    path = FOLDER / f"{source}.json" if isinstance(source, str) else source
    try:
        told = orjson.loads(path.read_bytes())
        made = SourceMapping(**told)
    except (OSError, TypeError, orjson.JSONDecodeError) as err:
        raise InvalidInputError(f"the mapping {path} cannot be read: {err}", path=str(path)) from err
    if fault := next(_faults([made.key, *made.records]), None):
        raise InvalidInputError(f"the mapping {path} {fault}", path=str(path))
    return made


def _faults(template: Template) -> Iterator[str]:
    """Yield what is wrong with a template."""
    if isinstance(template, list):
        for part in template:
            yield from _faults(part)
    elif isinstance(template, dict) and "from" in template:
        if unknown := set(template) - _RULE_KEYS:
            yield f"has a rule with unknown keys {', '.join(sorted(unknown))}; known: {', '.join(sorted(_RULE_KEYS))}"
        if lacking := [name for name in converters_of(template) if name not in CONVERTERS]:
            yield f"names the converter '{lacking[0]}'; known: {', '.join(sorted(CONVERTERS))}"
    elif isinstance(template, dict):
        if "each" in template and set(template) - _EACH_KEYS:
            yield f"has a list with unknown keys; known: {', '.join(sorted(_EACH_KEYS))}"
        for part in template.values():
            yield from _faults(part)


def converters_of(rule: Mapping[str, Any]) -> list[str]:  # Any: see Template
    """Return the names of the converters that a rule runs, in order."""
    found = rule.get("as", "text")
    return [found] if isinstance(found, str) else list(found)


def columns_of(rule: Mapping[str, Any]) -> list[str]:  # Any: see Template
    """Return the fields that a rule reads, in order."""
    found = rule["from"]
    return [found] if isinstance(found, str) else list(found)


def fields_read(template: Template) -> Iterator[str]:
    """Yield the fields of an item that a template reads; of a list its own name only."""
    if isinstance(template, list):
        for part in template:
            yield from fields_read(part)
    elif isinstance(template, dict) and "each" in template:
        yield str(template["each"])
    elif isinstance(template, dict) and "from" in template:
        yield from columns_of(template)
    elif isinstance(template, dict):
        for part in template.values():
            yield from fields_read(part)
