"""Answers as JSON: one shape for the command line, the API and the notebook."""

from collections.abc import Mapping, Sequence

from bufgraph.localisation.phrases import Listing, Phrase, phrase
from bufgraph.localisation.words import OUTCOMES
from bufgraph.matching.cities import SimilarCity
from bufgraph.matching.experts import ExpertMatch
from bufgraph.matching.likeness import LikePractice
from bufgraph.matching.problems import CityWithProblem
from bufgraph.matching.solutions import Solution
from bufgraph.matching.transfer import FitVerdict, answer_key
from bufgraph.model import Adoption
from bufgraph.namespaces import concept as concept_iri
from bufgraph.namespaces import slug
from bufgraph.search.explain import Explanation, Gap, local_spans
from bufgraph.search.query import Corrections, Hit
from bufgraph.search.understanding import Understanding
from bufgraph.services.records import Json, RecordPresenter, known, rounded
from bufgraph.services.wording import CITY_SIZES, SCORE_PARTS
from bufgraph.text.language import LANGUAGES


def reader_language(text: Understanding, corrections: Corrections) -> str:
    """Return the language to answer in: the reader's, else that of her text if a word of it could be read, else English."""
    if corrections.preferred:
        return corrections.preferred
    return text.language.code if text.language.code in LANGUAGES and text.reading.known > 0 else "en"


class Presenter(RecordPresenter):
    """Turns what the services answer into JSON, with the records in it."""

    def understood(self, text: Understanding) -> Json:
        """Return how a text was understood: language, English reading, concepts, places, numbers."""
        return known({
            "language": {
                "code": text.language.code, "confidence": rounded(text.language.confidence), "rivals": list(text.language.rivals),
            },
            "english": text.reading.english if text.reading.english != text.text else None,
            "words_read": rounded(text.reading.known),
            "concepts": [
                known({
                    "id": m.concept, "slug": slug(m.concept), "label": self.concept_label(m.concept),
                    "weight": rounded(m.weight), "how": m.how, "matched": m.matched,
                })
                for m in text.concepts
            ],
            "places": [{**self.ref(place.city), "word": place.word} for place in text.places],
            "numbers": [{"kind": n.kind, "value": n.value, "word": n.word} for n in text.numbers],
        })  # fmt: skip

    def chips(self, text: Understanding) -> list[Json]:
        """Return the same as chips: words for people, and what to send to take each away."""
        tongue, code = self._tongue, text.language.code
        chips: list[Json] = []
        if code != "und" and text.reading.known > 0:
            told = phrase("Language: {language}", language=tongue.language(code, in_sentence=True))
            chips.append({"kind": "language", "label": tongue.tell(told), "value": code})
        chips += [
            {
                "kind": "concept",
                "label": self.concept_label(m.concept),
                "value": slug(m.concept),
                "weight": rounded(m.weight),
            }
            for m in text.concepts
        ]
        for place in text.places:
            told = phrase("Place: {place}", place=self.label(place.city))
            chips.append({"kind": "place", "label": tongue.tell(told), "value": slug(place.city)})
        for number in text.numbers:
            if number.kind == "population":
                told = phrase("Size: {number:,.0f} residents", number=number.value)
                chips.append({"kind": "number", "label": tongue.tell(told), "value": number.word})
        return chips

    def hit(self, hit: Hit, explanation: Explanation, text: Understanding) -> Json:
        """Return a search hit with its reasons."""
        about: Json = {
            "id": hit.record,
            "slug": slug(hit.record),
            "type": hit.record_type,
            "label": self.label(hit.record),
            "rank": hit.rank,
            "score": rounded(hit.score),
            "parts": {name: rounded(value) for name, value in hit.parts.items()},
            "contributions": {name: rounded(value) for name, value in explanation.contributions.items()},
            "passage": {
                "field": hit.passage.field, "text": hit.passage.text, "highlights": [list(span) for span in explanation.spans],
            },
            "concepts": [self.ref(iri) for iri in hit.concepts],
            "reasons": self.told(self._reasons(hit, explanation)),
            "why_not_higher": [self._gap(gap) for gap in explanation.gaps],
        }  # fmt: skip
        if (local := self.local(hit.record)) is not None:
            lang = self._tongue.code
            spans = local_spans(local["need"], text.text, lang) if text.language.code == lang else ()
            about["local"] = {**local, "highlights": [list(span) for span in spans]}
        if (practice := self._catalogue.practices.get(hit.record)) is not None:
            about |= self.practice_brief(practice)
        return about

    def with_kind(self, result: Json, kinds: Mapping[str, str]) -> Json:
        """Return a result that says which better one it is of the same kind as, if any."""
        leader = kinds.get(result["id"])
        return {**result, "same_kind_as": self.ref(leader)} if leader else result

    def _reasons(self, hit: Hit, explanation: Explanation) -> list[Phrase]:
        reasons = [
            phrase("answers the challenge: {challenge}", challenge=self.concept_label(iri))
            for iri in hit.concepts
        ]
        if explanation.found:
            reasons.append(phrase("words found: {words}", words=Listing(explanation.found)))
        strongest = max(explanation.contributions, key=lambda name: explanation.contributions[name])
        return reasons or [Phrase(SCORE_PARTS[strongest])]

    def _gap(self, gap: Gap) -> Json:
        about: Json = {}
        if gap.kind == "concept":
            about["concept"] = self.ref(gap.values[0])
            told = phrase(
                "it is not listed under the challenge: {challenge}", challenge=about["concept"]["label"]
            )
        elif gap.kind == "words":
            about["words"] = list(gap.values)
            told = phrase("not mentioned: {words}", words=Listing(gap.values))
        else:
            told = phrase("its texts are only loosely about this")
        return {"kind": gap.kind, **about, "text": self._tongue.tell(told)}

    def facets(self, facets: Mapping[str, Sequence[tuple[str, int]]]) -> Json:
        """Return the values that each filter could take, with counts and labels."""
        return {
            name: [
                {"value": value, "label": self._facet_label(name, value), "count": count}
                for value, count in values
            ]
            for name, values in facets.items()
        }

    def _facet_label(self, name: str, value: str) -> str:
        if name == "domain":
            return self.concept_label(concept_iri("domain", value))
        if name == "outcome":
            return self._tongue.tell(OUTCOMES[value][1])
        if name == "size":
            return self._tongue.message(CITY_SIZES[value])
        if name == "min_level":
            return self._tongue.tell(phrase("Evidence level {level} of 5", level=value))
        if name == "language" and value in LANGUAGES:
            return self._tongue.language(value, in_sentence=True)
        return value

    def like(self, found: LikePractice) -> Json:
        """Return a practice that is like another."""
        practice = self._catalogue.practices[found.practice]
        return known({
            **self.ref(practice.id), "type": "practice", "rank": found.rank, "score": rounded(found.score),
            "parts": known({"text": rounded(found.text), "city": None if found.city is None else rounded(found.city)}),
            "shared": [self.ref(iri) for iri in found.shared], **self.practice_brief(practice),
        })  # fmt: skip

    def solution(self, solution: Solution) -> Json:
        """Return a solution with score parts, evidence, fit, reasons, failures and sources."""
        practice = self._catalogue.practices[solution.practice]
        adoptions = self._catalogue.adoptions_by_practice.get(practice.id, ())
        fit = solution.fit
        return known({
            "id": practice.id, "slug": practice.slug, "type": "practice", "label": practice.title, "rank": solution.rank,
            "score": rounded(solution.score),
            "parts": known({
                "relevance": rounded(solution.relevance), "evidence": rounded(solution.evidence.score),
                "fit": rounded(fit.score) if fit else None,
            }),
            **self.practice_brief(practice),
            "warning": solution.warning,
            "evidence": self.evidence(solution.evidence),
            "fit": {
                "score": rounded(fit.score), "experience": rounded(fit.experience), "facts": self.told(fit.facts),
                **self.verdict(fit.verdict),
            } if fit else None,
            "passage": {"field": solution.hit.passage.field, "text": solution.hit.passage.text},
            "local": self.local(practice.id),
            "concepts": [self.ref(iri) for iri in solution.hit.concepts],
            "reasons": self.told(solution.reasons),
            "setbacks": [self.setback(a) for a in adoptions if slug(a.outcome) in ("failed", "mixed", "stopped")],
            "sources": self.sources(practice.citation),
        })  # fmt: skip

    def verdict(self, found: FitVerdict) -> Json:
        """Return whether a practice would work in a city: condition, the city's value and its source behind each word."""
        return known({
            "verdict": found.verdict, "reason": self._tongue.tell(found.reason), "changes": list(found.changes),
            "to_find_out": self.told(found.to_find_out),
            "conditions": [
                known({
                    "id": c.condition.id, "text": c.condition.text, "factor": self.ref(c.condition.factor),
                    "essential": c.condition.is_essential, "stated": c.condition.is_stated, "wording": c.condition.wording,
                    "status": c.status, "answer_as": answer_key(c.condition), "facts": self.told(c.facts), "basis": [self.ref(iri) for iri in c.basis],
                    "change": c.condition.change if c.status != "met" else None, "find_out": None if c.find_out is None else self._tongue.tell(c.find_out),
                })
                for c in found.checks
            ],
            "tried_here": [{"outcome": slug(a.outcome), **known({"year": a.start_year})} for a in found.tried_here],
        })  # fmt: skip

    def setback(self, adoption: Adoption) -> Json:
        """Return how an adoption failed, stalled or came out mixed: phase, causes, remedy, lessons."""
        catalogue = self._catalogue
        return known({
            "place": self.place(adoption.place), "outcome": slug(adoption.outcome),
            "phase": self.concept_label(adoption.failure_phase) or None,
            "causes": [self.ref(iri) for iri in adoption.failure_cause], "remedy": adoption.remedy,
            "lessons": [catalogue.lessons[iri].text for iri in adoption.lesson],
            "obstacles": [catalogue.obstacles[iri].text for iri in adoption.obstacle],
            "note": list(adoption.note),
        })  # fmt: skip

    def similar_city(self, found: SimilarCity) -> Json:
        """Return a similar city with each part, its weight and its facts."""
        city = self._catalogue.cities[found.city]
        return {
            "id": city.id, "slug": city.slug, "type": "city", "label": self.label(city.id), "country": city.country_code,
            "rank": found.rank, "rank_low": found.low, "rank_high": found.high, "score": rounded(found.score),
            "parts": {
                name: {"value": rounded(p.value), "weight": rounded(p.weight), "facts": self.told(p.facts)}
                for name, p in found.parts.items()
            },
            "shared": [self.ref(iri) for iri in found.shared], "unknown": self.told(found.unknown),
        }  # fmt: skip

    def city_with_problem(self, found: CityWithProblem) -> Json:
        """Return a city that has a similar problem, with what it tried."""
        city = self._catalogue.cities[found.city]
        return known({
            "id": city.id, "slug": city.slug, "type": "city", "label": self.label(city.id), "country": city.country_code,
            "rank": found.rank, "score": rounded(found.score),
            "similarity": rounded(found.similarity) if found.similarity is not None else None,
            "tried": [
                known({"practice": {"id": a.practice, "slug": slug(a.practice), "label": a.title}, "outcome": slug(a.adoption.outcome),
                 "year": a.adoption.start_year, "relevance": rounded(a.relevance), "problem": a.problem})
                for a in found.attempts[:3]
            ],
        })  # fmt: skip

    def expert_match(self, found: ExpertMatch) -> Json:
        """Return an organisation that knows the subject, with what it did."""
        organisation = self._catalogue.organisations[found.organisation]
        expert = self._catalogue.experts.get(organisation.id)
        return known({
            "id": organisation.id, "slug": organisation.slug, "type": "expert" if expert else "organisation",
            "label": organisation.name, "helix": slug(organisation.helix), "country": organisation.country_code,
            "rank": found.rank, "score": rounded(found.score), "homepage": expert.homepage if expert and found.contact else None,
            "near": None if found.near is None else self._tongue.tell(found.near), "limits": self.told(found.limits),
            "parts": {"deeds": rounded(max((d.strength for d in found.deeds), default=0.0)), "stated": rounded(found.stated)},
            "deeds": [
                {"practice": {"id": d.practice, "slug": slug(d.practice), "label": d.title}, "role": d.role, "strength": rounded(d.strength)}
                for d in found.deeds[:5]
            ],
        })  # fmt: skip
