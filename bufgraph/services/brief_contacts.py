"""Whom a brief names to ask: organisations that took part, then experts in the field; never a person."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bufgraph.briefs.brief import Contact, Statement
from bufgraph.localisation.phrases import Listing, phrase
from bufgraph.matching.experts import ROLE_WEIGHT, ExpertMatch, limits_of
from bufgraph.model import City, Expert, GoodPractice, Organisation
from bufgraph.namespaces import concept, slug
from bufgraph.services.brief_writing import BriefWriter, Choice

MAX_CONTACTS: Final = 6
_RELATED: Final = 0.7
"""Weight of an expert whose own record names a practice, among the weights of the roles."""


@dataclass(frozen=True)
class ContactWriter(BriefWriter):
    """Chooses organisations and writes what they know.

    Attributes:
        choices: In the order of the shortlist.
        city: The asking city, whose own administration is left out.
    """

    choices: Sequence[Choice]
    city: City | None

    def write(self, further: Iterable[ExpertMatch]) -> tuple[Contact, ...]:
        """Return organisations that took part, one for each solution first, then experts on the subject.

        Args:
            further: Organisations that know the subject, best first.
        """
        tied = self._tied()
        chosen: list[str] = []
        for place in range(MAX_CONTACTS):
            for choice in self.choices:
                known = sorted(
                    (-weight, iri)
                    for iri, roles in tied.items()
                    for n, _, weight in roles
                    if n == choice.number
                )
                chosen += [iri for _, iri in known[place : place + 1] if iri not in chosen]
        chosen += [
            m.organisation
            for m in further
            if m.organisation not in chosen and self._may_be_asked(m.organisation)
        ]
        return tuple(self._contact(iri, tied.get(iri, [])) for iri in chosen[:MAX_CONTACTS])

    def _tied(self) -> Mapping[str, list[tuple[int, str, float]]]:
        """Return organisation → (number of the solution, role, weight), the weightiest role for each solution."""
        found: dict[str, dict[int, tuple[str, float]]] = {}
        for choice in self.choices:
            for organisation, role in self._roles(choice.practice):
                weight = _RELATED if role == "related" else ROLE_WEIGHT.get(role, 0.5)
                kept = found.setdefault(organisation, {})
                if self._is_body(organisation) and kept.get(choice.number, ("", 0.0))[1] < weight:
                    kept[choice.number] = (role, weight)
        return {
            iri: [(n, role, weight) for n, (role, weight) in kept.items()]
            for iri, kept in found.items()
            if kept
        }

    def _roles(self, practice: GoodPractice) -> Iterator[tuple[str, str]]:
        """Yield organisation and role, ``related`` where only the expert's record names the practice."""
        for adoption in self.catalogue.adoptions_by_practice.get(practice.id, ()):
            for iri in adoption.participation:
                if (part := self.catalogue.participations.get(iri)) is not None:
                    yield part.agent, slug(part.role)
        for expert in self.catalogue.experts.values():
            if practice.id in expert.related_practice:
                yield expert.id, "related"

    def _is_body(self, iri: str) -> bool:
        """Tell whether this is one organisation, and another than the asking city."""
        found = self.catalogue.organisations.get(iri)
        return (
            found is not None
            and not found.is_generic
            and (self.city is None or found.administers != self.city.id)
        )

    def _may_be_asked(self, iri: str) -> bool:
        """Tell whether this is an expert in a field of the chosen solutions that takes requests and has a public page."""
        found = self.catalogue.organisations[iri]
        if not isinstance(found, Expert) or limits_of(found) or found.homepage is None:
            return False
        return bool(self._shared_expertise(found))

    def _shared_expertise(self, expert: Expert) -> list[str]:
        """Return the fields of an expert that a chosen solution belongs to."""
        fields = {iri for choice in self.choices for iri in choice.practice.subdomain}
        return [iri for iri in expert.expertise if iri in fields]

    def _contact(self, iri: str, roles: Sequence[tuple[int, str, float]]) -> Contact:
        organisation = self.catalogue.organisations[iri]
        expert = organisation if isinstance(organisation, Expert) and not limits_of(organisation) else None
        return Contact(
            name=organisation.name,
            country=self.tongue.country(organisation.country_code) if organisation.country_code else "",
            homepage=expert.homepage if expert is not None else None,
            about=self._about(organisation, expert, roles),
            candidates=tuple(number for number, _, _ in roles),
        )

    def _about(
        self, organisation: Organisation, expert: Expert | None, roles: Sequence[tuple[int, str, float]]
    ) -> Statement:
        practices = {choice.number: choice.practice for choice in self.choices}
        told = [
            phrase("knows solution {n}", n=n)
            if role == "related"
            else phrase("solution {n}: {role}", n=n, role=self.term(concept("role", role)))
            for n, role, _ in roles
        ]
        citations = [iri for n, _, _ in roles for iri in practices[n].citation]
        if not told:
            known = self._shared_expertise(expert)[:3] if expert is not None else []
            told = [
                phrase("expert on the subject: {fields}", fields=Listing([self.term(iri) for iri in known]))
            ]
        if expert is not None:
            citations = [*expert.citation, *citations]
        return self.told(Listing(told, "semicolon"), self.sources.cite(citations))
