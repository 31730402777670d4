"""What is told of a practice and a city that may take it over."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bufgraph.localisation.phrases import Listing, Phrase, counted, phrase
from bufgraph.model import Catalogue, City, GoodPractice
from bufgraph.model.terms import concept_term, country_term, place_names

_NAMED: Final = 5
"""Most cities that run a practice are named in a fact."""
GAPS: Final = (
    phrase("needs: no need of the city is known"),
    phrase("structure: the city's population is not known"),
    phrase("structure: whether the city lies on the coast is not known"),
    phrase("nearness: the city's position is not known"),
    phrase("networks: the city's membership is not known"),
    phrase("text: no practice of the city is known"),
    phrase("structure, nearness, networks: no city that runs it is known"),
)
"""What may not be known of a pair, in words."""


@dataclass(frozen=True, slots=True)
class Ground:
    """What the facts rest on.

    Attributes:
        runners: IRIs of the cities that run the practice.
        own: Number of practices that the city runs; ``common``: of them, those that a city that runs the practice runs too.
        nearest: IRI of the city's own practice that is nearest in meaning; None when it runs none.
    """

    runners: Sequence[str]
    own: int
    common: int
    nearest: str | None


def adopter_facts(
    catalogue: Catalogue, practice: GoodPractice, city: City, ground: Ground
) -> dict[str, Phrase]:
    """Return a sentence for each part of the score."""
    where = _where(catalogue, ground.runners)
    return {
        "needs": _needs(catalogue, practice, city),
        "structure": phrase(
            "residents: {n:,}; the practice runs in {places}", n=city.population, places=where
        )
        if city.population
        else phrase("residents: not known; the practice runs in {places}", places=where),
        "nearness": phrase(
            "lies in {country}; the practice runs in {places}",
            country=country_term(city.country_code),
            places=where,
        ),
        "networks": phrase("practices in common with the cities that run this one: {n}", n=ground.common),
        "activity": phrase("practices recorded in it: {n}", n=ground.own),
        "spread": counted(
            "the practice is recorded in {n} city",
            "the practice is recorded in {n} cities",
            len(ground.runners),
        ),
        "text": phrase(
            "the nearest practice that it runs: {practice}",
            practice=catalogue.practices[ground.nearest].title,
        )
        if ground.nearest is not None
        else phrase("it runs no known practice"),
    }


def _needs(catalogue: Catalogue, practice: GoodPractice, city: City) -> Phrase:
    needs = {need.concern for need in catalogue.needs_by_city.get(city.id, ())}
    shared = [concept_term(catalogue, iri) for iri in practice.challenge if iri in needs]
    if not shared:
        return phrase("none of its known needs is the practice's own")
    return phrase("works on: {challenges}", challenges=Listing(shared, "semicolon"))


def _where(catalogue: Catalogue, runners: Sequence[str]) -> str:
    """Return the names of the first cities that run a practice."""
    if not runners:
        return phrase("no known city")
    names = place_names(catalogue, runners[:_NAMED], "comma")
    return phrase("{places} and others", places=names) if len(runners) > _NAMED else names
