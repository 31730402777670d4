"""Spellings of a name brought to one form, so that letters, scripts and punctuation do not make two things of one."""

import re
from functools import lru_cache
from typing import Final

from anyascii import anyascii

from bufgraph.text.normalise import fold

_ABBREVIATION: Final = re.compile(r"(?<=\b\w)[./](?=\w\b)|(?<=\w)\.(?=\s|$|,|\))|['’`\"“”„«»]")
_SPLIT: Final = re.compile(r"[^0-9a-z]+")
_THOUSANDS: Final = re.compile(r"(?<=\d)[ ,.\u00a0\u202f](?=\d{3}\b)")
_DIGRAPHS: Final = (("aa", "a"), ("ae", "a"), ("oe", "o"), ("ue", "u"))


@lru_cache(maxsize=200_000)  # a name is compared with many others
def plain(name: str) -> str:
    """Return a name in the 26 letters and ten digits, lower case, words parted by single spaces.

    Diacritics fall away, other scripts are transliterated, full stops of abbreviations close up
    (``e.V.`` → ``ev``, ``A/S`` → ``as``).
    """
    text = _THOUSANDS.sub("", fold(name))
    text = _ABBREVIATION.sub("", text.replace("&", " and "))
    return " ".join(_SPLIT.sub(" ", anyascii(text).lower()).split())


def words_of(name: str) -> list[str]:
    """Return the words of :func:`plain`."""
    return plain(name).split()


@lru_cache(maxsize=200_000)
def short_letters(text: str) -> str:
    """Write both ways of spelling a Nordic or German letter alike: ``aarhus`` and ``arhus``, ``koege`` and ``koge``."""
    for pair, letter in _DIGRAPHS:
        text = text.replace(pair, letter)
    return text


def numbers_of(words: list[str]) -> set[str]:
    """Return the words that hold a digit; where they differ, two names seldom mean one thing."""
    return {word for word in words if any(char.isdigit() for char in word)}
