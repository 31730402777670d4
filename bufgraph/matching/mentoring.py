"""What an organisation could help with: needs of cities and cases that match what it knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from bufgraph.localisation.phrases import Listing, phrase
from bufgraph.matching.city_parts import Floats
from bufgraph.matching.evidence import SUCCESS_SHARE, Evidence
from bufgraph.matching.experts import ROLE_WEIGHT, limits_of, nearness
from bufgraph.model import Adoption, Catalogue, City, CityNeed, Expert, GoodPractice, Organisation
from bufgraph.model.terms import concept_term, place_names, place_term
from bufgraph.namespaces import concept, slug

_RELATED: Final = 0.7
_STATED: Final = 0.4
_SECOND_CHALLENGE: Final = 0.7
_OPENNESS: Final[Mapping[str, float]] = {"solved": 0.5, "tried": 1.0, "untried": 0.9}
_LEAST: Final = 0.2
_WANTING: Final = ("failed", "mixed", "stopped")


@dataclass(frozen=True, slots=True)
class Knowledge:
    """A challenge that an organisation knows.

    Attributes:
        strength: In [0, 1]. From a practice that it took part in: ``role weight * (0.6 + 0.4 * evidence)``, 0.7 of that for
            the practice's further challenges; from a practice that its record only names 0.7; from stated expertise 0.4.
        reason: A sentence.
    """

    challenge: str
    strength: float
    reason: str


@dataclass(frozen=True, slots=True)
class OpenNeed:
    """A city's need that an organisation could help with.

    Attributes:
        score: In [0, 1]: ``competence * openness * nearness``; competence is the best ``strength * kinship`` over what the
            organisation knows; openness is 0.5 where the city's own practice succeeded, 1 where one came out otherwise
            and 0.9 where none is recorded or its outcome is not known yet; nearness is 1 in the same country, 0.9 in the same family of local
            government, else, or where the organisation's country is not known, 0.8.
        state: solved, tried or untried.
        reasons: Sentences that a reader can check.
    """

    rank: int
    need: CityNeed
    score: float
    state: str
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Case:
    """A practice of others near to what an organisation knows: it took no part in it, and its record does not name it.

    Attributes:
        open_outcomes: Its places where it failed, was stopped or came out mixed, other than the organisation's own: they may
            want help.
    """

    rank: int
    practice: str
    score: float
    open_outcomes: tuple[Adoption, ...]
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MentorMatch:
    """What an organisation could help with.

    Attributes:
        limits: What stands against asking it now: it does not want to be asked, or has no room.
    """

    organisation: str
    knows: tuple[Knowledge, ...]
    needs: tuple[OpenNeed, ...]
    cases: tuple[Case, ...]
    limits: tuple[str, ...]


def knowledge(
    organisation: Organisation, evidence: Mapping[str, Evidence], catalogue: Catalogue
) -> tuple[Knowledge, ...]:
    """Return what an organisation knows, by what it did, then by what it states; strongest first."""
    found: dict[str, Knowledge] = {}

    def add(challenge: str, strength: float, reason: str) -> None:
        if challenge not in found or strength > found[challenge].strength:
            found[challenge] = Knowledge(challenge, strength, reason)

    def add_practice(practice: GoodPractice, strength: float, reason: str) -> None:
        for challenge in practice.challenge:
            share = 1.0 if challenge == practice.main_challenge else _SECOND_CHALLENGE
            add(challenge, strength * share, reason)

    for adoption, role_iri in catalogue.roles_by_organisation.get(organisation.id, ()):
        role = slug(role_iri)
        proof = 0.6 + 0.4 * evidence[adoption.practice].score
        practice = catalogue.practices[adoption.practice]
        told = phrase(
            "took part in {place} ({role}): {practice}",
            place=place_names(catalogue, [adoption.place]),
            role=concept_term(catalogue, role_iri, in_sentence=True),
            practice=practice.title,
        )
        add_practice(practice, ROLE_WEIGHT.get(role, 0.5) * proof, told)
    if isinstance(organisation, Expert):
        for iri in organisation.related_practice:
            if iri in catalogue.practices:
                practice = catalogue.practices[iri]
                told = phrase("its record names: {practice}", practice=practice.title)
                add_practice(practice, _RELATED * (0.6 + 0.4 * evidence[iri].score), told)
        stated = set(organisation.expertise)
        for challenge in catalogue.challenges:
            if shared := stated & {challenge.id, *catalogue.ancestors(challenge.id)}:
                subject = concept_term(catalogue, min(shared))
                add(challenge.id, _STATED, phrase("states expertise in: {subject}", subject=subject))
    return tuple(sorted(found.values(), key=lambda k: (-k.strength, k.challenge)))


@dataclass(frozen=True)
class Reach:
    """How far what is known carries: to the challenges themselves, and by kinship to those near to them.

    Attributes:
        knows: What is known, of the challenges that ``competence`` has.
        competence: Challenge → the best ``strength * kinship`` over what is known, in [0, 1].
    """

    knows: tuple[Knowledge, ...]
    competence: Mapping[str, float]
    _best: Mapping[str, Knowledge]
    _catalogue: Catalogue

    @classmethod
    def of(
        cls, knows: Sequence[Knowledge], catalogue: Catalogue, concepts: Sequence[str], kinship: Floats
    ) -> "Reach":
        """Return the reach of what is known.

        Args:
            kinship: ``(challenges, challenges)`` in [0, 1], rows and columns as in ``concepts``.
        """
        column = {iri: n for n, iri in enumerate(concepts)}
        kept = tuple(k for k in knows if k.challenge in column)
        if not kept:
            return cls((), {}, {}, catalogue)
        near = np.array([[k.strength] for k in kept]) * kinship[[column[k.challenge] for k in kept], :]
        competence, best = near.max(axis=0), near.argmax(axis=0)
        return cls(
            kept,
            {iri: float(competence[n]) for iri, n in column.items()},
            {iri: kept[int(best[n])] for iri, n in column.items()},
            catalogue,
        )

    def told(self, challenge: str) -> str:
        """Return why a challenge is within reach, as a sentence."""
        source = self._best[challenge]
        if source.challenge == challenge:
            return source.reason
        near = concept_term(self._catalogue, source.challenge)
        return phrase("{reason} (near to: {challenge})", reason=source.reason, challenge=near)


def match_mentor(
    organisation: Organisation,
    evidence: Mapping[str, Evidence],
    catalogue: Catalogue,
    concepts: Sequence[str],
    kinship: Floats,
    *,
    limit: int = 10,
) -> MentorMatch:
    """Return the needs and the cases that an organisation could help with, best first; equal scores by IRI, of the cases
    those with an open outcome before.

    Args:
        kinship: ``(challenges, challenges)`` in [0, 1], rows and columns as in ``concepts``.
    """
    reach = Reach.of(knowledge(organisation, evidence, catalogue), catalogue, concepts, kinship)
    if not reach.knows:
        return MentorMatch(organisation.id, (), (), (), limits_of(organisation))
    country = organisation.country_code
    needs = open_needs(
        reach,
        catalogue,
        near=lambda city: nearness(country, city.country_code),
        own_city=organisation.administers,
    )
    own = _own_practices(organisation, catalogue)
    cases = []
    for practice in catalogue.practices.values():
        if practice.id in own or practice.main_challenge not in reach.competence:
            continue
        score = reach.competence[practice.main_challenge]
        if score >= _LEAST:
            open_ = tuple(
                a
                for a in catalogue.adoptions_by_practice.get(practice.id, ())
                if slug(a.outcome) in _WANTING and a.place != organisation.administers
            )
            cases.append((score, practice.id, open_, (reach.told(practice.main_challenge),)))
    cases.sort(key=lambda c: (-c[0], not c[2], c[1]))
    return MentorMatch(
        organisation.id,
        reach.knows,
        tuple(needs[:limit]),
        tuple(Case(n, iri, score, open_, why) for n, (score, iri, open_, why) in enumerate(cases[:limit], 1)),
        limits_of(organisation),
    )


def _own_practices(organisation: Organisation, catalogue: Catalogue) -> set[str]:
    named = organisation.related_practice if isinstance(organisation, Expert) else ()
    return {*named, *(a.practice for a, _ in catalogue.roles_by_organisation.get(organisation.id, ()))}


def open_needs(
    reach: "Reach",
    catalogue: Catalogue,
    *,
    near: Callable[[City], tuple[float, str]] | None = None,
    own_city: str | None = None,
    states: Sequence[str] = tuple(_OPENNESS),
) -> list[OpenNeed]:
    """Return the needs of cities that what is known reaches, best first; equal scores by IRI.

    Args:
        near: How much easier help is in a city, in [0, 1], with a sentence; by default equally easy everywhere.
        own_city: IRI of a city that is left out.
        states: Which needs count: solved, tried, untried.
    """
    found = []
    for need in catalogue.needs.values():
        known = reach.competence.get(need.concern, 0.0)
        if known < _LEAST or need.need_of not in catalogue.cities or not need.is_wanted:
            continue
        city = catalogue.cities[need.need_of]
        if own_city == city.id:
            continue
        state, state_reason = _state(need, city, catalogue)
        if state not in states:
            continue
        ease, ease_reason = near(city) if near else (1.0, "")
        reasons = (reach.told(need.concern), state_reason, *([ease_reason] if ease_reason else []))
        found.append(OpenNeed(0, need, known * _OPENNESS[state] * ease, state, reasons))
    found.sort(key=lambda n: (-n.score, n.need.id))
    return [replace(need, rank=rank) for rank, need in enumerate(found, 1)]


def _state(need: CityNeed, city: City, catalogue: Catalogue) -> tuple[str, str]:
    tried = [
        slug(a.outcome)
        for a in catalogue.adoptions_by_place.get(city.id, ())
        if need.concern in catalogue.practices[a.practice].challenge
    ]
    outcomes = [outcome for outcome in tried if outcome in SUCCESS_SHARE]
    here = place_term(city)
    if tried and not outcomes:
        return "untried", phrase("{city} has begun; how it went is not known yet", city=here)
    if not outcomes:
        return "untried", phrase("no practice of {city} against it is recorded", city=here)
    if "success" in outcomes:
        return "solved", phrase("{city} has a practice against it that went well", city=here)
    named = [
        concept_term(catalogue, concept("outcome", name), in_sentence=True) for name in sorted(set(outcomes))
    ]
    return "tried", phrase("{city} has tried: {outcomes}", city=here, outcomes=Listing(named))
