"""Names of cities in running text, in every case form and language that the dictionaries know."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import marisa_trie

from bufgraph.errors import MisconfiguredError
from bufgraph.model import City
from bufgraph.text.normalise import fold

_TOKEN = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*")
_LEAST_NAME: Final = 4
"""Letters of a name that may be inflected freely; shorter ones ("Ii", "Ås") are found as written only."""
_ENDING: Final = 5
"""Letters that a case ending may have ("Tampere" → "Tampereelta")."""


@dataclass(frozen=True, slots=True)
class PlaceMention:
    """A city named in a text.

    Attributes:
        city: IRI.
        word: The word or words as they stand in the text.
        start: Where they begin in it, in characters; of two mentions alike but for their place we say they are equal.
    """

    city: str
    word: str
    start: int = field(default=0, compare=False)


class Gazetteer:
    """Finds city names. Keys are names without diacritics, and their case forms; values are rows of ``cities``."""

    def __init__(self, cities: tuple[str, ...], names: "marisa_trie.RecordTrie") -> None:
        self._cities = cities
        self._names = names
        self._longest = max((key.count(" ") + 1 for key in names), default=1)

    @classmethod
    def make(cls, cities: Iterable[City], forms_of: Mapping[str, Iterable[str]]) -> "Gazetteer":
        """Make a gazetteer.

        Args:
            forms_of: Inflected forms by lower-case name, of all languages together.
        """
        # Of two cities with one name the larger one is meant.
        ordered = sorted(cities, key=lambda c: (-(c.population or 0), c.id))
        keys: dict[str, list[int]] = defaultdict(list)
        for number, city in enumerate(ordered):
            for name in {*city.pref_label.values(), *city.alt_label}:
                for form in (name.lower(), *forms_of.get(name.lower(), ())):
                    if number not in keys[_key(form)]:
                        keys[_key(form)].append(number)
        pairs = [(key, (numbers[0],)) for key, numbers in keys.items()]
        return cls(tuple(city.id for city in ordered), marisa_trie.RecordTrie("<I", pairs))

    def save(self, folder: Path) -> None:
        """Write the gazetteer into a folder that exists."""
        (folder / "places.txt").write_text("\n".join(self._cities), encoding="utf-8")
        self._names.save(str(folder / "places.trie"))

    @classmethod
    def load(cls, folder: Path) -> "Gazetteer":
        """Read what :meth:`save` wrote.

        Raises:
            MisconfiguredError: A file is missing or damaged.
        """
        trie = marisa_trie.RecordTrie("<I")
        try:
            trie.mmap(str(folder / "places.trie"))
            cities = tuple((folder / "places.txt").read_text(encoding="utf-8").splitlines())
        except (OSError, RuntimeError) as err:
            raise MisconfiguredError(
                f"the list of place names in {folder} is damaged ({err}); run 'bufgraph build --force'"
            ) from err
        return cls(cities, trie)

    def find(self, text: str, is_word: Callable[[str], bool]) -> list[PlaceMention]:
        """Return the cities named in a text, each once, in the order of the text; see :meth:`mentions`."""
        found: dict[str, PlaceMention] = {}
        for mention in self.mentions(text, is_word):
            found.setdefault(mention.city, mention)
        return list(found.values())

    def mentions(self, text: str, is_word: Callable[[str], bool]) -> Iterator[PlaceMention]:
        """Yield every mention of a city, in the order of the text.

        A capital inside a sentence makes a name; elsewhere a word that is also a common word stays one.

        Args:
            is_word: Tells whether a lower-case word is a common word of the text's language.
        """
        tokens = list(_TOKEN.finditer(text))
        place = 0
        while place < len(tokens):
            row, length = self._match(text, tokens, place, is_word)
            if row is not None:
                start = tokens[place].start()
                word = text[start : tokens[place + length - 1].end()]
                yield PlaceMention(self._cities[row], word, start)
            place += length

    def _match(
        self, text: str, tokens: list[re.Match[str]], start: int, is_word: Callable[[str], bool]
    ) -> tuple[int | None, int]:
        for length in range(min(self._longest, len(tokens) - start), 1, -1):
            span = text[tokens[start].start() : tokens[start + length - 1].end()]
            if (key := _key(span)) in self._names:
                return self._names[key][0][0], length
        word = tokens[start].group()
        capital = word[0].isupper()
        common = is_word(word.lower())
        if common and not (capital and _inside_sentence(text, tokens[start].start())):
            return None, 1
        key = _key(word)
        if key in self._names and (capital or len(key) > _LEAST_NAME):
            return self._names[key][0][0], 1
        if not capital or common:
            return None, 1
        for cut in range(1, _ENDING + 1):
            stem = key[: len(key) - cut]
            if len(stem) < _LEAST_NAME:
                break
            if stem in self._names:
                return self._names[stem][0][0], 1
        return None, 1


def _key(name: str) -> str:
    return " ".join(fold(name).replace("-", " ").split())


def _inside_sentence(text: str, start: int) -> bool:
    before = text[:start].rstrip()
    return bool(before) and before[-1] not in ".!?:\n"
