"""The questions that bufgraph answers, one method each. Every front end asks here."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property

from bufgraph.errors import InvalidInputError, NotFoundError
from bufgraph.localisation.phrases import Listing, phrase
from bufgraph.matching.experts import ExpertMatch, rank_experts
from bufgraph.matching.likeness import LikePractice
from bufgraph.matching.problems import CityWithProblem, cities_with_problem
from bufgraph.matching.solutions import WARNING_OUTCOMES, Solution, rank_solutions
from bufgraph.matching.transfer import checked_answers
from bufgraph.model import Catalogue, City, Concept, GoodPractice
from bufgraph.model.terms import place_term
from bufgraph.search import filters as filter_checks
from bufgraph.search.explain import Explanation, explain
from bufgraph.search.filters import facets
from bufgraph.search.query import MAX_LIMIT, Corrections, Filters, Hit, SearchQuery, check_limit
from bufgraph.search.understanding import Understanding
from bufgraph.services.composition import Build
from bufgraph.text.normalise import fold

WEAK_SCORE, WEAK_FOREIGN_SCORE = 0.25, 0.18
"""Below these best scores (of a text in English, in another language) front ends say that nothing comes close instead of
pretending. On the dev side one of 75 answerable needs in English (glosses included) and 4 % of 69 in other languages stay below,
and one in eight of those without an answer: a need that the data nearly answer cannot be told from one that they do by its score."""
WEAK_KNOWN = 0.35
"""Least share of words that must be readable. All 110 texts of the dev side pass it (the least readable has 0.64), of 60 made of random letters 2."""
CLOSE_SHARE = 0.5
"""Practices less than half as relevant as the best one answer another problem and are left out."""
NONE = Corrections()
_POOL = 60
"""Practices considered before evidence and fit re-rank them."""


@dataclass(frozen=True)
class SearchAnswer:
    """Records found for a text.

    Attributes:
        understood: How the text was understood.
        explanations: Reasons of each hit, in the order of ``hits``.
        facets: Filter → values that it could take, with the number of relevant records that each would leave.
        kinds: Practice → better practice of the same kind among the hits; see :meth:`PracticeLikeness.leaders`.
        weak: True when nothing comes close; see :func:`is_weak`.
    """

    understood: Understanding
    hits: Sequence[Hit]
    explanations: Sequence[Explanation]
    facets: Mapping[str, Sequence[tuple[str, int]]]
    kinds: Mapping[str, str]
    weak: bool


@dataclass(frozen=True)
class ProblemAnswer:
    """Cities with a similar problem."""

    understood: Understanding
    cities: Sequence[CityWithProblem]
    weak: bool


@dataclass(frozen=True)
class SolutionAnswer:
    """Proven solutions.

    Attributes:
        solutions: Best first.
        kinds: Practice → better practice of the same kind among the solutions.
        warnings: Of the same practices and further relevant ones, those that failed, stalled or came out
            mixed somewhere, most relevant first; read them before choosing.
    """

    understood: Understanding
    solutions: Sequence[Solution]
    kinds: Mapping[str, str]
    warnings: Sequence[Solution]
    city: City | None
    weak: bool


@dataclass(frozen=True)
class ExpertAnswer:
    """Organisations that know the subject."""

    understood: Understanding
    experts: Sequence[ExpertMatch]
    weak: bool


class AnswerService:
    """Answers from one opened build."""

    def __init__(self, build: Build) -> None:
        self.build = build

    @property
    def catalogue(self) -> Catalogue:
        """All records of the build."""
        return self.build.catalogue

    def search(self, query: SearchQuery) -> SearchAnswer:
        """Find records of the wanted types.

        Raises:
            InvalidInputError: The text is too long or a filter value unknown.
        """
        query = self._checked(query)
        hybrid = self.build.hybrid
        understanding = self.build.reader.read(query.text, query.corrections)
        hits, near = hybrid.search_with_near(query, understanding, share=CLOSE_SHARE)
        if is_unread(understanding):
            hits, near = [], {}
        return SearchAnswer(
            understanding,
            hits,
            [explain(hit, understanding, hybrid.record_terms(hit.record)) for hit in hits],
            facets(near, self.build.traits.traits, query.filters),
            self.build.likeness.leaders([hit.record for hit in hits]),
            is_weak(hits, understanding),
        )

    def similar_practices(
        self, name: str, *, by: str = "problem", limit: int = 10
    ) -> tuple[GoodPractice, list[LikePractice]]:
        """Return a practice and those like it: the same problem, the same kind of solution, or a similar city.

        Raises:
            NotFoundError: Unknown practice.
            InvalidInputError: ``by`` is none of problem, solution and context, or the limit is out of range.
        """
        practice = self.catalogue.practice(name)
        check_limit(limit)
        return practice, self.build.likeness.like(practice, by=by, limit=limit)

    def cities_with_similar_problems(
        self,
        text: str | None = None,
        *,
        challenge: str | None = None,
        city: str | None = None,
        corrections: Corrections = NONE,
        limit: int = 10,
    ) -> ProblemAnswer:
        """Return cities that have, or had, the problem of a text, of a challenge or of a city.

        Args:
            city: The asking city; alone, its own known needs are the problem.
        """
        check_limit(limit)
        asking = self.catalogue.city(city) if city else None
        concept = self.catalogue.challenge(challenge) if challenge else None
        text = text or (None if concept else self._needs_text(asking))
        hits, understanding = self._practices(text, concept, Filters(), corrections, fields=("problem",))
        near = self.build.similarity.scores(asking) if asking is not None else None
        found = cities_with_problem(
            hits, self.catalogue, similarity=near, exclude=asking.id if asking else None, limit=limit
        )
        return ProblemAnswer(understanding, found, is_weak(hits, understanding))

    def solutions(
        self,
        text: str | None = None,
        *,
        challenge: str | None = None,
        city: str | None = None,
        filters: Filters | None = None,
        corrections: Corrections = NONE,
        facts: Mapping[str, bool] | None = None,
        limit: int = 10,
    ) -> SolutionAnswer:
        """Return proven solutions for a text or a challenge, for a city if one is named, with the failures.

        Args:
            facts: What the asking city says of itself, by slug of a context factor.
        """
        check_limit(limit)
        asking = self.catalogue.city(city) if city else None
        concept = self.catalogue.challenge(challenge) if challenge else None
        hits, understanding = self._practices(text, concept, filters or Filters(), corrections)
        ranked = rank_solutions(
            hits,
            self.build.evidence,
            self.catalogue,
            city=asking,
            similarity=self.build.similarity.scores(asking) if asking else None,
            answers=checked_answers(facts or {}, self.catalogue),
        )
        return SolutionAnswer(
            understanding,
            ranked[:limit],
            self.build.likeness.leaders([s.practice for s in ranked[:limit]]),
            worth_a_warning(ranked),
            asking,
            is_weak(hits, understanding),
        )

    def experts(
        self,
        text: str | None,
        *,
        city: str | None = None,
        filters: Filters | None = None,
        corrections: Corrections = NONE,
        limit: int = 10,
    ) -> ExpertAnswer:
        """Return the organisations that know a subject, by what they did and by what they say they can.

        Args:
            city: The asking city; alone, its own known needs are the subject.
        """
        check_limit(limit)
        asking = self.catalogue.city(city) if city else None
        text = text or self._needs_text(asking)
        hits, understanding = self._practices(text, None, Filters(), corrections)
        query = self._checked(SearchQuery(text or "", ("expert",), filters or Filters(), MAX_LIMIT))
        stated = self._hits(query, understanding)
        found = rank_experts(
            hits[:20], stated[:20], self.build.evidence, self.catalogue, city=asking, limit=MAX_LIMIT
        )
        if filters is not None and filters.country is not None:
            organisations = self.catalogue.organisations
            found = [m for m in found if organisations[m.organisation].country_code == filters.country]
        return ExpertAnswer(understanding, found[:limit], is_weak([*hits, *stated], understanding))

    def find_city(self, text: str) -> City:
        """Return the city that a person typed: by slug or by any of its names, without regard to diacritics.

        Raises:
            NotFoundError: No city is called so; close names are offered.
            InvalidInputError: Several cities are called so.
        """
        wanted = fold(text.strip())
        found = sorted(self._city_names.get(wanted, ()))
        if len(found) == 1:
            return self.catalogue.cities[found[0]]
        if found:
            slugs = Listing([self.catalogue.cities[iri].slug for iri in found])
            raise InvalidInputError(
                phrase("several cities are called '{name}'; write one of {slugs}", name=text, slugs=slugs),
                city=text,
            )
        close = [
            self._city_spelling[name]
            for name in get_close_matches(wanted, self._city_spelling, n=3, cutoff=0.7)
        ]
        told = (
            phrase(
                "we know no city called '{name}'; did you mean {names}?",
                name=text,
                names=Listing(close, "or"),
            )
            if close
            else phrase(
                "we know no city called '{name}'; leave the field empty or take a city from the list",
                name=text,
            )
        )
        raise NotFoundError(told, city=text, suggestions=close)

    @cached_property
    def _city_names(self) -> dict[str, set[str]]:
        names: dict[str, set[str]] = defaultdict(set)
        for city in self.catalogue.cities.values():
            for name in (city.slug, *city.pref_label.values(), *city.alt_label):
                names[fold(name)].add(city.id)
        return names

    @cached_property
    def _city_spelling(self) -> dict[str, str]:
        return {fold(city.label): city.label for city in self.catalogue.cities.values()}

    def cities_that_need(self, challenge: Concept) -> list[str]:
        """Return the IRIs of the cities with a need that concerns a challenge, in order."""
        return sorted(
            {need.need_of for need in self.catalogue.needs.values() if need.concern == challenge.id}
        )

    # -- shared steps ---------------------------------------------------------------------------------

    def _hits(self, query: SearchQuery, understanding: Understanding) -> list[Hit]:
        """Return the hits; none for a text that could not be read, for whatever stood first would be there by chance."""
        return [] if is_unread(understanding) else self.build.hybrid.search(query, understanding)

    def _checked(self, query: SearchQuery) -> SearchQuery:
        filter_checks.check(query.filters, self.catalogue)
        return query.checked(self.build.settings.query_max_chars)

    def _practices(
        self,
        text: str | None,
        concept: Concept | None,
        filters: Filters,
        corrections: Corrections,
        **options: tuple[str, ...],
    ) -> tuple[list[Hit], Understanding]:
        if not text and concept is None:
            raise InvalidInputError(phrase("describe a problem (q) or name a challenge"), field="q")
        if concept is not None and not text:
            filters = replace(filters, challenge=concept.slug)
            text = f"{concept.label}. {concept.definition or ''}"
        query = self._checked(
            SearchQuery(text or "", ("practice",), filters, _POOL, corrections=corrections, **options)  # type: ignore[arg-type]  # only 'fields' is passed on
        )
        understanding = self.build.reader.read(query.text, query.corrections)
        hits = self._hits(query, understanding)
        least = CLOSE_SHARE * max((hit.score for hit in hits), default=0.0)
        return [hit for hit in hits if hit.score >= least], understanding

    def _needs_text(self, city: City | None) -> str | None:
        if city is None:
            return None
        needs = self.catalogue.needs_by_city.get(city.id, ())
        if not needs:
            raise InvalidInputError(
                phrase(
                    "no need of {city} is known yet; describe the problem in words", city=place_term(city)
                ),
                city=city.slug,
            )
        return ". ".join(self.catalogue.concept_label(need.concern) for need in needs)


def worth_a_warning(ranked: Sequence[Solution], limit: int = 5) -> list[Solution]:
    """Return those that failed, stopped or came out mixed somewhere and are at least 0.6 times as relevant as the best, most relevant first."""
    least = max((s.relevance for s in ranked), default=0.0) * 0.6
    found = [s for s in ranked if s.relevance >= least and any(o in s.outcomes for o in WARNING_OUTCOMES)]
    return sorted(found, key=lambda s: (-s.relevance, s.practice))[:limit]


def is_unread(understanding: Understanding) -> bool:
    """Tell whether hardly a word of a text could be read, as in gibberish or a script that we do not know."""
    named = understanding.places or any(c.how != "meaning" for c in understanding.concepts)
    return understanding.reading.known < WEAK_KNOWN and not named


def is_weak(hits: Sequence[Hit], understanding: Understanding) -> bool:
    """Tell whether nothing comes close: the best score is low, or hardly a word of the text could be read."""
    floor = WEAK_SCORE if understanding.language.code == "en" else WEAK_FOREIGN_SCORE
    return is_unread(understanding) or max((hit.score for hit in hits), default=0.0) < floor
