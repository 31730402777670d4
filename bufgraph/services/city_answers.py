"""Questions about one city, or about a city and a practice."""

from collections.abc import Mapping

from bufgraph.matching.cities import CityFilters, SimilarCity
from bufgraph.matching.transfer import FitVerdict, checked_answers, judge
from bufgraph.model import Catalogue, City
from bufgraph.search import filters as filter_checks
from bufgraph.search.query import Filters, check_limit
from bufgraph.services.composition import Build


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
