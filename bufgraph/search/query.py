"""What is asked, and what comes back."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, get_args

from bufgraph.errors import InvalidInputError, TooLargeError
from bufgraph.text.language import LANGUAGES
from bufgraph.text.passages import Field, Passage, RecordType

RECORD_TYPES: Final[tuple[RecordType, ...]] = get_args(RecordType)
FIELDS: Final[tuple[Field, ...]] = get_args(Field)
MAX_LIMIT: Final = 100


@dataclass(frozen=True)
class Filters:
    """Exact conditions on records; an empty one keeps everything. All given conditions must hold.

    Attributes:
        country: ISO 3166-1 alpha-2 of a practice's places, of a city or of an expert.
        domain: Slug of a smart domain or subdomain.
        challenge: Slug of a challenge.
        outcome: Slug of an outcome that at least one adoption had.
        min_level: Least evidence level of a practice, 0 to 5.
        size: Class of a city where it was applied: small, medium, large or metropolis.
        since: Year from which on it was running somewhere; ``until``: year up to which it had begun.
        cost_from: Least known cost of an adoption, in euro; ``cost_to``: largest.
        language: ISO 639-1 of an official language of a country where it was applied.
    """

    country: str | None = None
    domain: str | None = None
    challenge: str | None = None
    outcome: str | None = None
    min_level: int | None = None
    size: str | None = None
    since: int | None = None
    until: int | None = None
    cost_from: float | None = None
    cost_to: float | None = None
    language: str | None = None

    def __bool__(self) -> bool:
        return self != Filters()


@dataclass(frozen=True)
class Corrections:
    """What the user said about how her text is to be understood.

    Args:
        lang: The language of the text; it is identified when not given.
        preferred: The language she reads; decides between close rivals, and which labels are shown.
        without: Slugs of concepts and cities that were read out of the text wrongly.
        also: Slugs of challenges that belong to it.

    Raises:
        InvalidInputError: Unknown language; the known ones are listed.
    """

    lang: str | None = None
    preferred: str | None = None
    without: tuple[str, ...] = ()
    also: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        for name, code in (("text_lang", self.lang), ("lang", self.preferred)):
            if code is not None and code not in LANGUAGES:
                raise InvalidInputError(
                    f"unknown language '{code}'; choose from {', '.join(LANGUAGES)}", field=name
                )


@dataclass(frozen=True)
class SearchQuery:
    """A search.

    Args:
        text: What the user typed.
        types: Kinds of records wanted; default: all.
        filters: Exact conditions.
        limit: Most hits to return, 1 to 100.
        fields: Sides of a record to look at; default: all.
        corrections: What the user said about how her text is to be understood.

    Raises:
        InvalidInputError: The text is empty, a type is unknown or the limit is out of range.
    """

    text: str
    types: tuple[RecordType, ...] = RECORD_TYPES
    filters: Filters = field(default_factory=Filters)
    limit: int = 10
    fields: tuple[Field, ...] = FIELDS
    corrections: Corrections = field(default_factory=Corrections)

    def __post_init__(self) -> None:
        if not any(char.isalnum() for char in self.text):
            raise InvalidInputError(
                "the search text is empty; describe the problem in a word, a sentence or a paragraph",
                field="q",
            )
        unknown = [t for t in self.types if t not in RECORD_TYPES]
        if unknown:
            raise InvalidInputError(
                f"unknown type '{unknown[0]}'; choose from {', '.join(RECORD_TYPES)}", field="type"
            )
        check_limit(self.limit)

    def checked(self, max_chars: int) -> "SearchQuery":
        """Return the query when its text is short enough.

        Raises:
            TooLargeError: The text passes the limit.
        """
        if len(self.text) > max_chars:
            raise TooLargeError(
                f"the search text has {len(self.text)} characters; at most {max_chars} are accepted, "
                "a paragraph is enough",
                field="q",
                limit=max_chars,
            )
        return replace(self, text=self.text.strip())


@dataclass(frozen=True, slots=True)
class ConceptMatch:
    """A concept read out of a text.

    Attributes:
        concept: IRI.
        label: English label.
        weight: How sure we are, in [0, 1].
        how: ``label`` (its label stands in the text, ``matched`` tells which), ``meaning`` (nearest vectors) or
            ``chosen`` (by the user).
        matched: The label found.
    """

    concept: str
    label: str
    weight: float
    how: str
    matched: str | None = None


@dataclass(frozen=True, slots=True)
class Hit:
    """A record found.

    Attributes:
        score: In [0, 1]; the sum of ``parts`` times ``weights``.
        parts: ``dense``, ``lexical``, ``local`` and ``concept``, each in [0, 1]; ``local`` only where the text is in
            a language other than English.
        weights: Share of each part; they sum to 1.
        passage: The passage that earned the score.
        concepts: IRIs of the query's concepts that the record shares.
    """

    rank: int
    record: str
    record_type: RecordType
    score: float
    parts: Mapping[str, float]
    weights: Mapping[str, float]
    passage: Passage
    concepts: tuple[str, ...]


def check_limit(limit: int) -> None:
    """Check the number of results asked for.

    Raises:
        InvalidInputError: Not between 1 and 100.
    """
    if not 1 <= limit <= MAX_LIMIT:
        raise InvalidInputError(f"limit is {limit}; expected 1 to {MAX_LIMIT}", field="limit")
