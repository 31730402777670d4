"""What the lexical index promises."""

from pathlib import Path

import numpy as np
import pytest

from bufgraph.errors import MisconfiguredError, NotAvailableError
from bufgraph.index.extended import NEW, ExtendedBm25
from bufgraph.index.lexical import Bm25Index

DOCUMENTS = [["snow", "pavement"], ["pavement", "repair", "repair"], [], ["library"]]


@pytest.fixture
def index() -> Bm25Index:
    return Bm25Index.from_terms(DOCUMENTS)


def test_scores_lie_between_zero_and_one_and_stand_by_document(index: Bm25Index) -> None:
    scores = index.scores(["snow", "pavement"])
    assert scores.shape == (4,)
    assert scores.dtype == np.float32
    assert scores[0] > scores[1] > 0
    assert scores[2:].tolist() == [0, 0]
    assert scores.max() <= 1


def test_a_single_word_reaches_all_that_it_can(index: Bm25Index) -> None:
    assert index.scores(["library"])[3] == pytest.approx(1)


def test_repeating_a_word_changes_nothing(index: Bm25Index) -> None:
    assert index.scores(["snow", "snow"]).tolist() == index.scores(["snow"]).tolist()


def test_words_that_nobody_wrote_lower_the_share(index: Bm25Index) -> None:
    assert 0 < index.scores(["library", "xqzt", "wvvk"])[3] < index.scores(["library"])[3] / 2
    assert not index.scores(["xqzt"]).any()
    assert not index.scores([]).any()


def test_a_saved_index_answers_the_same(index: Bm25Index, tmp_path: Path) -> None:
    index.save(tmp_path / "lexical")
    assert (
        Bm25Index.load(tmp_path / "lexical").scores(["repair", "snow"]).tolist()
        == index.scores(["repair", "snow"]).tolist()
    )


def test_a_missing_index_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match="run 'bufgraph build --force'"):
        Bm25Index.load(tmp_path / "none")


# -- an index with some documents exchanged

LARGER = [["snow", "pavement", *(f"word{n % 7}" for n in range(k % 5))] for k in range(40)] + DOCUMENTS


def _extended() -> ExtendedBm25:
    """Return the larger index without its first document and with two new ones at its end."""
    rows = np.array([*range(1, len(LARGER)), NEW, NEW], dtype=np.int64)
    return ExtendedBm25(Bm25Index.from_terms(LARGER), rows, [["bees", "pavement"], []])


@pytest.mark.parametrize("terms", [["snow"], ["snow", "repair"], ["library", "word3", "pavement"]])
def test_documents_that_stay_keep_their_scores(terms: list[str]) -> None:
    before = Bm25Index.from_terms(LARGER).scores(terms)
    assert _extended().scores(terms)[:-2].tolist() == before[1:].tolist()


@pytest.mark.parametrize("terms", [["pavement"], ["bees", "pavement"], ["bees"]])
def test_new_documents_score_nearly_as_in_an_index_of_all(terms: list[str]) -> None:
    whole = Bm25Index.from_terms([*LARGER[1:], ["bees", "pavement"], []]).scores(terms)
    scores = _extended().scores(terms)
    np.testing.assert_allclose(scores, whole, atol=0.05)
    assert scores[-2] > 0
    assert scores[-1] == 0
    assert scores.dtype == np.float32


def test_new_words_are_known_and_old_ones_stay_so() -> None:
    assert [_extended().knows(term) for term in ("bees", "library", "xqzt")] == [True, True, False]


def test_an_extended_index_is_not_written(tmp_path: Path) -> None:
    with pytest.raises(NotAvailableError, match="run 'bufgraph build' to merge it"):
        _extended().save(tmp_path / "lexical")
