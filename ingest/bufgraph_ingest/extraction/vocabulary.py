"""Words for magnitudes, currencies and units in the languages of the region, from ``units.tsv``."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

KRONA_OF: Final = {"sv": "SEK", "da": "DKK", "nb": "NOK", "SE": "SEK", "DK": "DKK", "NO": "NOK"}
"""Whose crown is meant, by language and by country."""


@dataclass(frozen=True, slots=True)
class Word:
    """A row of the table: ``pattern`` matches the whole of a folded word or words."""

    canonical: str
    factor: float
    pattern: re.Pattern[str]


@cache
def words_of(kind: str) -> Sequence[Word]:
    """Return the rows of a kind: ``magnitude``, ``currency`` or ``unit``."""
    return [Word(name, float(factor), re.compile(forms)) for of, name, factor, forms in _rows() if of == kind]


@cache
def alternatives(kind: str) -> str:
    """Return a regular expression that matches any form of a kind, the longest first."""
    forms = [form for of, _, _, all_forms in _rows() if of == kind for form in _split(all_forms)]
    return "|".join(sorted(forms, key=len, reverse=True))


def canonical(kind: str, text: str) -> Word | None:
    """Return the row that a text stands for."""
    key = flat(text)
    return next((word for word in words_of(kind) if word.pattern.fullmatch(key)), None)


_LETTERS: Final = str.maketrans(
    {"ø": "o", "ł": "l", "ß": "s", "²": "2", "³": "3", "µ": "u", "\u202f": " ", "\u00a0": " "}
)


def flat(text: str) -> str:
    """Lower-case a text and drop its diacritics, one character for one, so that offsets stay true."""
    return "".join(_flat_character(char) for char in text)


@cache
def _flat_character(char: str) -> str:
    lower = char.lower().translate(_LETTERS)
    first = unicodedata.normalize("NFD", lower)[:1] if len(lower) == 1 else char
    return first if len(first) == 1 else char


@cache
def _rows() -> list[tuple[str, str, str, str]]:
    lines = (files(__package__) / "units.tsv").read_text(encoding="utf-8").splitlines()
    cells = [line.split("\t") for line in lines if line and not line.startswith("#")]
    return [(kind, name, factor, forms) for kind, name, factor, forms in cells]


def _split(forms: str) -> list[str]:
    """Split alternatives at bars that stand outside brackets."""
    parts, depth, start = [], 0, 0
    for place, char in enumerate(forms):
        depth += (char == "(") - (char == ")")
        if char == "|" and depth == 0:
            parts.append(forms[start:place])
            start = place + 1
    return [*parts, forms[start:]]
