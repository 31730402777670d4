"""The only place that chooses adapters and wires objects."""

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
from bufgraph.graph.codec import Codec
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.graph.port import GraphStore
from bufgraph.index.builds import Builds, Manifest, read_manifest
from bufgraph.index.search_index import SearchIndex
from bufgraph.matching.adopters import Meaning
from bufgraph.matching.cities import CitySimilarity
from bufgraph.matching.city_parts import CityParts, ProfileMatrix
from bufgraph.matching.evidence import Evidence, assess_all
from bufgraph.matching.likeness import PracticeLikeness
from bufgraph.model import Catalogue
from bufgraph.resources import datasets_dir, ontology_dir
from bufgraph.search.filters import TraitTable
from bufgraph.search.hybrid import HybridSearch
from bufgraph.search.understanding import Reader
from bufgraph.services.querying import QueryService, worker_pool
from bufgraph.settings import Settings

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

    @cached_property
    def index(self) -> SearchIndex:
        """Passages with their indexes."""
        return SearchIndex.load(self.folder / "index")

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
        return PracticeLikeness(self.catalogue, self.index, self.similarity.scores)

    def summary(self) -> dict[str, Any]:
        """Return what the build holds, from its manifest: counts by kind, triples, model, age."""
        counts = {
            **self.manifest["counts"],
            "triples": self.manifest["quads"],
            "passages": self.manifest["passages"],
        }
        about = {
            name: self.manifest[name] for name in ("build", "made_at", "as_of_year", "encoder", "bufgraph")
        }
        return {**about, "folder": str(self.folder), "counts": counts}

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


def codec(settings: Settings) -> Codec:
    """Return the codec for the operator's base IRI."""
    return Codec.from_file(ontology_dir() / "context.jsonld", settings.base_iri)


def lexicons_dir(settings: Settings) -> Path:
    """Return the folder of lexicons: the operator's own where the datasets have one, else the shipped one."""
    own = settings.datasets / "lexicons" if settings.datasets else None
    return own if own is not None and own.is_dir() else datasets_dir() / "lexicons"


def builds(settings: Settings) -> Builds:
    """Return the operator's builds."""
    return Builds(settings.home / "builds")


def open_build(settings: Settings) -> Build:
    """Open the current build, checked file by file.

    Raises:
        NotAvailableError: Nothing was built yet.
        MisconfiguredError: The build is damaged.
    """
    folder = builds(settings).current()
    return Build(settings, folder, read_manifest(folder))


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
        settings.home / "cache" / "vectors.sqlite",
        **options,  # type: ignore[arg-type]  # the caller names CachedEncoder's own options
    )


def reranker(settings: Settings) -> Reranker | None:
    """Return the configured cross-encoder, or None."""
    return CrossEncoderReranker(settings.reranker) if settings.reranker else None


def encoder_folder(settings: Settings, fingerprint: str) -> Path:
    """Return the folder of the exported query encoder of a model."""
    return settings.home / "cache" / "encoders" / fingerprint


def query_encoder(settings: Settings, fingerprint: str) -> Encoder:
    """Return the encoder for queries, refusing one of another model than the index was made with."""
    encoder = OnnxEncoder(encoder_folder(settings, fingerprint))
    if encoder.fingerprint != fingerprint:
        raise MisconfiguredError(
            f"the query encoder is of model '{encoder.fingerprint}', the index of '{fingerprint}'; "
            "run 'bufgraph build --force'"
        )
    return encoder
