"""Which of our languages a text is in. Honest about short texts: a guess has a confidence and its rivals."""

from collections.abc import Mapping, Sequence
from copy import copy
from dataclasses import dataclass
from math import exp, log
from typing import Final

from py3langid.langid import MODEL_FILE, LanguageIdentifier

from bufgraph.text.lexicon import Lexicon
from bufgraph.text.normalise import stop_words, words

LANGUAGES: Final = ("en", "sv", "fi", "da", "nb", "et", "lv", "lt", "pl", "de", "ru")
"""Languages that a need can be written in, as ISO 639-1."""
_KNOWN_WORD = 1.5
"""Natural logarithm of how much likelier a language becomes by each word that its lexicon or list of function
words knows. Set so that two known words outweigh a wrong guess of the identifier on a text of three words."""
_WITHOUT_DIACRITICS = 0.5
"""What a word counts that a lexicon knows only when its diacritics are added."""
_PREFERENCE = 2.0
"""The same for the user's own choice: it decides between close rivals and loses against a clear text."""
_FLOOR = 1e-6
"""Least probability taken from the identifier: on two words it is sure of wrong answers."""
_FOREIGN = 0.99
"""Probability from which on a text of no language of ours counts as foreign, when we know none of its words."""


@dataclass(frozen=True, slots=True)
class Language:
    """A guess.

    Attributes:
        code: One of :data:`LANGUAGES`, or ``und`` when the text is in none of them or has no words.
        confidence: Its probability among our languages, in [0, 1].
        rivals: Further languages with at least a tenth of its probability, likelier first.
    """

    code: str
    confidence: float
    rivals: tuple[str, ...] = ()


class Identifier:
    """Identifies languages by character n-grams (py3langid) and by the words that our lexicons know."""

    def __init__(self, lexicons: Mapping[str, Lexicon]) -> None:
        self._lexicons = lexicons
        self._model = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)

    def over(self, lexicons: Mapping[str, Lexicon]) -> "Identifier":
        """Return one that knows other words and shares the model, which takes a third of a second to read."""
        other = copy(self)
        other._lexicons = lexicons
        return other

    def identify(self, text: str, preferred: str | None = None) -> Language:
        """Return the language of a text.

        Args:
            preferred: The user's language, a tie-breaker.
        """
        tokens = [token for token in words(text) if not token.isdecimal()]
        if not tokens:
            return Language(preferred or "und", 0.0)
        ranked = self._model.rank(" ".join(tokens))
        guess = {("nb" if code == "no" else code): float(p) for code, p in ranked}
        known = {code: self._known(tokens, code) for code in LANGUAGES}
        top = max(guess, key=lambda code: guess[code])
        if top not in LANGUAGES and guess[top] >= _FOREIGN and max(known.values()) == 0:
            return Language("und", 0.0)
        scores = {
            code: log(max(guess.get(code, 0.0), _FLOOR))
            + _KNOWN_WORD * known[code]
            + (_PREFERENCE if code == preferred else 0.0)
            for code in LANGUAGES
        }
        best = max(scores.values())
        shares = {code: exp(score - best) for code, score in scores.items()}
        order = sorted(shares, key=lambda code: (-shares[code], code))
        total = sum(shares.values())
        rivals = tuple(code for code in order[1:] if shares[code] >= 0.1)
        return Language(order[0], shares[order[0]] / total, rivals)

    def _known(self, tokens: Sequence[str], code: str) -> float:
        """Return how many words a language knows; one that only lost its diacritics counts for less: "snow" is no "snów"."""
        lexicon, stop = self._lexicons.get(code), stop_words(code)
        known = 0.0
        for token in set(tokens):
            if token in stop or (lexicon is not None and lexicon.spells(token)):
                known += 1.0
            elif lexicon is not None and lexicon.knows(token):
                known += _WITHOUT_DIACRITICS
        return known
