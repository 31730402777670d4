"""What is told of two cities beside each part of their similarity."""

from collections.abc import Mapping
from typing import Final

from bufgraph.localisation.phrases import Listing, Phrase, message, phrase
from bufgraph.model import City
from bufgraph.model.geography import distance_km
from bufgraph.model.terms import country_term, place_term

FAMILIES: Final[Mapping[str, str]] = {
    "DK": "nordic", "FI": "nordic", "IS": "nordic", "NO": "nordic", "SE": "nordic",
    "EE": "baltic", "LT": "baltic", "LV": "baltic", "DE": "federal", "PL": "central-european",
}  # fmt: skip
"""Families of local government (Hesse and Sharpe 1991; Swianiewicz 2014 for the east), coarse on purpose."""
_SAME_FAMILY_TEXT: Final[Mapping[str, str]] = {
    "nordic": message("{one} and {other}: the Nordic family of local government"),
    "baltic": message("{one} and {other}: the Baltic family of local government"),
    "federal": message("{one} and {other}: the federal family of local government"),
    "central-european": message("{one} and {other}: the Central European family of local government"),
}
NOT_KNOWN: Final[Mapping[str, str]] = {
    "size": message("size: not known for both cities"),
    "climate": message("climate: not known for both cities"),
    "sea": message("sea: not known for both cities"),
    "country": message("country: the family of local government is not known for both"),
}
_SEA: Final[Mapping[tuple[bool, bool | None], str]] = {
    (True, True): message("{city} is on the coast with a port"),
    (True, False): message("{city} is on the coast without a port"),
    (True, None): message("{city} is on the coast, a port is not known"),
    (False, True): message("{city} is inland with a port"),
    (False, False): message("{city} is inland without a port"),
    (False, None): message("{city} is inland, a port is not known"),
}
"""Whether a city lies on the coast and whether it has a port, in words."""


def size_facts(a: City, b: City) -> tuple[str, ...]:
    """Return the sizes of two cities, in words."""
    return (
        phrase(
            "{one} has {a:,} residents, {other} {b:,}",
            one=place_term(a), a=a.population, other=place_term(b), b=b.population,
        ),
    )  # fmt: skip


def climate_facts(a: City, b: City) -> tuple[str, ...]:
    """Return how far north two cities lie, in words."""
    away = distance_km(a, b)
    if away is None:
        return (phrase("latitudes {a:.1f}° and {b:.1f}° north", a=a.latitude, b=b.latitude),)
    return (
        phrase(
            "latitudes {a:.1f}° and {b:.1f}° north, {km:,.0f} km apart", a=a.latitude, b=b.latitude, km=away
        ),
    )


def sea_facts(a: City, b: City) -> tuple[str, ...]:
    """Return how two cities lie to the sea, in words."""
    told = [Phrase(_SEA[bool(c.is_coastal), c.has_port], {"city": place_term(c)}) for c in (a, b)]
    return (Listing(told),)


def country_facts(a: City, b: City) -> tuple[str, ...]:
    """Return how near the law of two cities is, in words."""
    one, other = country_term(a.country_code), country_term(b.country_code)
    if one == other:
        return (phrase("both in {country}: same law and state programmes", country=one),)
    if (told := same_family(a.country_code, b.country_code)) is not None:
        return (told,)
    return (phrase("{one} and {other}: different families of local government", one=one, other=other),)


def same_family(one: str, other: str) -> Phrase | None:
    """Return which family of local government two countries belong to; None when to different ones or to none that we know."""
    family = FAMILIES.get(one)
    if family is None or family != FAMILIES.get(other):
        return None
    return Phrase(_SAME_FAMILY_TEXT[family], {"one": country_term(one), "other": country_term(other)})
