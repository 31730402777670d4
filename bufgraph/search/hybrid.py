"""Hybrid retrieval: dense + lexical + concept overlap, each on a scale that means the same for every query."""

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from bufgraph.index.port import Mask
from bufgraph.index.search_index import SearchIndex
from bufgraph.model import Catalogue
from bufgraph.search.query import Filters, Hit, SearchQuery
from bufgraph.search.understanding import Understanding

WEIGHTS: Final[Mapping[str, float]] = {"dense": 1.0, "lexical": 0.6, "concept": 0.6}
"""Weights of the mean; set by hand on a dozen of our own needs, to be fitted on judgments."""
_CANDIDATES = 400
_SAME_SUBDOMAIN = 0.4
"""Overlap of two different challenges under one subdomain; the same challenge counts 1."""


class HybridSearch:
    """Finds records.

    Args:
        keeps: Tells whether a record passes filters; see :func:`bufgraph.search.filters.keeper`.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        index: SearchIndex,
        keeps: Callable[[str, Filters], bool],
        weights: Mapping[str, float] = WEIGHTS,
    ) -> None:
        self._catalogue = catalogue
        self._index = index
        self._keeps = keeps
        self._weights = weights
        self._records: list[str] = [p.record for p in index.passages]
        self._types = np.array([p.record_type for p in index.passages])
        self._fields = np.array([p.field for p in index.passages])
        self._concepts_of = {iri: self._record_concepts(iri) for iri in set(self._records)}

    def _record_concepts(self, iri: str) -> frozenset[str]:
        if (practice := self._catalogue.practices.get(iri)) is not None:
            return frozenset(practice.challenge)
        if (expert := self._catalogue.experts.get(iri)) is not None:
            practices = (self._catalogue.practices.get(p) for p in expert.related_practice)
            return frozenset(c for p in practices if p is not None for c in p.challenge)
        if iri in self._catalogue.cities:
            return frozenset(need.concern for need in self._catalogue.needs_by_city.get(iri, ()))
        return frozenset((iri,))

    def search(self, query: SearchQuery, understanding: Understanding) -> list[Hit]:
        """Return the best records, best first; equal scores are ordered by IRI."""
        allowed = self._allowed(query)
        if not allowed.any():
            return []
        lexical = self._index.lexical.scores(understanding.terms)
        candidates = self._candidates(understanding, lexical, allowed)
        dense = np.clip(self._index.vectors.scores(understanding.vector, candidates), 0.0, 1.0)
        best: dict[str, tuple[float, float, float, int]] = {}
        for position, cosine in zip(candidates.tolist(), dense.tolist(), strict=True):
            share = float(lexical[position])
            strength = self._weights["dense"] * cosine + self._weights["lexical"] * share
            record = self._records[position]
            if record not in best or strength > best[record][0]:
                best[record] = (strength, cosine, share, position)
        scored = []
        for record, (_, cosine, share, position) in best.items():
            overlap, shared = self._overlap(record, understanding)
            parts = {"dense": cosine, "lexical": share, "concept": overlap}
            total = sum(self._weights[name] * value for name, value in parts.items())
            scored.append((total / sum(self._weights.values()), record, parts, position, shared))
        scored.sort(key=lambda row: (-row[0], row[1]))
        return [
            Hit(
                rank=rank,
                record=record,
                record_type=self._index.passages[position].record_type,
                score=score,
                parts=parts,
                passage=self._index.passages[position],
                concepts=shared,
            )
            for rank, (score, record, parts, position, shared) in enumerate(scored[: query.limit], 1)
        ]

    def _allowed(self, query: SearchQuery) -> Mask:
        mask = np.isin(self._types, query.types) & np.isin(self._fields, query.fields)
        if query.filters:
            kept = {record for record in set(self._records) if self._keeps(record, query.filters)}
            mask &= np.array([record in kept for record in self._records])
        return mask

    def _candidates(
        self, understanding: Understanding, lexical: NDArray[np.float32], allowed: Mask
    ) -> NDArray[np.int64]:
        """Union of the nearest by vector, the best by words, and every passage that shares a concept."""
        near = self._index.vectors.search(understanding.vector, _CANDIDATES, allowed).positions
        ranked = np.argsort(-np.where(allowed, lexical, -1.0), kind="stable")[:_CANDIDATES]
        ranked = ranked[allowed[ranked] & (lexical[ranked] > 0)]
        wanted = {match.concept for match in understanding.concepts}
        sharing = [
            position
            for position in np.flatnonzero(allowed)
            if wanted & self._concepts_of[self._records[position]]
        ]
        return np.unique(np.concatenate([near, ranked, np.array(sharing, dtype=np.int64)]))

    def _overlap(self, record: str, understanding: Understanding) -> tuple[float, tuple[str, ...]]:
        own = self._concepts_of[record]
        if not own:
            return 0.0, ()
        shared = tuple(match.concept for match in understanding.concepts if match.concept in own)
        families = {parent for iri in own for parent in self._broader(iri)}
        best = 0.0
        for match in understanding.concepts:
            if match.concept in own:
                best = max(best, match.weight)
            elif families & set(self._broader(match.concept)):
                best = max(best, _SAME_SUBDOMAIN * match.weight)
        return best, shared

    def _broader(self, iri: str) -> tuple[str, ...]:
        concept = self._catalogue.concepts.get(iri)
        return concept.broader if concept is not None else ()
