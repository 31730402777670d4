"""From the graph to a build: derived statements, passages, vectors, manifest, switch."""

import gc
import hashlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from bufgraph import __version__
from bufgraph.embeddings.model_files import find_model
from bufgraph.embeddings.onnx import export
from bufgraph.embeddings.port import Encoder
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.index.builds import write_manifest
from bufgraph.index.search_index import SearchIndex
from bufgraph.matching.cities import CitySimilarity
from bufgraph.matching.evidence import assess_all
from bufgraph.model import Catalogue
from bufgraph.resources import queries_dir
from bufgraph.services.composition import (
    inflection,
    make_city_parts,
    passage_encoder,
)
from bufgraph.services.deriving import Json, evidence_records, profile_records, similarity_records
from bufgraph.services.home import builds, codec, encoder_folder, lexicons_dir
from bufgraph.settings import Settings

_FORMAT = 5
"""Raise it when the files of a build change their form, so that old builds count as stale."""

_PROBED = ("fi", "lv", "ru")

Progress = Callable[[str], None]


def build_id(settings: Settings, graphs: Mapping[str, str]) -> str:
    """Return the identifier of the build that these graphs, this model, this code and this year give.

    Args:
        graphs: SHA-256 of each named graph's content.
    """
    rules = [path.read_bytes() for path in sorted((queries_dir() / "derive").glob("*.rq"))]
    lexicons = [path.read_bytes() for path in sorted(lexicons_dir(settings).glob("*.tsv"))]
    parts = [
        f"{_FORMAT} {__version__} {settings.base_iri} {find_model(settings.model).fingerprint} {_year()}",
        *(f"{iri} {digest}" for iri, digest in sorted(graphs.items())),
    ]
    return hashlib.sha256("\n".join(parts).encode() + b"".join([*rules, *lexicons])).hexdigest()[:16]


def is_current(settings: Settings, graphs: Mapping[str, str]) -> bool:
    """Tell whether the current build is the one that :func:`make_build` would make, with its query encoder."""
    encoder = encoder_folder(settings, find_model(settings.model).fingerprint)
    return (encoder / "about.json").is_file() and builds(settings).current_id() == build_id(settings, graphs)


def make_build(
    settings: Settings, graph: Path, graphs: Mapping[str, str], progress: Progress, *, fresh: bool = False
) -> Path:
    """Make the build of a finished graph and switch to it; return its folder.

    Args:
        graph: Folder of the store; it is copied, not changed.
        graphs: SHA-256 of each named graph's content.
        fresh: Export the query encoder again, too.
    """
    encoder = passage_encoder(
        settings,
        on_progress=lambda done, total: progress(f"embedding passages: {done:,} of {total:,} new ones"),
    )
    query_folder = encoder_folder(settings, encoder.fingerprint)
    if fresh or not (query_folder / "about.json").is_file():
        progress("exporting the query encoder (once for a model)")
        export(find_model(settings.model), query_folder)
    identifier = build_id(settings, graphs)
    with builds(settings).new(identifier) as folder:
        progress("deriving statements")
        OxigraphStore.reader(graph).backup(folder / "graph")
        store = OxigraphStore.writer(folder / "graph")
        _derive(store, settings)
        records = codec(settings)
        catalogue = records.read_catalogue(store)
        progress("indexing passages")
        index = SearchIndex.make(catalogue, encoder, lexicons_dir(settings), inflection(settings))
        index.save(folder / "index")
        progress("deriving evidence, profiles and similar cities")
        for name, derived in _computed(catalogue, index):
            store.replace_graph(
                f"{settings.base_iri}graph/derived/{name}", records.to_json_ld(derived), "application/ld+json"
            )
        quads = store.count()
        store.flush()
        del store
        gc.collect()  # the store gives up its lock only when it is collected
        write_manifest(
            folder,
            {
                "build": identifier,
                "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
                "as_of_year": _year(),
                "bufgraph": __version__,
                "encoder": encoder.fingerprint,
                "multilingual": reads_our_languages(encoder, catalogue),
                "passages": len(index.passages),
                "embedded_now": encoder.misses,
                "quads": quads,
                "counts": catalogue.counts(),
                "graphs": dict(sorted(graphs.items())),
            },
        )
    builds(settings).prune()
    return builds(settings).current()


def _computed(catalogue: Catalogue, index: SearchIndex) -> Iterator[tuple[str, Iterator[Json]]]:
    """Yield the derived graphs that SPARQL alone cannot make, by name."""
    evidence = assess_all(catalogue, _year())
    levels = {iri: found.level for iri, found in evidence.items()}
    yield "evidence", evidence_records(evidence)
    yield "profiles", profile_records(catalogue, levels)
    parts = make_city_parts(catalogue, index, levels)
    yield "similar-cities", similarity_records(catalogue, CitySimilarity(parts))


def reads_our_languages(encoder: Encoder, catalogue: Catalogue) -> bool:
    """Tell whether an encoder brings the same challenge in different languages together.

    Finnish, Latvian and Russian labels, one language of each family far from English, look for their English label among
    all. all-MiniLM-L6-v2, which knows English, finds 5, 11 and 1 % of them; an encoder that finds half reads the text as
    typed.
    """
    found = tried = 0
    english = encoder.encode([concept.label for concept in catalogue.challenges])
    for lang in _PROBED:
        rows = [(n, c.pref_label[lang]) for n, c in enumerate(catalogue.challenges) if lang in c.pref_label]
        if rows:
            nearest = (encoder.encode([label for _, label in rows]) @ english.T).argmax(axis=1)
            found += sum(int(row == n) for row, (n, _) in zip(nearest.tolist(), rows, strict=True))
            tried += len(rows)
    return tried > 0 and found / tried >= 0.5


def _derive(store: OxigraphStore, settings: Settings) -> None:
    """Run every rule of ``queries/derive``; each writes a graph of its own that can be dropped."""
    for path in sorted((queries_dir() / "derive").glob("*.rq")):
        store.derive(path.read_text(encoding="utf-8"), f"{settings.base_iri}graph/derived/{path.stem}")


def _year() -> int:
    return datetime.now(UTC).year
