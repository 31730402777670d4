"""Answers and records as JSON: one shape for the command line, the API and the notebook."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from bufgraph.matching.cities import SimilarCity
from bufgraph.matching.evidence import Evidence
from bufgraph.matching.experts import ExpertMatch
from bufgraph.matching.likeness import LikePractice
from bufgraph.matching.problems import CityWithProblem
from bufgraph.matching.solutions import Solution
from bufgraph.model import Adoption, Catalogue, City, Concept, Expert, GoodPractice, Observation, Result
from bufgraph.namespaces import concept as concept_iri
from bufgraph.namespaces import slug
from bufgraph.search.explain import Explanation, Gap, local_spans
from bufgraph.search.query import Corrections, Hit
from bufgraph.search.understanding import Understanding
from bufgraph.services.wording import say
from bufgraph.text.language import LANGUAGES

Json = dict[str, Any]  # Any: JSON


def reader_language(text: Understanding, corrections: Corrections) -> str:
    """Return the language to answer in: the reader's, else that of her text if a word of it could be read, else English."""
    if corrections.preferred:
        return corrections.preferred
    return text.language.code if text.language.code in LANGUAGES and text.reading.known > 0 else "en"


def _score(value: float) -> float:
    return round(value, 4)


class Presenter:
    """Turns what the services answer into JSON. Empty and unknown values are left out."""

    def __init__(self, catalogue: Catalogue, evidence: Mapping[str, Evidence]) -> None:
        self._catalogue = catalogue
        self._evidence = evidence

    # -- references -----------------------------------------------------------------------------------

    def ref(self, iri: str) -> Json:
        """Return identifier, slug and English label of any record or concept."""
        return {"id": iri, "slug": slug(iri), "label": self.label(iri)}

    def label(self, iri: str) -> str:
        """Return the English name of any record or concept."""
        catalogue = self._catalogue
        if (practice := catalogue.practices.get(iri)) is not None:
            return practice.title
        if (place := catalogue.place(iri)) is not None:
            return place.label
        if (organisation := catalogue.organisations.get(iri)) is not None:
            return organisation.name
        return catalogue.concept_label(iri)

    def place(self, iri: str) -> Json:
        """Return a reference to a city or region with its country."""
        place = self._catalogue.place(iri)
        kind = "city" if iri in self._catalogue.cities else "region"
        return {**self.ref(iri), "kind": kind, "country": place.country_code if place else ""}

    # -- answers --------------------------------------------------------------------------------------

    def understood(self, text: Understanding, lang: str = "en") -> Json:
        """Return how a text was understood: language, English reading, concepts, places, numbers.

        Args:
            lang: Language of the labels.
        """
        return _known({
            "language": {
                "code": text.language.code, "confidence": _score(text.language.confidence), "rivals": list(text.language.rivals),
            },
            "english": text.reading.english if text.reading.english != text.text else None,
            "words_read": _score(text.reading.known),
            "concepts": [
                _known({
                    "id": m.concept, "slug": slug(m.concept), "label": self._catalogue.concept_label(m.concept, lang),
                    "weight": _score(m.weight), "how": m.how, "matched": m.matched,
                })
                for m in text.concepts
            ],
            "places": [{**self.ref(place.city), "word": place.word} for place in text.places],
            "numbers": [{"kind": n.kind, "value": n.value, "word": n.word} for n in text.numbers],
        })  # fmt: skip

    def chips(self, text: Understanding, lang: str = "en") -> list[Json]:
        """Return the same as chips: words for people, and what to send to take each away."""
        chips: list[Json] = []
        if text.language.code != "und" and text.reading.known > 0:
            name = say(f"lang_{text.language.code}", lang)
            chips.append(
                {
                    "kind": "language",
                    "label": say("language_is", lang, language=name),
                    "value": text.language.code,
                }
            )
        chips += [
            {
                "kind": "concept",
                "label": self._catalogue.concept_label(m.concept, lang),
                "value": slug(m.concept),
                "weight": _score(m.weight),
            }
            for m in text.concepts
        ]
        chips += [
            {"kind": "place", "label": say("place_is", lang, place=self.label(p.city)), "value": slug(p.city)}
            for p in text.places
        ]
        chips += [
            {"kind": "number", "label": say("residents_are", lang, number=f"{n.value:,.0f}".replace(",", "\u00a0")), "value": n.word}
            for n in text.numbers if n.kind == "population"
        ]  # fmt: skip
        return chips

    def hit(self, hit: Hit, explanation: Explanation, text: Understanding, lang: str = "en") -> Json:
        """Return a search hit with its reasons, in a language where the data have it."""
        about: Json = {
            "id": hit.record,
            "slug": slug(hit.record),
            "type": hit.record_type,
            "label": self.concept(hit.record, lang)["label"] if hit.record_type == "challenge" else self.label(hit.record),
            "rank": hit.rank,
            "score": _score(hit.score),
            "parts": {name: _score(value) for name, value in hit.parts.items()},
            "contributions": {name: _score(value) for name, value in explanation.contributions.items()},
            "passage": {
                "field": hit.passage.field, "text": hit.passage.text, "highlights": [list(span) for span in explanation.spans],
            },
            "concepts": [self.concept(iri, lang) for iri in hit.concepts],
            "reasons": self._reasons(hit, explanation, lang),
            "why_not_higher": [self._gap(gap, lang) for gap in explanation.gaps],
        }  # fmt: skip
        if (local := self.local(hit.record, lang)) is not None:
            spans = local_spans(local["need"], text.text, lang) if text.language.code == lang else ()
            about["local"] = {**local, "highlights": [list(span) for span in spans]}
        if (practice := self._catalogue.practices.get(hit.record)) is not None:
            about |= self.practice_brief(practice)
        return about

    def with_kind(self, result: Json, kinds: Mapping[str, str]) -> Json:
        """Return a result that says which better one it is of the same kind as, if any."""
        leader = kinds.get(result["id"])
        return {**result, "same_kind_as": self.ref(leader)} if leader else result

    def concept(self, iri: str, lang: str) -> Json:
        """Return a reference to a concept with its label in a language."""
        return {"id": iri, "slug": slug(iri), "label": self._catalogue.concept_label(iri, lang)}

    def local(self, iri: str, lang: str) -> Json | None:
        """Return title, need and solution of a practice in a language other than English, where the data have them."""
        translation = self._catalogue.translation_of.get(iri)
        if translation is None or lang not in translation.local_title:
            return None
        return {
            "lang": lang, "title": translation.local_title[lang], "need": translation.local_need[lang],
            "solution": translation.local_solution[lang], "by_machine": True,
        }  # fmt: skip

    def _reasons(self, hit: Hit, explanation: Explanation, lang: str) -> list[str]:
        reasons = [
            say("answers_challenge", lang, challenge=self._catalogue.concept_label(iri, lang))
            for iri in hit.concepts
        ]
        if explanation.found:
            reasons.append(say("words_found", lang, words=", ".join(explanation.found)))
        strongest = max(explanation.contributions, key=lambda name: explanation.contributions[name])
        return reasons or [say(f"part_{strongest}", lang)]

    def _gap(self, gap: Gap, lang: str) -> Json:
        if gap.kind == "concept":
            label = self._catalogue.concept_label(gap.values[0], lang)
            return {
                "kind": "concept",
                "concept": self.concept(gap.values[0], lang),
                "text": say("missing_concept", lang, challenge=label),
            }
        if gap.kind == "words":
            return {
                "kind": "words",
                "words": list(gap.values),
                "text": say("missing_words", lang, words=", ".join(gap.values)),
            }
        return {"kind": "meaning", "text": say("missing_meaning", lang)}

    def facets(self, facets: Mapping[str, Sequence[tuple[str, int]]], lang: str = "en") -> Json:
        """Return the values that each filter could take, with counts and labels."""
        return {
            name: [
                {"value": value, "label": self._facet_label(name, value, lang), "count": count}
                for value, count in values
            ]
            for name, values in facets.items()
        }

    def _facet_label(self, name: str, value: str, lang: str) -> str:
        if name == "domain":
            return self._catalogue.concept_label(concept_iri("domain", value), lang)
        if name == "outcome":
            return say(value.replace("-", "_"), lang)
        if name == "size":
            return say(f"size_{value.replace('-', '_')}", lang)
        if name == "min_level":
            return say("evidence_level", lang, level=value)
        if name == "language" and value in LANGUAGES:
            return say(f"lang_{value}", lang)
        return value

    def like(self, found: LikePractice) -> Json:
        """Return a practice that is like another."""
        practice = self._catalogue.practices[found.practice]
        return _known({
            **self.ref(practice.id), "type": "practice", "rank": found.rank, "score": _score(found.score),
            "parts": _known({"text": _score(found.text), "city": None if found.city is None else _score(found.city)}),
            "shared": [self.ref(iri) for iri in found.shared], **self.practice_brief(practice),
        })  # fmt: skip

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
        return _known({
            "score": _score(evidence.score), "level": evidence.level, "level_label": self.label_of_level(evidence.level),
            "level_reason": evidence.level_reason, "success_at_least": _score(evidence.success),
            "adoptions_with_outcome": evidence.adoptions, "places": evidence.places,
            "freshness": _score(evidence.freshness), "last_year": evidence.last_year,
        })  # fmt: skip

    def label_of_level(self, level: int) -> str:
        """Return the words for an evidence level."""
        return next(
            (
                c.label
                for iri, c in self._catalogue.concepts.items()
                if iri.endswith(f"/evidence/level-{level}")
            ),
            str(level),
        )

    def solution(self, solution: Solution, lang: str = "en") -> Json:
        """Return a solution with score parts, evidence, fit, reasons, failures and sources."""
        practice = self._catalogue.practices[solution.practice]
        adoptions = self._catalogue.adoptions_by_practice.get(practice.id, ())
        fit = solution.fit
        return _known({
            "id": practice.id, "slug": practice.slug, "type": "practice", "label": practice.title, "rank": solution.rank,
            "score": _score(solution.score),
            "parts": _known({
                "relevance": _score(solution.relevance), "evidence": _score(solution.evidence.score),
                "fit": _score(fit.score) if fit else None,
            }),
            **self.practice_brief(practice),
            "warning": solution.warning,
            "evidence": self.evidence(solution.evidence),
            "fit": {"score": _score(fit.score), "facts": list(fit.facts), "unknown": list(fit.unknown)} if fit else None,
            "passage": {"field": solution.hit.passage.field, "text": solution.hit.passage.text},
            "local": self.local(practice.id, lang),
            "concepts": [self.concept(iri, lang) for iri in solution.hit.concepts],
            "reasons": list(solution.reasons),
            "setbacks": [self.setback(a) for a in adoptions if slug(a.outcome) in ("failed", "mixed", "stopped")],
            "sources": self.sources(practice.citation),
        })  # fmt: skip

    def setback(self, adoption: Adoption) -> Json:
        """Return how an adoption failed, stalled or came out mixed: phase, causes, remedy, lessons."""
        catalogue = self._catalogue
        return _known({
            "place": self.place(adoption.place), "outcome": slug(adoption.outcome),
            "phase": catalogue.concept_label(adoption.failure_phase) or None,
            "causes": [self.ref(iri) for iri in adoption.failure_cause], "remedy": adoption.remedy,
            "lessons": [catalogue.lessons[iri].text for iri in adoption.lesson],
            "obstacles": [catalogue.obstacles[iri].text for iri in adoption.obstacle],
            "note": list(adoption.note),
        })  # fmt: skip

    def similar_city(self, found: SimilarCity) -> Json:
        """Return a similar city with each part, its weight and its facts."""
        city = self._catalogue.cities[found.city]
        return {
            "id": city.id, "slug": city.slug, "type": "city", "label": city.label, "country": city.country_code,
            "rank": found.rank, "score": _score(found.score),
            "parts": {
                name: {"value": _score(p.value), "weight": p.weight, "facts": list(p.facts)} for name, p in found.parts.items()
            },
            "shared": [self.ref(iri) for iri in found.shared], "unknown": list(found.unknown),
        }  # fmt: skip

    def city_with_problem(self, found: CityWithProblem) -> Json:
        """Return a city that has a similar problem, with what it tried."""
        city = self._catalogue.cities[found.city]
        return _known({
            "id": city.id, "slug": city.slug, "type": "city", "label": city.label, "country": city.country_code,
            "rank": found.rank, "score": _score(found.score),
            "similarity": _score(found.similarity) if found.similarity is not None else None,
            "tried": [
                _known({"practice": {"id": a.practice, "slug": slug(a.practice), "label": a.title}, "outcome": slug(a.adoption.outcome),
                 "year": a.adoption.start_year, "relevance": _score(a.relevance), "problem": a.problem})
                for a in found.attempts[:3]
            ],
        })  # fmt: skip

    def expert_match(self, found: ExpertMatch) -> Json:
        """Return an organisation that knows the subject, with what it did."""
        organisation = self._catalogue.organisations[found.organisation]
        expert = self._catalogue.experts.get(organisation.id)
        return _known({
            "id": organisation.id, "slug": organisation.slug, "type": "expert" if expert else "organisation",
            "label": organisation.name, "helix": slug(organisation.helix), "country": organisation.country_code,
            "rank": found.rank, "score": _score(found.score), "homepage": expert.homepage if expert else None,
            "parts": {"deeds": _score(max((d.strength for d in found.deeds), default=0.0)), "stated": _score(found.stated)},
            "deeds": [
                {"practice": {"id": d.practice, "slug": slug(d.practice), "label": d.title}, "role": d.role, "strength": _score(d.strength)}
                for d in found.deeds[:5]
            ],
        })  # fmt: skip

    # -- records --------------------------------------------------------------------------------------

    def practice(self, practice: GoodPractice) -> Json:
        """Return everything known of a practice."""
        return _known({
            "id": practice.id, "slug": practice.slug, "type": "practice", "label": practice.title,
            **self.practice_brief(practice),
            "problem": practice.problem, "approach": practice.approach,
            "main_challenge": self.ref(practice.main_challenge),
            "challenges": [self.ref(iri) for iri in practice.challenge], "subdomains": [self.ref(iri) for iri in practice.subdomain],
            "confidence": slug(practice.confidence or ""), "evidence": self.evidence(self._evidence[practice.id]),
            "adoptions": [self.adoption(a) for a in self._catalogue.adoptions_by_practice.get(practice.id, ())],
            "sources": self.sources(practice.citation),
        })  # fmt: skip

    def adoption(self, adoption: Adoption) -> Json:
        """Return one adoption with its results, lessons, obstacles and organisations."""
        catalogue = self._catalogue
        parts = (catalogue.participations[iri] for iri in adoption.participation)
        return _known({
            "id": adoption.id, "place": self.place(adoption.place), "relation": slug(adoption.relation),
            "outcome": slug(adoption.outcome), "status": slug(adoption.status or ""), "start_year": adoption.start_year,
            "end_year": adoption.end_year, "cost": adoption.cost, "currency": adoption.currency, "cost_note": adoption.cost_note,
            "funding": list(adoption.funding), "results": [self.result(catalogue.results[iri]) for iri in adoption.result],
            "lessons": [{"text": x.text, "kind": slug(x.lesson_kind)} for x in (catalogue.lessons[i] for i in adoption.lesson)],
            "obstacles": [{"text": o.text, "barrier": self.ref(o.barrier)} for o in (catalogue.obstacles[i] for i in adoption.obstacle)],
            "failure": _known({
                "phase": self.ref(adoption.failure_phase) if adoption.failure_phase else None,
                "causes": [self.ref(iri) for iri in adoption.failure_cause], "remedy": adoption.remedy,
            }),
            "organisations": [{**self.ref(p.agent), "role": slug(p.role), "expert": p.agent in catalogue.experts} for p in parts],
            "note": list(adoption.note),
        })  # fmt: skip

    def result(self, result: Result) -> Json:
        """Return one claim with its evidence and sources."""
        return _known({
            "id": result.id, "metric": result.metric, "text": result.text, "value": result.value, "unit": result.unit_text,
            "year": result.ref_year, "baseline": result.baseline_value, "baseline_year": result.baseline_year,
            "baseline_text": result.baseline_text, "kind": slug(result.result_kind), "method": slug(result.method),
            "assessor": slug(result.assessor), "sources": self.sources(result.supported_by),
        })  # fmt: skip

    def city(self, city: City) -> Json:
        """Return everything known of a city."""
        catalogue = self._catalogue
        return _known({
            "id": city.id, "slug": city.slug, "type": "city", "label": city.label, "labels": city.pref_label,
            "country": city.country_code, "region": city.admin_region, "nuts3": slug(city.nuts3) if city.nuts3 else None,
            "latitude": city.latitude, "longitude": city.longitude, "population": city.population, "population_year": city.population_year,
            "coastal": city.is_coastal, "port": city.has_port, "university": city.has_university,
            "ubc_membership": slug(city.ubc_membership) if city.ubc_membership else None, "same_as": list(city.exact_match),
            "needs": [
                {**self.ref(n.concern), "need": n.id, "status": slug(n.need_status), "derived_from": [self.ref(p) for p in n.derived_from]}
                for n in catalogue.needs_by_city.get(city.id, ())
            ],
            "practices": [
                _known({**self.ref(a.practice), "relation": slug(a.relation), "outcome": slug(a.outcome), "year": a.start_year})
                for a in catalogue.adoptions_by_place.get(city.id, ())
            ],
            "facts": [self.observation(o) for o in catalogue.observations_by_city.get(city.id, ()) if slug(o.verification) == "verified"],
            "sources": [self.document(iri) for iri in city.source],
        })  # fmt: skip

    def observation(self, observation: Observation) -> Json:
        """Return one published fact on a city."""
        model = self._catalogue.models.get(observation.model)
        return _known({
            "id": observation.id, "scheme": model.title if model else slug(observation.model), "metric": observation.metric,
            "edition": observation.edition, "value": observation.value if observation.value is not None else observation.text_value,
            "unit": observation.unit_text, "sources": [self.document(iri) for iri in observation.source],
        })  # fmt: skip

    def challenge(self, concept: Concept) -> Json:
        """Return a challenge with its labels and the practices that address it."""
        return _known({
            "id": concept.id, "slug": concept.slug, "type": "challenge", "label": concept.label, "labels": concept.pref_label,
            "definition": concept.definition, "synonyms": list(concept.alt_label.get("en", ())),
            "broader": [self.ref(iri) for iri in concept.broader],
            "practices": [
                {**self.ref(p.id), **self.practice_brief(p)} for p in self._catalogue.practices_by_challenge.get(concept.id, ())
            ],
        })  # fmt: skip

    def expert(self, expert: Expert) -> Json:
        """Return an expert organisation with its expertise and what it took part in."""
        roles = self._catalogue.roles_by_organisation.get(expert.id, ())
        return _known({
            "id": expert.id, "slug": expert.slug, "type": "expert", "label": expert.name, "helix": slug(expert.helix),
            "kind": slug(expert.organisation_kind or ""), "country": expert.country_code, "homepage": expert.homepage,
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
            found.append(_known({**self.document(citation.document), "supports": citation.supports}))
        return found

    def document(self, iri: str) -> Json:
        """Return a source document."""
        document = self._catalogue.documents.get(iri)
        if document is None:
            return {"id": iri}
        return _known({"id": iri, "title": document.title, "url": document.page, "note": list(document.note)})


def _known(record: Json) -> Json:
    return {name: value for name, value in record.items() if value not in (None, "", [], {})}
