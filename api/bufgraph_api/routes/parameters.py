"""Query parameters that several routes share."""

from typing import Annotated

from fastapi import Depends, Query

from bufgraph.matching.cities import CityFilters
from bufgraph.search.query import Corrections, Filters

Text = Annotated[str, Query(description="A word, a sentence or a paragraph, in your own words", examples=["Snow blocks our pavements every winter and older people fall"])]  # fmt: skip
OptionalText = Annotated[str | None, Query(alias="q", description="A word, a sentence or a paragraph, in your own words", examples=["energy-poor Soviet-era apartment blocks"])]  # fmt: skip
Limit = Annotated[int, Query(description="Most results, 1 to 100", examples=[10])]
CitySlug = Annotated[str | None, Query(description="The asking city", examples=["ee-tartu"])]
Facts = Annotated[list[str] | None, Query(description="What the asking city says of itself, repeatable: a context factor and yes or no", examples=[["district-heating:yes"]])]  # fmt: skip
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
    size: Annotated[
        str | None,
        Query(
            description="Size of a city where it was applied: small (under 50,000), medium, large (from 250,000), metropolis (from a million)",
            examples=["small"],
        ),
    ] = None,
    since: Annotated[int | None, Query(description="Running in this year or later", examples=[2015])] = None,
    until: Annotated[int | None, Query(description="Begun in this year or earlier", examples=[2024])] = None,
    cost_from: Annotated[float | None, Query(description="Least known cost, in euro", examples=[0])] = None,
    cost_to: Annotated[
        float | None, Query(description="Largest known cost, in euro", examples=[100000])
    ] = None,
    language: Annotated[
        str | None, Query(description="Official language of a country where it was applied", examples=["fi"])
    ] = None,
) -> Filters:
    return Filters(
        country=country or None, domain=domain or None, challenge=challenge or None, outcome=outcome or None,
        min_level=min_level, size=size or None, since=since, until=until, cost_from=cost_from, cost_to=cost_to,
        language=language or None,
    )  # fmt: skip


def _city_filters(
    country: Annotated[
        str | None,
        Query(description="Only this country (EE) or the city's own (own); with ! before it all others"),
    ] = None,
    same_size: Annotated[bool, Query(description="Only the city's own size class")] = False,
    coastal: Annotated[bool | None, Query(description="Only cities on the coast, or only inland")] = None,
) -> CityFilters:
    return CityFilters(country or None, same_size, coastal)


def _corrections(
    text_lang: Annotated[
        str | None, Query(description="Language of the text, where it was taken for another", examples=["fi"])
    ] = None,
    lang: Annotated[
        str | None,
        Query(
            description="Language of the reader: decides close cases and the labels of the answer",
            examples=["fi"],
        ),
    ] = None,
    without: Annotated[
        list[str] | None,
        Query(description="Slug of a challenge or city read out of the text wrongly; repeatable"),
    ] = None,
    also: Annotated[
        list[str] | None, Query(description="Slug of a challenge that belongs to the text; repeatable")
    ] = None,
) -> Corrections:
    return Corrections(text_lang or None, lang or None, tuple(without or ()), tuple(also or ()))


FilterParameters = Annotated[Filters, Depends(_filters)]
CorrectionParameters = Annotated[Corrections, Depends(_corrections)]
CityFilterParameters = Annotated[CityFilters, Depends(_city_filters)]
