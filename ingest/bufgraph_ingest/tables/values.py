"""What a cell says: numbers, money, years, dates and addresses as people write them, or why they cannot be read.

Nothing is guessed: a cell that can be read in two ways is refused, with both readings.
"""

import re
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Final

from babel import Locale

from bufgraph.text.normalise import fold

# No-break, thin and narrow no-break space part thousands too; the minus sign of typography is no hyphen.
_SPELLINGS: Final = str.maketrans({"\u00a0": " ", "\u2009": " ", "\u202f": " ", "\u2212": "-", "\u2019": "'"})
_THOUSANDS: Final = re.compile(r"[1-9]\d{0,2}(?:([ ',.])\d{3})(?:\1\d{3})*", re.ASCII)
_PLAIN: Final = re.compile(r"\d+(?:[.,]\d+)?", re.ASCII)
_GROUPED: Final = re.compile(r"[1-9]\d{0,2}(?:([ ',.])\d{3})(?:\1\d{3})*([.,])\d+", re.ASCII)
_SIGNS: Final = {"€": "EUR", "£": "GBP", "$": "USD", "zł": "PLN", "₽": "RUB", "₴": "UAH", "kč": "CZK"}
_WORDS: Final = {"euro": "EUR", "euros": "EUR", "eur": "EUR"}
_CROWNS: Final = ("kr", "kr.")
_UNIT: Final = re.compile(
    r"(?P<before>[^\d\s+\-.,']*\.?)\s*(?P<number>[+\-]?[\d][\d .,']*?)\s*(?P<after>[^\d\s.,']*\.?)"
)
_YEAR: Final = re.compile(r"[12]\d{3}", re.ASCII)
_ISO: Final = re.compile(r"(\d{4})([-/.])(\d{1,2})\2(\d{1,2})(?:[T ].*)?", re.ASCII)
_COMPACT: Final = re.compile(r"(\d{4})(\d{2})(\d{2})", re.ASCII)
_DAY_FIRST: Final = re.compile(r"(\d{1,2})([-/.])\s?(\d{1,2})\2\s?(\d{4})\.?", re.ASCII)
_NAMED: Final = re.compile(r"(\d{1,2})\.?\s+(?:de\s+)?([^\W\d_]+)\.?,?\s+(\d{4})")
_NAMED_FIRST: Final = re.compile(r"([^\W\d_]+)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4})")
_URL: Final = re.compile(r'https?://[^\s<>"{}|\\^`@/]+(?:/[^\s<>"{}|\\^`]*|\?[^\s<>"{}|\\^`]*)?')
_YES: Final = frozenset({"yes", "true", "y", "1", "x", "ja", "kylla", "jah", "taip", "tak", "да"})
_NO: Final = frozenset({"no", "false", "n", "0", "nej", "nei", "nein", "ei", "ne", "nie", "нет"})
_LOCALES: Final = ("en", "sv", "fi", "da", "nb", "et", "lv", "lt", "pl", "de", "ru")


class CellError(Exception):
    """A cell cannot be read: why, and what to do about it."""

    def __init__(self, reason: str, remedy: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.remedy = remedy


@dataclass(frozen=True, slots=True)
class Money:
    """An amount; ``currency`` is "" where the cell names none."""

    amount: Decimal
    currency: str


def number(text: str, *, is_exact: bool = False, is_whole: bool = False) -> Decimal:
    """Return the number in a cell, without percent sign.

    Point and comma are decimal; spaces, points, commas and apostrophes part thousands in groups of three.

    Args:
        is_exact: The file stores a number, written here with a decimal point; nothing is ambiguous.
        is_whole: Only whole numbers make sense (as in a count, or three digits after the mark in an amount of money),
            so ``1.500`` can be read in one way only.

    Raises:
        CellError: It is no number, or can be read in two ways.
    """
    plain = text.translate(_SPELLINGS).strip().removesuffix("%").strip()
    sign, digits = (plain[0], plain[1:].strip()) if plain[:1] in ("-", "+") else ("", plain)
    if is_exact:
        return Decimal(plain)
    if found := _THOUSANDS.fullmatch(digits):
        is_one_mark = digits.count(mark := found[1]) == 1 and mark in ".,"
        whole = digits.replace(mark, "")
        if is_one_mark and not is_whole:
            raise CellError(
                f"'{text}' can be read in two ways",
                f"write {sign}{whole} or {sign}{float(digits.replace(',', '.')):g}",
            )
        return Decimal(sign + whole)
    if _PLAIN.fullmatch(digits):
        return Decimal(sign + digits.replace(",", "."))
    if (found := _GROUPED.fullmatch(digits)) and found[1] != found[2]:
        return Decimal(sign + digits.replace(found[1], "").replace(",", "."))
    raise CellError(f"'{text}' is no number", _number_remedy(text))


def _number_remedy(text: str) -> str:
    if re.search(r"\d\s*(m|mln|mio|milj|mill)", fold(text)):
        return "write the number in full, such as 2500000 for 2.5 million"
    if re.search(r"\d\s*[-–]\s*\d", text):
        return "write one number, and the range into a text"
    return "write digits only, such as 1250.5; words and units have columns of their own"


def money(text: str, *, is_exact: bool = False) -> Money:
    """Return the amount in a cell with the currency that it names; ``kr`` alone names none.

    Raises:
        CellError: It is no amount.
    """
    plain = text.translate(_SPELLINGS).strip()
    found = _UNIT.fullmatch(plain)
    if found is None:
        return Money(number(text, is_exact=is_exact, is_whole=True), "")
    units = [unit for unit in (found["before"], found["after"]) if unit]
    named = {currency for unit in units if (currency := _currency(unit)) is not None}
    if len(units) > 1 or len(named) < len(units):
        raise CellError(f"'{text}' is no amount of money", _number_remedy(text))
    return Money(number(found["number"], is_exact=is_exact, is_whole=True), named.pop() if named else "")


def _currency(unit: str) -> str | None:
    """Return a code, "" for crowns of any country, None for what is no currency."""
    small = unit.lower()
    if small in _CROWNS:
        return ""
    if re.fullmatch(r"[A-Z]{3}", unit):
        return unit
    return _SIGNS.get(small) or _WORDS.get(small)


def year(text: str) -> int:
    """Return the year in a cell that holds a year or a date.

    Raises:
        CellError: It holds neither.
    """
    plain = text.strip().removesuffix(".0")
    if _YEAR.fullmatch(plain):
        return int(plain)
    try:
        return day(text).year
    except CellError as err:
        if (found := _DAY_FIRST.fullmatch(plain)) and "two ways" in err.reason:
            return int(found[4])  # whatever day and month are
        raise CellError(f"'{text}' is no year", "write four digits, such as 2019") from err


def day(text: str) -> date:
    """Return the date in a cell: ``2024-03-05``, ``2024/3/5``, ``20240305``, ``05.03.2024``, ``5 March 2024``, ``March 5, 2024``.

    Months are known by name in the languages of the region. With points the day comes first; with slashes or
    hyphens only where the numbers leave no doubt.

    Raises:
        CellError: It is no date, or can be read in two ways.
    """
    plain = " ".join(text.split())
    if found := _ISO.fullmatch(plain):
        return _date(text, found[1], found[3], found[4])
    if found := _COMPACT.fullmatch(plain):
        return _date(text, *found.groups())
    if found := _DAY_FIRST.fullmatch(plain):
        return _day_first(text, found)
    if (found := _NAMED.fullmatch(plain)) and (month := _months().get(fold(found[2]))):
        return _date(text, found[3], month, found[1])
    if (found := _NAMED_FIRST.fullmatch(plain)) and (month := _months().get(fold(found[1]))):
        return _date(text, found[3], month, found[2])
    remedy = "write year, month and day, such as 2024-03-05"
    if re.fullmatch(r"[34]\d{4}", plain):
        remedy = (
            f"this is how spreadsheet programs count days; give the cell the format of a date, or {remedy}"
        )
    raise CellError(f"'{text}' is no date", remedy)


def _day_first(text: str, found: re.Match[str]) -> date:
    first, mark, second, year_ = found.groups()
    if mark != "." and int(first) <= 12 and int(second) <= 12 and int(first) != int(second):
        one, other = _date(text, year_, second, first), _date(text, year_, first, second)
        raise CellError(f"'{text}' can be read in two ways", f"write {one} or {other}")
    if mark != "." and int(second) > 12:
        first, second = second, first
    return _date(text, year_, second, first)


def _date(text: str, year_: str, month: str | int, day_: str) -> date:
    try:
        return date(int(year_), int(month), int(day_))
    except ValueError as err:
        raise CellError(
            f"'{text}' is no day of the calendar", "write year, month and day, such as 2024-03-05"
        ) from err


@cache
def _months() -> dict[str, int]:
    """Return the number of each month by its folded name in the languages of the region."""
    return {
        fold(name).removesuffix("."): number_
        for code in _LOCALES
        for context in Locale.parse(code).months.values()
        for width in ("abbreviated", "wide")
        for number_, name in context[width].items()
        if not name.isdigit()
    }


def yes_no(text: str) -> bool:
    """Return what a cell answers.

    Raises:
        CellError: It answers neither yes nor no.
    """
    answer = fold(text.strip())
    if answer in _YES or answer in _NO:
        return answer in _YES
    raise CellError(f"'{text}' is neither yes nor no", "write yes or no, or leave the cell empty")


def address(text: str) -> str:
    """Return a web address.

    Raises:
        CellError: It is none, or holds a password.
    """
    if len(text) <= 2_000 and _URL.fullmatch(text):
        return text
    remedy = (
        f"write https://{text}"
        if re.fullmatch(r"(?:www\.)[\w.-]+(?:/\S*)?", text)
        else ("write one address that starts with http:// or https://, without spaces")
    )
    raise CellError(f"'{text[:200]}' is no web address", remedy)
