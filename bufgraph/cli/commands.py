"""The core commands."""

import sys
from typing import TYPE_CHECKING, Any

import click

from bufgraph.cli.options import fact_option, filter_options, format_option, limit_option
from bufgraph.settings import Settings, load_settings

if TYPE_CHECKING:
    from bufgraph.search.query import Filters
    from bufgraph.services.answers import AnswerService
    from bufgraph.services.presentation import Presenter


def _service(settings: Settings) -> "tuple[AnswerService, Presenter]":
    from bufgraph.services.answers import AnswerService
    from bufgraph.services.composition import open_build
    from bufgraph.services.presentation import Presenter

    build = open_build(settings)
    return AnswerService(build), Presenter(build.catalogue, build.evidence)


def _filters(options: dict[str, Any]) -> "Filters":
    from bufgraph.search.query import Filters

    return Filters(**options)


@click.command()
@click.argument("text")
@click.option("--type", "types", multiple=True, help="practice, city, challenge or expert; default: all.")
@filter_options
@click.option("--lang", help="Language to answer in, e.g. fi; default: that of the text.")
@click.option("--text-lang", help="Language of the text, where it is taken for another.")
@click.option("--without", multiple=True, help="A challenge or city that was read out of the text wrongly.")
@limit_option
@format_option
def search(
    text: str,
    types: tuple[str, ...],
    lang: str | None,
    text_lang: str | None,
    without: tuple[str, ...],
    limit: int,
    output: str,
    **filters: Any,
) -> None:
    """Search practices, cities, challenges and experts for TEXT, a word or a paragraph, in any of eleven languages."""
    from bufgraph.cli import tables
    from bufgraph.search.query import RECORD_TYPES, Corrections, SearchQuery
    from bufgraph.services.presentation import Presenter, reader_language
    from bufgraph.services.speaking import tongue_of

    asked = Corrections(text_lang, lang, without)

    service, _ = _service(load_settings())
    query = SearchQuery(text, types or RECORD_TYPES, _filters(filters), limit, corrections=asked)  # type: ignore[arg-type]  # SearchQuery checks the types
    answer = service.search(query)
    language = reader_language(answer.understood, asked)
    catalogue = service.catalogue
    present = Presenter(catalogue, service.build.evidence, tongue_of(catalogue, language))
    found = {
        "lang": language,
        "understood": present.understood(answer.understood),
        "chips": present.chips(answer.understood),
        "weak": answer.weak,
        "results": [
            present.hit(hit, reasons, answer.understood)
            for hit, reasons in zip(answer.hits, answer.explanations, strict=True)
        ],
        "facets": present.facets(answer.facets),
    }
    tables.show(found, output, tables.search)


@click.command("similar-practices")
@click.argument("practice")
@click.option("--by", default="problem", show_default=True, help="problem, solution or context.")
@limit_option
@format_option
def similar_practices(practice: str, by: str, limit: int, output: str) -> None:
    """Show more like PRACTICE (a slug): the same problem, the same kind of solution, or from a similar city."""
    from bufgraph.cli import tables

    service, present = _service(load_settings())
    asked, found = service.similar_practices(practice, by=by, limit=limit)
    tables.show(
        {"practice": present.ref(asked.id), "by": by, "results": [present.like(f) for f in found]},
        output,
        tables.similar_practices,
    )


@click.command()
@click.argument("text", required=False)
@click.option("--challenge", help="A challenge in place of a text.")
@click.option("--city", help="The asking city; alone, its own known needs are the problem.")
@limit_option
@format_option
def problems(text: str | None, challenge: str | None, city: str | None, limit: int, output: str) -> None:
    """Show the cities that have, or had, the problem described in TEXT, and what they tried."""
    from bufgraph.cli import tables

    service, present = _service(load_settings())
    answer = service.cities_with_similar_problems(text, challenge=challenge, city=city, limit=limit)
    found = {
        "understood": present.understood(answer.understood),
        "weak": answer.weak,
        "results": [present.city_with_problem(c) for c in answer.cities],
    }
    tables.show(found, output, tables.problems)


@click.command()
@click.argument("text", required=False)
@click.option("--city", help="The asking city, e.g. ee-tartu; each solution gets a verdict for it.")
@fact_option
@filter_options
@limit_option
@format_option
def solutions(
    text: str | None, city: str | None, facts: tuple[str, ...], limit: int, output: str, **filters: Any
) -> None:
    """Show proven solutions for the need in TEXT (or a --challenge), with failures beside successes."""
    from bufgraph.cli import tables
    from bufgraph.services.inputs import parse_facts

    service, present = _service(load_settings())
    challenge = filters["challenge"] if not text else None
    answer = service.solutions(
        text, challenge=challenge, city=city, filters=_filters(filters), facts=parse_facts(facts), limit=limit
    )
    found = {
        "understood": present.understood(answer.understood),
        "weak": answer.weak,
        "city": present.ref(answer.city.id) if answer.city else None,
        "results": [present.solution(s) for s in answer.solutions],
        "setbacks": [present.solution(s) for s in answer.warnings],
    }
    tables.show(found, output, tables.solutions)


@click.command()
@click.argument("text", required=False)
@click.option("--city", help="The asking city; alone, its own known needs are the subject.")
@click.option("--country", help="Only organisations of this country (EE).")
@limit_option
@format_option
def experts(text: str | None, city: str | None, country: str | None, limit: int, output: str) -> None:
    """Show who knows the subject of TEXT, by what they did and by what they say they can."""
    from bufgraph.cli import tables

    service, present = _service(load_settings())
    answer = service.experts(text, city=city, filters=_filters({"country": country}), limit=limit)
    found = {
        "understood": present.understood(answer.understood),
        "weak": answer.weak,
        "results": [present.expert_match(e) for e in answer.experts],
    }
    tables.show(found, output, tables.experts)


@click.command()
@click.argument("query", required=False)
@click.option(
    "--file",
    "path",
    type=click.File("r", encoding="utf-8"),
    help="A file with the query; '-' reads standard input.",
)
@click.option(
    "--format",
    "output",
    default="tsv",
    show_default=True,
    help="json, xml, csv, tsv; turtle, nt, jsonld, rdfxml.",
)
def sparql(query: str | None, path: Any, output: str) -> None:
    """Ask the graph in SPARQL 1.1; read-only, within the limits of the settings."""
    from bufgraph.services.composition import open_build, query_service
    from bufgraph.services.semantic_answers import expander

    text = query or (path.read() if path else None)
    if text is None:
        raise click.UsageError("give a QUERY or --file")
    build = open_build(load_settings())
    with query_service(build, expand=expander(build)) as service:
        answer = service.run(text, output)
    sys.stdout.buffer.write(answer.content)
    if not answer.content.endswith(b"\n"):
        sys.stdout.buffer.write(b"\n")


@click.command()
@format_option
def info(output: str) -> None:
    """Show what the current build holds: counts, triples, model, age."""
    from bufgraph.cli import tables
    from bufgraph.services.composition import open_build

    build = open_build(load_settings())
    tables.show(build.summary(), output, tables.info)
