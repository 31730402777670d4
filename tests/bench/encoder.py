"""The exported query encoder beside the original: ``python -m tests.bench.encoder`` (half a minute).

Latency in pairs on the texts of the dev side, one thread each, and nDCG@10 of the whole search with either.
"""

import statistics
import time

import torch

from bufgraph.embeddings.model_files import find_model
from bufgraph.embeddings.port import Encoder
from bufgraph.embeddings.sentence_transformer import SentenceTransformerEncoder
from bufgraph.evaluation.judgments import TestCollection
from bufgraph.evaluation.measures import per_topic
from bufgraph.namespaces import slug
from bufgraph.search.query import SearchQuery
from bufgraph.search.understanding import Reader
from bufgraph.services.composition import Build, open_build
from bufgraph.services.evaluating import judgments_dir
from bufgraph.settings import load_settings


def ndcg(build: Build, encoder: Encoder, collection: TestCollection) -> tuple[float, dict[str, list[str]]]:
    """Return the mean nDCG@10 and the first ten of each topic."""
    reader = Reader(build.catalogue, build.index, encoder)
    runs = {
        topic.id: [
            (slug(hit.record), hit.score)
            for hit in build.hybrid.search(
                SearchQuery(topic.text, ("practice",), limit=50), reader.read(topic.text)
            )
        ]
        for topic in collection.topics.values()
    }
    values = per_topic(collection, runs)["nDCG@10"]
    return statistics.mean(values.values()), {topic: [s for s, _ in run[:10]] for topic, run in runs.items()}


def main() -> None:
    """Print the latencies, their ratio, and what becomes of the ranking."""
    say = print  # this is a script for people
    torch.set_num_threads(1)
    build = open_build(load_settings())
    original = SentenceTransformerEncoder(find_model(build.settings.model))
    collection = TestCollection.load(judgments_dir()).split("dev")
    texts = [
        build.reader.read(topic.text).reading.english or topic.text for topic in collection.topics.values()
    ]
    original.encode(texts[:3]), build.encoder.encode(texts[:3])
    pairs = []
    for text in texts:
        start = time.perf_counter()
        original.encode([text])
        middle = time.perf_counter()
        build.encoder.encode([text])
        pairs.append((middle - start, time.perf_counter() - middle))
    torch_ms, onnx_ms = (statistics.median(column) * 1_000 for column in zip(*pairs, strict=True))
    ratio = statistics.median(a / b for a, b in pairs)
    say(f"query vector: torch {torch_ms:.1f} ms, ONNX {onnx_ms:.1f} ms, median ratio {ratio:.1f}")
    (torch_ndcg, torch_runs), (onnx_ndcg, onnx_runs) = (
        ndcg(build, e, collection) for e in (original, build.encoder)
    )
    same = sum(torch_runs[topic] == onnx_runs[topic] for topic in torch_runs)
    say(
        f"nDCG@10 on dev: torch {torch_ndcg:.4f}, ONNX {onnx_ndcg:.4f}; the same first ten for {same} of {len(torch_runs)} texts"
    )


if __name__ == "__main__":
    main()
