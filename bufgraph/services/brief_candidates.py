"""What a brief says of one solution."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from bufgraph.briefs.brief import Candidate, Mark, Row, Statement
from bufgraph.briefs.words import outcome_mark, verdict_mark
from bufgraph.localisation.phrases import Listing, Phrase, Term, counted, message, phrase
from bufgraph.matching.evidence import Evidence, claim_level
from bufgraph.matching.solutions import WARNING_OUTCOMES
from bufgraph.model import Adoption, City, GoodPractice, Result
from bufgraph.namespaces import concept, slug
from bufgraph.services.brief_fit import FitWriter
from bufgraph.services.brief_writing import BriefWriter, Choice, ended

_MAX_RESULTS: Final = 2
_MAX_OBSTACLES: Final = 2
_MAX_PLACES: Final = 3
_MAX_SETBACKS: Final = 3
_SHORT: Final = 60
"""Characters of a note on costs that still fits the table at a glance."""
_UNMEASURED: Final = message("No figure that was measured or counted is recorded.")
_REPLICATED: Final = message("Results are recorded in other places too.")


@dataclass(frozen=True)
class CandidateWriter(BriefWriter):
    """Writes what is known of solutions.

    Attributes:
        evidence: Of each practice, by IRI.
    """

    evidence: Mapping[str, Evidence]

    def write(self, choice: Choice, city: City | None) -> Candidate:
        """Return what a brief says of a chosen practice."""
        practice, fit = choice.practice, choice.fit
        adoptions = self.catalogue.adoptions_by_practice.get(practice.id, ())
        title, solution = self._told(practice)
        rows = [
            self._row("solution", message("What it is"), [solution]),
            self._row("results", message("Results"), self._results(practice, adoptions)),
            self._row("setbacks", message("What went wrong"), self._setbacks(practice, adoptions)),
            self._row("cost", message("Cost"), self._costs(practice, adoptions)),
            self._row("proven", message("How well proven"), self._proven(practice, adoptions)),
        ]
        if fit is not None and city is not None:
            said = FitWriter(self.catalogue, self.tongue, self.sources).write(practice, city, fit)
            rows.append(
                Row("fit", self.tell(phrase("For {city}", city=Term(city.label, city.id))), tuple(said))
            )
        return Candidate(
            number=choice.number,
            slug=practice.slug,
            title=title,
            where=self.place(practice.origin),
            outcomes=self._outcomes(adoptions),
            proven=self._level(practice),
            cost=self._cost_in_short(practice, adoptions),
            verdict=verdict_mark(fit.verdict, self.tongue) if fit is not None else None,
            rows=tuple(row for row in rows if row.statements),
        )

    def place(self, iri: str) -> str:
        """Return the name of a place with its country."""
        place = self.catalogue.place(iri)
        if place is None:
            return ""
        return self.tell(
            phrase(
                "{place}, {country}",
                place=Term(place.label, place.id),
                country=self.tongue.country(place.country_code),
            )
        )

    def figure(self, result: Result) -> str:
        """Return value, unit, year and the value before; empty when a result is only told in words."""
        if result.value is None:
            return ""
        value = self._amount(result.value, result.unit_text)
        before = (
            self._amount(result.baseline_value, result.unit_text)
            if result.baseline_value is not None
            else None
        )
        if before and result.ref_year:
            return self.tell(
                phrase("{value} ({year}; before: {before})", value=value, year=result.ref_year, before=before)
            )
        if before:
            return self.tell(phrase("{value} (before: {before})", value=value, before=before))
        return f"{value} ({result.ref_year})" if result.ref_year else value

    def measured(self, adoptions: Iterable[Adoption]) -> list[Result]:
        """Return the achieved results, the best proven first."""
        found = (self.catalogue.results[iri] for adoption in adoptions for iri in adoption.result)
        return sorted(
            (r for r in found if slug(r.result_kind) == "achieved"),
            key=lambda r: (-claim_level(r), r.value is None, r.id),
        )

    # -- rows -----------------------------------------------------------------------------------------

    def _told(self, practice: GoodPractice) -> tuple[Statement, Statement]:
        """Return title and solution: in the reader's language where a translation exists, else in that of the record."""
        notes, code = self.cite(practice), self.tongue.code
        local = self.catalogue.translation_of.get(practice.id)
        if local is not None and code in local.local_title:
            return (
                Statement(local.local_title[code], code, notes, by_machine=True),
                Statement(local.local_solution[code], code, notes, by_machine=True),
            )
        return self.quoted(practice.title, notes), self.quoted(practice.summary, notes)

    def _outcomes(self, adoptions: Sequence[Adoption]) -> tuple[Mark, ...]:
        places: dict[str, list[Term]] = {}
        for adoption in adoptions:
            place = self.catalogue.place(adoption.place)
            if place is not None:
                places.setdefault(slug(adoption.outcome), []).append(Term(place.label, place.id))
        if len(adoptions) < 2:
            return tuple(outcome_mark(name, self.tongue) for name in places) or (
                outcome_mark("unknown", self.tongue),
            )
        return tuple(outcome_mark(name, self.tongue, self._places(where)) for name, where in places.items())

    def _places(self, places: Sequence[Term]) -> str:
        shown, more = list(places[:_MAX_PLACES]), len(places) - _MAX_PLACES
        if more <= 0:
            return self.tell(Listing(shown))
        return self.tell(
            counted(
                "{places} and {n} more place", "{places} and {n} more places", more, places=Listing(shown)
            )
        )

    def _results(self, practice: GoodPractice, adoptions: Sequence[Adoption]) -> list[Statement]:
        found = self.measured(adoptions)[:_MAX_RESULTS]
        return [
            self.quoted(
                f"{r.metric}: {r.text}",
                self.sources.cite(r.supported_by or practice.citation),
                self.figure(r),
            )
            for r in found
        ] or [self.fixed(message("No measured result is recorded."))]

    def _setbacks(self, practice: GoodPractice, adoptions: Sequence[Adoption]) -> list[Statement]:
        failed = [a for a in adoptions if slug(a.outcome) in WARNING_OUTCOMES]
        if failed:
            said = [s for adoption in failed[:_MAX_SETBACKS] for s in self._setback(practice, adoption)]
            if (more := len(failed) - _MAX_SETBACKS) > 0:
                told = counted(
                    "{n} more place had no full success.", "{n} more places had no full success.", more
                )
                said.append(self.told(told, self.cite(practice)))
            return said
        obstacles = [(a, self.catalogue.obstacles[iri].text) for a in adoptions for iri in a.obstacle]
        return [
            self.quoted(ended(text), self.cite(practice, a), phrase("Obstacle:"))
            for a, text in obstacles[:_MAX_OBSTACLES]
        ] or [
            self.fixed(
                message("No failure and no obstacle is recorded. That does not mean that there was none.")
            )
        ]

    def _setback(self, practice: GoodPractice, adoption: Adoption) -> list[Statement]:
        notes = self.cite(practice, adoption)
        said = [self.told(self._what_happened(adoption), notes)]
        texts = [self.catalogue.obstacles[iri].text for iri in adoption.obstacle][:_MAX_OBSTACLES]
        said += [self.quoted(ended(text), notes, phrase("Obstacle:")) for text in texts]
        if adoption.remedy:
            said.append(self.quoted(adoption.remedy, notes, phrase("What would help:")))
        return said

    def _what_happened(self, adoption: Adoption) -> Phrase:
        place = self.catalogue.place(adoption.place)
        named = {
            "outcome": outcome_mark(slug(adoption.outcome), self.tongue).word,
            "place": Term(place.label, place.id) if place else "",
            "causes": Listing([self.term(iri) for iri in adoption.failure_cause]),
        }
        phase = self.term(adoption.failure_phase) if adoption.failure_phase else None
        if phase and adoption.failure_cause:
            return phrase("{outcome} in {place}. Phase: {phase}. Causes: {causes}.", phase=phase, **named)
        if adoption.failure_cause:
            return phrase("{outcome} in {place}. Causes: {causes}.", **named)
        if phase:
            return phrase("{outcome} in {place}. Phase: {phase}.", phase=phase, **named)
        return phrase("{outcome} in {place}.", **named)

    def _costs(self, practice: GoodPractice, adoptions: Sequence[Adoption]) -> list[Statement]:
        said = []
        several = sum(a.cost is not None or a.cost_note is not None for a in adoptions) > 1
        for adoption in adoptions:
            if adoption.cost is None and not adoption.cost_note:
                continue
            place = self.catalogue.place(adoption.place)
            lead = [self.tell(Term(place.label, place.id)) + ":"] if several and place is not None else []
            lead += [self._money(adoption)] if adoption.cost is not None else []
            said.append(
                self.quoted(adoption.cost_note or "", self._cost_notes(practice, adoption), " ".join(lead))
            )
        return said or [self.fixed(message("No cost is recorded."))]

    def _cost_in_short(self, practice: GoodPractice, adoptions: Sequence[Adoption]) -> Statement:
        for adoption in adoptions:
            if adoption.cost is not None:
                return self.told(self._money(adoption), self._cost_notes(practice, adoption))
            if adoption.cost_note and len(adoption.cost_note) <= _SHORT:
                return self.quoted(adoption.cost_note, self._cost_notes(practice, adoption))
            if adoption.cost_note:
                return self.fixed(message("see below"))
        return self.fixed(message("not recorded"))

    def _proven(self, practice: GoodPractice, adoptions: Sequence[Adoption]) -> list[Statement]:
        """Return the level, and what decided it: the best claim, the want of one, or results elsewhere."""
        proof, notes = self.evidence[practice.id], self.cite(practice)
        level = concept("evidence", f"level-{proof.level}")
        told = phrase("Evidence {level} of 5: {label}.", level=proof.level, label=self.term(level))
        best = next(iter(self.measured(adoptions)), None)
        if proof.level <= 1:
            return [self.told(told, notes), self.told(self.tongue.message(_UNMEASURED), notes)]
        if proof.level == 5 or best is None:
            return [self.told(told, notes), self.told(self.tongue.message(_REPLICATED), notes)]
        cited = self.sources.cite(best.supported_by or practice.citation)
        return [self.told(told, cited), self.quoted(ended(best.metric), cited, phrase("Decided by:"))]

    def _level(self, practice: GoodPractice) -> str:
        return self.tell(phrase("{level} of 5", level=self.evidence[practice.id].level))

    # -- words ----------------------------------------------------------------------------------------

    def _row(self, key: str, label: str, statements: Sequence[Statement]) -> Row:
        return Row(key, self.tongue.message(label), tuple(statements))

    def _amount(self, value: float, unit: str | None) -> str:
        if unit in ("%", "percent"):
            return self.tongue.percent(value / 100, 0 if float(value).is_integer() else 1)
        return f"{self.tongue.number(value)} {unit}" if unit else self.tongue.number(value)

    def _money(self, adoption: Adoption) -> str:
        return self._amount(adoption.cost or 0.0, adoption.currency)

    def _cost_notes(self, practice: GoodPractice, adoption: Adoption) -> tuple[int, ...]:
        return self.sources.cite_about(
            adoption.citation or practice.citation, "cost", "fund", "price", "budget", "invest", "figures"
        )
