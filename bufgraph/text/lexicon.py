"""A domain lexicon a language: words of city life, in every form, with their English."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import marisa_trie
import orjson
from rapidfuzz import process
from rapidfuzz.distance import DamerauLevenshtein

from bufgraph.errors import InvalidInputError, MisconfiguredError
from bufgraph.text.normalise import fold, respell, stem, stop_words, words

COMPOUNDING: Final = frozenset({"fi", "et", "de", "sv", "da", "nb"})
"""Languages that write compounds as one word."""
_ENDINGS: Final = frozenset({"lv", "lt", "pl", "ru"})
"""Languages whose words change mostly at their end. Their dictionaries lack forms (the Latvian one most of them), and
Snowball has no Latvian."""
_ENDING, _LEAST_BEGINNING = 3, 4
"""Letters that an ending may have and that must stand before it."""
_LEAST_PART = 3
"""Letters of the shortest part of a compound; shorter ones ("yö", "is") match by chance inside other words."""
_LINKS: Final = ("", "s", "n", "en", "es", "e", "er", "-")
"""Sounds that join the parts of compounds in the Germanic and Finnic languages of the region."""
_MAX_PARTS = 4
_TYPO_LETTERS = 6
"""Words shorter than this are too easily turned into another word by one letter."""
_TYPO_LIKENESS = 0.83
"""One wrong, missing or swapped letter in six. Both were better on the dev side than stricter ones."""


Row = tuple[int]
"""Value of a trie: number of an entry."""
Rows = list[Row]


@dataclass(frozen=True, slots=True)
class Entry:
    """A headword with its English.

    Attributes:
        headword: Dictionary form, or several words.
        pos: noun, verb, adj, adv or phrase.
        english: Translations, best first.
    """

    headword: str
    pos: str
    english: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ReadWord:
    """A word, or words, of a text with what they mean in English.

    Attributes:
        word: As it stands in the text.
        english: Groups of alternatives: one group, or one a part of a compound.
        how: ``phrase``, ``form``, ``folded`` (diacritics missing), ``stem``, ``ending``, ``compound``, ``part`` (only a part
            of the word is known) or ``typo``.
    """

    word: str
    english: tuple[tuple[str, ...], ...]
    how: str


def read_entries(path: Path) -> list[Entry]:
    """Read a lexicon file: headword, part of speech and ``; ``-separated English, tab-separated, no heading.

    Raises:
        InvalidInputError: A line has another form; file and line are named.
    """
    entries = []
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        cells = line.split("\t")
        if len(cells) != 3 or not all(cell.strip() for cell in cells):
            raise InvalidInputError(
                f"{path.name} line {number}: expected headword, part of speech and English, separated by tabs",
                path=str(path), line=number,
            )  # fmt: skip
        entries.append(Entry(cells[0], cells[1], tuple(cells[2].split("; "))))
    return entries


class Lexicon:
    """Reads words of one language.

    Three tries hold the keys: word forms as written, forms without diacritics, stems. A key leads to one or
    more entries. Phrases are keyed by the stems of their words.
    """

    def __init__(
        self,
        lang: str,
        entries: Sequence[Entry],
        forms: "marisa_trie.RecordTrie",
        folded: "marisa_trie.RecordTrie",
        stems: "marisa_trie.RecordTrie",
    ) -> None:
        self.lang = lang
        self.entries = entries
        self._forms = forms
        self._folded = folded
        self._stems = stems
        self._headwords = frozenset(entry.headword.lower() for entry in entries)
        self._longest_phrase = max((len(words(e.headword)) for e in entries), default=1)

    @classmethod
    def make(cls, lang: str, entries: Sequence[Entry], forms_of: Mapping[str, Iterable[str]]) -> "Lexicon":
        """Make the lexicon of a language.

        Args:
            forms_of: Inflected forms by lower-case headword; see :func:`bufgraph.text.inflection.forms_of`.
        """
        exact: set[tuple[str, Row]] = set()
        folded: set[tuple[str, Row]] = set()
        stems: set[tuple[str, Row]] = set()
        for number, entry in enumerate(entries):
            row = (number,)
            parts = words(entry.headword)
            if len(parts) > 1:
                stems.add((" ".join(stem(part, lang) for part in parts), row))
                continue
            headword = entry.headword.lower()
            forms = {headword, *forms_of.get(headword, ())}
            exact.update((form, row) for form in forms)
            folded.update((fold(form), row) for form in forms)
            stems.add((stem(headword, lang), row))
        return cls(lang, entries, _trie(exact), _trie(folded), _trie(stems))

    def save(self, folder: Path) -> None:
        """Write the lexicon into a folder that exists."""
        rows = [[e.headword, e.pos, list(e.english)] for e in self.entries]
        (folder / f"{self.lang}.json").write_bytes(orjson.dumps(rows))
        for name, trie in (("forms", self._forms), ("folded", self._folded), ("stems", self._stems)):
            trie.save(str(folder / f"{self.lang}.{name}.trie"))

    @classmethod
    def load(cls, folder: Path, lang: str) -> "Lexicon":
        """Read what :meth:`save` wrote; the tries are mapped, not read.

        Raises:
            MisconfiguredError: A file is missing or damaged.
        """
        try:
            rows = orjson.loads((folder / f"{lang}.json").read_bytes())
            entries = [Entry(headword, pos, tuple(english)) for headword, pos, english in rows]
            tries = []
            for name in ("forms", "folded", "stems"):
                trie = marisa_trie.RecordTrie("<I")
                trie.mmap(str(folder / f"{lang}.{name}.trie"))
                tries.append(trie)
        except (OSError, ValueError, RuntimeError) as err:
            raise MisconfiguredError(
                f"the lexicon '{lang}' in {folder} is damaged ({err}); run 'bufgraph build --force'"
            ) from err
        return cls(lang, entries, *tries)

    def knows(self, word: str) -> bool:
        """Tell whether a lower-case word is a form of a headword, with or without its diacritics."""
        return word in self._forms or fold(word) in self._folded

    def spells(self, word: str) -> bool:
        """Tell whether a lower-case word is a form of a headword exactly as it is written."""
        return word in self._forms

    def read(self, tokens: Sequence[str]) -> list[ReadWord | None]:
        """Read the lower-case words of a text.

        Returns:
            For each word what it means, or None; the words of a phrase carry it once, at its first word.
        """
        found: list[ReadWord | None] = [None] * len(tokens)
        stems = [stem(token, self.lang) for token in tokens]
        place = 0
        while place < len(tokens):
            phrase, length = self._phrase(tokens, stems, place)
            found[place] = phrase or self._word(tokens[place], stems[place])
            place += length
        return found

    def _phrase(self, tokens: Sequence[str], stems: Sequence[str], start: int) -> tuple[ReadWord | None, int]:
        for length in range(min(self._longest_phrase, len(tokens) - start), 1, -1):
            key = " ".join(stems[start : start + length])
            if key in self._stems:
                return ReadWord(
                    " ".join(tokens[start : start + length]), (self._english(self._stems[key]),), "phrase"
                ), length
        return None, 1

    def _word(self, word: str, stemmed: str) -> ReadWord | None:
        # Lists of function words hold some nouns, too (Finnish "jää", ice): a headword wins over the list, a mere
        # form does not (Lithuanian "kas", who, is a form of the verb "dig").
        if word in stop_words(self.lang) and word not in self._headwords:
            return None
        folded = fold(word)
        for how, parts in (
            ("form", lambda: [self._forms.get(word)]),
            ("folded", lambda: [self._folded.get(folded) if len(word) >= _LEAST_PART else None]),
            ("folded", lambda: [self._folded.get(fold(respell(word, self.lang)))]),
            ("stem", lambda: [self._stems.get(stemmed) if len(stemmed) > _LEAST_PART else None]),
            ("ending", lambda: [self._by_ending(folded)]),
            ("compound", lambda: [self._of_part(part) for part in self._split(folded) or ()]),
            ("typo", lambda: [self._misspelt(folded)]),
            ("part", lambda: [self._head(folded)]),
        ):
            found = [rows for rows in parts() if rows]
            if found:
                return ReadWord(word, tuple(self._english(rows, word) for rows in found), how)
        return None

    def _english(self, rows: Iterable[tuple[int]], word: str = "") -> tuple[str, ...]:
        """Return the English of some entries: that of the word's own headword first, then by their place in the file."""
        numbers = sorted(
            {row[0] for row in rows}, key=lambda n: (self.entries[n].headword.lower() != word, n)
        )
        return tuple(dict.fromkeys(text for number in numbers for text in self.entries[number].english))

    def _by_ending(self, word: str) -> Rows:
        """Return the entries of a known form that differs from a folded word in its ending only."""
        if self.lang not in _ENDINGS:
            return []
        for cut in range(1, _ENDING + 1):
            beginning = word[: len(word) - cut]
            if len(beginning) < _LEAST_BEGINNING:
                break
            close = [key for key in self._folded.keys(beginning) if len(key) - len(beginning) <= _ENDING]
            if close:
                found: list[tuple[int]] = self._folded[
                    min(close, key=lambda key: (abs(len(key) - len(word)), key))
                ]
                return found
        return []

    # -- compounds: on folded forms, so that a missing diacritic does no harm ---------------------------

    def _of_part(self, part: str) -> Rows:
        found: Rows = self._folded.get(part) or self._stems.get(stem(part, self.lang)) or []
        return found

    def _split(self, word: str, parts_left: int = _MAX_PARTS) -> list[str] | None:
        """Return the fewest known parts that make up a word; among equals the one with the longest last part."""
        if self.lang not in COMPOUNDING or len(word) < 2 * _LEAST_PART or parts_left < 2:
            return None
        best: list[str] | None = None
        for first in sorted(self._folded.prefixes(word), key=len):
            if len(first) < _LEAST_PART:
                continue
            for link in _LINKS:
                rest = word[len(first) :]
                if not rest.startswith(link) or len(rest) - len(link) < _LEAST_PART:
                    continue
                rest = rest[len(link) :]
                tail = [rest] if self._of_part(rest) else self._split(rest, parts_left - 1)
                if tail and (best is None or len(tail) + 1 < len(best)):
                    best = [first, *tail]
        return best

    def _head(self, word: str) -> Rows:
        """Return the entries of the longest known end of a compound of which the rest is unknown: five letters or more."""
        if self.lang in COMPOUNDING:
            for start in range(_LEAST_PART, len(word) - 4):
                found: Rows = self._folded.get(word[start:]) or []
                if found:
                    return found
        return []

    def _misspelt(self, word: str) -> Rows:
        if len(word) < _TYPO_LETTERS:
            return []
        close = process.extractOne(
            word, self._folded.keys(word[:2]),
            scorer=DamerauLevenshtein.normalized_similarity, score_cutoff=_TYPO_LIKENESS,
        )  # fmt: skip
        found: Rows = self._folded[close[0]] if close else []
        return found


def _trie(keys: Iterable[tuple[str, Row]]) -> "marisa_trie.RecordTrie":
    return marisa_trie.RecordTrie("<I", keys)
