"""Questions about one city, about several, or about a city and a practice."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from bufgraph.benchmarking.indexes import IndexDefinition
from bufgraph.benchmarking.profile import CityProfile
from bufgraph.errors import InvalidInputError
from bufgraph.localisation.phrases import counted
from bufgraph.matching.cities import CityFilters, SimilarCity
from bufgraph.matching.transfer import FitVerdict, checked_answers, judge
from bufgraph.model import Catalogue, City
from bufgraph.search import filters as filter_checks
from bufgraph.search.query import Filters, check_limit
from bufgraph.services.composition import Build

MAX_COMPARED = 4
PEERS = 20
"""Cities whose median a profile is compared with, the most similar by structure, when the caller names none."""


@dataclass(frozen=True)
class Profile:
    """A city's profile by one index, with the cities that it is compared with."""

    city: City
    index: IndexDefinition
    profile: CityProfile
    peers: Sequence[str]


@dataclass(frozen=True)
class Comparison:
    """Two to four cities side by side.

    Attributes:
        profiles: By one index, each compared with the other cities of the comparison.
        pairs: Similarity of each pair, first city first.
        shared_needs: IRIs of the challenges that all of them work on.
    """

    cities: Sequence[City]
    index: IndexDefinition
    profiles: Sequence[CityProfile]
    pairs: Sequence[tuple[City, SimilarCity]]
    shared_needs: Sequence[str]


class CityService:
    """Answers from one opened build."""

    def __init__(self, build: Build) -> None:
        self.build = build

    @property
    def catalogue(self) -> Catalogue:
        """All records of the build."""
        return self.build.catalogue

    def similar(
        self,
        slug: str,
        *,
        preset: str = "balanced",
        weights: Mapping[str, float] | None = None,
        filters: CityFilters | None = None,
        limit: int = 10,
    ) -> tuple[City, list[SimilarCity]]:
        """Return a city and the cities most similar to it.

        Args:
            weights: Part → weight, in place of those of the preset.

        Raises:
            NotFoundError: Unknown city.
            InvalidInputError: Unknown preset, part or country, a weight that is none, limit out of range.
        """
        city = self.catalogue.city(slug)
        check_limit(limit)
        country = ((filters.country if filters else None) or "own").removeprefix("!")
        if country != "own":
            filter_checks.check(Filters(country=country), self.catalogue)
        found = self.build.similarity.similar(
            city, preset=preset, weights=weights, filters=filters, limit=limit
        )
        return city, found

    def profile(
        self, slug: str, *, index: str = "practice-activity", peers: Sequence[str] | None = None
    ) -> Profile:
        """Return a city's profile: scores, rank intervals, strengths and weaknesses, what it could teach.

        Args:
            peers: Slugs of the cities to compare with, the city itself aside; the 20 most similar by structure when None.

        Raises:
            NotFoundError: Unknown city or peer.
            InvalidInputError: Unknown index.
        """
        city = self.catalogue.city(slug)
        profiles = self.build.profiles(index)
        if peers is None:
            nearest = self.build.similarity.similar(city, preset="structure", limit=PEERS)
            chosen = [found.city for found in nearest]
        else:
            named = dict.fromkeys(self.catalogue.city(peer).id for peer in peers)
            chosen = [iri for iri in named if iri != city.id]
        return Profile(city, profiles.index, profiles.city_profile(city, chosen), chosen)

    def compare(self, slugs: Sequence[str], *, index: str = "practice-activity") -> Comparison:
        """Return two to four cities side by side.

        Raises:
            NotFoundError: Unknown city.
            InvalidInputError: Fewer than two or more than four different cities; unknown index.
        """
        wanted = list(dict.fromkeys(slugs))
        if not 2 <= len(wanted) <= MAX_COMPARED:
            raise InvalidInputError(
                counted(
                    "{n} city is named; name two to {most} different ones",
                    "{n} different cities are named; name two to {most}",
                    len(wanted),
                    most=MAX_COMPARED,
                ),
                field="city",
            )
        cities = [self.catalogue.city(name) for name in wanted]
        profiles = self.build.profiles(index)
        ids = [city.id for city in cities]
        needs = [{n.concern for n in self.catalogue.needs_by_city.get(iri, ())} for iri in ids]
        return Comparison(
            cities,
            profiles.index,
            [profiles.city_profile(city, [iri for iri in ids if iri != city.id]) for city in cities],
            [
                (one, self.build.similarity.compare(one, other, preset="balanced"))
                for n, one in enumerate(cities)
                for other in cities[n + 1 :]
            ],
            sorted(set.intersection(*needs)),
        )

    def fit(self, practice: str, city: str, answers: Mapping[str, bool] | None = None) -> FitVerdict:
        """Return whether a practice would work in a city.

        Args:
            answers: What the city says of itself, by slug of a context factor.

        Raises:
            NotFoundError: Unknown practice or city.
            InvalidInputError: Unknown context factor.
        """
        return judge(
            self.catalogue.practice(practice),
            self.catalogue.city(city),
            self.catalogue,
            answers=checked_answers(answers or {}, self.catalogue),
        )
