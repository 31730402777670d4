"""The command that writes a brief."""

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bufgraph.cli.options import fact_option
from bufgraph.errors import NotFoundError
from bufgraph.localisation.tongue import INTERFACE_LANGUAGES
from bufgraph.settings import load_settings

if TYPE_CHECKING:
    from bufgraph.briefs.brief import Brief
    from bufgraph.model import City
    from bufgraph.services.answers import AnswerService


@click.command()
@click.argument("need")
@click.option("--city", help="The asking city, by slug or name; each solution gets a verdict for it.")
@click.option(
    "--practice",
    "practices",
    multiple=True,
    help="A solution, by slug; repeatable, at most five. Default: the three best.",
)
@fact_option
@click.option(
    "--lang",
    type=click.Choice(INTERFACE_LANGUAGES),
    default="en",
    show_default=True,
    help="Language of the fixed text.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["pdf", "docx", "md", "html"]),
    help="Default: by the ending of --output, else md.",
)
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write; default: standard output.",
)
def brief(
    need: str,
    city: str | None,
    practices: tuple[str, ...],
    facts: tuple[str, ...],
    lang: str,
    form: str | None,
    output: Path | None,
) -> None:
    """Write a brief for NEED: solutions with costs, results, failures and fit, whom to ask, what to do next; a source for each statement."""
    from bufgraph.services.answers import AnswerService
    from bufgraph.services.briefing import BriefRequest, BriefService
    from bufgraph.services.composition import open_build
    from bufgraph.services.inputs import parse_facts
    from bufgraph.services.speaking import tongue_of

    form = form or (output.suffix.removeprefix(".") if output is not None else "md")
    write = _writer(form)
    build = open_build(load_settings())
    service = BriefService(build)
    asking = _asking(AnswerService(build), city)
    if practices:
        chosen = [build.catalogue.practice(slug) for slug in dict.fromkeys(practices)]
    else:
        chosen = service.proven(need, asking)
        click.echo(
            f"no --practice given; the best solutions found: {', '.join(p.slug for p in chosen)}", err=True
        )
    made = write(
        service.write(
            BriefRequest(need, chosen, asking, parse_facts(facts)), tongue_of(build.catalogue, lang)
        )
    )
    if output is None:
        click.echo(made, nl=False)
    else:
        output.write_bytes(made)
        click.echo(f"wrote {output}, {len(made):,} bytes", err=True)


def _asking(answers: "AnswerService", typed: str | None) -> "City | None":
    """Return the city that ``--city`` names.

    Raises:
        NotFoundError: No city is called so; said in words of the command line.
        InvalidInputError: Several cities are called so.
    """
    if not typed:
        return None
    try:
        return answers.find_city(typed)
    except NotFoundError as err:
        if err.facts.get("suggestions"):
            raise
        told = (
            f"we know no city called '{typed}'; leave out --city, "
            "or look for one with 'bufgraph search --type city'"
        )
        raise NotFoundError(told, **err.facts) from err


def _writer(form: str) -> "Callable[[Brief], bytes]":
    if form == "pdf":
        from bufgraph.briefs.pdf import to_pdf

        return to_pdf
    if form == "docx":
        from bufgraph.briefs.word import to_word

        return to_word
    if form == "html":
        from bufgraph.briefs.html import to_html

        return lambda made: to_html(made).encode()
    if form == "md":
        from bufgraph.briefs.markdown import to_markdown

        return lambda made: to_markdown(made).encode()
    raise click.UsageError(f"no format '{form}'; choose from pdf, docx, md, html")
