"""Practices that cities could take up against a challenge: best proven first, and those that failed as a warning."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bufgraph.matching.evidence import Evidence
from bufgraph.model import Adoption, Catalogue, Concept, GoodPractice
from bufgraph.namespaces import slug

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


def told(catalogue: Catalogue, candidate: Candidate) -> str:
    """Return a candidate in one sentence."""
    level = (
        f"evidence level {candidate.level} of 5" if candidate.level is not None else "evidence not assessed"
    )
    outcomes = ", ".join(f"{name} {n}" for name, n in candidate.outcomes.items()) or "no adoption recorded"
    tried = f"; in the group: {names(catalogue, candidate.tried_by)}" if candidate.tried_by else ""
    failures = "".join(f"; {failure}" for failure in candidate.failures)
    return f"{'Warning' if candidate.is_warning else 'Candidate'}: {candidate.title} ({level}; {outcomes}{tried}{failures})"


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


def names(catalogue: Catalogue, places: Iterable[str]) -> str:
    """Return the names of places as a list in words."""
    labels = [p.label if (p := catalogue.place(iri)) else slug(iri) for iri in places]
    return labels[0] if len(labels) == 1 else f"{', '.join(labels[:-1])} and {labels[-1]}"


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


def _failures(catalogue: Catalogue, practice: GoodPractice) -> list[str]:
    sentences = []
    for adoption in catalogue.adoptions_by_practice.get(practice.id, ()):
        if slug(adoption.outcome) in _FAILED:
            causes = ", ".join(catalogue.concept_label(iri).lower() for iri in adoption.failure_cause)
            what = (
                f"{catalogue.concept_label(adoption.outcome).lower()} in {names(catalogue, [adoption.place])}"
            )
            sentences.append(f"{what}, because of: {causes}" if causes else f"{what}; no cause is recorded")
    return sentences
