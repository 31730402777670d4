"""A lexical index with some documents exchanged: what is new is scored with the statistics of what was there."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bufgraph.errors import NotAvailableError
from bufgraph.index.lexical import Bm25Index, scaled
from bufgraph.index.port import Scores

NEW: Final = -1
"""Stands for a document that the base does not have."""


class _Postings(NamedTuple):
    """The new documents that hold a term, and what it adds to each."""

    rows: NDArray[np.int64]
    scores: Scores


class ExtendedBm25:
    """BM25 over documents of an index and new ones.

    Rarity of terms and mean length stay those of the base: documents that did not change keep their scores to the last
    bit, and making it costs as much as the new documents, however large the base. Lucene scores a new segment with the
    statistics of all; for a handful of documents among a thousand both differ in the third digit.

    Args:
        rows: ``(n_documents,)``: of each document its row in the base, or :data:`NEW`.
        documents: Terms of the new ones, in order.
    """

    def __init__(self, base: Bm25Index, rows: NDArray[np.int64], documents: Sequence[Sequence[str]]) -> None:
        self._base = base
        self._rows = rows
        self._old = np.flatnonzero(rows != NEW)
        self._postings = _postings(base, np.flatnonzero(rows == NEW), documents)

    def scores(self, terms: Sequence[str]) -> Scores:
        """See the port."""
        wanted = dict.fromkeys(terms)
        old = [term for term in wanted if self._base.knows(term)]
        new = [self._postings[term] for term in wanted if term in self._postings]
        raw = np.zeros(len(self._rows), dtype=np.float32)
        raw[self._old] = self._base.raw(old)[self._rows[self._old]]
        for posting in new:
            raw[posting.rows] += posting.scores
        known = [term for term in wanted if self.knows(term)]
        best = sum(self._best(term) for term in known)
        return scaled(raw, best, len(wanted) - len(known), self._base.mean_best)

    def _best(self, term: str) -> float:
        old = self._base.best(term) if self._base.knows(term) else 0.0
        return max(old, float(self._postings[term].scores.max()) if term in self._postings else 0.0)

    def knows(self, term: str) -> bool:
        """See the port."""
        return self._base.knows(term) or term in self._postings

    def save(self, folder: Path) -> None:
        """See the port. It is refused: base and records give it again.

        Raises:
            NotAvailableError: Always.
        """
        raise NotAvailableError(
            "an extended lexical index is not written; run 'bufgraph build' to merge it", path=str(folder)
        )


def _postings(
    base: Bm25Index, rows: NDArray[np.int64], documents: Sequence[Sequence[str]]
) -> Mapping[str, _Postings]:
    counts: dict[str, list[tuple[int, int, int]]] = defaultdict(list)
    for row, terms in zip(rows.tolist(), documents, strict=True):
        filled = list(terms) or [""]
        for term, count in Counter(filled).items():
            counts[term].append((row, count, len(filled)))
    return {
        term: _Postings(
            np.array([row for row, _, _ in found], dtype=np.int64),
            np.array(
                [base.rarity(term, len(found)) * base.weight(count, length) for _, count, length in found],
                dtype=np.float32,
            ),
        )
        for term, found in counts.items()
    }
