"""Numbers in running text: groups of thousands, decimal marks, magnitudes and number words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from bufgraph_ingest.extraction.proposals import Span
from bufgraph_ingest.extraction.vocabulary import alternatives, canonical, flat

_DIGITS: Final = r"\d{1,3}(?:[ .,'’]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d+)?"
_NUMBER: Final = re.compile(
    rf"(?<![\w.,/])(?<![^\W\d]-)(?P<digits>{_DIGITS})(?!\d)(?:[ -]?(?P<magnitude>{alternatives('magnitude')})(?!\w))?"
)
_WORDS: Final = {
    "en": "two three four five six seven eight nine ten eleven twelve",
    "sv": "två tre fyra fem sex sju åtta nio tio elva tolv",
    "da": "to tre fire fem seks syv otte ni ti elleve tolv",
    "nb": "to tre fire fem seks sju åtte ni ti elleve tolv",
    "de": "zwei drei vier fünf sechs sieben acht neun zehn elf zwölf",
    "fi": "kaksi kolme neljä viisi kuusi seitsemän kahdeksan yhdeksän kymmenen yksitoista kaksitoista",
    "et": "kaks kolm neli viis kuus seitse kaheksa üheksa kümme üksteist kaksteist",
    "pl": "dwa trzy cztery pięć sześć siedem osiem dziewięć dziesięć jedenaście dwanaście",
    "lv": "divi trīs četri pieci seši septiņi astoņi deviņi desmit vienpadsmit divpadsmit",
    "lt": "du trys keturi penki šeši septyni aštuoni devyni dešimt vienuolika dvylika",
    "ru": "два три четыре пять шесть семь восемь девять десять одиннадцать двенадцать",
}
"""Number words from two to twelve, basic form, by language."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as it stands.

    Attributes:
        value: With its magnitude carried out ("1.2 million" is 1,200,000).
        digits: As written, without the magnitude; a word for a number word.
        magnitude: As written, or "".
    """

    span: Span
    value: Decimal
    digits: str
    magnitude: str

    @property
    def is_word(self) -> bool:
        """Whether it is written as a word."""
        return not self.digits[0].isdecimal()

    @property
    def is_plain_year(self) -> bool:
        """Whether it may be a year: four digits, nothing else."""
        return re.fullmatch(r"(?:19|20)\d\d", self.digits) is not None and not self.magnitude


def numbers(text: str, lang: str) -> list[Number]:
    """Return the numbers of a text in its order."""
    found = [*_in_digits(text, lang), *_in_words(text, lang)]
    return sorted(found, key=lambda number: number.span.start)


def _in_digits(text: str, lang: str) -> Iterator[Number]:
    for match in _NUMBER.finditer(flat(text)):
        magnitude = match["magnitude"] or ""
        digits = match["digits"]
        if magnitude == "m" and not _is_million(text, match.start(), match.end()):
            magnitude = ""  # metres
        row = canonical("magnitude", magnitude) if magnitude else None
        value = number_value(digits, lang) * Decimal(row.factor if row else 1)
        end = match.end() if magnitude else match.start("digits") + len(digits)
        yield Number(Span(match.start("digits"), end), value, digits, magnitude)


def _is_million(text: str, start: int, end: int) -> bool:
    """Tell whether a bare "m" means a million: next to a sign or code of a currency it does."""
    before = flat(text[max(0, start - 4) : start]).strip()
    after = flat(text[end : end + 5]).strip()
    near = ("€", "$", "£", "eur", "sek", "dkk", "nok", "pln", "usd")
    return before.endswith(near) or after.startswith(near)


def _in_words(text: str, lang: str) -> Iterator[Number]:
    values = {flat(word): number for number, word in enumerate(_WORDS.get(lang, "").split(), 2)}
    for match in re.finditer(r"(?<![\w-])[^\W\d_]+(?![\w-])", text):
        value = values.get(flat(match.group()))
        if value is not None:
            yield Number(Span(match.start(), match.end()), Decimal(value), match.group(), "")


def number_value(digits: str, lang: str) -> Decimal:
    """Read digits as their language writes them.

    In English a comma parts thousands and a point decimals; elsewhere it is the other way round. A space or an apostrophe
    always parts thousands, and a mark that comes twice does, too.
    """
    thousands, decimal = (",", ".") if lang == "en" else (".", ",")
    plain = re.sub(r"[ '’]", "", digits)
    if plain.count(decimal) > 1 or (
        decimal in plain and thousands in plain and plain.rindex(thousands) > plain.rindex(decimal)
    ):
        thousands, decimal = decimal, thousands
    if thousands in plain and not re.fullmatch(
        rf"\d{{1,3}}(?:\{thousands}\d{{3}})+(?:\{decimal}\d+)?", plain
    ):
        thousands, decimal = decimal, thousands  # "3.9" in Danish is no thousand
    return Decimal(plain.replace(thousands, "").replace(decimal, "."))


def written(value: Decimal) -> str:
    """Write a number without exponent and trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
