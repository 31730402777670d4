"""Names of organisations taken apart: legal form, kind of body, place, country, what is left."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from bufgraph_ingest.reconciliation.places import PlaceNames
from bufgraph_ingest.reconciliation.spelling import numbers_of, plain, words_of
from bufgraph_ingest.reconciliation.vocabulary import vocabulary

_BRACKETS: Final = re.compile(r"^(.*?)\s*\(([^()]+)\)\s*$")
_DASH: Final = re.compile(r"\s+[-–—/]\s+|\s*;\s*")
_ACRONYM: Final = re.compile(r"[A-ZÆØÅÄÖÜÕŠŽŁ]+[a-z]{0,2}[A-ZÆØÅÄÖÜÕŠŽŁ0-9][A-Za-z0-9ÆØÅÄÖÜÕ]{0,5}")
PLACE: Final = "@"
"""First letter of a word that stands for a place; the rest are its possible identifiers."""


@dataclass(frozen=True, slots=True)
class OrganisationName:
    """A name taken apart.

    Attributes:
        words: What tells this body from others; places as ``@id|id``, kinds of bodies in one language.
        kinds: The kinds of bodies among the words; ``soft``: forms that are often left out.
        places: The places named, each as the identifiers that it may mean.
        levels: Levels of government named; ``countries``: codes of the countries named; ``numbers``: words with a digit.
        is_part: True when this is only a part of the name as written; ``is_weak``: when the part may name another
            body, as a bracket often does; ``acronym``: when the text is one.
    """

    text: str
    words: tuple[str, ...]
    kinds: frozenset[str]
    soft: frozenset[str]
    places: tuple[frozenset[str], ...]
    levels: frozenset[str]
    countries: frozenset[str]
    numbers: frozenset[str]
    is_part: bool = False
    is_weak: bool = False
    acronym: bool = False

    @property
    def is_administration(self) -> bool:
        """Whether it is the body that governs a place and nothing more."""
        return bool(self.levels and self.places) and all(word.startswith(PLACE) for word in self.words)

    @property
    def initials(self) -> str:
        """First letters of the words as written, small words left out."""
        stop = vocabulary().stop
        return "".join(word[0] for word in plain(self.text).split() if word not in stop)


def readings(name: str, places: PlaceNames) -> list[OrganisationName]:
    """Return a name as it stands and as its parts: without a bracket, without an acronym at its end or beginning."""
    whole = parse(name, places)
    found = [whole]
    for text, is_weak in _parts(name):
        part = replace(parse(text, places), is_part=True, is_weak=is_weak)
        # "City of Aarhus (public libraries)" is no other name of the city, "(water company)" no name at all.
        if (
            not text.islower()
            and (len(part.words) > 1 or part.acronym or not is_weak)
            and not part.is_administration
        ):
            found.append(part)
    return found


def parse(name: str, places: PlaceNames) -> OrganisationName:
    """Take a name apart."""
    reader = _Reader(places)
    reader.read(words_of(name))
    return OrganisationName(
        name,
        tuple(reader.words) or tuple(words_of(name)),
        frozenset(reader.kinds),
        frozenset(reader.soft),
        tuple(reader.places),
        frozenset(reader.levels),
        frozenset(reader.countries),
        frozenset(numbers_of([word for word in reader.words if not word.startswith(PLACE)])),
        acronym=is_acronym(name),
    )


def is_acronym(text: str) -> bool:
    """Tell whether a text is one word in capitals, such as ``MPWiK`` or ``NTNU``, and no legal form."""
    return _ACRONYM.fullmatch(text) is not None and not vocabulary().legal.match([plain(text)], 0)


class _Reader:
    """Collects what the words of one name mean."""

    def __init__(self, places: PlaceNames) -> None:
        self._places = places
        self.words: list[str] = []
        self.kinds: set[str] = set()
        self.soft: set[str] = set()
        self.places: list[frozenset[str]] = []
        self.levels: set[str] = set()
        self.countries: set[str] = set()

    def read(self, words: Sequence[str]) -> None:
        """Read all words."""
        start = 0
        while start < len(words):
            start += self._read_one(words, start)

    def _read_one(self, words: Sequence[str], start: int) -> int:
        known = vocabulary()
        if found := known.concepts.match(words, start):
            parts = found[0].split()
            self.kinds.update(parts)
            self.words += parts
        elif found := known.administration.match(words, start):
            self.levels.add(found[0])
        elif len(words) > 1 and (found := known.legal.match(words, start)):
            pass
        elif found := known.countries.match(words, start):
            self.countries.add(found[0])
        elif place := self._places.match(words, start):
            self.places.append(place[0])
            self.words.append(PLACE + "|".join(sorted(place[0])))
            return place[1]
        else:
            word = words[start]
            if word in known.soft and len(words) > 1:
                self.soft.add(word)
            elif word not in known.stop:
                self.words.append(word)
            return 1
        return found[1]


def _parts(name: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a name, each with whether it may name another body."""
    if bracket := _BRACKETS.match(name):
        yield from _beside_acronym(*bracket.groups())
        return
    parts = _DASH.split(name)
    if len(parts) == 2:
        yield from _beside_acronym(*(parts if is_acronym(parts[1]) else reversed(parts)))
        return
    words = name.split()
    if len(words) > 2 and not name.isupper():
        for acronym, rest in ((words[0], words[1:]), (words[-1], words[:-1])):
            if is_acronym(acronym) and len(rest) > 1:
                yield from _beside_acronym(" ".join(rest), acronym)


def _beside_acronym(full: str, other: str) -> Iterator[tuple[str, bool]]:
    """Yield a full name and what stands beside it; only an acronym of it surely means the same body."""
    letters = sorted(plain(other))
    initials = sorted(word[0] for word in plain(full).split() if word not in vocabulary().stop)
    yield full, " " in other or not is_acronym(other)
    yield other, not (is_acronym(other) and len(letters) > 2 and letters == initials)
