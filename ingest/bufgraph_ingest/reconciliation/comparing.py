"""What a comparison of two records says, and what compares them."""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from math import log
from typing import Protocol

from rapidfuzz.distance import JaroWinkler

from bufgraph_ingest.reconciliation.things import Thing

_ALIKE = 0.93
"""Jaro-Winkler similarity from which two words are one, misspelt; below it "Gdańsk" would meet "Gdynia"."""
_LEAST_FUZZY = 5
"""Letters from which a word may be misspelt; of shorter ones each letter counts."""


@dataclass(frozen=True, slots=True)
class Comparison:
    """How alike two records are.

    Attributes:
        score: 0 to 1; 1 when they surely mean one thing.
        reasons: What speaks for it and against it, for people to read.
    """

    score: float
    reasons: tuple[str, ...]

    def but(
        self, reason: str, *, at_most: float = 1.0, at_least: float = 0.0, less: float = 0.0
    ) -> "Comparison":
        """Return a comparison with one more reason, and what it does to the score."""
        score = min(max(self.score - less, at_least), at_most)
        return replace(self, score=round(score, 4), reasons=(*self.reasons, reason))


class Comparer(Protocol):
    """Compares two things of one kind."""

    def compare(self, left: Thing, right: Thing) -> Comparison:
        """Return how alike they are; the order of the two does not matter."""
        ...


class TokenWeights:
    """How much a word tells: rare words tell a lot, words of every second name little (inverse document frequency).

    Args:
        names: The words of each name of a catalogue, once a name.
    """

    def __init__(self, names: Iterable[Iterable[str]]) -> None:
        count: Counter[str] = Counter()
        total = 0
        for words in names:
            count.update(set(words))
            total += 1
        self._total = total + 1
        self._known = {word: self._weight(times) for word, times in count.items()}
        self._unknown = self._weight(0)

    def _weight(self, times: int) -> float:
        return 0.15 + 0.85 * log((self._total + 1) / (times + 1)) / log(self._total + 1)

    def __getitem__(self, word: str) -> float:
        return self._known.get(word, self._unknown)


@dataclass(frozen=True, slots=True)
class Overlap:
    """What two lists of words share.

    Attributes:
        share: Weight of what both hold in the weight of all (Dice), 0 to 1.
        left_only: Words that only the left list holds; ``right_only``: the right one.
        misspelt: Pairs taken for one word.
    """

    share: float
    left_only: tuple[str, ...]
    right_only: tuple[str, ...]
    misspelt: tuple[tuple[str, str], ...]


def overlap(
    left: Sequence[str],
    right: Sequence[str],
    weight: Callable[[str], float],
    same: Callable[[str, str], bool] = lambda a, b: False,
) -> Overlap:
    """Align two lists of words, each word once.

    Args:
        same: Tells whether two words that are spelt differently still are one, beside misspellings.
    """
    rest = list(right)
    lonely: list[str] = []
    for word in left:
        if word in rest:
            rest.remove(word)
        else:
            lonely.append(word)
    misspelt: list[tuple[str, str]] = []
    for word in tuple(lonely):
        twin = next((other for other in rest if same(word, other) or _alike(word, other)), None)
        if twin is not None:
            rest.remove(twin)
            lonely.remove(word)
            misspelt.append((word, twin))
    total = sum(map(weight, left)) + sum(map(weight, right))
    alone = sum(map(weight, lonely)) + sum(map(weight, rest))
    share = 1 - alone / total if total else 0.0
    return Overlap(share - 0.02 * len(misspelt), tuple(lonely), tuple(rest), tuple(misspelt))


def _alike(left: str, right: str) -> bool:
    if len(left) < _LEAST_FUZZY or len(right) < _LEAST_FUZZY or abs(len(left) - len(right)) > 2:
        return False
    if not (left.isalpha() and right.isalpha()):
        return False
    return float(JaroWinkler.similarity(left, right, score_cutoff=_ALIKE)) >= _ALIKE
