"""What bufgraph asks of an encoder."""

from collections.abc import Sequence
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]
"""``(n_texts, dim)`` float32; rows of unit length, so the dot product is the cosine."""


class Encoder(Protocol):
    """Turns texts into vectors.

    Attributes:
        fingerprint: Changes whenever the same text would get another vector (weights, pooling).
        dim: Number of components.
    """

    @property
    def fingerprint(self) -> str: ...  # noqa: D102  # described above

    @property
    def dim(self) -> int: ...  # noqa: D102  # described above

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return ``(len(texts), dim)`` float32, rows of unit length, in the order of the texts."""
        ...
