"""All records of one build, in memory, with the look-ups that every question needs."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cached_property
from typing import Any, Final, TypeVar

from bufgraph.errors import NotFoundError
from bufgraph.localisation.phrases import Listing, Phrase, message
from bufgraph.model.concepts import Concept
from bufgraph.model.organisations import Expert, Organisation, Participation
from bufgraph.model.places import (
    AssessmentModel,
    City,
    CityFeature,
    CityNeed,
    CountryFeature,
    Observation,
    Place,
    Region,
)
from bufgraph.model.practices import (
    Adoption,
    GoodPractice,
    Lesson,
    Obstacle,
    Result,
    TransferCondition,
    Translation,
)
from bufgraph.model.records import Record
from bufgraph.model.sources import Citation, SourceDocument

R = TypeVar("R", bound=Record)
_MISSING: Final[Mapping[str, tuple[str, str]]] = {
    "city": (
        message("there is no city '{slug}'; did you mean {names}?"),
        message("there is no city '{slug}'; see the list of all cities"),
    ),
    "practice": (
        message("there is no practice '{slug}'; did you mean {names}?"),
        message("there is no practice '{slug}'; see the list of all practices"),
    ),
    "expert": (
        message("there is no expert '{slug}'; did you mean {names}?"),
        message("there is no expert '{slug}'; see the list of all experts"),
    ),
    "challenge": (
        message("there is no challenge '{slug}'; did you mean {names}?"),
        message("there is no challenge '{slug}'; see the list of all challenges"),
    ),
}
"""Kind of record → what is said of a slug that nobody has, with and without close ones."""


@dataclass(frozen=True)
class Catalogue:
    """Records by IRI, one mapping a kind. Iteration is in IRI order."""

    cities: Mapping[str, City] = field(default_factory=dict)
    regions: Mapping[str, Region] = field(default_factory=dict)
    organisations: Mapping[str, Organisation] = field(default_factory=dict)
    experts: Mapping[str, Expert] = field(default_factory=dict)
    practices: Mapping[str, GoodPractice] = field(default_factory=dict)
    translations: Mapping[str, Translation] = field(default_factory=dict)
    conditions: Mapping[str, TransferCondition] = field(default_factory=dict)
    features: Mapping[str, CityFeature] = field(default_factory=dict)
    country_features: Mapping[str, CountryFeature] = field(default_factory=dict)
    adoptions: Mapping[str, Adoption] = field(default_factory=dict)
    participations: Mapping[str, Participation] = field(default_factory=dict)
    results: Mapping[str, Result] = field(default_factory=dict)
    lessons: Mapping[str, Lesson] = field(default_factory=dict)
    obstacles: Mapping[str, Obstacle] = field(default_factory=dict)
    needs: Mapping[str, CityNeed] = field(default_factory=dict)
    observations: Mapping[str, Observation] = field(default_factory=dict)
    models: Mapping[str, AssessmentModel] = field(default_factory=dict)
    citations: Mapping[str, Citation] = field(default_factory=dict)
    documents: Mapping[str, SourceDocument] = field(default_factory=dict)
    concepts: Mapping[str, Concept] = field(default_factory=dict)

    # -- look-ups by slug, for addresses and commands -------------------------------------------------

    def city(self, slug: str) -> City:
        """Return the city with this slug, e.g. ``fi-turku``.

        Raises:
            NotFoundError: No such city; the message names close slugs.
        """
        return _by_slug(self.cities.values(), slug, "city")

    def practice(self, slug: str) -> GoodPractice:
        """Return the practice with this slug."""
        return _by_slug(self.practices.values(), slug, "practice")

    def expert(self, slug: str) -> Expert:
        """Return the expert organisation with this slug."""
        return _by_slug(self.experts.values(), slug, "expert")

    def challenge(self, slug: str) -> Concept:
        """Return the challenge concept with this slug."""
        return _by_slug(self.challenges, slug, "challenge")

    def place(self, iri: str) -> Place | None:
        """Return the city or region with this IRI."""
        return self.cities.get(iri) or self.regions.get(iri)

    # -- inverse directions ---------------------------------------------------------------------------

    @cached_property
    def adoptions_by_practice(self) -> Mapping[str, tuple[Adoption, ...]]:
        """Adoptions of each practice: the first place first, then by year and IRI."""
        return _group(self.adoptions.values(), lambda a: (a.practice,), key=_adoption_order)

    @cached_property
    def adoptions_by_place(self) -> Mapping[str, tuple[Adoption, ...]]:
        """Adoptions in each city or region; a group of cities counts for each named member."""

        def places(adoption: Adoption) -> tuple[str, ...]:
            region = self.regions.get(adoption.place)
            return (adoption.place, *(region.has_member if region else ()))

        return _group(self.adoptions.values(), places, key=_adoption_order)

    @cached_property
    def translation_of(self) -> Mapping[str, Translation]:
        """The translation of each practice that has one."""
        return {t.translates: t for t in self.translations.values()}

    @cached_property
    def conditions_by_practice(self) -> Mapping[str, tuple[TransferCondition, ...]]:
        """Transfer conditions of each practice: essential ones first, then by IRI."""
        return _group(
            self.conditions.values(), lambda c: (c.condition_of,), key=lambda c: (not c.is_essential, c.id)
        )

    @cached_property
    def features_by_city(self) -> Mapping[str, tuple[CityFeature, ...]]:
        """Features of each city."""
        return _group(self.features.values(), lambda f: (f.feature_of,))

    @cached_property
    def needs_by_city(self) -> Mapping[str, tuple[CityNeed, ...]]:
        """Needs of each city."""
        return _group(self.needs.values(), lambda n: (n.need_of,))

    @cached_property
    def practices_by_challenge(self) -> Mapping[str, tuple[GoodPractice, ...]]:
        """Practices that address each challenge."""
        return _group(self.practices.values(), lambda p: p.challenge)

    @cached_property
    def roles_by_organisation(self) -> Mapping[str, tuple[tuple[Adoption, str], ...]]:
        """For each organisation its (adoption, role IRI) pairs, in IRI order of the adoptions."""
        roles: dict[str, list[tuple[Adoption, str]]] = defaultdict(list)
        for adoption in self.adoptions.values():
            for iri in adoption.participation:
                if (part := self.participations.get(iri)) is not None:
                    roles[part.agent].append((adoption, part.role))
        return {agent: tuple(pairs) for agent, pairs in roles.items()}

    @cached_property
    def observations_by_city(self) -> Mapping[str, tuple[Observation, ...]]:
        """Published facts on each city."""
        return _group(self.observations.values(), lambda o: (o.ref_city,))

    # -- concepts -------------------------------------------------------------------------------------

    @cached_property
    def challenges(self) -> tuple[Concept, ...]:
        """The challenge concepts."""
        return tuple(c for c in self.concepts.values() if c.scheme.endswith("/challenge"))

    def concept_label(self, iri: str | None, lang: str = "en") -> str:
        """Return a concept's label in a language, else in English, else the readable end of its IRI."""
        if iri is None:
            return ""
        concept = self.concepts.get(iri)
        if concept is None:
            return iri.rsplit("/", 1)[-1]
        return concept.pref_label.get(lang) or concept.label

    def ancestors(self, iri: str) -> tuple[str, ...]:
        """Return the IRIs above a concept, nearest first (``skos:broader+``)."""
        above: list[str] = []
        queue = list(self.concepts[iri].broader) if iri in self.concepts else []
        while queue:
            parent = queue.pop(0)
            if parent not in above:
                above.append(parent)
                queue.extend(self.concepts[parent].broader if parent in self.concepts else ())
        return tuple(above)

    def counts(self) -> dict[str, int]:
        """Return the number of records of each kind, by the name of its mapping."""
        return {name: len(getattr(self, name)) for name in self.__dataclass_fields__}


def _adoption_order(adoption: Adoption) -> tuple[bool, int, str]:
    return (not adoption.is_origin, adoption.start_year or 9999, adoption.id)


def _group(
    records: Iterable[R],
    keys: Callable[[R], tuple[str, ...]],
    key: Callable[[R], Any] | None = None,  # Any: whatever sorts
) -> Mapping[str, tuple[R, ...]]:
    groups: dict[str, list[R]] = defaultdict(list)
    for record in records:
        for name in keys(record):
            groups[name].append(record)
    return {name: tuple(sorted(group, key=key) if key else group) for name, group in groups.items()}


def _by_slug(records: Iterable[R], slug: str, kind: str) -> R:
    slugs = {record.slug: record for record in records}
    if (found := slugs.get(slug)) is not None:
        return found
    close = get_close_matches(slug, slugs, n=3, cutoff=0.5)
    known, alone = _MISSING[kind]
    told = Phrase(known if close else alone, {"slug": slug, "names": Listing(close, "or")})
    raise NotFoundError(told, kind=kind, slug=slug, suggestions=close)
