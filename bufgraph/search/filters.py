"""Exact conditions on records, and what they could be narrowed by next."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

from bufgraph.errors import InvalidInputError
from bufgraph.localisation.phrases import Listing, phrase
from bufgraph.model import Catalogue
from bufgraph.model.geography import SIZES, size_class
from bufgraph.namespaces import concept, slug
from bufgraph.search.query import Filters

LANGUAGES_OF: Final[Mapping[str, tuple[str, ...]]] = {
    "AT": ("de",), "BE": ("nl", "fr", "de"), "DE": ("de",), "DK": ("da",), "EE": ("et",), "FI": ("fi", "sv"), "IS": ("is",),
    "JP": ("ja",), "LT": ("lt",), "LV": ("lv",), "NO": ("nb",), "PL": ("pl",), "RU": ("ru",), "SE": ("sv",),
}  # fmt: skip
"""Official languages by country, ISO 639-1, from the constitutions and language acts: what a colleague there speaks."""


@dataclass(frozen=True, slots=True)
class Traits:
    """What a record can be filtered by. A trait that is not known is an empty set.

    Attributes:
        domains: Slugs of domains and subdomains.
        level: Evidence level of a practice; -1 for other records.
        sizes: Classes of :data:`bufgraph.model.geography.SIZES`.
        years: First and last year of any adoption.
        costs: Known costs of adoptions, in euro.
        languages: Languages spoken where it is.
    """

    countries: frozenset[str] = frozenset()
    domains: frozenset[str] = frozenset()
    challenges: frozenset[str] = frozenset()
    outcomes: frozenset[str] = frozenset()
    level: int = -1
    sizes: frozenset[str] = frozenset()
    years: tuple[int, int] | None = None
    costs: tuple[float, ...] = ()
    languages: frozenset[str] = frozenset()

    def meet(self, filters: Filters) -> bool:
        """Tell whether all given conditions hold. What a record does not tell fails a condition on it."""
        return (
            (filters.country is None or filters.country in self.countries)
            and (filters.domain is None or filters.domain in self.domains)
            and (filters.challenge is None or filters.challenge in self.challenges)
            and (filters.outcome is None or filters.outcome in self.outcomes)
            and (filters.min_level is None or self.level >= filters.min_level)
            and (filters.size is None or filters.size in self.sizes)
            and (filters.language is None or filters.language in self.languages)
            and self._in_years(filters.since, filters.until)
            and self._in_costs(filters.cost_from, filters.cost_to)
        )

    def _in_years(self, since: int | None, until: int | None) -> bool:
        if since is None and until is None:
            return True
        return self.years is not None and self.years[1] >= (since or 0) and self.years[0] <= (until or 9999)

    def _in_costs(self, least: float | None, most: float | None) -> bool:
        if least is None and most is None:
            return True
        high = float("inf") if most is None else most
        return any((least or 0.0) <= cost <= high for cost in self.costs)


class TraitTable:
    """The traits of every searchable record of a catalogue."""

    def __init__(self, catalogue: Catalogue, levels: Mapping[str, int]) -> None:
        self._catalogue = catalogue
        self._levels = levels

    @cached_property
    def traits(self) -> Mapping[str, Traits]:
        """Traits by IRI."""
        catalogue = self._catalogue
        records = (
            *catalogue.practices,
            *catalogue.cities,
            *catalogue.experts,
            *(c.id for c in catalogue.challenges),
        )
        return {iri: self._of(iri) for iri in records}

    def keeps(self, iri: str, filters: Filters) -> bool:
        """Tell whether a record passes filters. A condition that its kind cannot meet drops it."""
        return self.traits[iri].meet(filters)

    def _of(self, iri: str) -> Traits:
        catalogue = self._catalogue
        challenges = self._challenges(iri)
        adoptions = catalogue.adoptions_by_practice.get(iri, ())
        cities = [catalogue.cities[a.place] for a in adoptions if a.place in catalogue.cities]
        if iri in catalogue.cities:
            cities = [catalogue.cities[iri]]
        countries = self._countries(iri)
        years = [year for a in adoptions for year in (a.start_year, a.end_year) if year is not None]
        return Traits(
            countries=frozenset(countries),
            domains=frozenset(slug(found) for found in self._domains(iri, challenges)),
            challenges=frozenset(slug(found) for found in challenges),
            outcomes=frozenset(slug(a.outcome) for a in adoptions),
            level=self._levels.get(iri, -1),
            sizes=frozenset(name for city in cities if (name := size_class(city.population)) is not None),
            years=(min(years), max(years)) if years else None,
            costs=tuple(a.cost for a in adoptions if a.cost is not None and a.currency == "EUR"),
            languages=frozenset(lang for country in countries for lang in LANGUAGES_OF.get(country, ())),
        )

    def _countries(self, iri: str) -> set[str]:
        catalogue = self._catalogue
        if iri in catalogue.practices:
            places = (catalogue.place(a.place) for a in catalogue.adoptions_by_practice.get(iri, ()))
            return {code for place in places if place is not None for code in place.country_code.split("|")}
        if (city := catalogue.cities.get(iri)) is not None:
            return {city.country_code}
        expert = catalogue.experts.get(iri)
        return {expert.country_code} if expert is not None and expert.country_code else set()

    def _challenges(self, iri: str) -> set[str]:
        catalogue = self._catalogue
        if (practice := catalogue.practices.get(iri)) is not None:
            return set(practice.challenge)
        if (expert := catalogue.experts.get(iri)) is not None:
            related = (catalogue.practices.get(p) for p in expert.related_practice)
            return {c for practice in related if practice is not None for c in practice.challenge}
        if iri in catalogue.cities:
            return {need.concern for need in catalogue.needs_by_city.get(iri, ())}
        return {iri}

    def _domains(self, iri: str, challenges: Iterable[str]) -> set[str]:
        catalogue = self._catalogue
        direct = {above for c in challenges for above in catalogue.ancestors(c)}
        if (practice := catalogue.practices.get(iri)) is not None:
            direct |= set(practice.subdomain)
        if (expert := catalogue.experts.get(iri)) is not None:
            direct |= set(expert.expertise)
        return direct | {above for found in direct for above in catalogue.ancestors(found)}


def facets(
    scored: Mapping[str, float], traits: Mapping[str, Traits], filters: Filters
) -> dict[str, list[tuple[str, int]]]:
    """Return for each filter the values that it could take and how many records each would leave.

    A filter's own condition is lifted while its values are counted, so that a choice can be changed; all other
    conditions hold.

    Args:
        scored: Relevant records, filtered by nothing.
    """
    counted: dict[str, list[tuple[str, int]]] = {}
    for name, values in _FACETS.items():
        others = replace(filters, **{name: None})
        counts: dict[str, int] = {}
        for iri in scored:
            if traits[iri].meet(others):
                for value in values(traits[iri]):
                    counts[value] = counts.get(value, 0) + 1
        counted[name] = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return counted


_FACETS: Final[Mapping[str, Callable[[Traits], Iterable[str]]]] = {
    "country": lambda t: t.countries,
    "domain": lambda t: t.domains,
    "outcome": lambda t: t.outcomes,
    # A least level of 2 keeps levels 2 and above.
    "min_level": lambda t: (str(level) for level in range(1, t.level + 1)),
    "size": lambda t: t.sizes,
    "language": lambda t: t.languages,
}


def check(filters: Filters, catalogue: Catalogue) -> None:
    """Check that every value exists.

    Raises:
        InvalidInputError: An unknown value; the message lists the known ones.
    """
    if filters.country is not None:
        countries = sorted({city.country_code for city in catalogue.cities.values()})
        _one_of("country", filters.country, countries)
    for scheme in ("domain", "challenge", "outcome"):
        value = getattr(filters, scheme)
        if value is not None:
            _one_of(scheme, value, _slugs(catalogue, scheme))
    if filters.min_level is not None and not 0 <= filters.min_level <= 5:
        raise InvalidInputError(f"min_level is {filters.min_level}; expected 0 to 5", field="min_level")
    if filters.size is not None:
        _one_of("size", filters.size, list(SIZES))
    if filters.language is not None:
        _one_of(
            "language", filters.language, sorted({lang for langs in LANGUAGES_OF.values() for lang in langs})
        )
    _in_order("since", filters.since, "until", filters.until)
    _in_order("cost_from", filters.cost_from, "cost_to", filters.cost_to)


def _slugs(catalogue: Catalogue, scheme: str) -> list[str]:
    return sorted(
        slug(iri) for iri, c in catalogue.concepts.items() if c.scheme == concept(scheme, "").rstrip("/")
    )


def _one_of(field: str, value: str, known: list[str]) -> None:
    if value not in known:
        raise InvalidInputError(
            phrase(
                "unknown {field} '{value}'; choose from {known}",
                field=field,
                value=value,
                known=Listing(known),
            ),
            field=field,
            known=known,
        )


def _in_order(low: str, least: float | None, high: str, most: float | None) -> None:
    for name, value in ((low, least), (high, most)):
        if value is not None and not 0 <= value < float("inf"):
            raise InvalidInputError(
                phrase("{field} is {value}; expected a number from 0 up", field=name, value=value), field=name
            )
    if least is not None and most is not None and least > most:
        raise InvalidInputError(
            phrase(
                "{low} is {least:g} and {high} is {most:g}; the first must not be larger",
                low=low,
                least=least,
                high=high,
                most=most,
            ),
            field=low,
        )
