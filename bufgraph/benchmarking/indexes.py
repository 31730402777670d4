"""Index definitions: which indicators make up which factors and dimensions, read from the concepts of the graph."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from bufgraph.errors import InvalidInputError
from bufgraph.localisation.phrases import Term, phrase
from bufgraph.model import Catalogue, Concept
from bufgraph.namespaces import SCHEME


@dataclass(frozen=True, slots=True)
class Indicator:
    """What is measured of a city.

    Attributes:
        key: IRI of the indicator concept, or of the subdomain whose activity is counted.
        direction: +1 when higher is better, -1 when lower is.
    """

    key: str
    label: str
    direction: int


@dataclass(frozen=True, slots=True)
class Factor:
    """Indicators that speak of the same thing; ``key`` is the IRI of the concept."""

    key: str
    label: str
    indicators: tuple[Indicator, ...]


@dataclass(frozen=True, slots=True)
class Dimension:
    """A characteristic, domain or key field: the level at which cities are compared."""

    key: str
    label: str
    factors: tuple[Factor, ...]


@dataclass(frozen=True)
class IndexDefinition:
    """A tree of dimension → factor → indicator.

    Attributes:
        name: Its name in addresses and commands.
        note: What a reader must know before using a score.
        source: Where the structure comes from.
    """

    name: str
    title: str
    note: str
    source: str
    dimensions: tuple[Dimension, ...]

    @cached_property
    def factors(self) -> tuple[Factor, ...]:
        """All factors, in the order of the dimensions."""
        return tuple(factor for dimension in self.dimensions for factor in dimension.factors)

    @cached_property
    def indicators(self) -> tuple[Indicator, ...]:
        """All indicators, in the order of the factors."""
        return tuple(indicator for factor in self.factors for indicator in factor.indicators)


def index_definitions(catalogue: Catalogue) -> Mapping[str, IndexDefinition]:
    """Return the indexes whose concepts the graph holds, by name."""
    found = (build(catalogue) for build in _BUILDERS)
    return {index.name: index for index in found if index.dimensions}


def index_definition(catalogue: Catalogue, name: str) -> IndexDefinition:
    """Return the index of this name.

    Raises:
        InvalidInputError: No such index; the message names the known ones.
    """
    known = index_definitions(catalogue)
    if name not in known:
        listed = ", ".join(known) or "none: the graph holds no concepts of an index"
        raise InvalidInputError(
            f"unknown index '{name}'; choose from {listed}", field="index", known=list(known)
        )
    return known[name]


def subdomains(catalogue: Catalogue) -> tuple[Concept, ...]:
    """Return the subdomains of the scheme ``domain`` in the order of their notations."""
    return tuple(c for c in _scheme(catalogue, "domain") if c.broader)


def domains(catalogue: Catalogue) -> tuple[Concept, ...]:
    """Return the top domains in the order of their notations."""
    return tuple(c for c in _scheme(catalogue, "domain") if not c.broader)


def european_smart_cities(catalogue: Catalogue) -> IndexDefinition:
    """Return the model of TU Wien of 2007: 6 characteristics, 31 factors with indicators, 74 indicators.

    Factors without an indicator are left out, and so are indicators that are better in neither direction.
    """
    indicators = [
        c for c in _scheme(catalogue, "indicator") if c.edition == _EDITION and c.better_when in _DIRECTION
    ]

    def factor(concept: Concept) -> Factor:
        own = (
            Indicator(c.id, Term(c.label, c.id), _DIRECTION[c.better_when or ""])
            for c in indicators
            if c.measures_factor == concept.id
        )
        return Factor(concept.id, Term(concept.label, concept.id), tuple(own))

    factors = [(c.broader, factor(c)) for c in _scheme(catalogue, "factor") if c.edition == _EDITION]
    return IndexDefinition(
        f"european-smart-cities-{_EDITION}",
        f"European Smart Cities {_EDITION}",
        phrase(
            "Scores compare only the cities of one sample and edition. The directions of the indicators are judged by bufgraph."
        ),
        "Giffinger et al. (2007), Smart cities: Ranking of European medium-sized cities, "
        "Vienna University of Technology",
        _dimensions(
            (c, [f for broader, f in factors if c.id in broader])
            for c in _scheme(catalogue, "characteristic")
        ),
    )


def practice_activity(catalogue: Catalogue) -> IndexDefinition:
    """Return the index of recorded activity: 6 domains, 28 subdomains, the activity of a city in each."""
    below = subdomains(catalogue)
    return IndexDefinition(
        "practice-activity",
        phrase("Recorded practices by domain"),
        phrase(
            "Counts what this graph records of a city, not what the city does: a low score can mean that nobody has looked."
        ),
        "Neirotti et al. (2014), Current trends in Smart City initiatives, Cities 38, 25-36",
        _dimensions((c, _active(s for s in below if c.id in s.broader)) for c in domains(catalogue)),
    )


def pleec(catalogue: Catalogue) -> IndexDefinition:
    """Return the energy profile: five key fields, each fed by activity in the subdomains that it closely matches."""
    below = subdomains(catalogue)
    return IndexDefinition(
        "pleec",
        phrase("Energy profile by PLEEC key fields"),
        phrase(
            "Counts recorded practices in the subdomains near each key field, not energy. Which subdomains are near is a proposal of bufgraph; the names of the key fields are from memory of the project's reports, to be checked."
        ),
        "PLEEC, Planning for Energy Efficient Cities (FP7, 2013-2016): key fields of the energy smart city profile",
        _dimensions(
            (c, _active(s for s in below if {s.id, *s.broader} & set(c.close_match)))
            for c in _scheme(catalogue, "key-field")
        ),
    )


_EDITION: Final = "2007"
_DIRECTION: Final = {"higher": 1, "lower": -1}
_BUILDERS: Final[tuple[Callable[[Catalogue], IndexDefinition], ...]] = (
    european_smart_cities,
    practice_activity,
    pleec,
)


def _scheme(catalogue: Catalogue, name: str) -> tuple[Concept, ...]:
    found = (c for c in catalogue.concepts.values() if c.scheme == SCHEME + name)
    return tuple(sorted(found, key=lambda c: (c.notation or "", c.id)))


def _active(concepts: Iterable[Concept]) -> list[Factor]:
    named = ((c.id, Term(c.label, c.id)) for c in concepts)
    return [
        Factor(
            iri, label, (Indicator(iri, phrase("Recorded adoptions in {subdomain}", subdomain=label), +1),)
        )
        for iri, label in named
    ]


def _dimensions(parts: Iterable[tuple[Concept, list[Factor]]]) -> tuple[Dimension, ...]:
    kept = ((c, tuple(f for f in factors if f.indicators)) for c, factors in parts)
    return tuple(Dimension(c.id, Term(c.label, c.id), factors) for c, factors in kept if factors)
