"""Concepts found in a text by their labels, in every language of the thesaurus."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from math import log

import numpy as np

from bufgraph.model import Concept
from bufgraph.text.normalise import character_grams


@dataclass(frozen=True, slots=True)
class LabelMatch:
    """A concept whose label stands in a text.

    Attributes:
        concept: IRI.
        label: The label that matched, in its own language.
        lang: Language tag of the label.
        coverage: Share of the label's character n-grams found in the text, weighted by rarity; in [0, 1].
    """

    concept: str
    label: str
    lang: str
    coverage: float


class Thesaurus:
    """Labels of concepts as weighted character n-grams.

    N-grams bear inflection, compounds and missing diacritics; a label counts by how much of *it* is in the
    text, so a long text is no handicap.
    """

    def __init__(self, concepts: Iterable[Concept]) -> None:
        self._labels: list[tuple[str, str, str]] = []
        for concept in concepts:
            self._labels += [(concept.id, label, lang) for lang, label in sorted(concept.pref_label.items())]
            self._labels += [
                (concept.id, label, lang)
                for further in (concept.alt_label, concept.hidden_label)
                for lang, labels in sorted(further.items())
                for label in labels
            ]
        grams = [set(character_grams(label)) for _, label, _ in self._labels]
        postings: dict[str, list[int]] = defaultdict(list)
        for row, row_grams in enumerate(grams):
            for gram in row_grams:
                postings[gram].append(row)
        rarity = {gram: log(1 + len(grams) / len(rows)) for gram, rows in postings.items()}
        total = np.array([sum(rarity[g] for g in row_grams) or 1.0 for row_grams in grams])
        self._postings = {
            gram: (np.array(rows), rarity[gram] / total[rows]) for gram, rows in postings.items()
        }

    def match(
        self, text: str, *, least: float = 0.6, langs: frozenset[str] | None = None
    ) -> list[LabelMatch]:
        """Return each concept with its best matching label, best first, down to a least coverage.

        Args:
            langs: Languages of the labels that count; default: all.
        """
        coverage = np.zeros(len(self._labels))
        for gram in set(character_grams(text)):
            if (posting := self._postings.get(gram)) is not None:
                coverage[posting[0]] += posting[1]
        best: dict[str, LabelMatch] = {}
        for row in np.flatnonzero(coverage >= least):
            iri, label, lang = self._labels[row]
            if langs is not None and lang not in langs:
                continue
            share = float(min(coverage[row], 1.0))
            if iri not in best or share > best[iri].coverage:
                best[iri] = LabelMatch(iri, label, lang, share)
        return sorted(best.values(), key=lambda m: (-m.coverage, m.concept))
