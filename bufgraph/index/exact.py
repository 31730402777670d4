"""The plain adapter: cosine by NumPy. The reference for the fast ones."""

from pathlib import Path

import numpy as np

from bufgraph.embeddings.port import Vectors
from bufgraph.index.port import Hits, Mask, Positions, Scores


class ExactIndex:
    """All vectors in one array."""

    def __init__(self, vectors: Vectors) -> None:
        self._vectors = np.ascontiguousarray(vectors, dtype=np.float32)

    @classmethod
    def load(cls, path: Path) -> "ExactIndex":
        """Read what :meth:`save` wrote."""
        return cls(np.load(path))

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> Hits:
        """See the port."""
        positions = np.arange(len(self._vectors)) if allowed is None else np.flatnonzero(allowed)
        scores = self._vectors[positions] @ vector
        order = np.lexsort((positions, -scores))[:k]
        return Hits(positions[order], scores[order])

    def scores(self, vector: Vectors, positions: Positions) -> Scores:
        """See the port."""
        found: Scores = self._vectors[positions] @ vector
        return found

    def vector(self, position: int) -> Vectors:
        """See the port."""
        found: Vectors = self._vectors[position]
        return found

    def matrix(self) -> Vectors:
        """See the port."""
        return self._vectors

    def save(self, path: Path) -> None:
        """See the port."""
        with path.open("wb") as file:
            np.save(file, self._vectors)
