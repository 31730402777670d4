"""Everything that search needs of one build: passages with their dense and lexical index, concept vectors."""

from collections.abc import Sequence
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
from bufgraph.text.normalise import index_terms
from bufgraph.text.passages import Passage, concept_text, passages


@dataclass(frozen=True)
class SearchIndex:
    """Row numbers of ``vectors`` and ``lexical`` are positions in ``passages``; those of ``concept_vectors`` in ``concepts``."""

    passages: Sequence[Passage]
    vectors: VectorIndex
    lexical: LexicalIndex
    concepts: Sequence[str]
    concept_vectors: VectorIndex

    @classmethod
    def make(cls, catalogue: Catalogue, encoder: Encoder) -> "SearchIndex":
        """Make the index of a catalogue; the encoder sees each passage and each challenge once."""
        found = passages(catalogue)
        challenges = [concept.id for concept in catalogue.challenges]
        texts = [p.index_text for p in found] + [concept_text(catalogue.concepts[iri]) for iri in challenges]
        vectors = encoder.encode(texts)
        return cls(
            passages=found,
            vectors=FaissFlatIndex.from_vectors(vectors[: len(found)]),
            lexical=Bm25Index.from_terms([index_terms(f"{p.index_text} {p.keywords}") for p in found]),
            concepts=challenges,
            concept_vectors=ExactIndex(vectors[len(found) :]),
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

    @classmethod
    def load(cls, folder: Path) -> "SearchIndex":
        """Read what :meth:`save` wrote.

        Raises:
            MisconfiguredError: A file is missing or damaged; it is named.
        """
        try:
            lines = (folder / "passages.jsonl").read_bytes().splitlines()
            return cls(
                passages=[Passage(**orjson.loads(line)) for line in lines],
                vectors=FaissFlatIndex.load(folder / "passages.faiss"),
                lexical=Bm25Index.load(folder / "lexical"),
                concepts=orjson.loads((folder / "concepts.json").read_bytes()),
                concept_vectors=ExactIndex.load(folder / "concepts.npy"),
            )
        except (OSError, ValueError, TypeError) as err:
            raise MisconfiguredError(
                f"the index in {folder} is damaged ({err}); run 'bufgraph build --force'", path=str(folder)
            ) from err
