"""The command that makes imports searchable at once."""

import sys
from typing import TYPE_CHECKING

import click

from bufgraph.settings import load_settings

if TYPE_CHECKING:
    from bufgraph_ingest.publishing import Published


@click.command()
@click.option("--strict", is_flag=True, help="Fail, and change nothing, when a record is refused.")
def publish(strict: bool) -> None:
    """Make changed imports searchable within seconds, without a full build; exit code 2 when a record is refused."""
    from bufgraph_ingest.commands import Progress, expect_few_cycles
    from bufgraph_ingest.publishing import publish as run

    expect_few_cycles()
    progress = Progress()
    done = run(load_settings(), progress, strict=strict)
    progress.done(told(done))
    for reject in done.report.rejects[:20]:
        where = f"{reject.file}:{reject.line}"
        click.echo(f"  {where}: {reject.record_id or '?'}: {reject.field or '-'}: {reject.reason}", err=True)
    if done.report.rejects:
        click.echo(f"all {len(done.report.rejects):,} refused records: {done.rejects}", err=True)
        sys.exit(2)


def told(done: "Published") -> str:
    """Return what was published, as a sentence."""
    if not done.changed:
        what = "the imports are those of the last full build"
        return f"{what}: build {done.build}"
    what = f"{done.records:,} records and parts of them differ from the full build {done.base}"
    return f"{'published' if done.is_new else 'up to date:'} build {done.build}: {what}"
