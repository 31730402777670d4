"""The lexicons and the gazetteer of one build: made from shipped files and the records, then only read."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bufgraph.model import Catalogue
from bufgraph.text.gazetteer import Gazetteer
from bufgraph.text.inflection import Inflection
from bufgraph.text.lexicon import Entry, Lexicon, read_entries
from bufgraph.text.normalise import words

_RARE: Final = 2
"""Occurrences from which on an English word of the corpus counts as a word; a single one may be a name."""


@dataclass(frozen=True)
class Vocabulary:
    """Words that a build can read.

    Attributes:
        lexicons: By language; ``en`` holds the words of the corpus, each as its own translation.
        gazetteer: Names of cities.
    """

    lexicons: Mapping[str, Lexicon]
    gazetteer: Gazetteer

    @classmethod
    def make(
        cls, folder: Path, catalogue: Catalogue, corpus: Iterable[str], inflection: Inflection
    ) -> "Vocabulary":
        """Make the vocabulary from a folder of ``LANG.tsv`` files and the English texts of the corpus."""
        names = {
            name.lower()
            for city in catalogue.cities.values()
            for name in {*city.pref_label.values(), *city.alt_label}
        }
        lexicons = {"en": Lexicon.make("en", corpus_entries(corpus), {})}
        name_forms: dict[str, list[str]] = {}
        files = sorted(folder.glob("*.tsv"))
        inflection.prepare(path.stem for path in files)
        for path in files:
            entries = read_entries(path)
            headwords = {entry.headword.lower() for entry in entries}
            forms = inflection.forms_of(headwords | names, path.stem)
            lexicons[path.stem] = Lexicon.make(path.stem, entries, forms)
            for name in names & forms.keys():
                name_forms.setdefault(name, []).extend(forms[name])
        return cls(lexicons, Gazetteer.make(catalogue.cities.values(), name_forms))

    def save(self, folder: Path) -> None:
        """Write the vocabulary to a new folder."""
        folder.mkdir()
        for lexicon in self.lexicons.values():
            lexicon.save(folder)
        self.gazetteer.save(folder)

    @classmethod
    def load(cls, folder: Path) -> "Vocabulary":
        """Read what :meth:`save` wrote.

        Raises:
            MisconfiguredError: A file is missing or damaged.
        """
        langs = sorted(path.stem for path in folder.glob("*.json"))
        return cls({lang: Lexicon.load(folder, lang) for lang in langs}, Gazetteer.load(folder))


def corpus_entries(corpus: Iterable[str]) -> list[Entry]:
    """Return the English words of texts that occur often enough to be words, each as its own translation."""
    counts: dict[str, int] = {}
    for text in corpus:
        for word in words(text):
            counts[word] = counts.get(word, 0) + 1
    return [
        Entry(word, "word", (word,)) for word, n in sorted(counts.items()) if n >= _RARE and word.isalpha()
    ]
