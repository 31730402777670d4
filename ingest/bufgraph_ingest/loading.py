"""Named graphs into the store: a new generation beside the old one, then one switch.

A generation is a folder with a whole store. The next one starts as a hard-linked copy of the current, so
that only changed graphs are written; readers and a crash see the old generation until the pointer is
switched.
"""

import gc
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path

import orjson

from bufgraph.durability import replace_file, sync_tree
from bufgraph.graph.codec import Codec
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.graph.port import GraphStore
from bufgraph.index.builds import exclusive

_POINTER = "current.json"
_MOST_TAKEN_OUT = 100_000
"""Triples; so many take a second."""

CC_BY = "https://creativecommons.org/licenses/by/4.0/"


@dataclass(frozen=True)
class Content:
    """What belongs into one named graph.

    Attributes:
        payload: RDF text; ``content_hash``: its SHA-256.
        origin: Where it was read, in words (a file of the datasets).
        license: IRI of its licence; None where we do not know it, as with what an operator imports.
    """

    payload: bytes
    media_type: str
    content_hash: str
    origin: str
    license: str | None = CC_BY

    @property
    def is_large(self) -> bool:
        """Whether it is written in several documents."""
        return False

    def documents(self) -> Iterator[bytes]:
        """Yield RDF texts that are the content together."""
        yield self.payload


@dataclass(frozen=True)
class Stored:
    """What belongs into one named graph, where that may be more than memory holds.

    Attributes:
        read: Gives its documents, each time anew.
        is_large: Whether there are several; for the rest see :class:`Content`.
    """

    read: Callable[[], Iterator[bytes]]
    media_type: str
    content_hash: str
    origin: str
    license: str | None = CC_BY
    is_large: bool = False

    def documents(self) -> Iterator[bytes]:
        """Yield RDF texts that are the content together."""
        return self.read()


Contents = Mapping[str, Content | Stored]
"""IRI of a named graph → what belongs into it."""


@dataclass(frozen=True)
class Generation:
    """A finished store.

    Attributes:
        folder: Where it lies.
        graphs: SHA-256 of the content of each named graph, by IRI.
    """

    folder: Path
    graphs: Mapping[str, str]


class Generations:
    """The folder ``graph/`` of an operator's home: the durable truth."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def current(self) -> Generation | None:
        """Return the current generation, or None before the first load."""
        try:
            state = orjson.loads((self._folder / _POINTER).read_bytes())
        except FileNotFoundError:
            return None
        return Generation(self._folder / state["generation"], state["graphs"])

    def load(self, contents: Contents, codec: Codec) -> tuple[Generation, list[str]]:
        """Make the store hold exactly these named graphs; return the generation and the graphs that changed.

        Nothing is written when nothing changed.

        Raises:
            ConflictError: Another process is loading.
        """
        self._folder.mkdir(parents=True, exist_ok=True)
        with exclusive(
            self._folder / "lock", f"another process is loading data into {self._folder}; wait for it to end"
        ):
            current = self.current()
            old = dict(current.graphs) if current else {}
            changed = [iri for iri, content in contents.items() if old.get(iri) != content.content_hash]
            removed = [iri for iri in old if iri not in contents]
            if current is not None and not changed and not removed:
                self._remove_others(current.folder)  # left behind by a killed run
                return current, []
            number = int(current.folder.name) + 1 if current else 1
            folder = self._folder / f"{number:06}"
            shutil.rmtree(folder, ignore_errors=True)  # left behind by an interrupted run
            try:
                self._make(folder, current, contents, changed, removed, codec)
            except BaseException:
                shutil.rmtree(folder, ignore_errors=True)  # it may hold the room that is missing
                raise
            graphs = {iri: content.content_hash for iri, content in contents.items()}
            self._point_to(folder, graphs)
            self._remove_others(folder)
            return Generation(folder, graphs), changed + removed

    def _make(
        self,
        folder: Path,
        current: Generation | None,
        contents: Contents,
        changed: list[str],
        removed: list[str],
        codec: Codec,
    ) -> None:
        former = OxigraphStore.reader(current.folder) if current else None
        if former is None or _costs_more(former, contents, changed, removed):
            self._write(folder, contents, list(contents), [], codec)
        else:
            former.backup(folder)
            self._write(folder, contents, changed, removed, codec)
        sync_tree(folder)

    def _write(
        self,
        folder: Path,
        contents: Contents,
        changed: list[str],
        removed: list[str],
        codec: Codec,
    ) -> None:
        store: GraphStore = OxigraphStore.writer(folder)
        for iri in removed:
            store.remove_graph(iri)
            store.remove_graph(f"{iri}/provenance")
        for iri in changed:
            payload = codec.to_json_ld(provenance(iri, contents[iri], codec))
            store.replace_graph(f"{iri}/provenance", payload, "application/ld+json")
            if not contents[iri].is_large:
                store.replace_graph(iri, b"".join(contents[iri].documents()), contents[iri].media_type)
        # Bulk loading writes finished files; a flush after it would wait for their compaction, which can go on later.
        store.flush()
        for iri in (iri for iri in changed if contents[iri].is_large):
            store.load_graph(iri, contents[iri].documents(), contents[iri].media_type)
        del store
        gc.collect()  # the store gives up its lock only when it is collected

    def _point_to(self, folder: Path, graphs: Mapping[str, str]) -> None:
        replace_file(self._folder / _POINTER, orjson.dumps({"generation": folder.name, "graphs": graphs}))

    def _remove_others(self, current: Path) -> None:
        for path in self._folder.iterdir():
            if path.is_dir() and path != current:
                shutil.rmtree(path, ignore_errors=True)


def _costs_more(former: GraphStore, contents: Contents, changed: list[str], removed: list[str]) -> bool:
    """Tell whether to change a copy costs more than to write all graphs anew: a large one is taken out triple by triple."""
    return any(contents[iri].is_large for iri in changed) or any(
        next(islice(former.triples(named_graph=iri), _MOST_TAKEN_OUT, None), None) is not None
        for iri in [*changed, *removed]
    )


def provenance(graph: str, content: Content | Stored, codec: Codec) -> list[dict[str, object]]:
    """Describe a named graph with PROV-O: from what, by what, when."""
    activity = f"{graph}/load/{content.content_hash[:12]}"
    return [
        {
            "id": graph,
            "type": "prov:Entity",
            "content_hash": content.content_hash,
            "graph_origin": content.origin,
            "generated_at": datetime.now(UTC).isoformat(timespec="seconds").replace("+00:00", "Z"),
            "generated_by": activity,
            **({"license": content.license} if content.license else {}),
        },
        {"id": activity, "type": "prov:Activity", "name": "bufgraph ingest"},
    ]
