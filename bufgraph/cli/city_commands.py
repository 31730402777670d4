"""Commands about cities."""

from typing import TYPE_CHECKING, Any

import click

from bufgraph.cli.options import fact_option, format_option, limit_option
from bufgraph.settings import load_settings

if TYPE_CHECKING:
    from bufgraph.services.city_answers import CityService
    from bufgraph.services.presentation import Presenter


def _service() -> "tuple[CityService, Presenter]":
    from bufgraph.services.city_answers import CityService
    from bufgraph.services.composition import open_build
    from bufgraph.services.presentation import Presenter

    build = open_build(load_settings())
    return CityService(build), Presenter(build.catalogue, build.evidence)


@click.command("similar-cities")
@click.argument("city")
@click.option("--preset", default="balanced", show_default=True, help="balanced, problem or structure.")
@click.option(
    "--weight",
    "weights",
    multiple=True,
    metavar="PART=NUMBER",
    help="In place of a preset: needs, profile, size, climate, sea, country; repeatable.",
)
@click.option(
    "--country", help="Only this country (EE) or the city's own (own); with ! before it all others (!EE)."
)
@click.option("--same-size", is_flag=True, help="Only the city's own size class.")
@click.option("--coastal/--inland", default=None, help="Only cities on the coast, or inland.")
@limit_option
@format_option
def similar_cities(
    city: str, preset: str, weights: tuple[str, ...], limit: int, output: str, **filters: Any
) -> None:
    """Show the cities most similar to CITY (a slug such as fi-turku), and why."""
    from bufgraph.cli import city_tables, tables
    from bufgraph.matching.cities import CityFilters
    from bufgraph.services.inputs import parse_weights

    service, present = _service()
    asking, found = service.similar(
        city,
        preset=preset,
        weights=parse_weights(weights),
        filters=CityFilters(**filters),
        limit=limit,
    )
    tables.show(
        {
            "city": present.ref(asking.id),
            "preset": None if weights else preset,
            "results": [present.similar_city(f) for f in found],
        },
        output,
        city_tables.similar_cities,
    )


@click.command()
@click.argument("practice")
@click.option("--city", required=True, help="The city, e.g. lv-cesis.")
@fact_option
@format_option
def fit(practice: str, city: str, facts: tuple[str, ...], output: str) -> None:
    """Show whether PRACTICE (a slug) would work in a city: fits, fits with changes, blocked or unknown, and why."""
    from bufgraph.cli import city_tables, tables
    from bufgraph.services.inputs import parse_facts

    service, present = _service()
    found = service.fit(practice, city, parse_facts(facts))
    tables.show(
        {"practice": present.ref(found.practice), "city": present.ref(found.city), **present.verdict(found)},
        output,
        city_tables.fit,
    )


@click.command()
@click.argument("city")
@click.option(
    "--index",
    default="practice-activity",
    show_default=True,
    help="european-smart-cities-2007, pleec or practice-activity.",
)
@click.option(
    "--peer",
    "peers",
    multiple=True,
    help="City to compare with, repeatable; default: the 20 most similar by structure.",
)
@format_option
def profile(city: str, index: str, peers: tuple[str, ...], output: str) -> None:
    """Show the profile of CITY: scores, rank intervals, strengths, weaknesses, what it could teach, what is not known."""
    from bufgraph.cli import city_tables, tables
    from bufgraph.services.city_presentation import CityPresenter

    service, present = _service()
    found = service.profile(city, index=index, peers=peers or None)
    tables.show(CityPresenter(present).profile(found), output, city_tables.profile)


@click.command()
@click.argument("cities", nargs=-1, required=True)
@click.option(
    "--index",
    default="practice-activity",
    show_default=True,
    help="european-smart-cities-2007, pleec or practice-activity.",
)
@format_option
def compare(cities: tuple[str, ...], index: str, output: str) -> None:
    """Show two to four CITIES side by side."""
    from bufgraph.cli import city_tables, tables
    from bufgraph.services.city_presentation import CityPresenter

    service, present = _service()
    found = service.compare(cities, index=index)
    tables.show(CityPresenter(present).comparison(found), output, city_tables.comparison)
