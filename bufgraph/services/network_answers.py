"""Questions about many cities at once: who could act together, who learned from whom, what is missing, who could help."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from functools import cached_property
from itertools import islice
from typing import get_args

import numpy as np

from bufgraph.analytics import network
from bufgraph.analytics.blind_spots import BlindSpots, Cell, Dimension, Kind, blind_spots, matrix
from bufgraph.analytics.network import Bridge, Communities, Pioneer
from bufgraph.analytics.spread import Spread, SpreadFigures, most_spread, spread, spread_figures
from bufgraph.errors import InvalidInputError, NotFoundError
from bufgraph.localisation.phrases import phrase
from bufgraph.matching.adopters import AdopterModel, Transfer
from bufgraph.matching.mentoring import MentorMatch, match_mentor
from bufgraph.matching.pooling import MIN_CITIES, MIN_SIMILARITY, PooledDemand, PoolFilters, pooled_demand
from bufgraph.matching.transfer import judge
from bufgraph.model import Catalogue, City, GoodPractice, Organisation
from bufgraph.search import filters as filter_checks
from bufgraph.search.query import MAX_LIMIT, Filters, check_limit
from bufgraph.services.composition import Build
from bufgraph.text.normalise import fold

_MOST_OFFERED, _CLOSE_NAME = 5, 0.7
"""Organisations offered for a name that is none, and how like (difflib's ratio) their names must be to it."""
CLOSE_KINSHIP = 0.6
"""Kinship from which needing one challenge counts as needing the other, when demand is pooled."""


@dataclass(frozen=True)
class MentorAnswer:
    """What an organisation could help with."""

    organisation: Organisation
    match: MentorMatch


class NetworkService:
    """Answers from one opened build."""

    def __init__(self, build: Build) -> None:
        self.build = build

    @property
    def catalogue(self) -> Catalogue:
        """All records of the build."""
        return self.build.catalogue

    def cases_for(self, slug: str, *, limit: int = 10) -> MentorAnswer:
        """Return the needs and cases that an organisation could help with.

        Raises:
            NotFoundError: Neither an expert nor another organisation has this slug.
        """
        check_limit(limit)
        organisation = self._organisation(slug)
        parts = self.build.city_parts
        found = match_mentor(
            organisation, self.build.evidence, self.catalogue, parts.concepts, parts.kinship, limit=limit
        )
        return MentorAnswer(organisation, found)

    def find_organisation(self, text: str) -> Organisation:
        """Return the organisation that a person typed: by slug or by any of its names, without regard to capitals and accents.

        Raises:
            NotFoundError: None is called so, or the name stands for a kind of organisation; close names are offered.
        """
        wanted = fold(text.strip())
        found = self._organisation_names.get(wanted)
        if found is not None:
            return self._organisation(found.slug)
        close = get_close_matches(wanted, self._organisation_names, n=_MOST_OFFERED, cutoff=_CLOSE_NAME)
        holding = sorted(name for name in self._organisation_names if wanted and wanted in name)
        offered = [self._organisation_names[name].name for name in (*holding, *close)]
        raise NotFoundError(
            phrase("we know no organisation called '{name}'", name=text),
            organisation=text,
            suggestions=list(dict.fromkeys(offered))[:_MOST_OFFERED],
        )

    @cached_property
    def _organisation_names(self) -> Mapping[str, Organisation]:
        return {
            fold(name): o
            for o in self.catalogue.organisations.values()
            for name in (*o.alt_label, o.slug, o.name)
            if not o.is_generic
        }

    def pooled(self, filters: PoolFilters | None = None, *, limit: int = 10) -> list[PooledDemand]:
        """Return groups of cities that could act together on a challenge.

        Raises:
            NotFoundError: Unknown challenge or city.
            InvalidInputError: Unknown country; see also :class:`bufgraph.matching.pooling.PoolFilters`.
        """
        check_limit(limit)
        filters = filters or PoolFilters()
        filter_checks.check(Filters(country=filters.country), self.catalogue)
        if (filters.min_cities, filters.min_similarity) != (MIN_CITIES, MIN_SIMILARITY):
            return self._pooled(filters, limit)
        challenge = self.catalogue.challenge(filters.challenge).id if filters.challenge else None
        city = self.catalogue.city(filters.city).id if filters.city else None
        kept = (
            p
            for p in self._all_pools
            if challenge in (None, p.challenge)
            and (filters.country is None or filters.country in p.countries)
            and (city is None or city in p.cities)
        )
        return [replace(p, rank=rank) for rank, p in enumerate(islice(kept, limit), 1)]

    @cached_property
    def _all_pools(self) -> Sequence[PooledDemand]:
        """All groups by the default bounds; who asks for a city, country or challenge gets a part of them."""
        return self._pooled(PoolFilters(), limit=None)

    def _pooled(self, filters: PoolFilters, limit: int | None) -> list[PooledDemand]:
        return pooled_demand(
            self.catalogue, self.build.similarity.cities, self._structure, self.build.evidence,
            filters=filters, close=self._close, limit=limit,
        )  # fmt: skip

    def adopters(self, practice: str, *, limit: int = 10) -> tuple[GoodPractice, list[Transfer]]:
        """Return a practice and the cities most likely to take it over."""
        check_limit(limit)
        found = self.catalogue.practice(practice)
        likely = self.adopter_model.adopters(found, limit=MAX_LIMIT)
        return found, self._not_blocked(likely, limit)

    def likely_practices(self, city: str, *, limit: int = 10) -> tuple[City, list[Transfer]]:
        """Return a city and the practices that it is most likely to take over."""
        check_limit(limit)
        found = self.catalogue.city(city)
        likely = self.adopter_model.for_city(found, limit=MAX_LIMIT)
        return found, self._not_blocked(likely, limit)

    def _not_blocked(self, likely: Sequence[Transfer], limit: int) -> list[Transfer]:
        """Leave out the pairs that an essential condition rules out, and count the ranks again."""
        catalogue = self.catalogue
        kept = (
            t
            for t in likely
            if judge(catalogue.practices[t.practice], catalogue.cities[t.city], catalogue).verdict
            != "blocked"
        )
        return [replace(t, rank=rank) for rank, t in enumerate(islice(kept, limit), 1)]

    def spread(self, practice: str) -> Spread:
        """Return how one practice spread.

        Raises:
            NotFoundError: Unknown practice.
        """
        return spread(self.catalogue, self.catalogue.practice(practice))

    def most_spread(self, *, limit: int = 10) -> tuple[list[Spread], SpreadFigures]:
        """Return the practices taken over in most places, and figures over all."""
        check_limit(limit)
        return most_spread(self.catalogue, limit), spread_figures(self.catalogue)

    def pioneers(self, *, limit: int = 10) -> list[Pioneer]:
        """Return the cities that others learned from."""
        check_limit(limit)
        return network.pioneers(self.catalogue, self.levels, limit)

    def bridges(self, *, limit: int = 10) -> list[Bridge]:
        """Return the cities that link countries."""
        check_limit(limit)
        return network.bridges(self.catalogue, limit)

    def communities(self) -> Communities:
        """Return groups of cities with practices in common."""
        return network.communities(self.catalogue)

    def blind_spots(
        self, by: Sequence[Dimension] = ("subdomain", "country"), kind: Kind | None = None
    ) -> BlindSpots:
        """Return what is missing, all of it or one kind.

        Raises:
            InvalidInputError: Unknown or repeated dimension, unknown kind.
        """
        if kind is not None and kind not in get_args(Kind):
            raise InvalidInputError(
                f"unknown kind '{kind}'; choose from {', '.join(get_args(Kind))}", field="kind"
            )
        found = blind_spots(self.catalogue, self.levels, by=by)
        return replace(found, spots=tuple(s for s in found.spots if kind in (None, s.kind)))

    def coverage(self, by: Sequence[Dimension] = ("subdomain", "country")) -> tuple[Cell, ...]:
        """Return every cell of topics × kinds of places, empty ones too."""
        return matrix(self.catalogue, self.levels, by=by)

    @cached_property
    def levels(self) -> Mapping[str, int]:
        """Evidence level of every practice."""
        return {iri: evidence.level for iri, evidence in self.build.evidence.items()}

    @cached_property
    def adopter_model(self) -> AdopterModel:
        """Predicts transfers."""
        return AdopterModel(self.catalogue, self.build.meaning)

    @cached_property
    def _structure(self) -> np.ndarray[tuple[int, int], np.dtype[np.float64]]:
        return self.build.similarity.matrix(preset="structure")

    @cached_property
    def _close(self) -> Mapping[str, frozenset[str]]:
        parts = self.build.city_parts
        near = parts.kinship >= CLOSE_KINSHIP
        return {
            iri: frozenset(parts.concepts[n] for n in np.flatnonzero(near[row]) if n != row)
            for row, iri in enumerate(parts.concepts)
        }

    def _organisation(self, slug: str) -> Organisation:
        found = next((o for o in self.catalogue.organisations.values() if o.slug == slug), None)
        if found is None:
            return self.catalogue.expert(slug)  # raises with close names
        if found.is_generic:
            raise NotFoundError(
                phrase("'{name}' names a kind of organisation, not one that could help", name=found.name),
                slug=slug,
            )
        return found
