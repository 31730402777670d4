"""All that one page tells a person who knows something: who needs it, where it goes badly, who knows the same."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from bufgraph.errors import InvalidInputError
from bufgraph.matching.experts import ExpertMatch, rank_experts
from bufgraph.matching.mentoring import Case, OpenNeed, Reach, open_needs
from bufgraph.matching.subject import cases_of_text, knowledge_of_text
from bufgraph.search.query import MAX_LIMIT, Corrections, Filters, Hit, SearchQuery
from bufgraph.search.understanding import Understanding
from bufgraph.services.answers import CLOSE_SHARE, is_unread, is_weak
from bufgraph.services.composition import Build
from bufgraph.services.need_answers import nearest_challenges

_NONE: Final = Corrections()
_MOST_READ: Final = 40
"""Practices near to a text that tell what it is about."""
_TRIED: Final = 20
"""Hits that may carry an organisation into the answer."""
_STILL_OPEN: Final = ("tried", "untried")


@dataclass(frozen=True)
class KnowledgeAnswer:
    """Where what a person knows is needed.

    Attributes:
        needs: Needs of cities that have no success of their own yet, best first.
        cases: Practices near to it that failed, stopped, came out mixed or have just begun somewhere.
        experts: Organisations that know the same.
        suggestions: IRIs of challenges near to the text.
        weak: True when nothing comes close.
        unread: True when hardly a word could be read; then everything else is empty.
    """

    understood: Understanding
    needs: Sequence[OpenNeed]
    cases: Sequence[Case]
    experts: Sequence[ExpertMatch]
    suggestions: Sequence[str]
    weak: bool
    unread: bool


def answer_knowledge(
    build: Build,
    text: str,
    *,
    corrections: Corrections = _NONE,
    needs: int = 24,
    cases: int = 8,
    experts: int = 5,
) -> KnowledgeAnswer:
    """Match what a person tells that she knows.

    Args:
        needs: Most needs to return; ``cases`` and ``experts`` likewise.

    Raises:
        InvalidInputError: The text is empty or too long.
    """  # fmt: skip
    asked = SearchQuery(text, ("practice",), Filters(), MAX_LIMIT, corrections=corrections)
    query = asked.checked(build.settings.query_max_chars)
    understood = build.reader.read(query.text, query.corrections)
    if is_unread(understood):
        return KnowledgeAnswer(understood, (), (), (), (), weak=True, unread=True)
    catalogue, parts = build.catalogue, build.city_parts
    near = _close(build.hybrid.search(query, understood))
    knows = knowledge_of_text(near[:_MOST_READ], understood.concepts, catalogue)
    reach = Reach.of(knows, catalogue, parts.concepts, parts.kinship)
    stated = build.hybrid.search(replace(query, types=("expert",), limit=_TRIED), understood)
    return KnowledgeAnswer(
        understood,
        _near_best(open_needs(reach, catalogue, states=_STILL_OPEN))[:needs],
        cases_of_text(near, catalogue, cases),
        rank_experts(near[:_TRIED], stated, build.evidence, catalogue, limit=experts),
        nearest_challenges(build, understood),
        weak=is_weak(near, understood),
        unread=False,
    )


def check_asked(text: str | None, organisation: str | None) -> None:
    """Check that either a text or an organisation is given.

    Raises:
        InvalidInputError: None of them, or both.
    """
    if bool(text and text.strip()) == bool(organisation and organisation.strip()):
        raise InvalidInputError("tell in a text what you know, or name an organisation: one of the two")


def _close(hits: Sequence[Hit]) -> list[Hit]:
    least = CLOSE_SHARE * max((hit.score for hit in hits), default=0.0)
    return [hit for hit in hits if hit.score >= least]


def _near_best(needs: Sequence[OpenNeed]) -> list[OpenNeed]:
    """Leave out what is less than half as near as the best: it is of another subject."""
    return [need for need in needs if need.score >= CLOSE_SHARE * needs[0].score]
