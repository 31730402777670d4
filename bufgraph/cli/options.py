"""Options that several commands share."""

from collections.abc import Callable
from typing import Any, TypeVar

import click

Command = TypeVar("Command", bound=Callable[..., Any])  # Any: click decorates functions of every shape

format_option = click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json"]),
    default="table",
    help="For people or for programs.",
)
limit_option = click.option(
    "--limit", type=int, default=10, show_default=True, help="Most results, 1 to 100."
)
fact_option = click.option(
    "--fact", "facts", multiple=True, metavar="FACTOR=yes|no",
    help="What the city says of itself, e.g. district-heating=yes; repeatable.",
)  # fmt: skip


def filter_options(command: Command) -> Command:
    """Add the options that narrow a search."""
    for option in (
        click.option("--country", help="ISO code, e.g. EE."),
        click.option("--domain", help="Smart domain or subdomain, e.g. public-lighting."),
        click.option("--challenge", help="Challenge, e.g. storm-power-cuts."),
        click.option("--outcome", help="success, mixed, failed, stopped, too-early."),
        click.option("--min-level", type=int, help="Least evidence level, 0 to 5."),
        click.option(
            "--size",
            help="City size: small (under 50,000), medium, large (from 250,000), metropolis (from a million).",
        ),
        click.option("--since", type=int, help="Running in this year or later."),
        click.option("--until", type=int, help="Begun in this year or earlier."),
        click.option("--cost-from", type=float, help="Least known cost, in euro."),
        click.option("--cost-to", type=float, help="Largest known cost, in euro."),
        click.option("--language", help="Official language of a country where it was applied, e.g. fi."),
    ):
        command = option(command)
    return command
