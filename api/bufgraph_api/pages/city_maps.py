"""What the maps of pages show: the places of a practice, the cities with a problem, the cities like one."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from bufgraph.localisation.phrases import Listing, Phrase, counted, phrase
from bufgraph.model import Adoption, City
from bufgraph.namespaces import slug
from bufgraph.services.presentation import Presenter
from bufgraph_api.pages.place_map import MapPlace, MapView, Sign, map_of, sign_of
from bufgraph_api.pages.words import OUTCOMES, RELATIONS

Json = Mapping[str, Any]  # Any: JSON
_MOST_LIKE: Final = 12
"""Cities like one that a map still shows one by one."""


def practice_map(present: Presenter, practice: str) -> MapView | None:
    """Return the map of the places in which a practice was applied.

    Args:
        practice: Its IRI.
    """
    by_city: dict[str, list[Adoption]] = {}
    for adoption in present.catalogue.adoptions_by_practice.get(practice, ()):
        region = present.catalogue.regions.get(adoption.place)
        for iri in region.has_member if region else (adoption.place,):
            by_city.setdefault(iri, []).append(adoption)
    places = [
        city_place(
            present,
            city,
            [slug(a.outcome) for a in adoptions],
            Listing([_attempt(a) for a in adoptions], "semicolon"),
        )
        for iri, adoptions in by_city.items()
        if (city := present.catalogue.cities.get(iri)) is not None
    ]
    return map_of(places)


def problem_map(present: Presenter, cities: Iterable[Json], asking: str | None = None) -> MapView | None:
    """Return the map of cities with a problem.

    Args:
        cities: As :meth:`Presenter.city_with_problem` gives them.
        asking: IRI of the city that asks.
    """
    places = []
    for found in cities:
        outcomes = [attempt["outcome"] for attempt in found.get("tried", ())]
        places.append(city_place(present, present.catalogue.cities[found["id"]], outcomes, tried(outcomes)))
    return map_of([*_here(present, asking), *places])


def similar_map(present: Presenter, city: str, similar: Sequence[Json]) -> MapView | None:
    """Return the map of a city and those like it.

    Args:
        city: IRI of the city.
        similar: As :meth:`Presenter.similar_city` gives them.
    """
    places = []
    for found in similar[:_MOST_LIKE]:
        other = present.catalogue.cities[found["id"]]
        outcomes = [slug(a.outcome) for a in present.catalogue.adoptions_by_place.get(other.id, ())]
        said = phrase("likeness {share:.0%}; {tried}", share=found["score"], tried=tried(outcomes))
        places.append(city_place(present, other, outcomes, said))
    return map_of([*_here(present, city), *places])


def city_place(
    present: Presenter, city: City, outcomes: Sequence[str], said: str, weight: int | None = None
) -> MapPlace:
    """Return what a map shows of a city, with the sign for how its attempts came out."""
    return _place(present, city, sign_of(outcomes), said, weight)


def tried(outcomes: Sequence[str]) -> Phrase:
    """Tell how many practices are recorded in a place and how they came out."""
    if not outcomes:
        return phrase("nothing recorded yet")
    number = counted("{n} practice recorded", "{n} practices recorded", len(outcomes))
    counts = Counter(outcomes)
    parts = [
        phrase("{outcome}: {n}", outcome=words, n=counts[name])
        for name, (_, words) in OUTCOMES.items()
        if counts[name]
    ]
    return phrase("{number} ({outcomes})", number=number, outcomes=Listing(parts, "comma"))


def _place(present: Presenter, city: City, sign: Sign, said: str, weight: int | None = None) -> MapPlace:
    position = None if city.longitude is None or city.latitude is None else (city.longitude, city.latitude)
    return MapPlace(
        present.label(city.id), f"/city/{city.slug}", city.country_code, position, sign, weight, said
    )


def _here(present: Presenter, iri: str | None) -> list[MapPlace]:
    city = present.catalogue.cities.get(iri or "")
    return [_place(present, city, "here", phrase("the city asked about"))] if city else []


def _attempt(adoption: Adoption) -> Phrase:
    relation, (_, outcome) = RELATIONS[slug(adoption.relation)], OUTCOMES[slug(adoption.outcome)]
    if adoption.start_year is None:
        return phrase("{relation}, year not known: {outcome}", relation=relation, outcome=outcome)
    return phrase(
        "{relation}, {year}: {outcome}", relation=relation, year=adoption.start_year, outcome=outcome
    )
