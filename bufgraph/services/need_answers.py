"""All that one page tells on a need, from one reading of the text and two rankings of the practices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from typing import Final, Literal

from bufgraph.errors import InvalidInputError
from bufgraph.matching.experts import ExpertMatch, rank_experts
from bufgraph.matching.problems import CityWithProblem, cities_with_problem
from bufgraph.matching.solutions import Solution, rank_solutions
from bufgraph.model import Catalogue, City
from bufgraph.search import filters as filter_checks
from bufgraph.search.explain import Explanation, explain
from bufgraph.search.filters import facets
from bufgraph.search.query import MAX_LIMIT, Corrections, Filters, Hit, SearchQuery
from bufgraph.search.understanding import Understanding
from bufgraph.services.answers import CLOSE_SHARE, is_unread, is_weak, worth_a_warning
from bufgraph.services.composition import Build

Order = Literal["best", "proven", "recent"]
ORDERS: Final[tuple[Order, ...]] = ("best", "proven", "recent")
"""Best answer first; best evidence first; latest year first."""
_MOST_RANKED: Final = 60
_TRIED: Final = 20
"""Hits that may carry an organisation into the answer."""
_NEAREST: Final = 12
_MOST_SUGGESTED: Final = 4


@dataclass(frozen=True)
class Need:
    """What a person asks.

    Attributes:
        city: The asking city; None takes the first one that the text names.
        order: Of the solutions, one of :data:`ORDERS`.
        shown: How many solutions are told with all reasons.

    Raises:
        InvalidInputError: The text says nothing, or the order is unknown.
    """

    text: str
    city: City | None = None
    filters: Filters = field(default_factory=Filters)
    corrections: Corrections = field(default_factory=Corrections)
    order: Order = "best"
    shown: int = 10

    def __post_init__(self) -> None:
        if self.order not in ORDERS:
            raise InvalidInputError(
                f"unknown order '{self.order}'; choose from {', '.join(ORDERS)}", field="sort"
            )


@dataclass(frozen=True)
class NeedAnswer:
    """What the data tell on a need.

    Attributes:
        city: The asking city, named by the person or in her text.
        solutions: Those to show, in the order asked for; ``total`` says how many there are.
        kinds: Practice → better practice of the same kind among the solutions shown.
        explanations: Practice → why it was found, for the solutions shown.
        warnings: Relevant practices that failed, stopped or came out mixed somewhere.
        facets: Filter → values that it could take, with the number of solutions that each would leave.
        lifted: Filter that is set → number of solutions without it.
        suggestions: IRIs of challenges near to the text that it was not understood as.
    """

    understood: Understanding
    city: City | None
    solutions: Sequence[Solution]
    total: int
    kinds: Mapping[str, str]
    explanations: Mapping[str, Explanation]
    warnings: Sequence[Solution]
    cities: Sequence[CityWithProblem]
    experts: Sequence[ExpertMatch]
    facets: Mapping[str, Sequence[tuple[str, int]]]
    lifted: Mapping[str, int]
    suggestions: Sequence[str]
    weak: bool
    unread: bool


def answer_need(build: Build, need: Need, *, cities: int = 8, experts: int = 6) -> NeedAnswer:
    """Answer a need with solutions, cities with the same problem, setbacks and organisations.

    The solutions are those that :meth:`AnswerService.solutions` gives, except that all of them are at least half as relevant as the best one
    *without* filters: so the numbers of the filters hold.

    Args:
        cities: Most cities to return.
        experts: Most organisations to return.

    Raises:
        InvalidInputError: The text is empty or too long, a filter value or a correction is unknown.
    """
    filter_checks.check(need.filters, build.catalogue)
    query = _query(build, need)
    understood = build.reader.read(query.text, query.corrections)
    asking = need.city or _named_city(build.catalogue, understood)
    unread = is_unread(understood)
    near = [] if unread else _close(build.hybrid.search(query, understood))
    similarity = build.similarity.scores(asking) if asking is not None else None
    kept = [hit for hit in near if build.traits.keeps(hit.record, need.filters)]
    ranked = rank_solutions(
        kept[:_MOST_RANKED], build.evidence, build.catalogue, city=asking, similarity=similarity
    )
    shown = sorted(ranked, key=_SORT[need.order])[: need.shown]
    problems = (
        []
        if unread
        else _close(build.hybrid.search(replace(query, fields=("problem",), limit=_MOST_RANKED), understood))
    )
    stated = (
        [] if unread else build.hybrid.search(replace(query, types=("expert",), limit=_TRIED), understood)
    )
    records = build.traits.traits
    return NeedAnswer(
        understood=understood,
        city=asking,
        solutions=shown,
        total=len(ranked),
        kinds=build.likeness.leaders([s.practice for s in shown]),
        explanations={s.practice: explain(s.hit, understood, build.hybrid.record_terms(s.practice)) for s in shown},
        warnings=worth_a_warning(ranked),
        cities=cities_with_problem(
            problems, build.catalogue, similarity=similarity, exclude=asking.id if asking else None, limit=cities
        ),
        experts=rank_experts(near[:_TRIED], stated, build.evidence, build.catalogue, city=asking, limit=experts),
        facets=facets({hit.record: hit.score for hit in near}, records, need.filters),
        lifted={
            name: sum(records[hit.record].meet(replace(need.filters, **{name: None})) for hit in near)
            for name in set_filters(need.filters)
        },
        suggestions=nearest_challenges(build, understood),
        weak=is_weak(near, understood),
        unread=unread,
    )  # fmt: skip


def set_filters(filters: Filters) -> list[str]:
    """Return the names of the conditions that are set."""
    return [f.name for f in fields(filters) if getattr(filters, f.name) is not None]


def nearest_challenges(build: Build, understood: Understanding, limit: int = _MOST_SUGGESTED) -> list[str]:
    """Return the IRIs of the challenges nearest to a text that it was not understood as, nearest first."""
    if is_unread(understood):
        return []
    known = {match.concept for match in understood.concepts}
    near = build.index.concept_vectors.search(understood.vector, _NEAREST).positions.tolist()
    return [iri for iri in (build.index.concepts[position] for position in near) if iri not in known][:limit]


def _query(build: Build, need: Need) -> SearchQuery:
    asked = SearchQuery(need.text, ("practice",), Filters(), MAX_LIMIT, corrections=need.corrections)
    return asked.checked(build.settings.query_max_chars)


def _named_city(catalogue: Catalogue, understood: Understanding) -> City | None:
    """Return the first city that a text names: who names her town asks for it."""
    return catalogue.cities[understood.places[0].city] if understood.places else None


def _close(hits: Sequence[Hit]) -> list[Hit]:
    least = CLOSE_SHARE * max((hit.score for hit in hits), default=0.0)
    return [hit for hit in hits if hit.score >= least]


_SORT: Final[Mapping[Order, Callable[[Solution], tuple[float, int]]]] = {
    "best": lambda s: (0.0, s.rank),
    "proven": lambda s: (-s.evidence.score, s.rank),
    "recent": lambda s: (-float(s.evidence.last_year or 0), s.rank),
}
"""Equal ones stay in the order of the best answer."""
