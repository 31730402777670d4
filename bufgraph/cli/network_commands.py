"""Commands about many cities at once."""

from typing import TYPE_CHECKING

import click

from bufgraph.cli.options import format_option, limit_option
from bufgraph.settings import load_settings

if TYPE_CHECKING:
    from bufgraph.services.network_answers import NetworkService
    from bufgraph.services.network_presentation import NetworkPresenter


def _service() -> "tuple[NetworkService, NetworkPresenter]":
    from bufgraph.services.composition import open_build
    from bufgraph.services.network_answers import NetworkService
    from bufgraph.services.network_presentation import NetworkPresenter
    from bufgraph.services.presentation import Presenter

    build = open_build(load_settings())
    return NetworkService(build), NetworkPresenter(Presenter(build.catalogue, build.evidence))


@click.command("cases-for")
@click.argument("expert")
@limit_option
@format_option
def cases_for(expert: str, limit: int, output: str) -> None:
    """Show the cities' needs and the cases that EXPERT (a slug) could help with, by what it did."""
    from bufgraph.cli import network_tables, tables

    service, present = _service()
    tables.show(present.mentor(service.cases_for(expert, limit=limit)), output, network_tables.mentor)


@click.command()
@click.argument("text", required=False)
@click.option("--org", help="An organisation in place of a text, by name or slug.")
@click.option("--text-lang", help="Language of the text, where it is taken for another.")
@limit_option
@format_option
def know(text: str | None, org: str | None, text_lang: str | None, limit: int, output: str) -> None:
    """Show who needs what TEXT tells that you know: needs of cities, cases of others, organisations that know the same."""
    from bufgraph.cli import network_tables, tables
    from bufgraph.search.query import Corrections, check_limit
    from bufgraph.services.know_answers import answer_knowledge, check_asked

    check_limit(limit)
    check_asked(text, org)
    service, present = _service()
    if org:
        found = service.cases_for(service.find_organisation(org).slug, limit=limit)
        tables.show(present.mentor(found), output, network_tables.mentor)
        return
    answer = answer_knowledge(
        service.build, text or "", corrections=Corrections(text_lang), needs=limit, cases=limit, experts=limit
    )
    tables.show(present.knowledge(answer), output, network_tables.knowledge)


@click.command()
@click.option("--challenge", help="Only this challenge, e.g. storm-power-cuts.")
@click.option("--country", help="Only groups with a city of this country (EE).")
@click.option("--city", help="Only groups with this city (ee-tartu).")
@click.option("--min-cities", type=int, default=3, show_default=True, help="Smallest group, 3 to 12.")
@limit_option
@format_option
def pool(
    challenge: str | None, country: str | None, city: str | None, min_cities: int, limit: int, output: str
) -> None:
    """Show groups of cities that could buy or try a solution together, each with a draft joint need."""
    from bufgraph.cli import network_tables, tables
    from bufgraph.matching.pooling import PoolFilters

    service, present = _service()
    found = service.pooled(PoolFilters(challenge, country, city, min_cities), limit=limit)
    tables.show({"results": [present.pooled(group) for group in found]}, output, network_tables.pools)


@click.command("blind-spots")
@click.option(
    "--by",
    default="subdomain,country",
    show_default=True,
    help="Of domain, subdomain, challenge, country and size, with commas.",
)
@click.option("--kind", help="Only no-practice, unmet-need, unmeasured or not-here.")
@limit_option
@format_option
def blind_spots(by: str, kind: str | None, limit: int, output: str) -> None:
    """Show what is missing: challenges without any practice, kinds of cities without one, practices that nobody measured."""
    from bufgraph.cli import network_tables, tables
    from bufgraph.search.query import check_limit

    check_limit(limit)
    service, present = _service()
    found = service.blind_spots([name.strip() for name in by.split(",")], kind)  # type: ignore[misc,arg-type]  # the service checks both
    answer = {
        "total": len(found.spots), "results": [present.blind_spot(spot) for spot in found.spots[:limit]],
        "unknown": list(found.unknown),
    }  # fmt: skip
    tables.show(answer, output, network_tables.blind_spots)


@click.command()
@click.argument("practice", required=False)
@limit_option
@format_option
def spread(practice: str | None, limit: int, output: str) -> None:
    """Show how PRACTICE (a slug) spread from city to city, or which practices spread most."""
    from bufgraph.cli import network_tables, tables

    service, present = _service()
    if practice is not None:
        tables.show(present.spread(service.spread(practice)), output, network_tables.spread)
        return
    found, figures = service.most_spread(limit=limit)
    answer = {"results": [present.spread(s) for s in found], "figures": present.figures(figures)}
    tables.show(answer, output, network_tables.most_spread)


@click.command()
@limit_option
@format_option
def pioneers(limit: int, output: str) -> None:
    """Show the cities that others learned from."""
    from bufgraph.cli import network_tables, tables

    service, present = _service()
    tables.show(
        {"results": [present.pioneer(p) for p in service.pioneers(limit=limit)]},
        output,
        network_tables.pioneers,
    )


@click.command()
@limit_option
@format_option
def bridges(limit: int, output: str) -> None:
    """Show the cities that link countries."""
    from bufgraph.cli import network_tables, tables

    service, present = _service()
    tables.show(
        {"results": [present.bridge(b) for b in service.bridges(limit=limit)]}, output, network_tables.bridges
    )


@click.command()
@click.argument("practice", required=False)
@click.option("--city", help="In place of a practice: what this city is likely to take over.")
@limit_option
@format_option
def adopters(practice: str | None, city: str | None, limit: int, output: str) -> None:
    """Show the cities most likely to take PRACTICE (a slug) over, or the practices for a --city, with reasons."""
    from bufgraph.cli import network_tables, tables

    if (practice is None) == (city is None):
        raise click.UsageError("give a PRACTICE or --city")
    service, present = _service()
    about, found = (
        service.adopters(practice, limit=limit)
        if practice is not None
        else service.likely_practices(city or "", limit=limit)
    )
    tables.show(present.transfers(about, found), output, network_tables.adopters)
