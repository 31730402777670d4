"""Numbers in a text that say something of the city: its size, a budget, a year."""

import re
from dataclasses import dataclass
from typing import Final, Literal

from bufgraph.text.normalise import fold

NumberKind = Literal["population", "money", "year"]

_NUMBER = re.compile(
    r"(?<![\w.,])(\d{1,3}(?:[ \u00a0\u202f.,']\d{3})+|\d+(?:[.,]\d+)?)\s*([^\W\d_]+\.?|€)?\s*([^\W\d_]+\.?|€)?"
)
_THOUSAND: Final = frozenset(
    ["k", "thousand", "tusen", "tuhatta", "tuhat", "tukstanciu", "tukst", "tys", "tysiecy", "tysiace", "tausend", "tusind", "tukstosi", "tukstosu", "tysjac", "тыс", "тысяч", "тысячи"]
)  # fmt: skip
_MILLION: Final = frozenset(
    ["m", "mn", "mln", "mio", "million", "millions", "miljon", "miljoner", "miljoonaa", "miljoona", "milj", "millioner", "miljonit", "miljoni", "miljonu", "milijonu", "milijonai", "millionow", "miliony", "milionow", "millionen", "миллион", "миллиона", "миллионов", "млн"]
)  # fmt: skip
_RESIDENTS: Final = (
    "resident", "inhabitant", "people", "invanare", "asukas", "asukkaan", "asukasta", "indbygger", "innbygger", "elanik", "inimes",
    "iedzivotaj", "gyventoj", "mieszkanc", "einwohner", "жител", "населен",
)  # fmt: skip
"""Beginnings, without diacritics, of words for residents in our languages."""
_MONEY: Final = (
    "eur", "€", "evra", "евро", "kronor", "kroner", "sek", "dkk", "nok", "zl", "pln", "zlot",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class NumberMention:
    """A number with what it tells.

    Attributes:
        kind: ``population`` (residents), ``money`` (in the currency of the text) or ``year``.
        word: As it stands in the text.
    """

    kind: NumberKind
    value: float
    word: str


def numbers(text: str) -> list[NumberMention]:
    """Return the numbers that tell a size, a sum or a year, in the order of the text; others say nothing sure."""
    found = []
    for match in _NUMBER.finditer(text):
        value = _value(match.group(1))
        following = [fold(word).rstrip(".") for word in match.groups()[1:] if word]
        if following and following[0] in _THOUSAND | _MILLION:
            value *= 1_000 if following[0] in _THOUSAND else 1_000_000
            following = following[1:]
        unit = next(iter(following), "")
        if unit.startswith(_RESIDENTS):
            found.append(NumberMention("population", value, match.group().strip()))
        elif unit.startswith(_MONEY):
            found.append(NumberMention("money", value, match.group().strip()))
        elif re.fullmatch(r"(19|20)\d\d", match.group(1)):
            found.append(NumberMention("year", value, match.group(1)))
    return found


def _value(digits: str) -> float:
    """Read "20 000", "20.000", "1,5" and "3.25": groups of three are thousands, any other mark is the decimal one."""
    if re.fullmatch(r"\d{1,3}(?:[^\d]\d{3})+", digits):
        return float(re.sub(r"\D", "", digits))
    return float(digits.replace(",", "."))
