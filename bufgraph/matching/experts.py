"""Who knows this: organisations ranked by what they did, then by what they say they can."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final

from bufgraph.matching.evidence import Evidence
from bufgraph.model import Catalogue
from bufgraph.search.query import Hit

ROLE_WEIGHT: Final[Mapping[str, float]] = {
    "lead": 1.0, "research": 0.8, "partner": 0.7, "supplier": 0.6, "civil-society": 0.6, "funder": 0.3,
}  # fmt: skip
"""How much hands-on knowledge a role stands for."""
_RELATED_WEIGHT: Final = 0.7
_STATED_WEIGHT: Final = 0.5
_SHARES: Final = (1.0, 0.3, 0.2)


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
        score: In [0, 1]: ``1 - (1 - deeds) * (1 - 0.5 * stated)``.
        deeds: What it did, strongest first.
        stated: How near its own description is, in [0, 1].
        contact: True when the organisation is listed as an expert to ask.
    """

    rank: int
    organisation: str
    score: float
    deeds: tuple[Deed, ...]
    stated: float
    contact: bool


def rank_experts(
    practice_hits: Iterable[Hit],
    expert_hits: Iterable[Hit],
    evidence: Mapping[str, Evidence],
    catalogue: Catalogue,
    *,
    limit: int = 10,
) -> list[ExpertMatch]:
    """Rank organisations, best first; equal scores by IRI. Generic names ("local firms") are left out."""
    relevant = {hit.record: hit.score for hit in practice_hits}
    deeds = _deeds(relevant, evidence, catalogue)
    stated = {hit.record: hit.score for hit in expert_hits}
    scored = []
    for iri in sorted(deeds.keys() | stated.keys()):
        organisation = catalogue.organisations[iri]
        if organisation.is_generic:
            continue
        done = sorted(deeds.get(iri, {}).values(), key=lambda d: (-d.strength, d.practice))
        rest = 1.0
        for deed, share in zip(done, _SHARES, strict=False):
            rest *= 1.0 - deed.strength * share
        score = 1.0 - rest * (1.0 - _STATED_WEIGHT * stated.get(iri, 0.0))
        scored.append((score, iri, tuple(done), stated.get(iri, 0.0), iri in catalogue.experts))
    scored.sort(key=lambda row: (-row[0], row[1]))
    return [ExpertMatch(rank, iri, score, done, said, contact)
            for rank, (score, iri, done, said, contact) in enumerate(scored[:limit], 1)]  # fmt: skip


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
