"""The search against the dev side of the judgments. The floors lie well below what was measured; they catch breakage."""

from typing import Any

import pytest

from bufgraph.evaluation.judgments import TestCollection
from bufgraph.services.composition import open_build
from bufgraph.services.evaluating import digest, evaluate, judgments_dir, published
from bufgraph.settings import Settings


@pytest.fixture(scope="module")
def result(shipped_settings: Settings) -> dict[str, Any]:
    return evaluate(open_build(shipped_settings), "dev", ("bm25", "dense", "fusion", "kohesio"))


def test_the_whole_search_is_ahead_of_every_plain_system_and_peer(result: dict[str, Any]) -> None:
    for name, measures in result["ahead"].items():
        assert measures["nDCG@10"]["low"] > 0, f"{name}: the interval of the difference holds zero"


def test_needs_in_other_languages_are_answered(result: dict[str, Any]) -> None:
    by_language = result["systems"]["bufgraph"]["by_language"]
    topics = sum(found["Success@5"]["topics"] for lang, found in by_language.items() if lang != "en")
    hits = sum(
        found["Success@5"]["mean"] * found["Success@5"]["topics"]
        for lang, found in by_language.items()
        if lang != "en"
    )
    assert hits / topics > 0.75
    assert min(found["Success@5"]["mean"] for found in by_language.values()) >= 0.5


def test_the_floor_is_honest(result: dict[str, Any]) -> None:
    wrongly, answerable = result["honesty"]["said_nothing_fits_though_something_does"]
    assert wrongly / answerable < 0.15


def test_every_language_has_twenty_topics_ten_a_side_and_some_without_an_answer_are_kept() -> None:
    collection = TestCollection.load(judgments_dir())
    assert len(collection.topics) == 220
    for lang in ("en", "sv", "fi", "da", "nb", "et", "lv", "lt", "pl", "de", "ru"):
        for split in ("dev", "test"):
            assert sum(t.lang == lang and t.split == split for t in collection.topics.values()) == 10
    assert 0 < sum(not collection.answerable(topic) for topic in collection.topics) < 80


def test_every_judged_practice_exists(shipped_settings: Settings) -> None:
    known = {practice.slug for practice in open_build(shipped_settings).catalogue.practices.values()}
    collection = TestCollection.load(judgments_dir())
    assert {slug for grades in collection.grades.values() for slug in grades} <= known


def test_the_published_result_belongs_to_the_judgments() -> None:
    result = published()
    assert result is not None
    assert result["judgments"] == digest()
    assert result["split"] == "test"
    assert {"bufgraph", "bm25", "dense", "fusion", "kohesio", "txtai"} <= set(result["systems"])


def test_every_topic_is_written_in_every_language() -> None:
    collection = TestCollection.load(judgments_dir())
    assert len(collection.languages) == 11
    for topic in collection.topics:
        texts = [collection.text_in(topic, lang) for lang in collection.languages]
        assert all(texts)


def test_no_language_falls_far_behind_english_on_the_same_needs(result: dict[str, Any]) -> None:
    behind = {lang: found["behind"]["Success@5"]["mean"] for lang, found in result["parallel"].items()}
    assert max(behind.values()) < 0.15, behind
