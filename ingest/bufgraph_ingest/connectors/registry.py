"""Name → connector: what it reads, what it brings, and how it is opened."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from bufgraph.errors import InvalidInputError
from bufgraph.graph.codec import Codec
from bufgraph_ingest.connectors.cordis import cordis_items
from bufgraph_ingest.connectors.geonames import geonames_items
from bufgraph_ingest.connectors.items import table_items
from bufgraph_ingest.connectors.json_lines import JsonLines
from bufgraph_ingest.connectors.keep_eu import keep_items
from bufgraph_ingest.connectors.libraries import library_items
from bufgraph_ingest.connectors.mapped import MappedSource
from bufgraph_ingest.connectors.own_rdf import OwnRdf
from bufgraph_ingest.connectors.rdf import rdf_items
from bufgraph_ingest.connectors.wikidata import wikidata_items
from bufgraph_ingest.mappings.mapping import SourceMapping, read_mapping
from bufgraph_ingest.port import Source


@dataclass(frozen=True, slots=True)
class Opening:
    """A file to read.

    Attributes:
        name: Name of the import, which the records belong to.
        codec: Our context, for RDF in our ontology.
        encoding: Of delimited text; "" finds it out.
        mapping: A mapping file of the operator in the place of ours.
    """

    file: Path
    name: str
    codec: Codec
    encoding: str = ""
    mapping: Path | None = None


@dataclass(frozen=True, slots=True)
class Connector:
    """A kind of source.

    Attributes:
        reads: Which files; ``brings``: which records.
        mapping: Name of the mapping; "" for our own schema.
    """

    description: str
    reads: str
    brings: str
    open: Callable[[Opening], Source]
    mapping: str = ""


def open_source(kind: str, opening: Opening) -> Source:
    """Return the source for a file; nothing is read yet.

    Raises:
        InvalidInputError: There is no such connector, or the mapping cannot be read.
    """
    if kind not in CONNECTORS:
        raise InvalidInputError(f"unknown source '{kind}'; choose from {', '.join(CONNECTORS)}", field="kind")
    return CONNECTORS[kind].open(opening)


def _by_mapping(
    name: str, items: Callable[[Opening, SourceMapping], MappedSource]
) -> Callable[[Opening], Source]:
    return lambda opening: items(opening, read_mapping(opening.mapping or name))


def _cordis(opening: Opening, mapping: SourceMapping) -> MappedSource:
    file = opening.file
    return MappedSource(file.name, opening.name, mapping, lambda: cordis_items(file, opening.encoding))


def _geonames(opening: Opening, mapping: SourceMapping) -> MappedSource:
    return MappedSource(opening.file.name, opening.name, mapping, lambda: geonames_items(opening.file))


def _keep_eu(opening: Opening, mapping: SourceMapping) -> MappedSource:
    file = opening.file
    return MappedSource(file.name, opening.name, mapping, lambda: keep_items(file, opening.encoding))


def _library(opening: Opening, mapping: SourceMapping) -> MappedSource:
    file, where = opening.file, mapping.items
    return MappedSource(
        file.name, opening.name, mapping, lambda: library_items(file, opening.encoding, where)
    )


def _rdf(opening: Opening, mapping: SourceMapping) -> MappedSource:
    return MappedSource(opening.file.name, opening.name, mapping, lambda: rdf_items(opening.file, mapping))


def _table(opening: Opening, mapping: SourceMapping) -> MappedSource:
    file = opening.file
    return MappedSource(file.name, opening.name, mapping, lambda: table_items(file, opening.encoding))


def _wikidata(opening: Opening, mapping: SourceMapping) -> MappedSource:
    return MappedSource(opening.file.name, opening.name, mapping, lambda: wikidata_items(opening.file))


_DRAFTS: Final = "drafts of practices with their adoption, organisations and document"
CONNECTORS: Final[Mapping[str, Connector]] = {
    "jsonl": Connector(
        "JSON Lines in our schema", ".jsonl", "any records", lambda o: JsonLines(o.file, o.name)
    ),
    "json-ld": Connector(
        "RDF in our ontology, JSON-LD with any context inside",
        ".jsonld, .json, .ttl, .nt, .nq, .trig, .rdf",
        "any records",
        lambda o: OwnRdf(o.file, o.name, o.codec),
    ),
    "rdf": Connector(
        "RDF in another vocabulary, by a mapping",
        ".ttl, .nt, .nq, .trig, .rdf, .jsonld",
        _DRAFTS,
        _by_mapping("rdf", _rdf),
        "rdf",
    ),
    "geonames": Connector(
        "GeoNames extract, with alternateNamesV2 beside it",
        ".txt, .zip",
        "cities",
        _by_mapping("geonames", _geonames),
        "geonames",
    ),
    "wikidata": Connector(
        "answer of the Wikidata query service",
        ".json",
        "cities with identifiers and population",
        _by_mapping("wikidata", _wikidata),
        "wikidata",
    ),
    "kohesio": Connector(
        "projects of Kohesio, export of a country",
        ".csv, .xlsx",
        _DRAFTS,
        _by_mapping("kohesio", _table),
        "kohesio",
    ),
    "cordis": Connector(
        "projects of CORDIS, archive or file",
        ".zip, .csv, .json, .xml",
        _DRAFTS,
        _by_mapping("cordis", _cordis),
        "cordis",
    ),
    "keep-eu": Connector(
        "Interreg projects of keep.eu: workbook with a sheet of projects and one of partners, or projects.csv with "
        "partners.csv beside it",
        ".xlsx, .csv",
        _DRAFTS,
        _by_mapping("keep-eu", _keep_eu),
        "keep-eu",
    ),
    "interreg-europe": Connector(
        "good practices of Interreg Europe, fields of their pages",
        ".csv, .xlsx, .json",
        _DRAFTS,
        _by_mapping("interreg-europe", _library),
        "interreg-europe",
    ),
    "urbact": Connector(
        "good practices of URBACT, fields of their pages",
        ".csv, .xlsx, .json",
        _DRAFTS,
        _by_mapping("urbact", _library),
        "urbact",
    ),
    "climate-adapt": Connector(
        "case studies of Climate-ADAPT, fields of their pages",
        ".csv, .xlsx, .json",
        _DRAFTS,
        _by_mapping("climate-adapt", _library),
        "climate-adapt",
    ),
}
