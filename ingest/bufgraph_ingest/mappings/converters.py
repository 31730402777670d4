"""Converters that mappings name: a value of a source into one of ours, or why it cannot be."""

import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, Final

import lxml.html  # type: ignore[import-untyped] # has no type information
from babel import Locale
from lxml.etree import ParserError  # type: ignore[import-untyped] # as above

from bufgraph.text.normalise import fold
from bufgraph_ingest.mappings.themes import challenges_in
from bufgraph_ingest.tables.records import slugify
from bufgraph_ingest.tables.values import CellError, address
from bufgraph_ingest.tables.values import year as year_of

Value = Any  # Any: JSON
_MARKUP: Final = re.compile(r"<[a-zA-Z/!]")
_FORMULA: Final = re.compile(r"\s*=\s*[\w@+\-(\"']")
_MONTH: Final = re.compile(r"(?:\d{1,2}\.? )?[^\W\d]{3,}\.?,? ((?:19|20)\d\d)")
"""``March 2016``, ``5 March 2016`` in any language."""
_POINT: Final = re.compile(r"Point\(\s*(-?\d+(?:\.\d+)?)\s+(-?\d+(?:\.\d+)?)\s*\)", re.IGNORECASE)
_NUMBER: Final = re.compile(r"-?\d+(?:[.,]\d+)?(?:[eE]\+?\d{1,2})?", re.ASCII)
_ONGOING: Final = frozenset({"ongoing", "ongoing project", "present", "today"})
_MOST: Final = Decimal(10) ** 12
_SPECIAL: Final = {"UK": "GB", "EL": "GR"}
"""Codes of the European institutions → ISO 3166-1."""
_BODIES: Final = {
    "university": ("universit", "yliopisto", "ulikool", "hogskol", "hochschule", "hojskole", "politechnika", "academy", "college", "school of", "institute", "institut", "research", "sintef", "fraunhofer"),
    "industry": ("ltd", "limited", "gmbh", "ag", "ab", "oy", "oyj", "as", "a/s", "aps", "sia", "uab", "ou", "sp. z o.o.", "s.a.", "inc", "plc", "bv", "company", "energi", "energia"),
    "civil-society": ("association", "foundation", "stiftung", "forening", "federation", "union", "society", "e.v.", "ry", "ngo", "fundacja", "stowarzyszenie", "biedriba"),
    "government": ("city", "municipality", "kommun", "kommune", "stadt", "county", "region", "council", "ministry", "agency", "authority", "landkreis", "gmina", "miasto", "urzad", "powiat", "wojewodztwo", "kaupunki", "kunta", "linn", "linnavalitsus", "vallavalitsus", "pasvaldiba", "novads", "dome", "savivaldybe", "lansstyrelsen", "government", "municipal", "prefeitura"),
}  # fmt: skip
"""Words that tell a body from a person, by sector. A name without one may be a person's and is not kept."""
_WHOLE_WORDS: Final = 5  # letters; shorter words count only alone, not inside others


def _text(value: Value) -> str | None:
    """Plain text: markup, scripts and needless spaces left out."""
    told = str(value)
    if _FORMULA.match(told):
        raise CellError("the text is a formula", "write what it comes to")
    if _MARKUP.search(told):
        try:
            page = lxml.html.fragment_fromstring(told, create_parent="div")
        except (ParserError, ValueError) as err:
            raise CellError("the markup of the text cannot be read", "write plain text") from err
        for part in page.xpath("//script | //style | //comment()"):
            part.drop_tree()
        told = " ".join(page.itertext())
    return " ".join(told.split()) or None


def _parts(value: Value) -> list[str] | None:
    """Texts that stand in a list, or are parted by semicolons or bars."""
    told = value if isinstance(value, list) else re.split(r"[;|]", str(value))
    return [text for part in told if (text := _text(part))] or None


def _year(value: Value) -> int | None:
    """The year of a date; None for what goes on."""
    if fold(str(value).strip()) in _ONGOING:
        return None
    if found := _MONTH.fullmatch(str(value).strip()):
        return int(found[1])
    return year_of(str(value)[:10] if re.match(r"\d{4}-\d\d-\d\d", str(value)) else str(value))


def _decimal(value: Value) -> float | int:
    """A number with a decimal point or comma and no other marks, as machines write it; never below zero."""
    told = str(value).replace("\u00a0", "").replace(" ", "")
    if not _NUMBER.fullmatch(told):
        raise CellError(f"'{value}' is no number", "write digits and one decimal mark, such as 1250000.50")
    try:
        found = Decimal(told.replace(",", "."))
    except InvalidOperation as err:
        raise CellError(f"'{value}' is no number", "write digits, such as 1250000") from err
    if found < 0 or found > _MOST:
        raise CellError(f"'{value}' is below zero or beyond {_MOST:,}", "check the number, or leave it out")
    return int(found) if found == found.to_integral_value() else float(found)


def _whole(value: Value) -> int | None:
    """A count; zero means that nobody counted."""
    found = _decimal(value)
    if not isinstance(found, int):
        raise CellError(f"'{value}' is no whole number", "write digits only, such as 12500")
    return found or None


def _degrees(value: Value) -> float:
    try:
        return float(str(value))
    except ValueError as err:
        raise CellError(f"'{value}' is no number of degrees", "write degrees such as 60.45148") from err


def _point(position: int) -> Callable[[Value], float]:
    def convert(value: Value) -> float:
        found = _POINT.fullmatch(str(value).strip())
        if found is None:
            raise CellError(f"'{value}' is no point", "write Point(longitude latitude)")
        return float(found[position])

    return convert


def _country(value: Value) -> str:
    """ISO 3166-1 code of a country given by code or English name."""
    told = str(value).strip()
    code = told.upper() if len(told) == 2 else _countries().get(fold(told), "")
    code = _SPECIAL.get(code, code)
    if code not in _countries().values():
        raise CellError(f"'{value}' is no country", "write its code of two letters, such as FI")
    return code


def _geonames_id(value: Value) -> str:
    if not str(value).strip().isdigit():
        raise CellError(f"'{value}' is no identifier of GeoNames", "write digits, such as 633679")
    return f"{str(value).strip()}/"


@cache
def _countries() -> dict[str, str]:
    return {fold(name): code for code, name in Locale("en").territories.items() if re.fullmatch("[A-Z]{2}", code)} | {
        "czech republic": "CZ", "slovak republic": "SK", "russian federation": "RU", "the netherlands": "NL",
    }  # fmt: skip


def _place(value: Value) -> str | None:
    """A town with its country, as reconciliation looks it up."""
    town, country = (value if isinstance(value, list) else [value, None])[:2]
    plain = _text(town) if town else None
    return f"{plain} ({_country(country)})" if plain and country else plain


def _body(value: Value) -> str | None:
    """The name of an organisation; None for what may be a person's name."""
    name = _text(value)
    return name if name and _sector(name) else None


def _sector(value: Value) -> str | None:
    name = f" {fold(str(value))} "
    for sector, words in _BODIES.items():
        if any(f" {word} " in name or (len(word) > _WHOLE_WORDS and word in name) for word in words):
            return sector
    return None


def _challenges(value: Value) -> list[str]:
    told = " . ".join(str(part) for part in (value if isinstance(value, list) else [value]))
    if found := challenges_in(told):
        return list(found)
    raise CellError(
        "no challenge of ours is named in the title or the text",
        "it may be no matter of towns; else bring it in as a spreadsheet that names the challenge",
    )


CONVERTERS: Final[dict[str, Callable[[Value], Value]]] = {
    "text": _text,
    "parts": _parts,
    "year": _year,
    "decimal": _decimal,
    "whole": _whole,
    "degrees": _degrees,
    "point_longitude": _point(1),
    "point_latitude": _point(2),
    "country": _country,
    "place": _place,
    "organisation": _body,
    "sector": _sector,
    "challenges": _challenges,
    "first": lambda value: value[0] if isinstance(value, list) and value else value,
    "url": lambda value: address(str(value).strip()),
    "slug": lambda value: slugify(" ".join(map(str, value)) if isinstance(value, list) else str(value)),
    "local_name": lambda value: re.split(r"[/#]", str(value).rstrip("/"))[-1],
    "as_is": lambda value: value,
    "geonames_id": _geonames_id,
    "upper": lambda value: str(value).strip().upper(),
}
"""Name → converter; each gets a value that is not empty, gives one of ours or None, and raises ``CellError``."""
