"""What every vector index promises, run over all adapters."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from bufgraph.errors import MisconfiguredError
from bufgraph.index.exact import ExactIndex
from bufgraph.index.faiss_flat import FaissFlatIndex
from bufgraph.index.port import VectorIndex

ADAPTERS: dict[str, tuple[Callable[..., VectorIndex], Callable[[Path], VectorIndex]]] = {
    "exact": (ExactIndex, ExactIndex.load),
    "faiss": (FaissFlatIndex.from_vectors, FaissFlatIndex.load),
}


@pytest.fixture(params=sorted(ADAPTERS))
def name(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def vectors() -> np.ndarray:
    found = np.random.default_rng(7).normal(size=(200, 16)).astype(np.float32)
    return np.asarray(found / np.linalg.norm(found, axis=1, keepdims=True), dtype=np.float32)


def test_neighbours_are_exact_and_best_first(name: str, vectors: np.ndarray) -> None:
    hits = ADAPTERS[name][0](vectors).search(vectors[3], 5)
    expected = np.argsort(-(vectors @ vectors[3]), kind="stable")[:5]
    assert hits.positions.tolist() == expected.tolist()
    assert hits.scores[0] == pytest.approx(1.0, abs=1e-5)


def test_a_filter_is_exact_even_when_it_keeps_little(name: str, vectors: np.ndarray) -> None:
    allowed = np.zeros(200, dtype=bool)
    allowed[[10, 20, 30]] = True
    hits = ADAPTERS[name][0](vectors).search(vectors[3], 5, allowed)
    assert sorted(hits.positions.tolist()) == [10, 20, 30]


def test_equal_scores_stand_by_position(name: str) -> None:
    same = np.tile(np.array([[1.0, 0.0]], dtype=np.float32), (6, 1))
    assert ADAPTERS[name][0](same).search(same[0], 6).positions.tolist() == [0, 1, 2, 3, 4, 5]


def test_single_scores_and_vectors_agree_with_the_search(name: str, vectors: np.ndarray) -> None:
    index = ADAPTERS[name][0](vectors)
    hits = index.search(vectors[3], 4)
    np.testing.assert_allclose(index.scores(vectors[3], hits.positions), hits.scores, atol=1e-5)
    np.testing.assert_allclose(index.vector(9), vectors[9])
    assert index.scores(vectors[3], np.array([], dtype=np.int64)).shape == (0,)


def test_a_saved_index_answers_the_same(name: str, vectors: np.ndarray, tmp_path: Path) -> None:
    make, load = ADAPTERS[name]
    make(vectors).save(tmp_path / "index")
    assert (
        load(tmp_path / "index").search(vectors[3], 5).positions.tolist()
        == make(vectors).search(vectors[3], 5).positions.tolist()
    )


def test_a_damaged_file_says_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "index").write_bytes(b"not an index")
    with pytest.raises(MisconfiguredError, match="run 'bufgraph build --force'"):
        FaissFlatIndex.load(tmp_path / "index")


def test_all_vectors_come_by_position(name: str, vectors: np.ndarray) -> None:
    np.testing.assert_array_equal(ADAPTERS[name][0](vectors).matrix(), vectors)
