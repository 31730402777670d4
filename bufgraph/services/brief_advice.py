"""What a brief says of all solutions together: what to find out, what to do next."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from bufgraph.briefs.brief import Contact, Question, Statement, Step
from bufgraph.briefs.words import PHASES, outcome_mark
from bufgraph.localisation.phrases import Listing, Term, counted, message, phrase
from bufgraph.matching.transfer import answer_key
from bufgraph.model import City, GoodPractice, TransferCondition
from bufgraph.namespaces import slug
from bufgraph.services.brief_candidates import CandidateWriter
from bufgraph.services.brief_writing import BriefWriter, Choice, Notes

_MAX_PEERS: Final = 6


@dataclass(frozen=True)
class AdviceWriter(BriefWriter):
    """Writes what follows from the chosen solutions.

    Attributes:
        writer: Writes of a single solution.
        choices: In the order of the shortlist.
    """

    writer: CandidateWriter
    choices: Sequence[Choice]
    city: City | None

    # -- what to find out -----------------------------------------------------------------------------

    def questions(self) -> tuple[Question, ...]:
        """Return what is not known of the city: essential things first, then what most solutions hang on."""
        asked: dict[str, list[tuple[int, TransferCondition]]] = {}
        for choice in self.choices:
            for condition in self._open(choice):
                asked.setdefault(answer_key(condition), []).append((choice.number, condition))
        ordered = sorted(
            asked.values(),
            key=lambda found: (not any(c.is_essential for _, c in found), -len({n for n, _ in found})),
        )
        return tuple(
            Question(
                about=self._factor(found[0][1].factor),
                essential=any(c.is_essential for _, c in found),
                conditions=tuple((n, self._condition(n, c)) for n, c in found),
            )
            for found in ordered
        )

    def _factor(self, iri: str) -> str:
        """Return the name of a factor; none for "another condition", which says nothing."""
        return "" if slug(iri) == "other" else self.tongue.tell(Term(self.catalogue.concept_label(iri), iri))

    def _open(self, choice: Choice) -> list[TransferCondition]:
        if choice.fit is None:
            return list(self.catalogue.conditions_by_practice.get(choice.practice.id, ()))
        return [c.condition for c in choice.fit.checks if c.status in ("unknown", "contradicted")]

    def _condition(self, number: int, condition: TransferCondition) -> tuple[Statement, ...]:
        """Return a condition, and what to do where it does not hold."""
        practice = next(choice.practice for choice in self.choices if choice.number == number)
        notes = self.sources.cite(practice.citation)
        said = [self.quoted(condition.text, notes)]
        if condition.change:
            said.append(self.quoted(condition.change, notes, phrase("If not:")))
        return tuple(said)

    # -- what to do next ------------------------------------------------------------------------------

    def steps(self, questions: Sequence[Question], contacts: Sequence[Contact]) -> tuple[Step, ...]:
        """Return what to do in each of the five phases."""
        said = (
            self._profile(questions),
            self._consult(contacts),
            self._act(),
            self._evaluate(),
            [
                self.fixed(
                    message(
                        "Tell others what came of it, good or bad. Then the next town can learn from yours."
                    )
                )
            ],
        )
        return tuple(
            Step(number, self.tongue.message(phase), tuple(statements))
            for number, (phase, statements) in enumerate(zip(PHASES, said, strict=True), 1)
        )

    def _profile(self, questions: Sequence[Question]) -> list[Statement]:
        if not questions:
            return [
                self.fixed(
                    message("All recorded conditions are answered. Check that the answers still hold.")
                )
            ]
        n = len(questions)
        if any(question.essential for question in questions):
            told = counted(
                "Answer the {n} open question above; it is essential.",
                "Answer the {n} open questions above, the essential ones first.",
                n,
            )
        else:
            told = counted("Answer the {n} open question above.", "Answer the {n} open questions above.", n)
        return [Statement(self.tongue.tell(told), self.tongue.code, origin="fixed")]

    def _consult(self, contacts: Sequence[Contact]) -> list[Statement]:
        said = []
        peers, notes = self._peers()
        if peers:
            told = phrase("Ask the places that tried it: {places}.", places=Listing(peers))
            said.append(self.told(told, notes))
        if contacts:
            counted_ = counted(
                "Write to the {n} organisation above.", "Write to the {n} organisations above.", len(contacts)
            )
            said.append(Statement(self.tongue.tell(counted_), self.tongue.code, origin="fixed"))
        return said or [
            self.fixed(
                message("No organisation is recorded that could be asked. Look for one in your country.")
            )
        ]

    def _peers(self) -> tuple[list[object], Notes]:
        peers: dict[str, object] = {}
        notes: set[int] = set()
        for choice in self.choices:
            for adoption in self.catalogue.adoptions_by_practice.get(choice.practice.id, ()):
                place, name = self.catalogue.cities.get(adoption.place), slug(adoption.outcome)
                if (
                    place is None
                    or place == self.city
                    or name == "unknown"
                    or len(peers) == _MAX_PEERS
                    or place.id in peers
                ):
                    continue
                word = outcome_mark(name, self.tongue).word
                peers[place.id] = phrase(
                    "{place} ({outcome})",
                    place=Term(place.label, place.id),
                    outcome=self._inside(word),
                )
                notes.update(self.sources.cite(adoption.citation or choice.practice.citation))
        return list(peers.values()), tuple(sorted(notes))

    def _act(self) -> list[Statement]:
        said = [self.fixed(message("Try it small first. Go on only where the essential conditions hold."))]
        for choice in self.choices:
            lead = phrase("Solution {n}:", n=choice.number)
            notes = self.sources.cite(choice.practice.citation)
            if (lesson := self._lesson(choice.practice)) is not None:
                said.append(self.quoted(lesson, notes, lead))
        return said

    def _lesson(self, practice: GoodPractice) -> str | None:
        """Return the first lesson of a practice, one from what went wrong before one from what worked."""
        adoptions = self.catalogue.adoptions_by_practice.get(practice.id, ())
        lessons = [self.catalogue.lessons[iri] for adoption in adoptions for iri in adoption.lesson]
        remedies = {adoption.remedy for adoption in adoptions}
        lessons = [lesson for lesson in lessons if lesson.text not in remedies]
        warnings = [lesson for lesson in lessons if slug(lesson.lesson_kind) != "worked"]
        return next((lesson.text for lesson in (*warnings, *lessons)), None)

    def _evaluate(self) -> list[Statement]:
        said = []
        for choice in self.choices:
            adoptions = self.catalogue.adoptions_by_practice.get(choice.practice.id, ())
            measured = self.writer.measured(adoptions)
            metrics = list(dict.fromkeys(r.metric for r in measured))[:3]
            if metrics:
                notes = self.sources.cite(
                    iri for r in measured for iri in (r.supported_by or choice.practice.citation)
                )
                lead = phrase("Solution {n}:", n=choice.number)
                said.append(self.quoted("; ".join(metrics), notes, lead))
        if not said:
            return [
                self.fixed(
                    message(
                        "No result of these solutions was measured. Agree on a figure, and note where you stand before you begin."
                    )
                )
            ]
        start = message("Note where you stand before you begin. Then measure what the others measured:")
        return [self.fixed(start), *said]

    def _inside(self, word: str) -> str:
        """Return a word as it stands inside a sentence; only German writes some of ours large there."""
        return word if self.tongue.code == "de" else word[:1].lower() + word[1:]
