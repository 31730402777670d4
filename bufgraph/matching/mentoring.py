"""What an organisation could help with: needs of cities and cases that match what it knows."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bufgraph.matching.city_parts import Floats
from bufgraph.matching.evidence import SUCCESS_SHARE, Evidence
from bufgraph.matching.experts import ROLE_WEIGHT, limits_of, nearness
from bufgraph.model import Adoption, Catalogue, City, CityNeed, Expert, Organisation
from bufgraph.namespaces import slug

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

    def add_practice(iri: str, strength: float, reason: str) -> None:
        practice = catalogue.practices[iri]
        for challenge in practice.challenge:
            share = 1.0 if challenge == practice.main_challenge else _SECOND_CHALLENGE
            add(challenge, strength * share, f"{reason}: {practice.title}")

    for adoption, role_iri in catalogue.roles_by_organisation.get(organisation.id, ()):
        role = slug(role_iri)
        proof = 0.6 + 0.4 * evidence[adoption.practice].score
        place = catalogue.place(adoption.place)
        where = f" in {place.label}" if place else ""
        add_practice(adoption.practice, ROLE_WEIGHT.get(role, 0.5) * proof, f"took part as {role}{where}")
    if isinstance(organisation, Expert):
        for iri in organisation.related_practice:
            if iri in catalogue.practices:
                proof = 0.6 + 0.4 * evidence[iri].score
                add_practice(iri, _RELATED * proof, "its record names")
        stated = set(organisation.expertise)
        for challenge in catalogue.challenges:
            if shared := stated & {challenge.id, *catalogue.ancestors(challenge.id)}:
                label = catalogue.concept_label(min(shared))
                add(challenge.id, _STATED, f"states expertise in: {label}")
    return tuple(sorted(found.values(), key=lambda k: (-k.strength, k.challenge)))


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
    knows = knowledge(organisation, evidence, catalogue)
    column: dict[str, int] = {iri: n for n, iri in enumerate(concepts)}
    knows = tuple(k for k in knows if k.challenge in column)
    if not knows:
        return MentorMatch(organisation.id, (), (), (), limits_of(organisation))
    by_knowledge = np.array([[k.strength] for k in knows]) * kinship[[column[k.challenge] for k in knows], :]
    best = by_knowledge.argmax(axis=0)
    competence = by_knowledge.max(axis=0)

    def told(challenge: str) -> str:
        source = knows[int(best[column[challenge]])]
        if source.challenge == challenge:
            return source.reason
        return f"{source.reason} (near to: {catalogue.concept_label(source.challenge)})"

    needs = _needs(organisation, catalogue, {iri: float(competence[n]) for iri, n in column.items()}, told)
    own = _own_practices(organisation, catalogue)
    cases = []
    for practice in catalogue.practices.values():
        if practice.id in own or practice.main_challenge not in column:
            continue
        score = float(competence[column[practice.main_challenge]])
        if score >= _LEAST:
            open_ = tuple(
                a
                for a in catalogue.adoptions_by_practice.get(practice.id, ())
                if slug(a.outcome) in _WANTING and a.place != organisation.administers
            )
            cases.append((score, practice.id, open_, (told(practice.main_challenge),)))
    cases.sort(key=lambda c: (-c[0], not c[2], c[1]))
    return MentorMatch(
        organisation.id,
        knows,
        tuple(OpenNeed(n, *need) for n, need in enumerate(needs[:limit], 1)),
        tuple(Case(n, iri, score, open_, why) for n, (score, iri, open_, why) in enumerate(cases[:limit], 1)),
        limits_of(organisation),
    )


def _own_practices(organisation: Organisation, catalogue: Catalogue) -> set[str]:
    named = organisation.related_practice if isinstance(organisation, Expert) else ()
    return {*named, *(a.practice for a, _ in catalogue.roles_by_organisation.get(organisation.id, ()))}


def _needs(
    organisation: Organisation,
    catalogue: Catalogue,
    competence: Mapping[str, float],
    told: Callable[[str], str],
) -> list[tuple[CityNeed, float, str, tuple[str, ...]]]:
    found = []
    for need in catalogue.needs.values():
        known = competence.get(need.concern, 0.0)
        if known < _LEAST or need.need_of not in catalogue.cities or not need.is_wanted:
            continue
        city = catalogue.cities[need.need_of]
        if organisation.administers == city.id:
            continue
        state, state_reason = _state(need, city, catalogue)
        near, near_reason = nearness(organisation.country_code, city.country_code)
        score = known * _OPENNESS[state] * near
        found.append((need, score, state, (told(need.concern), state_reason, near_reason)))
    return sorted(found, key=lambda n: (-n[1], n[0].id))


def _state(need: CityNeed, city: City, catalogue: Catalogue) -> tuple[str, str]:
    tried = [
        slug(a.outcome)
        for a in catalogue.adoptions_by_place.get(city.id, ())
        if need.concern in catalogue.practices[a.practice].challenge
    ]
    outcomes = [outcome for outcome in tried if outcome in SUCCESS_SHARE]
    if tried and not outcomes:
        return "untried", f"{city.label} has begun; how it went is not known yet"
    if not outcomes:
        return "untried", f"no practice of {city.label} against it is recorded"
    if "success" in outcomes:
        return "solved", f"{city.label} has a practice against it that went well"
    return "tried", f"{city.label} has tried: {', '.join(sorted(set(outcomes)))}"
