"""A spreadsheet into the operator's own records, which the next build reads; a file twice changes nothing."""

import hashlib
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Final

from bufgraph.errors import InvalidInputError
from bufgraph.graph.codec import Codec
from bufgraph.resources import datasets_dir, ontology_dir
from bufgraph.services.composition import codec
from bufgraph.settings import Settings
from bufgraph.text.normalise import fold
from bufgraph_ingest.accepting import merged, sort_rows, validate_rows
from bufgraph_ingest.connectors.jsonl import JsonlFolder
from bufgraph_ingest.connectors.spreadsheet import Selection, Spreadsheet
from bufgraph_ingest.import_files import import_lock, write_import
from bufgraph_ingest.port import Json, RawRecord
from bufgraph_ingest.report import Report, RunReport, write_whole
from bufgraph_ingest.shipping import imports_dir
from bufgraph_ingest.tables.columns import Sheet
from bufgraph_ingest.tables.grid import Limits
from bufgraph_ingest.tables.reading import TableReader
from bufgraph_ingest.tables.rejects import rejects_table
from bufgraph_ingest.tables.sheets import SHEETS
from bufgraph_ingest.tables.template import template
from bufgraph_ingest.tables.vocabulary import Vocabulary, read_vocabulary
from bufgraph_ingest.tables.world import World

_NAME: Final = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Order:
    """What to bring in.

    Attributes:
        kind: One of the sheets.
        name: Name of the import, which the rows are added to; "" takes the one that a file of refused rows names,
            else that of the file.
        encoding: Of a text file; "" finds it out.
        limit: Read at most so many rows; ``since``: only rows changed since then, by their column ``updated``.
        update: Rows whose thing the import has with other content replace it; else they are refused.
    """

    file: Path
    kind: str
    name: str = ""
    encoding: str = ""
    limit: int | None = None
    since: date | None = None
    update: bool = False


@dataclass(frozen=True)
class Ingested:
    """The account of a run.

    Attributes:
        path: The import; None for a dry run or when nothing was new.
        rejects: The table with the refused rows; None when there is none or nothing was to be written.
        page: The run report as HTML; None for a dry run.
    """

    run: RunReport
    path: Path | None
    rejects: Path | None
    page: Path | None

    @property
    def accepted(self) -> int:
        """How many rows are in the data now: new, changed or there before."""
        return sum(self.run.counts[name] for name in ("new", "updated", "unchanged"))


def ingest(
    order: Order, settings: Settings, progress: Callable[[str], None], *, dry_run: bool = False
) -> Ingested:
    """Check the rows of a spreadsheet and add the good ones to an import.

    Raises:
        InvalidInputError: The file is no table of this kind as a whole, or an option is wrong.
        ConflictError: Another process is importing.
    """
    started, clock = datetime.now(UTC), time.monotonic()
    sheet = _sheet(order.kind)
    reader = TableReader(order.file, sheet, Limits(), order.encoding)
    name = _name_of(order, reader.import_name)
    folder = imports_dir(settings)
    with nullcontext() if dry_run else import_lock(folder):
        progress("reading what is known")
        records = codec(settings)
        own, world = _known(settings, name, records)
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
    run = RunReport(
        name=name,
        kind=order.kind,
        file=order.file.name,
        sha256=_digest(order.file),
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
    )
    if dry_run:
        return Ingested(run, None, None, None)
    rejects = _write_rejects(
        order.file, settings.home / "reports" / f"ingest-{name}", run, sheet, reader.form
    )
    _, page = run.write(settings.home / "reports" / f"ingest-{name}")
    return Ingested(run, path, rejects, page)


def make_template(kind: str, form: str, settings: Settings) -> bytes:
    """Return the spreadsheet to fill in for a kind, as ``xlsx`` or ``csv``.

    Raises:
        InvalidInputError: There is no such kind or form.
    """
    sheet = _sheet(kind)
    cities = JsonlFolder(settings.datasets or datasets_dir()).read()
    world = World((raw for raw in cities if isinstance(raw, RawRecord)), codec(settings))
    return template(sheet, form, _vocabulary([sheet]), world.names_of_cities())


def _sheet(kind: str) -> Sheet:
    if kind not in SHEETS:
        raise InvalidInputError(f"unknown kind '{kind}'; choose from {', '.join(SHEETS)}", field="kind")
    return SHEETS[kind]


def _vocabulary(sheets: Iterable[Sheet]) -> Vocabulary:
    schemes = (scheme for sheet in sheets for column in sheet.columns for scheme in column.schemes)
    return read_vocabulary(ontology_dir(), schemes)


def _name_of(order: Order, told: str) -> str:
    name = order.name or told
    if name and not _NAME.fullmatch(name):
        raise InvalidInputError(
            f"'{name}' is no name for an import; write small letters, digits and single hyphens, "
            "such as winter-2024",
            field="name",
        )
    name = name or re.sub(r"[^a-z0-9]+", "-", fold(order.file.stem)).strip("-")
    if not name:
        raise InvalidInputError(
            f"the name of {order.file} gives no name for the import; use --name", field="name"
        )
    return name


def _known(settings: Settings, name: str, records: Codec) -> tuple[dict[str, Json], World]:
    """Return the records of this import by identifier, and all that is known, these among it."""
    folder = imports_dir(settings)
    own: dict[str, Json] = {}
    everything = [
        r for r in JsonlFolder(settings.datasets or datasets_dir()).read() if isinstance(r, RawRecord)
    ]
    for raw in JsonlFolder(folder).read() if any(folder.rglob("*.jsonl")) else ():
        if isinstance(raw, RawRecord):
            everything.append(raw)
            if raw.file == f"{name}.jsonl":
                own[str(raw.record.get("id"))] = raw.record
    return own, World(everything, records)


def _by_type(made: dict[str, Json], own: dict[str, Json]) -> dict[str, int]:
    types = (record["type"] for id_, record in made.items() if own.get(id_) != record)
    return dict(sorted(Counter(t if isinstance(t, str) else t[-1] for t in types).items()))


def _digest(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


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
