"""Whether two records mean one city or region."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from rapidfuzz.distance import OSA, JaroWinkler

from bufgraph_ingest.reconciliation.comparing import Comparison
from bufgraph_ingest.reconciliation.geography import distance_km
from bufgraph_ingest.reconciliation.places import forms_of, is_inflected
from bufgraph_ingest.reconciliation.spelling import plain, short_letters
from bufgraph_ingest.reconciliation.things import Thing
from bufgraph_ingest.reconciliation.vocabulary import vocabulary

_NEVER: Final = 0.05
_BRACKETS: Final = re.compile(r"^(.*?)\s*[(,]\s*([^()]+?)\)?$")
_SHORT: Final = {
    "sankt": "st",
    "saint": "st",
    "am": "",
    "an": "",
    "auf": "",
    "der": "",
    "in": "",
    "main": "main",
}
NEAR_KM: Final = 12.0
"""A municipality's point may be its town hall, its largest town or its middle; towns lie rarely closer."""
FAR_KM: Final = 35.0


@dataclass(frozen=True, slots=True)
class CityName:
    """A name without the words for town or district, and the level that those words told.

    Attributes:
        key: The name as :func:`plain` writes it; ``forms``: it and its genitives.
    """

    key: str
    level: str
    forms: frozenset[str]


@lru_cache(maxsize=200_000)
def read_name(name: str, country: str) -> tuple[CityName, ...]:
    """Return the readings of a name: ``Turku (Åbo)`` is both, ``Tartu vald`` is Tartu at the level of a district."""
    texts = [name]
    if bracket := _BRACKETS.match(name):
        texts += [text for text in bracket.groups() if len(text) > 1]
    return tuple(_reading(text, country) for text in texts)


def _reading(text: str, country: str) -> CityName:
    words = plain(text).split()
    kept: list[str] = []
    levels: set[str] = set()
    start = 0
    while start < len(words):
        found = vocabulary().administration.match(words, start)
        if found and len(words) > found[1]:
            levels.add(found[0])
            start += found[1]
            continue
        if words[start] not in vocabulary().stop and (word := _SHORT.get(words[start], words[start])):
            kept.append(word)
        start += 1
    key = " ".join(kept) or plain(text)
    level = next((level for level in ("region", "rural", "city") if level in levels), "plain")
    return CityName(key, level, frozenset(forms_of(key, country)))


class Cities:
    """Compares places by identifier, name, country and distance.

    Args:
        things: The cities of the catalogue; a name that two of them bear decides nothing without coordinates.
    """

    def __init__(self, things: Iterable[Thing]) -> None:
        bearers: dict[tuple[str, str], set[str]] = defaultdict(set)
        for thing in things:
            for name in thing.names:
                bearers[thing.country, plain(name)].add(thing.id)
        self._shared = {key for key, ids in bearers.items() if len(ids) > 1}

    def compare(self, left: Thing, right: Thing) -> Comparison:
        """See the port."""
        if left.is_region != right.is_region:
            return Comparison(_NEVER, ("one is a city, the other a region",))
        if left.country and right.country and left.country != right.country:
            return Comparison(
                _NEVER, (f"they lie in different countries: {left.country} and {right.country}",)
            )
        same = [s for s in left.identifiers if left.identifiers[s] == right.identifiers.get(s)]
        if same:
            return Comparison(1.0, (f"they bear the same identifier of {', '.join(same)}",))
        found = self._with_distance(_best_name(left, right), left, right)
        other = [s for s in left.identifiers if s in right.identifiers]
        if other:
            found = found.but(f"{', '.join(other)} knows them as two places", at_most=0.7)
        return found

    def _with_distance(self, found: Comparison, left: Thing, right: Thing) -> Comparison:
        away = distance_km(left, right)
        if away is None:
            if any((left.country, plain(name)) in self._shared for name in (*left.names, *right.names)):
                return found.but("several cities of the country bear that name", at_most=0.7)
            return found.but("their coordinates are not known", less=0.03)
        if away <= 1.0 and found.score < 0.6 and "level" not in found.reasons[0]:
            return found.but(f"they lie {away:.1f} km apart", at_least=0.5)
        if away <= NEAR_KM:
            return found.but(f"they lie {away:.1f} km apart", at_least=found.score)
        if away < FAR_KM:
            return found.but(f"they lie {away:.0f} km apart", at_most=0.7)
        return found.but(f"they lie {away:.0f} km apart", at_most=_NEVER)


def _best_name(left: Thing, right: Thing) -> Comparison:
    pairs = (
        _compare_names(a, b)
        for name in left.names
        for other in right.names
        for a in read_name(name, left.country)
        for b in read_name(other, right.country)
    )
    return max(pairs, key=lambda comparison: comparison.score, default=Comparison(0.0, ("no name",)))


def _compare_names(left: CityName, right: CityName) -> Comparison:
    found = max(_spelt(left, right), key=lambda comparison: comparison.score)
    levels = {left.level, right.level}
    if len(levels) > 1 and "region" in levels:
        return found.but("one is named as a region", at_most=0.1)
    if levels == {"city", "rural"}:
        return found.but("one is named as a town, the other as a rural district", at_most=0.1)
    if levels == {"plain", "rural"}:
        return found.but("only one is named as a rural district", at_most=0.7)
    return found


def _spelt(left: CityName, right: CityName) -> Iterator[Comparison]:
    pair = f"'{left.key}' and '{right.key}'"
    if left.key == right.key:
        yield Comparison(0.99, (f"both are called '{left.key}'",))
    elif short_letters(left.key) == short_letters(right.key) or left.key.replace(
        " ", ""
    ) == right.key.replace(" ", ""):
        yield Comparison(0.97, (f"{pair} are two spellings",))
    elif left.forms & right.forms:
        yield Comparison(0.96, (f"{pair} are two cases of one name",))
    elif is_inflected(left.key, right.key):
        yield Comparison(0.86, (f"{pair} may be two cases of one name",))
    elif _mistyped(left.key, right.key):
        yield Comparison(0.84, (f"{pair} differ in one letter",))
    else:
        similarity = float(JaroWinkler.similarity(left.key, right.key))
        yield Comparison(round(0.6 * similarity, 4), (f"{pair} are {similarity:.0%} alike",))


def _mistyped(left: str, right: str) -> bool:
    return min(len(left), len(right)) >= 6 and OSA.distance(left, right, score_cutoff=1) <= 1
