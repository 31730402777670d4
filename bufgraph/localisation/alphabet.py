"""The order of the alphabet of each language: in Swedish ``ö`` ends it, in Estonian ``z`` stands before ``t``.

The alphabets are those of the Unicode CLDR (collation, type ``standard``, of the language). What they leave out is enough for lists of
names: a letter that differs by an accent only, such as ``ē`` in Latvian, stands with its plain letter, after it where nothing else decides.
The library that has the whole of it, PyICU, comes without ready builds and needs ICU on the machine.
"""

import unicodedata
from collections.abc import Callable, Mapping
from functools import cache
from typing import Final

_PLAIN: Final = "abcdefghijklmnopqrstuvwxyz"
_ALPHABETS: Final[Mapping[str, str]] = {
    "sv": f"{_PLAIN}åäö",
    "fi": f"{_PLAIN}åäö",
    "da": f"{_PLAIN}æøå",
    "nb": f"{_PLAIN}æøå",
    "et": "abcdefghijklmnopqrsšzžtuvwõäöüxy",
    "lv": "abcčdefgģhijkķlļmnņopqrŗsštuvwxyzž",
    "lt": "abcčdefghijklmnopqrsštuvwxyzž",
    "pl": "aąbcćdeęfghijklłmnńoópqrsśtuvwxyzźż",
}
_STANDS_AS: Final[Mapping[str, Mapping[str, str]]] = {
    "sv": {"æ": "ä", "ø": "ö", "ü": "y"},
    "fi": {"æ": "ä", "ø": "ö", "ü": "y"},
    "da": {"aa": "å", "ä": "æ", "ö": "ø", "ü": "y"},
    "nb": {"aa": "å", "ä": "æ", "ö": "ø", "ü": "y"},
    "lv": {"y": "i"},
    "lt": {"y": "i"},
}
"""Letters that a language takes for one of its own."""
_WHOLE: Final = str.maketrans({"æ": "ae", "ø": "o", "ß": "ss", "ł": "l", "đ": "d", "ð": "d", "þ": "th"})
"""Letters that Unicode does not take apart, as languages read them that do not have them."""
Key = tuple[list[int], str]


@cache
def order_in(code: str) -> Callable[[str], Key]:
    """Return the key that sorts names as a language does: spaces and signs first, then figures, then letters.

    Args:
        code: ISO 639-1; a language that is not here has the Latin alphabet without letters of its own.
    """
    alphabet = _ALPHABETS.get(code, _PLAIN)
    places = {letter: 1_000 + at for at, letter in enumerate(alphabet)}
    stands_as = _STANDS_AS.get(code, {})

    def place(char: str) -> list[int]:
        if char in places:
            return [places[char]]
        plain = unicodedata.normalize("NFKD", char.translate(_WHOLE))
        return [_place(part, places) for part in plain if not unicodedata.combining(part)]

    def key(name: str) -> Key:
        text = unicodedata.normalize("NFC", name).lower()
        for letters, own in stands_as.items():
            text = text.replace(letters, own)
        return [at for char in text for at in place(char)], name

    return key


def _place(char: str, places: Mapping[str, int]) -> int:
    """Return where a character without accent stands; those of other scripts follow the Latin letters."""
    if char in places:
        return places[char]
    if char.isalpha():
        return 2_000 + ord(char)
    return 500 + int(char) if char.isdecimal() else min(ord(char), 499)
