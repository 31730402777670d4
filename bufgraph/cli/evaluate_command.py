"""The command that measures."""

import click

from bufgraph.cli.options import format_option
from bufgraph.settings import load_settings


@click.command()
@click.argument("what", type=click.Choice(["search", "transfer"]), default="search")
@click.option(
    "--split",
    type=click.Choice(["dev", "test"]),
    help="dev for tuning; test for reporting, never for tuning. Default: dev for search, test for transfer.",
)
@click.option(
    "--system",
    "names",
    multiple=True,
    help="Search only: a system to compare with, repeatable; default: all but txtai.",
)
@click.option("--save", is_flag=True, help="Publish the result: the page /about/quality shows it.")
@format_option
def evaluate(what: str, split: str | None, names: tuple[str, ...], save: bool, output: str) -> None:
    """Measure the quality of WHAT: the search (nDCG@10, MRR@10, Recall@50, Success@5 by system, language and domain), or how
    well known transfers of practices between cities are predicted (transfer)."""
    from bufgraph.cli import evaluation_tables, tables
    from bufgraph.services import evaluating, evaluating_transfer
    from bufgraph.services.composition import open_build

    build = open_build(load_settings())

    def say(step: str) -> None:
        click.echo(step, err=True)

    if what == "transfer":
        result = evaluating_transfer.evaluate_transfer(build, say)
        path = evaluating_transfer.publish(result) if save else None
        tables.show({**result, "split": split or "test"}, output, evaluation_tables.transfer)
    else:
        chosen = names or tuple(name for name in evaluating.SYSTEMS if name != "txtai")
        result = evaluating.evaluate(build, split or "dev", chosen, progress=say)  # type: ignore[arg-type]  # click checked the split
        path = evaluating.publish(result) if save else None
        tables.show(result, output, evaluation_tables.search)
    if path is not None:
        say(f"written to {path}")
