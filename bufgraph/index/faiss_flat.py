"""FAISS, exact inner product. Up to about 100,000 passages nothing approximate is worth its loss."""

from pathlib import Path

import faiss
import numpy as np

from bufgraph.embeddings.port import Vectors
from bufgraph.errors import MisconfiguredError
from bufgraph.index.port import Hits, Mask, Positions, Scores


class FaissFlatIndex:
    """``IndexFlatIP`` with exact filters.

    FAISS runs on one thread: with two on a busy machine a query was 63 times slower, because OpenMP waits
    for a core that is taken.
    """

    def __init__(self, index: "faiss.Index") -> None:
        faiss.omp_set_num_threads(1)
        self._index = index

    @classmethod
    def from_vectors(cls, vectors: Vectors) -> "FaissFlatIndex":
        """Make an index over ``(n, dim)`` unit vectors."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(np.ascontiguousarray(vectors, dtype=np.float32))
        return cls(index)

    @classmethod
    def load(cls, path: Path) -> "FaissFlatIndex":
        """Read what :meth:`save` wrote.

        Raises:
            MisconfiguredError: The file is missing or damaged.
        """
        try:
            return cls(faiss.read_index(str(path)))
        except RuntimeError as err:
            raise MisconfiguredError(
                f"the vector index {path} is missing or damaged; run 'bufgraph build --force'", path=str(path)
            ) from err

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> Hits:
        """See the port."""
        k = min(k, self._index.ntotal)
        parameters = None
        if allowed is not None:
            selector = faiss.IDSelectorBatch(np.flatnonzero(allowed))
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]  # added by the Python wrapper
        scores, positions = self._index.search(vector.reshape(1, -1), k, params=parameters)
        found = positions[0] >= 0
        order = np.lexsort((positions[0][found], -scores[0][found]))
        return Hits(positions[0][found][order], scores[0][found][order])

    def scores(self, vector: Vectors, positions: Positions) -> Scores:
        """See the port."""
        if not len(positions):
            return np.zeros(0, dtype=np.float32)
        found: Scores = self._index.reconstruct_batch(positions) @ vector
        return found

    def vector(self, position: int) -> Vectors:
        """See the port."""
        found: Vectors = self._index.reconstruct(position)
        return found

    def matrix(self) -> Vectors:
        """See the port."""
        found: Vectors = self._index.reconstruct_n(0, self._index.ntotal)
        return found

    def save(self, path: Path) -> None:
        """See the port."""
        faiss.write_index(self._index, str(path))
