"""Commands of the ingest layer, found by the core command line through entry points."""

import gc
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from bufgraph.settings import load_settings
from bufgraph_ingest.file_argument import FileOrAddress, at_hand

if TYPE_CHECKING:
    from datetime import datetime

    from bufgraph_ingest.importing import Imported
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


def expect_few_cycles() -> None:
    """Look for cycles of objects seldom: records have none, and looking takes a tenth of the time of a short command."""
    gc.set_threshold(100_000)


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
    from bufgraph.services.composition import open_build
    from bufgraph.services.home import builds
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
    report, path = run(settings, progress)
    progress.done("validated")
    _tell(report, path)
    if report.rejects:
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


_SHEETS = ("practices", "adoptions", "needs", "experts")
_SOURCES = (
    "jsonl", "json-ld", "rdf", "geonames", "wikidata", "kohesio", "cordis", "keep-eu", "interreg-europe", "urbact",
    "climate-adapt",
)  # fmt: skip
"""Names of the connectors, written out so that --help does not load them."""


@click.command()
@click.argument("file", type=FileOrAddress(), metavar="FILE_OR_ADDRESS")
@click.option(
    "--kind",
    type=click.Choice([*_SHEETS, *_SOURCES]),
    required=True,
    help="What the file is: a spreadsheet with one practice, adoption, need or expert a row ('bufgraph template KIND' "
    "gives one to fill in), or the export of another source.",
)
@click.option(
    "--name", default="", help="Name of the import that the records are added to; default: the file's."
)
@click.option("--encoding", default="", help="Of delimited text; default: found out.")
@click.option("--mapping", type=_file, help="A mapping of your own for this kind of source.")
@click.option("--limit", type=click.IntRange(min=1), help="Read at most so many rows or items.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Pass over what the file says was last changed before this day.",
)
@click.option(
    "--update", is_flag=True, help="Replace what the import has with other content; else it is refused."
)
@click.option("--dry-run", is_flag=True, help="Check the file and write nothing.")
@click.option("--publish", is_flag=True, help="Put what is new into the search at once, without a build.")
@datasets_option
def ingest(
    file: Path | str,
    dry_run: bool,
    publish: bool,
    datasets: Path | None,
    since: "datetime | None",
    **order: Any,
) -> None:  # Any: see Order
    """Bring the rows or records of a file in, for the next build; exit code 2 when none is accepted."""
    from bufgraph_ingest.ingesting import Order
    from bufgraph_ingest.ingesting import ingest as run
    from bufgraph_ingest.telling import tell_ingested

    expect_few_cycles()
    settings, progress = load_settings(datasets=datasets), Progress()
    asked = Order(at_hand(file, settings), **order, since=since.date() if since else None)
    done = run(asked, settings, progress, dry_run=dry_run)
    progress.done(f"read the import '{done.run.name}'")
    tell_ingested(done, is_published=publish)
    if not done.accepted:
        sys.exit(2)
    if publish and not dry_run:
        from bufgraph_ingest.publish_command import told
        from bufgraph_ingest.publishing import publish as put

        progress.done(told(put(settings, progress)))


@click.command()
@click.argument("kind", type=click.Choice(_SHEETS))
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
    click.echo(f"accepted {sum(report.accepted.values()):,} {what}, refused {report.refused:,}", err=True)
    for reject in report.rejects[:20]:
        where = f"{reject.file}:{reject.line}"
        click.echo(f"  {where}: {reject.record_id or '?'}: {reject.field or '-'}: {reject.reason}", err=True)
    if report.refused > 20:
        click.echo(f"  and {report.refused - 20:,} more", err=True)
        for reason, count in report.reasons().most_common(20):
            click.echo(f"  {count:,} times {reason}", err=True)
    if report.rejects and path is not None:
        click.echo(f"all refused {what} with their reasons: {path}", err=True)
