"""The commands ``bufgraph due`` and ``bufgraph check-links``."""

import sys
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import click

from bufgraph.settings import load_settings

if TYPE_CHECKING:
    from bufgraph.settings import Settings
    from bufgraph_ingest.freshness.link_state import Check
    from bufgraph_ingest.freshness.reviews import Review
    from bufgraph_ingest.network.policy import Policy

_AGAIN_AFTER_DAYS = 30
_form = click.option(
    "--format",
    "output",
    type=click.Choice(["table", "json"]),
    default="table",
    help="For people, or a JSON object a line.",
)


@click.command()
@click.option(
    "--year", type=click.IntRange(1990, 2200), help="The year that counts as now; default: this one."
)
@click.option("--limit", type=click.IntRange(min=1), help="Show at most so many.")
@_form
def due(year: int | None, limit: int | None, output: str) -> None:
    """Show what should be looked at again, the longest due first."""
    from bufgraph.services.composition import open_build
    from bufgraph_ingest.freshness.reviews import read_periods, reviews, stale_practices

    settings = load_settings()
    catalogue = open_build(settings).catalogue
    now = year or datetime.now(UTC).year
    periods = read_periods(settings.review_years)
    found = [review for review in reviews(catalogue, periods, as_of_year=now) if review.is_due]
    stale = stale_practices(catalogue, periods, as_of_year=now)
    for review in found[:limit]:
        sys.stdout.write(_review_line(review, output, is_stale=review.practice in stale))
    click.echo(
        f"due: {len(found):,} of {len(catalogue.adoptions):,} adoptions; "
        f"stale, with nothing newer known: {len(stale):,} of {len(catalogue.practices):,} practices",
        err=True,
    )


def _review_line(review: "Review", output: str, *, is_stale: bool) -> str:
    from dataclasses import asdict

    import orjson

    from bufgraph.namespaces import slug

    if output == "json":
        return orjson.dumps({**asdict(review), "practice_is_stale": is_stale}).decode() + "\n"
    since = f"due since {review.review_by}" if review.review_by is not None else "no year is known"
    return f"{since:<17}  {review.outcome:<9}  {slug(review.adoption)}\n"


@click.command("check-links")
@click.option("--limit", type=click.IntRange(min=1), help="Look at no more than so many links.")
@click.option("--host", default="", help="Look only at links to this host.")
@click.option(
    "--since",
    type=click.DateTime(["%Y-%m-%d"]),
    help=f"Pass over links that were looked at since this day; default: {_AGAIN_AFTER_DAYS} days ago.",
)
@_form
def check_links(limit: int | None, host: str, since: datetime | None, output: str) -> None:
    """Look whether the documents behind the statements can still be opened; goes on where a stopped run ended."""
    from bufgraph.services.composition import open_build
    from bufgraph_ingest.freshness.links import Selection
    from bufgraph_ingest.freshness.links import check_links as run
    from bufgraph_ingest.network.client import PoliteClient

    settings = load_settings()
    documents = open_build(settings).catalogue.documents.values()
    urls = [document.page for document in documents if document.page]
    from_day = since.replace(tzinfo=UTC) if since else datetime.now(UTC) - timedelta(days=_AGAIN_AFTER_DAYS)
    with PoliteClient(link_policy(settings), settings.home / "cache" / "network") as client:
        done = run(urls, Selection(from_day, host, limit), client, settings.home, _teller(output))
    counts = ", ".join(f"{count:,} {verdict}" for verdict, count in sorted(done.counts.items()))
    click.echo(f"looked at: {counts or 'nothing, all links were looked at not long ago'}", err=True)
    click.echo(f"dead on two days or more: {len(done.dead):,}", err=True)
    for url in done.dead:
        click.echo(f"  {url}", err=True)


def link_policy(settings: "Settings") -> "Policy":
    """Return how links are asked: less patiently than data, for a slow page is no loss."""
    from bufgraph_ingest.network.policy import Policy

    return Policy.of(settings, total_s=30.0, attempts=2)


def _teller(output: str) -> "Callable[[Check], None]":
    from dataclasses import asdict

    import orjson

    def tell(check: "Check") -> None:
        if output == "json":
            sys.stdout.write(orjson.dumps(asdict(check)).decode() + "\n")
        elif check.verdict != "alive" or check.reason:
            sys.stdout.write(f"{check.verdict:<8} {check.url}: {check.reason}\n")
        sys.stdout.flush()

    return tell
