"""Commands of the ingest layer, found by the core command line through entry points."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bufgraph.settings import load_settings

if TYPE_CHECKING:
    from datetime import datetime

    from bufgraph_ingest.importing import Imported
    from bufgraph_ingest.ingesting import Ingested
    from bufgraph_ingest.report import Report


class Progress:
    """One line on standard error that is rewritten on a terminal and appended elsewhere."""

    def __init__(self) -> None:
        self._start = time.monotonic()
        self._last = ""

    def __call__(self, step: str) -> None:
        """Show what is being done now."""
        elapsed = time.monotonic() - self._start
        if sys.stderr.isatty():
            click.echo(f"\r\x1b[2K[{elapsed:5.1f} s] {step} …", nl=False, err=True)
        elif step.split(":", maxsplit=1)[0] != self._last.split(":")[0]:
            click.echo(f"[{elapsed:5.1f} s] {step}", err=True)
        self._last = step

    def done(self, sentence: str) -> None:
        """Leave a last line."""
        clear = "\r\x1b[2K" if sys.stderr.isatty() else ""
        click.echo(f"{clear}[{time.monotonic() - self._start:5.1f} s] {sentence}", err=True)


datasets_option = click.option(
    "--datasets", type=click.Path(path_type=Path), help="Folder of records; default: the shipped datasets."
)


@click.command()
@datasets_option
@click.option("--force", is_flag=True, help="Build again even when nothing changed.")
@click.option("--strict", is_flag=True, help="Fail, and change nothing, when a record is refused.")
def build(datasets: Path | None, force: bool, strict: bool) -> None:
    """Load the datasets and build the index, where missing or stale."""
    from bufgraph.errors import BufgraphError
    from bufgraph.services.building import is_current, make_build
    from bufgraph.services.composition import builds, open_build
    from bufgraph_ingest.shipping import load_datasets

    settings = load_settings(datasets=datasets)
    progress = Progress()
    loaded = load_datasets(settings, progress, force=force, strict=strict)
    if loaded.report is not None:
        _tell(loaded.report, loaded.rejects)
    generation = loaded.generation
    if not force and is_current(settings, generation.graphs):
        try:
            open_build(settings)
        except BufgraphError as err:
            progress.done(f"the current build is damaged ({err.message}); building again")
        else:
            progress.done(f"up to date: build {builds(settings).current_id()}")
            return
    folder = make_build(settings, generation.folder, generation.graphs, progress, fresh=force)
    progress.done(f"built {folder.name} in {folder}")


@click.command()
@datasets_option
def validate(datasets: Path | None) -> None:
    """Check a folder of records against the shapes without loading it; exit code 2 when one is refused."""
    from bufgraph_ingest.shipping import validate as run

    settings = load_settings(datasets=datasets)
    progress = Progress()
    batch = run(settings, progress)
    progress.done("validated")
    path = batch.report.write(settings.home / "reports")
    _tell(batch.report, path)
    if batch.report.rejects:
        sys.exit(2)


_file = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("import-indicators")
@click.argument("file", type=_file)
@click.option(
    "--kind",
    type=click.Choice(["csv", "eurostat", "jsonstat", "kolada"]),
    required=True,
    help="csv: columns city,indicator,year,value and, where wanted, country,unit,source_title,source_url; "
    "eurostat: SDMX-CSV of city statistics; jsonstat: the same as JSON-stat 2.0; kolada: JSON of the API.",
)
@click.option(
    "--name", default="", help="Name of the import, which replaces one of that name; default: the file's."
)
@click.option("--indicators", type=_file, help="Table their_code,indicator,scale (all but csv).")
@click.option("--cities", type=_file, help="Table their_code,city (all but csv).")
@click.option("--source-title", default="", help="Document of the rows that name none.")
@click.option("--source-url", default="", help="Its address; a value without an address stays unverified.")
@click.option("--dry-run", is_flag=True, help="Check the file and write nothing.")
@datasets_option
def import_indicators(dry_run: bool, datasets: Path | None, **order: Any) -> None:  # Any: see Order
    """Import values of city indicators from FILE, for the next build; exit code 2 when none is accepted."""
    from bufgraph_ingest.connectors.indicators.values import Cited
    from bufgraph_ingest.importing import Order
    from bufgraph_ingest.importing import import_indicators as run

    source = Cited(order.pop("source_title").strip(), order.pop("source_url").strip())
    progress = Progress()
    imported = run(Order(**order, source=source), load_settings(datasets=datasets), progress, dry_run=dry_run)
    progress.done(f"read the import '{imported.name}'")
    _tell(imported.report, imported.rejects, what="values")
    _tell_import(imported)
    if not imported.accepted:
        sys.exit(2)


def _tell_import(imported: "Imported") -> None:
    """Print what was left out, what stays unverified and where the rest went."""
    if imported.missing:
        click.echo(f"rows without a value, left out: {imported.missing:,}", err=True)
    if imported.unverified:
        click.echo(
            f"unverified values, without the web address of a source: {imported.unverified:,}; no profile shows them "
            "until source_url or --source-url gives one",
            err=True,
        )
    if imported.path is not None:
        click.echo(f"wrote {imported.path}; run 'bufgraph build' to use it", err=True)
    else:
        click.echo("nothing was written", err=True)


@click.command()
@click.argument("file", type=_file)
@click.option(
    "--kind",
    type=click.Choice(["practices", "adoptions", "needs", "experts"]),
    required=True,
    help="What a row of the file is; 'bufgraph template KIND' gives a file to fill in.",
)
@click.option(
    "--name", default="", help="Name of the import that the rows are added to; default: the file's."
)
@click.option("--encoding", default="", help="Of a CSV; default: found out.")
@click.option("--limit", type=click.IntRange(min=1), help="Read at most so many rows.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Pass over rows whose column 'updated' names an earlier day.",
)
@click.option("--update", is_flag=True, help="Replace what the import has; else such rows are refused.")
@click.option("--dry-run", is_flag=True, help="Check the file and write nothing.")
@datasets_option
def ingest(
    dry_run: bool, datasets: Path | None, since: "datetime | None", **order: Any
) -> None:  # Any: see Order
    """Bring the rows of a spreadsheet (xlsx, CSV) in, for the next build; exit code 2 when none is accepted."""
    from bufgraph_ingest.ingesting import Order
    from bufgraph_ingest.ingesting import ingest as run

    progress = Progress()
    asked = Order(**order, since=since.date() if since else None)
    done = run(asked, load_settings(datasets=datasets), progress, dry_run=dry_run)
    progress.done(f"read the import '{done.run.name}'")
    _tell_ingested(done)
    if not done.accepted:
        sys.exit(2)


def _tell_ingested(done: "Ingested") -> None:
    """Print what became of the rows; each refusal with row, column, reason and remedy."""
    click.echo("rows: " + ", ".join(f"{count:,} {what}" for what, count in done.run.counts.items()), err=True)
    for note in done.run.notes:
        click.echo(f"  note: {note}", err=True)
    for reject in done.run.rejects[:20]:
        where = f"{reject.file} row {reject.line}, {reject.column or 'whole row'}"
        click.echo(f"  {where}: {reject.reason}; {reject.remedy}", err=True)
    if len(done.run.rejects) > 20:
        click.echo(f"  and {len(done.run.rejects) - 20:,} more", err=True)
    if done.rejects is not None:
        click.echo(f"mend the refused rows in {done.rejects} and ingest that file", err=True)
    if done.page is not None:
        click.echo(f"report: {done.page}", err=True)
    if done.path is not None:
        click.echo(f"wrote {done.path}; run 'bufgraph build' to use it", err=True)
    else:
        click.echo("nothing was written" if done.page is None else "nothing is new", err=True)


@click.command()
@click.argument("kind", type=click.Choice(["practices", "adoptions", "needs", "experts"]))
@click.option("--format", "form", type=click.Choice(["xlsx", "csv"]), default="xlsx", show_default=True)
@click.option(
    "--output", type=click.Path(dir_okay=False, path_type=Path), help="Default: bufgraph-KIND.FORMAT."
)
@datasets_option
def template(kind: str, form: str, output: Path | None, datasets: Path | None) -> None:
    """Write a spreadsheet to fill in: practices, adoptions, needs or experts, one a row."""
    from bufgraph.errors import ConflictError
    from bufgraph_ingest.ingesting import make_template

    path = output or Path(f"bufgraph-{kind}.{form}")
    if path.exists():
        raise ConflictError(f"{path} is there already and may be filled in; choose another --output")
    content = make_template(kind, form, load_settings(datasets=datasets))
    path.write_bytes(content)
    click.echo(f"wrote {path}, {len(content):,} bytes", err=True)


def _tell(report: "Report", path: Path | None, what: str = "records") -> None:
    """Print how many were accepted and refused; each refusal with file, line, record, field and reason."""
    click.echo(
        f"accepted {sum(report.accepted.values()):,} {what}, refused {len(report.rejects):,}", err=True
    )
    for reject in report.rejects[:20]:
        where = f"{reject.file}:{reject.line}"
        click.echo(f"  {where}: {reject.record_id or '?'}: {reject.field or '-'}: {reject.reason}", err=True)
    if report.rejects and path is not None:
        click.echo(f"all refused {what} with their reasons: {path}", err=True)
    elif len(report.rejects) > 20:
        click.echo(f"  and {len(report.rejects) - 20:,} more", err=True)
