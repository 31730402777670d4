"""Proven solutions for a need: relevance × evidence × fit, with failures beside successes.

``score = relevance * (0.6 + 0.4 * evidence) * (0.8 + 0.2 * fit)``: a solution to another problem never wins
by good evidence, among solutions to this problem the better proven and better fitting come first.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bufgraph.matching.evidence import SUCCESS_SHARE, Evidence
from bufgraph.model import Adoption, Catalogue, City
from bufgraph.search.query import Hit

WARNING_OUTCOMES: Final = ("failed", "mixed", "stopped")
_SIGN: Final[Mapping[str, float]] = {name: 2 * share - 1 for name, share in SUCCESS_SHARE.items()}
_NEUTRAL_FIT: Final = 0.5


@dataclass(frozen=True, slots=True)
class Fit:
    """How well the places where a practice was tried resemble the asking city.

    Attributes:
        score: In [0, 1], 0.5 is neutral: ``0.5 + 0.5 * Σ sim_i * sign_i / (1 + Σ sim_i)`` with sign +1 for
            success, 0 for mixed, -1 for failed or stopped; the 1 shrinks thin experience towards neutral.
        facts: One sentence a place.
        unknown: What was not looked at.
    """

    score: float
    facts: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Solution:
    """A practice that answers a need.

    Attributes:
        score: In [0, 1]; see the module.
        warning: True when any place had an outcome other than success: read its lessons first.
        reasons: Sentences that a reader can check.
    """

    rank: int
    practice: str
    score: float
    relevance: float
    evidence: Evidence
    fit: Fit | None
    outcomes: Mapping[str, int]
    warning: bool
    hit: Hit
    reasons: tuple[str, ...]


def rank_solutions(
    hits: Iterable[Hit],
    evidence: Mapping[str, Evidence],
    catalogue: Catalogue,
    *,
    city: City | None = None,
    similarity: Callable[[City], float] | None = None,
) -> list[Solution]:
    """Rank practices, best first; equal scores by IRI.

    Args:
        hits: Practices relevant to the need.
        evidence: Of each practice, by IRI.
        city: The asking city; with it, ``similarity`` gives another city's similarity to it, in [0, 1].
    """
    ranked = []
    for hit in hits:
        proof = evidence[hit.record]
        adoptions = catalogue.adoptions_by_practice.get(hit.record, ())
        fit = (
            _fit(adoptions, city, similarity, catalogue)
            if city is not None and similarity is not None
            else None
        )
        share = fit.score if fit is not None else _NEUTRAL_FIT
        score = hit.score * (0.6 + 0.4 * proof.score) * (0.8 + 0.2 * share)
        outcomes = _outcomes(adoptions)
        ranked.append((score, hit, proof, fit, outcomes, _reasons(hit, proof, fit, adoptions, catalogue)))
    ranked.sort(key=lambda row: (-row[0], row[1].record))
    return [
        Solution(
            rank=rank,
            practice=hit.record,
            score=score,
            relevance=hit.score,
            evidence=proof,
            fit=fit,
            outcomes=outcomes,
            warning=any(name in outcomes for name in WARNING_OUTCOMES),
            hit=hit,
            reasons=reasons,
        )
        for rank, (score, hit, proof, fit, outcomes, reasons) in enumerate(ranked, 1)
    ]


def _outcomes(adoptions: Iterable[Adoption]) -> dict[str, int]:
    counts: dict[str, int] = {}
    for adoption in adoptions:
        name = adoption.outcome.rsplit("/", 1)[-1]
        counts[name] = counts.get(name, 0) + 1
    return counts


def _fit(
    adoptions: Iterable[Adoption], city: City, similarity: Callable[[City], float], catalogue: Catalogue
) -> Fit:
    balance = total = 0.0
    facts = []
    for adoption in adoptions:
        outcome = adoption.outcome.rsplit("/", 1)[-1]
        place = catalogue.cities.get(adoption.place)
        if place is None or outcome not in _SIGN:
            continue
        if place.id == city.id:
            facts.append(
                f"{city.label} has tried it itself: {catalogue.concept_label(adoption.outcome).lower()}"
            )
            continue
        near = similarity(place)
        balance += near * _SIGN[outcome]
        total += near
        facts.append(
            f"{place.label} ({catalogue.concept_label(adoption.outcome).lower()}) resembles {city.label} by {near:.0%}"
        )
    score = 0.5 + 0.5 * balance / (1 + total)
    return Fit(
        score,
        tuple(facts),
        ("conditions for a transfer (law, networks, climate, housing) are not yet checked",),
    )


def _reasons(
    hit: Hit, proof: Evidence, fit: Fit | None, adoptions: Iterable[Adoption], catalogue: Catalogue
) -> tuple[str, ...]:
    reasons = [f"answers: {catalogue.concept_label(iri)}" for iri in hit.concepts]
    reasons.append(f"evidence level {proof.level} of 5: {proof.level_reason}")
    if proof.adoptions:
        reasons.append(
            f"{proof.adoptions} finished or running adoption(s) with a known outcome in {proof.places} place(s); "
            f"with that few, a success share of at least {proof.success:.0%} can be relied on"
        )
    for adoption in adoptions:
        outcome = adoption.outcome.rsplit("/", 1)[-1]
        if outcome in WARNING_OUTCOMES:
            place = catalogue.place(adoption.place)
            causes = ", ".join(catalogue.concept_label(iri).lower() for iri in adoption.failure_cause)
            reasons.append(
                f"{catalogue.concept_label(adoption.outcome).lower()} in {place.label if place else 'a place'}"
                + (f", because of: {causes}" if causes else "")
            )
    if fit is not None:
        reasons.extend(fit.facts)
    return tuple(reasons)
