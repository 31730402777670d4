"""The only place that chooses adapters and wires objects."""

import os
from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from bufgraph.benchmarking.indexes import index_definition, index_definitions
from bufgraph.benchmarking.profile import Profiles
from bufgraph.embeddings.cache import CachedEncoder
from bufgraph.embeddings.model_files import find_model
from bufgraph.embeddings.onnx import OnnxEncoder
from bufgraph.embeddings.port import Encoder
from bufgraph.embeddings.reranker import CrossEncoderReranker, Reranker
from bufgraph.embeddings.sentence_transformer import SentenceTransformerEncoder
from bufgraph.errors import MisconfiguredError
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.graph.port import GraphStore
from bufgraph.index.builds import Manifest, read_manifest
from bufgraph.index.extending import extended
from bufgraph.index.search_index import SearchIndex
from bufgraph.matching.adopters import Meaning
from bufgraph.matching.cities import CitySimilarity
from bufgraph.matching.city_parts import CityParts, ProfileMatrix
from bufgraph.matching.evidence import Evidence, assess_all
from bufgraph.matching.likeness import PracticeLikeness
from bufgraph.model import Catalogue, City
from bufgraph.search.filters import TraitTable
from bufgraph.search.hybrid import HybridSearch
from bufgraph.search.understanding import Reader
from bufgraph.services.home import builds, codec, encoder_folder, vector_cache
from bufgraph.services.querying import QueryService, worker_pool
from bufgraph.settings import Settings
from bufgraph.text.inflection import Inflection

PROFILE_INDEXES = ("european-smart-cities-2007", "practice-activity")
"""Indexes for the profile part of city similarity: measured indicators where there are any, else recorded activity."""
MIN_SCORED = 20


@dataclass(frozen=True)
class Build:
    """An opened build: read-only, and the same for as long as it is held.

    Attributes:
        folder: Where it lies.
        manifest: What it was made of.
    """

    settings: Settings
    folder: Path
    manifest: Manifest

    @property
    def graph_folder(self) -> Path:
        """Folder of the graph, for processes that open it themselves."""
        return self.folder / "graph"

    @cached_property
    def graph(self) -> GraphStore:
        """The graph, from memory while it is small."""
        return OxigraphStore.reader(self.graph_folder, memory_quads=self.settings.memory_quads)

    @cached_property
    def catalogue(self) -> Catalogue:
        """All records."""
        return codec(self.settings).read_catalogue(self.graph)

    @property
    def base(self) -> str:
        """Identifier of the full build that this one adds to: its own for a full build."""
        return str(self.manifest.get("base", self.folder.name))

    @property
    def changed(self) -> frozenset[str]:
        """IRIs of what differs from the full build; empty for a full build."""
        return frozenset(self.manifest.get("changed", ()))

    @cached_property
    def base_index(self) -> SearchIndex:
        """Passages of the full build with their indexes."""
        return SearchIndex.load(self.folder / "index")

    @cached_property
    def index(self) -> SearchIndex:
        """Passages with their indexes."""
        if not self.changed:
            return self.base_index
        encoder = increment_encoder(self.settings, self.encoder)
        return extended(self.base_index, self.catalogue, self.changed, encoder)

    @cached_property
    def encoder(self) -> Encoder:
        """The query encoder of this build."""
        return query_encoder(self.settings, str(self.manifest["encoder"]))

    @cached_property
    def reader(self) -> Reader:
        """Reads query texts."""
        return Reader(
            self.catalogue, self.index, self.encoder, multilingual=bool(self.manifest["multilingual"])
        )

    @cached_property
    def evidence(self) -> dict[str, Evidence]:
        """Evidence of every practice, by IRI."""
        return assess_all(self.catalogue, int(self.manifest["as_of_year"]))

    @cached_property
    def traits(self) -> TraitTable:
        """What every record can be filtered by."""
        levels = {iri: evidence.level for iri, evidence in self.evidence.items()}
        return TraitTable(self.catalogue, levels)

    @cached_property
    def hybrid(self) -> HybridSearch:
        """Hybrid retrieval."""
        return HybridSearch(self.catalogue, self.index, self.traits.keeps, reranker=reranker(self.settings))

    @cached_property
    def similarity(self) -> CitySimilarity:
        """Compares cities."""
        return CitySimilarity(self.city_parts)

    @cached_property
    def city_parts(self) -> CityParts:
        """What cities are compared by."""
        levels = {iri: evidence.level for iri, evidence in self.evidence.items()}
        return make_city_parts(self.catalogue, self.index, levels)

    def profiles(self, name: str) -> Profiles:
        """Return the profiles of all cities by an index, made once.

        Raises:
            InvalidInputError: Unknown index; the known ones are named.
        """
        index = index_definition(self.catalogue, name)
        if name not in self._profiles:
            levels = {iri: evidence.level for iri, evidence in self.evidence.items()}
            self._profiles[name] = Profiles(self.catalogue, index, levels)
        return self._profiles[name]

    @cached_property
    def _profiles(self) -> dict[str, Profiles]:
        return {}

    @cached_property
    def meaning(self) -> Meaning:
        """What challenges and practices say: a practice's vector is the mean of its passages."""
        places: dict[str, list[int]] = defaultdict(list)
        for position, passage in enumerate(self.index.passages):
            if passage.record_type == "practice":
                places[passage.record].append(position)
        practices = sorted(iri for iri in self.catalogue.practices if iri in places)
        vectors = np.stack(
            [np.mean([self.index.vectors.vector(n) for n in places[iri]], axis=0) for iri in practices]
        )
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return Meaning(
            self.city_parts.concepts, self.city_parts.kinship, practices, vectors.astype(np.float32)
        )

    @cached_property
    def likeness(self) -> PracticeLikeness:
        """Finds practices like one."""
        return PracticeLikeness(self.catalogue, self.index, self._city_scores)

    def _city_scores(self, city: City) -> Mapping[str, float]:
        # Similarity is made when somebody asks for it, not with the first search.
        return self.similarity.scores(city)

    def summary(self) -> dict[str, Any]:
        """Return what the build holds, from its manifest: counts by kind, triples, model, age."""
        live = self.manifest if "counts" in self.manifest else self._counted()
        counts = {**live["counts"], "triples": self.manifest["quads"], "passages": live["passages"]}
        about = {
            name: self.manifest[name] for name in ("build", "made_at", "as_of_year", "encoder", "bufgraph")
        }
        return {**about, "folder": str(self.folder), "counts": counts}

    def _counted(self) -> Manifest:
        return {"counts": self.catalogue.counts(), "passages": len(self.index.passages)}

    def warm_up(self) -> None:
        """Load everything now, so that the first question is as fast as the next."""
        self.reader.read("warm up")
        _ = self.hybrid, self.similarity, self.likeness, self.traits.traits


def make_city_parts(catalogue: Catalogue, index: SearchIndex, levels: Mapping[str, int]) -> CityParts:
    """Return what cities are compared by; the profile is that of the first index with enough ranked cities.

    Args:
        levels: Evidence level of each practice, by IRI.
    """
    known = index_definitions(catalogue)
    indexes = (Profiles(catalogue, known[name], levels) for name in PROFILE_INDEXES if name in known)
    chosen = next((p for p in indexes if p.scores.is_scored.sum() >= MIN_SCORED), None)
    profile = None
    if chosen is not None:
        cities, scores, _ = chosen.matrix()
        names = tuple(dimension.label for dimension in chosen.index.dimensions)
        profile = ProfileMatrix(chosen.index.title, cities, names, scores)
    return CityParts(catalogue, tuple(index.concepts), index.concept_vectors, profile)


def open_build(settings: Settings) -> Build:
    """Open the current build, checked file by file.

    Raises:
        NotAvailableError: Nothing was built yet.
        MisconfiguredError: The build is damaged.
    """
    return open_folder(settings, builds(settings).current())


def open_folder(settings: Settings, folder: Path, *, like: Path | None = None) -> Build:
    """Open a build, checked file by file.

    Args:
        like: Folder of another build that this process has opened; what is a hard link to it is not checked again.

    Raises:
        MisconfiguredError: The build is damaged.
    """
    return Build(settings, folder, read_manifest(folder, like=like))


def query_service(build: Build, *, expand: Callable[[str], str] | None = None) -> QueryService:
    """Return the SPARQL service of a build; its worker processes start with the first query.

    Args:
        expand: Answers the built-in services in a query; see :func:`bufgraph.services.semantic_answers.expander`.
    """
    pool = worker_pool(build.graph_folder, build.settings)
    return QueryService(pool, build.settings, build_id=build.folder.name, expand=expand)


def passage_encoder(settings: Settings, **options: object) -> CachedEncoder:
    """Return the encoder for building: sentence-transformers behind the cache."""
    files = find_model(settings.model)
    return CachedEncoder(
        SentenceTransformerEncoder(files),
        vector_cache(settings),
        **options,  # type: ignore[arg-type]  # the caller names CachedEncoder's own options
    )


def increment_encoder(settings: Settings, encoder: Encoder) -> Encoder:
    """Return the encoder for new texts of an increment: the query encoder, behind the cache where that can be written.

    Its vectors differ from those of the encoder for building by less than 1e-5 a component.
    """
    path = vector_cache(settings)
    writable = os.access(path if path.is_file() else path.parent, os.W_OK)
    return CachedEncoder(encoder, path, batch_size=8) if writable else encoder


def reranker(settings: Settings) -> Reranker | None:
    """Return the configured cross-encoder, or None."""
    return CrossEncoderReranker(settings.reranker) if settings.reranker else None


def inflection(settings: Settings) -> Inflection:
    """Return the inflected forms of words, kept in the home."""
    return Inflection(settings.home / "cache" / "inflection")


def query_encoder(settings: Settings, fingerprint: str) -> Encoder:
    """Return the encoder for queries, refusing one of another model than the index was made with."""
    encoder = OnnxEncoder(encoder_folder(settings, fingerprint))
    if encoder.fingerprint != fingerprint:
        raise MisconfiguredError(
            f"the query encoder is of model '{encoder.fingerprint}', the index of '{fingerprint}'; "
            "run 'bufgraph build --force'"
        )
    return encoder
