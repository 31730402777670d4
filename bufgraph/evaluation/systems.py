"""What our search is compared with: plain systems and peers, rebuilt over the same practices."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from bufgraph.embeddings.port import Encoder
from bufgraph.errors import NotAvailableError
from bufgraph.index.lexical import Bm25Index
from bufgraph.model import Catalogue, Concept
from bufgraph.text.normalise import index_terms

System = Callable[[str], Sequence[tuple[str, float]]]
"""A text as typed → (slug of the practice, score), best first."""
_DEPTH: Final = 100


@dataclass(frozen=True)
class Documents:
    """Practices as plain documents: title, problem, summary and approach in one text."""

    slugs: Sequence[str]
    texts: Sequence[str]
    budgets: Sequence[float]

    @classmethod
    def of(cls, catalogue: Catalogue) -> "Documents":
        """Take the documents from a catalogue; a budget is the largest known cost of a practice in euro, else 0."""
        practices = list(catalogue.practices.values())
        return cls(
            [p.slug for p in practices],
            [f"{p.title}. {p.problem} {p.summary} {p.approach}" for p in practices],
            [
                max((a.cost or 0.0 for a in catalogue.adoptions_by_practice.get(p.id, ())), default=0.0)
                for p in practices
            ],
        )


def bm25(documents: Documents) -> System:
    """BM25 over English stems of the text as typed."""
    index = Bm25Index.from_terms([index_terms(text) for text in documents.texts])
    return lambda text: _ranked(documents.slugs, index.scores(index_terms(text)))


def dense(documents: Documents, encoder: Encoder) -> System:
    """Cosine of the encoder's vectors of the text as typed and of the documents."""
    vectors = encoder.encode(list(documents.texts))
    return lambda text: _ranked(documents.slugs, vectors @ encoder.encode([text])[0])


def fusion(documents: Documents, encoder: Encoder) -> System:
    """Mean of the cosine and the share of the reachable BM25 score, half and half."""
    index = Bm25Index.from_terms([index_terms(text) for text in documents.texts])
    vectors = encoder.encode(list(documents.texts))

    def run(text: str) -> Sequence[tuple[str, float]]:
        cosine = np.clip(vectors @ encoder.encode([text])[0], 0.0, 1.0)
        return _ranked(documents.slugs, 0.5 * cosine + 0.5 * index.scores(index_terms(text)))

    return run


def kohesio(documents: Documents, concepts: Sequence[Concept]) -> System:
    """Word expansion and BM25 in the order of budgets, as Kohesio (the EU's open project finder) answers.

    The words of the text are joined by the synonyms of the concepts whose English labels stand in it; what matches
    any word is shown by falling budget, unknown budgets last and by score.
    """
    index = Bm25Index.from_terms([index_terms(text) for text in documents.texts])
    labels = [
        (set(index_terms(label)), c) for c in concepts for label in (c.label, *c.alt_label.get("en", ()))
    ]

    def run(text: str) -> Sequence[tuple[str, float]]:
        terms = index_terms(text)
        expanded = list(terms)
        for words, concept in labels:
            if words and words <= set(terms):
                expanded += [
                    t
                    for label in (concept.label, *concept.alt_label.get("en", ()))
                    for t in index_terms(label)
                ]
        scores = index.scores(expanded)
        order = sorted(
            np.flatnonzero(scores > 0).tolist(),
            key=lambda i: (-documents.budgets[i], -float(scores[i]), documents.slugs[i]),
        )[:_DEPTH]
        return [(documents.slugs[i], float(-rank)) for rank, i in enumerate(order)]

    return run


def txtai(documents: Documents, model: str) -> System:
    """txtai's hybrid index with its defaults and the same model.

    Args:
        model: Folder of the sentence-transformers model.

    Raises:
        NotAvailableError: txtai is not installed; the message says how to install it.
    """
    try:
        from txtai import Embeddings  # noqa: PLC0415  # an optional peer, heavy to import
    except ImportError as err:
        raise NotAvailableError("txtai is not installed; run: pip install 'bufgraph[peers]'") from err
    index = Embeddings(path=model, hybrid=True)
    index.index(list(enumerate(documents.texts)))
    return lambda text: [(documents.slugs[i], float(score)) for i, score in index.search(text, _DEPTH)]


def _ranked(slugs: Sequence[str], scores: "np.typing.NDArray[np.float32]") -> list[tuple[str, float]]:
    order = sorted(range(len(slugs)), key=lambda i: (-float(scores[i]), slugs[i]))[:_DEPTH]
    return [(slugs[i], float(scores[i])) for i in order if scores[i] > 0]


def run_all(
    systems: Mapping[str, System], texts: Mapping[str, str]
) -> dict[str, dict[str, Sequence[tuple[str, float]]]]:
    """Return system → topic → ranking."""
    return {name: {topic: system(text) for topic, text in texts.items()} for name, system in systems.items()}
