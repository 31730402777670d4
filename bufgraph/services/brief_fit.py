"""What a brief says on whether a solution would work in the asking city."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from bufgraph.briefs.brief import Statement
from bufgraph.briefs.words import outcome_mark, verdict_mark
from bufgraph.localisation.phrases import Phrase, counted, message, phrase
from bufgraph.matching.transfer import Check, FitVerdict
from bufgraph.model import City, GoodPractice
from bufgraph.namespaces import slug
from bufgraph.services.brief_writing import BriefWriter, Notes

_CHECKED: Final[Mapping[tuple[bool, bool], str]] = {
    (True, False): message("✓ Holds:"),
    (True, True): message("✓ Holds (your answer):"),
    (False, False): message("✗ Does not hold:"),
    (False, True): message("✗ Does not hold (your answer):"),
}
"""Before a condition, by whether it holds and whether the city said so itself."""
_VERDICTS: Final[Mapping[str, str]] = {
    "fits": message("Every recorded condition holds."),
    "fits-with-changes": message("It can work, at worst with changes."),
    "blocked": message("It cannot work as things are."),
    "unknown": message("It depends on what we do not know yet."),
}


@dataclass(frozen=True)
class FitWriter(BriefWriter):
    """Writes verdicts, with the conditions behind them."""

    def write(self, practice: GoodPractice, city: City, fit: FitVerdict) -> list[Statement]:
        """Return the verdict in words, what is known to hold or not, and how much is open."""
        notes = self.cite(practice)
        if not fit.checks:
            return [self.fixed(message("No condition for a transfer is recorded."))]
        mark = verdict_mark(fit.verdict, self.tongue)
        said = [self.told(self.tongue.message(_VERDICTS[fit.verdict]), notes, f"{mark.text}.")]
        for adoption in fit.tried_here:
            word = outcome_mark(slug(adoption.outcome), self.tongue).word
            told = phrase("The city has tried it itself: {outcome}.", outcome=word)
            said.append(self.told(told, self.cite(practice, adoption)))
        for check in fit.checks:
            if check.status in ("met", "unmet"):
                said += self._checked(check, city, notes)
        if open_ := [c for c in fit.checks if c.status in ("unknown", "contradicted")]:
            told = self._not_known(len(open_), sum(c.condition.is_essential for c in open_))
            said.append(self.told(told, notes, "?"))
        return said

    def _not_known(self, n: int, essential: int) -> Phrase:
        if not essential:
            return counted(
                "{n} condition is not known; it is not essential. See the open questions.",
                "{n} conditions are not known; none is essential. See the open questions.",
                n,
            )
        return counted(
            "{n} condition is not known; essential: {essential}. See the open questions.",
            "{n} conditions are not known; essential: {essential}. See the open questions.",
            n, essential=essential,
        )  # fmt: skip

    def _checked(self, check: Check, city: City, notes: Notes) -> list[Statement]:
        answered = city.id in check.basis and not check.condition.factor.endswith("/population")
        found = notes if answered else tuple(sorted({*notes, *self.sources.basis(check.basis)}))
        told = _CHECKED[check.status == "met", answered]
        said = [self.quoted(check.condition.text, found, self.tongue.message(told))]
        if check.status == "unmet" and check.condition.change:
            said.append(self.quoted(check.condition.change, notes, phrase("What to change:")))
        return said
