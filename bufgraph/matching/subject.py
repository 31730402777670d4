"""What a person knows, told in her own words: which challenges that are, and which cases want such a person."""

from collections.abc import Mapping, Sequence
from typing import Final

from bufgraph.localisation.phrases import phrase
from bufgraph.matching.mentoring import Case, Knowledge
from bufgraph.model import Adoption, Catalogue
from bufgraph.model.terms import concept_term
from bufgraph.namespaces import slug
from bufgraph.search.query import ConceptMatch, Hit

_SECOND_CHALLENGE: Final = 0.7
"""As in :mod:`bufgraph.matching.mentoring`: what a further challenge of a practice counts beside its main one."""
_READ: Final = 0.6
"""Least weight with which a challenge must be read out of a text to be told as the reason."""
_UNPROVEN: Final = 0.5
"""What a challenge counts that is read out of a text but has no practice near to the text."""
_UNREAD: Final = 0.7
"""What a challenge counts that practices near to a text address but the text does not name, beside those that it names."""
_WANTED: Final[Mapping[str, int]] = {"failed": 0, "stopped": 0, "mixed": 0, "too-early": 1}
"""Outcomes after which a mentor is wanted: first those who are in trouble, then those who have just begun."""


def knowledge_of_text(
    hits: Sequence[Hit], concepts: Sequence[ConceptMatch], catalogue: Catalogue
) -> tuple[Knowledge, ...]:
    """Return the challenges that a text is about, strongest first.

    The strength of a challenge is the score of the best practice near to the text that addresses it, 0.7 of that where it is one of the
    practice's further challenges, and where others were read out of the text but not this one. A challenge that was read out of the
    text and has no such practice gets half the weight with which it was read.

    Args:
        hits: Practices near to the text.
        concepts: What was read out of it.
    """
    read = {match.concept: match.weight for match in concepts if match.weight >= _READ}
    found: dict[str, Knowledge] = {}

    def add(challenge: str, strength: float, reason: str) -> None:
        if challenge not in found or strength > found[challenge].strength:
            found[challenge] = Knowledge(challenge, strength, reason)

    for hit in hits:
        practice = catalogue.practices[hit.record]
        for challenge in practice.challenge:
            share = 1.0 if challenge == practice.main_challenge else _SECOND_CHALLENGE
            if read and challenge not in read:
                share *= _UNREAD
            add(challenge, hit.score * share, _reason(challenge, practice.title, read, catalogue))
    for challenge, weight in read.items():
        if challenge not in found:
            add(challenge, weight * _UNPROVEN, _reason(challenge, "", read, catalogue))
    return tuple(sorted(found.values(), key=lambda k: (-k.strength, k.challenge)))


def cases_of_text(hits: Sequence[Hit], catalogue: Catalogue, limit: int = 10) -> list[Case]:
    """Return the practices near to a text that want help: those in trouble somewhere first, then those that have just begun.

    Args:
        hits: Practices near to the text.
    """
    found: list[tuple[int, Hit, tuple[Adoption, ...]]] = []
    for hit in hits:
        adoptions = catalogue.adoptions_by_practice.get(hit.record, ())
        wanting = tuple(a for a in adoptions if slug(a.outcome) in _WANTED)
        if wanting:
            found.append((min(_WANTED[slug(a.outcome)] for a in wanting), hit, wanting))
    found.sort(key=lambda case: (case[0], -case[1].score, case[1].record))
    return [
        Case(rank, hit.record, hit.score, wanting, ())
        for rank, (_, hit, wanting) in enumerate(found[:limit], 1)
    ]


def _reason(challenge: str, practice: str, read: Mapping[str, float], catalogue: Catalogue) -> str:
    if challenge in read or not practice:
        return phrase("your text is about: {challenge}", challenge=concept_term(catalogue, challenge))
    return phrase("near to your text: {practice}", practice=practice)
