"""What a brief says: every statement with its language and its sources, ready to be laid out.

All texts are told in the reader's language already, or are record text in its own; a renderer only lays them out.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Literal

Origin = Literal["record", "fixed", "user"]


@dataclass(frozen=True, slots=True)
class Statement:
    """One thing that a brief says.

    Attributes:
        text: The words.
        lang: Language of ``text`` (ISO 639-1; ``und`` when it is not known).
        notes: Numbers of the footnotes that carry it; a statement from a record has at least one.
        lead: Words before the text, in the reader's language: a figure, a place.
        origin: ``record``: read or derived from records; ``fixed``: our own words around them; ``user``: the reader's.
        by_machine: Whether the text was translated by machine.
    """

    text: str
    lang: str
    notes: tuple[int, ...] = ()
    lead: str = ""
    origin: Origin = "record"
    by_machine: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """A word with a sign before it, so that it can be told apart without colour.

    Attributes:
        key: Slug of the outcome or verdict, for those who style it.
        where: Places that it holds for, empty when it holds as a whole.
    """

    key: str
    sign: str
    word: str
    where: str = ""

    @property
    def text(self) -> str:
        """Sign, word and places."""
        told = f"{self.sign} {self.word}"
        return f"{told}: {self.where}" if self.where else told


@dataclass(frozen=True, slots=True)
class Row:
    """One line of what is known of a candidate: what it is about, and statements."""

    key: str
    label: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Candidate:
    """One solution of the shortlist.

    Attributes:
        number: From 1, in the order of the shortlist.
        where: First place and country.
        outcomes: How it went, one mark for each outcome, that of the first place first.
        proven: How well it is proven, in a few words.
        cost: In a few words, for the table at a glance.
        verdict: For the asking city; None without one.
    """

    number: int
    slug: str
    title: Statement
    where: str
    outcomes: tuple[Mark, ...]
    proven: str
    cost: Statement
    verdict: Mark | None
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Contact:
    """An organisation to ask; never a person.

    Attributes:
        about: What it knows, as sentences in the reader's language.
        candidates: Numbers of the candidates that it knows.
    """

    name: str
    country: str
    homepage: str | None
    about: Statement
    candidates: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Question:
    """One thing to find out, with the conditions that hang on it.

    Attributes:
        about: The factor, in the reader's language.
        essential: Whether some candidate cannot work without it.
        conditions: For each candidate that hangs on it, the condition and what to do where it does not hold.
    """

    about: str
    essential: bool
    conditions: tuple[tuple[int, tuple[Statement, ...]], ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One of the five phases, with what to do in it."""

    number: int
    phase: str
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True)
class Footnote:
    """A source.

    Attributes:
        supports: What it supports, as the records say it (in English).
    """

    number: int
    title: str
    url: str | None
    supports: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Brief:
    """The whole document.

    Attributes:
        lang: Language of the fixed text.
        words: Fixed words by key; see :data:`bufgraph.briefs.words.WORDS`.
        need: In the reader's words; None when a shortlist was made without a need.
        reading: How the need was understood; empty when there is none.
        city: Name of the asking city; empty without one.
        remarks: What a reader must know of the languages of the texts.
        left_out: What the shortlist named and is not here, as sentences.
        day: When it was made.
        version: Version of the data.
        address: Page on which the brief can be opened again; empty where there is none.
    """

    lang: str
    words: Mapping[str, str]
    title: str
    need: Statement | None
    reading: tuple[Statement, ...]
    city: str
    city_facts: tuple[Statement, ...]
    candidates: tuple[Candidate, ...]
    contacts: tuple[Contact, ...]
    questions: tuple[Question, ...]
    questions_lead: str
    steps: tuple[Step, ...]
    footnotes: tuple[Footnote, ...]
    remarks: tuple[str, ...]
    left_out: tuple[str, ...]
    day: date
    made: str
    version: str
    address: str

    def statements(self) -> Iterator[Statement]:
        """Yield every statement, in reading order."""
        if self.need is not None:
            yield self.need
        yield from (*self.reading, *self.city_facts)
        for candidate in self.candidates:
            yield candidate.title
            yield candidate.cost
            for row in candidate.rows:
                yield from row.statements
        yield from (contact.about for contact in self.contacts)
        yield from (s for question in self.questions for _, said in question.conditions for s in said)
        yield from (statement for step in self.steps for statement in step.statements)


def note_ranges(notes: tuple[int, ...]) -> str:
    """Write footnote numbers short: 1, 2, 3 and 7 as ``1–3, 7``."""
    runs: list[list[int]] = []
    for number in sorted(set(notes)):
        if runs and number == runs[-1][1] + 1:
            runs[-1][1] = number
        else:
            runs.append([number, number])
    return ", ".join(str(a) if a == b else f"{a}, {b}" if b == a + 1 else f"{a}–{b}" for a, b in runs)


def cited_once(statements: Sequence[Statement]) -> list[Statement]:
    """Return statements as they stand in one paragraph: those in a row with the same sources name them once, at the last."""
    following = [*statements[1:], None]
    return [
        replace(one, notes=()) if other is not None and other.notes == one.notes else one
        for one, other in zip(statements, following, strict=True)
    ]
