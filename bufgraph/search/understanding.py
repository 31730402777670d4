"""What a text is about: its language, an English reading, a vector, and the concepts, places and numbers in it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from bufgraph.embeddings.port import Encoder, Vectors
from bufgraph.index.search_index import SearchIndex
from bufgraph.model import Catalogue
from bufgraph.namespaces import concept, slug
from bufgraph.search.query import ConceptMatch, Corrections
from bufgraph.text.gazetteer import PlaceMention
from bufgraph.text.language import Language
from bufgraph.text.mentions import NumberMention, numbers
from bufgraph.text.normalise import character_grams, index_terms, words
from bufgraph.text.reading import Reading, TextReader
from bufgraph.text.thesaurus import LabelMatch, Thesaurus

_MEANING_FLOOR, _MEANING_CEILING = 0.25, 0.65
"""Cosines of all-MiniLM-L6-v2 between a need and a challenge text: about 0.25 for any two urban topics, about
0.65 for a paraphrase. Between them the weight grows linearly. Tuned on the dev side, flat around these values."""
_LABEL_FLOOR = 0.75
"""Share of a label that must stand in the text; below it, single common words ("platform") match by chance."""
_MAX_CONCEPTS = 5
_NAMED_CONCEPTS = 2
"""Concepts that a reading is completed with."""


@dataclass(frozen=True)
class Understanding:
    """A text as search sees it.

    Attributes:
        language: What it is in.
        reading: The text in English words.
        vector: ``(dim,)`` unit vector of the reading.
        terms: Stemmed English words.
        grams: Character n-grams of the text itself; empty when it is English.
        concepts: Best first, at most five.
        places: Cities that the text names; context, not words to search for.
        numbers: Sizes, sums and years that the text names.
    """

    text: str
    language: Language
    reading: Reading
    vector: Vectors
    terms: Sequence[str]
    grams: Sequence[str]
    concepts: Sequence[ConceptMatch]
    places: Sequence[PlaceMention]
    numbers: Sequence[NumberMention]


class Reader:
    """Reads texts.

    Args:
        multilingual: True when the encoder reads all our languages; it then gets the text as typed.
        like: A reader of a build with the same concepts; what takes a second to make is taken over from it.
    """

    def __init__(
        self,
        catalogue: Catalogue,
        index: SearchIndex,
        encoder: Encoder,
        *,
        multilingual: bool = False,
        like: "Reader | None" = None,
    ) -> None:
        self._catalogue = catalogue
        self._index = index
        self._encoder = encoder
        self._multilingual = multilingual
        lexicons = index.vocabulary.lexicons
        self._thesaurus: Thesaurus = Thesaurus(catalogue.challenges) if like is None else like._thesaurus
        self._texts: TextReader = TextReader(lexicons) if like is None else like._texts.over(lexicons)
        self._gazetteer = index.vocabulary.gazetteer
        # One page asks three questions about one text.
        self.read = lru_cache(maxsize=64)(self._read)

    def _read(self, text: str, corrections: Corrections = Corrections()) -> Understanding:  # noqa: B008  # frozen
        """Return what a text is about, with the user's corrections carried out."""
        language = (
            Language(corrections.lang, 1.0)
            if corrections.lang
            else self._texts.identify(text, corrections.preferred)
        )
        places = [
            place
            for place in self._gazetteer.find(text, lambda word: self._texts.is_word(word, language))
            if slug(place.city) not in corrections.without
        ]
        tokens = words(text)
        names = frozenset(word for place in places for word in words(place.word))
        # Someone who types nothing but a name looks for that place.
        skip = names if any(token not in names for token in tokens) else frozenset[str]()
        reading = self._texts.read(text, language, skip)
        labels = self._by_label(text, language)
        vector = self._encoder.encode([self._asked(text, reading, labels)])[0]
        return Understanding(
            text=text,
            language=language,
            reading=reading,
            vector=vector,
            terms=index_terms(" ".join(reading.words) if reading.words else text),
            grams=() if language.code not in self._index.local else character_grams(
                " ".join(token for token in tokens if token not in skip)
            ),
            concepts=self._concepts(labels, vector, corrections),
            places=places,
            numbers=numbers(text),
        )  # fmt: skip

    def _asked(self, text: str, reading: Reading, labels: Sequence[ConceptMatch]) -> str:
        """Return what the encoder gets: a text in another language is read, with the names of the concepts in it."""
        if self._multilingual or reading.language.code not in self._index.local or not reading.words:
            return text
        return ". ".join((reading.english, *(match.label for match in labels[:_NAMED_CONCEPTS])))

    def _concepts(
        self, labels: Sequence[ConceptMatch], vector: Vectors, corrections: Corrections
    ) -> list[ConceptMatch]:
        found = {match.concept: match for match in self._by_meaning(vector)}
        for match in labels:
            meaning = found[match.concept].weight if match.concept in found else 0.0
            # A label that stands in the text may be a side remark ("the care home"): meaning must agree for all of its weight.
            found[match.concept] = replace(match, weight=max(meaning, (match.weight + meaning) / 2))
        for name in corrections.also:
            iri = self._catalogue.challenge(name).id
            found[iri] = ConceptMatch(iri, self._catalogue.concept_label(iri), 1.0, "chosen")
        unwanted = {concept("challenge", name) for name in corrections.without}
        kept = [match for iri, match in found.items() if iri not in unwanted]
        return sorted(kept, key=lambda c: (-c.weight, c.concept))[: max(_MAX_CONCEPTS, len(corrections.also))]

    def _by_meaning(self, vector: Vectors) -> list[ConceptMatch]:
        near = self._index.concept_vectors.search(vector, 8)
        span = _MEANING_CEILING - _MEANING_FLOOR
        weights = np.clip((near.scores - _MEANING_FLOOR) / span, 0.0, 1.0)
        found = []
        for position, weight in zip(near.positions.tolist(), weights.tolist(), strict=True):
            if weight > 0.1:
                iri = self._index.concepts[position]
                found.append(ConceptMatch(iri, self._catalogue.concept_label(iri), weight, "meaning"))
        return found

    def _by_label(self, text: str, language: Language) -> list[ConceptMatch]:
        """Return the concepts whose labels stand in the text, in its language, a likely other one, or English."""
        langs = None if language.code == "und" else frozenset({"en", language.code, *language.rivals})
        return [
            ConceptMatch(
                m.concept, self._catalogue.concept_label(m.concept), _label_weight(m), "label", m.label
            )
            for m in self._thesaurus.match(text, least=_LABEL_FLOOR, langs=langs)
        ]


def _label_weight(match: LabelMatch) -> float:
    return 0.6 + 0.4 * (match.coverage - _LABEL_FLOOR) / (1 - _LABEL_FLOOR)
