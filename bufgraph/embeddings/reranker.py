"""Optional: a cross-encoder that reads the text and a passage together."""

from collections.abc import Sequence
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from bufgraph.errors import MisconfiguredError


class Reranker(Protocol):
    """Judges how well passages answer a text."""

    def scores(self, text: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """Return ``(len(passages),)`` float32 in [0, 1], higher is better."""
        ...


class CrossEncoderReranker:
    """Any sentence-transformers cross-encoder with one output. It brings torch into the server, and its seconds.

    Args:
        model: A folder or a name that sentence-transformers can reach.
    """

    def __init__(self, model: str) -> None:
        self._name = model

    @cached_property
    def _model(self) -> Any:  # Any: sentence-transformers is loaded late
        from sentence_transformers import CrossEncoder

        try:
            return CrossEncoder(self._name, num_labels=1)
        except (OSError, ValueError) as err:
            raise MisconfiguredError(
                f"the cross-encoder '{self._name}' cannot be loaded: {err}; set BUFGRAPH_RERANKER to a folder or a "
                "name that sentence-transformers can reach, or leave it out",
                model=self._name,
            ) from err

    def scores(self, text: str, passages: Sequence[str]) -> NDArray[np.float32]:
        """See the port. The logit is brought to [0, 1] by the logistic function, as sentence-transformers does."""
        if not passages:
            return np.zeros(0, dtype=np.float32)
        found = self._model.predict([(text, passage) for passage in passages], show_progress_bar=False)
        return np.clip(np.asarray(found, dtype=np.float32).reshape(-1), 0.0, 1.0)
