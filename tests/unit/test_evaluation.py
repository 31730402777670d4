"""Judgments, measures and the systems that we compare ourselves with."""

from pathlib import Path

import pytest

from bufgraph.embeddings.hashing import HashingEncoder
from bufgraph.errors import InvalidInputError
from bufgraph.evaluation.experiment import across_languages, compare
from bufgraph.evaluation.judgments import TestCollection, Topic
from bufgraph.evaluation.measures import difference, estimate, per_topic
from bufgraph.evaluation.systems import Documents, bm25, dense, fusion, kohesio
from builders import small_catalogue

HEAD = "id\tlang\tsplit\tstyle\tdomain\tsubject\ttext\tgloss\tnarrative"


def topic(name: str, lang: str = "en", domain: str = "living") -> Topic:
    return Topic(name, lang, "dev", "sentence", domain, (), "a need", "a need", "an answer")


def collection() -> TestCollection:
    topics = {name: topic(name, lang) for name, lang in (("en-01", "en"), ("fi-01", "fi"), ("fi-02", "fi"))}
    return TestCollection(topics, {"en-01": {"a": 3, "b": 1}, "fi-01": {"c": 2, "d": 0}, "fi-02": {"e": 1}})


def write(folder: Path, topics: list[str], qrels: list[str]) -> Path:
    (folder / "topics.tsv").write_text("\n".join([HEAD, *topics]) + "\n", encoding="utf-8")
    (folder / "qrels.txt").write_text("\n".join(qrels) + "\n", encoding="utf-8")
    return folder


def test_a_collection_is_read_and_split(tmp_path: Path) -> None:
    rows = [f"{name}\tfi\t{split}\tkeywords\tliving\tx y\tliukas katu\tslippery street\tgritting" for name, split in (("fi-01", "dev"), ("fi-02", "test"))]  # fmt: skip
    found = TestCollection.load(write(tmp_path, rows, ["fi-01 0 gritting 3", "fi-02 0 robots 1"]))
    assert found.topics["fi-01"].subject == ("x", "y")
    assert list(found.split("test").topics) == ["fi-02"]
    assert found.answerable("fi-01")
    assert not found.answerable("fi-02"), "grade 1 is no answer"


@pytest.mark.parametrize(
    ("topics", "qrels", "reason"),
    [
        (["fi-01\tfi\tdev\tkeywords\tliving\tx"], [], "topics.tsv line 2: a cell is missing"),
        (["fi-01\tfi\ttrain\tkeywords\tliving\tx\ta\tb\tc"], [], "topics.tsv line 2"),
        (
            ["fi-01\tfi\tdev\tkeywords\tliving\tx\ta\tb\tc"],
            ["fi-02 0 a 3"],
            "qrels.txt line 1: expected a known topic",
        ),
        (["fi-01\tfi\tdev\tkeywords\tliving\tx\ta\tb\tc"], ["fi-01 0 a 7"], "a grade from 0 to 3"),
    ],
)
def test_a_line_of_another_form_is_named(
    tmp_path: Path, topics: list[str], qrels: list[str], reason: str
) -> None:
    with pytest.raises(InvalidInputError, match=reason):
        TestCollection.load(write(tmp_path, topics, qrels))


def test_measures_count_grades_two_and_three_as_answers_and_leave_out_what_has_none() -> None:
    run = {"en-01": [("b", 0.9), ("a", 0.8)], "fi-01": [("d", 0.9)], "fi-02": [("e", 0.9)]}
    values = per_topic(collection(), run)
    assert values["MRR@10"] == {"en-01": 0.5, "fi-01": 0.0}
    assert values["Success@5"] == {"en-01": 1.0, "fi-01": 0.0}
    assert 0 < values["nDCG@10"]["en-01"] < 1


def test_the_order_of_a_run_counts_not_how_a_tool_breaks_equal_scores() -> None:
    first = per_topic(collection(), {"en-01": [("z", 0.5), ("a", 0.5)]})
    second = per_topic(collection(), {"en-01": [("a", 0.5), ("z", 0.5)]})
    assert first["MRR@10"]["en-01"] == 0.5
    assert second["MRR@10"]["en-01"] == 1.0


def test_a_topic_that_a_run_does_not_answer_counts_zero() -> None:
    assert set(per_topic(collection(), {})["nDCG@10"].values()) == {0.0}


def test_an_interval_holds_its_mean_and_is_the_same_every_time() -> None:
    found = estimate([0.0, 1.0, 1.0, 0.0, 1.0])
    assert found.mean == pytest.approx(0.6)
    assert found.low <= found.mean <= found.high
    assert found == estimate([0.0, 1.0, 1.0, 0.0, 1.0])
    assert estimate([0.4]).low == estimate([0.4]).high == 0.4
    assert estimate([]).topics == 0


def test_a_difference_is_paired_by_topic() -> None:
    found = difference({"a": 0.9, "b": 0.5, "c": 1.0}, {"a": 0.8, "b": 0.4})
    assert found.mean == pytest.approx(0.1)
    assert found.topics == 2


def test_an_experiment_tells_each_language_and_how_far_ours_is_ahead() -> None:
    good = {"en-01": [("a", 1.0)], "fi-01": [("c", 1.0)]}
    found = compare(collection(), {"ours": good, "other": {}}, "ours")
    assert found["systems"]["ours"]["by_language"]["fi"]["Success@5"]["mean"] == 1.0
    assert found["ahead"]["other"]["Success@5"]["mean"] == 1.0


def test_plain_systems_find_what_shares_words_or_meaning() -> None:
    catalogue = small_catalogue()
    documents = Documents.of(catalogue)
    for system in (bm25(documents), dense(documents, HashingEncoder()), fusion(documents, HashingEncoder())):
        assert system("icy pavements older people fall")[0][0] == "gritting"
    assert bm25(documents)("xyzzy") == []


def test_kohesio_orders_by_budget_whatever_matches() -> None:
    documents = Documents(["cheap", "dear", "other"], ["snow snow snow", "snow", "rain"], [1.0, 9.0, 99.0])
    found = [slug for slug, _ in kohesio(documents, ())("snow")]
    assert found == ["dear", "cheap"]


def test_the_same_need_in_two_languages_is_compared_topic_by_topic(tmp_path: Path) -> None:
    header = "id\tlang\tsplit\tstyle\tdomain\tsubject\ttext\tgloss\tnarrative\n"
    rows = [f"t-{n}\tfi\ttest\tsentence\tliving\tx\tteksti {n}\ttext {n}\tany\n" for n in (1, 2)]
    (tmp_path / "topics.tsv").write_text(header + "".join(rows))
    (tmp_path / "qrels.txt").write_text("t-1 0 a 3\nt-2 0 b 2\n")
    (tmp_path / "parallel.tsv").write_text("id\tlang\ttext\nt-1\tsv\ttext ett\nt-2\tsv\ttext två\n")
    collection = TestCollection.load(tmp_path)
    assert [collection.text_in("t-1", lang) for lang in ("fi", "en", "sv", "pl")] == [
        "teksti 1", "text 1", "text ett", None,
    ]  # fmt: skip
    runs = {
        "en": {"t-1": [("a", 1.0)], "t-2": [("b", 1.0)]},
        "sv": {"t-1": [("a", 1.0)], "t-2": [("c", 1.0)]},
    }
    found = across_languages(collection, runs)
    assert found["sv"]["measures"]["Success@5"]["mean"] == 0.5
    assert found["sv"]["behind"]["Success@5"]["mean"] == 0.5
    assert found["en"]["behind"]["nDCG@10"]["mean"] == 0


def test_a_parallel_text_of_an_unknown_topic_is_refused_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "topics.tsv").write_text("id\tlang\tsplit\tstyle\tdomain\tsubject\ttext\tgloss\tnarrative\n")
    (tmp_path / "qrels.txt").write_text("")
    (tmp_path / "parallel.tsv").write_text("id\tlang\ttext\nt-9\tsv\ttext\n")
    with pytest.raises(InvalidInputError, match=r"parallel\.tsv line 2"):
        TestCollection.load(tmp_path)
