"""A file of any source but the spreadsheets into an import: read, compared, checked, written, whatever its size."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import nullcontext
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import orjson

from bufgraph.graph.codec import Codec
from bufgraph.services.home import codec
from bufgraph.settings import Settings
from bufgraph_ingest.connectors.mapped import MappedSource
from bufgraph_ingest.connectors.mended import import_named_in
from bufgraph_ingest.connectors.registry import CONNECTORS, Opening, open_source
from bufgraph_ingest.import_files import import_lock, write_import
from bufgraph_ingest.known import known_world
from bufgraph_ingest.mappings.coverage import coverage
from bufgraph_ingest.one_node import OneNode, compare_new, keep
from bufgraph_ingest.orders import Ingested, Order, digest_of, name_of, require_records
from bufgraph_ingest.port import Json, RawRecord, Source
from bufgraph_ingest.refusals import Refusals
from bufgraph_ingest.report import RunReport, pairs_told
from bufgraph_ingest.shelf import Shelf, types_of
from bufgraph_ingest.shipping import imports_dir
from bufgraph_ingest.staged import NEW, UNCHANGED, UPDATED, Staged

_MOST_SHOWN: Final = 1_000
_TABLES: Final = (".csv", ".tsv", ".txt", ".xlsx")


@dataclass
class _Run:
    """What a run has made so far."""

    order: Order
    name: str
    source: Source
    staged: Staged
    refusals: Refusals
    found: OneNode
    types: Counter[str]
    path: Path | None = None


def import_records(
    order: Order, settings: Settings, progress: Callable[[str], None], *, dry_run: bool = False
) -> Ingested:
    """Check the things of a source and add the good ones to an import.

    Raises:
        InvalidInputError: There is no such kind, or an option or the mapping is wrong.
        ConflictError: Another process is importing, or the import holds values of indicators.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    records = codec(settings)
    name = name_of(order, import_named_in(order.file))
    source = open_source(
        order.kind, Opening(order.file, name, records, order.encoding, order.mapping, order.since)
    )
    folder = imports_dir(settings)
    with nullcontext() if dry_run else import_lock(folder):
        require_records(folder / f"{name}.jsonl", name)
        run = _staged(order, name, source, settings, records, progress)
        if run.types and not dry_run:
            progress(f"writing {sum(run.types.values()):,} records")
            run.path = folder / f"{name}.jsonl"
            taken = {str(record["id"]) for record in run.staged.accepted()}
            keep(run.found, lambda i: i in taken or run.staged.world.owner(i) is not None, settings)
            write_import(run.path, _merged(run, records))
    told = _report(run, started, round(time.monotonic() - clock, 3))
    if dry_run:
        return Ingested(told, None, None, None)
    rejects, page = _write(run, told, settings.home / "reports" / f"ingest-{name}")
    return Ingested(told, run.path, rejects, page)


def _staged(
    order: Order,
    name: str,
    source: Source,
    settings: Settings,
    records: Codec,
    progress: Callable[[str], None],
) -> _Run:
    progress("reading what is known")
    world = known_world(settings, records)
    refusals = Refusals()
    staged = Staged(world, name, records, refusals, is_whole=isinstance(source, MappedSource))
    staged.read(source, order.limit, f"reading {order.file.name}", progress)
    progress("comparing with what is known")
    found = compare_new(staged.new_ids(), world.shelf, staged.shelf, settings, progress)
    world.merge(found.canonical)
    staged.sort(update=order.update, progress=progress)
    progress(f"checking {staged.count(NEW) + staged.count(UPDATED):,} new things")
    staged.check(progress)
    types = Counter(types_of(record)[-1] for record in staged.accepted())
    return _Run(order, name, source, staged, refusals, found, types)


def _merged(run: _Run, records: Codec) -> Iterator[Json]:
    """Yield the import with what is new and changed, by identifier."""
    made = Shelf(records)
    collection = f"imports/{run.name}"
    gone = set(run.staged.gone())
    for raw in run.staged.world.shelf.of_collection(collection):
        if raw.record["id"] not in gone:
            made.put(str(raw.record["id"]), raw.record)
    for record in run.staged.accepted():
        made.put(str(record["id"]), record)
    return made.in_order()


def _report(run: _Run, started: datetime, seconds: float) -> RunReport:
    staged, source = run.staged, run.source
    mapped = source if isinstance(source, MappedSource) else None
    counts = {
        "read": staged.read_count,
        "new": staged.count(NEW),
        "updated": staged.count(UPDATED),
        "unchanged": staged.count(UNCHANGED) + staged.repeated,
        "refused": len(run.refusals),
        "not changed since": mapped.passed_over if mapped else 0,
    }
    return RunReport(
        name=run.name,
        kind=run.order.kind,
        file=run.order.file.name,
        sha256=digest_of(run.order.file),
        started=started.isoformat(timespec="seconds").replace("+00:00", "Z"),
        seconds=seconds,
        counts=counts,
        records=dict(sorted(run.types.items())),
        notes=[],
        rejects=run.refusals.shown(_MOST_SHOWN),
        written={"import": run.path.name} if run.path else {},
        reasons=dict(run.refusals.reasons.most_common()),
        merges=pairs_told(run.found.merges[:_MOST_SHOWN]),
        questions=pairs_told(run.found.questions[:_MOST_SHOWN]),
        conflicts=[
            {"thing": thing, "field": conflict.field, "values": [asdict(value) for value in conflict.values]}
            for thing, conflict in run.found.conflicts
        ],
        coverage=[asdict(line) for line in coverage(mapped.mapping, mapped.fields)] if mapped else [],
    )


def _write(run: _Run, told: RunReport, folder: Path) -> tuple[Path | None, Path]:
    """Write the reports and what was refused; a mended file that was read there is kept beside."""
    file = run.order.file
    _fill(run)
    if file.resolve().parent == folder.resolve() and file.stem == "refused":
        file.replace(file.with_stem("refused-before"))
    for other in ("refused.csv", "refused.jsonl", "rejects.csv", "rejects.xlsx"):
        (folder / other).unlink(missing_ok=True)
    run.refusals.write_list(folder)
    is_table = CONNECTORS[run.order.kind].has_rows and file.suffix.lower() in _TABLES
    rejects = run.refusals.write_mendable(folder, run.name, is_table=is_table)
    if rejects is not None:
        told.written["what was refused, to be mended"] = rejects.name
    _, page = told.write(folder)
    return rejects, page


def _fill(run: _Run) -> None:
    """Read the source again for what was refused after the reading, so that it can be mended as it came."""
    wanted = run.refusals.without_content()
    for file, line, content in _contents(run.source) if wanted else ():
        if (file, line) in wanted:
            wanted.discard((file, line))
            run.refusals.fill((file, line), content)
            if not wanted:
                return


def _contents(source: Source) -> Iterable[tuple[str, int, str]]:
    if isinstance(source, MappedSource):
        return source.contents()
    return (
        (raw.file, raw.line, orjson.dumps(raw.record).decode())
        for raw in source.read()
        if isinstance(raw, RawRecord)
    )
