"""Years, sums of money and measured quantities."""

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from bufgraph_ingest.extraction.numbers import Number, written
from bufgraph_ingest.extraction.proposals import Proposal, Span
from bufgraph_ingest.extraction.vocabulary import KRONA_OF, alternatives, canonical, flat

CountryAt = Callable[[int], str]
"""Gives the country code of the city named nearest before a place in the text, or ""."""

_BEFORE: Final = re.compile(rf"(?<!\w)({alternatives('currency')}) ?$")
_AFTER: Final = re.compile(rf" ?({alternatives('currency')})(?!\w)")
_UNIT: Final = re.compile(rf"[ -]?({alternatives('unit')})(?![\w/])")
_SECOND_UNIT: Final = re.compile(
    rf" ?(?:to|until|–|-|till|til|bis|do|iki|līdz|kuni) ?[\d.,]+[ -]?({alternatives('unit')})(?![\w/])"
)
_NOUN: Final = re.compile(r"[ -]([^\W\d_]+)(?: ([^\W\d_]+))?(?: ([^\W\d_]+))?")
_MONTHS: Final = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
_NO_THING: Final = frozenset(
    ["and", "or", "of", "in", "on", "at", "to", "by", "for", "from", "with", "the", "a", "an", "per", "than", "that", "which", "were", "was", "is", "are", "had", "have", "has", "year", "years", "month", "months", "week", "weeks", "day", "days", "hour", "hours", "time", "times", "percent", "century", "thirds", "quarters", "fifths", "o", "och", "av", "i", "på", "till", "från", "som", "år", "månader", "veckor", "dagar", "ja", "tai", "vuotta", "vuoden", "kuukautta", "viikkoa", "päivää", "og", "af", "til", "fra", "som", "år", "måneder", "uger", "dage", "aasta", "aastat", "aastal", "kuud", "nädalat", "päeva", "un", "gadā", "gada", "gadu", "gads", "gadi", "mēneši", "ir", "metų", "metais", "metai", "m", "mėnesių", "savaičių", "ir", "lat", "roku", "lata", "rok", "miesięcy", "tygodni", "dni", "i", "w", "z", "na", "und", "von", "bis", "im", "am", "jahre", "jahren", "jahr", "monate", "wochen", "tage", "году", "год", "лет", "года", "месяцев", "и", "в", "на"]
)  # fmt: skip
"""Words after a number that name no counted thing: function words, and spans of time."""
_LEAST_YEAR, _LAST_YEAR = 1950, 2060
_NEAR: Final = 300
"""Characters before a number that are looked at for what it measures; the longest name of a currency is far shorter."""


def years(found: Sequence[Number], text: str) -> Iterator[Proposal]:
    """Yield the years that a text names: four digits that count nothing and measure nothing."""
    key = flat(text)
    for number in found:
        if not number.is_plain_year or not _LEAST_YEAR <= number.value <= _LAST_YEAR:
            continue
        if _is_money(number, key) or _UNIT.match(key, number.span.end):
            continue
        yield Proposal("year", number.span, number.digits, number.digits, 0.95, "four digits of a year")


def money(found: Sequence[Number], text: str, lang: str, country_at: CountryAt) -> Iterator[Proposal]:
    """Yield sums: a number with a sign, a code or a name of a currency before or after it."""
    key = flat(text)
    for number in found:
        before = _before(number, key)
        after = _AFTER.match(key, number.span.end)
        if (
            after is not None
            and number.is_plain_year
            and re.match(r" ?\d", key[after.end() : after.end() + 2])
        ):
            after = None  # "in 2022 PLN 20 million": the code belongs to what follows
        if before is None and after is None:
            continue
        if after is not None:
            span, word = Span(number.span.start, after.end()), after[1]
        else:
            assert before is not None
            begin = number.span.start - len(before.string) + before.start(1)
            span, word = Span(begin, number.span.end), before[1]
        if word in {"m", "kr"} and number.is_word:
            continue
        row = canonical("currency", word)
        code = row.canonical if row else ""
        sure = 0.95
        if code == "kr":
            code, sure = _krona(word, lang, country_at(number.span.start)), 0.85
        if code:
            value = f"{written(number.value)} {code}"
            yield Proposal(
                "money", span, value, f"{number.value:,f} {code}", sure, f"a number with '{word.strip()}'"
            )


def _krona(word: str, lang: str, country: str) -> str:
    if lang == "en" and word.startswith("kronor"):
        return "SEK"
    return KRONA_OF.get(lang) or KRONA_OF.get(country, "")


def _before(number: Number, key: str) -> re.Match[str] | None:
    """Find a currency that ends where a number begins; only what is near is read, or a text of numbers takes its square."""
    return _BEFORE.search(key[max(0, number.span.start - _NEAR) : number.span.start])


def _is_money(number: Number, key: str) -> bool:
    after = _AFTER.match(key, number.span.end)
    if after and number.is_plain_year and re.match(r" ?\d", key[after.end() : after.end() + 2]):
        after = None
    return bool(_before(number, key) or after)


def quantities(found: Sequence[Number], text: str) -> Iterator[Proposal]:
    """Yield quantities: a number with a unit, or with the thing that it counts."""
    key = flat(text)
    for number in found:
        if _is_money(number, key):
            continue
        yield from _with_unit(number, text, key) or _counted(number, text)


def _with_unit(number: Number, text: str, key: str) -> list[Proposal]:
    if number.is_word:
        return []
    own = _UNIT.match(key, number.span.end)
    unit = own or _SECOND_UNIT.match(key, number.span.end)
    row = canonical("unit", unit[1]) if unit else None
    if row is None or (
        unit is not None and unit[1] == "m" and number.is_plain_year
    ):  # "2018 m." is a Lithuanian year
        return []
    span = Span(number.span.start, own.end() if own else number.span.end)
    value = f"{written(number.value)} {row.canonical}"
    sure = 0.95 if own else 0.8
    return [Proposal("quantity", span, value, value, sure, "a number with a unit", _around(text, span))]


def _counted(number: Number, text: str) -> list[Proposal]:
    if number.is_plain_year or _is_day(number, text):
        return []
    match = _NOUN.match(text, number.span.end)
    things = [word for word in match.groups() if word] if match else []
    kept: list[str] = []
    for word in things:
        if word.lower() in _NO_THING or (word[0].isupper() and not kept and not _is_german_noun(word)):
            break
        kept.append(word)
    if match is None or not kept:
        return _bare(number, text)
    end = match.start(1) + len(" ".join(kept[:2]))
    span = Span(number.span.start, end)
    sure = 0.6 if number.is_word else 0.8
    thing = " ".join(kept)
    label = f"{written(number.value)} {thing}"
    return [
        Proposal("quantity", span, f"{written(number.value)} count", label, sure, "a number of things", thing)
    ]


def _bare(number: Number, text: str) -> list[Proposal]:
    """Take a large number without a thing ("capped at 8,000") as a count, not surely."""
    if number.is_word or not re.search(r"\D\d{3}$", number.digits):
        return []
    value = f"{written(number.value)} count"
    return [
        Proposal(
            "quantity",
            number.span,
            value,
            written(number.value),
            0.4,
            "a large number",
            _around(text, number.span),
        )
    ]


def _is_german_noun(word: str) -> bool:
    return len(word) > 3 and word[1:].islower()


def _is_day(number: Number, text: str) -> bool:
    after = flat(text[number.span.end : number.span.end + 12]).split()
    return bool(after) and (after[0].strip(".,") in _MONTHS or after[0] in {"a.m.", "p.m."})


def _around(text: str, span: Span) -> str:
    """Return up to six words before a quantity, inside its sentence: they often say what it measures."""
    before = re.split(r"[.;:!?\n]\s", text[max(0, span.start - _NEAR) : span.start])[-1]
    return " ".join(before.split()[-6:])
