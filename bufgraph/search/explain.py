"""Why a hit stands where it stands: the words found, the parts of its score, and what is missing."""

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bufgraph.search.query import Hit
from bufgraph.search.understanding import Understanding
from bufgraph.text.normalise import character_grams, index_terms, stem, stop_words, words

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_LOCAL_LIKENESS: Final = 0.5
"""Share of the smaller word's 4-grams that two words of one language share when they are forms of each other
("chodniki", "chodnikach"); set by looking at pairs in Finnish, Estonian and Polish."""
_LOOSE: Final = 0.35
"""Cosine below which two urban texts are about different things (see understanding: any two topics reach 0.3)."""
_MOST_GAPS: Final = 3

GapKind = Literal["concept", "words", "meaning"]
Span = tuple[int, int]
"""First character and the one after the last, in the text as shown."""


@dataclass(frozen=True, slots=True)
class Gap:
    """What keeps a hit from standing higher.

    Attributes:
        kind: ``concept`` (IRI of a challenge of the query that the record is not listed under), ``words`` (of the
            query that the record never says) or ``meaning`` (its texts are only loosely about this).
        values: The IRI, or the words.
    """

    kind: GapKind
    values: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    """Reasons for one hit.

    Attributes:
        contributions: Part → what it adds to the score; they sum to it.
        found: Words of the query that the passage says, in English or in one of their English senses.
        spans: Where they stand in the passage.
        gaps: What is missing, most important first.
    """

    contributions: dict[str, float]
    found: tuple[str, ...]
    spans: tuple[Span, ...]
    gaps: tuple[Gap, ...]


def explain(hit: Hit, understanding: Understanding, record_terms: Collection[str]) -> Explanation:
    """Explain a hit.

    Args:
        record_terms: Stemmed English words of all passages of the record.
    """
    wanted = dict.fromkeys(understanding.terms)
    here = set(index_terms(hit.passage.text))
    readable = _readable(understanding)
    found = tuple(dict.fromkeys(readable.get(term, term) for term in wanted if term in here))
    return Explanation(
        {name: hit.weights[name] * value for name, value in hit.parts.items()},
        found,
        spans(hit.passage.text, {term for term in wanted if term in here}),
        _gaps(hit, understanding, list(_missing(wanted, readable, record_terms))),
    )


def _missing(
    wanted: Iterable[str], readable: Mapping[str, str], record_terms: Collection[str]
) -> Iterable[str]:
    """Return the user's words of which no English sense stands in the record."""
    there: dict[str, bool] = {}
    for term in wanted:
        word = readable.get(term, term)
        there[word] = there.get(word, False) or term in record_terms
    return (word for word, stands in there.items() if not stands)


def _readable(understanding: Understanding) -> dict[str, str]:
    """Return for each stem of the reading the word that the user knows: her own, of whatever language."""
    said = understanding.reading.words or (understanding.text,)
    known = {stem(word, "en"): word for text in said for word in words(text)}
    for read in understanding.reading.read:
        for group in read.english:
            known |= {stem(word, "en"): read.word for sense in group for word in words(sense)}
    return known


def spans(text: str, terms: Collection[str]) -> tuple[Span, ...]:
    """Return where words with one of some stems stand in an English text."""
    return tuple(m.span() for m in _WORD.finditer(text) if stem(m.group().lower(), "en") in terms)


def local_spans(text: str, query: str, lang: str) -> tuple[Span, ...]:
    """Return where words of the query, in any form, stand in a text of the same language."""
    asked = [
        set(character_grams(word)) for word in words(query) if len(word) > 3 and word not in stop_words(lang)
    ]
    return tuple(
        m.span()
        for m in _WORD.finditer(text)
        if len(m.group()) > 3 and any(_alike(set(character_grams(m.group())), grams) for grams in asked)
    )


def _alike(one: set[str], other: set[str]) -> bool:
    return len(one & other) >= _LOCAL_LIKENESS * min(len(one), len(other))


def _gaps(hit: Hit, understanding: Understanding, missing: Sequence[str]) -> tuple[Gap, ...]:
    gaps = []
    if understanding.concepts and understanding.concepts[0].concept not in hit.concepts:
        gaps.append(Gap("concept", (understanding.concepts[0].concept,)))
    if hit.parts.get("dense", 0.0) < _LOOSE:
        gaps.append(Gap("meaning", ()))
    if missing:
        gaps.append(Gap("words", tuple(missing[:_MOST_GAPS])))
    return tuple(gaps)
