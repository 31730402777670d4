"""What a text is about: index terms, a vector, and the concepts read out of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from bufgraph.embeddings.port import Encoder, Vectors
from bufgraph.index.search_index import SearchIndex
from bufgraph.model import Catalogue
from bufgraph.search.query import ConceptMatch
from bufgraph.text.normalise import index_terms
from bufgraph.text.passages import concept_text
from bufgraph.text.thesaurus import LabelMatch, Thesaurus

_MEANING_FLOOR, _MEANING_CEILING = 0.30, 0.70
"""Cosines of all-MiniLM-L6-v2 between a need and a challenge text: about 0.3 for any two urban topics, about
0.7 for a paraphrase (seen on the shipped problem statements). Between them the weight grows linearly."""
_LABEL_FLOOR = 0.75
"""Share of a label that must stand in the text; below it, single common words ("platform") match by chance."""
_MAX_CONCEPTS = 5


@dataclass(frozen=True)
class Understanding:
    """A text as search sees it.

    Attributes:
        vector: ``(dim,)`` unit vector.
        terms: Stemmed words.
        concepts: Best first, at most five.
    """

    text: str
    vector: Vectors
    terms: Sequence[str]
    concepts: Sequence[ConceptMatch]


class Reader:
    """Reads texts."""

    def __init__(self, catalogue: Catalogue, index: SearchIndex, encoder: Encoder) -> None:
        self._catalogue = catalogue
        self._index = index
        self._encoder = encoder
        self._thesaurus = Thesaurus(catalogue.challenges)
        # One page asks three questions about one text.
        self.read = lru_cache(maxsize=64)(self._read)

    def _read(self, text: str) -> Understanding:
        """Return what a text is about. Concepts are found by their labels in all languages and by meaning."""
        labels = self._thesaurus.match(text, least=_LABEL_FLOOR)
        reading = self._reading(labels)
        # The default encoder knows English: a text found in another language is read through its concepts.
        vector = self._encoder.encode([reading or text])[0]
        terms = index_terms(f"{text} {reading}")
        return Understanding(text, vector, terms, self._concepts(labels, vector))

    def _reading(self, labels: Sequence[LabelMatch]) -> str:
        """Return the English words of the concepts whose labels stand in the text in another language."""
        foreign = [match for match in labels if match.lang != "en"]
        english = [match for match in labels if match.lang == "en"]
        if not foreign or (english and english[0].coverage >= foreign[0].coverage):
            return ""
        return " ".join(concept_text(self._catalogue.concepts[match.concept]) for match in foreign[:2])

    def _concepts(self, labels: Sequence[LabelMatch], vector: Vectors) -> list[ConceptMatch]:
        found: dict[str, ConceptMatch] = {}
        near = self._index.concept_vectors.search(vector, 8)
        span = _MEANING_CEILING - _MEANING_FLOOR
        for position, cosine in zip(near.positions, near.scores, strict=True):
            weight = float(np.clip((cosine - _MEANING_FLOOR) / span, 0.0, 1.0))
            if weight > 0.1:
                iri = self._index.concepts[position]
                found[iri] = ConceptMatch(iri, self._catalogue.concept_label(iri), weight, "meaning")
        for match in labels:
            weight = (match.coverage - _LABEL_FLOOR) / (1 - _LABEL_FLOOR) * 0.4 + 0.6
            if match.concept not in found or weight > found[match.concept].weight:
                label = self._catalogue.concept_label(match.concept)
                found[match.concept] = ConceptMatch(match.concept, label, weight, "label", match.label)
        return sorted(found.values(), key=lambda c: (-c.weight, c.concept))[:_MAX_CONCEPTS]
