"""Name → connector: what it reads, what it brings, and how it is opened."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Final

from bufgraph.errors import InvalidInputError
from bufgraph.graph.codec import Codec
from bufgraph_ingest.connectors.cordis import cordis_items
from bufgraph_ingest.connectors.geonames import geonames_items
from bufgraph_ingest.connectors.items import Item, table_items
from bufgraph_ingest.connectors.json_lines import JsonLines
from bufgraph_ingest.connectors.keep_eu import keep_items
from bufgraph_ingest.connectors.libraries import library_items
from bufgraph_ingest.connectors.mapped import MappedSource
from bufgraph_ingest.connectors.mended import is_mended, mended_items
from bufgraph_ingest.connectors.own_rdf import OwnRdf
from bufgraph_ingest.connectors.rdf import rdf_items
from bufgraph_ingest.connectors.wikidata import wikidata_items
from bufgraph_ingest.mappings.mapping import SourceMapping, read_mapping
from bufgraph_ingest.port import Reject, Source


@dataclass(frozen=True, slots=True)
class Opening:
    """A file to read.

    Attributes:
        name: Name of the import, which the records belong to.
        codec: Our context, for RDF in our ontology.
        encoding: Of delimited text; "" finds it out.
        mapping: A mapping file of the operator in the place of ours.
        since: Pass over what the source changed last before this day.
    """

    file: Path
    name: str
    codec: Codec
    encoding: str = ""
    mapping: Path | None = None
    since: date | None = None


@dataclass(frozen=True, slots=True)
class Connector:
    """A kind of source.

    Attributes:
        reads: Which files; ``brings``: which records.
        mapping: Name of the mapping; "" for our own schema.
        has_rows: An item of a table is one row of it, so that refused ones can be given back as a table.
    """

    description: str
    reads: str
    brings: str
    open: Callable[[Opening], Source]
    mapping: str = ""
    has_rows: bool = False


def open_source(kind: str, opening: Opening) -> Source:
    """Return the source for a file; nothing is read yet.

    Raises:
        InvalidInputError: There is no such connector, or the mapping cannot be read.
    """
    if kind not in CONNECTORS:
        raise InvalidInputError(f"unknown source '{kind}'; choose from {', '.join(CONNECTORS)}", field="kind")
    if not CONNECTORS[kind].mapping and (opening.since or opening.mapping):
        option = "since" if opening.since else "mapping"
        why = "says nothing of changes" if opening.since else "needs no mapping"
        raise InvalidInputError(f"a file of kind {kind} {why}; leave out --{option}", field=option)
    return CONNECTORS[kind].open(opening)


ItemsOf = Callable[[Opening, SourceMapping], Iterator[Item | Reject]]


def _by_mapping(name: str, items: ItemsOf) -> Callable[[Opening], Source]:
    """Return what opens a source by a mapping; refused items that were mended are read as they were written."""

    def open_(opening: Opening) -> Source:
        mapping = read_mapping(opening.mapping or name)
        file = opening.file

        def read() -> Iterator[Item | Reject]:
            return mended_items(file) if is_mended(file) else items(opening, mapping)

        return MappedSource(file.name, opening.name, mapping, read, opening.since)

    return open_


def _library(opening: Opening, mapping: SourceMapping) -> Iterator[Item | Reject]:
    return library_items(opening.file, opening.encoding, mapping.items)


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
        _by_mapping("rdf", lambda o, mapping: rdf_items(o.file, mapping)),
        "rdf",
    ),
    "geonames": Connector(
        "GeoNames extract, with alternateNamesV2 beside it",
        ".txt, .zip",
        "cities",
        _by_mapping("geonames", lambda o, _: geonames_items(o.file)),
        "geonames",
    ),
    "wikidata": Connector(
        "answer of the Wikidata query service",
        ".json",
        "cities with identifiers and population",
        _by_mapping("wikidata", lambda o, _: wikidata_items(o.file)),
        "wikidata",
    ),
    "kohesio": Connector(
        "projects of Kohesio, export of a country",
        ".csv, .xlsx",
        _DRAFTS,
        _by_mapping("kohesio", lambda o, _: table_items(o.file, o.encoding)),
        "kohesio",
        has_rows=True,
    ),
    "cordis": Connector(
        "projects of CORDIS, archive or file",
        ".zip, .csv, .json, .xml",
        _DRAFTS,
        _by_mapping("cordis", lambda o, _: cordis_items(o.file, o.encoding)),
        "cordis",
    ),
    "keep-eu": Connector(
        "Interreg projects of keep.eu: workbook with a sheet of projects and one of partners, or projects.csv with "
        "partners.csv beside it",
        ".xlsx, .csv",
        _DRAFTS,
        _by_mapping("keep-eu", lambda o, _: keep_items(o.file, o.encoding)),
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
        has_rows=True,
    ),
    "climate-adapt": Connector(
        "case studies of Climate-ADAPT, fields of their pages",
        ".csv, .xlsx, .json",
        _DRAFTS,
        _by_mapping("climate-adapt", _library),
        "climate-adapt",
        has_rows=True,
    ),
}
