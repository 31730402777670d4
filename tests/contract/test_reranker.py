"""What a reranker promises, with a real cross-encoder of random weights."""

from pathlib import Path

import numpy as np
import pytest

from bufgraph.embeddings.model_files import PACKAGED_MODEL, find_model
from bufgraph.embeddings.reranker import CrossEncoderReranker
from bufgraph.errors import MisconfiguredError
from bufgraph.services.composition import reranker
from bufgraph.settings import Settings


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A cross-encoder of two small layers that nobody has trained."""
    from transformers import AutoTokenizer, BertConfig, BertForSequenceClassification

    path = tmp_path_factory.mktemp("cross-encoder")
    tokenizer = AutoTokenizer.from_pretrained(str(find_model(PACKAGED_MODEL).folder))
    config = BertConfig(
        vocab_size=len(tokenizer), hidden_size=32, num_hidden_layers=2, num_attention_heads=2,
        intermediate_size=64, num_labels=1,
    )  # fmt: skip
    BertForSequenceClassification(config).save_pretrained(path)
    tokenizer.save_pretrained(path)
    return path


def test_scores_lie_between_zero_and_one_in_the_order_of_the_passages(folder: Path) -> None:
    model = CrossEncoderReranker(str(folder))
    texts = ["Pavements are gritted first", "A tram line", "Pavements are gritted first"]
    scores = model.scores("icy pavements", texts)
    assert scores.shape == (3,)
    assert scores.dtype == np.float32
    assert ((scores >= 0) & (scores <= 1)).all()
    assert scores[0] == pytest.approx(scores[2], abs=1e-5)
    assert model.scores("icy pavements", []).shape == (0,)


def test_a_model_that_is_not_there_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match="set BUFGRAPH_RERANKER to a folder"):
        CrossEncoderReranker(str(tmp_path / "none")).scores("a", ["b"])


def test_none_is_used_unless_one_is_set() -> None:
    assert reranker(Settings()) is None
    assert isinstance(reranker(Settings(reranker="some/model")), CrossEncoderReranker)
