"""BM25 by bm25s, scaled to the share of the score that the query could reach in this corpus."""

import logging
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path

import bm25s
import numpy as np

from bufgraph.errors import MisconfiguredError
from bufgraph.index.port import Scores

logging.getLogger("bm25s").setLevel(logging.WARNING)  # it sets itself to DEBUG and writes of every index


class Bm25Index:
    """BM25 (Robertson; Lucene's variant, k1 = 1.5, b = 0.75) with a scale that means the same for every query."""

    def __init__(self, bm25: "bm25s.BM25") -> None:
        self._bm25 = bm25
        data, starts = bm25.scores["data"], bm25.scores["indptr"]
        # The best score that any passage has for a term: what one matching word can earn at most.
        self._best = np.array(
            [data[a:b].max() if b > a else 0.0 for a, b in pairwise(starts)],
            dtype=np.float32,
        )

    @classmethod
    def from_terms(cls, documents: Sequence[Sequence[str]]) -> "Bm25Index":
        """Make an index over documents given as index terms."""
        bm25 = bm25s.BM25(method="lucene", k1=1.5, b=0.75)
        bm25.index([list(terms) or [""] for terms in documents], show_progress=False)
        return cls(bm25)

    @classmethod
    def load(cls, folder: Path) -> "Bm25Index":
        """Read what :meth:`save` wrote.

        Raises:
            MisconfiguredError: The folder is missing or damaged.
        """
        try:
            return cls(bm25s.BM25.load(str(folder), show_progress=False))
        except (OSError, ValueError, KeyError) as err:
            raise MisconfiguredError(
                f"the lexical index {folder} is missing or damaged; run 'bufgraph build --force'",
                path=str(folder),
            ) from err

    def scores(self, terms: Sequence[str]) -> Scores:
        """See the port. A term that the corpus lacks could have earned as much as its terms do on average."""
        vocabulary = self._bm25.vocab_dict
        wanted = dict.fromkeys(terms)
        known = [vocabulary[term] for term in wanted if term in vocabulary]
        # Without the second part a text in another language would score by the one short word that both share.
        reachable = (
            float(self._best[known].sum() + (len(wanted) - len(known)) * self._best.mean()) if known else 0.0
        )
        if reachable <= 0.0:
            return np.zeros(int(self._bm25.scores["num_docs"]), dtype=np.float32)
        found: Scores = self._bm25.get_scores_from_ids(known).astype(np.float32) / np.float32(reachable)
        return np.clip(found, 0.0, 1.0)

    def knows(self, term: str) -> bool:
        """See the port."""
        return term in self._bm25.vocab_dict

    def save(self, folder: Path) -> None:
        """See the port."""
        self._bm25.save(str(folder), show_progress=False)
