"""Records as JSON: one shape for the command line, the API and the pages. Empty and unknown values are left out."""

from collections.abc import Iterable, Mapping
from typing import Any

from bufgraph.localisation.phrases import Listing, Phrase, RecordText, Term, phrase
from bufgraph.localisation.tongue import Tongue
from bufgraph.matching.evidence import Evidence
from bufgraph.model import (
    Adoption,
    Catalogue,
    City,
    Concept,
    Expert,
    GoodPractice,
    Observation,
    Result,
    TransferCondition,
)
from bufgraph.namespaces import concept, slug
from bufgraph.services.speaking import tongue_of

Json = dict[str, Any]  # Any: JSON


def rounded(value: float) -> float:
    """Return a score as it is shown: four places."""
    return round(value, 4)


def known(record: Json) -> Json:
    """Return a record without its empty and unknown values."""
    return {name: value for name, value in record.items() if value not in (None, "", [], {})}


class RecordPresenter:
    """Turns records into JSON whose labels and sentences are in one language; the texts of records stay as they are.

    Args:
        tongue: The language; English when None.
    """

    def __init__(
        self, catalogue: Catalogue, evidence: Mapping[str, Evidence], tongue: Tongue | None = None
    ) -> None:
        self._catalogue = catalogue
        self._evidence = evidence
        self._tongue = tongue or tongue_of(catalogue)

    @property
    def catalogue(self) -> Catalogue:
        """The records that are presented."""
        return self._catalogue

    @property
    def tongue(self) -> Tongue:
        """The language that is spoken."""
        return self._tongue

    def told(self, sentences: Iterable[str]) -> list[str]:
        """Return sentences in the language; what is no phrase comes from a record and stays as it is."""
        return [
            self._tongue.tell(sentence)
            if isinstance(sentence, (Phrase, Term, Listing))
            else RecordText(sentence)
            for sentence in sentences
        ]

    # -- references -----------------------------------------------------------------------------------

    def ref(self, iri: str) -> Json:
        """Return identifier, slug and label of any record or concept."""
        return {"id": iri, "slug": slug(iri), "label": self.label(iri)}

    def label(self, iri: str) -> str:
        """Return the name of any record or concept, in English where it has none in the language."""
        catalogue = self._catalogue
        if (adoption := catalogue.adoptions.get(iri)) is not None:
            names = {"practice": self.label(adoption.practice), "place": self.label(adoption.place)}
            return self._tongue.tell(phrase("{practice} in {place}", **names))
        if (need := catalogue.needs.get(iri)) is not None:
            return f"{self.label(need.need_of)}: {self.concept_label(need.concern)}"
        if (titled := catalogue.practices.get(iri) or catalogue.documents.get(iri)) is not None:
            return titled.title
        if (place := catalogue.place(iri)) is not None:
            return place.pref_label.get(self._tongue.code) or place.label
        organisation = catalogue.organisations.get(iri)
        return organisation.name if organisation is not None else self.concept_label(iri)

    def concept_label(self, iri: str | None) -> str:
        """Return the name of a concept, in English where it has none in the language; empty for None."""
        return self._catalogue.concept_label(iri, self._tongue.code)

    def place(self, iri: str) -> Json:
        """Return a reference to a city or region with its country."""
        place = self._catalogue.place(iri)
        kind = "city" if iri in self._catalogue.cities else "region"
        return {**self.ref(iri), "kind": kind, "country": place.country_code if place else ""}

    def practice_brief(self, practice: GoodPractice) -> Json:
        """Return what a result list shows of a practice: where, how it went, how well proven."""
        adoptions = self._catalogue.adoptions_by_practice.get(practice.id, ())
        outcomes: dict[str, int] = {}
        for adoption in adoptions:
            name = slug(adoption.outcome)
            outcomes[name] = outcomes.get(name, 0) + 1
        return {
            "summary": practice.summary,
            "origin": self.place(practice.origin),
            "evidence_level": self._evidence[practice.id].level,
            "outcome": slug(adoptions[0].outcome) if adoptions else "unknown",
            "outcomes": outcomes,
        }

    def evidence(self, evidence: Evidence) -> Json:
        """Return the evidence of a practice with its parts."""
        return known({
            "score": rounded(evidence.score), "level": evidence.level, "level_label": self.label_of_level(evidence.level),
            "level_reason": self._tongue.tell(evidence.level_reason), "success_at_least": rounded(evidence.success),
            "adoptions_with_outcome": evidence.adoptions, "independent_sources": evidence.sources, "places": evidence.places,
            "freshness": rounded(evidence.freshness), "last_year": evidence.last_year,
        })  # fmt: skip

    def label_of_level(self, level: int) -> str:
        """Return the words for an evidence level."""
        iri = concept("evidence", f"level-{level}")
        return self.concept_label(iri) if iri in self._catalogue.concepts else str(level)

    def local(self, iri: str) -> Json | None:
        """Return title, need and solution of a practice in the language, where the data have them and it is not English."""
        translation, lang = self._catalogue.translation_of.get(iri), self._tongue.code
        if translation is None or lang not in translation.local_title:
            return None
        return {
            "lang": lang, "title": translation.local_title[lang], "need": translation.local_need[lang],
            "solution": translation.local_solution[lang], "by_machine": True,
        }  # fmt: skip

    # -- records --------------------------------------------------------------------------------------

    def practice(self, practice: GoodPractice) -> Json:
        """Return everything known of a practice."""
        return known({
            "id": practice.id, "slug": practice.slug, "type": "practice", "label": practice.title,
            **self.practice_brief(practice),
            "problem": practice.problem, "approach": practice.approach,
            "main_challenge": self.ref(practice.main_challenge),
            "challenges": [self.ref(iri) for iri in practice.challenge], "subdomains": [self.ref(iri) for iri in practice.subdomain],
            "confidence": slug(practice.confidence or ""), "evidence": self.evidence(self._evidence[practice.id]),
            "conditions": [self.condition(c) for c in self._catalogue.conditions_by_practice.get(practice.id, ())],
            "adoptions": [self.adoption(a) for a in self._catalogue.adoptions_by_practice.get(practice.id, ())],
            "sources": self.sources(practice.citation),
        })  # fmt: skip

    def condition(self, condition: TransferCondition) -> Json:
        """Return what must be true of a city for a practice to work there."""
        return known({
            "id": condition.id, "text": condition.text, "factor": self.ref(condition.factor), "essential": condition.is_essential,
            "change": condition.change, "at_least": condition.at_least, "at_most": condition.at_most,
            "stated": condition.is_stated, "wording": condition.wording,
        })  # fmt: skip

    def adoption(self, adoption: Adoption) -> Json:
        """Return one adoption with its results, lessons, obstacles and organisations."""
        catalogue = self._catalogue
        parts = (catalogue.participations[iri] for iri in adoption.participation)
        return known({
            "id": adoption.id, "place": self.place(adoption.place), "relation": slug(adoption.relation),
            "outcome": slug(adoption.outcome), "status": slug(adoption.status or ""), "start_year": adoption.start_year,
            "end_year": adoption.end_year, "cost": adoption.cost, "currency": adoption.currency, "cost_note": adoption.cost_note,
            "funding": list(adoption.funding), "results": [self.result(catalogue.results[iri]) for iri in adoption.result],
            "lessons": [{"text": x.text, "kind": slug(x.lesson_kind)} for x in (catalogue.lessons[i] for i in adoption.lesson)],
            "obstacles": [{"text": o.text, "barrier": self.ref(o.barrier)} for o in (catalogue.obstacles[i] for i in adoption.obstacle)],
            "failure": known({
                "phase": self.ref(adoption.failure_phase) if adoption.failure_phase else None,
                "causes": [self.ref(iri) for iri in adoption.failure_cause], "remedy": adoption.remedy,
            }),
            "organisations": [{**self.ref(p.agent), "role": slug(p.role), "expert": p.agent in catalogue.experts} for p in parts],
            "note": list(adoption.note),
        })  # fmt: skip

    def result(self, result: Result) -> Json:
        """Return one claim with its evidence and sources."""
        return known({
            "id": result.id, "metric": result.metric, "text": result.text, "value": result.value, "unit": result.unit_text,
            "year": result.ref_year, "baseline": result.baseline_value, "baseline_year": result.baseline_year,
            "baseline_text": result.baseline_text, "kind": slug(result.result_kind), "method": slug(result.method),
            "assessor": slug(result.assessor), "sources": self.sources(result.supported_by),
        })  # fmt: skip

    def city(self, city: City) -> Json:
        """Return everything known of a city."""
        catalogue = self._catalogue
        return known({
            "id": city.id, "slug": city.slug, "type": "city", "label": self.label(city.id), "labels": city.pref_label,
            "country": city.country_code, "region": city.admin_region, "nuts3": slug(city.nuts3) if city.nuts3 else None,
            "latitude": city.latitude, "longitude": city.longitude, "population": city.population, "population_year": city.population_year,
            "coastal": city.is_coastal, "port": city.has_port, "university": city.has_university,
            "ubc_membership": slug(city.ubc_membership) if city.ubc_membership else None, "same_as": list(city.exact_match),
            "needs": [
                {**self.ref(n.concern), "need": n.id, "status": slug(n.need_status), "derived_from": [self.ref(p) for p in n.derived_from]}
                for n in catalogue.needs_by_city.get(city.id, ())
            ],
            "practices": [
                known({**self.ref(a.practice), "relation": slug(a.relation), "outcome": slug(a.outcome), "year": a.start_year})
                for a in catalogue.adoptions_by_place.get(city.id, ())
            ],
            "facts": [self.observation(o) for o in catalogue.observations_by_city.get(city.id, ()) if slug(o.verification) == "verified"],
            "sources": [self.document(iri) for iri in city.source],
        })  # fmt: skip

    def observation(self, observation: Observation) -> Json:
        """Return one published fact on a city."""
        model = self._catalogue.models.get(observation.model)
        return known({
            "id": observation.id, "scheme": model.title if model else slug(observation.model), "metric": observation.metric,
            "edition": observation.edition, "value": observation.value if observation.value is not None else observation.text_value,
            "unit": observation.unit_text, "sources": [self.document(iri) for iri in observation.source],
        })  # fmt: skip

    def challenge(self, concept: Concept) -> Json:
        """Return a challenge with its labels and the practices that address it."""
        return known({
            "id": concept.id, "slug": concept.slug, "type": "challenge", "label": self.concept_label(concept.id), "labels": concept.pref_label,
            "definition": concept.definition, "synonyms": list(concept.alt_label.get("en", ())),
            "broader": [self.ref(iri) for iri in concept.broader],
            "practices": [
                {**self.ref(p.id), **self.practice_brief(p)} for p in self._catalogue.practices_by_challenge.get(concept.id, ())
            ],
        })  # fmt: skip

    def expert(self, expert: Expert) -> Json:
        """Return an expert organisation with its expertise and what it took part in."""
        roles = self._catalogue.roles_by_organisation.get(expert.id, ())
        return known({
            "id": expert.id, "slug": expert.slug, "type": "expert", "label": expert.name, "helix": slug(expert.helix),
            "kind": slug(expert.organisation_kind or ""), "country": expert.country_code,
            "homepage": expert.homepage if expert.accepts_requests is not False else None,
            "based_in": self.place(expert.based_in) if expert.based_in else None, "description": expert.text,
            "expertise": [self.ref(iri) for iri in expert.expertise],
            "roles": [{"practice": self.ref(a.practice), "role": slug(role), "outcome": slug(a.outcome)} for a, role in roles],
            "related_practices": [self.ref(iri) for iri in expert.related_practice if iri in self._catalogue.practices],
            "sources": self.sources(expert.citation),
        })  # fmt: skip

    def sources(self, citations: Iterable[str]) -> list[Json]:
        """Return the documents behind citations, with what each supports."""
        found = []
        for iri in citations:
            citation = self._catalogue.citations[iri]
            found.append(known({**self.document(citation.document), "supports": citation.supports}))
        return found

    def document(self, iri: str) -> Json:
        """Return a source document."""
        document = self._catalogue.documents.get(iri)
        if document is None:
            return {"id": iri}
        return known({"id": iri, "title": document.title, "url": document.page, "note": list(document.note)})
