"""Proven solutions for a need: relevance × evidence × fit, with failures beside successes.

``score = relevance * (0.6 + 0.4 * evidence) * (0.75 + 0.25 * fit)``, times 0.4 when a condition blocks it: a solution to
another problem never wins by good evidence; among solutions to this problem the better proven and better fitting come
first, and what cannot work in the asking city last.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bufgraph.localisation.phrases import counted, phrase
from bufgraph.matching.candidates import setback
from bufgraph.matching.evidence import SUCCESS_SHARE, Evidence
from bufgraph.matching.transfer import VERDICT_SCORE, FitVerdict, judge
from bufgraph.model import Adoption, Catalogue, City, GoodPractice
from bufgraph.model.terms import concept_term, place_term
from bufgraph.search.query import Hit

WARNING_OUTCOMES: Final = ("failed", "mixed", "stopped")
_SIGN: Final[Mapping[str, float]] = {name: 2 * share - 1 for name, share in SUCCESS_SHARE.items()}
_NEUTRAL_FIT: Final = 0.5
_BLOCKED: Final = 0.4


@dataclass(frozen=True, slots=True)
class Fit:
    """Whether a practice would work in the asking city: by its conditions, and by who has tried it.

    Attributes:
        score: In [0, 1], 0.5 is neutral: the mean of ``experience`` and the verdict's score (:data:`VERDICT_SCORE`).
        experience: In [0, 1]: ``0.5 + 0.5 * Σ sim_i * sign_i / (1 + Σ sim_i)`` over the places that tried it, sim their
            similarity to the asking city, sign +1 for success, 0 for mixed, -1 for failed or stopped; the 1 shrinks
            thin experience towards neutral.
        facts: One sentence a place.
    """

    score: float
    verdict: FitVerdict
    experience: float
    facts: tuple[str, ...]


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
    similarity: Mapping[str, float] | None = None,
    answers: Mapping[str, bool] | None = None,
) -> list[Solution]:
    """Rank practices, best first; equal scores by IRI.

    Args:
        hits: Practices relevant to the need.
        evidence: Of each practice, by IRI.
        city: The asking city; with it, ``similarity`` gives every other city's similarity to it, in [0, 1], by IRI.
        answers: What the asking city says of itself; see :func:`bufgraph.matching.transfer.judge`.
    """
    ranked = []
    for hit in hits:
        proof = evidence[hit.record]
        adoptions = catalogue.adoptions_by_practice.get(hit.record, ())
        fit = (
            _fit(catalogue.practices[hit.record], city, similarity, catalogue, answers)
            if city is not None and similarity is not None
            else None
        )
        share = fit.score if fit is not None else _NEUTRAL_FIT
        score = hit.score * (0.6 + 0.4 * proof.score) * (0.75 + 0.25 * share)
        if fit is not None and fit.verdict.verdict == "blocked":
            score *= _BLOCKED
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
    practice: GoodPractice,
    city: City,
    similarity: Mapping[str, float],
    catalogue: Catalogue,
    answers: Mapping[str, bool] | None,
) -> Fit:
    adoptions = catalogue.adoptions_by_practice.get(practice.id, ())
    balance = total = 0.0
    facts = []
    for adoption in adoptions:
        outcome = adoption.outcome.rsplit("/", 1)[-1]
        place = catalogue.cities.get(adoption.place)
        if place is None or outcome not in _SIGN:
            continue
        if place.id == city.id:
            facts.append(
                phrase(
                    "{city} has tried it itself: {outcome}",
                    city=place_term(city),
                    outcome=concept_term(catalogue, adoption.outcome, in_sentence=True),
                )
            )
            continue
        near = similarity[place.id]
        balance += near * _SIGN[outcome]
        total += near
        facts.append(
            phrase(
                "{place} ({outcome}) resembles {city} by {near:.0%}",
                place=place_term(place),
                outcome=concept_term(catalogue, adoption.outcome, in_sentence=True),
                city=place_term(city),
                near=near,
            )
        )
    experience = 0.5 + 0.5 * balance / (1 + total)
    verdict = judge(practice, city, catalogue, answers=answers)
    return Fit((experience + VERDICT_SCORE[verdict.verdict]) / 2, verdict, experience, tuple(facts))


def _reasons(
    hit: Hit, proof: Evidence, fit: Fit | None, adoptions: Iterable[Adoption], catalogue: Catalogue
) -> tuple[str, ...]:
    reasons: list[str] = [
        phrase("answers: {challenge}", challenge=concept_term(catalogue, iri)) for iri in hit.concepts
    ]
    reasons.append(
        phrase("evidence level {level} of 5: {reason}", level=proof.level, reason=proof.level_reason)
    )
    if proof.adoptions:
        reasons.append(
            counted(
                "{n} adoption with a known outcome (places: {places}, independent sources: {sources}): a success share of at least {success:.0%} can be relied on",
                "{n} adoptions with a known outcome (places: {places}, independent sources: {sources}): a success share of at least {success:.0%} can be relied on",
                proof.adoptions,
                places=proof.places,
                sources=proof.sources,
                success=proof.success,
            )
        )
    reasons.extend(
        setback(adoption, catalogue)
        for adoption in adoptions
        if adoption.outcome.rsplit("/", 1)[-1] in WARNING_OUTCOMES
    )
    if fit is not None:
        reasons.append(fit.verdict.reason)
        reasons.extend(fit.facts)
    return tuple(reasons)
