"""How ranking, and proven solutions for a city, grow with the records: ``python -m tests.bench.growth`` (four minutes, 4 GB of memory).

Synthetic practices (four passages each, clustered vectors, words by Zipf's law) under the real challenges, asked with the real
encoder and the real topics of the dev side. One thread. Understanding a text does not depend on the records; ``tests.bench`` measures it.
"""

import platform
import statistics
import time
from dataclasses import replace

import numpy as np

from bufgraph.evaluation.judgments import TestCollection
from bufgraph.index.faiss_flat import FaissFlatIndex
from bufgraph.index.lexical import Bm25Index
from bufgraph.index.search_index import SearchIndex
from bufgraph.matching.evidence import assess_all
from bufgraph.matching.solutions import rank_solutions
from bufgraph.model import Adoption, Catalogue, GoodPractice
from bufgraph.namespaces import SCHEME
from bufgraph.search.filters import TraitTable
from bufgraph.search.hybrid import HybridSearch
from bufgraph.search.query import Filters, SearchQuery
from bufgraph.search.understanding import Reader
from bufgraph.services.composition import Build, open_build
from bufgraph.services.evaluating import judgments_dir
from bufgraph.settings import load_settings
from bufgraph.text.passages import Field, Passage

SIZES = (341, 3_000, 10_000, 30_000, 100_000)
FIELDS: tuple[Field, ...] = ("problem", "solution", "results", "lessons")


def world(build: Build, size: int) -> tuple[Catalogue, SearchIndex]:
    """Return synthetic practices with their index."""
    rng = np.random.default_rng(20261124)
    challenges = build.catalogue.challenges
    countries = sorted(build.catalogue.cities)
    practices: dict[str, GoodPractice] = {}
    for number in range(size):
        concept = challenges[int(rng.integers(len(challenges)))].id
        iri = f"bgd:practice/p-{number:06}"
        origin = countries[int(rng.integers(len(countries)))]
        practices[iri] = GoodPractice(
            iri, f"Practice {number}", "problem", "summary", "approach", concept, origin, (concept,)
        )
    outcomes = ("success", "mixed", "failed", "too-early")
    adoptions = {
        f"{iri}-a": Adoption(
            f"{iri}-a", iri, practice.origin, f"{SCHEME}transfer-relation/origin",
            f"{SCHEME}outcome/{outcomes[number % 4]}", start_year=2000 + number % 25,
        )
        for number, (iri, practice) in enumerate(practices.items())
    }  # fmt: skip
    catalogue = replace(build.catalogue, practices=practices, adoptions=adoptions, experts={})
    found = [Passage(iri, "practice", field, field, field) for iri in practices for field in FIELDS]
    centres = rng.standard_normal((3_000, build.encoder.dim)).astype(np.float32)
    vectors = centres[rng.integers(len(centres), size=len(found))]
    vectors = vectors + 0.7 * rng.standard_normal(vectors.shape).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vocabulary = sorted(build.index.vocabulary.lexicons["en"]._forms.keys())  # real words, synthetic texts
    ranks = np.minimum(rng.zipf(1.3, size=(size, 120)), len(vocabulary)) - 1
    terms = [[vocabulary[i] for i in row] for row in ranks.tolist()]
    grams = [[f"{word[:4]}" for word in row] for row in terms]
    index = SearchIndex(
        passages=found,
        vectors=FaissFlatIndex.from_vectors(vectors),
        lexical=Bm25Index.from_terms(terms),
        records=list(practices),
        local={"fi": Bm25Index.from_terms(grams)},
        concepts=build.index.concepts,
        concept_vectors=build.index.concept_vectors,
        vocabulary=build.index.vocabulary,
    )
    return catalogue, index


def main() -> None:
    """Print milliseconds a ranking by number of records."""
    say = print  # this is a script for people
    build = open_build(load_settings())
    topics = [t.text for t in TestCollection.load(judgments_dir()).split("dev").topics.values()]
    say(
        f"machine: {platform.processor() or platform.machine()}, Python {platform.python_version()}; {len(topics)} texts in eleven languages"
    )
    say("records   ranking, median / 95 %   filtered, median   proven solutions for a city, median / 95 %")
    for size in SIZES:
        catalogue, index = world(build, size)
        table = TraitTable(catalogue, {})
        table.traits  # noqa: B018  # made once, when a server starts
        reader, hybrid = Reader(catalogue, index, build.encoder), HybridSearch(catalogue, index, table.keeps)
        reader.read("warm up"), hybrid.search(SearchQuery("warm up"), reader.read("warm up"))
        evidence = assess_all(catalogue, 2026)
        city = build.catalogue.city("fi-turku")
        near = build.similarity.scores(city)
        ranking, filtered, proven = [], [], []
        for text in topics:
            understanding = reader.read(text)
            start = time.perf_counter()
            hybrid.search(SearchQuery(text, ("practice",)), understanding)
            ranking.append((time.perf_counter() - start) * 1_000)
            start = time.perf_counter()
            hybrid.search(
                SearchQuery(text, ("practice",), Filters(challenge="winter-cycling")), understanding
            )
            filtered.append((time.perf_counter() - start) * 1_000)
            start = time.perf_counter()
            hits = hybrid.search(SearchQuery(text, ("practice",), limit=60), understanding)
            rank_solutions(hits, evidence, catalogue, city=city, similarity=near)
            proven.append((time.perf_counter() - start) * 1_000)
        say(
            f"{size:>7,}   {statistics.median(ranking):8.1f} / {sorted(ranking)[int(len(ranking) * 0.95)]:<8.1f}"
            f"      {statistics.median(filtered):8.1f}"
            f"            {statistics.median(proven):8.1f} / {sorted(proven)[int(len(proven) * 0.95)]:<8.1f}"
        )


if __name__ == "__main__":
    main()
