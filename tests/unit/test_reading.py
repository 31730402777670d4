"""Languages identified, texts read, places and numbers found."""

from pathlib import Path

import pytest

from bufgraph.model import City
from bufgraph.text.gazetteer import Gazetteer
from bufgraph.text.language import Identifier
from bufgraph.text.lexicon import Entry, Lexicon
from bufgraph.text.mentions import numbers
from bufgraph.text.reading import TextReader
from builders import LEXICONS


@pytest.fixture(scope="module")
def reader() -> TextReader:
    lexicons = {
        lang: Lexicon.make(lang, [Entry(word, pos, (english,)) for word, pos, english in rows], {})
        for lang, rows in LEXICONS.items()
    }
    corpus = ["pavement", "pavements", "slippery", "winter", "street", "smart", "parking"]
    lexicons["en"] = Lexicon.make("en", [Entry(word, "word", (word,)) for word in corpus], {})
    return TextReader(lexicons)


@pytest.mark.parametrize(
    ("text", "lang"),
    [
        ("the pavements are slippery in winter", "en"),
        ("trottoarerna är hala på vintern och äldre ramlar", "sv"),
        ("jalkakäytävät ovat talvella liukkaita", "fi"),
        ("fortovene er glatte om vinteren, og ældre falder", "da"),
        ("fortauene er glatte om vinteren, og eldre folk faller", "nb"),
        ("kõnniteed on talvel libedad", "et"),
        ("ietves ziemā ir slidenas", "lv"),
        ("šaligatviai žiemą yra slidūs", "lt"),
        ("zimą chodniki są śliskie", "pl"),
        ("im Winter sind die Gehwege glatt", "de"),
        ("зимой тротуары скользкие", "ru"),
    ],
)
def test_each_of_our_languages_is_known(reader: TextReader, text: str, lang: str) -> None:
    assert reader.identify(text).code == lang


def test_one_known_word_decides_a_short_text(reader: TextReader) -> None:
    assert reader.identify("liukas katu").code == "fi"


def test_the_readers_language_breaks_a_tie_and_loses_against_a_clear_text(reader: TextReader) -> None:
    assert reader.identify("fortov", preferred="nb").code == "nb"
    assert reader.identify("jalkakäytävät ovat talvella liukkaita", preferred="nb").code == "fi"


def test_a_word_as_it_is_written_counts_for_more_than_one_that_lost_its_diacritics() -> None:
    english = Lexicon.make("en", [Entry("snow", "word", ("snow",))], {})
    polish = Lexicon.make("pl", [Entry("snów", "word", ("dreams",))], {})
    identifier = Identifier({"en": english, "pl": polish})
    assert identifier.identify("snow").code == "en"
    assert identifier.identify("snów").code == "pl"
    assert Identifier({"pl": polish}).identify("snow").code == "pl"


@pytest.mark.parametrize("text", ["", "123 456", "?!"])
def test_a_text_without_words_has_no_language(reader: TextReader, text: str) -> None:
    assert reader.identify(text).confidence == 0.0


def test_a_text_of_no_language_of_ours_is_said_to_be_foreign(reader: TextReader) -> None:
    assert reader.identify("歩道が滑りやすくて危ないです。冬に困っています").code == "und"


def test_a_foreign_text_is_read_and_says_how_much_of_it(reader: TextReader) -> None:
    language = reader.identify("liukas jalkakäytävä")
    reading = reader.read("liukas jalkakäytävä hölynpöly", language)
    assert reading.english == "slippery pavement"
    assert reading.known == pytest.approx(2 / 3)


def test_english_words_in_a_foreign_text_are_kept(reader: TextReader) -> None:
    language = reader.identify("jalkakäytävä ja katu ovat liukkaat")
    assert reader.read("smart parking katu", language).english == "smart parking street"


def test_a_misspelt_english_word_is_mended(reader: TextReader) -> None:
    reading = reader.read("slipery pavments", reader.identify("slippery pavements in the winter"))
    assert "slippery" in reading.words


def test_gibberish_is_known_as_unknown(reader: TextReader) -> None:
    assert reader.read("asdf qwer zxcv", reader.identify("asdf qwer zxcv")).known == 0.0


CITIES = [
    City("bgd:city/fi-tornio", {"en": "Tornio", "sv": "Torneå"}, "FI", population=22_000),
    City("bgd:city/ee-narva", {"en": "Narva", "ru": "Нарва"}, "EE", population=53_000),
    City("bgd:city/dk-nykobing", {"en": "Nykøbing Falster"}, "DK", population=17_000),
    City("bgd:city/fi-kotka", {"en": "Kotka"}, "FI", population=51_000),
]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Meillä Torniossa on liukasta", ["fi-tornio"]),
        ("i Torneå är det halt", ["fi-tornio"]),
        ("в Нарве скользко", ["ee-narva"]),
        ("snow in narva", ["ee-narva"]),
        ("stormflod i Nykøbing Falster hver vinter", ["dk-nykobing"]),
        ("from Narva to Tornio and back to Narva", ["ee-narva", "fi-tornio"]),
        ("kotka lensi", []),  # an eagle flew
        ("lintumme Kotka", ["fi-kotka"]),
        ("Notaries are slow", []),
    ],
)
def test_a_city_is_found_in_any_case_form_and_a_common_word_is_none(text: str, found: list[str]) -> None:
    gazetteer = Gazetteer.make(CITIES, {"нарва": ["нарве", "нарвы"]})
    mentions = gazetteer.find(text, lambda word: word in {"kotka", "notaries", "snow", "from"})
    assert [m.city.rsplit("/")[-1] for m in mentions] == found


def test_a_saved_gazetteer_finds_the_same(tmp_path: Path) -> None:
    gazetteer = Gazetteer.make(CITIES, {})
    gazetteer.save(tmp_path)
    text = "from Narva to Tornio"
    assert Gazetteer.load(tmp_path).find(text, lambda _: False) == gazetteer.find(text, lambda _: False)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("a town of 18 000 residents", "population", 18_000),
        ("en by med 7.500 indbyggere", "population", 7_500),
        ("miasto ma 45 tys. mieszkańców", "population", 45_000),
        ("20 tūkst. gyventojų", "population", 20_000),
        ("kaupungissa on 12 000 asukasta", "population", 12_000),
        ("budget 1,5 million euros", "money", 1_500_000),
        ("у нас 300 тысяч жителей", "population", 300_000),
        ("since 2019", "year", 2019),
    ],
)
def test_numbers_that_tell_a_size_a_sum_or_a_year_are_read(text: str, kind: str, value: float) -> None:
    (found,) = numbers(text)
    assert (found.kind, found.value) == (kind, value)


@pytest.mark.parametrize("text", ["bus 18 is late", "three schools", "5 lamps", ""])
def test_other_numbers_say_nothing(text: str) -> None:
    assert numbers(text) == []
