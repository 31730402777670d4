"""One language of the interface: its messages (GNU gettext), its way to write numbers and lists (Unicode CLDR by Babel)."""

import re
from collections.abc import Callable, Sequence
from functools import cache
from io import BytesIO
from pathlib import Path
from string import Formatter
from typing import Any, Final, Literal

from babel import Locale
from babel.dates import format_date
from babel.lists import format_list
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal, format_percent
from babel.support import Translations

from bufgraph.localisation.alphabet import Key, order_in
from bufgraph.localisation.phrases import SEPARATORS, Listing, Phrase, Term

INTERFACE_LANGUAGES: Final = ("en", "sv", "fi", "da", "nb", "et", "lv", "lt", "pl", "de")
"""Languages of the interface (ISO 639-1), English first: it is the language that the others are translated from."""
LOCALES: Final = Path(__file__).parent / "locales"
_DECIMALS: Final = ".######"
"""As many digits after the point as there are."""
_NAMED_AS: Final = {"nb": "no"}
"""Bokmål is called Norwegian: we have no other."""
_SPEC: Final = re.compile(r"(?P<sign>[+]?)(?P<group>,?)(?:\.(?P<digits>\d+)(?P<kind>[f%g])|(?P<whole>d?))$")


class Tongue:
    """Tells phrases, terms, numbers and dates in one language.

    Args:
        code: One of :data:`INTERFACE_LANGUAGES`.
        label: Gives the name of a concept, by IRI and language; None when it has none there.
    """

    def __init__(self, code: str, label: Callable[[str, str], str | None] = lambda iri, lang: None) -> None:
        self.code = code
        self.locale = Locale.parse("en_GB" if code == "en" else code)
        self.messages = messages(code)
        self._label = label
        self._formatter = _LocalFormatter(self)

    def tell(self, value: Any) -> str:
        """Return a value in this language: a phrase or term translated, a number as it is written here, another string as it is."""
        if isinstance(value, str):
            # English sentences are English as they stand.
            return str(value) if self.code == "en" else self._told(value)
        if isinstance(value, (tuple, list)):
            return self._listing([self.tell(v) for v in value], "comma")
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return self.number(value)
        return str(value)

    def order(self, name: str) -> Key:
        """Return the key that sorts names by the alphabet of this language."""
        return order_in(self.code)(name)

    def country_order(self, code: str) -> Key:
        """Return the key that sorts country codes by the names of the countries."""
        return self.order(self.country(code))

    def message(self, text: str) -> str:
        """Return a constant English text of ours in this language."""
        return self.messages.ugettext(text) if text else ""

    def number(self, value: float, digits: int | None = None) -> str:
        """Write a number: 18500000 is 18,500,000 in English and 18 500 000 in Latvian.

        Args:
            digits: Digits after the point; None leaves as many as there are, up to six.
        """
        pattern = "#,##0.######" if digits is None else "#,##0" + ("." + "0" * digits if digits else "")
        return format_decimal(value, pattern, locale=self.locale)

    def percent(self, value: float, digits: int = 0) -> str:
        """Write a share: 0.42 is 42% in English and 42 % in Finnish."""
        pattern = self.locale.percent_formats[None].pattern
        return format_percent(
            value, pattern.replace("0%", f"0.{'0' * digits}%") if digits else pattern, locale=self.locale
        )

    def signed(self, value: float) -> str:
        """Write 0.42 as ``+0.4`` and -1.0 as ``−1.0``; what rounds to zero has no sign."""
        text = self.number(abs(value), 1)
        return text if round(abs(value), 1) == 0 else ("+" if value > 0 else "−") + text

    def date(self, value: Any, style: str = "long") -> str:
        """Write a date (datetime.date)."""
        return format_date(value, style, locale=self.locale)

    def country(self, code: str) -> str:
        """Return the name of a country, ``Estonia`` for EE; several codes are separated by ``|``."""
        return ", ".join(self.locale.territories.get(part, part) for part in code.split("|"))

    def language(self, code: str, *, in_sentence: bool = False) -> str:
        """Return the name of a language, ``Latvian`` for lv.

        Args:
            in_sentence: Write it as inside a sentence, where most languages write it small; else as at the beginning of a line.
        """
        name = str(self.locale.languages.get(_NAMED_AS.get(code, code), code))
        return name if in_sentence else name[:1].upper() + name[1:]

    def concept(self, iri: str, fallback: str = "") -> str:
        """Return the name of a concept in this language, else in English."""
        return self._label(iri, self.code) or self._label(iri, "en") or fallback

    def list(self, values: Sequence[Any]) -> str:
        """Write "a, b and c"."""
        return self._listing([self.tell(v) for v in values], "and")

    def _told(self, text: str) -> str:
        if isinstance(text, Phrase):
            return self._formatter.vformat(self._template(text), (), text.values)
        if isinstance(text, Listing):
            return self._listing([self.tell(v) for v in text.values], text.joiner)
        return self._term(text) if isinstance(text, Term) else str(text)

    def _template(self, sentence: Phrase) -> str:
        if sentence.plural:
            return self.messages.ungettext(sentence.template, sentence.plural, sentence.quantity)
        return self.messages.ugettext(sentence.template)

    def _term(self, term: Term) -> str:
        if len(term.key) == 2:
            return self.country(term.key)
        if self.code == "en":
            return str(term)
        name = self._label(term.key, self.code)
        if name is None:
            return str(term)
        # Only German writes nouns large inside a sentence; all-capital beginnings such as "EU" stay.
        if term.in_sentence and self.code != "de" and not name[1:2].isupper():
            return name[:1].lower() + name[1:]
        return name

    def _listing(self, texts: Sequence[str], joiner: str) -> str:
        if joiner in ("and", "or"):
            style: Literal["standard", "or"] = "or" if joiner == "or" else "standard"
            return format_list(texts, style, locale=self.locale) if texts else ""
        return SEPARATORS[joiner].join(texts)


class _LocalFormatter(Formatter):
    """Fills templates as :meth:`str.format` does, numbers as the language writes them."""

    def __init__(self, tongue: Tongue) -> None:
        self._tongue = tongue

    def format_field(self, value: Any, format_spec: str) -> str:
        if not isinstance(value, (int, float)) or isinstance(value, bool):
            return self._tongue.tell(value)
        # A plain number is told as English would write it: 2014 is a year as often as a count.
        found = _SPEC.match(format_spec)
        if not format_spec or found is None or found["kind"] == "g":
            return format_decimal(value, "0.######", locale=self._tongue.locale)
        if found["kind"] == "%":
            return self._tongue.percent(value, int(found["digits"]))
        digits = _DECIMALS if found["digits"] is None else "." + "0" * int(found["digits"])
        digits = "" if digits == "." else digits
        text = format_decimal(
            abs(value), ("#,##0" if found["group"] else "0") + digits, locale=self._tongue.locale
        )
        sign = "−" if value < 0 else "+" if found["sign"] else ""
        return sign + text


@cache
def messages(code: str) -> Translations:
    """Return the message catalogue of a language; English has none, for its texts are the keys.

    The ``.po`` file is read as it is: nothing needs to be compiled, and what a translator saves is what the next start shows.
    """
    path = LOCALES / f"{code}.po"
    if code == "en" or not path.is_file():
        return Translations()
    with path.open("rb") as file:
        catalogue = read_po(file, locale=code)
    compiled = BytesIO()
    write_mo(compiled, catalogue)
    compiled.seek(0)
    return Translations(compiled)
