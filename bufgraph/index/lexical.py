"""BM25 by bm25s, scaled to the share of the score that the query could reach in this corpus."""

import json
import logging
from collections.abc import Sequence
from itertools import pairwise
from math import log
from pathlib import Path
from typing import Final

import bm25s
import numpy as np

from bufgraph.errors import MisconfiguredError
from bufgraph.index.port import Scores

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG and writes of every index

_K1: Final = 1.5
_B: Final = 0.75
_STATISTICS: Final = "statistics.json"


class Bm25Index:
    """BM25 (Robertson; Lucene's variant, k1 = 1.5, b = 0.75) with a scale that means the same for every query.

    Attributes:
        mean_terms: Mean number of terms of a document.
    """

    def __init__(self, bm25: "bm25s.BM25", mean_terms: float) -> None:
        self._bm25 = bm25
        self.mean_terms = mean_terms
        data, starts = bm25.scores["data"], bm25.scores["indptr"]
        # The best score that any passage has for a term: what one matching word can earn at most.
        self._best = np.array(
            [data[a:b].max() if b > a else 0.0 for a, b in pairwise(starts)],
            dtype=np.float32,
        )

    @classmethod
    def from_terms(cls, documents: Sequence[Sequence[str]]) -> "Bm25Index":
        """Make an index over documents given as index terms."""
        bm25 = bm25s.BM25(method="lucene", k1=_K1, b=_B)
        filled = [list(terms) or [""] for terms in documents]
        bm25.index(filled, show_progress=False)
        return cls(bm25, sum(map(len, filled)) / max(1, len(filled)))

    @classmethod
    def load(cls, folder: Path) -> "Bm25Index":
        """Read what :meth:`save` wrote.

        Raises:
            MisconfiguredError: The folder is missing or damaged.
        """
        try:
            statistics = json.loads((folder / _STATISTICS).read_bytes())
            return cls(bm25s.BM25.load(str(folder), show_progress=False), float(statistics["mean_terms"]))
        except (OSError, ValueError, KeyError) as err:
            raise MisconfiguredError(
                f"the lexical index {folder} is missing or damaged; run 'bufgraph build --force'",
                path=str(folder),
            ) from err

    @property
    def size(self) -> int:
        """Number of documents."""
        return int(self._bm25.scores["num_docs"])

    @property
    def mean_best(self) -> float:
        """The best score of a term, on average over all terms."""
        return float(self._best.mean())

    def scores(self, terms: Sequence[str]) -> Scores:
        """See the port. A term that the corpus lacks could have earned as much as its terms do on average."""
        wanted = dict.fromkeys(terms)
        known = [term for term in wanted if self.knows(term)]
        best = sum(self.best(term) for term in known)
        return scaled(self.raw(known), best, len(wanted) - len(known), self.mean_best)

    def raw(self, terms: Sequence[str]) -> Scores:
        """Return the BM25 score of every document for terms that are all known, ``(n_documents,)`` float32."""
        if not terms:
            return np.zeros(self.size, dtype=np.float32)
        vocabulary = self._bm25.vocab_dict
        found: Scores = self._bm25.get_scores_from_ids([vocabulary[term] for term in terms]).astype(
            np.float32
        )
        return found

    def best(self, term: str) -> float:
        """Return the best score that a document has for a known term."""
        return float(self._best[self._bm25.vocab_dict[term]])

    def rarity(self, term: str, more: int = 0) -> float:
        """Return the weight of a term, ``ln(1 + (N - n + 0.5) / (n + 0.5))``.

        Args:
            more: How many documents hold a term that the index does not know.
        """
        holding = more
        if self.knows(term):
            number, starts = self._bm25.vocab_dict[term], self._bm25.scores["indptr"]
            holding = int(starts[number + 1] - starts[number])
        return log(1 + (max(self.size, holding) - holding + 0.5) / (holding + 0.5))

    def weight(self, count: int, length: int) -> float:
        """Return what a term adds to a document, beside its rarity.

        Args:
            count: How often the document holds the term; ``length``: number of its terms.
        """
        return count / (count + _K1 * (1 - _B + _B * length / self.mean_terms))

    def knows(self, term: str) -> bool:
        """See the port."""
        return term in self._bm25.vocab_dict

    def save(self, folder: Path) -> None:
        """See the port."""
        self._bm25.save(str(folder), show_progress=False)
        (folder / _STATISTICS).write_text(json.dumps({"mean_terms": self.mean_terms}), encoding="utf-8")


def scaled(raw: Scores, best: float, unknown: int, mean_best: float) -> Scores:
    """Return raw scores as shares of what a query could reach, in [0, 1].

    Args:
        best: Sum of the best scores of the query's known terms.
        unknown: Number of its other terms; each could have earned ``mean_best``.
    """
    # Without the second part a text in another language would score by the one short word that both share.
    reachable = best + unknown * mean_best if best > 0.0 else 0.0
    if reachable <= 0.0:
        return np.zeros_like(raw)
    shares: Scores = np.clip(raw / np.float32(reachable), 0.0, 1.0)
    return shares
