"""Interreg projects of keep.eu: its export, a workbook with a sheet of projects and one of partners, or two tables."""

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from bufgraph_ingest.connectors.items import Item, table_items
from bufgraph_ingest.connectors.parts import Parts, parts_on_disk
from bufgraph_ingest.port import Json, Reject

_PROJECTS, _PARTNERS = "project", "partner"
_EMPTY: Final = frozenset({"n.a.", "n/a", "na", "none", "-"})
"""What the export writes where there is nothing."""
_ID: Final = "Project ID (2021-2027 only)"


def keep_items(path: Path, encoding: str = "") -> Iterator[Item | Reject]:
    """Yield projects with their ``partners`` and, apart, the ``lead``; of a table, the partners lie in the one beside."""
    with parts_on_disk() as parts:
        yield from _partners(path, encoding, parts)
        for item in table_items(path, encoding, _PROJECTS):
            if isinstance(item, Reject):
                yield item
                continue
            values = _without_marks(item.values)
            own = [_without_marks(part) for part in parts.of(_key(values))]
            lead = next((p for p in own if str(p.get("Lead partner", "")).lower() == "yes"), {})
            yield Item(item.line, {**values, "partners": own, "lead": lead})


def _partners(path: Path, encoding: str, parts: Parts) -> Iterator[Reject]:
    with path.open("rb") as stream:
        is_workbook = stream.read(2) == b"PK"
    beside = path.with_name(path.name.replace(_PROJECTS, _PARTNERS))
    if (is_workbook and beside == path) or not beside.is_file():
        beside = path
    if is_workbook or beside != path:
        yield from parts.add(
            table_items(beside, encoding, _PARTNERS), lambda values: _key(_without_marks(values))
        )


def _key(values: Json) -> str:
    """Return what joins projects and partners: an acronym is used once in a programme."""
    return f"{values.get('Programme', '')}|{values.get(_ID) or values.get('Project acronym', '')}"


def _without_marks(values: Json) -> Json:
    return {
        name: "" if isinstance(value, str) and value.strip().lower() in _EMPTY else value
        for name, value in values.items()
    }
