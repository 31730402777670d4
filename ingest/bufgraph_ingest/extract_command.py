"""The command ``bufgraph extract``: a draft record from a text, and what a person confirmed of it."""

import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bufgraph.errors import InvalidInputError
from bufgraph.settings import load_settings
from bufgraph_ingest.file_argument import FileOrAddress, at_hand, is_address

if TYPE_CHECKING:
    from rich.text import Text

    from bufgraph_ingest.extraction.extractor import Draft
    from bufgraph_ingest.extraction.review import Review, Row

_COLOURS = {"city": "cyan", "organisation": "magenta", "year": "blue", "money": "green", "quantity": "yellow", "outcome": "red"}  # fmt: skip
_SHORT = 6_000
"""Characters of a text that is shown whole."""
_path = click.Path(dir_okay=False, path_type=Path)


@click.command()
@click.argument("file", type=FileOrAddress(), required=False, metavar="[FILE_OR_ADDRESS]")
@click.option("--url", default="", help="Where the file was found; it is cited, never fetched.")
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
    file: Path | str | None, url: str, output: str, review: Path | None, confirmed: Path | None, by: str
) -> None:
    """Propose a draft record from a page or document (HTML, PDF, DOCX, text); nothing enters the graph unconfirmed."""
    if (file is None) == (confirmed is None):
        raise click.UsageError("name either a file to read or a review with --confirm")
    if confirmed is not None:
        _confirm(confirmed, by)
        return
    assert file is not None
    url = url or (str(file) if is_address(file) else "")
    _propose(at_hand(file, load_settings(), kind="page"), url, output, review)


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

    from bufgraph_ingest.extraction.marking import UNSURE

    console = Console(highlight=False)
    console.print(_marked(draft.text, review.rows))
    console.print()
    table = Table("no.", "kind", "words", "value", "use", "characters", "confidence", box=None)
    for row in review.rows:
        where = f"{row.start}–{row.end}" if row.start >= 0 else "whole text"
        sure = f"{row.confidence:.2f}{' ?' if row.confidence < UNSURE else ''}"
        cells = (str(row.number), row.field, row.words, row.value, row.use, where, sure)
        table.add_row(*(Text(cell) for cell in cells))  # as text: nothing in a document is markup
    console.print(table)
    console.print(f"language: {draft.lang} · {len(review.rows)} proposals, none of them confirmed")
    for line in _doubts(review):
        console.print(Text(line))


def _marked(text: str, rows: "Sequence[Row]") -> "Text":
    """Return the text with marked words in brackets, their number behind; of a long text the paragraphs that hold any."""
    from rich.text import Text

    from bufgraph_ingest.extraction.marking import pieces

    shown = Text()
    open_: list[Row] = []
    for piece in pieces(text, rows):
        shown.append(piece.text, f"bold {_COLOURS[open_[-1].field]}" if open_ else "")
        if piece.opens is not None:
            open_.append(piece.opens)
            shown.append("[", "dim")
        elif piece.closes is not None:
            open_.remove(piece.closes)
            shown.append(f"]{piece.closes.number}", "dim")
    return shown if len(text) <= _SHORT else _marked_lines(shown)


def _marked_lines(shown: "Text") -> "Text":
    from rich.text import Text

    kept: list[Text] = []
    for line in shown.split("\n"):
        if "[" in line.plain or not kept:
            kept.append(line)
        elif kept[-1].plain != "…":
            kept.append(Text("…"))
    return Text("\n").join(kept)


def _doubts(review: "Review") -> "Iterator[str]":
    """Say which proposals are unsure, and why the rules made them."""
    from bufgraph_ingest.extraction.marking import UNSURE

    unsure = [row for row in review.rows if row.confidence < UNSURE]
    if unsure:
        yield f"unsure (?, confidence below {UNSURE}); look twice:"
    for row in unsure:
        yield f"  {row.number} {row.field} '{row.words}': {row.why}"


def _confirm(path: Path, by: str) -> None:
    from bufgraph.services.composition import open_build
    from bufgraph.services.home import codec
    from bufgraph_ingest.extraction.confirming import confirm
    from bufgraph_ingest.extraction.review import read_review

    settings = load_settings()
    build = open_build(settings)
    done = confirm(read_review(path), build.catalogue, codec(settings), settings, by.strip())
    click.echo(f"{done.practice}: {done.taken} values accepted, {done.left} left out", err=True)
    click.echo(f"wrote {done.path}; run 'bufgraph publish' (or 'bufgraph build') to use it", err=True)
