"""Practices that cities could take up against a challenge: best proven first, and those that failed as a warning."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bufgraph.localisation.phrases import Listing, Phrase, phrase
from bufgraph.matching.evidence import Evidence
from bufgraph.model import Adoption, Catalogue, Concept, GoodPractice
from bufgraph.model.terms import concept_term, place_names
from bufgraph.namespaces import concept, slug

_CANDIDATES, _WARNINGS = 5, 3
_FAILED: Final = frozenset({"failed", "stopped"})


@dataclass(frozen=True, slots=True)
class Candidate:
    """A practice that the group could take.

    Attributes:
        level: Evidence level, None when not assessed.
        outcomes: Adoptions by outcome (slug); ``failures``: a sentence for each that failed or was stopped.
        tried_by: Cities of the group that applied it.
        is_warning: Listed only because it failed somewhere.
    """

    practice: str
    title: str
    level: int | None
    outcomes: Mapping[str, int]
    failures: tuple[str, ...]
    tried_by: tuple[str, ...]
    is_warning: bool


def candidates(
    catalogue: Catalogue, challenge: Concept, cities: Sequence[str], evidence: Mapping[str, Evidence]
) -> tuple[Candidate, ...]:
    """Return the five practices with the best evidence, then up to three further ones that failed somewhere; equal ones by IRI."""
    practices = sorted(
        catalogue.practices_by_challenge.get(challenge.id, ()),
        key=lambda p: (p.id not in evidence, -evidence[p.id].score if p.id in evidence else 0.0, p.id),
    )
    found = [_candidate(catalogue, p, evidence, cities) for p in practices]
    warnings = [replace(c, is_warning=True) for c in found[_CANDIDATES:] if c.failures]
    return (*found[:_CANDIDATES], *warnings[:_WARNINGS])


def told(catalogue: Catalogue, candidate: Candidate) -> Phrase:
    """Return a candidate in one sentence."""
    facts: list[str] = [
        phrase("evidence level {level} of 5", level=candidate.level)
        if candidate.level is not None
        else phrase("evidence not assessed")
    ]
    facts.append(
        Listing([_outcome(catalogue, name, n) for name, n in candidate.outcomes.items()])
        or phrase("no adoption recorded")
    )
    if candidate.tried_by:
        facts.append(phrase("in the group: {cities}", cities=place_names(catalogue, candidate.tried_by)))
    about = Listing([*facts, *candidate.failures], "semicolon")
    if candidate.is_warning:
        return phrase("Warning: {practice} ({facts})", practice=candidate.title, facts=about)
    return phrase("Candidate: {practice} ({facts})", practice=candidate.title, facts=about)


def _outcome(catalogue: Catalogue, name: str, n: int) -> Phrase:
    outcome = concept_term(catalogue, concept("outcome", name), in_sentence=True)
    return phrase("{outcome} {n}", outcome=outcome, n=n)


def tried_by(catalogue: Catalogue, challenge: str, cities: Iterable[str]) -> list[Adoption]:
    """Return the adoptions in these cities of practices for a challenge, each once, in IRI order."""
    practices = {p.id for p in catalogue.practices_by_challenge.get(challenge, ())}
    found = {
        a.id: a
        for city in cities
        for a in catalogue.adoptions_by_place.get(city, ())
        if a.practice in practices
    }
    return [found[iri] for iri in sorted(found)]


def setback(adoption: Adoption, catalogue: Catalogue) -> Phrase:
    """Return where an adoption did not go well, and why where it is recorded."""
    outcome = concept_term(catalogue, adoption.outcome, in_sentence=True)
    place = place_names(catalogue, [adoption.place])
    causes = [concept_term(catalogue, iri, in_sentence=True) for iri in adoption.failure_cause]
    if not causes:
        return phrase("{outcome} in {place}", outcome=outcome, place=place)
    return phrase(
        "{outcome} in {place}, because of: {causes}", outcome=outcome, place=place, causes=Listing(causes)
    )


def _candidate(
    catalogue: Catalogue,
    practice: GoodPractice,
    evidence: Mapping[str, Evidence],
    cities: Iterable[str],
) -> Candidate:
    proof = evidence.get(practice.id)
    outcomes = Counter(slug(a.outcome) for a in catalogue.adoptions_by_practice.get(practice.id, ()))
    tried = [
        city
        for city in cities
        if any(a.practice == practice.id for a in catalogue.adoptions_by_place.get(city, ()))
    ]
    return Candidate(
        practice.id,
        practice.title,
        proof.level if proof is not None else None,
        dict(sorted(outcomes.items())),
        tuple(_failures(catalogue, practice)),
        tuple(tried),
        is_warning=False,
    )


def _failures(catalogue: Catalogue, practice: GoodPractice) -> list[Phrase]:
    return [
        setback(adoption, catalogue)
        if adoption.failure_cause
        else phrase("{setback}; no cause is recorded", setback=setback(adoption, catalogue))
        for adoption in catalogue.adoptions_by_practice.get(practice.id, ())
        if slug(adoption.outcome) in _FAILED
    ]
