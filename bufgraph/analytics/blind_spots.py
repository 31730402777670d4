"""What is missing: needs without practices, and practices that nobody has measured, by topic and kind of place.

Needs and practices meet in the challenge: both belong to the topics above it (challenge → subdomain → domain). Shipped needs are
derived from practices, so a city with a need and no practice cannot occur among them, and a country or size class with a need but
no practice neither; it can once cities state needs of their own. Until then the cells to read are those where a challenge has
practices elsewhere but none here, or only unmeasured ones.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import product
from typing import Final, Literal, get_args

from bufgraph.analytics.blind_spot_words import REASONS, named
from bufgraph.analytics.spread import member_places
from bufgraph.errors import InvalidInputError
from bufgraph.localisation.phrases import Listing, Phrase, counted, phrase
from bufgraph.model import Adoption, Catalogue
from bufgraph.model.geography import size_class
from bufgraph.namespaces import slug

Dimension = Literal["domain", "subdomain", "challenge", "country", "size"]
Kind = Literal["no-practice", "unmet-need", "unmeasured", "not-here"]
Key = tuple[str, ...]

UNKNOWN: Final = "unknown"
"""Value of a dimension that the records do not tell: a city without population, a region without named member cities."""
MEASURED: Final = 2
"""Evidence level from which a practice counts as measured (scheme ``evidence``: measured by its owner)."""
_PLACE: Final = ("country", "size")
_FAILED: Final = frozenset({"failed", "stopped"})


@dataclass(frozen=True, slots=True)
class Cell:
    """One topic in one kind of place.

    Attributes:
        key: Value of each dimension: concept IRI, country code, or size class.
        cities: Cities of the catalogue in this kind of place.
        needs: Needs of these cities; ``needing``: IRIs of the cities that have one.
        practices: Practices for the topic applied here; ``levels``: their number by evidence level.
        measured: Practices of level 2 or more, wherever they were measured; ``failures``: adoptions here that failed or were stopped.
        needing_anywhere: Cities of all kinds that have a need of the topic; ``practices_elsewhere`` and
            ``measured_elsewhere``: practices for it that were not applied here.
    """

    key: Mapping[Dimension, str]
    cities: int
    needs: int
    needing: tuple[str, ...]
    practices: tuple[str, ...]
    levels: Mapping[int, int]
    measured: int
    failures: int
    needing_anywhere: int
    practices_elsewhere: int
    measured_elsewhere: int


@dataclass(frozen=True, slots=True)
class BlindSpot:
    """A cell that lacks something.

    Attributes:
        kind: ``no-practice`` for a challenge that no practice addresses at all; ``unmet-need`` for needs without a practice;
            ``unmeasured`` for practices of which none is measured; ``not-here`` for practices elsewhere only.
        reason: What is missing, as a sentence.
    """

    kind: Kind
    cell: Cell
    reason: str


@dataclass(frozen=True, slots=True)
class BlindSpots:
    """Blind spots in the order of their kinds, in each kind those that most cities need first, then with most cities in the cell."""

    spots: tuple[BlindSpot, ...]
    unknown: tuple[str, ...]


def matrix(
    catalogue: Catalogue,
    evidence_level: Mapping[str, int],
    *,
    by: Sequence[Dimension] = ("subdomain", "country"),
) -> tuple[Cell, ...]:
    """Return every cell of topics × kinds of places, empty ones too, in the order of their keys.

    Topics are those of the challenge scheme, kinds of places those of the catalogue's cities and of the regions in which
    something was applied.

    Args:
        evidence_level: Level 0 to 5 of each practice, by IRI; one that is missing counts as a practice without a level.
        by: Dimensions, each at most once.

    Raises:
        InvalidInputError: No dimension, an unknown one or one named twice.
    """
    counts = _Counts(catalogue, _checked(by))
    return tuple(
        counts.cell(topic, place, evidence_level)
        for topic, place in product(sorted(counts.topics), sorted(counts.places))
    )


def blind_spots(
    catalogue: Catalogue,
    evidence_level: Mapping[str, int],
    *,
    by: Sequence[Dimension] = ("subdomain", "country"),
) -> BlindSpots:
    """Return what is missing: first the challenges that no practice addresses, then the cells of :func:`matrix` that lack something.

    A cell is never ``not-here`` when a value of it is unknown or the catalogue has no city of its kind.

    Raises:
        InvalidInputError: See :func:`matrix`.
    """
    untried = [c for c in matrix(catalogue, evidence_level, by=("challenge",)) if not c.practices]
    spots = [_spot(catalogue, "no-practice", cell) for cell in untried]
    cells = matrix(catalogue, evidence_level, by=by)
    spots.extend(_spot(catalogue, kind, cell) for cell in cells if (kind := _kind(cell)) is not None)
    order = get_args(Kind)
    spots.sort(
        key=lambda s: (
            order.index(s.kind), -len(s.cell.needing), -s.cell.needing_anywhere, -s.cell.cities, *s.cell.key.values()
        )
    )  # fmt: skip
    return BlindSpots(tuple(spots), tuple(_unknown(catalogue, evidence_level)))


class _Counts:
    """Needs and adoptions by (topic, place), each a key over the dimensions of its side."""

    def __init__(self, catalogue: Catalogue, by: Sequence[Dimension]) -> None:
        self._by = by
        self._of_topic = [d for d in by if d not in _PLACE]
        self._of_place = [d for d in by if d in _PLACE]
        topics = {c.id: self._topic_keys(catalogue, c.id) for c in catalogue.challenges}
        self.topics = {key for keys in topics.values() for key in keys}
        self.places: set[Key] = set() if self._of_place else {()}
        self._cities: dict[Key, set[str]] = defaultdict(set)
        self._needs: dict[tuple[Key, Key], list[str]] = defaultdict(list)
        self._practices: dict[tuple[Key, Key], set[str]] = defaultdict(set)
        self._failures: dict[tuple[Key, Key], set[str]] = defaultdict(set)
        self._needing: dict[Key, set[str]] = defaultdict(set)
        self._tried: dict[Key, set[str]] = defaultdict(set)
        for iri in catalogue.cities:
            for place in self._place_keys(catalogue, iri):
                self._cities[place].add(iri)
        self.places.update(self._cities)
        for need in catalogue.needs.values():
            self._add_need(catalogue, need.need_of, topics.get(need.concern, set()))
        for adoption in catalogue.adoptions.values():
            practice = catalogue.practices[adoption.practice]
            for topic in {key for iri in practice.challenge for key in topics.get(iri, ())}:
                self._add_adoption(catalogue, adoption, topic)

    def cell(self, topic: Key, place: Key, levels: Mapping[str, int]) -> Cell:
        needs, practices = self._needs.get((topic, place), []), self._practices.get((topic, place), set())
        elsewhere = self._tried.get(topic, set()) - practices
        values = dict(zip([*self._of_topic, *self._of_place], [*topic, *place], strict=True))
        return Cell(
            key={dimension: values[dimension] for dimension in self._by},
            cities=len(self._cities.get(place, ())),
            needs=len(needs),
            needing=tuple(sorted(set(needs))),
            practices=tuple(sorted(practices)),
            levels=dict(sorted(Counter(levels[p] for p in practices if p in levels).items())),
            measured=_measured(practices, levels),
            failures=len(self._failures.get((topic, place), ())),
            needing_anywhere=len(self._needing.get(topic, ())),
            practices_elsewhere=len(elsewhere),
            measured_elsewhere=_measured(elsewhere, levels),
        )  # fmt: skip

    def _add_need(self, catalogue: Catalogue, city: str, topics: Iterable[Key]) -> None:
        for topic in topics:
            self._needing[topic].add(city)
            for place in self._place_keys(catalogue, city):
                self._needs[topic, place].append(city)

    def _add_adoption(self, catalogue: Catalogue, adoption: Adoption, topic: Key) -> None:
        self._tried[topic].add(adoption.practice)
        for iri in member_places(catalogue, adoption.place):
            for place in self._place_keys(catalogue, iri):
                self.places.add(place)
                self._practices[topic, place].add(adoption.practice)
                if slug(adoption.outcome) in _FAILED:
                    self._failures[topic, place].add(adoption.id)

    def _topic_keys(self, catalogue: Catalogue, challenge: str) -> set[Key]:
        paths = [{"challenge": challenge, **above} for above in _paths(catalogue, challenge)]
        return {tuple(path[d] for d in self._of_topic) for path in paths}

    def _place_keys(self, catalogue: Catalogue, iri: str) -> set[Key]:
        place = catalogue.place(iri)
        city = catalogue.cities.get(iri)
        size = size_class(city.population if city is not None else None) or UNKNOWN
        countries = place.country_code.split("|") if place is not None else [UNKNOWN]
        return {
            tuple({"country": code, "size": size}[d] for d in self._of_place) for code in countries
        }  # fmt: skip


def _paths(catalogue: Catalogue, challenge: str) -> list[dict[str, str]]:
    """Return each (subdomain, domain) above a challenge; a parent without a parent of its own is a domain."""
    paths: list[dict[str, str]] = []
    for parent in catalogue.concepts[challenge].broader:
        above = catalogue.concepts[parent].broader if parent in catalogue.concepts else ()
        paths.extend({"subdomain": parent, "domain": domain} for domain in above)
        if not above:
            paths.append({"subdomain": UNKNOWN, "domain": parent})
    return paths or [{"subdomain": UNKNOWN, "domain": UNKNOWN}]


def _measured(practices: Iterable[str], levels: Mapping[str, int]) -> int:
    return sum(levels.get(iri, 0) >= MEASURED for iri in practices)


def _checked(by: Sequence[Dimension]) -> Sequence[Dimension]:
    known = get_args(Dimension)
    if not by or len(set(by)) != len(by) or not set(by) <= set(known):
        raise InvalidInputError(
            f"the dimensions are '{', '.join(by)}'; name at least one of {', '.join(known)}, each once",
            field="by",
            known=list(known),
        )
    return by


def _kind(cell: Cell) -> Kind | None:
    if cell.practices:
        return None if cell.measured else "unmeasured"
    if cell.needs:
        return "unmet-need"
    if cell.practices_elsewhere and cell.cities and UNKNOWN not in cell.key.values():
        return "not-here"
    return None


def _spot(catalogue: Catalogue, kind: Kind, cell: Cell) -> BlindSpot:
    about = {
        "what": Listing([named(catalogue, dimension, value) for dimension, value in cell.key.items()]),
        "needing": cell.needing_anywhere, "needing_here": len(cell.needing), "here": len(cell.practices),
        "elsewhere": cell.practices_elsewhere, "measured": cell.measured_elsewhere,
    }  # fmt: skip
    return BlindSpot(kind, cell, Phrase(REASONS[kind], about))


def _unknown(catalogue: Catalogue, levels: Mapping[str, int]) -> Iterable[str]:
    yield phrase(
        "a cell without a practice means that none is recorded, not that there is none: some countries have few records"
    )
    derived = sum(bool(need.derived_from) for need in catalogue.needs.values())
    if derived:
        yield phrase(
            "{n} of {all} needs are derived from practices: what cities need and nobody tried is not seen",
            n=derived,
            all=len(catalogue.needs),
        )
    if sizeless := sum(city.population is None for city in catalogue.cities.values()):
        yield counted(
            "the population of {n} city is not known; it has no size class",
            "the population of {n} cities is not known; they have no size class",
            sizeless,
        )
    if vague := sum(
        a.place in catalogue.regions and not catalogue.regions[a.place].has_member
        for a in catalogue.adoptions.values()
    ):
        yield counted(
            "{n} adoption is in a region that names no member cities; it has no size class",
            "{n} adoptions are in regions that name no member cities; they have no size class",
            vague,
        )
    if unrated := sum(iri not in levels for iri in catalogue.practices):
        yield counted(
            "no evidence level is given for {n} practice; it counts as not measured",
            "no evidence level is given for {n} practices; they count as not measured",
            unrated,
        )
