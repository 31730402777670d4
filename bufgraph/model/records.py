"""The records of the graph as frozen dataclasses.

Field names are the terms of ``ontology/context.jsonld``, so a record, its JSON and its triples say the same
thing. A reference is the full IRI of the other record. ``None`` and ``()`` mean *not known*, never zero.
"""

from dataclasses import dataclass, field

from bufgraph.namespaces import slug


@dataclass(frozen=True, slots=True)
class Record:
    """Anything with an IRI."""

    id: str

    @property
    def slug(self) -> str:
        """The readable last part of the IRI."""
        return slug(self.id)


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
class Organisation(Record):
    """An organisation that took part in a practice; never a natural person.

    Attributes:
        is_generic: True when the source names a kind of organisation ("housing associations"), not one body.
    """

    name: str
    helix: str
    alt_label: tuple[str, ...] = ()
    country_code: str | None = None
    based_in: str | None = None
    administers: str | None = None
    is_generic: bool = False


@dataclass(frozen=True, slots=True)
class Expert(Organisation):
    """An organisation with stated expertise that a city can ask.

    Attributes:
        language: ISO 639-1 codes of the languages that it works in.
        accepts_requests: False when it has asked not to be approached; it is then shown for what it did only.
        capacity: Cases that it takes at a time; ``current_load``: cases that it has.
    """

    organisation_kind: str | None = None
    expertise: tuple[str, ...] = ()
    text: str | None = None
    homepage: str | None = None
    language: tuple[str, ...] = ()
    accepts_requests: bool | None = None
    capacity: int | None = None
    current_load: int | None = None
    related_practice: tuple[str, ...] = ()
    citation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class SourceDocument(Record):
    """A public page or data set where a statement was read."""

    title: str
    page: str | None = None
    note: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Citation(Record):
    """What a document supports in one record."""

    document: str
    supports: str | None = None


@dataclass(frozen=True, slots=True)
class GoodPractice(Record):
    """A described way of solving a challenge: the plan, apart from the places where it happened.

    Attributes:
        problem: What it set out to solve.
        summary: What was done and what came of it, in short.
        approach: How it works.
        main_challenge: The most central of ``challenge``.
        confidence: How well the collected sources support the record (a concept of ``confidence``).
        typical_need: How towns that do not know it would ask for it; written for search, no source says so.
    """

    title: str
    problem: str
    summary: str
    approach: str
    main_challenge: str
    origin: str
    challenge: tuple[str, ...] = ()
    subdomain: tuple[str, ...] = ()
    confidence: str | None = None
    typical_need: tuple[str, ...] = ()
    citation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Translation(Record):
    """Short texts of a practice in other languages, for readers and for search.

    Attributes:
        translates: The practice.
        local_title: Title by language tag.
        local_need: The need in one sentence, by language tag.
        local_solution: What was done and what came of it in one sentence, by language tag.
    """

    translates: str
    local_title: dict[str, str]
    local_need: dict[str, str]
    local_solution: dict[str, str]


@dataclass(frozen=True, slots=True)
class TransferCondition(Record):
    """Something that must be true, or had better be true, of a city for a practice to work there.

    Attributes:
        factor: What of a city it is about (a concept of ``context``).
        text: The condition as a sentence about the city.
        is_essential: Without it the practice cannot work; else it works after ``change``.
        at_least: Bounds in the unit of the factor (residents for ``population``), inclusive; ``at_most`` too.
        is_stated: The record names it; else a reader inferred it. ``wording``: the words that it rests on.
    """

    condition_of: str
    factor: str
    text: str
    is_essential: bool
    is_stated: bool
    wording: str
    change: str | None = None
    at_least: int | None = None
    at_most: int | None = None


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
class Adoption(Record):
    """A practice applied in one place, with what came of it.

    Attributes:
        relation: How it stands to the practice's first place (a concept of ``transfer-relation``).
        cost: In ``currency``, as stated by the sources, not adjusted for inflation.
    """

    practice: str
    place: str
    relation: str
    outcome: str
    status: str | None = None
    replicated_from: str | None = None
    start_year: int | None = None
    end_year: int | None = None
    cost: float | None = None
    currency: str | None = None
    cost_note: str | None = None
    funding: tuple[str, ...] = ()
    participation: tuple[str, ...] = ()
    result: tuple[str, ...] = ()
    lesson: tuple[str, ...] = ()
    obstacle: tuple[str, ...] = ()
    failure_phase: str | None = None
    failure_cause: tuple[str, ...] = ()
    remedy: str | None = None
    note: tuple[str, ...] = ()
    citation: tuple[str, ...] = ()

    @property
    def is_origin(self) -> bool:
        """Whether this is the practice's first place."""
        return slug(self.relation) == "origin"


@dataclass(frozen=True, slots=True)
class Participation(Record):
    """An organisation in a role in an adoption."""

    agent: str
    role: str


@dataclass(frozen=True, slots=True)
class Result(Record):
    """One stated figure of an adoption: a claim with its own evidence.

    Attributes:
        value: In ``unit_text`` (and ``unit``, a QUDT IRI, where one exists); None when only told in words.
        result_kind: Achieved, target or context.
        method: How the figure came about; ``assessor``: who vouches for it.
        supported_by: Citations that carry the figure.
    """

    metric: str
    text: str
    result_kind: str
    method: str
    assessor: str
    value: float | None = None
    unit_text: str | None = None
    unit: str | None = None
    ref_year: int | None = None
    baseline_value: float | None = None
    baseline_year: int | None = None
    baseline_text: str | None = None
    supported_by: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lesson(Record):
    """Something learned in one adoption."""

    text: str
    lesson_kind: str


@dataclass(frozen=True, slots=True)
class Obstacle(Record):
    """Something that stood in the way, with the kind of barrier."""

    text: str
    barrier: str


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


@dataclass(frozen=True, slots=True)
class Concept(Record):
    """A SKOS concept.

    Attributes:
        pref_label: Label by language tag; English is always there.
        alt_label: Further labels by language tag.
        hidden_label: How people say it, by language tag: found, never shown as its name.
        broader: IRIs one level up.
        scheme: IRI of its concept scheme.
        measures_factor: For an indicator, the factor that it is part of.
        better_when: For an indicator, ``higher`` or ``lower``.
        edition: For an indicator or factor, the edition of the model that names it.
        close_match: IRIs of concepts of other schemes that mean nearly the same.
    """

    pref_label: dict[str, str]
    scheme: str
    alt_label: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hidden_label: dict[str, tuple[str, ...]] = field(default_factory=dict)
    definition: str | None = None
    notation: str | None = None
    broader: tuple[str, ...] = ()
    measures_factor: str | None = None
    better_when: str | None = None
    edition: str | None = None
    close_match: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The English label."""
        return self.pref_label["en"]
