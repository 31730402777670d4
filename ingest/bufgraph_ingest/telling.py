"""What the command ``ingest`` prints of a run."""

from collections.abc import Iterator

import click

from bufgraph_ingest.ingesting import Ingested
from bufgraph_ingest.port import Json
from bufgraph_ingest.report import RunReport

_MOST = 20
_MOST_PAIRS = 10


def tell_ingested(done: Ingested, *, is_published: bool = False) -> None:
    """Print what became of the rows or items; each refusal with place, field, reason and remedy."""
    for line in _lines(done, is_published=is_published):
        click.echo(line, err=True)


def _lines(done: Ingested, *, is_published: bool) -> Iterator[str]:
    run = done.run
    yield "rows: " + ", ".join(f"{count:,} {what}" for what, count in run.counts.items())
    if run.records:
        yield "records: " + ", ".join(f"{count:,} {what}" for what, count in run.records.items())
    yield from (f"  note: {note}" for note in run.notes)
    yield from _refused(run)
    yield from _pairs(run)
    if done.rejects is not None:
        yield f"mend what was refused in {done.rejects} and ingest that file"
    if done.page is not None:
        yield f"report: {done.page}"
    if done.path is None:
        yield "nothing was written" if done.page is None else "nothing is new"
    else:
        yield f"wrote {done.path}" + ("" if is_published else "; run 'bufgraph build' to use it")


def _refused(run: RunReport) -> Iterator[str]:
    for reject in run.rejects[:_MOST]:
        where = f"{reject.file} row {reject.line}, {reject.column or reject.field or 'whole row'}"
        yield f"  {where}: {reject.reason}" + (f"; {reject.remedy}" if reject.remedy else "")
    if len(run.rejects) > _MOST:
        yield f"  and {len(run.rejects) - _MOST:,} more"
        for reason, count in list(run.reasons.items())[:_MOST]:
            yield f"  {count:,} times: {reason}"


def _pairs(run: RunReport) -> Iterator[str]:
    if run.merges:
        yield f"taken for one thing with what is known: {len(run.merges):,}"
        yield from map(_pair, run.merges[:_MOST_PAIRS])
        first = run.merges[0]
        yield f"  to take one back: bufgraph reconcile --undo {first['left']} {first['right']} --by OFFICE"
    if run.questions:
        yield f"may be one thing, to be decided: {len(run.questions):,}"
        yield from map(_pair, run.questions[:_MOST_PAIRS])
        first = run.questions[0]
        yield f"  decide with: bufgraph reconcile --merge {first['left']} {first['right']} --by OFFICE, or --keep-apart"
    if run.conflicts:
        yield f"values that sources disagree on, all kept: {len(run.conflicts):,}; see the report"


def _pair(pair: Json) -> str:
    return f"  {pair['left_name']} ({pair['left']}) and {pair['right_name']} ({pair['right']}), {pair['score']:.2f}"
