"""Places and what is known of them: cities, regions, needs, features, published facts."""

from dataclasses import dataclass

from bufgraph.model.records import Record
from bufgraph.namespaces import slug


@dataclass(frozen=True, slots=True)
class Place(Record):
    """A place that a practice can be applied in.

    Attributes:
        pref_label: Name by language tag; English is always there.
        country_code: ISO 3166-1 alpha-2, or several joined with ``|`` for a group across borders.
    """

    pref_label: dict[str, str]
    country_code: str

    @property
    def label(self) -> str:
        """The English name."""
        return self.pref_label["en"]


@dataclass(frozen=True, slots=True)
class City(Place):
    """A town or municipality as a place.

    Attributes:
        alt_label: Names in other languages and older spellings, untagged.
        latitude: Degrees north, WGS 84.
        longitude: Degrees east, WGS 84.
        population: Residents of the populated place (see the data card of ``datasets/cities``).
        unverified_match: External identifiers known from memory only; never published as links.
        source: Documents that the facts come from.
    """

    alt_label: tuple[str, ...] = ()
    in_country: str | None = None
    admin_region: str | None = None
    nuts3: str | None = None
    nuts_version: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    population: int | None = None
    population_year: int | None = None
    is_coastal: bool | None = None
    has_port: bool | None = None
    has_university: bool | None = None
    ubc_membership: str | None = None
    exact_match: tuple[str, ...] = ()
    unverified_match: tuple[str, ...] = ()
    note: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Region(Place):
    """A county, country, metropolitan area or group of cities in which a practice was applied."""

    place_kind: str = ""
    has_member: tuple[str, ...] = ()
    note: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CityNeed(Record):
    """A city's need. Shipped needs are derived from what its practices set out to solve, and say so."""

    need_of: str
    concern: str
    need_status: str
    text: tuple[str, ...] = ()
    derived_from: tuple[str, ...] = ()

    @property
    def is_wanted(self) -> bool:
        """Whether help is still of use: the city has neither solved nor withdrawn it."""
        return slug(self.need_status) not in ("solved", "withdrawn")


@dataclass(frozen=True, slots=True)
class CityFeature(Record):
    """That a context factor holds, or does not hold, for a city.

    Attributes:
        text: How it is known, as a sentence.
        derived_from: Records that it was derived from.
        source: Documents that say so.
    """

    feature_of: str
    factor: str
    holds: bool
    text: str
    derived_from: tuple[str, ...] = ()
    source: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class CountryFeature(Record):
    """That a context factor holds, or does not hold, for the towns of a country.

    Attributes:
        country_code: ISO 3166-1 alpha-2.
        text: What the sources say, as a sentence.
        except_for: IRIs of cities for which it does not stand.
    """

    country_code: str
    factor: str
    holds: bool
    text: str
    source: tuple[str, ...]
    except_for: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AssessmentModel(Record):
    """A benchmark, award or membership scheme."""

    title: str


@dataclass(frozen=True, slots=True)
class Observation(Record):
    """One published fact on a city: a rank, score, award or membership.

    Attributes:
        verification: ``verified`` when the cited page was read and carries the value.
        indicator: The indicator that it measures, where it is one of the scheme ``indicator``.
        ref_year: Year that the value refers to.
    """

    ref_city: str
    model: str
    metric: str
    edition: str
    verification: str
    value: float | None = None
    text_value: str | None = None
    unit_text: str | None = None
    indicator: str | None = None
    ref_year: int | None = None
    source: tuple[str, ...] = ()
