"""Search quality of a build on the shipped judgments, beside plain systems and peers."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import orjson

from bufgraph import __version__
from bufgraph.embeddings.model_files import find_model
from bufgraph.errors import InvalidInputError
from bufgraph.evaluation import systems as peers
from bufgraph.evaluation.experiment import across_languages, compare
from bufgraph.evaluation.judgments import Split, TestCollection
from bufgraph.evaluation.systems import System
from bufgraph.namespaces import slug
from bufgraph.resources import datasets_dir
from bufgraph.search.hybrid import FOREIGN_WEIGHTS, WEIGHTS, HybridSearch
from bufgraph.search.query import SearchQuery
from bufgraph.services.answers import AnswerService
from bufgraph.services.composition import Build

Json = dict[str, Any]  # Any: JSON
Progress = Callable[[str], None]

OURS: Final = "bufgraph"
SYSTEMS: Final[Mapping[str, str]] = {
    OURS: "the whole search",
    "no-concepts": "the whole search without concepts",
    "no-local": "the whole search without texts in the user's language",
    "bm25": "BM25 on the text as typed",
    "dense": "the encoder alone on the text as typed",
    "fusion": "BM25 and encoder, half and half, on the text as typed",
    "kohesio": "word expansion and BM25 in the order of budgets, as Kohesio answers",
    "txtai": "txtai's hybrid index with the same model",
}
"""Named runs; txtai needs the extra ``peers``."""
_DEPTH: Final = 50


def judgments_dir() -> Path:
    """Return the folder of the shipped topics and judgments."""
    return datasets_dir() / "judgments"


def results_file() -> Path:
    """Return the file with the published results."""
    return judgments_dir() / "results.json"


def evaluate(build: Build, split: Split, names: Sequence[str], progress: Progress = lambda _: None) -> Json:
    """Run systems over one side of the split.

    Args:
        names: Of :data:`SYSTEMS`; ours is always among them.

    Raises:
        InvalidInputError: An unknown name.
        NotAvailableError: txtai was asked for and is not installed.
    """
    if unknown := [name for name in names if name not in SYSTEMS]:
        raise InvalidInputError(
            f"unknown system '{unknown[0]}'; choose from {', '.join(SYSTEMS)}", field="system"
        )
    collection = TestCollection.load(judgments_dir()).split(split)
    chosen = list(dict.fromkeys((OURS, *names)))
    runs, milliseconds = {}, {}
    for name in chosen:
        progress(f"{name}: {SYSTEMS[name]}")
        system = _system(name, build)
        system("warm up")
        started = time.perf_counter()
        runs[name] = {topic.id: system(topic.text) for topic in collection.topics.values()}
        milliseconds[name] = round((time.perf_counter() - started) / len(collection.topics) * 1_000, 2)
    return {
        "split": split,
        "topics": len(collection.topics),
        "answerable": sum(collection.answerable(topic) for topic in collection.topics),
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "bufgraph": __version__,
        "build": build.manifest["build"],
        "encoder": build.manifest["encoder"],
        "judgments": digest(),
        "descriptions": {name: SYSTEMS[name] for name in chosen},
        "milliseconds": milliseconds,
        "honesty": _honesty(build, collection),
        "parallel": _parallel(build, collection),
        **compare(collection, runs, OURS),
    }


def digest() -> str:
    """Return the SHA-256 of topics and judgments, so that results can be held against them."""
    content = b"".join(
        (judgments_dir() / name).read_bytes() for name in ("topics.tsv", "parallel.tsv", "qrels.txt")
    )
    return hashlib.sha256(content).hexdigest()


def published() -> Json | None:
    """Return the published results, or None when there are none."""
    return read_published(results_file())


def publish(result: Json) -> Path:
    """Write a result where the page finds it; return the file."""
    return write_published(results_file(), result)


def read_published(path: Path) -> Json | None:
    """Return published results, or None when there are none."""
    if not path.is_file():
        return None
    found: Json = orjson.loads(path.read_bytes())
    return found


def write_published(path: Path, result: Json) -> Path:
    """Write results with four places, whole or not at all; return the file."""
    scratch = path.with_suffix(".new")
    scratch.write_bytes(orjson.dumps(_rounded(result), option=orjson.OPT_INDENT_2) + b"\n")
    scratch.replace(path)
    return path


def _rounded(value: Any) -> Any:  # Any: JSON in, JSON out
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, dict):
        return {name: _rounded(part) for name, part in value.items()}
    return [_rounded(part) for part in value] if isinstance(value, list) else value


def _honesty(build: Build, collection: TestCollection) -> Json:
    """Return how often the search says that nothing fits, where something does and where nothing does."""
    answers = AnswerService(build)
    weak: dict[bool, list[bool]] = {True: [], False: []}
    for topic in collection.topics.values():
        answer = answers.search(SearchQuery(topic.text, ("practice",)))
        weak[collection.answerable(topic.id)].append(answer.weak)
    return {
        "said_nothing_fits_though_something_does": [sum(weak[True]), len(weak[True])],
        "said_nothing_fits_where_nothing_does": [sum(weak[False]), len(weak[False])],
    }


def _parallel(build: Build, collection: TestCollection) -> Json:
    """Run our search over the same needs in every language."""
    system = _ours(build, without=None)
    return across_languages(
        collection,
        {
            lang: {
                topic: system(text)
                for topic in collection.topics
                if (text := collection.text_in(topic, lang)) is not None
            }
            for lang in collection.languages
        },
    )


def _system(name: str, build: Build) -> System:
    if name in (OURS, "no-concepts", "no-local"):
        return _ours(build, without={"no-concepts": "concept", "no-local": "local"}.get(name))
    documents = peers.Documents.of(build.catalogue)
    if name == "bm25":
        return peers.bm25(documents)
    if name == "dense":
        return peers.dense(documents, build.encoder)
    if name == "fusion":
        return peers.fusion(documents, build.encoder)
    if name == "kohesio":
        return peers.kohesio(documents, build.catalogue.challenges)
    return peers.txtai(documents, str(find_model(build.settings.model).folder))


def _ours(build: Build, without: str | None) -> System:
    def weights(given: Mapping[str, float]) -> dict[str, float]:
        return {part: 0.0 if part == without else weight for part, weight in given.items()}

    hybrid = (
        HybridSearch(
            build.catalogue, build.index, build.traits.keeps, weights(WEIGHTS), weights(FOREIGN_WEIGHTS)
        )
        if without
        else build.hybrid
    )

    def run(text: str) -> list[tuple[str, float]]:
        query = SearchQuery(text, ("practice",), limit=_DEPTH)
        return [(slug(hit.record), hit.score) for hit in hybrid.search(query, build.reader.read(text))]

    return run
