"""English sentences that remember how they were made, so that they can be told in another language later.

A :class:`Phrase` is a ``str``: whoever prints or sends it gets the English sentence. Whoever speaks another language hands it to a
:class:`bufgraph.localisation.tongue.Tongue`, which looks the template up in the message catalogue (GNU gettext) and fills in the values
again, written as that language writes them.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

Value = Any  # what a placeholder may hold: str, Phrase, Term, int, float, or a tuple or list of those
Joiner = Literal["comma", "and", "or", "semicolon"]
SEPARATORS: Final[Mapping[str, str]] = {"comma": ", ", "semicolon": "; "}


class Term(str):
    """The English name of a thing that has names in other languages: a concept or a country.

    Attributes:
        key: IRI of a concept, or a country code (ISO 3166-1 alpha-2).
        in_sentence: Whether it stands inside a sentence, so that a language that writes such words small may do so.
    """

    __slots__ = ("in_sentence", "key")
    key: str
    in_sentence: bool

    def __new__(cls, label: str, key: str, *, in_sentence: bool = False) -> "Term":
        """Name a thing.

        Args:
            label: Its English name, as it is to be read.
            key: As above.
        """
        made = super().__new__(cls, label)
        made.key = key
        made.in_sentence = in_sentence
        return made

    def __getnewargs_ex__(self) -> tuple[tuple[str, str], dict[str, bool]]:
        """Copy and pickle with all attributes."""
        return (str(self), self.key), {"in_sentence": self.in_sentence}


class RecordText(str):
    """Words of a record, in English whatever the language around them; a page marks them so."""

    __slots__ = ()


class Listing(str):
    """Several values in one place of a sentence.

    Attributes:
        values: What is listed.
        joiner: ``and``: "a, b and c"; ``or``: "a, b or c"; ``comma``: "a, b, c"; ``semicolon``: "a; b; c".
    """

    __slots__ = ("joiner", "values")
    values: tuple[Value, ...]
    joiner: Joiner

    def __new__(cls, values: Sequence[Value], joiner: Joiner = "comma") -> "Listing":
        """List some values."""
        made = super().__new__(cls, _joined([str(v) for v in values], joiner))
        made.values = tuple(values)
        made.joiner = joiner
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle with all attributes."""
        return Listing, (self.values, self.joiner)


class Phrase(str):
    """An English sentence with the template and the values that it was made from.

    Attributes:
        template: English text with ``{name}`` placeholders: the key in the message catalogues.
        plural: The English text for any number but one; empty when the sentence counts nothing.
        quantity: What decides between the two.
        values: Placeholder → value.
    """

    __slots__ = ("plural", "quantity", "template", "values")
    template: str
    plural: str
    quantity: int
    values: Mapping[str, Value]

    def __new__(
        cls, template: str, values: Mapping[str, Value] | None = None, plural: str = "", quantity: int = 1
    ) -> "Phrase":
        """Make a sentence; call :func:`phrase` or :func:`counted` instead, which the message extraction knows."""
        text = plural if plural and quantity != 1 else template
        made = super().__new__(cls, text.format(**(values or {})))
        made.template = template
        made.values = dict(values or {})
        made.plural = plural
        made.quantity = quantity
        return made

    def __reduce__(self) -> tuple[Any, ...]:
        """Copy and pickle with all attributes."""
        return Phrase, (self.template, self.values, self.plural, self.quantity)


def phrase(template: str, /, **values: Value) -> Phrase:
    """Return a sentence that can be told in other languages.

    Args:
        template: A literal, so that the extraction of messages finds it; ``{name}`` stands for a value, ``{n:,}`` and ``{x:.0%}`` format
            numbers as :func:`format` does.
        **values: Strings are told as they are, phrases and terms in the other language, numbers as it writes them.
    """
    return Phrase(template, values)


def counted(singular: str, plural: str, n: int, /, **values: Value) -> Phrase:
    """Return a sentence that counts; ``{n}`` stands for the number."""
    return Phrase(singular, {"n": n, **values}, plural, n)


def message(text: str, /) -> str:
    """Mark a constant for translation and return it: whoever shows it asks a tongue."""
    return text


def _joined(texts: list[str], joiner: str) -> str:
    if joiner in ("and", "or"):
        return f"{', '.join(texts[:-1])} {joiner} {texts[-1]}" if len(texts) > 1 else "".join(texts)
    return SEPARATORS[joiner].join(texts)
