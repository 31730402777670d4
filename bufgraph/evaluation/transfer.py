"""Can the graph predict who takes a practice over? Known transfers are taken out one by one and looked for again."""

import re
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from hashlib import sha256
from typing import Any, Final, Literal, TypeVar
from unicodedata import normalize

import numpy as np
from numpy.typing import NDArray

from bufgraph.embeddings.port import Encoder, Vectors
from bufgraph.matching.adopters import WEIGHTS, AdopterModel, CityPairs, Floats, Meaning, weighted
from bufgraph.model import Adoption, Catalogue, CityFeature, CityNeed, Record
from bufgraph.text.normalise import fold

Flags = NDArray[np.bool_]
Json = dict[str, Any]  # Any: JSON
Pair = tuple[str, str]  # IRIs of a practice and of a city, not its first place, that took it over
_Named = Mapping[str, Floats]
_Keyed = tuple[tuple[str, ...], "_Try"]
R = TypeVar("R", bound=Record)
D = TypeVar("D", CityNeed, CityFeature)
MEASURES: Final = ("hit@5", "hit@20", "MRR")
OURS: Final = "model"
VARIANTS: Final = ("leave-one-out", "first-adopter")
NOTES: Final = (
    "A known adoption is taken out with all that was derived from it and looked for again: 'cities' for its practice, "
    "'practices' for its city. Cities that stay known to run a practice are no candidates.",
    "'first-adopter' takes out all adoptions but the first place; the other adopters are candidates like any city. The "
    "practice then looks as if nobody had taken it over: in the direction 'practices' the part 'spread' only misleads.",
    "Practices are split by a hash of their IRI; weights were set by hand on dev, so report test.",
    "'base' keeps candidates and pairs with a known NUTS code or coast: other cities are here only as adopters.",
    "Names of all cities are masked in the texts before they are encoded; words for countries are not.",
    "Intervals: 95 %, percentile bootstrap over practices. Ties count with the mean of their orders; chance is exact.",
    "'activity' ranks by recorded practices of a city or places of a practice; 'population' and 'distance' rank "
    "practices by their first city.",
)  # fmt: skip
_RESAMPLES: Final = 2_000
_SEED: Final = 20261124
_BATCH: Final = 32
_DEPTHS: Final = (5, 20)
_DIGITS: Final = 12
"""Scores that differ less are equal: sums of the same numbers in another order."""
_INTERVAL: Final = (2.5, 97.5)
_WORD = re.compile(r"[^\W\d_]+")
_LEAST, _ENDING = 4, 2
"""Letters that a name must have, else it is masked as written only; that inflection may change ("Narva", "Narvie")."""


class NameMask:
    """Hides names in texts, inflected ones too: any word that starts with a name or, capitalised, with its stem.

    Words of a name in several words count each; those under four letters only where the name has no longer one.
    """

    def __init__(self, names: Iterable[str]) -> None:
        self._whole: set[str] = set()
        self._stems: set[str] = set()
        self._short: set[str] = set()
        for name in names:
            words = [fold(word) for word in _WORD.findall(name)]
            long = [word for word in words if len(word) >= _LEAST]
            self._whole.update(long)
            self._stems.update(word[: max(_LEAST, len(word) - _ENDING)] for word in long)
            self._short.update(words if not long else ())

    def __call__(self, text: str) -> str:
        """Return the text with every mention replaced by "the city"."""
        composed = normalize("NFC", text)  # an accent apart from its letter would end the word
        return _WORD.sub(lambda match: "the city" if self._hides(match.group()) else match.group(), composed)

    def _hides(self, word: str) -> bool:
        key = fold(word)
        starts = {key[:length] for length in range(_LEAST, len(key) + 1)}
        capital = word[0].isupper()
        return bool(starts & self._whole) or (capital and (bool(starts & self._stems) or key in self._short))


def half(practice: str) -> Literal["dev", "test"]:
    """Return the half that a practice belongs to, by the SHA-256 of its IRI."""
    return "test" if sha256(practice.encode()).digest()[0] % 2 else "dev"


def known_transfers(catalogue: Catalogue) -> list[Pair]:
    """Return the pairs of a practice and a city that took it over, in IRI order."""
    places = {(a.practice, a.place) for a in catalogue.adoptions.values() if a.place in catalogue.cities}
    return sorted(
        (practice, city)
        for practice, city in places
        if practice in catalogue.practices and city not in _firsts(catalogue, practice)
    )


def without(catalogue: Catalogue, dropped: Sequence[Adoption]) -> Catalogue:
    """Return the catalogue as if adoptions of one practice had never been heard of, nor what was derived from them.

    Gone are their participations, results, lessons and obstacles, the adopters' needs and features that rest on the
    practice alone, the part of the adopters' administrations in it elsewhere, and those that then do nothing.
    """
    gone = {adoption.id for adoption in dropped}
    sources = gone | {adoption.practice for adoption in dropped}
    adopters = {c for a in dropped for c in _cities(catalogue, a.place) - _firsts(catalogue, a.practice)}
    bodies = {o.id for o in catalogue.organisations.values() if o.administers in adopters}
    theirs = {p.id for p in catalogue.participations.values() if p.agent in bodies}
    adoptions = {
        iri: replace(
            adoption,
            replicated_from=None if adoption.replicated_from in gone else adoption.replicated_from,
            participation=tuple(
                p for p in adoption.participation if p not in theirs or adoption.practice not in sources
            ),
        )
        for iri, adoption in catalogue.adoptions.items()
        if iri not in gone
    }
    parts = _used(catalogue.participations, (a.participation for a in adoptions.values()))
    active = {part.agent for part in parts.values()}
    needs = _rest(catalogue.needs, lambda need: need.need_of in adopters, sources)
    sources |= catalogue.needs.keys() - needs
    return replace(
        catalogue, adoptions=adoptions, participations=parts, needs=needs,
        results=_used(catalogue.results, (a.result for a in adoptions.values())),
        lessons=_used(catalogue.lessons, (a.lesson for a in adoptions.values())),
        obstacles=_used(catalogue.obstacles, (a.obstacle for a in adoptions.values())),
        organisations={i: o for i, o in catalogue.organisations.items() if i not in bodies or i in active},
        features=_rest(catalogue.features, lambda feature: feature.feature_of in adopters, sources),
    )  # fmt: skip


def run(catalogue: Catalogue, encoder: Encoder, challenges: Sequence[str], kinship: Floats) -> Json:
    """Return how well transfers are predicted, in tables with baselines.

    Args:
        challenges: IRIs of the rows and columns of ``kinship`` ``(n, n)``, in [0, 1].

    Returns:
        Counts, ``weights``, ``notes`` and ``directions``: direction → variant → scope → split → table of ``pairs``,
        ``practices``, ``candidates`` (mean), ``systems`` (name → measure → mean, low, high), ``ahead`` (the same of how
        far ahead the model is). Without any transfer ``directions`` is empty.
    """
    transfers, tries = known_transfers(catalogue), defaultdict[tuple[str, ...], list[_Try]](list)
    if transfers:
        meaning = Meaning(challenges, kinship, sorted(catalogue.practices), _encoded(encoder, catalogue))
        for key, one in _all_tries(catalogue, meaning, transfers):
            tries[key].append(one)
    directions: Json = {}
    for (direction, variant, scope, split), found in sorted(tries.items()):
        place = directions.setdefault(direction, {}).setdefault(variant, {}).setdefault(scope, {})
        place[split] = _table(found)
    practices, adopters = ({pair[n] for pair in transfers} for n in (0, 1))
    counts = {"pairs": len(transfers), "practices": len(practices), "adopters": len(adopters)}
    return {**counts, "weights": dict(WEIGHTS), "notes": list(NOTES), "directions": directions}


@dataclass(frozen=True, slots=True)
class _Try:
    """One transfer looked for again: system → values in the order of the measures."""

    practice: str
    candidates: int
    values: _Named

    @classmethod
    def of(cls, practice: str, systems: _Named, target: int, kept: Flags) -> "_Try":
        values = {name: outcome(scores, target, kept) for name, scores in systems.items()}
        return cls(practice, int(kept.sum()), values)


def _all_tries(catalogue: Catalogue, meaning: Meaning, transfers: Sequence[Pair]) -> Iterable[_Keyed]:
    plain = _Plain(catalogue)
    for variant in VARIANTS:
        last: tuple[Sequence[Adoption], AdopterModel] | None = None
        for practice, city in transfers:
            dropped = [
                a
                for a in catalogue.adoptions_by_practice[practice]
                if not a.is_origin and (variant == "first-adopter" or city in _cities(catalogue, a.place))
            ]
            if last is None or last[0] != dropped:
                last = dropped, AdopterModel(without(catalogue, dropped), meaning, pairs=plain.pairs)
            for (direction, scope), one in _looked_for(last[1], plain, practice, city):
                yield (direction, variant, scope, half(practice)), one


def _looked_for(model: AdopterModel, plain: "_Plain", practice: str, city: str) -> Iterable[_Keyed]:
    row, column = model.row[practice], model.column[city]
    by_city = {name: part[row] for name, part in model.parts.items()}
    by_practice = {name: part[:, column] for name, part in model.parts.items()}
    cities = _systems(by_city, by_city["activity"], -plain.km[row], plain.residents)
    practices = _systems(by_practice, by_practice["spread"], -plain.km[:, column], plain.first_residents)
    free, others = ~model.runs[row], ~model.runs[:, column]
    yield ("cities", "all"), _Try.of(practice, cities, column, free)
    yield ("practices", "all"), _Try.of(practice, practices, row, others)
    if plain.is_base[column]:
        yield ("cities", "base"), _Try.of(practice, cities, column, free & plain.is_base)
        yield ("practices", "base"), _Try.of(practice, practices, row, others)


class _Plain:
    """What needs no model: ``km`` ``(practices, cities)`` from the first place, residents, NaN where unknown."""

    def __init__(self, catalogue: Catalogue) -> None:
        self.pairs = CityPairs(catalogue)
        cities = [catalogue.cities[iri] for iri in self.pairs.cities]
        self.is_base = np.array([c.nuts3 is not None or c.is_coastal is not None for c in cities], dtype=bool)
        self.residents = np.array([c.population or np.nan for c in cities], dtype=np.float64)
        firsts = [_firsts(catalogue, iri) for iri in sorted(catalogue.practices)]
        here = np.array([[iri in places for iri in self.pairs.cities] for places in firsts], dtype=bool)
        self.km = np.array([np.fmin.reduce(self.pairs.km[row], axis=0, initial=np.nan) for row in here])
        self.first_residents = np.array([np.fmax.reduce(self.residents[row], initial=np.nan) for row in here])


def _systems(parts: _Named, activity: Floats, nearness: Floats, residents: Floats) -> _Named:
    return {
        OURS: weighted(parts, WEIGHTS),
        "text": parts["text"], "activity": activity, "distance": nearness, "population": residents,
        "chance": np.zeros_like(activity),
        **{f"without {part}": weighted(parts, {**WEIGHTS, part: 0.0}) for part in WEIGHTS},
    }  # fmt: skip


def outcome(scores: Floats, target: int, kept: Flags) -> Floats:
    """Return the measures, in their order, of the place that a target takes among the kept; NaN comes last.

    ``t`` equal scores from rank ``r`` on count with the mean over their orders: a hit ``(k - r + 1) / t`` in [0, 1].
    """
    told = np.where(np.isfinite(scores), np.round(scores, _DIGITS), -np.inf)
    above, ties = int((told[kept] > told[target]).sum()), int((told[kept] == told[target]).sum())
    hits = np.clip([(k - above) / ties for k in _DEPTHS], 0.0, 1.0)
    return np.array([*hits, float(np.mean(1 / np.arange(above + 1, above + ties + 1)))])


def _table(tries: Sequence[_Try]) -> Json:
    names = list(tries[0].values)
    values = np.array([[found.values[name] for name in names] for found in tries])
    clusters, of = np.unique([found.practice for found in tries], return_inverse=True)
    size = len(clusters)
    sums = np.zeros((size, *values.shape[1:]))
    np.add.at(sums, of, values)
    draws = np.random.default_rng(_SEED).multinomial(size, np.full(size, 1 / size), size=_RESAMPLES)
    resampled = np.tensordot(draws, sums, axes=1) / (draws @ np.bincount(of))[:, None, None]
    means, ours = values.mean(axis=0), names.index(OURS)
    return {
        "pairs": len(tries), "practices": size, "candidates": float(np.mean([found.candidates for found in tries])),
        "systems": {name: _estimates(means[n], resampled[:, n]) for n, name in enumerate(names)},
        "ahead": {
            name: _estimates(means[ours] - means[n], resampled[:, ours] - resampled[:, n])
            for n, name in enumerate(names)
            if n != ours
        },
    }  # fmt: skip


def _estimates(means: Floats, resampled: Floats) -> Json:
    ends = np.percentile(resampled, _INTERVAL, axis=0)
    rows = zip(MEASURES, means, *ends, strict=True)
    return {
        name: {"mean": float(mean), "low": float(low), "high": float(high)} for name, mean, low, high in rows
    }


def _encoded(encoder: Encoder, catalogue: Catalogue) -> Vectors:
    """Return ``(practices, d)`` of the masked texts, in IRI order."""
    mask = NameMask(
        name for c in catalogue.cities.values() for name in (*c.pref_label.values(), *c.alt_label)
    )
    practices = [catalogue.practices[iri] for iri in sorted(catalogue.practices)]
    texts = [mask(f"{p.title}. {p.problem} {p.summary} {p.approach}") for p in practices]
    return np.concatenate([encoder.encode(texts[n : n + _BATCH]) for n in range(0, len(texts), _BATCH)])


def _cities(catalogue: Catalogue, place: str) -> set[str]:
    region = catalogue.regions.get(place)
    return {city for city in (region.has_member if region else (place,)) if city in catalogue.cities}


def _firsts(catalogue: Catalogue, practice: str) -> set[str]:
    places = {a.place for a in catalogue.adoptions_by_practice.get(practice, ()) if a.is_origin}
    return {
        city
        for place in {*places, catalogue.practices[practice].origin}
        for city in _cities(catalogue, place)
    }


def _used(records: Mapping[str, R], references: Iterable[Sequence[str]]) -> dict[str, R]:
    return {iri: records[iri] for group in references for iri in group if iri in records}


def _rest(records: Mapping[str, D], is_theirs: Callable[[D], bool], sources: set[str]) -> dict[str, D]:
    """Return the records but those that are theirs and derived from nothing else than the sources."""
    return {
        iri: record
        for iri, record in records.items()
        if not (is_theirs(record) and record.derived_from and sources.issuperset(record.derived_from))
    }
