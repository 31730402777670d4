"""What the extraction proposes."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Literal

Field = Literal["city", "organisation", "challenge", "domain", "year", "money", "quantity", "outcome"]
FIELDS: Final[tuple[Field, ...]] = (
    "city", "organisation", "challenge", "domain", "year", "money", "quantity", "outcome",
)  # fmt: skip
METHOD: Final = "bufgraph extraction rules 2026.2"
"""Name and version of the rules; goes into the provenance of what is confirmed."""


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of a text, in characters: ``text[start:end]``."""

    start: int
    end: int

    def overlaps(self, other: "Span") -> bool:
        """Tell whether the two share a character."""
        return self.start < other.end and other.start < self.end

    def holds(self, other: "Span") -> bool:
        """Tell whether the other lies inside this one."""
        return self.start <= other.start and other.end <= self.end


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value that the text seems to state.

    Attributes:
        span: The words it rests on; None for a concept, which rests on the text as a whole.
        value: Slug of a city or concept; name or slug of an organisation; a year; "1200000 EUR"; "43 %".
        label: The value for people.
        confidence: How often a rule of this kind is right, in [0, 1]: set by hand, see the data card.
        why: The rule, in words.
        measured: For a quantity, the words next to it that say what it measures.
        known: For an organisation, its IRI among ours; else "".
    """

    field: Field
    span: Span | None
    value: str
    label: str
    confidence: float
    why: str
    measured: str = ""
    known: str = ""


def without_overlaps(proposals: Sequence[Proposal]) -> list[Proposal]:
    """Of proposals that share characters keep the surest, then the longest; in the order of the text."""

    def rank(proposal: Proposal) -> tuple[float, int, int]:
        span = proposal.span or Span(0, 0)
        return (-proposal.confidence, span.start - span.end, span.start)

    kept: list[Proposal] = []
    for proposal in sorted(proposals, key=rank):
        span = proposal.span
        if span is None or not any(k.span is not None and k.span.overlaps(span) for k in kept):
            kept.append(proposal)
    return sorted(kept, key=lambda p: p.span.start if p.span else -1)
