"""Would a practice work here: conditions against what is known of a city."""

from typing import Any

import pytest

from bufgraph.errors import InvalidInputError
from bufgraph.matching.transfer import checked_answers, judge
from bufgraph.model import Catalogue
from bufgraph.namespaces import slug
from builders import adoption, condition, participation, small_catalogue, small_datasets


def world(*conditions: dict[str, Any]) -> Catalogue:
    return small_catalogue({**small_datasets(), "conditions": list(conditions)})


def verdict(catalogue: Catalogue, practice: str, city: str, **options: Any) -> Any:
    return judge(catalogue.practice(practice), catalogue.city(city), catalogue, **options)


def test_every_condition_that_holds_gives_fits_with_the_citys_value_and_its_basis() -> None:
    catalogue = world(condition("rain-gardens", "coastal"))
    found = verdict(catalogue, "rain-gardens", "fi-oulu")
    assert found.verdict == "fits"
    assert found.checks[0].facts == ("Oulu is on the coast",)
    assert [slug(iri) for iri in found.checks[0].basis] == ["fi-oulu"]
    assert found.to_find_out == ()


def test_an_essential_condition_that_does_not_hold_blocks() -> None:
    found = verdict(world(condition("rain-gardens", "coastal")), "rain-gardens", "lv-cesis")
    assert (found.verdict, found.checks[0].facts) == ("blocked", ("Cēsis is inland",))
    assert found.reason == "It cannot work in Cēsis as it is: The city has coastal."


def test_an_essential_condition_of_which_nothing_is_known_asks_what_to_find_out() -> None:
    found = verdict(world(condition("rain-gardens", "combined-sewers")), "rain-gardens", "lv-cesis")
    assert found.verdict == "unknown"
    assert found.to_find_out == ("Find out whether this holds in Cēsis: The city has combined-sewers.",)


def test_without_an_adaptable_condition_it_works_with_the_named_change() -> None:
    catalogue = world(condition("gritting", "dark-winter"), condition("gritting", "port", essential=False))
    found = verdict(catalogue, "gritting", "lv-cesis")
    assert (found.verdict, found.changes) == ("fits-with-changes", ("Do without port.",))
    assert [c.condition.is_essential for c in found.checks] == [True, False]


def test_bounds_on_the_population_are_inclusive() -> None:
    small = condition("gritting", "population", essential=False, at_most=14_000)
    assert verdict(world(small), "gritting", "lv-cesis").verdict == "fits"
    assert verdict(world({**small, "at_most": 13_999}), "gritting", "lv-cesis").checks[0].status == "unmet"
    assert (
        verdict(world({**small, "at_least": 14_000, "at_most": 20_000}), "gritting", "lv-cesis").verdict
        == "fits"
    )


def test_a_city_without_population_is_asked_for_it() -> None:
    data = {**small_datasets(), "conditions": [condition("gritting", "population", at_least=5_000)]}
    del data["cities"][2]["population"]
    found = verdict(small_catalogue(data), "gritting", "lv-cesis")
    assert (found.verdict, found.to_find_out) == ("unknown", ("How many residents does Cēsis have?",))


def test_law_and_programmes_hold_where_the_same_country_ran_the_practice() -> None:
    catalogue = world(condition("gritting", "legal-mandate"))
    assert verdict(catalogue, "gritting", "fi-oulu").checks[0].facts == (
        "Turku ran it in the same country (Finland)",
    )
    assert (
        verdict(catalogue, "gritting", "lv-cesis")
        .to_find_out[0]
        .startswith("Find out whether this holds in Latvia")
    )


def test_a_city_has_what_its_own_practices_cannot_work_without_unless_they_failed() -> None:
    data = small_datasets()
    data["conditions"] = [condition("rain-gardens", "tram-or-metro"), condition("robots", "airport"), condition("gritting", "tram-or-metro"),
                          condition("gritting", "airport", essential=False)]  # fmt: skip
    catalogue = small_catalogue(data)
    facts = verdict(catalogue, "gritting", "fi-turku").checks[0].facts
    assert any(fact.endswith("Rain gardens in the old town") for fact in facts)
    by_factor = {slug(c.condition.factor): c.status for c in verdict(catalogue, "gritting", "fi-oulu").checks}
    assert by_factor == {"tram-or-metro": "unknown", "airport": "unknown"}


def test_a_need_and_a_partner_tell_of_a_city() -> None:
    data = small_datasets()
    data["adoptions"][0]["participation"].append(
        participation("gritting-02", "bgd:org/winter-lab", "research")
    )
    data["conditions"] = [condition("robots", "snowy-winter"), condition("robots", "research-partner")]
    checks = verdict(small_catalogue(data), "robots", "ee-tartu").checks
    told = {slug(c.condition.factor): c.facts for c in checks}
    assert told["research-partner"] == ("Winter Lab took part in a practice in Tartu",)
    assert told["snowy-winter"][0].startswith("Tartu works on:")


def test_facts_that_contradict_each_other_leave_the_question_open_and_show_both() -> None:
    data = small_datasets()
    data["cities"][0]["is_coastal"] = False
    data["adoptions"].append(adoption("rain-gardens", "ee-tartu", "success", suffix="--ee-tartu"))
    data["conditions"] = [condition("rain-gardens", "coastal"), condition("robots", "coastal")]
    check = verdict(small_catalogue(data), "robots", "ee-tartu").checks[0]
    assert check.status == "contradicted"
    assert len(check.facts) == 2
    assert verdict(small_catalogue(data), "robots", "ee-tartu").verdict == "unknown"


def test_what_the_city_says_of_itself_outweighs_what_is_recorded() -> None:
    catalogue = world(condition("rain-gardens", "combined-sewers"))
    assert verdict(catalogue, "rain-gardens", "lv-cesis", answers={"combined-sewers": True}).verdict == "fits"
    assert (
        verdict(catalogue, "rain-gardens", "lv-cesis", answers={"combined-sewers": False}).verdict
        == "blocked"
    )
    with pytest.raises(InvalidInputError, match="unknown context factor 'volcano'"):
        checked_answers({"volcano": True}, catalogue)


def test_a_practice_without_conditions_is_unknown_and_says_so() -> None:
    found = verdict(world(), "gritting", "lv-cesis")
    assert (found.verdict, found.reason) == ("unknown", "No condition for a transfer is recorded.")


def test_the_citys_own_attempt_is_shown() -> None:
    found = verdict(world(condition("robots", "coastal")), "robots", "fi-oulu")
    assert [slug(a.outcome) for a in found.tried_here] == ["failed"]


def test_what_a_source_says_of_a_country_holds_for_its_cities() -> None:
    data = small_datasets()
    data["countries"] = [{
        "id": "bgd:country-feature/lv--national-digital-identity", "type": "CountryFeature", "country_code": "LV",
        "factor": "bgs:context/national-digital-identity", "holds": True, "text": "Residents hold an electronic identity.",
        "source": ["bgd:source/report"],
    }]  # fmt: skip
    data["conditions"] = [condition("robots", "national-digital-identity")]
    catalogue = small_catalogue(data)
    check = verdict(catalogue, "robots", "lv-cesis").checks[0]
    assert (check.status, check.facts) == ("met", ("in LV: Residents hold an electronic identity.",))
    assert "report" in {slug(iri) for iri in check.basis}
    assert verdict(catalogue, "robots", "ee-tartu").checks[0].status == "unknown"


def test_what_means_something_else_with_every_practice_is_answered_by_its_condition() -> None:
    catalogue = world(condition("gritting", "legal-mandate"), condition("robots", "legal-mandate"))
    said = checked_answers({"gritting--legal-mandate": False}, catalogue)
    assert verdict(catalogue, "gritting", "lv-cesis", answers=said).verdict == "blocked"
    assert verdict(catalogue, "robots", "lv-cesis", answers=said).verdict == "unknown"
    with pytest.raises(InvalidInputError, match="answer by the condition"):
        checked_answers({"legal-mandate": True}, catalogue)
