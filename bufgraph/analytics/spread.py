"""How practices spread: where each began, who took it over, when, how far away and how it went there.

Taken over are the adoptions that follow another one (relations ``replicated`` and ``joined``). A ``parallel`` adoption was
done independently, as the scheme ``transfer-relation`` defines it: it is listed apart and never counts as spread.
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Final

from bufgraph.localisation.phrases import Phrase, message, phrase
from bufgraph.model import Adoption, Catalogue, City, GoodPractice
from bufgraph.model.geography import distance_km
from bufgraph.model.terms import place_names
from bufgraph.namespaces import concept, slug

_PARALLEL: Final = concept("transfer-relation", "parallel")


@dataclass(frozen=True, slots=True)
class Uptake:
    """A practice taken over in one place.

    Attributes:
        place: A city; a region only when it names no member cities.
        sources: Places that it came from: that of the adoption in ``replicated_from``, else the practice's origin; a
            region stands for its member cities.
        year: Start year; ``lag_years``: years since the practice began at its origin, negative when the place says
            that it started before.
        distance_km: To the nearest source.
        across_borders: Whether no source lies in the same country; None when a country is not known.
    """

    adoption: str
    practice: str
    place: str
    sources: tuple[str, ...]
    relation: str
    outcome: str
    year: int | None
    lag_years: int | None
    distance_km: float | None
    across_borders: bool | None


@dataclass(frozen=True, slots=True)
class SpreadFigures:
    """Figures over a set of uptakes; each share and median is over those for which it is known, None when for none.

    Attributes:
        places: Distinct places that took something over; ``countries``: distinct countries of theirs.
        relations: Uptakes by relation (slug), so that partners of one project are told from replications.
        lags: Uptakes that ``median_lag_years`` rests on; ``distances`` and ``borders`` likewise.
    """

    uptakes: int
    places: int
    countries: int
    relations: Mapping[str, int]
    share_known_years: float | None
    median_lag_years: float | None
    lags: int
    median_distance_km: float | None
    distances: int
    share_across_borders: float | None
    borders: int


@dataclass(frozen=True, slots=True)
class Spread:
    """The spread of one practice.

    Attributes:
        origin: IRI of the place where it began; ``first_year``: its start year there.
        uptakes: By year, unknown years last, then by place.
        parallel: Places that did the same with no known transfer.
    """

    practice: str
    origin: str
    first_year: int | None
    uptakes: tuple[Uptake, ...]
    parallel: tuple[str, ...]
    figures: SpreadFigures
    unknown: tuple[str, ...]


def member_places(catalogue: Catalogue, place: str) -> tuple[str, ...]:
    """Return the member cities of a region that names some, else the place itself."""
    region = catalogue.regions.get(place)
    return region.has_member if region is not None and region.has_member else (place,)


def uptakes(catalogue: Catalogue, practice: GoodPractice) -> tuple[Uptake, ...]:
    """Return who took a practice over: by year, unknown years last, then by place.

    ``replicated_from`` is followed one step only, so cycles in it do no harm; an adoption that names itself or an unknown one
    came from the origin. A place never takes over from itself, nor the place of origin its own practice (a second phase).
    """
    began = first_year(catalogue, practice)
    home = {practice.origin, *member_places(catalogue, practice.origin)}
    found: list[Uptake] = []
    for adoption in catalogue.adoptions_by_practice.get(practice.id, ()):
        if adoption.is_origin or adoption.relation == _PARALLEL:
            continue
        sources = _sources(catalogue, adoption, practice)
        found.extend(
            _uptake(catalogue, adoption, place, sources, began)
            for place in member_places(catalogue, adoption.place)
            if place not in home and place not in sources
        )
    return tuple(sorted(found, key=lambda u: (u.year is None, u.year or 0, u.place, u.adoption)))


def first_year(catalogue: Catalogue, practice: GoodPractice) -> int | None:
    """Return the year in which a practice began at its origin, or None when no record says it."""
    adoptions = catalogue.adoptions_by_practice.get(practice.id, ())
    return min((a.start_year for a in adoptions if a.is_origin and a.start_year is not None), default=None)


def spread(catalogue: Catalogue, practice: GoodPractice) -> Spread:
    """Return how one practice spread."""
    found = uptakes(catalogue, practice)
    began = first_year(catalogue, practice)
    parallel = {
        place
        for a in catalogue.adoptions_by_practice.get(practice.id, ())
        if a.relation == _PARALLEL
        for place in member_places(catalogue, a.place)
    }
    return Spread(
        practice.id,
        practice.origin,
        began,
        found,
        tuple(sorted(parallel)),
        _figures(catalogue, found),
        tuple(_unknown(catalogue, found, began)),
    )


def most_spread(catalogue: Catalogue, limit: int = 10) -> list[Spread]:
    """Return the practices taken over in most places, then in most countries, then by IRI; those never taken over are left out."""
    taken = [s for p in catalogue.practices.values() if (s := spread(catalogue, p)).uptakes]
    taken.sort(key=lambda s: (-s.figures.places, -s.figures.countries, s.practice))
    return taken[:limit]


def spread_figures(catalogue: Catalogue) -> SpreadFigures:
    """Return the figures over all practices."""
    return _figures(catalogue, [u for p in catalogue.practices.values() for u in uptakes(catalogue, p)])


def _sources(catalogue: Catalogue, adoption: Adoption, practice: GoodPractice) -> tuple[str, ...]:
    source = catalogue.adoptions.get(adoption.replicated_from) if adoption.replicated_from else None
    if source is None or source.id == adoption.id:
        return member_places(catalogue, practice.origin)
    return member_places(catalogue, source.place)


def _uptake(
    catalogue: Catalogue, adoption: Adoption, place: str, sources: tuple[str, ...], began: int | None
) -> Uptake:
    year = adoption.start_year
    return Uptake(
        adoption.id,
        adoption.practice,
        place,
        sources,
        adoption.relation,
        adoption.outcome,
        year,
        year - began if year is not None and began is not None else None,
        _distance(catalogue, place, sources),
        _across_borders(catalogue, place, sources),
    )


def _distance(catalogue: Catalogue, place: str, sources: Iterable[str]) -> float | None:
    city = catalogue.cities.get(place)
    if city is None:
        return None
    others: list[City] = [catalogue.cities[iri] for iri in sources if iri in catalogue.cities]
    return min((km for other in others if (km := distance_km(city, other)) is not None), default=None)


def _across_borders(catalogue: Catalogue, place: str, sources: Iterable[str]) -> bool | None:
    here = _countries(catalogue, (place,))
    there = _countries(catalogue, sources)
    return here.isdisjoint(there) if here and there else None


def _countries(catalogue: Catalogue, places: Iterable[str]) -> set[str]:
    known = (catalogue.place(iri) for iri in places)
    return {code for place in known if place is not None for code in place.country_code.split("|")}


def _figures(catalogue: Catalogue, found: Collection[Uptake]) -> SpreadFigures:
    places = {u.place for u in found}
    lags = [u.lag_years for u in found if u.lag_years is not None]
    distances = [u.distance_km for u in found if u.distance_km is not None]
    borders = [u.across_borders for u in found if u.across_borders is not None]
    return SpreadFigures(
        uptakes=len(found),
        places=len(places),
        countries=len(_countries(catalogue, places)),
        relations=dict(sorted(Counter(slug(u.relation) for u in found).items())),
        share_known_years=_share([u.year is not None for u in found]),
        median_lag_years=float(median(lags)) if lags else None,
        lags=len(lags),
        median_distance_km=float(median(distances)) if distances else None,
        distances=len(distances),
        share_across_borders=_share(borders),
        borders=len(borders),
    )


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None


def _unknown(catalogue: Catalogue, found: Iterable[Uptake], began: int | None) -> Iterable[str]:
    if began is None:
        yield phrase("the year in which it began is not known, so no lag is given")
    for text, places in (
        (message("the start year is not known for {places}"), [u.place for u in found if u.year is None]),
        (
            message("the distance is not known for {places}"),
            [u.place for u in found if u.distance_km is None],
        ),
        (
            message("the outcome is not known for {places}"),
            [u.place for u in found if slug(u.outcome) == "unknown"],
        ),
    ):
        if places:
            yield Phrase(text, {"places": place_names(catalogue, places, "comma")})
