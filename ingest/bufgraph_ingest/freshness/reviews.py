"""When a record of a practice should be looked at again.

Nothing in a source says how long it holds, so the periods are our choice and a setting: what was too early to judge
soon, what works every few years, a failure seldom, because it stays a lesson.
"""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bufgraph.errors import MisconfiguredError
from bufgraph.model import Adoption, Catalogue
from bufgraph.namespaces import concept, slug

DEFAULT_YEARS: Final = "success=5 mixed=4 failed=10 stopped=10 too-early=2 unknown=3"
_PERIOD: Final = re.compile(r"([a-z]+(?:-[a-z]+)*)=(\d{1,2})")
_ACHIEVED: Final = concept("result-kind", "achieved")


@dataclass(frozen=True, slots=True)
class ReviewPeriods:
    """Years from the last known year of an adoption to its review, by the slug of its outcome."""

    years: Mapping[str, int]

    def of(self, outcome: str) -> int:
        """Return the period of an outcome; one that is not among the periods counts as ``unknown``."""
        return self.years.get(outcome, self.years["unknown"])


def read_periods(text: str) -> ReviewPeriods:
    """Return the periods of a setting such as ``success=5 too-early=2``; outcomes left out keep the default.

    Raises:
        MisconfiguredError: A part is not of this form, or names an outcome that there is not.
    """
    defaults = {outcome: int(years) for outcome, years in _PERIOD.findall(DEFAULT_YEARS)}
    given: dict[str, int] = {}
    for part in text.replace(",", " ").split():
        found = _PERIOD.fullmatch(part)
        if found is None or found[1] not in defaults:
            raise MisconfiguredError(
                f"'{part}' in the review periods '{text}' is no period; write OUTCOME=YEARS with one of "
                f"{', '.join(defaults)}, such as too-early=2"
            )
        given[found[1]] = int(found[2])
    return ReviewPeriods(defaults | given)


@dataclass(frozen=True, slots=True)
class Review:
    """When one adoption should be looked at again.

    Attributes:
        outcome: Slug of its outcome.
        last_year: Last year that something is recorded of; None where no year is.
        review_by: Year in which the review is due; None where no year is known: then it is due now.
        is_due: Whether that year has come.
    """

    adoption: str
    practice: str
    place: str
    outcome: str
    last_year: int | None
    review_by: int | None
    is_due: bool


def review_of(adoption: Adoption, catalogue: Catalogue, periods: ReviewPeriods, *, as_of_year: int) -> Review:
    """Return when an adoption should be looked at again.

    Args:
        as_of_year: The year that counts as now; later years, such as that of a planned end, say nothing of today.
    """
    results = (catalogue.results[iri] for iri in adoption.result if iri in catalogue.results)
    figures = [result.ref_year for result in results if result.result_kind == _ACHIEVED]
    years = [year for year in (adoption.start_year, adoption.end_year, *figures) if year is not None]
    last = max((year for year in years if year <= as_of_year), default=min(years, default=None))
    outcome = slug(adoption.outcome)
    review_by = None if last is None else last + periods.of(outcome)
    return Review(
        adoption=adoption.id,
        practice=adoption.practice,
        place=adoption.place,
        outcome=outcome,
        last_year=last,
        review_by=review_by,
        is_due=review_by is None or review_by <= as_of_year,
    )


def reviews(catalogue: Catalogue, periods: ReviewPeriods, *, as_of_year: int) -> list[Review]:
    """Return the reviews of all adoptions: the longest due first, those without a year last, then by IRI."""
    found = [
        review_of(adoption, catalogue, periods, as_of_year=as_of_year)
        for adoption in catalogue.adoptions.values()
    ]
    return sorted(found, key=lambda r: (r.review_by is None, r.review_by or 0, r.adoption))


def stale_practices(catalogue: Catalogue, periods: ReviewPeriods, *, as_of_year: int) -> frozenset[str]:
    """Return the practices of which everything that is known is due for review; one without adoptions is too."""
    due: dict[str, list[bool]] = defaultdict(list)
    for review in reviews(catalogue, periods, as_of_year=as_of_year):
        due[review.practice].append(review.is_due)
    return frozenset(iri for iri in catalogue.practices if all(due.get(iri, ())))
