"""What the lexical index promises."""

from pathlib import Path

import numpy as np
import pytest

from bufgraph.errors import MisconfiguredError
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
