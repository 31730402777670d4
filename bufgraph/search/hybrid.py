"""Hybrid retrieval: dense + lexical + local + concept, each on a scale that means the same for every query."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from bufgraph.embeddings.reranker import Reranker
from bufgraph.index.port import Mask
from bufgraph.index.search_index import SearchIndex
from bufgraph.model import Catalogue
from bufgraph.search.query import FIELDS, RECORD_TYPES, Filters, Hit, SearchQuery
from bufgraph.search.understanding import Understanding
from bufgraph.text.normalise import index_terms

WEIGHTS: Final[Mapping[str, float]] = {"dense": 1.0, "lexical": 0.8, "concept": 0.5}
"""Weights of the parts for a text in English, tuned on the English translations of the dev side: nDCG@10 moves by less than
0.01 between half and twice of each."""
FOREIGN_WEIGHTS: Final[Mapping[str, float]] = {"dense": 1.0, "lexical": 0.8, "local": 1.0, "concept": 0.5}
"""Weights of the parts for a text in another language, tuned on the texts of the dev side; ``local`` may be 0.6 to 1.5."""
_CANDIDATES = 400
_NEAREST = 3
"""Passages of a record that count for its nearness; two to three were best on the dev side, all of them worse."""
_RERANKED: Final = 30
"""Records that an optional cross-encoder reads; it costs some ten milliseconds each."""
_RERANK_WEIGHT: Final = 1.0
"""Its weight beside the others, which sum to 1; to be tuned with the model."""
_SAME_SUBDOMAIN = 0.4
"""Overlap of two different challenges under one subdomain; the same challenge counts 1."""

_Floats = NDArray[np.float32]


class _Ranked(NamedTuple):
    """All candidates, one row a record.

    Attributes:
        rows: Row numbers of the records.
        positions: Of each record its best passage.
        order: Indexes into the other fields, best first.
    """

    rows: NDArray[np.int64]
    positions: NDArray[np.int64]
    parts: Mapping[str, _Floats]
    weights: Mapping[str, float]
    scores: NDArray[np.float64]
    order: Sequence[int]


class HybridSearch:
    """Finds records.

    Args:
        keeps: Tells whether a record passes filters; see :class:`bufgraph.search.filters.TraitTable`.
        reranker: Reads the best records once more, when there is one.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        index: SearchIndex,
        keeps: Callable[[str, Filters], bool],
        weights: Mapping[str, float] = WEIGHTS,
        foreign_weights: Mapping[str, float] = FOREIGN_WEIGHTS,
        reranker: Reranker | None = None,
    ) -> None:
        self._catalogue = catalogue
        self._index = index
        self._keeps = keeps
        self._reranker = reranker
        self._weights = _shares(weights)
        self._foreign_weights = _shares(foreign_weights)
        self._row = {iri: number for number, iri in enumerate(index.records)}
        self._row_of = np.array([self._row[p.record] for p in index.passages], dtype=np.int64)
        # Numbers instead of names: comparing 400,000 strings takes longer than the search itself.
        self._types = np.array([RECORD_TYPES.index(p.record_type) for p in index.passages], dtype=np.int8)
        self._fields = np.array([FIELDS.index(p.field) for p in index.passages], dtype=np.int8)
        self.record_terms = lru_cache(maxsize=4_096)(self._record_terms)
        self._concepts_of = [self._record_concepts(iri) for iri in index.records]
        self._rows_of_concept = self._rows_by(lambda iri: (iri,))
        self._rows_of_family = self._rows_by(self._broader)

    def _record_concepts(self, iri: str) -> frozenset[str]:
        if (practice := self._catalogue.practices.get(iri)) is not None:
            return frozenset(practice.challenge)
        if (expert := self._catalogue.experts.get(iri)) is not None:
            practices = (self._catalogue.practices.get(p) for p in expert.related_practice)
            return frozenset(c for p in practices if p is not None for c in p.challenge)
        if iri in self._catalogue.cities:
            return frozenset(need.concern for need in self._catalogue.needs_by_city.get(iri, ()))
        return frozenset((iri,))

    def _rows_by(self, keys: Callable[[str], tuple[str, ...]]) -> dict[str, NDArray[np.int64]]:
        rows: dict[str, set[int]] = defaultdict(set)
        for row, concepts in enumerate(self._concepts_of):
            for iri in concepts:
                for key in keys(iri):
                    rows[key].add(row)
        return {key: np.array(sorted(found), dtype=np.int64) for key, found in rows.items()}

    def search(self, query: SearchQuery, understanding: Understanding) -> list[Hit]:
        """Return the best records, best first; equal scores are ordered by IRI."""
        return self._hits(self._ranked(query, understanding), query.limit, understanding)

    def search_with_near(
        self, query: SearchQuery, understanding: Understanding, *, share: float
    ) -> tuple[list[Hit], dict[str, float]]:
        """Return the hits, and all records at least ``share`` times as relevant as the best, whatever the filters say: IRI → score."""
        ranked = self._ranked(query, understanding)
        hits = self._hits(ranked, query.limit, understanding)
        if query.filters:
            ranked = self._ranked(replace(query, filters=Filters()), understanding)
        least = share * float(ranked.scores.max(initial=0.0))
        near = np.flatnonzero(ranked.scores >= least) if least > 0 else ()
        return hits, {self._index.records[int(ranked.rows[i])]: float(ranked.scores[i]) for i in near}

    def _hits(self, ranked: "_Ranked", limit: int, understanding: Understanding) -> list[Hit]:
        hits = []
        for rank, i in enumerate(ranked.order[:limit], 1):
            row, position = int(ranked.rows[i]), int(ranked.positions[i])
            passage = self._index.passages[position]
            hits.append(
                Hit(
                    rank=rank,
                    record=passage.record,
                    record_type=passage.record_type,
                    score=float(ranked.scores[i]),
                    parts={name: float(values[i]) for name, values in ranked.parts.items()},
                    weights=ranked.weights,
                    passage=passage,
                    concepts=tuple(
                        m.concept for m in understanding.concepts if m.concept in self._concepts_of[row]
                    ),
                )
            )
        return hits

    def _record_terms(self, iri: str) -> frozenset[str]:
        """Return the stemmed English words of all passages of a record."""
        row = self._row[iri]
        first, last = np.searchsorted(self._row_of, (row, row + 1))
        texts = (self._index.passages[position].index_text for position in range(first, last))
        return frozenset(index_terms(" ".join(texts)))

    def _ranked(self, query: SearchQuery, understanding: Understanding) -> "_Ranked":
        allowed = self._allowed(query)
        lexical = self._index.lexical.scores(understanding.terms)
        local = self._local(understanding)
        overlap = self._overlap(understanding)
        positions = self._candidates(understanding, lexical, local, overlap, allowed)
        cosines = np.clip(self._index.vectors.scores(understanding.vector, positions), 0.0, 1.0)
        weights = self._weights if local is None else self._foreign_weights
        nearest, dense = _nearest(self._row_of[positions], cosines)
        rows = self._row_of[positions[nearest]]
        parts = {"dense": dense, "lexical": lexical[rows], "concept": overlap[rows]}
        if local is not None:
            parts["local"] = local[rows]
        scores = np.zeros(len(rows), dtype=np.float64)
        for name, values in parts.items():
            scores += weights[name] * values
        ranking = self._order(scores, rows)
        if self._reranker is not None:
            # Beyond the first few the part is zero, so they stay behind those that were read.
            first = ranking[:_RERANKED]
            read = np.zeros(len(rows), dtype=np.float32)
            texts = [self._index.passages[int(positions[nearest[i]])].index_text for i in first]
            asked = understanding.reading.english or understanding.text
            read[first] = self._reranker.scores(asked, texts)
            weights = _shares({**weights, "rerank": _RERANK_WEIGHT})
            parts["rerank"] = read
            scores = scores / (1 + _RERANK_WEIGHT) + weights["rerank"] * read
            ranking = self._order(scores, rows)
        return _Ranked(rows, positions[nearest], parts, weights, scores, ranking)

    def _order(self, scores: NDArray[np.float64], rows: NDArray[np.int64]) -> list[int]:
        return sorted(
            range(len(rows)), key=lambda i: (-round(float(scores[i]), 9), self._index.records[int(rows[i])])
        )

    def _allowed(self, query: SearchQuery) -> Mask:
        types = np.array([name in query.types for name in RECORD_TYPES])
        fields = np.array([name in query.fields for name in FIELDS])
        mask: Mask = types[self._types] & fields[self._fields]
        if query.filters:
            kept = np.array([self._keeps(iri, query.filters) for iri in self._index.records])
            mask &= kept[self._row_of]
        return mask

    def _local(self, understanding: Understanding) -> _Floats | None:
        """Return the score of each record by its texts in the language of the query; None for English."""
        index = self._index.local.get(understanding.language.code)
        return None if index is None else index.scores(understanding.grams)

    def _candidates(
        self,
        understanding: Understanding,
        lexical: _Floats,
        local: _Floats | None,
        overlap: _Floats,
        allowed: Mask,
    ) -> NDArray[np.int64]:
        """Return the passages of all records that one of the parts may carry into the answer."""
        near = self._index.vectors.search(understanding.vector, _CANDIDATES, allowed).positions
        rows = np.zeros(len(self._index.records), dtype=np.bool_)
        rows[self._row_of[near]] = True
        for scores in (lexical, overlap) if local is None else (lexical, overlap, local):
            rows[_best(scores, _CANDIDATES)] = True
        return np.flatnonzero(rows[self._row_of] & allowed)

    def _overlap(self, understanding: Understanding) -> _Floats:
        """Return for each record the weight of the best concept that it shares with the text."""
        overlap = np.zeros(len(self._index.records), dtype=np.float32)
        nobody = np.zeros(0, dtype=np.int64)
        for match in understanding.concepts:
            for family in self._broader(match.concept):
                rows = self._rows_of_family.get(family, nobody)
                overlap[rows] = np.maximum(overlap[rows], _SAME_SUBDOMAIN * match.weight)
            rows = self._rows_of_concept.get(match.concept, nobody)
            overlap[rows] = np.maximum(overlap[rows], match.weight)
        return overlap

    def _broader(self, iri: str) -> tuple[str, ...]:
        concept = self._catalogue.concepts.get(iri)
        return concept.broader if concept is not None else ()


def _nearest(rows: NDArray[np.int64], cosines: _Floats) -> tuple[NDArray[np.int64], _Floats]:
    """Return for each record its nearest passage and the mean cosine of its nearest three.

    A record of which several sides are near answers better than one with a single lucky sentence; one that has
    fewer passages (a city, a challenge) is not punished for it.

    Args:
        rows: Record of each passage, ascending.

    Returns:
        Indexes into ``rows`` of the nearest passages, one a record, and ``(n_records,)`` float32.
    """
    order = np.lexsort((np.arange(len(rows)), -cosines, rows))
    _, starts, counts = np.unique(rows[order], return_index=True, return_counts=True)
    taken = np.minimum(counts, _NEAREST)
    ranked = np.concatenate([cosines[order], np.zeros(_NEAREST, dtype=cosines.dtype)])
    total = np.zeros(len(starts), dtype=np.float32)
    for place in range(_NEAREST):
        total += np.where(place < taken, ranked[starts + place], 0.0)
    return order[starts], (total / np.maximum(taken, 1)).astype(np.float32)


def _shares(weights: Mapping[str, float]) -> dict[str, float]:
    total = sum(weights.values())
    return {name: weight / total for name, weight in weights.items()}


def _best(scores: _Floats, k: int) -> NDArray[np.int64]:
    """Return the positions of the at most k largest scores above zero."""
    if len(scores) > k:
        positions = np.argpartition(-scores, k)[:k]
        return positions[scores[positions] > 0]
    return np.flatnonzero(scores > 0)
