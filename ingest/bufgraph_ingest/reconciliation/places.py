"""Names of places as they stand inside other names: in the genitive, in other languages, without diacritics."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from bufgraph_ingest.reconciliation.spelling import plain, short_letters

_GRADATION: Final = (
    ("nk", "ng"), ("nt", "nn"), ("lt", "ll"), ("rt", "rr"), ("mp", "mm"), ("kk", "k"), ("pp", "p"), ("tt", "t"),
    ("ht", "hd"), ("rk", "r"), ("lk", "l"), ("k", ""), ("p", "v"), ("t", "d"),
)  # fmt: skip
"""Strong and weak grade of Finnish consonants (Iso suomen kielioppi, § 41)."""
_LAST_SYLLABLE: Final = re.compile(r"(.*[aeiouy])([bcdfghjklmnpqrstvxz]+)([aeiouy]+)$")
_ENDINGS: Final = {
    "LT": (("us", "aus"), ("as", "o"), ("a", "os"), ("e", "es"), ("iai", "iu"), ("ys", "io"), ("is", "io"), ("ai", "u")),
    "LV": (("ums", "uma"), ("a", "as"), ("e", "es"), ("is", "a"), ("s", "a"), ("i", "u")),
    "EE": (("", "a"), ("", "i")),
    "IS": (("", "ur"),),
}  # fmt: skip
_LEAST_STEM: Final = 4
_LONGEST_ENDING: Final = 3


def forms_of(name: str, country: str) -> set[str]:
    """Return a name and its genitives, as :func:`plain` writes them; the genitive names what belongs to a town."""
    base = plain(name)
    forms = {base, short_letters(base)}
    if country == "FI":
        forms |= set(_finnish(base))
    elif country in {"SE", "NO", "DK"}:
        forms |= {f"{form}s" for form in tuple(forms)}
    for old, new in _ENDINGS.get(country, ()):
        if base.endswith(old):
            forms.add(base[: len(base) - len(old)] + new)
    return forms


def _finnish(base: str) -> Iterator[str]:
    yield f"{base}n"
    found = _LAST_SYLLABLE.match(base)
    if found is None:
        return
    head, consonants, vowels = found.groups()
    for strong, weak in _GRADATION:
        if consonants.endswith(strong):
            changed = consonants[: len(consonants) - len(strong)] + weak
            endings = {vowels, vowels[:-1] + "e"} if vowels.endswith("i") else {vowels}
            yield from (f"{head}{changed}{ending}n" for ending in endings)
            return


def is_inflected(word: str, name: str) -> bool:
    """Tell whether two words share their stem and differ in a short ending, as ``kauno`` and ``kaunas`` do."""
    shared = 0
    for left, right in zip(word, name, strict=False):
        if left != right:
            break
        shared += 1
    return (
        shared >= _LEAST_STEM
        and len(word) - shared <= _LONGEST_ENDING
        and len(name) - shared <= _LONGEST_ENDING
        and shared >= 0.6 * max(len(word), len(name))
    )


class PlaceNames:
    """The places that a catalogue knows, found inside a name.

    Args:
        places: (identifier, country code, names) of each place.
    """

    def __init__(self, places: Iterable[tuple[str, str, Iterable[str]]]) -> None:
        self._by_form: dict[str, set[str]] = defaultdict(set)
        self._by_stem: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for identifier, country, names in places:
            for name in names:
                for form in forms_of(name, country):
                    self._by_form[form].add(identifier)
                key = plain(name)
                if " " not in key and len(key) > _LEAST_STEM:
                    self._by_stem[key[:_LEAST_STEM]].append((key, identifier))
        self._longest = max((form.count(" ") + 1 for form in self._by_form), default=1)

    def match(self, words: Sequence[str], start: int) -> tuple[frozenset[str], int] | None:
        """Return the places that the words from ``start`` on may name, and how many words that takes."""
        for length in range(min(self._longest, len(words) - start), 0, -1):
            span = " ".join(words[start : start + length])
            found = self._by_form.get(span) or self._by_form.get(short_letters(span))
            if found:
                return frozenset(found), length
        word = words[start]
        near = {i for key, i in self._by_stem.get(word[:_LEAST_STEM], ()) if is_inflected(word, key)}
        return (frozenset(near), 1) if len(word) > _LEAST_STEM and near else None
