"""The data as files that others can take away, cite and check: the same bytes for the same data."""

import hashlib
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Final

import orjson

from bufgraph import __version__
from bufgraph.errors import InvalidInputError
from bufgraph.graph import dumps
from bufgraph.services import export_descriptions as descriptions
from bufgraph.services import table_files
from bufgraph.services.composition import Build
from bufgraph.services.export_descriptions import About
from bufgraph.services.export_tables import make_tables
from bufgraph.services.exported import COLUMNS, GRAPHS, SUMS, Export, exported_files, read_export, replacing
from bufgraph.services.home import codec
from bufgraph.services.table_files import Table

FORMATS: Final = ("nquads", "turtle", "jsonld", "csv", "parquet")
_CLOCK: Final = ("http://www.w3.org/ns/prov#generatedAtTime",)
"""When our program read a file: the one statement that differs between two builds of the same data."""

Progress = Callable[[str], None]


def export_build(
    build: Build,
    output: Path,
    formats: Iterable[str] = FORMATS,
    *,
    data_url: str | None = None,
    progress: Progress = lambda step: None,
) -> Export:
    """Write a build to a folder, whole or not at all, and return what lies there.

    Args:
        output: The folder; an earlier export there is replaced, anything else is left alone.
        formats: Some of :data:`FORMATS`.
        data_url: Where the files will be published; default: ``data/`` beside ``id/`` of the base IRI.

    Raises:
        InvalidInputError: Unknown format or address, or the folder holds something that is no export.
        ConflictError: Another process exports to the same folder.
    """
    chosen = set(formats)
    if unknown := sorted(chosen - set(FORMATS)):
        raise InvalidInputError(
            f"unknown format '{unknown[0]}'; choose from {', '.join(FORMATS)}", field="format"
        )
    url = data_url or f"{build.settings.base_iri.removesuffix('id/')}data/"
    if (
        not url.startswith(("http://", "https://"))
        or not url.endswith("/")
        or any(c in url for c in ' <>"{}|^`\\')
    ):
        raise InvalidInputError(
            f"the address '{url}' is not an http(s) address that ends in '/'", field="url"
        )
    with replacing(output) as scratch:
        _write(build, scratch, chosen, url, progress)
    return read_export(output)


def _write(build: Build, folder: Path, chosen: set[str], data_url: str, progress: Progress) -> None:
    progress("sorting the statements")
    lines = dumps.canonical_lines(build.graph_folder, without=_CLOCK)
    about = _about(build, lines, data_url)
    progress("writing the graph")
    if "nquads" in chosen:
        (folder / "bufgraph.nq").write_bytes(b"".join(lines))
    if "turtle" in chosen:
        (folder / "bufgraph.ttl").write_bytes(dumps.to_turtle(lines, about.prefixes))
    if "jsonld" in chosen:
        (folder / "bufgraph.jsonld").write_bytes(dumps.to_json_ld(lines))
    progress("writing the tables")
    if chosen & {"csv", "parquet"}:
        tables = make_tables(build.catalogue, build.evidence, build.graph, codec(build.settings))
        _write_tables(folder, tables, chosen, about)
    progress("describing the files")
    figures = dumps.figures(lines, tuple(descriptions.TARGETS))
    _describe(folder, about, figures, build.catalogue.counts())


def _about(build: Build, lines: Iterable[bytes], data_url: str) -> About:
    content, year = hashlib.sha256(b"".join(lines)).hexdigest(), int(build.manifest["as_of_year"])
    countries = {c.in_country for c in build.catalogue.cities.values() if c.in_country}
    return About(
        version=f"{__version__}+{year}.{content[:12]}",
        year=year,
        base_iri=build.settings.base_iri,
        data_url=data_url,
        countries=tuple(sorted(countries)),
    )


def _write_tables(folder: Path, tables: Sequence[Table], chosen: set[str], about: About) -> None:
    for table in tables:
        if "csv" in chosen:
            table_files.write_csv(table, folder / f"{table.name}.csv")
        if "parquet" in chosen:
            table_files.write_parquet(table, folder / f"{table.name}.parquet")
    if "csv" in chosen:
        facts = {
            "dc:title": descriptions.TITLE,
            "dc:license": {"@id": descriptions.LICENCE},
            "dc:hasVersion": about.version,
        }
        (folder / COLUMNS).write_bytes(table_files.describe(tables, facts))


def _describe(folder: Path, about: About, figures: dumps.GraphFigures, counts: dict[str, int]) -> None:
    held = exported_files(folder)
    dumped = [file.name for file in held if file.name in GRAPHS]
    for name, document in (
        ("dcat.ttl", descriptions.dcat(about, held)),
        ("void.ttl", descriptions.void(about, figures, dumped)),
    ):
        (folder / name).write_bytes(dumps.turtle_of(orjson.dumps(document), about.prefixes))
    (folder / "datacite.json").write_bytes(descriptions.to_json(descriptions.datacite(about, held, counts)))
    (folder / "CITATION.cff").write_text(descriptions.citation_cff(about), encoding="utf-8")
    (folder / "LICENSE.txt").write_text(descriptions.LICENCE_NOTE, encoding="utf-8")
    files = sorted(exported_files(folder), key=lambda file: file.name)
    (folder / SUMS).write_text("".join(f"{file.sha256}  {file.name}\n" for file in files), encoding="utf-8")
