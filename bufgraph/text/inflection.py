"""Inflected forms of headwords, from simplemma's dictionaries. Used to build, never to serve.

Their dictionaries lead from a form to its headword and are packed. The other way round needs a pass over all of one (0.2 to 6 s
a language), so it is done once: the result is kept in a file a language, which is mapped and not read.
"""

import os
import subprocess
import sys
from collections.abc import Collection, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

import marisa_trie
import simplemma

_SEPARATOR: Final = "\t"
_MOST_PROCESSES: Final = 4
"""One takes up to 0.7 GB."""


class Inflection:
    """The forms of headwords in many languages.

    Args:
        folder: Where the files are kept (3 to 12 MB a language); any number of processes may share it.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder / f"simplemma-{simplemma.__version__}"

    def prepare(self, langs: Iterable[str]) -> None:
        """Make the files of languages that are not there yet, several at once."""
        missing = [path for path in map(self._path, langs) if not path.is_file()]
        if len(missing) > 1:
            with ThreadPoolExecutor(min(_MOST_PROCESSES, os.cpu_count() or 1)) as threads:
                list(threads.map(_make_apart, missing))

    def forms_of(self, headwords: Collection[str], lang: str) -> Mapping[str, list[str]]:
        """Return the forms of each lower-case headword that the dictionary knows, in lower case and each once.

        Args:
            lang: A language of simplemma.
        """
        known = self._open(lang)
        found = {
            headword: [key[len(headword) + 1 :] for key in known.keys(headword + _SEPARATOR)]
            for headword in sorted(set(headwords))
        }
        return {headword: forms for headword, forms in found.items() if forms}

    def _open(self, lang: str) -> "marisa_trie.Trie":
        path = self._path(lang)
        known = marisa_trie.Trie()
        try:
            known.mmap(str(path))
        except (OSError, RuntimeError):  # not there yet, or damaged
            make(path)
            known.mmap(str(path))
        return known

    def _path(self, lang: str) -> Path:
        return self._folder / f"{lang}.trie"


def make(path: Path) -> None:
    """Write the file of the language that it is named after."""
    # Imported here: only the first build pays for it.
    from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory  # noqa: PLC0415

    dictionary = DefaultDictionaryFactory(cache_max_size=1).get_dictionary(path.stem)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(f".{os.getpid()}")
    try:
        marisa_trie.Trie(_keys(dictionary)).save(str(unfinished))
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def _keys(dictionary: Mapping[str, str]) -> Iterator[str]:
    for form in dictionary:
        yield f"{dictionary[form].lower()}{_SEPARATOR}{form.lower()}"


def _make_apart(path: Path) -> None:
    """Make a file in a process of its own; what that cannot do, the first reader does, and has the error."""
    subprocess.run(
        [sys.executable, "-P", "-m", "bufgraph.text.inflection", str(path)], check=False, capture_output=True
    )


if __name__ == "__main__":
    make(Path(sys.argv[1]))
