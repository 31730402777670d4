"""Runs every connector on its sample into a scratch store and prints the counts: ``python -m tests.samples``."""

import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bufgraph.graph.codec import Codec
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.resources import datasets_dir, ontology_dir
from bufgraph.settings import load_settings
from bufgraph_ingest.connectors.jsonl import JsonlFolder
from bufgraph_ingest.connectors.registry import CONNECTORS, Opening, open_source
from bufgraph_ingest.pipeline import prepare
from bufgraph_ingest.port import RawRecord, Reject, Source

FOLDER = Path(__file__).parent
SAMPLES = {
    "jsonl": "jsonl/practice.jsonl",
    "json-ld": "json-ld/practice.jsonld",
    "rdf": "rdf/projects.ttl",
    "geonames": "geonames/cities500.txt",
    "wikidata": "wikidata/cities.json",
    "kohesio": "kohesio/projects.csv",
    "cordis": "cordis/project.csv",
    "keep-eu": "keep-eu/projects.csv",
    "interreg-europe": "interreg-europe/practices.json",
    "urbact": "urbact/practices.csv",
    "climate-adapt": "climate-adapt/case-studies.csv",
}
"""Connector → its sample."""


@dataclass(frozen=True)
class Loaded:
    """What became of a sample: rejects of the connector, of the checks after it, and records by type."""

    unreadable: list[Reject]
    refused: list[Reject]
    types: Counter[str]
    triples: int


@dataclass(frozen=True)
class Beside:
    """Records of a source beside cities that they may lie in."""

    found: list[RawRecord]
    cities: list[RawRecord]

    def read(self) -> Iterator[RawRecord | Reject]:
        yield from self.cities
        yield from self.found


def source(kind: str, codec: Codec) -> Source:
    """Return the connector on its sample."""
    return open_source(kind, Opening(FOLDER / SAMPLES[kind], "sample", codec))


def shipped_cities() -> list[RawRecord]:
    """Return the shipped cities without their documents, which are of no matter here."""
    return [
        RawRecord(raw.collection, raw.file, raw.line, {k: v for k, v in raw.record.items() if k != "source"})
        for raw in JsonlFolder(datasets_dir() / "cities").read()
        if isinstance(raw, RawRecord) and raw.record["type"] == "City"
    ]


def load(kind: str, cities: list[RawRecord], codec: Codec) -> Loaded:
    """Read a sample, check it and load what passes into a store in memory."""
    found = list(source(kind, codec).read())
    records = [raw for raw in found if isinstance(raw, RawRecord)]
    batch = prepare(Beside(records, cities), ontology_dir(), codec)
    made: list[dict[str, Any]] = batch.collections.get("imports/sample", [])
    store = OxigraphStore.memory()
    store.replace_graph("urn:imports:sample", codec.to_json_ld(made), "application/ld+json")
    types = Counter(r["type"] if isinstance(r["type"], str) else r["type"][-1] for r in made)
    unreadable = [reject for reject in found if isinstance(reject, Reject)]
    return Loaded(unreadable, batch.report.rejects, types, sum(1 for _ in store.triples()))


def main() -> None:
    """Print a line for each connector."""
    settings = load_settings()
    codec = Codec.from_file(ontology_dir() / "context.jsonld", settings.base_iri)
    cities = shipped_cities()
    for kind in CONNECTORS:
        done = load(kind, cities, codec)
        types = ", ".join(f"{count} {name}" for name, count in sorted(done.types.items()))
        refused = len(done.unreadable) + len(done.refused)
        sys.stdout.write(f"{kind:10} {types}; refused {refused}; {done.triples} triples\n")
        for reject in (*done.unreadable, *done.refused):
            where = f"{reject.file} {reject.line} {reject.column or reject.field}"
            sys.stdout.write(f"           {where}: {reject.reason}; {reject.remedy}\n")


if __name__ == "__main__":
    main()
