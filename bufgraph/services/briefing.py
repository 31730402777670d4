"""Turns a need, a city and a shortlist of practices into a brief."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

from bufgraph.briefs.brief import Brief, Candidate, Statement
from bufgraph.briefs.words import plain, told_words
from bufgraph.errors import InvalidInputError
from bufgraph.localisation.phrases import Listing, Term, counted, message, phrase
from bufgraph.localisation.tongue import Tongue
from bufgraph.matching.experts import ExpertMatch
from bufgraph.matching.transfer import checked_answers, judge
from bufgraph.model import City, GoodPractice
from bufgraph.search.query import SearchQuery
from bufgraph.search.understanding import Understanding
from bufgraph.services.answers import WEAK_FOREIGN_SCORE, WEAK_SCORE, AnswerService
from bufgraph.services.brief_advice import AdviceWriter
from bufgraph.services.brief_candidates import CandidateWriter
from bufgraph.services.brief_city import CityWriter
from bufgraph.services.brief_contacts import ContactWriter
from bufgraph.services.brief_sources import SourceList
from bufgraph.services.brief_writing import Choice
from bufgraph.services.composition import Build

MAX_CANDIDATES: Final = 5
DEFAULT_CANDIDATES: Final = 3
_MAX_QUOTED: Final = 600
"""Characters of the need that are quoted; two pages must hold the rest too."""
_MAX_NAME: Final = 80
_MAX_CHALLENGES: Final = 3
_EXPERTS: Final = 30


@dataclass(frozen=True)
class BriefRequest:
    """What a brief is asked for.

    Attributes:
        need: In the reader's own words; may be empty.
        practices: The shortlist, in its order.
        facts: What the city says of itself, by slug of a context factor.
        left_out: Names on the shortlist that are in the data no longer.
        address: Where the brief can be opened again; may be empty.
        day: When it is made; today by default.
    """

    need: str
    practices: Sequence[GoodPractice]
    city: City | None = None
    facts: Mapping[str, bool] = field(default_factory=dict)
    left_out: Sequence[str] = ()
    address: str = ""
    day: date | None = None


class BriefService:
    """Writes briefs from one opened build."""

    def __init__(self, build: Build) -> None:
        self.build = build
        self._answers = AnswerService(build)

    def proven(self, need: str, city: City | None, *, limit: int = DEFAULT_CANDIDATES) -> list[GoodPractice]:
        """Return the best proven solutions for a need, one of a kind, for those who have made no shortlist."""
        found = self._answers.solutions(need, city=city.slug if city else None, limit=20)
        leaders = [s.practice for s in found.solutions if s.practice not in found.kinds]
        return [self.build.catalogue.practices[iri] for iri in leaders[:limit]]

    def write(self, asked: BriefRequest, tongue: Tongue) -> Brief:
        """Return the brief in one language.

        Raises:
            InvalidInputError: No practice, more than five, a need that is too long, an unknown factor.
        """
        need = self._checked(asked)
        catalogue, city = self.build.catalogue, asked.city
        sources = SourceList(catalogue)
        writer = CandidateWriter(catalogue, tongue, sources, self.build.evidence)
        answers = checked_answers(asked.facts, catalogue)
        choices = [
            Choice(
                number,
                practice,
                judge(practice, city, catalogue, answers=answers) if city is not None else None,
            )
            for number, practice in enumerate(asked.practices, 1)
        ]
        understood = self.build.reader.read(need) if need else None
        fits = [choice.fit for choice in choices if choice.fit is not None]
        facts = CityWriter(catalogue, tongue, sources, answers).facts(city, fits) if city is not None else ()
        candidates = tuple(writer.write(choice, city) for choice in choices)
        advice = AdviceWriter(catalogue, tongue, sources, writer, choices, city)
        contacts = ContactWriter(catalogue, tongue, sources, choices, city).write(
            self._experts(need, city, understood)
        )
        questions = advice.questions()
        steps = advice.steps(questions, contacts)
        day = asked.day or datetime.now(UTC).date()
        return Brief(
            lang=tongue.code,
            words=told_words(tongue),
            title=self._title(len(choices), city, tongue),
            need=_quoted(need, understood),
            reading=self._reading(understood, asked.practices, tongue),
            city=tongue.tell(Term(city.label, city.id)) if city is not None else "",
            city_facts=facts,
            candidates=candidates,
            contacts=contacts,
            questions=questions,
            questions_lead=_questions_lead(city, tongue),
            steps=steps,
            footnotes=sources.footnotes(),
            remarks=_remarks(need, candidates, tongue),
            left_out=tuple(
                tongue.tell(phrase("“{name}” is no longer in the data.", name=plain(n)[:_MAX_NAME]))
                for n in asked.left_out
            ),
            day=day,
            made=tongue.date(day),
            version=tongue.tell(phrase("Data version {version}", version=str(self.build.manifest["build"]))),
            address=asked.address,
        )

    def _checked(self, asked: BriefRequest) -> str:
        if not asked.practices:
            raise InvalidInputError(
                phrase("the shortlist is empty; choose at least one solution"), field="pick"
            )
        if len(asked.practices) > MAX_CANDIDATES:
            raise InvalidInputError(
                phrase(
                    "the shortlist has {n} solutions; a brief takes at most {most}",
                    n=len(asked.practices),
                    most=MAX_CANDIDATES,
                ),
                field="pick",
            )
        if not any(char.isalnum() for char in asked.need):
            return ""  # a shortlist can be made by browsing, without a word on the need
        return SearchQuery(asked.need).checked(self.build.settings.query_max_chars).text

    def _experts(self, need: str, city: City | None, understood: Understanding | None) -> list[ExpertMatch]:
        """Return those whose own description is near to the need; what the others did is another matter."""
        if not need or understood is None:
            return []
        floor = WEAK_SCORE if understood.language.code == "en" else WEAK_FOREIGN_SCORE
        found = self._answers.experts(need, city=city.slug if city else None, limit=_EXPERTS)
        return [match for match in found.experts if match.contact and match.stated >= floor]

    def _reading(
        self, understood: Understanding | None, practices: Sequence[GoodPractice], tongue: Tongue
    ) -> tuple[Statement, ...]:
        """Return the challenges that were read out of the need and that a chosen solution answers."""
        if understood is None:
            return ()
        answered = {iri for practice in practices for iri in practice.challenge}
        read = [m.concept for m in understood.concepts if m.concept in answered][:_MAX_CHALLENGES]
        if not read:
            return ()
        labels = Listing([Term(self.build.catalogue.concept_label(iri), iri) for iri in read], "semicolon")
        lead = tongue.tell(phrase("We understood:"))
        return (Statement(tongue.tell(labels), tongue.code, lead=lead, origin="user"),)

    def _title(self, n: int, city: City | None, tongue: Tongue) -> str:
        if city is None:
            return tongue.tell(counted("{n} solution to look at", "{n} solutions to look at", n))
        return tongue.tell(
            counted("{n} solution for {city}", "{n} solutions for {city}", n, city=Term(city.label, city.id))
        )


def _quoted(need: str, understood: Understanding | None) -> Statement | None:
    if not need or understood is None:
        return None
    text = plain(need)
    if len(text) > _MAX_QUOTED:
        text = text[:_MAX_QUOTED].rsplit(" ", 1)[0] + " …"
    return Statement(text, understood.language.code, origin="user")


def _questions_lead(city: City | None, tongue: Tongue) -> str:
    if city is None:
        return tongue.message(
            message("Find out whether this holds in your city. The number says for which solution.")
        )
    return tongue.tell(
        phrase(
            "Find out whether this holds in {city}. The number says for which solution.",
            city=Term(city.label, city.id),
        )
    )


def _remarks(need: str, candidates: Sequence[Candidate], tongue: Tongue) -> tuple[str, ...]:
    said = []
    if len(plain(need)) > _MAX_QUOTED:
        said.append(message("The need is shortened here."))
    if tongue.code != "en":
        if any(c.title.by_machine for c in candidates):
            said.append(message("Titles and short descriptions were translated by machine."))
        said.append(message("Other text from the records is in English, as it was collected."))
    return tuple(tongue.message(text) for text in said)
