"""Sentences that remember how they were made, and the languages that tell them."""

import copy
import pickle
from collections.abc import Mapping
from dataclasses import replace
from io import BytesIO
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations

from bufgraph.errors import NotFoundError
from bufgraph.localisation.phrases import Joiner, Listing, Phrase, Term, counted, message, phrase
from bufgraph.localisation.tongue import INTERFACE_LANGUAGES, LOCALES, Tongue
from bufgraph.localisation.words import OUTCOMES
from bufgraph.matching.evidence import assess_all
from bufgraph.matching.transfer import judge
from bufgraph.model import Catalogue
from bufgraph.model.terms import concept_term, country_term, place_names, place_term
from bufgraph.namespaces import concept
from bufgraph.services.presentation import Presenter
from bufgraph.services.speaking import tongue_of
from bufgraph.services.wording import CITY_SIZES
from bufgraph.text.language import LANGUAGES
from builders import small_catalogue

SNOW = concept("challenge", "snow-and-ice-clearing")
NARROW = "\u202f"
WIDE = "\u00a0"


def speaking(
    code: str,
    entries: Mapping[str | tuple[str, str], str | tuple[str, ...]],
    names: Mapping[str, str] | None = None,
) -> Tongue:
    """Return a language that knows a few texts and names."""
    known = Catalog(locale=code)
    for key, text in entries.items():
        known.add(key, text)
    compiled = BytesIO()
    write_mo(compiled, known)
    compiled.seek(0)
    tongue = Tongue(code, lambda iri, lang: (names or {}).get(iri) if lang == code else None)
    tongue.messages = Translations(compiled)
    return tongue


def plain(text: str) -> str:
    """Return a text with ordinary spaces: which narrow space stands in a number is up to the CLDR."""
    return text.replace(NARROW, " ").replace(WIDE, " ")


# -- English ------------------------------------------------------------------------------------------------


def test_a_phrase_is_its_english_text() -> None:
    told = phrase("{city} lies {km:,.0f} km away", city="Turku", km=1234.4)
    assert told == "Turku lies 1,234 km away"
    assert isinstance(told, str)
    assert (told.template, told.values) == ("{city} lies {km:,.0f} km away", {"city": "Turku", "km": 1234.4})


@pytest.mark.parametrize(("n", "text"), [(0, "0 cities"), (1, "1 city"), (2, "2 cities")])
def test_what_counts_chooses_its_form(n: int, text: str) -> None:
    assert counted("{n} city", "{n} cities", n) == text


@pytest.mark.parametrize(
    ("values", "joiner", "text"),
    [
        ((), "and", ""),
        (("a",), "and", "a"),
        (("a", "b"), "and", "a and b"),
        (("a", "b", "c"), "and", "a, b and c"),
        (("a", "b", "c"), "or", "a, b or c"),
        (("a", "b"), "comma", "a, b"),
        (("a", "b"), "semicolon", "a; b"),
    ],
)
def test_a_list_is_joined_as_english_joins_it(values: tuple[str, ...], joiner: Joiner, text: str) -> None:
    assert Listing(values, joiner) == text
    assert Tongue("en").tell(Listing(values, joiner)) == text


def test_english_tells_a_phrase_as_it_stands_and_as_a_plain_text() -> None:
    told = Tongue("en").tell(phrase("{place} ({country})", place="Turku", country=country_term("FI")))
    assert told == "Turku (Finland)"
    assert type(told) is str


# -- other languages ----------------------------------------------------------------------------------------


def test_the_template_is_translated_and_the_values_are_filled_in() -> None:
    tongue = speaking("de", {"{city} has tried it itself": "{city} hat es selbst versucht"})
    assert tongue.tell(phrase("{city} has tried it itself", city="Kiel")) == "Kiel hat es selbst versucht"


def test_phrases_and_lists_within_phrases_are_told_too() -> None:
    tongue = speaking(
        "de",
        {"true of all: {facts}": "gilt für alle: {facts}", "on the coast": "an der Küste", "cold": "kalt"},
    )
    told = phrase("true of all: {facts}", facts=Listing([phrase("on the coast"), phrase("cold")], "and"))
    assert told == "true of all: on the coast and cold"
    assert tongue.tell(told) == "gilt für alle: an der Küste und kalt"


@pytest.mark.parametrize(
    ("n", "text"),
    [(1, "1 miasto"), (3, "3 miasta"), (5, "5 miast"), (21, "21 miast"), (22, "22 miasta")],
)
def test_plurals_follow_the_rule_of_the_language(n: int, text: str) -> None:
    tongue = speaking("pl", {("{n} city", "{n} cities"): ("{n} miasto", "{n} miasta", "{n} miast")})
    assert tongue.tell(counted("{n} city", "{n} cities", n)) == text


def test_latvian_counts_twenty_one_as_one_where_english_does_not() -> None:
    tongue = speaking("lv", {("{n} city", "{n} cities"): ("{n} pilsēta", "{n} pilsētas", "{n} pilsētu")})
    assert tongue.tell(counted("{n} city", "{n} cities", 21)) == "21 pilsēta"


@pytest.mark.parametrize(
    ("code", "template", "value", "text"),
    [
        ("de", "{x:,}", 18500000, "18.500.000"),
        ("lv", "{x:,}", 18500000, "18 500 000"),
        ("fi", "{x:.0%}", 0.42, "42 %"),
        ("de", "{x:,.1f}", 1234.56, "1.234,6"),
        ("de", "{x:.2f}", 1234.5, "1234,50"),
        ("sv", "{x:+.1f}", 0.44, "+0,4"),
        ("sv", "{x:+.1f}", -0.44, "−0,4"),
        ("de", "{x:,}", 12.35, "12,35"),
        ("fi", "{x:g}", 0.5, "0,5"),
        ("fi", "{x}", 2014, "2014"),
        ("pl", "{x:d}", 2014, "2014"),
    ],
)
def test_numbers_are_written_as_the_language_writes_them(
    code: str, template: str, value: float, text: str
) -> None:
    assert plain(Tongue(code).tell(Phrase(template, {"x": value}))) == text


def test_a_text_without_translation_is_told_in_english() -> None:
    tongue = speaking("et", {})
    assert tongue.tell(phrase("nobody has translated {this}", this="this")) == "nobody has translated this"
    assert tongue.message(message("nor this")) == "nor this"
    assert tongue.message("") == ""
    assert tongue.tell(counted("{n} thing", "{n} things", 2)) == "2 things"


def test_a_language_without_a_catalogue_speaks_english_but_writes_its_own_numbers() -> None:
    assert plain(Tongue("cs").tell(phrase("{n:,} residents", n=1234))) == "1 234 residents"


# -- terms --------------------------------------------------------------------------------------------------


def test_a_term_is_told_by_its_name_in_the_language_else_in_english() -> None:
    tongue = speaking("fi", {}, {"https://example.org/snow": "Lumi ja jää"})
    assert tongue.tell(Term("Snow and ice", "https://example.org/snow")) == "Lumi ja jää"
    assert tongue.tell(Term("Rain", "https://example.org/rain")) == "Rain"


@pytest.mark.parametrize(
    ("code", "name", "text"),
    [
        ("fi", "Lumi ja jää", "lumi ja jää"),
        ("de", "Schnee und Eis", "Schnee und Eis"),
        ("fi", "EU-rahoitus", "EU-rahoitus"),
    ],
)
def test_inside_a_sentence_names_are_small_but_in_german_and_for_abbreviations(
    code: str, name: str, text: str
) -> None:
    tongue = speaking(code, {}, {"https://example.org/snow": name})
    assert tongue.tell(Term("snow and ice", "https://example.org/snow", in_sentence=True)) == text


@pytest.mark.parametrize(("code", "text"), [("en", "Estonia"), ("lv", "Igaunija"), ("de", "Estland")])
def test_countries_are_named_in_every_language(code: str, text: str) -> None:
    assert country_term("EE") == "Estonia"
    assert Tongue(code).tell(country_term("EE")) == text
    assert Tongue(code).country("EE") == text


def test_a_concept_and_a_place_know_what_they_stand_for() -> None:
    catalogue = small_catalogue()
    here = place_term(catalogue.city("fi-turku"))
    assert (here, here.key) == ("Turku", catalogue.city("fi-turku").id)
    need = concept_term(catalogue, SNOW, in_sentence=True)
    assert (need, need.key, need.in_sentence) == ("snow and ice on streets and pavements", SNOW, True)
    assert place_names(catalogue, [here.key, "https://example.org/lost"]) == "Turku and lost"


@pytest.mark.parametrize(
    "value",
    [
        Term("Snow", "https://example.org/snow", in_sentence=True),
        Listing(["a", phrase("b")], "and"),
        phrase("{a} {n:,}", a=Term("EE", "EE"), n=1234),
        counted("{n} city", "{n} cities", 3),
    ],
)
def test_copies_and_pickles_keep_all_that_is_needed_to_translate(value: str) -> None:
    for twin in (pickle.loads(pickle.dumps(value)), copy.copy(value), copy.deepcopy(value)):
        assert (twin, type(twin)) == (value, type(value))
        for name in type(value).__slots__:
            assert getattr(twin, name) == getattr(value, name)


# -- names of languages, dates ------------------------------------------------------------------------------


def test_languages_are_named_and_bokmaal_is_norwegian() -> None:
    assert Tongue("en").language("nb") == "Norwegian"
    assert Tongue("nb").language("nb") == "Norsk"
    assert Tongue("fi").language("lv") == "Latvia"
    assert Tongue("fi").language("lv", in_sentence=True) == "latvia"


@pytest.mark.parametrize("code", [code for code in LANGUAGES if code != "en"])
def test_every_language_of_an_answer_has_a_catalogue_with_the_same_placeholders(code: str) -> None:
    with (LOCALES / f"{code}.po").open("rb") as file:
        known = read_po(file, locale=code)
    for entry in known:
        if not entry.id or isinstance(entry.id, tuple) or not entry.string or "%(" in str(entry.id):
            continue
        assert _placeholders(str(entry.string)) == _placeholders(str(entry.id)), entry.id
    for text in (
        *(str(words) for _, words in OUTCOMES.values()),
        *CITY_SIZES.values(),
        "Language: {language}",
        "words found: {words}",
    ):
        assert known[text].string, text


def _placeholders(text: str) -> set[tuple[str, str]]:
    return {(name, form or "") for _, name, form, _ in Formatter().parse(text) if name}


def test_every_interface_language_is_one_of_the_texts() -> None:
    assert set(INTERFACE_LANGUAGES) <= set(LANGUAGES)


# -- services -----------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """The small catalogue with Turku and snow named in Swedish."""
    small = small_catalogue()
    turku = small.city("fi-turku")
    snow = small.concepts[SNOW]
    return replace(
        small,
        cities={**small.cities, turku.id: replace(turku, pref_label={"en": "Turku", "sv": "Åbo"})},
        concepts={**small.concepts, SNOW: replace(snow, pref_label={**snow.pref_label, "sv": "Snö och is"})},
    )


def test_a_presenter_names_things_in_its_language_and_records_stay_as_they_are(catalogue: Catalogue) -> None:
    evidence = assess_all(catalogue, 2026)
    english, swedish = (
        Presenter(catalogue, evidence),
        Presenter(catalogue, evidence, tongue_of(catalogue, "sv")),
    )
    turku, practice = catalogue.city("fi-turku"), catalogue.practice("gritting")
    assert (english.tongue.code, swedish.tongue.code) == ("en", "sv")
    assert (english.ref(turku.id)["label"], swedish.ref(turku.id)["label"]) == ("Turku", "Åbo")
    assert english.ref(SNOW)["label"] == "Snow and ice on streets and pavements"
    assert swedish.ref(SNOW)["label"] == "Snö och is"
    assert swedish.city(turku)["country"] == "FI"
    assert swedish.practice(practice)["label"] == practice.title
    assert swedish.practice(practice)["problem"] == practice.problem


def test_a_verdict_is_told_in_the_language_with_the_local_names(catalogue: Catalogue) -> None:
    found = judge(catalogue.practice("robots"), catalogue.city("fi-turku"), catalogue)
    assert isinstance(found.reason, Phrase)
    shown = Presenter(catalogue, assess_all(catalogue, 2026)).verdict(found)
    assert (shown["reason"], type(shown["reason"])) == (str(found.reason), str)


def test_an_unknown_city_is_an_error_that_can_be_told_in_other_languages() -> None:
    with pytest.raises(NotFoundError, match="there is no city 'fi-turkuu'; did you mean fi-turku") as raised:
        small_catalogue().city("fi-turkuu")
    assert isinstance(raised.value.message, Phrase)
    text = "there is no city '{slug}'; did you mean {names}?"
    tongue = speaking("de", {text: "Es gibt keine Stadt „{slug}“; meinten Sie {names}?"})
    assert tongue.tell(raised.value.message).startswith(
        "Es gibt keine Stadt „fi-turkuu“; meinten Sie fi-turku"
    )


def test_catalogues_are_files_that_ship_with_the_code() -> None:
    assert {path.stem for path in Path(LOCALES).glob("*.po")} == set(LANGUAGES) - {"en"}
