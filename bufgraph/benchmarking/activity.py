"""What the graph records of a city's activity in each subdomain, and what the city could teach others."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

import numpy as np

from bufgraph.benchmarking.indexes import domains, subdomains
from bufgraph.benchmarking.normalisation import Measurements, readable
from bufgraph.localisation.phrases import counted, phrase
from bufgraph.model import Adoption, Catalogue
from bufgraph.model.terms import concept_term
from bufgraph.namespaces import concept

EVIDENCED_FROM: Final = 2
"""Lowest evidence level at which a success counts as evidenced: its owner measured a result."""
_SUCCESS: Final = concept("outcome", "success")
_ACHIEVED: Final = concept("result-kind", "achieved")


def activity(catalogue: Catalogue) -> Measurements:
    """Return ``log(1 + n)`` for every city and subdomain, n the recorded adoptions of practices in the subdomain.

    Every adoption counts, whatever came of it; one of a region counts for each member city. A city without any
    recorded adoption is missing in all subdomains: nobody looked at it. A city with some has a true 0 in the
    others: we looked at this city's practices, and none of them lies there. The year is the newest in which a
    counted adoption began, 0 when none is known.
    """
    cities = tuple(sorted(catalogue.cities))
    keys = tuple(c.id for c in subdomains(catalogue))
    values = np.full((len(cities), len(keys)), np.nan)
    years = np.zeros((len(cities), len(keys)), dtype=np.int64)
    sources: dict[tuple[str, str], tuple[str, ...]] = {}
    for row, city in enumerate(cities):
        adoptions = catalogue.adoptions_by_place.get(city, ())
        if not adoptions:
            continue
        for column, key in enumerate(keys):
            counted = [a for a in adoptions if key in _subdomains_of(a, catalogue)]
            values[row, column] = np.log1p(len(counted))
            years[row, column] = max((a.start_year or 0 for a in counted), default=0)
            if counted:
                sources[city, key] = tuple(a.id for a in counted)
    return Measurements(cities, keys, values, years, sources)


def number_of_adoptions(value: float) -> float:
    """Return the number of adoptions that an activity value stands for."""
    return float(np.expm1(value))


def coverage_index(catalogue: Catalogue) -> Mapping[str, float]:
    """Return for each city with a recorded adoption the share of domains with at least one (Neirotti et al. 2014).

    Cities without any recorded adoption are left out: their coverage is not known.
    """
    tops = {c.id for c in domains(catalogue)}
    found: dict[str, float] = {}
    for city in catalogue.cities:
        adoptions = catalogue.adoptions_by_place.get(city, ())
        touched = {
            top
            for adoption in adoptions
            for subdomain in _subdomains_of(adoption, catalogue)
            for top in catalogue.ancestors(subdomain)
            if top in tops
        }
        if adoptions and tops:
            found[city] = len(touched) / len(tops)
    return found


@dataclass(frozen=True, slots=True)
class Teachable:
    """A subdomain that a city could teach.

    Attributes:
        adoptions: Recorded adoptions of the city in it; ``peers_median``: the peers' median of the same.
        practices: The city's successful practices in it as (IRI, evidence level), best level first.
        facts: Sentences that a reader can check.
    """

    subdomain: str
    label: str
    adoptions: int
    peers_median: float
    practices: tuple[tuple[str, int], ...]
    facts: tuple[str, ...]


def could_teach(
    catalogue: Catalogue, city: str, levels: Mapping[str, int], peers_medians: Mapping[str, float]
) -> tuple[Teachable, ...]:
    """Return the subdomains that a city could teach: best evidence first, then by lead over the peers, then by IRI.

    A subdomain counts when the city's activity is above the peers' median and at least one of its adoptions there is
    a success with an achieved result, of a practice at evidence level 2 or above.

    Args:
        levels: Practice IRI → evidence level; a practice that is not named has level 0.
        peers_medians: Subdomain IRI → the peers' median activity; a subdomain without one is left out.
    """
    adoptions = catalogue.adoptions_by_place.get(city, ())
    found = []
    for subdomain in subdomains(catalogue):
        median = peers_medians.get(subdomain.id)
        own = [a for a in adoptions if subdomain.id in _subdomains_of(a, catalogue)]
        if median is None or np.log1p(len(own)) <= median:
            continue
        successes = [a for a in own if a.outcome == _SUCCESS]
        proven = [a for a in successes if _is_evidenced(a, catalogue, levels)]
        if proven:
            usual = number_of_adoptions(median)
            practices = {a.practice: levels.get(a.practice, 0) for a in successes}
            ranked = tuple(sorted(practices.items(), key=lambda p: (-p[1], p[0])))
            facts = (
                counted(
                    "{n} recorded adoption in {subdomain}, peers' median {usual}",
                    "{n} recorded adoptions in {subdomain}, peers' median {usual}",
                    len(own),
                    subdomain=concept_term(catalogue, subdomain.id),
                    usual=readable(usual, 3),
                ),
                *(
                    phrase(
                        "success with evidence level {level}: {practice}",
                        level=n,
                        practice=catalogue.practices[iri].title,
                    )
                    for iri, n in ranked
                ),
            )
            found.append(
                Teachable(subdomain.id, concept_term(catalogue, subdomain.id), len(own), usual, ranked, facts)
            )
    return tuple(sorted(found, key=lambda t: (-t.practices[0][1], t.peers_median - t.adoptions, t.subdomain)))


def _is_evidenced(adoption: Adoption, catalogue: Catalogue, levels: Mapping[str, int]) -> bool:
    achieved = any(
        (result := catalogue.results.get(iri)) is not None and result.result_kind == _ACHIEVED
        for iri in adoption.result
    )
    return achieved and levels.get(adoption.practice, 0) >= EVIDENCED_FROM


def _subdomains_of(adoption: Adoption, catalogue: Catalogue) -> tuple[str, ...]:
    practice = catalogue.practices.get(adoption.practice)
    return practice.subdomain if practice is not None else ()
