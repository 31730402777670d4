"""Draft of a joint need statement for a group of cities: only what the records say, with what they do not say."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bufgraph.localisation.phrases import Listing, Phrase, counted, phrase
from bufgraph.matching.candidates import Candidate, candidates, told, tried_by
from bufgraph.matching.evidence import Evidence
from bufgraph.matching.experts import ROLE_WEIGHT, limits_of
from bufgraph.model import Adoption, Catalogue, Concept
from bufgraph.model.terms import concept_term, place_names
from bufgraph.namespaces import concept, slug

_EXPERTS: Final = 8
_OTHER: Final = concept("context", "other")
"""Gathers unlike conditions, so two practices that name it share nothing."""
_RELATED_WEIGHT: Final = 0.7
"""Of an expert whose own record names the practice, beside the roles of :data:`ROLE_WEIGHT`."""


@dataclass(frozen=True, slots=True)
class StatedNeed:
    """A sentence of the records on what cities need, with all cities that it is recorded for.

    Attributes:
        concern: IRI of the challenge: the group's own or a close one.
        told_of: For a derived need, the place that the sentence was written about: the origin of the practice, which other
            cities only took over.
    """

    concern: str
    text: str
    told_of: str | None
    cities: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Requirement:
    """A context factor that at least two candidates ask for.

    Attributes:
        is_essential: Whether one of them cannot work without it.
        practices: IRIs of those that ask for it; ``texts``: their words.
    """

    factor: str
    is_essential: bool
    practices: tuple[str, ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ExpertRole:
    """An organisation that took part in candidates, with (practice IRI, role slug) pairs."""

    organisation: str
    name: str
    roles: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Demand:
    """How large the joint demand is, as far as facts allow.

    Attributes:
        residents: Sum over ``cities_counted`` cities of known population, None when there is none.
        cost_eur: Sum of the costs in EUR that sources state for ``adoptions``, those of the group on this challenge; what was
            spent, aimed at or granted, so an order of size and no price. None when none is stated.
    """

    residents: int | None
    cities_counted: int
    cost_eur: float | None
    adoptions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class JointNeed:
    """A draft joint need statement.

    Attributes:
        candidates: Best proven first, then further ones that failed somewhere.
        experts: Those with the weightiest role first, then with most candidates.
        draft: The statement as sentences.
    """

    needs: tuple[StatedNeed, ...]
    requirements: tuple[Requirement, ...]
    candidates: tuple[Candidate, ...]
    experts: tuple[ExpertRole, ...]
    demand: Demand
    draft: tuple[str, ...]
    unknown: tuple[str, ...]


def draft_joint_need(
    catalogue: Catalogue,
    challenge: Concept,
    cities: Sequence[str],
    evidence: Mapping[str, Evidence],
    concerns: Collection[str],
) -> JointNeed:
    """Return the draft for cities that need a challenge.

    Args:
        concerns: IRIs of the challenge and of those close to it.
    """
    practices = candidates(catalogue, challenge, cities, evidence)
    need = JointNeed(
        _needs(catalogue, cities, concerns),
        _requirements(catalogue, [c.practice for c in practices if not c.is_warning]),
        practices,
        _experts(catalogue, {c.practice for c in practices}),
        _demand(catalogue, cities, tried_by(catalogue, challenge.id, cities)),
        draft=(),
        unknown=(),
    )
    return replace(
        need,
        draft=tuple(_draft(catalogue, challenge, cities, need)),
        unknown=tuple(_unknown(catalogue, challenge, cities, concerns, need)),
    )


def _needs(catalogue: Catalogue, cities: Iterable[str], concerns: Collection[str]) -> tuple[StatedNeed, ...]:
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    told_of: dict[str, str] = {}
    for city in cities:
        for need in catalogue.needs_by_city.get(city, ()):
            if need.concern in concerns:
                for text in need.text:
                    found[need.concern, text].append(city)
                practices = [
                    catalogue.practices[iri] for iri in need.derived_from if iri in catalogue.practices
                ]
                told_of.update((p.problem, p.origin) for p in practices)
    return tuple(
        StatedNeed(concern, text, told_of.get(text), tuple(having))
        for (concern, text), having in sorted(found.items(), key=lambda row: (-len(row[1]), row[1], row[0]))
    )


def _requirements(catalogue: Catalogue, practices: Iterable[str]) -> tuple[Requirement, ...]:
    conditions = [c for iri in practices for c in catalogue.conditions_by_practice.get(iri, ())]
    found = []
    for factor in sorted({c.factor for c in conditions if c.factor != _OTHER}):
        own = [c for c in conditions if c.factor == factor]
        asking = tuple(sorted({c.condition_of for c in own}))
        if len(asking) >= 2:
            texts = tuple(dict.fromkeys(c.text for c in own))
            found.append(Requirement(factor, any(c.is_essential for c in own), asking, texts))
    return tuple(sorted(found, key=lambda r: (-len(r.practices), not r.is_essential, r.factor)))


def _experts(catalogue: Catalogue, wanted: set[str]) -> tuple[ExpertRole, ...]:
    roles: dict[str, set[tuple[str, str]]] = defaultdict(set)
    for organisation, parts in catalogue.roles_by_organisation.items():
        roles[organisation].update((a.practice, slug(role)) for a, role in parts if a.practice in wanted)
    for expert in catalogue.experts.values():
        told = {practice for practice, _ in roles[expert.id]}
        roles[expert.id].update((p, "related") for p in expert.related_practice if p in wanted - told)
    found = [
        ExpertRole(iri, catalogue.organisations[iri].name, tuple(sorted(pairs)))
        for iri, pairs in roles.items()
        if pairs
        and not catalogue.organisations[iri].is_generic
        and not limits_of(catalogue.organisations[iri])
    ]
    found.sort(key=lambda e: (-_weight(e), -len({practice for practice, _ in e.roles}), e.organisation))
    return tuple(found[:_EXPERTS])


def _weight(expert: ExpertRole) -> float:
    return max(
        _RELATED_WEIGHT if role == "related" else ROLE_WEIGHT.get(role, 0.5) for _, role in expert.roles
    )


def _demand(catalogue: Catalogue, cities: Iterable[str], tried: Iterable[Adoption]) -> Demand:
    known = [n for iri in cities if (n := catalogue.cities[iri].population) is not None]
    costs = {a.id: a.cost for a in tried if a.cost is not None and a.currency == "EUR"}
    return Demand(
        sum(known) if known else None, len(known), sum(costs.values()) if costs else None, tuple(costs)
    )


def _draft(catalogue: Catalogue, challenge: Concept, cities: Sequence[str], need: JointNeed) -> Iterable[str]:
    yield phrase(
        "{cities} share a need: {challenge}.",
        cities=place_names(catalogue, cities),
        challenge=concept_term(catalogue, challenge.id),
    )
    for stated in need.needs:
        yield _stated(catalogue, challenge, stated)
    asked = sum(not c.is_warning for c in need.candidates)
    for requirement in need.requirements:
        yield phrase(
            "{n} of {all} candidates ask for: {factor}. {conditions}",
            n=len(requirement.practices),
            all=asked,
            factor=concept_term(catalogue, requirement.factor),
            conditions=" ".join(requirement.texts),
        )
    for candidate in need.candidates:
        yield told(catalogue, candidate)
    titles = {c.practice: c.title for c in need.candidates}
    for expert in need.experts:
        yield _knows(catalogue, expert, titles)
    if need.demand.residents is not None:
        yield phrase(
            "{n} of {all} cities have {residents:,} residents together.",
            n=need.demand.cities_counted,
            all=len(cities),
            residents=need.demand.residents,
        )
    if need.demand.cost_eur is not None:
        yield counted(
            "A cost is stated for {n} of their adoptions: {cost:,.0f} EUR.",
            "Costs stated for {n} of their adoptions add up to {cost:,.0f} EUR.",
            len(need.demand.adoptions),
            cost=need.demand.cost_eur,
        )


def _stated(catalogue: Catalogue, challenge: Concept, stated: StatedNeed) -> Phrase:
    """Return a sentence of the records with the cities that it holds for; its challenge and its place where they are others."""
    cities, text = place_names(catalogue, stated.cities), stated.text
    near = concept_term(catalogue, stated.concern) if stated.concern != challenge.id else None
    if stated.told_of is None or stated.told_of in stated.cities:
        if near is None:
            return phrase("{cities}: {text}", cities=cities, text=text)
        return phrase("{cities} ({challenge}): {text}", cities=cities, challenge=near, text=text)
    place = place_names(catalogue, [stated.told_of])
    if near is None:
        return phrase("{cities}, as told of {place}: {text}", cities=cities, place=place, text=text)
    return phrase(
        "{cities} ({challenge}), as told of {place}: {text}",
        cities=cities, challenge=near, place=place, text=text,
    )  # fmt: skip


def _knows(catalogue: Catalogue, expert: ExpertRole, titles: Mapping[str, str]) -> Phrase:
    known = [
        phrase("{practice} (named in its record)", practice=titles[practice])
        if role == "related"
        else phrase(
            "{practice} ({role})",
            practice=titles[practice],
            role=concept_term(catalogue, concept("role", role), in_sentence=True),
        )
        for practice, role in expert.roles
    ]
    return phrase(
        "{organisation} knows: {practices}", organisation=expert.name, practices=Listing(known, "semicolon")
    )


def _unknown(
    catalogue: Catalogue,
    challenge: Concept,
    cities: Sequence[str],
    concerns: Collection[str],
    need: JointNeed,
) -> Iterable[str]:
    own = [n for c in cities for n in catalogue.needs_by_city.get(c, ()) if n.concern in concerns]
    if derived := sum(bool(n.derived_from) for n in own):
        yield phrase(
            "{n} of {all} needs are derived from what the cities did: ask whether they still have them, and when they could act",
            n=derived,
            all=len(own),
        )
    chosen = [c.practice for c in need.candidates if not c.is_warning]
    if not chosen:
        yield phrase("no practice for this challenge is recorded, so there is no candidate")
    if open_ := sum(iri not in catalogue.conditions_by_practice for iri in chosen):
        yield phrase(
            "no transfer condition is recorded for {n} of {all} candidates", n=open_, all=len(chosen)
        )
    if need.demand.cities_counted < len(cities):
        sizeless = [iri for iri in cities if catalogue.cities[iri].population is None]
        yield phrase("the population is not known for {cities}", cities=place_names(catalogue, sizeless))
    tried = tried_by(catalogue, challenge.id, cities)
    if (costless := len(tried) - len(need.demand.adoptions)) or not tried:
        yield phrase(
            "no cost in EUR is stated for {n} of {all} adoptions in the group", n=costless, all=len(tried)
        )
