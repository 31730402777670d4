"""Inflected forms of headwords, kept in files."""

from pathlib import Path

import pytest
from simplemma.strategies.dictionaries.dictionary_factory import DefaultDictionaryFactory

from bufgraph.text import inflection
from bufgraph.text.inflection import Inflection

HEADWORDS = {"iela", "sniegs", "ziema", "rīga", "xyz"}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the Latvian file: the smallest dictionary of our languages."""
    made: Path = tmp_path_factory.mktemp("inflection")
    Inflection(made).forms_of(["iela"], "lv")
    return made


def copied(folder: Path, target: Path) -> Path:
    """Copy the Latvian file to another folder; return its path there."""
    (path,) = folder.rglob("lv.trie")
    copy = target / path.relative_to(folder)
    copy.parent.mkdir(parents=True)
    copy.write_bytes(path.read_bytes())
    return copy


def test_forms_are_those_that_the_dictionary_leads_to_the_headword(folder: Path) -> None:
    expected: dict[str, set[str]] = {}
    for form, lemma in DefaultDictionaryFactory(cache_max_size=1).get_dictionary("lv").items():
        if lemma.lower() in HEADWORDS:
            expected.setdefault(lemma.lower(), set()).add(form.lower())
    found = Inflection(folder).forms_of(HEADWORDS, "lv")
    assert {headword: set(forms) for headword, forms in found.items()} == expected
    assert {"ielas", "ielu"} < set(found["iela"])
    assert "xyz" not in found


def test_a_headword_does_not_get_the_forms_of_a_longer_one(folder: Path) -> None:
    found = Inflection(folder).forms_of(["sn"], "lv")
    assert "sniega" not in found.get("sn", [])


def test_a_file_that_is_there_is_not_made_again(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(inflection, "make", pytest.fail)
    ready = Inflection(folder)
    ready.prepare(["lv"])
    assert ready.forms_of(["ziema"], "lv")


@pytest.mark.parametrize("kept", [0.0, 0.5, 0.999], ids=["empty", "half", "almost"])
def test_a_damaged_file_is_made_anew(folder: Path, tmp_path: Path, kept: float) -> None:
    path = copied(folder, tmp_path)
    whole = path.read_bytes()
    path.write_bytes(whole[: int(len(whole) * kept)])
    assert Inflection(tmp_path).forms_of(HEADWORDS, "lv") == Inflection(folder).forms_of(HEADWORDS, "lv")
    assert path.read_bytes() == whole


def test_several_languages_are_made_at_once_and_nothing_else_is_left(folder: Path, tmp_path: Path) -> None:
    ready = Inflection(tmp_path)
    ready.prepare(["lv", "lt"])
    assert sorted(path.name for path in tmp_path.rglob("*.*") if path.is_file()) == ["lt.trie", "lv.trie"]
    assert ready.forms_of(HEADWORDS, "lv") == Inflection(folder).forms_of(HEADWORDS, "lv")


def test_what_cannot_be_made_apart_is_made_here_and_says_why(tmp_path: Path) -> None:
    ready = Inflection(tmp_path)
    ready.prepare(["lv", "no such language"])
    with pytest.raises(ValueError, match="no such language"):
        ready.forms_of(["iela"], "no such language")
