"""A file into the operator's own records, which the next build reads; a file twice changes nothing."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from contextlib import nullcontext
from datetime import UTC, datetime
from pathlib import Path

from bufgraph.errors import InvalidInputError
from bufgraph.graph.codec import Codec
from bufgraph.resources import datasets_dir, ontology_dir
from bufgraph.services.home import codec
from bufgraph.settings import Settings
from bufgraph_ingest.accepting import Sorted, merged, sort_rows, validate_rows
from bufgraph_ingest.connectors.jsonl import JsonlFolder
from bufgraph_ingest.connectors.registry import CONNECTORS
from bufgraph_ingest.connectors.spreadsheet import Selection, Spreadsheet
from bufgraph_ingest.import_files import import_lock, write_import
from bufgraph_ingest.known import known_world
from bufgraph_ingest.one_node import compare_new
from bufgraph_ingest.orders import Ingested, Order, digest_of, name_of, require_records
from bufgraph_ingest.port import Json, RawRecord
from bufgraph_ingest.reconciliation.pairs import Candidate
from bufgraph_ingest.record_import import import_records
from bufgraph_ingest.report import Report, RunReport, pairs_told, write_whole
from bufgraph_ingest.shelf import Shelf
from bufgraph_ingest.shipping import imports_dir
from bufgraph_ingest.tables.columns import Sheet
from bufgraph_ingest.tables.grid import Limits
from bufgraph_ingest.tables.reading import TableReader
from bufgraph_ingest.tables.rejects import rejects_table
from bufgraph_ingest.tables.sheets import SHEETS
from bufgraph_ingest.tables.template import template
from bufgraph_ingest.tables.vocabulary import Vocabulary, read_vocabulary
from bufgraph_ingest.tables.world import World

__all__ = ["Ingested", "Order", "ingest", "make_template", "template_with"]


def ingest(
    order: Order, settings: Settings, progress: Callable[[str], None], *, dry_run: bool = False
) -> Ingested:
    """Check the rows of a spreadsheet, or the things of another source, and add the good ones to an import.

    Raises:
        InvalidInputError: There is no such kind, the file is nothing of it as a whole, or an option is wrong.
        ConflictError: Another process is importing, or the import holds values of indicators.
    """
    if order.kind in CONNECTORS:
        return import_records(order, settings, progress, dry_run=dry_run)
    started, clock = datetime.now(UTC), time.monotonic()
    sheet = _sheet(order.kind, CONNECTORS)
    reader = TableReader(order.file, sheet, Limits(), order.encoding)
    name = name_of(order, reader.import_name)
    folder = imports_dir(settings)
    with nullcontext() if dry_run else import_lock(folder):
        require_records(folder / f"{name}.jsonl", name)
        progress("reading what is known")
        records = codec(settings)
        world = known_world(settings, records)
        own = _own(world, name)
        source = Spreadsheet(
            order.file.name,
            name,
            reader,
            sheet,
            _vocabulary([sheet]),
            world,
            Selection(order.limit, order.since),
        )
        progress(f"reading {order.file.name}")
        found = sort_rows(source, own, world, update=order.update)
        progress(f"checking {len(found.accepted):,} new rows")
        validate_rows(found, source, world, records, sheet)
        found.rejects.sort(key=lambda reject: reject.line)
        made = merged(own, found)
        path = folder / f"{name}.jsonl" if made != own and not dry_run else None
        if path is not None:
            write_import(path, made.values())
        alike = _alike(found, world, name, records, settings, progress)
    run = RunReport(
        name=name,
        kind=order.kind,
        file=order.file.name,
        sha256=digest_of(order.file),
        started=started.isoformat(timespec="seconds").replace("+00:00", "Z"),
        seconds=round(time.monotonic() - clock, 3),
        counts={
            "read": source.read_count,
            "new": len(found.new),
            "updated": len(found.updated),
            "unchanged": found.unchanged,
            "refused": len({reject.line for reject in found.rejects}),
            "not changed since": source.passed_over,
        },
        records=_by_type(made, own),
        notes=reader.notes,
        rejects=found.rejects,
        written={
            **({"import": path.name} if path else {}),
            **({"refused rows": f"rejects.{reader.form}"} if found.rejects and not dry_run else {}),
        },
        questions=pairs_told(alike),
    )
    if dry_run:
        return Ingested(run, None, None, None)
    rejects = _write_rejects(
        order.file, settings.home / "reports" / f"ingest-{name}", run, sheet, reader.form
    )
    _, page = run.write(settings.home / "reports" / f"ingest-{name}")
    return Ingested(run, path, rejects, page)


def _alike(
    found: Sorted,
    world: World,
    name: str,
    records: Codec,
    settings: Settings,
    progress: Callable[[str], None],
) -> list[Candidate]:
    """Return new rows that may mean what is known already; a person typed them, so a person decides."""
    staged = Shelf(records)
    for row in found.new:
        for record in row.records:
            staged.add(RawRecord(f"imports/{name}", "", row.number, record))
    alike = compare_new((row.identifier for row in found.new), world.shelf, staged, settings, progress)
    return [*alike.merges, *alike.questions]


def make_template(kind: str, form: str, settings: Settings) -> bytes:
    """Return the spreadsheet to fill in for a kind, as ``xlsx`` or ``csv``.

    Raises:
        InvalidInputError: There is no such kind or form.
    """
    _sheet(kind)
    cities = JsonlFolder(settings.datasets or datasets_dir()).read()
    world = World((raw for raw in cities if isinstance(raw, RawRecord)), codec(settings))
    return template_with(kind, form, world.names_of_cities())


def template_with(kind: str, form: str, cities: Sequence[str]) -> bytes:
    """Return the spreadsheet to fill in for a kind.

    Args:
        form: ``xlsx`` or ``csv``.
        cities: Names to choose from, as cells write them: ``Turku (FI)``.

    Raises:
        InvalidInputError: There is no such kind or form.
    """
    sheet = _sheet(kind)
    return template(sheet, form, _vocabulary([sheet]), cities)


def _sheet(kind: str, others: Iterable[str] = ()) -> Sheet:
    if kind not in SHEETS:
        known = ", ".join([*SHEETS, *others])
        raise InvalidInputError(f"unknown kind '{kind}'; choose from {known}", field="kind")
    return SHEETS[kind]


def _vocabulary(sheets: Iterable[Sheet]) -> Vocabulary:
    schemes = (scheme for sheet in sheets for column in sheet.columns for scheme in column.schemes)
    return read_vocabulary(ontology_dir(), schemes)


def _own(world: World, name: str) -> dict[str, Json]:
    """Return the records of an import by identifier."""
    return {str(raw.record["id"]): raw.record for raw in world.shelf.of_collection(f"imports/{name}")}


def _by_type(made: dict[str, Json], own: dict[str, Json]) -> dict[str, int]:
    types = (record["type"] for id_, record in made.items() if own.get(id_) != record)
    return dict(sorted(Counter(t if isinstance(t, str) else t[-1] for t in types).items()))


def _write_rejects(file: Path, folder: Path, run: RunReport, sheet: Sheet, form: str) -> Path | None:
    """Write the refused rows, in the form of the file that they came in; a mended file that was read is kept beside."""
    if file.resolve().parent == folder.resolve() and file.stem == "rejects":
        file.replace(file.with_stem("rejects-before"))
    for other in ("rejects.csv", "rejects.xlsx"):
        (folder / other).unlink(missing_ok=True)
    Report(rejects=list(run.rejects)).write(folder)
    if not run.rejects:
        return None
    return write_whole(folder / f"rejects.{form}", rejects_table(run.rejects, sheet, run.name, form))
