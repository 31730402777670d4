"""What a reader finds in a home: imports, generation of the graph, current build. Half a thing is an error."""

import hashlib
import re
from pathlib import Path
from typing import Final

import orjson

from bufgraph.errors import NotAvailableError
from bufgraph.graph.dumps import canonical_lines
from bufgraph.graph.oxigraph import OxigraphStore, open_store
from bufgraph.search.query import SearchQuery
from bufgraph.services.answers import AnswerService
from bufgraph.services.composition import Build, open_build
from bufgraph.settings import Settings
from bufgraph_ingest.loading import Generations

State = dict[str, str]
"""Part of a home → what it holds, in words that are equal when the content is; "" where there is nothing."""

_CLOCK: Final = ("http://www.w3.org/ns/prov#generatedAtTime",)
_ASKED: Final = "heated benches at bus stops"
_COUNT: Final = "SELECT (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } }"


def state_of(settings: Settings) -> State:
    """Open everything as a reader would: checksums, a SPARQL count, the nearest passages of a text.

    Raises:
        BufgraphError, AssertionError, OSError, ValueError: Something is half there.
    """
    for report in settings.home.glob("reports/*/report.json"):
        orjson.loads(report.read_bytes())
    return {
        "imports": _imports(settings.home / "imports"),
        "generation": _generation(settings),
        "build": _build(settings),
    }


def content_of(settings: Settings, *, thorough: bool) -> State:
    """Return the state of a finished home with digests of what it was made of, but for the times of loading.

    Args:
        thorough: Compare every statement, and answer a question as the server would (2 s more).
    """
    build = open_build(settings)
    files = {name: about["sha256"] for name, about in build.manifest["files"].items() if "index" in name}
    return state_of(settings) | {
        "index": _digest(orjson.dumps(files, option=orjson.OPT_SORT_KEYS)),
        "files": " ".join(_names(settings.home)),
        **(_all_of(build) if thorough else {}),
    }


def _imports(folder: Path) -> str:
    parts = []
    for path in sorted(folder.glob("*.jsonl")):
        content = path.read_bytes()
        assert content.endswith(b"\n"), f"{path} ends within a line"
        for line in content.splitlines():
            orjson.loads(line)
        parts.append(f"{path.name} {_digest(content)}")
    return " ".join(parts)


def _generation(settings: Settings) -> str:
    current = Generations(settings.home / "graph").current()
    if current is None:
        return ""
    held = len(open_store(current.folder, memory_quads=0))
    return f"{_digest(orjson.dumps(dict(current.graphs), option=orjson.OPT_SORT_KEYS))} {held} quads"


def _build(settings: Settings) -> str:
    try:
        build = open_build(settings)
    except NotAvailableError:
        return ""
    held = int(OxigraphStore.reader(build.graph_folder).select(_COUNT)[0]["n"].value)
    assert held == build.manifest["quads"], f"{held} quads, the manifest says {build.manifest['quads']}"
    nearest = build.index.vectors.search(build.encoder.encode([_ASKED])[0], 5)
    found = " ".join(build.index.passages[n].record.rpartition("/")[2] for n in nearest.positions.tolist())
    assert found, "search finds nothing"
    return f"{build.folder.name} {held} quads; {found}"


def _all_of(build: Build) -> State:
    hits = AnswerService(build).search(SearchQuery(_ASKED)).hits
    return {
        "statements": _digest(b"".join(canonical_lines(build.graph_folder, without=_CLOCK))),
        "answer": " ".join(f"{hit.record} {hit.score:.6f}" for hit in hits),
    }


def _names(home: Path) -> list[str]:
    """Return the names of files and folders that a finished home has, down to the second level."""
    paths = [*home.glob("*"), *home.glob("*/*")]
    names = {re.sub(r"\b\d{6}\b", "N", str(p.relative_to(home))) for p in paths}
    generations = sum(path.is_dir() for path in (home / "graph").glob("*"))
    return [*sorted(names), f"{generations} generation(s)"]


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:12]
