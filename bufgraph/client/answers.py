"""The shapes of the answers, as JSON gives them. A key that is not required is left out where nothing is known."""

from typing import Any, NotRequired, TypedDict

Json = dict[str, Any]  # Any: JSON


class Ref(TypedDict):
    """A record or concept with its English name."""

    id: str
    slug: str
    label: str


class Place(Ref):
    """A city or region."""

    kind: str
    country: str


class Source(TypedDict):
    """A document, and what it supports."""

    id: str
    title: NotRequired[str]
    url: NotRequired[str]
    note: NotRequired[list[str]]
    supports: NotRequired[str]


class PracticeBrief(Ref):
    """A practice in a list: where it began, how it went, how well proven."""

    type: NotRequired[str]
    summary: str
    origin: Place
    evidence_level: int
    outcome: str
    outcomes: NotRequired[dict[str, int]]


class Understood(TypedDict):
    """How a text was read."""

    language: Json
    english: NotRequired[str]
    words_read: float
    concepts: NotRequired[list[Json]]
    places: NotRequired[list[Json]]
    numbers: NotRequired[list[Json]]


class Hit(TypedDict):
    """A search hit; practices say where and how it went too."""

    id: str
    slug: str
    type: str
    label: str
    rank: int
    score: float
    parts: dict[str, float]
    contributions: dict[str, float]
    passage: Json
    concepts: list[Ref]
    reasons: list[str]
    why_not_higher: list[Json]
    local: NotRequired[Json]
    summary: NotRequired[str]
    origin: NotRequired[Place]
    evidence_level: NotRequired[int]
    outcome: NotRequired[str]
    outcomes: NotRequired[dict[str, int]]
    same_kind_as: NotRequired[Ref]


class SearchAnswer(TypedDict):
    """Hits with the filters that would narrow them."""

    results: list[Hit]
    understood: Understood
    facets: dict[str, list[Json]]
    weak: bool


class Solution(PracticeBrief):
    """A practice for a need, with the parts of its score, its evidence, its fit and its failures."""

    rank: int
    score: float
    parts: dict[str, float]
    evidence: Json
    passage: Json
    warning: NotRequired[bool]
    fit: NotRequired[Json]
    local: NotRequired[Json]
    concepts: NotRequired[list[Ref]]
    reasons: NotRequired[list[str]]
    setbacks: NotRequired[list[Json]]
    sources: NotRequired[list[Source]]
    same_kind_as: NotRequired[Ref]


class SolutionsAnswer(TypedDict):
    """Solutions, with what went wrong elsewhere beside them."""

    results: list[Solution]
    setbacks: list[Solution]
    city: Ref | None
    understood: Understood
    weak: bool


class CityWithProblem(Ref):
    """A city that has, or had, a problem, with what it tried."""

    type: str
    country: str
    rank: int
    score: float
    similarity: NotRequired[float]
    tried: NotRequired[list[Json]]


class ProblemsAnswer(TypedDict):
    """Cities with a similar problem."""

    results: list[CityWithProblem]
    understood: Understood
    weak: bool


class ExpertMatch(Ref):
    """An organisation that knows a subject, with what it did."""

    type: str
    helix: str
    country: NotRequired[str]
    rank: int
    score: float
    homepage: NotRequired[str]
    near: NotRequired[str]
    limits: NotRequired[list[str]]
    parts: dict[str, float]
    deeds: NotRequired[list[Json]]


class ExpertsAnswer(TypedDict):
    """Organisations that know a subject."""

    results: list[ExpertMatch]
    understood: Understood
    weak: bool


class SimilarCity(Ref):
    """A city like another, with the interval of its rank under missing data."""

    type: str
    country: str
    rank: int
    rank_low: int
    rank_high: int
    score: float
    parts: dict[str, Json]
    shared: list[Ref]
    unknown: list[str]


class SimilarCitiesAnswer(TypedDict):
    """Cities like a city."""

    city: Ref
    preset: str | None
    results: list[SimilarCity]


class FitAnswer(TypedDict):
    """Whether a practice would work in a city, condition by condition."""

    practice: Ref
    city: Ref
    verdict: str
    reason: NotRequired[str]
    changes: NotRequired[list[str]]
    to_find_out: NotRequired[list[str]]
    conditions: NotRequired[list[Json]]
    tried_here: NotRequired[list[Json]]


class ProfileAnswer(TypedDict):
    """The standing of a city in an index; what is missing is left out, never zero."""

    city: Ref
    index: Json
    ranked: bool
    peers: int
    overall: Json
    characteristics: list[Json]
    factors: list[Json]
    strengths: list[Json]
    weaknesses: list[Json]
    could_teach: list[Json]
    published: list[Json]
    unknown: list[str]
    compared_with: list[Ref]


class Practice(PracticeBrief):
    """Everything known of a practice."""

    problem: str
    approach: str
    main_challenge: Ref
    challenges: NotRequired[list[Ref]]
    subdomains: NotRequired[list[Ref]]
    confidence: NotRequired[str]
    evidence: Json
    conditions: NotRequired[list[Json]]
    adoptions: NotRequired[list[Json]]
    sources: NotRequired[list[Source]]


class City(Ref):
    """Everything known of a city."""

    type: str
    labels: dict[str, str]
    country: str
    region: NotRequired[str]
    nuts3: NotRequired[str]
    latitude: NotRequired[float]
    longitude: NotRequired[float]
    population: NotRequired[int]
    population_year: NotRequired[int]
    coastal: NotRequired[bool]
    port: NotRequired[bool]
    university: NotRequired[bool]
    ubc_membership: NotRequired[str]
    same_as: NotRequired[list[str]]
    needs: NotRequired[list[Json]]
    practices: NotRequired[list[Json]]
    facts: NotRequired[list[Json]]
    sources: NotRequired[list[Source]]


class Challenge(Ref):
    """A challenge with its names in all languages and the practices that address it."""

    type: str
    labels: dict[str, str]
    definition: NotRequired[str]
    synonyms: NotRequired[list[str]]
    broader: NotRequired[list[Ref]]
    practices: NotRequired[list[PracticeBrief]]


class Expert(Ref):
    """An expert organisation with what it took part in."""

    type: str
    helix: str
    kind: NotRequired[str]
    country: NotRequired[str]
    homepage: NotRequired[str]
    based_in: NotRequired[Place]
    description: NotRequired[str]
    expertise: NotRequired[list[Ref]]
    roles: NotRequired[list[Json]]
    related_practices: NotRequired[list[Ref]]
    sources: NotRequired[list[Source]]
