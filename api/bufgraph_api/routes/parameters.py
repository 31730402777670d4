"""Query parameters that several routes share."""

from typing import Annotated

from fastapi import Depends, Query

from bufgraph.search.query import Filters

Text = Annotated[str, Query(description="A word, a sentence or a paragraph, in your own words", examples=["Snow blocks our pavements every winter and older people fall"])]  # fmt: skip
OptionalText = Annotated[str | None, Query(alias="q", description="A word, a sentence or a paragraph, in your own words", examples=["energy-poor Soviet-era apartment blocks"])]  # fmt: skip
Limit = Annotated[int, Query(description="Most results, 1 to 100", examples=[10])]
CitySlug = Annotated[str | None, Query(description="The asking city", examples=["ee-tartu"])]
ChallengeSlug = Annotated[str | None, Query(description="A challenge concept", examples=["storm-power-cuts"])]


def _filters(
    country: Annotated[str | None, Query(description="ISO 3166-1 alpha-2", examples=["EE"])] = None,
    domain: Annotated[
        str | None, Query(description="Smart domain or subdomain", examples=["public-lighting"])
    ] = None,
    challenge: ChallengeSlug = None,
    outcome: Annotated[
        str | None, Query(description="Outcome of at least one adoption", examples=["failed"])
    ] = None,
    min_level: Annotated[int | None, Query(description="Least evidence level, 0 to 5", examples=[2])] = None,
) -> Filters:
    return Filters(country or None, domain or None, challenge or None, outcome or None, min_level)


FilterParameters = Annotated[Filters, Depends(_filters)]
