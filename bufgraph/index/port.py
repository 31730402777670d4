"""What bufgraph asks of a vector index and of a lexical index. Positions are row numbers of the passages."""

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from bufgraph.embeddings.port import Vectors

Positions = NDArray[np.int64]
Scores = NDArray[np.float32]
Mask = NDArray[np.bool_]
"""``(n_passages,)``: True where a passage may be returned."""


class Hits(NamedTuple):
    """Best passages first; equal scores by position.

    Attributes:
        positions: ``(k,)`` int64.
        scores: ``(k,)`` float32, higher is nearer.
    """

    positions: Positions
    scores: Scores


class VectorIndex(Protocol):
    """Nearest neighbours by cosine."""

    def search(self, vector: Vectors, k: int, allowed: Mask | None = None) -> Hits:
        """Return the at most ``k`` passages nearest to one ``(dim,)`` unit vector among those allowed."""
        ...

    def scores(self, vector: Vectors, positions: Positions) -> Scores:
        """Return the exact cosine of one ``(dim,)`` unit vector with given passages, ``(n,)`` float32."""
        ...

    def vector(self, position: int) -> Vectors:
        """Return the ``(dim,)`` vector of one passage."""
        ...

    def matrix(self) -> Vectors:
        """Return all vectors, ``(n_passages, dim)`` float32; not to be written to."""
        ...

    def save(self, path: Path) -> None:
        """Write the index to a file."""
        ...


class LexicalIndex(Protocol):
    """BM25 over index terms."""

    def scores(self, terms: Sequence[str]) -> Scores:
        """Return for every passage the share of the reachable BM25 score, ``(n_passages,)`` in [0, 1]."""
        ...

    def knows(self, term: str) -> bool:
        """Tell whether any passage holds a term."""
        ...

    def save(self, folder: Path) -> None:
        """Write the index to a folder."""
        ...
