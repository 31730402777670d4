"""Applies a mapping: an item of a source becomes records of ours, or all reasons why it becomes none."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final

from bufgraph.model.practices import NOT_ASKED
from bufgraph_ingest.mappings.converters import CONVERTERS, Value
from bufgraph_ingest.mappings.mapping import SourceMapping, Template, columns_of, converters_of
from bufgraph_ingest.port import Json
from bufgraph_ingest.tables.values import CellError

_VARIABLE: Final = re.compile(r"\{(\w+)\}")
_PERSONAL: Final = re.compile(
    r"contact|person|e-?mail|phone|first.?name|last.?name|surname|author", re.IGNORECASE
)
_MAIL: Final = re.compile(r"[\w.+-]+@[\w-]+\.\w")
_TAKE_LISTS: Final = frozenset({"parts", "place", "challenges", "slug", "first"})
_SHOWN: Final = 200
_LONGEST_REST: Final = 300
_EMPTY: Final[tuple[object, ...]] = (None, "", [], {})


@dataclass(frozen=True, slots=True)
class Fault:
    """Why an item makes no record; ``path``: our field."""

    path: str
    column: str
    value: str
    reason: str
    remedy: str


@dataclass
class _Scope:
    """What a template sees: the fields of the item or of a part of it, and names for what is known already."""

    values: Mapping[str, Value]
    names: dict[str, str]
    faults: list[Fault] = field(default_factory=list)


def make_records(mapping: SourceMapping, values: Mapping[str, Value]) -> tuple[str, list[Json], list[Fault]]:
    """Return the key of an item, its records in the order of the mapping, and its faults."""
    scope = _Scope(values, {"not_asked": NOT_ASKED, "source": mapping.name})
    key = _fill(mapping.key, scope, "key")
    if key in _EMPTY:
        columns = ", ".join(columns_of(mapping.key))
        scope.faults.append(
            Fault("id", columns, "", "nothing tells which item this is", f"fill in {columns}")
        )
        return "", [], scope.faults
    scope.names |= {"key": str(key), "rest": _rest(mapping, values)}
    return str(key), [r for r in _fill(list(mapping.records), scope, "") or [] if "id" in r], scope.faults


def look_up(values: Value, path: str) -> Value:
    """Return what stands under a name, or under names parted by slashes; of a list on the way the first."""
    if isinstance(values, Mapping) and path in values:
        return values[path]
    for name in path.split("/"):
        if isinstance(values, list):
            values = values[0] if values else None
        if not isinstance(values, Mapping):
            return None
        values = values.get(name)
    return values


def _fill(template: Template, scope: _Scope, path: str) -> Value:
    if isinstance(template, str):
        told = _VARIABLE.sub(lambda found: scope.names.get(found[1], ""), template)
        return told or None
    if isinstance(template, list):
        filled = (_fill(part, scope, path) for part in template)
        flat = [v for value in filled for v in (value if isinstance(value, list) else [value])]
        return [value for value in flat if value not in _EMPTY] or None
    if not isinstance(template, dict):
        return template
    if "from" in template:
        return _apply(template, scope, path)
    if "each" in template:
        return list(_each(template, scope, path)) or None
    made = {name: _fill(part, scope, f"{path}.{name}".lstrip(".")) for name, part in template.items()}
    made = {name: value for name, value in made.items() if value not in _EMPTY}
    return made if "id" not in template or "id" in made else None


def _each(template: Template, scope: _Scope, path: str) -> Iterator[Json]:
    """Yield a record for each part of a list; a part without a key makes none."""
    parts = look_up(scope.values, template["each"])
    parts = parts if isinstance(parts, list) else [] if parts in _EMPTY else [parts]
    where = template.get("where", {})
    for number, part in enumerate((p for p in parts if isinstance(p, Mapping)), 1):
        if any(str(look_up(part, name) or "").lower() not in wanted for name, wanted in where.items()):
            continue
        inner = replace(scope, values=part, names={**scope.names, "n": f"{number:02}"})
        key = _fill(template["key"], inner, path)
        if key not in _EMPTY:
            inner.names["part"] = str(key)
            made = _fill(template["record"], inner, path)
            if made not in _EMPTY:
                yield made


def _apply(rule: Mapping[str, Any], scope: _Scope, path: str) -> Value:  # Any: see Template
    columns = columns_of(rule)
    found = [(name, value) for name in columns if (value := look_up(scope.values, name)) not in _EMPTY]
    if not found:
        if rule.get("required") and "default" not in rule:
            others = f", and {', '.join(columns[1:])} too" if columns[1:] else ""
            _fault(
                scope, Fault(path, columns[0], "", f"{columns[0]} is empty{others}", f"fill in {columns[0]}")
            )
        return _fill(rule.get("default"), scope, path)
    column, value = found[0]
    if rule.get("join"):
        value = [dict(found).get(name) for name in columns]
    told = value
    try:
        for name in converters_of(rule):
            value = _convert(name, value)
            if value in _EMPTY:
                return _fill(rule.get("default"), scope, path)
        return _finish(rule, value, scope)
    except CellError as err:
        shown = "; ".join(str(part) for part in told if part) if isinstance(told, list) else str(told)
        _fault(scope, Fault(path, column, shown[:_SHOWN], err.reason, err.remedy))
        return None


def _fault(scope: _Scope, fault: Fault) -> None:
    """Keep a fault unless the same cell gave the same one, as when two of our fields come from it."""
    if all((fault.column, fault.reason) != (other.column, other.reason) for other in scope.faults):
        scope.faults.append(fault)


def _convert(name: str, value: Value) -> Value:
    """Convert a value; of a list that a converter does not expect, the first."""
    if name == "as_is":
        return value
    if isinstance(value, list) and name not in _TAKE_LISTS:
        value = value[0]
    if isinstance(value, Mapping):
        value = value.get("#text", "")
    return None if value in _EMPTY else CONVERTERS[name](value)


def _finish(rule: Mapping[str, Any], value: Value, scope: _Scope) -> Value:  # Any: see Template
    if "constant" in rule:
        return _fill(rule["constant"], scope, "")
    if "table" in rule:
        table = {name.lower(): ours for name, ours in rule["table"].items()}
        key = str(value).strip().lower()
        if key not in table and "default" not in rule:
            raise CellError(f"'{value}' is not known here", f"known are {', '.join(sorted(rule['table']))}")
        if key not in table:
            return rule["default"]
        value = table[key]
    before, after = (_fill(rule.get(part, ""), scope, "") or "" for part in ("prefix", "suffix"))
    return f"{before}{value}{after}" if before or after else value


def _rest(mapping: SourceMapping, values: Mapping[str, Value]) -> str:
    """Tell the fields that no rule reads and nobody chose to drop, so that nothing of the source is lost.

    Whatever may be about a natural person is left out.
    """
    used = mapping.known_fields
    told = [
        f"{name}: {text}"
        for name, value in values.items()
        if name not in used
        and not isinstance(value, list | Mapping)
        and (text := " ".join(str(value).split())[:_LONGEST_REST])
        and not _PERSONAL.search(name)
        and not _MAIL.search(text)
    ]
    return f"Further fields of the source. {'; '.join(told)}" if told else ""
