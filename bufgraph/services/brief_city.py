"""What a brief says of the asking city: the facts that the verdicts rest on, and what the city says of itself."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bufgraph.briefs.brief import Statement
from bufgraph.localisation.phrases import Listing, Phrase, Term, phrase
from bufgraph.matching.transfer import Check, FitVerdict, answer_key
from bufgraph.model import City
from bufgraph.namespaces import slug
from bufgraph.services.brief_writing import RECORDS_SPEAK, BriefWriter


@dataclass(frozen=True)
class CityWriter(BriefWriter):
    """Writes what is known of a city.

    Attributes:
        answers: What the city says of itself, by :func:`bufgraph.matching.transfer.answer_key`.
    """

    answers: Mapping[str, bool]

    def facts(self, city: City, fits: Iterable[FitVerdict]) -> tuple[Statement, ...]:
        """Return size and country, and one statement for each factor that a verdict rests on."""
        said = []
        if city.population is not None:
            told = phrase(
                "{city}, {country}: {n:,} residents",
                city=Term(city.label, city.id), country=self.tongue.country(city.country_code), n=city.population,
            )  # fmt: skip
            said.append(self.told(told, self.sources.population(city)))
        by_key = {answer_key(check.condition): check for fit in fits for check in fit.checks if check.facts}
        said += [self._fact(key, check) for key, check in by_key.items() if key != "population"]
        return tuple(said)

    def _fact(self, key: str, check: Check) -> Statement:
        about = self._about(check)
        if key in self.answers:
            if self.answers[key]:
                told = phrase("{about}: yes (your answer)", about=about)
            else:
                told = phrase("{about}: no (your answer)", about=about)
            return Statement(self.tongue.tell(told), self.tongue.code, origin="user")
        text = self.tongue.tell(Listing(list(check.facts), "semicolon"))
        code = self.tongue.code if all(isinstance(fact, Phrase) for fact in check.facts) else RECORDS_SPEAK
        return Statement(
            text, code, self.sources.basis(check.basis), self.tongue.tell(phrase("{about}:", about=about))
        )

    def _about(self, check: Check) -> str:
        """Return the factor; the condition itself where the factor is only "another condition"."""
        factor = check.condition.factor
        if slug(factor) == "other":
            return check.condition.text.rstrip(".")
        return self.tongue.tell(Term(self.catalogue.concept_label(factor), factor))
