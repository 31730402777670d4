"""The command ``bufgraph extract``: a draft record from a text, and what a person confirmed of it."""

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bufgraph.errors import InvalidInputError
from bufgraph.settings import load_settings

if TYPE_CHECKING:
    from bufgraph_ingest.extraction.extractor import Draft
    from bufgraph_ingest.extraction.review import Review

_COLOURS = {"city": "cyan", "organisation": "magenta", "year": "blue", "money": "green", "quantity": "yellow", "outcome": "red"}  # fmt: skip
_path = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=_path, required=False)
@click.option("--url", default="", help="Where FILE was found; it is cited, never fetched.")
@click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json"]),
    default="table",
    help="For people or for programs.",
)
@click.option("--review", type=_path, help="Write the proposals to this .json or .xlsx, to be confirmed.")
@click.option(
    "--confirm", "confirmed", type=_path, help="Make records of what was accepted in this review file."
)
@click.option(
    "--by", default="", help="The organisation that confirms; with --confirm. Never a person's name."
)
def extract(
    file: Path | None, url: str, output: str, review: Path | None, confirmed: Path | None, by: str
) -> None:
    """Propose a draft record from FILE (HTML, PDF, DOCX or text); nothing enters the graph before it is confirmed."""
    if (file is None) == (confirmed is None):
        raise click.UsageError("name either a FILE to read or a review with --confirm")
    if confirmed is not None:
        _confirm(confirmed, by)
        return
    assert file is not None
    _propose(file, url, output, review)


def _propose(file: Path, url: str, output: str, path: Path | None) -> None:
    from bufgraph.services.composition import open_build
    from bufgraph_ingest.extraction.documents import read_document
    from bufgraph_ingest.extraction.extractor import Extractor
    from bufgraph_ingest.extraction.review import make_review, write_review

    if url and not url.startswith(("http://", "https://")):
        raise InvalidInputError(f"'{url}' is no web address; it starts with https://", field="url")
    if path is not None and path.suffix not in {".json", ".xlsx"}:
        raise InvalidInputError(
            f"'{path.name}' is no name for a review file; it ends in .json or .xlsx", path=str(path)
        )
    if path is not None and path.exists():
        raise InvalidInputError(
            f"{path} exists and may hold decisions; name another file or remove it", path=str(path)
        )
    document = read_document(file)
    draft = Extractor.of(open_build(load_settings())).draft(document.text)
    review = make_review(document, draft, url)
    if output == "json":
        _print_json(review, draft)
    else:
        _print_table(review, draft)
    if path is not None:
        write_review(review, path)
        click.echo(
            f"wrote {path}: decide on each value (yes, no, changed), write {', '.join(review.written)}, then run "
            f"'bufgraph extract --confirm {path} --by ORGANISATION'",
            err=True,
        )


def _print_json(review: "Review", draft: "Draft") -> None:
    from dataclasses import asdict

    import orjson

    sys.stdout.write(
        orjson.dumps({**asdict(review), "text": draft.text}, option=orjson.OPT_INDENT_2).decode() + "\n"
    )


def _print_table(review: "Review", draft: "Draft") -> None:
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(highlight=False)
    shown = Text(draft.text)
    for row in review.rows:
        if row.start >= 0:
            shown.stylize(f"bold {_COLOURS[row.field]}", row.start, row.end)
    console.print(shown)
    table = Table("no.", "kind", "words", "value", "use", "characters", "confidence", box=None)
    for row in review.rows:
        where = f"{row.start}–{row.end}" if row.start >= 0 else "whole text"
        cells = (
            str(row.number),
            row.field,
            row.words,
            row.value,
            row.use,
            where,
            f"{row.confidence:.2f}",
        )
        table.add_row(*(Text(cell) for cell in cells))  # as text: nothing in a document is markup
    console.print(table)
    console.print(f"language: {draft.lang} · {len(review.rows)} proposals, none of them confirmed")


def _confirm(path: Path, by: str) -> None:
    from bufgraph.services.composition import codec, open_build
    from bufgraph_ingest.extraction.confirming import confirm
    from bufgraph_ingest.extraction.review import read_review

    settings = load_settings()
    build = open_build(settings)
    done = confirm(read_review(path), build.catalogue, codec(settings), settings, by.strip())
    click.echo(f"{done.practice}: {done.taken} values accepted, {done.left} left out", err=True)
    click.echo(f"wrote {done.path}; run 'bufgraph build' to use it", err=True)
