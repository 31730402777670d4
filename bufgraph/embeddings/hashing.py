"""An encoder without a model: words hashed into a vector. For tests and as a floor to measure against."""

import hashlib
import re
from collections.abc import Sequence

import numpy as np

from bufgraph.embeddings.port import Vectors


class HashingEncoder:
    """Bag of words by feature hashing (Weinberger et al. 2009), signed, unit length."""

    def __init__(self, dim: int = 256) -> None:
        self._dim = dim

    @property
    def fingerprint(self) -> str:
        """See the port."""
        return f"hashing-{self._dim}"

    @property
    def dim(self) -> int:
        """See the port."""
        return self._dim

    def encode(self, texts: Sequence[str]) -> Vectors:
        """See the port."""
        vectors = np.zeros((len(texts), self._dim), dtype=np.float32)
        for row, text in zip(vectors, texts, strict=True):
            for word in re.findall(r"\w+", text.lower()):
                digest = int.from_bytes(hashlib.blake2b(word.encode(), digest_size=8).digest())
                row[digest % self._dim] += 1.0 if digest >> 63 else -1.0
            if not row.any():
                row[0] = 1.0
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors
