"""The index of an increment: that of the full build, with the passages of changed records exchanged."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from bufgraph.embeddings.port import Encoder, Vectors
from bufgraph.errors import MisconfiguredError
from bufgraph.index.extended import NEW, ExtendedBm25
from bufgraph.index.faiss_flat import FaissFlatIndex
from bufgraph.index.lexical import Bm25Index
from bufgraph.index.port import LexicalIndex, Positions
from bufgraph.index.search_index import SearchIndex, local_terms, record_terms
from bufgraph.model import Catalogue
from bufgraph.text.lexicon import Lexicon
from bufgraph.text.passages import Passage, local_texts, passages
from bufgraph.text.vocabulary import Vocabulary, corpus_entries

_ENGLISH: Final = "en"


def extended(
    base: SearchIndex, catalogue: Catalogue, changed: Collection[str], encoder: Encoder
) -> SearchIndex:
    """Return the index of a catalogue that differs in a few records from the one that an index was made of.

    The same base, catalogue and changes give the same index, whichever process makes it. From a full index it differs in
    what :class:`ExtendedBm25` says, and in that names of new cities are not found in texts before the next full build.

    Args:
        base: Made in full.
        changed: IRIs of everything that differs, also of what is gone.
        encoder: The one that the base was made with; it sees new texts only.
    """
    found = passages(catalogue)
    before, now = _by_record(base.passages), _by_record(found)
    fresh = _affected(catalogue, changed) | {iri for iri, own in now.items() if before.get(iri) != own}
    records = list(now)
    own_rows = {iri: row for row, iri in enumerate(base.records)}
    rows: Positions = np.array(
        [NEW if iri in fresh else own_rows.get(iri, NEW) for iri in records], dtype=np.int64
    )
    new = [iri for iri in records if iri in fresh or iri not in own_rows]
    added = [passage for iri in new for passage in now[iri]]
    return SearchIndex(
        passages=found,
        vectors=FaissFlatIndex.from_vectors(_vectors(base, found, encoder)),
        lexical=_extend(base.lexical, rows, record_terms(added)),
        records=records,
        local={
            lang: _extend(index, rows, local_terms(_texts_of(catalogue, new, lang), new))
            for lang, index in base.local.items()
        },
        concepts=base.concepts,
        concept_vectors=base.concept_vectors,
        vocabulary=_with_words(base.vocabulary, [passage.index_text for passage in added]),
    )


def _by_record(found: Sequence[Passage]) -> dict[str, list[Passage]]:
    records: dict[str, list[Passage]] = defaultdict(list)
    for passage in found:
        records[passage.record].append(passage)
    return dict(records)


def _affected(catalogue: Catalogue, changed: Collection[str]) -> set[str]:
    """Return the changed things and what a changed translation translates: their texts in other languages may differ."""
    translated = (catalogue.translations[iri].translates for iri in changed if iri in catalogue.translations)
    return {*changed, *translated}


def _vectors(base: SearchIndex, found: Sequence[Passage], encoder: Encoder) -> Vectors:
    """Return ``(len(found), dim)``: of a text that the base has, its vector there; of any other, a new one."""
    known = {passage.index_text: position for position, passage in enumerate(base.passages)}
    positions = np.array([known.get(passage.index_text, NEW) for passage in found], dtype=np.int64)
    matrix = base.vectors.matrix()
    vectors = matrix[positions]  # the last row stands in for new ones, for a moment
    new = np.flatnonzero(positions == NEW)
    if len(new):
        vectors[new] = encoder.encode([found[place].index_text for place in new.tolist()])
    return vectors


def _extend(index: LexicalIndex, rows: Positions, documents: Sequence[Sequence[str]]) -> LexicalIndex:
    if not isinstance(index, Bm25Index):
        raise MisconfiguredError("only an index of a full build can be extended; run 'bufgraph build'")
    return ExtendedBm25(index, rows, documents)


def _texts_of(catalogue: Catalogue, records: Collection[str], lang: str) -> Mapping[str, str]:
    """Return what some records say in a language."""
    wanted = set(records)
    practices = {iri: p for iri, p in catalogue.practices.items() if iri in wanted}
    concepts = wanted.union(*(practice.challenge for practice in practices.values()))
    part = Catalogue(
        practices=practices,
        translations={i: t for i, t in catalogue.translations.items() if t.translates in wanted},
        cities={iri: city for iri, city in catalogue.cities.items() if iri in wanted},
        concepts={iri: c for iri, c in catalogue.concepts.items() if iri in concepts},
    )
    return local_texts(part, lang)


def _with_words(vocabulary: Vocabulary, texts: Sequence[str]) -> Vocabulary:
    """Return a vocabulary that knows the words of new texts, too, as far as they occur often enough in these alone."""
    english = vocabulary.lexicons[_ENGLISH]
    known = {entry.headword for entry in english.entries}
    new = [entry for entry in corpus_entries(texts) if entry.headword not in known]
    if not new:
        return vocabulary
    lexicon = Lexicon.make(_ENGLISH, [*english.entries, *new], {})
    return replace(vocabulary, lexicons={**vocabulary.lexicons, _ENGLISH: lexicon})
