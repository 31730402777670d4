"""Which rows of a spreadsheet are added to an import: new, changed, there already, or refused."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from bufgraph.graph.codec import Codec
from bufgraph.namespaces import kind as folder_of
from bufgraph.resources import ontology_dir
from bufgraph_ingest.connectors.spreadsheet import Spreadsheet
from bufgraph_ingest.pipeline import prepare
from bufgraph_ingest.port import Given, Json, Reject
from bufgraph_ingest.tables.cells import CellFault
from bufgraph_ingest.tables.columns import Sheet
from bufgraph_ingest.tables.records import RowRecords
from bufgraph_ingest.tables.world import World

_PARTS: Final = {"org": "expert"}
"""Folder of an identifier → part of a sheet, where they differ."""
_OTHER_ID: Final = (
    "if it is another thing, write an identifier of its own into the column id; else leave the row out"
)


@dataclass
class Sorted:
    """Rows by what becomes of them."""

    new: list[RowRecords] = field(default_factory=list)
    updated: list[RowRecords] = field(default_factory=list)
    unchanged: int = 0
    rejects: list[Reject] = field(default_factory=list)

    @property
    def accepted(self) -> list[RowRecords]:
        """Rows that are written."""
        return [*self.new, *self.updated]


def sort_rows(source: Spreadsheet, own: Mapping[str, Json], world: World, *, update: bool) -> Sorted:
    """Sort rows; the first of several about one thing counts, and a repetition of it changes nothing.

    Args:
        own: What the import has, by identifier.
        update: A row whose thing the import has with other content replaces it; else it is refused.
    """
    found = Sorted()
    first: dict[str, RowRecords] = {}
    for row in source.rows():
        if isinstance(row, list):
            found.rejects.extend(row)
        elif (twin := first.setdefault(row.identifier, row)) is row:
            _sort_one(row, found, source, own, world, update=update)
        elif twin.records == row.records:
            found.unchanged += 1
        else:
            reason = f"row {twin.number} is about {row.identifier} too"
            found.rejects.extend(_refused(source, row, reason, _OTHER_ID))
    return found


def _sort_one(
    row: RowRecords,
    found: Sorted,
    source: Spreadsheet,
    own: Mapping[str, Json],
    world: World,
    *,
    update: bool,
) -> None:
    made = {str(record["id"]): record for record in row.records}
    taken = next((raw for id_ in made if id_ not in own and (raw := world.owner(id_)) is not None), None)
    held = {id_: own[id_] for id_ in row.owned if id_ in own}
    if held == made or (taken is not None and taken.record in row.records):
        found.unchanged += 1
    elif taken is not None:
        reason = f"the identifier {taken.record['id']} is taken by {taken.file} line {taken.line}"
        found.rejects.extend(_refused(source, row, reason, _OTHER_ID))
    elif not held:
        found.new.append(row)
    elif update:
        found.updated.append(row)
    else:
        reason = f"the import has {row.identifier} with other content"
        found.rejects.extend(_refused(source, row, reason, "to replace it, run again with --update"))


def _refused(source: Spreadsheet, row: RowRecords, reason: str, remedy: str) -> list[Reject]:
    value = str(row.content.get("id", ""))
    return source.refused(row.number, [CellFault("id", value, reason, remedy)], row.content, row.identifier)


def validate_rows(found: Sorted, source: Spreadsheet, world: World, records: Codec, sheet: Sheet) -> None:
    """Run the pipeline over the accepted rows beside all that they refer to; a row passes whole or not at all."""
    rows = {row.number: row for row in found.accepted}
    raw = [source.raw(row.number, record) for row in rows.values() for record in row.records]
    raw += [source.raw(rows_[0], document) for rows_, document in _documents(found).values()]
    if not raw:
        return
    own = {str(r.record["id"]) for r in raw}
    needed = [r for r in world.needed_by(r.record for r in raw) if r.record["id"] not in own]
    batch = prepare(Given([*needed, *raw]), ontology_dir(), records)
    refused: set[int] = set()
    for reject in batch.report.rejects:
        if reject.record_id in own and reject.line in rows and reject.line not in refused:
            refused.add(reject.line)
            fault = CellFault(_column(sheet, reject), reject.value, reject.reason, reject.remedy)
            content = rows[reject.line].content
            found.rejects.extend(source.refused(reject.line, [fault], content, reject.record_id))
    found.new = [row for row in found.new if row.number not in refused]
    found.updated = [row for row in found.updated if row.number not in refused]


def _documents(found: Sorted) -> dict[str, tuple[list[int], Json]]:
    """Return the documents that accepted rows bring along, with the rows that cite them; the first to name one counts."""
    documents: dict[str, tuple[list[int], Json]] = {}
    for row in found.accepted:
        for document in row.documents:
            documents.setdefault(str(document["id"]), ([], document))[0].append(row.number)
    return documents


def _column(sheet: Sheet, reject: Reject) -> str:
    """Return the column that the field of a refused record came from, "" when none did."""
    folder = folder_of(reject.record_id.replace(":", "/"))
    exact = sheet.by_field.get(f"{_PARTS.get(folder, folder)}.{reject.field}")
    same_key = (column for column in sheet.columns if column.key == reject.field)
    column = exact or next(same_key, None)
    return column.name if column else ""


def merged(own: Mapping[str, Json], found: Sorted) -> dict[str, Json]:
    """Return the import with the accepted rows, by identifier; a document that it has already stays as it is."""
    made = {id_: document for id_, (_, document) in _documents(found).items()} | dict(own)
    for row in found.accepted:
        for identifier in row.owned:
            made.pop(identifier, None)
        made |= {str(record["id"]): record for record in row.records}
    return dict(sorted(made.items()))
