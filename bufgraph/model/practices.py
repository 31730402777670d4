"""Good practices: the plan, its conditions, and what came of it where it was applied."""

from dataclasses import dataclass
from typing import Final

from bufgraph.model.records import Record
from bufgraph.namespaces import slug

NOT_ASKED: Final = "The source does not ask for this."
"""What a record says in a text that our shapes need and its source has no place for; nobody is shown it as a fact."""


@dataclass(frozen=True, slots=True)
class GoodPractice(Record):
    """A described way of solving a challenge: the plan, apart from the places where it happened.

    Attributes:
        problem: What it set out to solve; "" where the source does not ask for it, and so with ``approach``.
        summary: What was done and what came of it, in short.
        approach: How it works.
        main_challenge: The most central of ``challenge``.
        confidence: How well the collected sources support the record (a concept of ``confidence``).
        typical_need: How towns that do not know it would ask for it; written for search, no source says so.
    """

    title: str
    problem: str
    summary: str
    approach: str
    main_challenge: str
    origin: str
    challenge: tuple[str, ...] = ()
    subdomain: tuple[str, ...] = ()
    confidence: str | None = None
    typical_need: tuple[str, ...] = ()
    citation: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name in ("problem", "approach"):
            if getattr(self, name) == NOT_ASKED:
                object.__setattr__(self, name, "")


@dataclass(frozen=True, slots=True)
class Translation(Record):
    """Short texts of a practice in other languages, for readers and for search.

    Attributes:
        translates: The practice.
        local_title: Title by language tag.
        local_need: The need in one sentence, by language tag.
        local_solution: What was done and what came of it in one sentence, by language tag.
    """

    translates: str
    local_title: dict[str, str]
    local_need: dict[str, str]
    local_solution: dict[str, str]


@dataclass(frozen=True, slots=True)
class TransferCondition(Record):
    """Something that must be true, or had better be true, of a city for a practice to work there.

    Attributes:
        factor: What of a city it is about (a concept of ``context``).
        text: The condition as a sentence about the city.
        is_essential: Without it the practice cannot work; else it works after ``change``.
        at_least: Bounds in the unit of the factor (residents for ``population``), inclusive; ``at_most`` too.
        is_stated: The record names it; else a reader inferred it. ``wording``: the words that it rests on.
    """

    condition_of: str
    factor: str
    text: str
    is_essential: bool
    is_stated: bool
    wording: str
    change: str | None = None
    at_least: int | None = None
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Adoption(Record):
    """A practice applied in one place, with what came of it.

    Attributes:
        relation: How it stands to the practice's first place (a concept of ``transfer-relation``).
        cost: In ``currency``, as stated by the sources, not adjusted for inflation.
    """

    practice: str
    place: str
    relation: str
    outcome: str
    status: str | None = None
    replicated_from: str | None = None
    start_year: int | None = None
    end_year: int | None = None
    cost: float | None = None
    currency: str | None = None
    cost_note: str | None = None
    funding: tuple[str, ...] = ()
    participation: tuple[str, ...] = ()
    result: tuple[str, ...] = ()
    lesson: tuple[str, ...] = ()
    obstacle: tuple[str, ...] = ()
    failure_phase: str | None = None
    failure_cause: tuple[str, ...] = ()
    remedy: str | None = None
    note: tuple[str, ...] = ()
    citation: tuple[str, ...] = ()

    @property
    def is_origin(self) -> bool:
        """Whether this is the practice's first place."""
        return slug(self.relation) == "origin"


@dataclass(frozen=True, slots=True)
class Result(Record):
    """One stated figure of an adoption: a claim with its own evidence.

    Attributes:
        value: In ``unit_text`` (and ``unit``, a QUDT IRI, where one exists); None when only told in words.
        result_kind: Achieved, target or context.
        method: How the figure came about; ``assessor``: who vouches for it.
        supported_by: Citations that carry the figure.
    """

    metric: str
    text: str
    result_kind: str
    method: str
    assessor: str
    value: float | None = None
    unit_text: str | None = None
    unit: str | None = None
    ref_year: int | None = None
    baseline_value: float | None = None
    baseline_year: int | None = None
    baseline_text: str | None = None
    supported_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson(Record):
    """Something learned in one adoption."""

    text: str
    lesson_kind: str


@dataclass(frozen=True, slots=True)
class Obstacle(Record):
    """Something that stood in the way, with the kind of barrier."""

    text: str
    barrier: str
