"""Everything that search needs of one build: passages with their dense and lexical index, local texts, vocabulary."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import orjson

from bufgraph.embeddings.port import Encoder
from bufgraph.errors import MisconfiguredError
from bufgraph.index.exact import ExactIndex
from bufgraph.index.faiss_flat import FaissFlatIndex
from bufgraph.index.lexical import Bm25Index
from bufgraph.index.port import LexicalIndex, VectorIndex
from bufgraph.model import Catalogue
from bufgraph.text.inflection import Inflection
from bufgraph.text.normalise import character_grams, index_terms
from bufgraph.text.passages import Passage, concept_text, local_texts, passages
from bufgraph.text.vocabulary import Vocabulary


@dataclass(frozen=True)
class SearchIndex:
    """The indexes of a build.

    Attributes:
        passages: Row numbers of ``vectors`` are positions here; the passages of a record stand together.
        lexical: BM25 over English stems of all passages of a record.
        records: IRIs in the order of the passages; row numbers of ``lexical`` and ``local`` are positions here.
        local: BM25 over character n-grams of what records say in a language, by language.
        concepts: Row numbers of ``concept_vectors`` are positions here.
        vocabulary: The words that texts are read with.
    """

    passages: Sequence[Passage]
    vectors: VectorIndex
    lexical: LexicalIndex
    records: Sequence[str]
    local: Mapping[str, LexicalIndex]
    concepts: Sequence[str]
    concept_vectors: VectorIndex
    vocabulary: Vocabulary

    @classmethod
    def make(
        cls, catalogue: Catalogue, encoder: Encoder, lexicons: Path, inflection: Inflection
    ) -> "SearchIndex":
        """Make the index of a catalogue; the encoder sees each passage and each challenge once.

        Args:
            lexicons: Folder of ``LANG.tsv`` files.
        """
        found = passages(catalogue)
        challenges = [concept.id for concept in catalogue.challenges]
        texts = [p.index_text for p in found] + [concept_text(catalogue.concepts[iri]) for iri in challenges]
        vectors = encoder.encode(texts)
        vocabulary = Vocabulary.make(lexicons, catalogue, texts, inflection)
        records = list(dict.fromkeys(p.record for p in found))
        return cls(
            passages=found,
            vectors=FaissFlatIndex.from_vectors(vectors[: len(found)]),
            lexical=Bm25Index.from_terms(record_terms(found)),
            records=records,
            local={
                lang: Bm25Index.from_terms(local_terms(local_texts(catalogue, lang), records))
                for lang in vocabulary.lexicons
                if lang != "en"
            },
            concepts=challenges,
            concept_vectors=ExactIndex(vectors[len(found) :]),
            vocabulary=vocabulary,
        )

    def save(self, folder: Path) -> None:
        """Write the index to a new folder."""
        folder.mkdir(parents=True)
        lines = [orjson.dumps(asdict(passage)) for passage in self.passages]
        (folder / "passages.jsonl").write_bytes(b"\n".join(lines))
        (folder / "concepts.json").write_bytes(orjson.dumps(list(self.concepts)))
        self.vectors.save(folder / "passages.faiss")
        self.concept_vectors.save(folder / "concepts.npy")
        self.lexical.save(folder / "lexical")
        for lang, index in self.local.items():
            index.save(folder / "local" / lang)
        self.vocabulary.save(folder / "vocabulary")

    @classmethod
    def load(cls, folder: Path) -> "SearchIndex":
        """Read what :meth:`save` wrote.

        Raises:
            MisconfiguredError: A file is missing or damaged; it is named.
        """
        try:
            lines = (folder / "passages.jsonl").read_bytes().splitlines()
            found = [Passage(**orjson.loads(line)) for line in lines]
            return cls(
                passages=found,
                vectors=FaissFlatIndex.load(folder / "passages.faiss"),
                lexical=Bm25Index.load(folder / "lexical"),
                records=list(dict.fromkeys(p.record for p in found)),
                local={path.name: Bm25Index.load(path) for path in sorted((folder / "local").glob("*"))},
                concepts=orjson.loads((folder / "concepts.json").read_bytes()),
                concept_vectors=ExactIndex.load(folder / "concepts.npy"),
                vocabulary=Vocabulary.load(folder / "vocabulary"),
            )
        except (OSError, ValueError, TypeError) as err:
            raise MisconfiguredError(
                f"the index in {folder} is damaged ({err}); run 'bufgraph build --force'", path=str(folder)
            ) from err


def record_terms(found: Sequence[Passage]) -> list[list[str]]:
    """Return the English index terms of each record, in the order in which passages name them."""
    terms: dict[str, list[str]] = {}
    for passage in found:
        terms.setdefault(passage.record, []).extend(index_terms(f"{passage.index_text} {passage.keywords}"))
    return list(terms.values())


def local_terms(texts: Mapping[str, str], records: Sequence[str]) -> list[list[str]]:
    """Return the index terms of what each record says in a language other than English.

    Args:
        texts: By record; see :func:`bufgraph.text.passages.local_texts`.
    """
    # Character 4-grams need no stemmer and no splitter of compounds, and forgive typos and missing diacritics
    # (McNamee and Mayfield 2004 found them the best single choice for the languages of Europe).
    return [character_grams(texts.get(iri, "")) for iri in records]
