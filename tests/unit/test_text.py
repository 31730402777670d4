import pytest

from bufgraph.model import Concept
from bufgraph.text.normalise import character_grams, fold, index_terms, words
from bufgraph.text.passages import passages
from bufgraph.text.thesaurus import Thesaurus
from builders import small_catalogue


def test_words_are_lower_case_and_without_punctuation() -> None:
    assert words("Snow, ice & 2-in-1 slush!") == ["snow", "ice", "2", "in", "1", "slush"]


def test_inflected_words_meet_in_one_index_term() -> None:
    assert index_terms("cleared pavements") == index_terms("clearing the pavement")


@pytest.mark.parametrize(
    ("text", "plain"), [("Klaipėda", "klaipeda"), ("Ærø", "aero"), ("Łódź", "lodz"), ("Gießen", "giessen")]
)
def test_folding_drops_diacritics_and_case(text: str, plain: str) -> None:
    assert fold(text) == plain


def test_character_grams_keep_short_words_whole() -> None:
    assert character_grams("jää") == ["_jaa", "jaa_"]
    assert character_grams("a") == ["_a_"]


def _concept(name: str, **labels: str) -> Concept:
    return Concept(f"urn:{name}", {"en": name, **labels}, "urn:scheme")


def test_a_label_is_found_in_its_own_language_inflected_and_without_diacritics() -> None:
    thesaurus = Thesaurus(
        [
            _concept("snow clearing", fi="Lumi ja jää jalkakäytävillä"),
            _concept("wood smoke", fi="Puun pienpoltto"),
        ]
    )
    found = thesaurus.match("lumi ja jaa meidan jalkakaytavilla on ongelma")
    assert [match.concept for match in found] == ["urn:snow clearing"]
    assert found[0].lang == "fi"
    assert found[0].coverage == pytest.approx(1.0)


def test_a_text_about_something_else_matches_no_label() -> None:
    assert Thesaurus([_concept("snow clearing")]).match("the library opens at nine") == []


def test_a_practice_yields_problem_and_solution_apart() -> None:
    found = {(p.record.rsplit("/", 1)[-1], p.field): p for p in passages(small_catalogue())}
    assert found["gritting", "problem"].text == "Pavements are icy and older people fall in winter."
    assert "Step by step." in found["gritting", "solution"].text
    assert (
        found["robots", "lessons"].text
        == "Batteries froze. Minus 30 degrees. Wait for a robot that survives frost."
    )
    assert ("rain-gardens", "results") not in found


def test_an_index_text_carries_title_and_concept_words_but_the_shown_text_does_not() -> None:
    passage = next(
        p
        for p in passages(small_catalogue())
        if p.record.endswith("practice/gritting") and p.field == "problem"
    )
    assert passage.index_text.startswith("Gritting guided by sensors.")
    assert "Snow and ice" in passage.index_text
    assert "Snow and ice" not in passage.text


def test_a_city_is_found_by_all_its_names() -> None:
    turku = next(p for p in passages(small_catalogue()) if p.record.endswith("city/fi-turku"))
    assert "Åbo" in turku.keywords
