"""Whether two records mean one organisation."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Final

from bufgraph_ingest.reconciliation.comparing import Comparison, TokenWeights, overlap
from bufgraph_ingest.reconciliation.organisation_names import PLACE, OrganisationName, readings
from bufgraph_ingest.reconciliation.places import PlaceNames
from bufgraph_ingest.reconciliation.spelling import plain, short_letters
from bufgraph_ingest.reconciliation.things import Thing

_PLACE_WEIGHT: Final = 0.6
_NEVER: Final = 0.05
_UNLIKELY: Final = 0.35
_LESS_FOR_SOFT: Final = 0.06


class Organisations:
    """Compares names without legal forms, word by word; other places, kinds of bodies and countries keep apart.

    Args:
        things: The organisations of the catalogue; how often a word stands among them says what it is worth.
        places: The places of the catalogue.
    """

    def __init__(self, things: Iterable[Thing], places: PlaceNames) -> None:
        self._places = places
        self._read = lru_cache(maxsize=500_000)(self._readings)
        self._weights = TokenWeights(
            reading.words for thing in things for name in thing.names for reading in self._read(name)[:1]
        )

    def _readings(self, name: str) -> tuple[OrganisationName, ...]:
        return tuple(readings(name, self._places))

    def compare(self, left: Thing, right: Thing) -> Comparison:
        """See the port."""
        if left.is_generic or right.is_generic:
            return Comparison(_NEVER, ("one of them is a kind of organisation and not one body",))
        pairs = [
            self.compare_names(a, b)
            for name in left.names
            for other in right.names
            for a in self._read(name)
            for b in self._read(other)
        ]
        best = max(pairs, key=lambda comparison: comparison.score, default=Comparison(0.0, ("no name",)))
        return _with_facts(best, left, right)

    def compare_names(self, left: OrganisationName, right: OrganisationName) -> Comparison:
        """Compare two readings of names."""
        if (veto := _veto(left, right)) is not None:
            return veto
        if left.is_administration and right.is_administration:
            return Comparison(0.97, ("both govern the same place",))
        found = self._acronym(left, right) if left.acronym != right.acronym else self._words(left, right)
        if left.is_part and right.is_part:
            return found.but("only parts of their names agree", at_most=0.7 if found.score >= 0.9 else 0.5)
        if left.is_weak or right.is_weak:
            return found.but("only a part of one name agrees; the part may be another body", at_most=0.8)
        return found

    def _words(self, left: OrganisationName, right: OrganisationName) -> Comparison:
        shared = overlap(left.words, right.words, self._weight, _same_place)
        found = Comparison(round(max(shared.share, 0.0), 4), (_told(left, right, shared.share),))
        extra = (*shared.left_only, *shared.right_only)
        if shared.left_only and shared.right_only:
            found = found.but(f"each has words of its own: {_quoted(extra)}", less=0.15)
        elif extra:
            found = found.but(f"only one says {_quoted(extra)}", less=0.05)
        if any(word.startswith(PLACE) for word in extra):
            found = found.but("only one names a place", at_most=0.55)
        if left.is_administration != right.is_administration:
            found = found.but(
                "one governs a place, the other is another body or a part of it", at_most=_UNLIKELY
            )
        if left.kinds != right.kinds and left.kinds and right.kinds:
            found = found.but("they are different kinds of bodies", at_most=_UNLIKELY)
        if left.soft != right.soft:
            lonely = min(len(left.words), len(right.words)) == 1
            found = found.but(
                f"only one says {_quoted(left.soft ^ right.soft)}", less=0.2 if lonely else _LESS_FOR_SOFT
            )
        if bool(left.countries) != bool(right.countries):
            found = found.but("only one names a country; it may be the branch there", at_most=0.75)
        if left.levels != right.levels and not (left.is_administration or right.is_administration):
            found = found.but("they name different levels of government", less=0.1)
        return found

    def _weight(self, word: str) -> float:
        return _PLACE_WEIGHT if word.startswith(PLACE) else self._weights[word]

    def _acronym(self, left: OrganisationName, right: OrganisationName) -> Comparison:
        short, full = (left, right) if left.acronym else (right, left)
        letters = plain(short.text)
        if len(letters) >= 3 and full.initials == letters:
            return Comparison(0.8, (f"'{short.text}' are the first letters of '{full.text}'",))
        if [letters] == list(full.words):
            return Comparison(0.95, (f"'{short.text}' is '{full.text}'",))
        return Comparison(0.1, (f"'{short.text}' does not abbreviate '{full.text}'",))


def _veto(left: OrganisationName, right: OrganisationName) -> Comparison | None:
    """Return a comparison when one fact settles that the names mean two bodies."""
    if left.places and right.places and not any(a & b for a in left.places for b in right.places):
        return Comparison(_NEVER, ("they name different places",))
    if left.countries and right.countries and not left.countries & right.countries:
        return Comparison(_NEVER, ("they name different countries",))
    if left.numbers != right.numbers and (left.numbers and right.numbers):
        return Comparison(0.2, (f"the numbers differ: {_quoted(left.numbers ^ right.numbers)}",))
    if left.is_administration and right.is_administration:
        return _veto_of_levels(left, right)
    return None


def _veto_of_levels(left: OrganisationName, right: OrganisationName) -> Comparison | None:
    levels = _level(left), _level(right)
    if levels[0] == levels[1] or set(levels) == {"plain", "city"}:
        return None
    if set(levels) == {"plain", "rural"}:
        return Comparison(0.75, ("one may be the town, the other its rural district",))
    told = f"they govern different levels: {levels[0]} and {levels[1]}"
    return Comparison(0.1, (told,))


def _level(name: OrganisationName) -> str:
    return next((level for level in ("region", "rural", "city") if level in name.levels), "plain")


def _with_facts(found: Comparison, left: Thing, right: Thing) -> Comparison:
    if left.country and right.country and left.country != right.country:
        found = found.but(
            f"their countries differ: {left.country} and {right.country}",
            at_most=0.75 if found.score >= 0.95 else _UNLIKELY,
        )
    if left.host and right.host:
        if left.host != right.host:
            found = found.but(f"their home pages differ: {left.host} and {right.host}", less=0.1)
        elif found.score >= 0.5:
            found = found.but(f"they share the home page {left.host}", at_least=0.97)
        else:
            found = found.but(f"they share the home page {left.host}, their names do not agree", at_least=0.6)
    if left.place and right.place and left.place != right.place:
        found = found.but("their seats differ", at_most=0.75)
    return found


def _same_place(left: str, right: str) -> bool:
    if left.startswith(PLACE) and right.startswith(PLACE):
        return bool(set(left[1:].split("|")) & set(right[1:].split("|")))
    return short_letters(left) == short_letters(right)


def _quoted(words: Iterable[str]) -> str:
    return ", ".join(f"'{word.split('/')[-1]}'" for word in sorted(words))


def _told(left: OrganisationName, right: OrganisationName, share: float) -> str:
    if plain(left.text) == plain(right.text):
        return f"both are called '{left.text}'"
    if share >= 0.999:
        return f"'{left.text}' and '{right.text}' differ in legal form, spelling or language only"
    return f"'{left.text}' and '{right.text}' share {share:.0%} of what their words tell"
