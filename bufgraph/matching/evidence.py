"""How well a practice is proven: computed from its claims and adoptions, never typed in.

The ladder (scheme ``evidence``): 0 idea · 1 described by its owner · 2 measured by its owner · 3 measured
against a baseline · 4 assessed independently · 5 replicated with results in other cities.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from scipy.special import betaincinv

from bufgraph.localisation.phrases import counted, phrase
from bufgraph.model import Adoption, Catalogue, GoodPractice, Result
from bufgraph.namespaces import concept

SUCCESS_SHARE: Final = {"success": 1.0, "mixed": 0.5, "failed": 0.0, "stopped": 0.0}
"""What an adoption adds to the successes; ``too-early`` and ``unknown`` say nothing and are left out."""

_NO_FIGURE: Final[str] = phrase("described by its owner; no achieved figure is recorded")
_FOUND_OUT = {concept("method", name) for name in ("measured", "counted", "survey")}
_ACHIEVED = concept("result-kind", "achieved")
_INDEPENDENT = concept("assessor", "independent")
_QUANTILE: Final = 0.2
_HALF_LIFE_YEARS: Final = 15.0


@dataclass(frozen=True, slots=True)
class Evidence:
    """How well one practice is proven.

    Attributes:
        score: In [0, 1]: ``freshness * (0.6 * level / 5 + 0.4 * success)``.
        level: 0 to 5 on the ladder.
        level_reason: The claim or lack that decided the level.
        success: 20 % quantile of the Beta(1 + s, 1 + n - s) posterior of the success share, uniform prior:
            one success gives 0.45, ten give 0.86, none known 0.2; n counts independent sources.
        adoptions: Adoptions with a known outcome; ``sources``: independent sources among them, see
            :func:`independent_shares`; ``places``: distinct places.
        freshness: ``0.5 + 0.5 * 2 ** (-age / 15)``; a practice whose last known year is unknown counts as
            15 years old.
    """

    score: float
    level: int
    level_reason: str
    success: float
    adoptions: int
    sources: int
    places: int
    freshness: float
    last_year: int | None


def claim_level(result: Result) -> int:
    """Return the level of one claim, 0 to 4. A target or a background figure proves nothing done."""
    if result.result_kind != _ACHIEVED:
        return 1
    if result.assessor == _INDEPENDENT:
        return 4
    if result.method not in _FOUND_OUT:
        return 1
    return 3 if result.baseline_value is not None else 2


def success_bound(shares: Sequence[float]) -> float:
    """Return the lower bound of the success share from one share in [0, 1] for each independent source."""
    successes = sum(shares)
    return float(betaincinv(1 + successes, 1 + len(shares) - successes, _QUANTILE))


def independent_shares(adoptions: Iterable[Adoption], catalogue: Catalogue) -> list[float]:
    """Return one share of success for each independent source: adoptions told by a common document count once, with their mean.

    A project's own page that reports success in five cities is one witness, not five.
    """
    groups: list[tuple[set[str], list[float]]] = []
    for adoption in adoptions:
        outcome = adoption.outcome.rsplit("/", 1)[-1]
        if outcome not in SUCCESS_SHARE:
            continue
        documents = {
            catalogue.citations[iri].document for iri in adoption.citation if iri in catalogue.citations
        }
        shares = [SUCCESS_SHARE[outcome]]
        apart = []
        for known, others in groups:
            if known & documents:
                documents |= known
                shares = [*others, *shares]
            else:
                apart.append((known, others))
        groups = [*apart, (documents, shares)]
    return [sum(shares) / len(shares) for _, shares in groups]


def assess(practice: GoodPractice, catalogue: Catalogue, *, as_of_year: int) -> Evidence:
    """Return the evidence for a practice.

    Args:
        as_of_year: The year that age is counted to (the build's, so that a build gives one answer).
    """
    adoptions = catalogue.adoptions_by_practice.get(practice.id, ())
    level, reason = _level(adoptions, catalogue)
    shares = independent_shares(adoptions, catalogue)
    success = success_bound(shares)
    years = [year for a in adoptions for year in (a.start_year, a.end_year) if year is not None]
    last = max(years, default=None)
    age = max(0, as_of_year - last) if last is not None else _HALF_LIFE_YEARS
    freshness = 0.5 + 0.5 * 2.0 ** (-age / _HALF_LIFE_YEARS)
    return Evidence(
        score=freshness * (0.6 * level / 5 + 0.4 * success),
        level=level,
        level_reason=reason,
        success=success,
        adoptions=sum(a.outcome.rsplit("/", 1)[-1] in SUCCESS_SHARE for a in adoptions),
        sources=len(shares),
        places=len({a.place for a in adoptions}),
        freshness=freshness,
        last_year=last,
    )


def assess_all(catalogue: Catalogue, as_of_year: int) -> dict[str, Evidence]:
    """Return the evidence for every practice, by IRI."""
    return {iri: assess(p, catalogue, as_of_year=as_of_year) for iri, p in catalogue.practices.items()}


def _level(adoptions: Iterable[Adoption], catalogue: Catalogue) -> tuple[int, str]:
    best, reason = 1, _NO_FIGURE
    elsewhere: set[str] = set()
    for adoption in adoptions:
        for iri in adoption.result:
            result = catalogue.results[iri]
            level = claim_level(result)
            if level >= 2 and not adoption.is_origin:
                elsewhere.add(adoption.place)
            if level > best:
                best, reason = level, f"{result.metric}: {result.text}"
    if elsewhere and best >= 2:
        return 5, counted(
            "results are recorded in {n} further place",
            "results are recorded in {n} further places",
            len(elsewhere),
        )
    return best, reason
