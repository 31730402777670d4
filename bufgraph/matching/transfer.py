"""Would a practice work here? Transfer conditions of the practice against what is known of the city.

Verdict of a pair, from the checks of its conditions:

- ``blocked``: an essential condition does not hold.
- ``unknown``: an essential condition cannot be checked, or no condition at all could be.
- ``fits-with-changes``: the essential ones hold; another does not, or is not known: at worst the named changes are due.
- ``fits``: every condition holds.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from bufgraph.errors import InvalidInputError
from bufgraph.localisation.phrases import Phrase, counted, phrase
from bufgraph.model import Adoption, Catalogue, City, CityFeature, GoodPractice, TransferCondition
from bufgraph.model.terms import country_term, place_term
from bufgraph.namespaces import slug

Verdict = Literal["fits", "fits-with-changes", "blocked", "unknown"]
Status = Literal["met", "unmet", "unknown", "contradicted"]

VERDICT_SCORE: Final[Mapping[Verdict, float]] = {
    "fits": 1.0, "fits-with-changes": 0.7, "unknown": 0.5, "blocked": 0.0,
}  # fmt: skip
"""What a verdict adds to the fit of a solution; 0.5 is neutral."""
NATIONAL: Final = frozenset({
    "legal-mandate", "national-programme", "national-digital-identity", "national-registers",
})  # fmt: skip
"""Factors that hold for a whole country: met where a place of the same country ran the practice."""
OF_THE_PRACTICE: Final = frozenset({
    "external-funding", "legal-mandate", "national-programme", "other", "willing-investor-or-operator",
})  # fmt: skip
"""Factors that mean something else with every practice: a city answers them condition by condition."""
_RAN: Final = frozenset({"success", "mixed", "too-early", "stopped"})
"""Outcomes of a practice that was in operation."""


@dataclass(frozen=True, slots=True)
class Check:
    """One condition against one city.

    Attributes:
        facts: The city's value and how it is known, as sentences; both sides when sources contradict each other.
        basis: IRIs of the records and documents that the facts come from.
        find_out: What to find out next, when it is not known.
    """

    condition: TransferCondition
    status: Status
    facts: tuple[str, ...] = ()
    basis: tuple[str, ...] = ()
    find_out: str | None = None


@dataclass(frozen=True, slots=True)
class FitVerdict:
    """Whether a practice would work in a city.

    Attributes:
        checks: One a condition, essential ones first.
        tried_here: The city's own adoptions of the practice.
        reason: The verdict in one sentence.
    """

    practice: str
    city: str
    verdict: Verdict
    reason: str
    checks: tuple[Check, ...]
    tried_here: tuple[Adoption, ...]

    @property
    def changes(self) -> tuple[str, ...]:
        """What the city would change, for the conditions that do not hold."""
        return tuple(c.condition.change for c in self.checks if c.status == "unmet" and c.condition.change)

    @property
    def to_find_out(self) -> tuple[str, ...]:
        """What to find out next, essential conditions first."""
        return tuple(c.find_out for c in self.checks if c.find_out)


def checked_answers(answers: Mapping[str, bool], catalogue: Catalogue) -> Mapping[str, bool]:
    """Return a city's own answers, by :func:`answer_key`.

    Raises:
        InvalidInputError: Neither a factor of the scheme ``context`` that is the same for every practice nor a condition.
    """
    if not answers:
        return answers
    known = {slug(iri) for iri in catalogue.concepts if "/context/" in iri} - OF_THE_PRACTICE
    conditions = {slug(iri) for iri in catalogue.conditions}
    for name in answers:
        if name in OF_THE_PRACTICE:
            raise InvalidInputError(
                f"'{name}' means something else with every practice; answer by the condition, such as 'my-practice-02'",
                field="fact",
            )
        if name not in known | conditions:
            raise InvalidInputError(
                f"unknown context factor '{name}'; see the concept scheme 'context'",
                field="fact",
                known=sorted(known),
            )
    return answers


def answer_key(condition: TransferCondition) -> str:
    """Return what a city answers a condition by: the slug of its factor, or of the condition where the factor says too little."""
    factor = slug(condition.factor)
    return condition.slug if factor in OF_THE_PRACTICE else factor


def judge(
    practice: GoodPractice, city: City, catalogue: Catalogue, *, answers: Mapping[str, bool] | None = None
) -> FitVerdict:
    """Return whether a practice would work in a city, with the field behind each word.

    Args:
        answers: What the city says of itself, by :func:`answer_key`; it outweighs what is recorded.
    """
    adoptions = catalogue.adoptions_by_practice.get(practice.id, ())
    features: dict[str, list[CityFeature]] = {}
    for feature in catalogue.features_by_city.get(city.id, ()):
        features.setdefault(feature.factor, []).append(feature)
    checks = tuple(
        _check(condition, city, catalogue, features.get(condition.factor, ()), adoptions, answers or {})
        for condition in catalogue.conditions_by_practice.get(practice.id, ())
    )
    verdict, reason = _verdict(checks, city)
    here = tuple(a for a in catalogue.adoptions_by_place.get(city.id, ()) if a.practice == practice.id)
    return FitVerdict(practice.id, city.id, verdict, reason, checks, here)


def _verdict(checks: tuple[Check, ...], city: City) -> tuple[Verdict, str]:
    if not checks:
        return "unknown", phrase("No condition for a transfer is recorded.")
    here = place_term(city)
    essential = [c for c in checks if c.condition.is_essential]
    if lacking := [c for c in essential if c.status == "unmet"]:
        return "blocked", phrase(
            "It cannot work in {city} as it is: {conditions}", city=here, conditions=_told(lacking)
        )
    if open_ := [c for c in essential if c.status != "met"]:
        return "unknown", phrase(
            "It depends on what we do not know of {city}: {conditions}", city=here, conditions=_told(open_)
        )
    if all(c.status in ("unknown", "contradicted") for c in checks):
        return "unknown", phrase(
            "None of its conditions could be checked for {city}: {conditions}",
            city=here,
            conditions=_told(checks),
        )
    if other := [c for c in checks if c.status != "met"]:
        due = [c for c in other if c.status == "unmet"]
        return "fits-with-changes", _with_changes(due, other)
    return "fits", phrase(
        "Every recorded condition holds in {city}: {conditions}", city=here, conditions=_told(checks)
    )


def _with_changes(due: Sequence[Check], other: Sequence[Check]) -> Phrase:
    if due:
        return phrase(
            "It can work with changes, for not all of this is known to hold: {conditions}",
            conditions=_told(due),
        )
    return phrase(
        "It can work, at worst with changes, for not all of this is known to hold: {conditions}",
        conditions=_told(other),
    )


def _told(checks: Iterable[Check]) -> str:
    return " ".join(check.condition.text for check in checks)


def _check(
    condition: TransferCondition,
    city: City,
    catalogue: Catalogue,
    features: Iterable[CityFeature],
    adoptions: Iterable[Adoption],
    answers: Mapping[str, bool],
) -> Check:
    factor, key = slug(condition.factor), answer_key(condition)
    if key in answers:
        here = place_term(city)
        status: Status
        if answers[key]:
            status, said = "met", phrase("{city} says that it is so", city=here)
        else:
            status, said = "unmet", phrase("{city} says that it is not so", city=here)
        return Check(condition, status, (said,), (city.id,))
    if factor == "population":
        return _population(condition, city)
    if factor in NATIONAL and (ran := _ran_in_country(condition, city, catalogue, adoptions)) is not None:
        return ran
    for_, against = [f for f in features if f.holds], [f for f in features if not f.holds]
    facts = tuple(f.text for f in (*for_, *against))
    basis = tuple(iri for f in (*for_, *against) for iri in (*f.derived_from, *f.source))
    if for_ and against:
        return Check(condition, "contradicted", facts, basis, _ask(condition, city))
    if facts:
        return Check(condition, "met" if for_ else "unmet", facts, basis)
    return Check(condition, "unknown", find_out=_ask(condition, city))


def _population(condition: TransferCondition, city: City) -> Check:
    if city.population is None:
        return Check(
            condition,
            "unknown",
            find_out=phrase("How many residents does {city} have?", city=place_term(city)),
        )
    low, high = condition.at_least, condition.at_most
    met = (low is None or city.population >= low) and (high is None or city.population <= high)
    fact = counted(
        "{city} has {n:,} resident", "{city} has {n:,} residents", city.population, city=place_term(city)
    )
    return Check(condition, "met" if met else "unmet", (fact,), (city.id, *city.source))


def _ran_in_country(
    condition: TransferCondition, city: City, catalogue: Catalogue, adoptions: Iterable[Adoption]
) -> Check | None:
    for adoption in adoptions:
        place = catalogue.place(adoption.place)
        same = place is not None and city.country_code in place.country_code.split("|")
        if place is not None and same and slug(adoption.outcome) in _RAN:
            fact = phrase(
                "{place} ran it in the same country ({country})",
                place=place_term(place),
                country=country_term(city.country_code),
            )
            return Check(condition, "met", (fact,), (adoption.id,))
    return None


def _ask(condition: TransferCondition, city: City) -> str:
    national = slug(condition.factor) in NATIONAL
    return phrase(
        "Find out whether this holds in {place}: {condition}",
        place=country_term(city.country_code) if national else place_term(city),
        condition=condition.text,
    )
