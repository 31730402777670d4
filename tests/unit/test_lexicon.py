"""Words of another language, read into English."""

from pathlib import Path

import pytest

from bufgraph.errors import InvalidInputError, MisconfiguredError
from bufgraph.text.lexicon import Entry, Lexicon, read_entries
from bufgraph.text.normalise import words

FINNISH = [
    Entry("jalkakäytävä", "noun", ("pavement", "sidewalk")),
    Entry("liukas", "adj", ("slippery",)),
    Entry("katu", "noun", ("street",)),
    Entry("valo", "noun", ("light",)),
    Entry("jää", "noun", ("ice",)),
    Entry("julkinen liikenne", "phrase", ("public transport",)),
]
FORMS = {"liukas": ["liukkaat", "liukkaita"], "katu": ["kadun", "kaduilla"], "valo": ["valon", "valot"]}


@pytest.fixture(scope="module")
def lexicon() -> Lexicon:
    return Lexicon.make("fi", FINNISH, FORMS)


@pytest.mark.parametrize(
    ("text", "english", "how"),
    [
        ("liukkaat", (("slippery",),), "form"),
        ("jalkakaytava", (("pavement", "sidewalk"),), "folded"),
        ("jalkakäytävät", (("pavement", "sidewalk"),), "stem"),
        ("katuvalot", (("street",), ("light",)), "compound"),
        ("jalkakäytäävä", (("pavement", "sidewalk"),), "typo"),
        ("julkisen liikenteen", None, None),
        ("julkinen liikenne", (("public transport",),), "phrase"),
        ("jää", (("ice",),), "form"),  # stands in the list of function words, too
    ],
)
def test_a_word_is_read_by_its_form_its_parts_or_its_nearest_spelling(
    lexicon: Lexicon, text: str, english: tuple[tuple[str, ...], ...] | None, how: str | None
) -> None:
    found = lexicon.read(words(text))[0]
    assert (found.english if found else None) == english
    assert (found.how if found else None) == how


def test_a_word_that_nobody_knows_is_not_read(lexicon: Lexicon) -> None:
    assert lexicon.read(["xyzzy", "ja", "on"]) == [None, None, None]


def test_a_saved_lexicon_reads_the_same(lexicon: Lexicon, tmp_path: Path) -> None:
    lexicon.save(tmp_path)
    tokens = words("liukkaat katuvalot julkinen liikenne")
    assert Lexicon.load(tmp_path, "fi").read(tokens) == lexicon.read(tokens)


def test_a_damaged_lexicon_is_named(lexicon: Lexicon, tmp_path: Path) -> None:
    lexicon.save(tmp_path)
    (tmp_path / "fi.forms.trie").unlink()
    with pytest.raises(MisconfiguredError, match=r"the lexicon 'fi' .* run 'bufgraph build --force'"):
        Lexicon.load(tmp_path, "fi")


def test_a_line_of_another_form_is_named(tmp_path: Path) -> None:
    path = tmp_path / "fi.tsv"
    path.write_text("katu\tnoun\tstreet\nvalo\tlight\n", encoding="utf-8")
    with pytest.raises(
        InvalidInputError, match=r"fi\.tsv line 2: expected headword, part of speech and English"
    ):
        read_entries(path)


@pytest.mark.parametrize(
    ("lang", "entry", "typed"),
    [
        ("da", Entry("måned", "noun", ("month",)), "maaned"),
        ("nb", Entry("strøm", "noun", ("electricity",)), "stroem"),
        ("sv", Entry("väg", "noun", ("road",)), "vaeg"),
        ("de", Entry("gebäude", "noun", ("building",)), "gebaeude"),
    ],
)
def test_two_letters_of_a_foreign_keyboard_are_read_as_the_one_they_stand_for(
    lang: str, entry: Entry, typed: str
) -> None:
    (found,) = Lexicon.make(lang, [entry], {}).read([typed])
    assert found is not None
    assert found.english == (entry.english,)
