"""The reference encoder: any sentence-transformers model. Importing it costs seconds, so it loads on first use."""

import os
from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np

from bufgraph.embeddings.model_files import ModelFiles
from bufgraph.embeddings.port import Vectors
from bufgraph.errors import MisconfiguredError


def load(files: ModelFiles, **options: str) -> Any:  # Any: sentence-transformers is loaded late
    """Load a model quietly; a local one without asking a hub."""
    if files.folder is not None:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging as transformers_logging

    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # transformers is half typed
    return SentenceTransformer(files.source, **options)


class SentenceTransformerEncoder:
    """Encodes with torch."""

    def __init__(self, files: ModelFiles, *, batch_size: int = 32) -> None:
        self._files = files
        self._batch_size = batch_size

    @cached_property
    def _model(self) -> Any:  # Any: sentence-transformers is loaded late
        try:
            return load(self._files)
        except OSError as err:
            raise MisconfiguredError(
                f"the model '{self._files.name}' cannot be loaded: {err}; set BUFGRAPH_MODEL to a folder or a "
                "name that sentence-transformers can reach",
                model=self._files.name,
            ) from err

    @property
    def fingerprint(self) -> str:
        """See the port."""
        return self._files.fingerprint

    @property
    def dim(self) -> int:
        """See the port."""
        return int(self._model.get_embedding_dimension())

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See the port."""
        if not texts:
            return np.zeros((0, self.dim), dtype=np.float32)
        vectors = self._model.encode(
            list(texts), batch_size=self._batch_size, normalize_embeddings=True, show_progress_bar=False
        )
        return np.ascontiguousarray(vectors, dtype=np.float32)
