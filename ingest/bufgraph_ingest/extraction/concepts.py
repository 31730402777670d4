"""Challenges and domains of a text: by their meaning and labels, and by what practices like it address."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Final

from bufgraph.model import Catalogue
from bufgraph.namespaces import slug
from bufgraph.search.hybrid import HybridSearch
from bufgraph.search.query import SearchQuery
from bufgraph.search.understanding import Reader
from bufgraph_ingest.extraction.proposals import Field, Proposal
from bufgraph_ingest.extraction.sentences import passages, sentences

_MOST: Final = 3
"""Challenges that a text may propose; a record has one to three."""
_LEAST_WEIGHT: Final = 0.5
"""Least weight of a challenge, in [0, 2]."""
_LEAST_SHARE: Final = 0.7
"""Least weight of a further challenge, as a share of the first. Both chosen on the dev passages: F1 rose from 0.61 to 0.65, precision
from 0.55 to 0.70 (recall fell from 0.67 to 0.61) against a least weight of 0.3 with meaning counted half and no such share."""
_CONFIDENCE, _MOST_CONFIDENCE = 0.65, 0.8
"""Confidence of a challenge by its weight, and the most it may be: on the dev passages about half are right at a weight of 0.7 and four of
five at 1.1."""
_NEIGHBOURS, _SEARCHED = 10, 40
_MOST_READ: Final = 60
"""Sentences and passages of a document that are read one by one; a page tells its subject early."""
_QUERY: Final = 2000
"""Characters of the text that practices are searched with."""


class Concepts:
    """Proposes challenges with their subdomains.

    Args:
        strangers_only: Leave practices of the cities in the text out of the neighbours. For measuring: a passage on a known
            practice would be told by its own record.
    """

    def __init__(
        self, catalogue: Catalogue, reader: Reader, search: HybridSearch, *, strangers_only: bool = False
    ) -> None:
        self._catalogue = catalogue
        self._reader = reader
        self._search = search
        self._strangers_only = strangers_only

    def find(self, text: str, cities: frozenset[str]) -> Iterator[Proposal]:
        """Yield challenges, best first, then their subdomains.

        Args:
            cities: IRIs of the cities in the text.
        """
        if not any(char.isalnum() for char in text):
            return
        near = self._by_neighbours(text, cities)
        weights = self._by_meaning(text)
        total = {iri: weights.get(iri, 0.0) + near.get(iri, 0.0) for iri in {*weights, *near}}
        best = sorted(total, key=lambda iri: (-total[iri], iri))[:_MOST]
        least = max(_LEAST_WEIGHT, _LEAST_SHARE * max(total.values(), default=0.0))
        kept = [iri for iri in best if total[iri] >= least]
        for iri in kept:
            yield self._proposal(
                "challenge", iri, total[iri], "its meaning, its labels and practices like the text"
            )
        parents = dict.fromkeys(p for iri in kept for p in self._catalogue.concepts[iri].broader)
        for parent in parents:
            weight = max(total[iri] for iri in kept if parent in self._catalogue.concepts[iri].broader)
            yield self._proposal("domain", parent, weight, "the subdomain of a proposed challenge")

    def _by_meaning(self, text: str) -> Mapping[str, float]:
        weights: dict[str, float] = defaultdict(float)
        parts = [*passages(text), *(text[span.start : span.end] for span in sentences(text))]
        for part in dict.fromkeys(parts[:_MOST_READ]):
            if any(char.isalnum() for char in part):
                for match in self._reader.read(part).concepts:
                    weights[match.concept] = max(weights[match.concept], match.weight)
        return weights

    def _by_neighbours(self, text: str, cities: frozenset[str]) -> Mapping[str, float]:
        part = text[:_QUERY]
        hits = self._search.search(
            SearchQuery(text=part, types=("practice",), limit=_SEARCHED), self._reader.read(part)
        )
        practices = [self._catalogue.practices[hit.record] for hit in hits]
        if self._strangers_only:
            practices = [p for p in practices if p.origin not in cities]
        weights: dict[str, float] = defaultdict(float)
        for rank, practice in enumerate(practices[:_NEIGHBOURS], 1):
            for iri in practice.challenge:
                weights[iri] += (1.0 if iri == practice.main_challenge else 0.5) / (rank + 1)
        total = sum(weights.values())
        return {iri: weight / total for iri, weight in weights.items()}

    def _proposal(self, field: Field, iri: str, weight: float, why: str) -> Proposal:
        sure = round(min(weight * _CONFIDENCE, _MOST_CONFIDENCE), 2)
        return Proposal(field, None, slug(iri), self._catalogue.concept_label(iri), sure, why)
