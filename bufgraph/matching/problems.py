"""Cities with similar problems: who else has this, what did they try, how did it go."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from bufgraph.model import Adoption, Catalogue
from bufgraph.search.query import Hit


@dataclass(frozen=True, slots=True)
class Attempt:
    """Something a city tried against the problem.

    Attributes:
        relevance: Of the practice for the problem, in [0, 1].
        problem: The sentences of the record that state the problem.
    """

    adoption: Adoption
    practice: str
    title: str
    relevance: float
    problem: str


@dataclass(frozen=True, slots=True)
class CityWithProblem:
    """A city that has, or had, a similar problem.

    Attributes:
        score: In [0, 1]: the best attempt's relevance, raised by further ones:
            ``1 - Π (1 - relevance_i * share_i)`` over the three best, with shares 1, 0.2 and 0.1.
        attempts: Best first.
        similarity: To the asking city, when one asks; it scales the score by ``0.7 + 0.3 * similarity``.
    """

    rank: int
    city: str
    score: float
    attempts: tuple[Attempt, ...]
    similarity: float | None


_SHARES = (1.0, 0.2, 0.1)


def cities_with_problem(
    hits: Iterable[Hit],
    catalogue: Catalogue,
    *,
    similarity: Mapping[str, float] | None = None,
    exclude: str | None = None,
    limit: int = 10,
) -> list[CityWithProblem]:
    """Group practices found by their problem into the cities that tried them.

    Args:
        hits: Practices found by their problem statements.
        similarity: Similarity of each city to the asking one, by IRI.
        exclude: IRI of the asking city.
    """
    attempts: dict[str, list[Attempt]] = defaultdict(list)
    for hit in hits:
        practice = catalogue.practices[hit.record]
        for adoption in catalogue.adoptions_by_practice.get(practice.id, ()):
            for city in _cities(adoption, catalogue):
                if city != exclude:
                    attempts[city].append(
                        Attempt(adoption, practice.id, practice.title, hit.score, practice.problem)
                    )
    scored = []
    for city, tried in attempts.items():
        tried.sort(key=lambda a: (-a.relevance, a.adoption.id))
        near = similarity.get(city) if similarity is not None else None
        score = _combine([a.relevance for a in tried]) * (1.0 if near is None else 0.7 + 0.3 * near)
        scored.append((score, city, tuple(tried), near))
    scored.sort(key=lambda row: (-row[0], row[1]))
    return [
        CityWithProblem(rank, city, score, tried, near)
        for rank, (score, city, tried, near) in enumerate(scored[:limit], 1)
    ]


def _cities(adoption: Adoption, catalogue: Catalogue) -> Sequence[str]:
    if adoption.place in catalogue.cities:
        return (adoption.place,)
    region = catalogue.regions.get(adoption.place)
    return region.has_member if region is not None else ()


def _combine(relevances: Sequence[float]) -> float:
    rest = 1.0
    for relevance, share in zip(relevances, _SHARES, strict=False):
        rest *= 1.0 - relevance * share
    return 1.0 - rest
