"""Whether two records mean one practice: the same plan, in the same town, told twice."""

from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Final

from bufgraph.text.normalise import index_terms
from bufgraph_ingest.reconciliation.comparing import Comparison, TokenWeights, overlap
from bufgraph_ingest.reconciliation.spelling import numbers_of, plain
from bufgraph_ingest.reconciliation.things import Thing

_NEVER: Final = 0.05
_YEARS: Final = 3
CLOSE_MEANING: Final = 0.75
"""Cosine from which a person is asked; no two shipped practices of one town reach it."""


class Practices:
    """Compares titles in every language they are known in, the town, the year and the cited pages.

    Args:
        things: The practices of the catalogue; how often a word stands in their titles says what it is worth.
        meaning: Cosine of two practices' texts by their identifiers, where an encoder compared them; optional.
    """

    def __init__(
        self, things: Iterable[Thing], meaning: Mapping[tuple[str, str], float] | None = None
    ) -> None:
        self._weights = TokenWeights(title_words(name) for thing in things for name in thing.names)
        self._meaning = meaning or {}

    def compare(self, left: Thing, right: Thing) -> Comparison:
        """See the port."""
        found = max(
            (self._titles(a, b) for a in left.names for b in right.names),
            key=lambda comparison: comparison.score,
            default=Comparison(0.0, ("no title",)),
        )
        if left.place and right.place and left.place != right.place:
            return found.but(
                "they lie in different places; one may have taken it over from the other", at_most=_NEVER
            )
        if not (left.place and right.place):
            found = found.but("the place of one is not known", at_most=0.8)
        found = self._with_pages(found, left, right)
        if left.year and right.year:
            apart = abs(left.year - right.year)
            if apart >= _YEARS:
                found = found.but(f"they began {apart} years apart", less=0.05)
        return self._with_meaning(found, left, right)

    def _titles(self, left: str, right: str) -> Comparison:
        if plain(left) == plain(right):
            return Comparison(0.99, (f"both are titled '{left}'",))
        a, b = title_words(left), title_words(right)
        shared = overlap(a, b, self._weights.__getitem__)
        found = Comparison(
            round(max(shared.share, 0.0), 4),
            (f"'{left}' and '{right}' share {shared.share:.0%} of what their words tell",),
        )
        if numbers_of(list(shared.left_only)) and numbers_of(list(shared.right_only)):
            found = found.but("the numbers in the titles differ", less=0.1)
        return found

    def _with_pages(self, found: Comparison, left: Thing, right: Thing) -> Comparison:
        shared = left.pages & right.pages
        if not shared:
            return found
        told = f"both cite {min(shared)}"
        if found.score >= 0.5:
            return found.but(told, at_least=min(1.0, found.score + 0.25))
        return found.but(
            f"{told}; one page may tell of several practices", at_least=min(0.6, found.score + 0.3)
        )

    def _with_meaning(self, found: Comparison, left: Thing, right: Thing) -> Comparison:
        cosine = self._meaning.get((left.id, right.id), self._meaning.get((right.id, left.id), 0.0))
        if cosine >= CLOSE_MEANING:
            return found.but(f"their texts mean much the same (cosine {cosine:.2f})", at_least=0.55)
        return found


@lru_cache(maxsize=500_000)
def title_words(title: str) -> list[str]:
    """Return the stemmed words of a title; function words are left out."""
    return index_terms(plain(title))
