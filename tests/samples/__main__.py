"""Every connector on its sample through the use cases of the commands: ``python -m tests.samples [FOLDER]``.

The folder is a scratch home, a temporary one by default; it gets imports, reports and a graph, and a table is printed.
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from bufgraph.graph.codec import Codec
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.resources import datasets_dir
from bufgraph.settings import Settings, load_settings
from bufgraph_ingest.connectors.indicators.values import Cited
from bufgraph_ingest.connectors.jsonl import JsonlFolder
from bufgraph_ingest.connectors.registry import Opening, open_source
from bufgraph_ingest.importing import Order as ValueOrder
from bufgraph_ingest.importing import import_indicators
from bufgraph_ingest.ingesting import Order, ingest
from bufgraph_ingest.port import RawRecord, Reject, Source
from bufgraph_ingest.shipping import load_datasets

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


SHEETS = ("practices", "adoptions", "needs", "experts")
VALUES = {
    "csv": "values.csv",
    "eurostat": "eurostat.csv",
    "jsonstat": "jsonstat.json",
    "kolada": "kolada.json",
}
"""Kind of a file of indicator values → its sample."""


@dataclass(frozen=True)
class Line:
    """What became of a sample: things read, new and refused, records by type, triples in the graph."""

    source: str
    read: int
    accepted: int
    refused: int
    types: Counter[str]


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


def ingest_all(settings: Settings) -> list[Line]:
    """Bring every sample in, each as an import of its own."""
    return [*_records(settings), *_values(settings)]


def _records(settings: Settings) -> Iterator[Line]:
    files = {kind: FOLDER / "spreadsheets" / f"{kind}.csv" for kind in SHEETS}
    files |= {kind: FOLDER / sample for kind, sample in SAMPLES.items()}
    for kind, file in files.items():
        run = ingest(Order(file, kind, kind), settings, _quiet).run
        yield Line(kind, run.counts["read"], run.counts["new"], run.counts["refused"], Counter(run.records))


def _values(settings: Settings) -> Iterator[Line]:
    folder = FOLDER / "indicators"
    source = Cited("Invented figures", "https://example.org/figures")
    for kind, sample in VALUES.items():
        codes = {} if kind == "csv" else {"cities": folder / "cities.csv", "indicators": folder / "codes.csv"}
        order = ValueOrder(folder / sample, kind, f"values-{kind}", source=source, **codes)
        done = import_indicators(order, settings, _quiet)
        refused = len(done.report.rejects)
        read = done.accepted + refused + done.missing
        yield Line(f"values-{kind}", read, done.accepted, refused, Counter(Observation=done.accepted))


def triples(settings: Settings) -> tuple[Counter[str], int]:
    """Load datasets and imports into a graph; return the triples of each import and how many records were refused."""
    loaded = load_datasets(settings, _quiet)
    base = f"{settings.base_iri}graph/imports-"
    query = "SELECT ?g (COUNT(*) AS ?n) WHERE { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g"
    found: Counter[str] = Counter()
    for row in OxigraphStore.reader(loaded.generation.folder).select(query):
        if row["g"].value.startswith(base) and not row["g"].value.endswith("/provenance"):
            found[row["g"].value.removeprefix(base)] = int(row["n"].value)
    return found, len(loaded.report.rejects) if loaded.report else 0


def _quiet(step: str) -> None:
    """Say nothing of progress."""


def main(home: Path) -> None:
    """Print the table."""
    settings = load_settings(home=home)
    lines = ingest_all(settings)
    counts, refused = triples(settings)
    columns = ("City", "GoodPractice", "Adoption", "Organization", "Observation")
    head = [
        "source",
        "read",
        "new",
        "refused",
        "cities",
        "practices",
        "adoptions",
        "bodies",
        "values",
        "triples",
    ]
    rows = [head]
    for line in lines:
        numbers = [
            line.read,
            line.accepted,
            line.refused,
            *(line.types[c] for c in columns),
            counts[line.source],
        ]
        rows.append([line.source, *map(str, numbers)])
    for first, *rest in rows:
        sys.stdout.write(f"{first:16}" + "".join(f"{cell:>10}" for cell in rest) + "\n")
    sys.stdout.write(f"refused when the graph was loaded: {refused}; reports and graph: {home}\n")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        main(Path(sys.argv[1]))
    else:
        with tempfile.TemporaryDirectory(prefix="bufgraph-samples-") as scratch:
            main(Path(scratch))
