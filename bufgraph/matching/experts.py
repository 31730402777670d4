"""Who knows this: organisations ranked by what they did, then by what they say they can."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

from bufgraph.localisation.phrases import phrase
from bufgraph.matching.city_facts import same_family
from bufgraph.matching.evidence import Evidence
from bufgraph.model import Catalogue, City, Expert, Organisation
from bufgraph.model.terms import country_term
from bufgraph.search.query import Hit

ROLE_WEIGHT: Final[Mapping[str, float]] = {
    "lead": 1.0, "research": 0.8, "partner": 0.7, "supplier": 0.6, "civil-society": 0.6, "funder": 0.3,
}  # fmt: skip
"""How much hands-on knowledge a role stands for."""
_RELATED_WEIGHT: Final = 0.7
_STATED_WEIGHT: Final = 0.5
_SHARES: Final = (1.0, 0.3, 0.2)
_NEAR: Final[Mapping[str, float]] = {"country": 1.0, "family": 0.9, "other": 0.8}
"""How much easier help is within a country, within a family of local government, and across."""
_NOT_NOW: Final = 0.7


@dataclass(frozen=True, slots=True)
class Deed:
    """A practice that an organisation took part in.

    Attributes:
        role: Slug of the role, or ``related`` when only the expert's record names the practice.
        strength: ``relevance * (0.6 + 0.4 * evidence) * role weight``, in [0, 1].
    """

    practice: str
    title: str
    role: str
    strength: float


@dataclass(frozen=True, slots=True)
class ExpertMatch:
    """An organisation that knows the subject.

    Attributes:
        score: In [0, 1]: ``1 - (1 - deeds) * (1 - 0.5 * stated)``; for an asking city times the nearness of its country
            (:func:`nearness`), and times 0.7 when the organisation cannot be asked now.
        deeds: What it did, strongest first.
        stated: How near its own description is, in [0, 1].
        contact: True when the organisation is listed as an expert to ask and has not asked otherwise.
        near: Where it is, seen from the asking city; None without one.
        limits: What stands against asking it now.
    """

    rank: int
    organisation: str
    score: float
    deeds: tuple[Deed, ...]
    stated: float
    contact: bool
    near: str | None = None
    limits: tuple[str, ...] = ()


def rank_experts(
    practice_hits: Iterable[Hit],
    expert_hits: Iterable[Hit],
    evidence: Mapping[str, Evidence],
    catalogue: Catalogue,
    *,
    city: City | None = None,
    limit: int = 10,
) -> list[ExpertMatch]:
    """Rank organisations, best first; equal scores by IRI. Generic names ("local firms") are left out.

    Args:
        city: The asking city; its own administration is left out.
    """
    relevant = {hit.record: hit.score for hit in practice_hits}
    deeds = _deeds(relevant, evidence, catalogue)
    stated = {hit.record: hit.score for hit in expert_hits}
    scored = []
    for iri in sorted(deeds.keys() | stated.keys()):
        organisation = catalogue.organisations[iri]
        if organisation.is_generic or (city is not None and organisation.administers == city.id):
            continue
        done = sorted(deeds.get(iri, {}).values(), key=lambda d: (-d.strength, d.practice))
        rest = 1.0
        for deed, share in zip(done, _SHARES, strict=False):
            rest *= 1.0 - deed.strength * share
        score = 1.0 - rest * (1.0 - _STATED_WEIGHT * stated.get(iri, 0.0))
        near = nearness(organisation.country_code, city.country_code) if city is not None else (1.0, None)
        limits = limits_of(organisation)
        scored.append(
            ExpertMatch(
                0, iri, score * near[0] * (_NOT_NOW if limits else 1.0), tuple(done), stated.get(iri, 0.0),
                _can_be_asked(organisation), near[1], limits,
            )
        )  # fmt: skip
    scored.sort(key=lambda match: (-match.score, match.organisation))
    return [replace(match, rank=rank) for rank, match in enumerate(scored[:limit], 1)]


def _can_be_asked(organisation: Organisation) -> bool:
    return isinstance(organisation, Expert) and organisation.accepts_requests is not False


def limits_of(organisation: Organisation) -> tuple[str, ...]:
    """Return what stands against asking an organisation now, as sentences; empty when nothing is recorded."""
    if not isinstance(organisation, Expert):
        return ()
    if organisation.accepts_requests is False:
        return (phrase("{organisation} does not take requests.", organisation=organisation.name),)
    load, capacity = organisation.current_load, organisation.capacity
    if load is not None and capacity is not None and load >= capacity:
        return (
            phrase(
                "{organisation} has no room now: {load} of {capacity} cases are taken.",
                organisation=organisation.name,
                load=load,
                capacity=capacity,
            ),
        )
    return ()


def nearness(country: str | None, other: str) -> tuple[float, str]:
    """Return how much easier help is between two countries, in [0, 1], with a sentence; not known counts as across."""
    here = country_term(other)
    if country is None:
        return _NEAR["other"], phrase(
            "its country is not known (that of the city is {country})", country=here
        )
    if country == other:
        return _NEAR["country"], phrase("same country ({country})", country=here)
    if (told := same_family(country, other)) is not None:
        return _NEAR["family"], told
    return _NEAR["other"], phrase(
        "different countries ({one} and {other})", one=country_term(country), other=here
    )


def _deeds(
    relevant: Mapping[str, float], evidence: Mapping[str, Evidence], catalogue: Catalogue
) -> dict[str, dict[str, Deed]]:
    deeds: dict[str, dict[str, Deed]] = defaultdict(dict)

    def add(organisation: str, practice: str, role: str, weight: float) -> None:
        strength = relevant[practice] * (0.6 + 0.4 * evidence[practice].score) * weight
        known = deeds[organisation].get(practice)
        if known is None or strength > known.strength:
            title = catalogue.practices[practice].title
            deeds[organisation][practice] = Deed(practice, title, role, strength)

    for organisation, roles in catalogue.roles_by_organisation.items():
        for adoption, role_iri in roles:
            if adoption.practice in relevant:
                role = role_iri.rsplit("/", 1)[-1]
                add(organisation, adoption.practice, role, ROLE_WEIGHT.get(role, 0.5))
    for expert in catalogue.experts.values():
        for practice in expert.related_practice:
            if practice in relevant:
                add(expert.id, practice, "related", _RELATED_WEIGHT)
    return deeds
