"""Exact conditions on records."""

from collections.abc import Callable, Mapping

from bufgraph.errors import InvalidInputError
from bufgraph.model import Catalogue
from bufgraph.namespaces import concept, slug
from bufgraph.search.query import Filters


def check(filters: Filters, catalogue: Catalogue) -> None:
    """Check that every value exists.

    Raises:
        InvalidInputError: An unknown value; the message lists the known ones or points to them.
    """
    if filters.country is not None:
        countries = sorted({city.country_code for city in catalogue.cities.values()})
        _one_of("country", filters.country, countries)
    if filters.domain is not None:
        _one_of("domain", filters.domain, _slugs(catalogue, "domain"))
    if filters.challenge is not None:
        _one_of("challenge", filters.challenge, _slugs(catalogue, "challenge"))
    if filters.outcome is not None:
        _one_of("outcome", filters.outcome, _slugs(catalogue, "outcome"))
    if filters.min_level is not None and not 0 <= filters.min_level <= 5:
        raise InvalidInputError(f"min_level is {filters.min_level}; expected 0 to 5", field="min_level")


def _slugs(catalogue: Catalogue, scheme: str) -> list[str]:
    ending = f"/{scheme}"
    return sorted(slug(iri) for iri, c in catalogue.concepts.items() if c.scheme.endswith(ending))


def _one_of(field: str, value: str, known: list[str]) -> None:
    if value not in known:
        raise InvalidInputError(
            f"unknown {field} '{value}'; choose from {', '.join(known)}", field=field, known=known
        )


def keeper(catalogue: Catalogue, levels: Mapping[str, int]) -> Callable[[str, Filters], bool]:
    """Return the test whether a record passes filters.

    A condition that a kind of record cannot meet (an outcome of a city) drops the record.

    Args:
        levels: Evidence level of each practice.
    """

    def keeps(iri: str, filters: Filters) -> bool:
        return (
            (filters.country is None or filters.country in _countries(iri, catalogue))
            and (filters.domain is None or concept("domain", filters.domain) in _domains(iri, catalogue))
            and (
                filters.challenge is None
                or concept("challenge", filters.challenge) in _challenges(iri, catalogue)
            )
            and (filters.outcome is None or concept("outcome", filters.outcome) in _outcomes(iri, catalogue))
            and (filters.min_level is None or levels.get(iri, -1) >= filters.min_level)
        )

    return keeps


def _countries(iri: str, catalogue: Catalogue) -> set[str]:
    if iri in catalogue.practices:
        places = (catalogue.place(a.place) for a in catalogue.adoptions_by_practice.get(iri, ()))
        return {code for place in places if place is not None for code in place.country_code.split("|")}
    if (city := catalogue.cities.get(iri)) is not None:
        return {city.country_code}
    expert = catalogue.experts.get(iri)
    return {expert.country_code} if expert is not None and expert.country_code else set()


def _challenges(iri: str, catalogue: Catalogue) -> set[str]:
    if (practice := catalogue.practices.get(iri)) is not None:
        return set(practice.challenge)
    if (expert := catalogue.experts.get(iri)) is not None:
        related = (catalogue.practices.get(p) for p in expert.related_practice)
        return {c for practice in related if practice is not None for c in practice.challenge}
    if iri in catalogue.cities:
        return {need.concern for need in catalogue.needs_by_city.get(iri, ())}
    return {iri}


def _domains(iri: str, catalogue: Catalogue) -> set[str]:
    direct = {above for c in _challenges(iri, catalogue) for above in catalogue.ancestors(c)}
    if (practice := catalogue.practices.get(iri)) is not None:
        direct |= set(practice.subdomain)
    if (expert := catalogue.experts.get(iri)) is not None:
        direct |= set(expert.expertise)
    return direct | {above for iri_ in direct for above in catalogue.ancestors(iri_)}


def _outcomes(iri: str, catalogue: Catalogue) -> set[str]:
    return {a.outcome for a in catalogue.adoptions_by_practice.get(iri, ())}
