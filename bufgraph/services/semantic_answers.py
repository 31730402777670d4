"""The search and the city similarity of an open build, for the built-in services of SPARQL."""

from collections.abc import Callable

from bufgraph.errors import NotFoundError
from bufgraph.search.query import Corrections, SearchQuery
from bufgraph.services.answers import AnswerService, is_unread
from bufgraph.services.composition import Build
from bufgraph.services.semantic_sparql import Scored, SemanticServices, expand
from bufgraph.text.passages import RecordType

_LEAST = 1e-9
"""Share of the best score from which on a record counts as found: all that the search considers."""


def expander(build: Build) -> Callable[[str], str]:
    """Return what answers the built-in services of a query; the build is loaded with the first query that has one."""
    services = semantic_services(build)
    return lambda text: expand(text, services)


def semantic_services(build: Build) -> SemanticServices:
    """Return the services of a build."""
    answers = _Answers(build)
    return SemanticServices(
        search=answers.search,
        similar=answers.similar,
        sharing=answers.sharing,
        base_iri=build.settings.base_iri,
        max_text_chars=build.settings.query_max_chars,
    )


class _Answers:
    def __init__(self, build: Build) -> None:
        self._build = build
        self._service = AnswerService(build)

    def search(self, text: str, kind: RecordType, limit: int, lang: str | None) -> Scored:
        """Return the records nearest to a text; none for a text that could not be read."""
        query = SearchQuery(text, (kind,), corrections=Corrections(lang=lang))
        query = query.checked(self._build.settings.query_max_chars)
        understanding = self._build.reader.read(query.text, query.corrections)
        if is_unread(understanding):
            return []
        # A hit list ends at a hundred; the scores do not.
        _, found = self._build.hybrid.search_with_near(query, understanding, share=_LEAST)
        return sorted(found.items(), key=lambda pair: (-round(pair[1], 9), pair[0]))[:limit]

    def similar(self, city: str, preset: str, limit: int) -> Scored:
        """Return the cities most similar to one."""
        known = self._build.catalogue.cities
        if city not in known:
            raise NotFoundError(f"<{city}> is no city of this graph", city=city)
        found = self._build.similarity.similar(known[city], preset=preset, limit=limit)
        return [(other.city, other.score) for other in found]

    def sharing(self, problem: str, limit: int) -> Scored:
        """Return the cities that have, or had, a challenge or the known needs of a city; none where no need is known.

        Raises:
            NotFoundError: It is neither.
            InvalidInputError: More than a hundred are asked for.
        """
        catalogue = self._build.catalogue
        if (city := catalogue.cities.get(problem)) is not None:
            if not catalogue.needs_by_city.get(city.id):
                return []
            answer = self._service.cities_with_similar_problems(city=city.slug, limit=limit)
        elif (concept := catalogue.concepts.get(problem)) in catalogue.challenges and concept is not None:
            answer = self._service.cities_with_similar_problems(challenge=concept.slug, limit=limit)
        else:
            raise NotFoundError(
                f"<{problem}> is neither a challenge nor a city of this graph", problem=problem
            )
        return [(found.city, found.score) for found in answer.cities]
