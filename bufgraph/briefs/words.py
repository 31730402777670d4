"""Fixed words of a brief, in English; a tongue tells them in the reader's language."""

import re
from collections.abc import Mapping
from typing import Final
from unicodedata import category

from bufgraph.briefs.brief import Mark
from bufgraph.localisation.phrases import message
from bufgraph.localisation.tongue import Tongue
from bufgraph.localisation.words import OUTCOMES, VERDICTS

WORDS: Final[Mapping[str, str]] = {
    "kind": message("Brief for a decision"),
    "need": message("The need"),
    "glance": message("At a glance"),
    "solution": message("Solution"),
    "where": message("Where"),
    "outcome": message("How it went"),
    "proven": message("How well proven"),
    "cost": message("Cost"),
    "fit": message("Would it work here?"),
    "candidates": message("The solutions"),
    "contacts": message("Who to ask"),
    "organisation": message("Organisation"),
    "knows": message("What it knows"),
    "web": message("Web"),
    "questions": message("Open questions"),
    "essential": message("essential"),
    "steps": message("Next steps"),
    "sources": message("Sources"),
    "supports": message("supports"),
    "machine": message("translated by machine"),
    "left_out": message("Left out"),
    "page": message("This brief as a page"),
    "footer": message("Every statement comes from a record; the numbers lead to its sources."),
    "licence": message("Data: CC BY 4.0"),
}
PHASES: Final = (
    message("Profile and evaluate"),
    message("Intervene and consult"),
    message("Act"),
    message("Evaluate"),
    message("Follow up"),
)
"""The five phases of the process, in order."""


def told_words(tongue: Tongue) -> dict[str, str]:
    """Return the fixed words in a language."""
    return {key: tongue.message(text) for key, text in WORDS.items()}


def outcome_mark(key: str, tongue: Tongue, where: str = "") -> Mark:
    """Return sign and word for an outcome, by its slug."""
    sign, word = OUTCOMES.get(key, OUTCOMES["unknown"])
    return Mark(key, sign, tongue.message(word), where)


def verdict_mark(key: str, tongue: Tongue) -> Mark:
    """Return sign and word for a verdict, by its slug."""
    sign, word = VERDICTS[key]
    return Mark(key, sign, tongue.message(word))


_BIDI_CONTROLS: Final = re.compile("[\u202a-\u202e\u2066-\u2069]")
_NO_TEXT: Final = frozenset({"Cc", "Cs", "Co", "Cn"})


def plain(text: str) -> str:
    """Return what a person typed as one line of text: without control characters, and without those that turn the direction around."""
    spaced = " ".join(_BIDI_CONTROLS.sub("", text).split())
    return "".join(c for c in spaced if category(c) not in _NO_TEXT)
