"""Commands of the ingest layer, found by the core command line through entry points."""

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bufgraph.settings import load_settings

if TYPE_CHECKING:
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


def _tell(report: "Report", path: Path) -> None:
    """Print accepted and refused records; each refusal with file, line, record, field and reason."""
    click.echo(
        f"accepted {sum(report.accepted.values()):,} records, refused {len(report.rejects):,}", err=True
    )
    for reject in report.rejects[:20]:
        where = f"{reject.file}:{reject.line}"
        click.echo(f"  {where}: {reject.record_id or '?'}: {reject.field or '-'}: {reject.reason}", err=True)
    if report.rejects:
        click.echo(f"all refused records with their reasons: {path}", err=True)
