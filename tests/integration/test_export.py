"""Exports: the same bytes for the same data, whole or not at all, and true to the graph."""

import csv
import fcntl
import hashlib
import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pyarrow.parquet as pq
import pyoxigraph as ox
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from rdflib import DCAT, DCTERMS, RDF, VOID, Graph, URIRef

from bufgraph.errors import ConflictError, InvalidInputError
from bufgraph.graph import dumps
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.services.composition import open_build, query_service
from bufgraph.services.exported import Export
from bufgraph.services.exporting import export_build
from bufgraph.services.publishing import Publication, export_folder, prune_exports
from bufgraph.settings import Settings, load_settings
from bufgraph_api import errors
from bufgraph_api.routes.data import data_router
from bufgraph_api.state import State
from builders import write_towns
from conftest import build, copy_home

DATASET = URIRef("https://w3id.org/bufgraph/id/dataset/bufgraph")


@pytest.fixture(scope="module")
def towns(towns_settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Settings]:
    """Gives a home with a build of the towns, another one each time."""

    def copy() -> Settings:
        home = tmp_path_factory.mktemp("towns")
        copy_home(towns_settings.home, home)
        return load_settings({}, home=home, datasets=towns_settings.datasets)

    return copy


@pytest.fixture(scope="module")
def settings(towns: Callable[[], Settings]) -> Settings:
    return towns()


@pytest.fixture(scope="module")
def export(settings: Settings, tmp_path_factory: pytest.TempPathFactory) -> Export:
    return export_build(open_build(settings), tmp_path_factory.mktemp("exports") / "export")


def rows(export: Export, table: str) -> list[dict[str, str]]:
    with (export.folder / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def sums(export: Export) -> bytes:
    return (export.folder / "SHA256SUMS").read_bytes()


# -- the same bytes -----------------------------------------------------------------------------------


def test_another_build_of_the_same_data_in_another_home_gives_the_same_bytes(
    export: Export, new_home: Callable[[], Path], tmp_path: Path
) -> None:
    time.sleep(1.1)  # the graph notes in seconds when a file was read
    other = build(load_settings({}, home=new_home(), datasets=write_towns(tmp_path / "datasets")))
    again = export_build(open_build(other), tmp_path / "again")
    assert sums(again) == sums(export)
    assert again.version == export.version


def test_the_bytes_do_not_hang_on_the_seed_of_hashes(
    settings: Settings, export: Export, tmp_path: Path
) -> None:
    environ = {**os.environ, "BUFGRAPH_HOME": str(settings.home), "BUFGRAPH_DATASETS": str(settings.datasets), "PYTHONHASHSEED": "7"}  # fmt: skip
    command = [sys.executable, "-m", "bufgraph.cli.main", "export", "--output", str(tmp_path / "cli")]
    done = subprocess.run(command, env=environ, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr.decode()
    assert done.stdout == sums(export)


def test_other_data_have_another_version(export: Export, small_settings: Settings, tmp_path: Path) -> None:
    other = export_build(open_build(small_settings), tmp_path / "other", ["nquads"])
    assert other.version != export.version


def test_labels_of_blank_nodes_depend_on_what_is_said_of_them(tmp_path: Path) -> None:
    found = []
    for n, text in enumerate(
        ('<urn:a> <urn:p> _:x , _:y . _:x <urn:q> "1" . _:y <urn:q> "2" .', '_:u <urn:q> "2" . <urn:a> <urn:p> _:u , _:v . _:v <urn:q> "1" .')
    ):  # fmt: skip
        store = OxigraphStore.writer(tmp_path / str(n))
        store.replace_graph("urn:g", text.encode(), "text/turtle")
        store.flush()
        del store
        found.append(dumps.canonical_lines(tmp_path / str(n)))
    assert found[0] == found[1]
    assert len(found[0]) == 4


# -- true to the graph --------------------------------------------------------------------------------


def test_every_format_of_the_graph_says_the_same(export: Export) -> None:
    def read(name: str, form: ox.RdfFormat) -> ox.Dataset:
        dataset = ox.Dataset(ox.parse(path=str(export.folder / name), format=form))
        dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
        return dataset

    quads = read("bufgraph.nq", ox.RdfFormat.N_QUADS)
    assert read("bufgraph.jsonld", ox.RdfFormat.JSON_LD) == quads
    union = ox.Dataset(ox.Quad(q.subject, q.predicate, q.object) for q in quads)
    union.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    assert read("bufgraph.ttl", ox.RdfFormat.TURTLE) == union


def test_nothing_but_the_clock_of_our_program_is_left_out(export: Export, settings: Settings) -> None:
    kept = (export.folder / "bufgraph.nq").read_bytes().count(b"\n")
    clock = ox.NamedNode("http://www.w3.org/ns/prov#generatedAtTime")
    store = ox.Store.read_only(str(open_build(settings).graph_folder))
    left_out = len(list(store.quads_for_pattern(None, clock, None, None)))
    assert left_out > 0
    assert kept == len(store) - left_out


def test_tables_have_one_row_a_record_and_join(export: Export) -> None:
    practices = {row["id"]: row for row in rows(export, "practices")}
    adoptions = {row["id"]: row for row in rows(export, "adoptions")}
    assert len(practices) == 4
    assert {row["practice"] for row in adoptions.values()} == set(practices)
    robots = next(row for row in adoptions.values() if row["slug"] == "robots")
    assert (robots["place_label"], robots["country_code"], robots["start_year"], robots["cost"]) == (
        "Oulu",
        "FI",
        "2019",
        "",
    )
    assert robots["failure_cause"] == "https://w3id.org/bufgraph/scheme/barrier/immature-technology"
    result = rows(export, "results")[0]
    assert adoptions[result["adoption"]]["practice"] == result["practice"]
    cities = {row["slug"]: row for row in rows(export, "cities")}
    assert (cities["fi-turku"]["is_coastal"], cities["fi-turku"]["alt_label"]) == ("true", "Åbo")
    assert (cities["se-lund"]["population"], cities["se-lund"]["is_coastal"]) == ("", "")


def test_parquet_holds_what_csv_holds_with_types_and_lists(export: Export) -> None:
    for file in (file for file in export.files if file.name.endswith(".csv")):
        stem = file.name.removesuffix(".csv")
        typed = pq.read_table(export.folder / f"{stem}.parquet")
        assert typed.num_rows == len(rows(export, stem)), stem
    adoptions = pq.read_table(export.folder / "adoptions.parquet").to_pylist()
    gritting = next(row for row in adoptions if row["slug"] == "gritting")
    assert gritting["start_year"] == 2022
    assert gritting["cost"] is None
    assert gritting["result"] == ["https://w3id.org/bufgraph/id/result/gritting-01"]


def test_every_column_is_described(export: Export) -> None:
    described = orjson.loads((export.folder / "csv-metadata.json").read_bytes())["tables"]
    assert {table["url"] for table in described} == {f.name for f in export.files if f.name.endswith(".csv")}
    for table in described:
        with (export.folder / table["url"]).open(encoding="utf-8", newline="") as file:
            header = next(csv.reader(file))
        columns = table["tableSchema"]["columns"]
        assert header == [column["name"] for column in columns]
        assert [c["name"] for c in columns if not c["dc:description"]] == [], table["url"]


def test_a_bar_inside_a_list_stays_apart_from_the_separator(tmp_path: Path) -> None:
    from bufgraph.services.table_files import Column, Table, write_csv

    write_csv(
        Table("t", "", (Column("a", "string", "", many=True),), ((("x|y", "z"),), ((),))), tmp_path / "t.csv"
    )
    assert (tmp_path / "t.csv").read_text(encoding="utf-8") == 'a\nx\\|y|z\n""\n'


# -- described ----------------------------------------------------------------------------------------


def test_the_catalogue_tells_size_and_checksum_of_every_data_file(export: Export) -> None:
    graph = Graph().parse(export.folder / "dcat.ttl")
    told = {}
    for distribution in graph.objects(DATASET, DCAT.distribution):
        url = str(graph.value(distribution, DCAT.downloadURL))
        checksum = graph.value(distribution, URIRef("http://spdx.org/rdf/terms#checksum"))
        value = graph.value(checksum, URIRef("http://spdx.org/rdf/terms#checksumValue"))
        told[url.rsplit("/", 1)[1]] = (int(str(graph.value(distribution, DCAT.byteSize))), str(value).lower())
        assert graph.value(distribution, DCAT.accessURL)
        assert graph.value(distribution, DCTERMS.license)
    files = {f.name: (f.bytes, f.sha256) for f in export.files if f.name in told}
    assert told == files
    assert {"bufgraph.nq", "practices.csv", "practices.parquet", "csv-metadata.json"} <= set(told)
    for name in (
        DCTERMS.title,
        DCTERMS.description,
        DCTERMS.publisher,
        DCTERMS.license,
        URIRef("http://www.w3.org/ns/dcat#version"),
        DCAT.keyword,
    ):
        assert graph.value(DATASET, name), name
    catalogue = graph.value(None, RDF.type, DCAT.Catalog)
    for name in (DCTERMS.title, DCTERMS.description, DCTERMS.publisher, DCAT.dataset):
        assert graph.value(catalogue, name), name


def test_the_counts_of_void_are_those_of_the_graph(export: Export) -> None:
    void = Graph().parse(export.folder / "void.ttl")
    graph = Graph().parse(export.folder / "bufgraph.ttl")
    assert int(str(void.value(DATASET, VOID.triples))) == len(graph)
    assert int(str(void.value(DATASET, VOID.properties))) == len(set(graph.predicates()))
    assert int(str(void.value(DATASET, VOID.distinctObjects))) == len(set(graph.objects()))
    for part in void.objects(DATASET, VOID.classPartition):
        found = void.value(part, VOID["class"])
        assert int(str(void.value(part, VOID.entities))) == len(set(graph.subjects(RDF.type, found))), found
    countries = "http://publications.europa.eu/resource/authority/country/"
    linksets = {
        str(void.value(void.value(s, VOID.objectsTarget), VOID.uriSpace))
        for s in void.subjects(RDF.type, VOID.Linkset)
    }
    assert linksets <= {str(space) for space in void.objects(None, VOID.uriSpace)}
    assert countries not in linksets  # the towns of this test name no country


def test_sums_and_metadata_agree_with_the_files(export: Export) -> None:
    for line in sums(export).decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256((export.folder / name).read_bytes()).hexdigest() == digest
    listed = {line.split("  ")[1] for line in sums(export).decode().splitlines()}
    assert listed == {path.name for path in export.folder.iterdir()} - {"SHA256SUMS"}
    datacite = orjson.loads((export.folder / "datacite.json").read_bytes())
    assert datacite["version"] == export.version
    assert f'version: "{export.version}"' in (export.folder / "CITATION.cff").read_text(encoding="utf-8")
    assert export.version in export.citation
    assert str(datacite["publicationYear"]) == str(export.year)


def test_no_file_tells_of_the_machine(export: Export, settings: Settings) -> None:
    for path in export.folder.iterdir():
        assert str(settings.home).encode() not in path.read_bytes(), path.name


def test_the_published_address_can_be_chosen(settings: Settings, tmp_path: Path) -> None:
    made = export_build(
        open_build(settings), tmp_path / "here", ["csv"], data_url="https://data.example.org/bsr/"
    )
    assert b"https://data.example.org/bsr/practices.csv" in (made.folder / "dcat.ttl").read_bytes()
    assert made.file("bufgraph.nq") is None
    with pytest.raises(InvalidInputError, match="ends in '/'"):
        export_build(open_build(settings), tmp_path / "there", data_url="https://data.example.org/bsr")


# -- whole or not at all ------------------------------------------------------------------------------


def test_a_failed_export_leaves_the_earlier_one_and_no_scratch(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "export"
    before = sums(export_build(open_build(settings), target, ["csv"]))

    def broken(*_: Any) -> bytes:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("bufgraph.services.export_descriptions.void", broken)
    with pytest.raises(OSError, match="No space"):
        export_build(open_build(settings), target)
    assert (target / "SHA256SUMS").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["export"]


def test_an_earlier_export_is_replaced_as_a_whole(settings: Settings, tmp_path: Path) -> None:
    target = tmp_path / "export"
    export_build(open_build(settings), target, ["nquads"])
    made = export_build(open_build(settings), target, ["csv"])
    assert made.file("bufgraph.nq") is None
    assert made.file("practices.csv") is not None


def test_a_folder_with_something_else_is_left_alone(settings: Settings, tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(InvalidInputError, match="no export"):
        export_build(open_build(settings), tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.txt"]


def test_what_a_killed_run_left_is_cleared_and_a_running_one_is_not_disturbed(
    settings: Settings, tmp_path: Path
) -> None:
    scratch = tmp_path / ".export.unfinished"
    scratch.mkdir()
    (scratch / "half.csv").write_text("id\n")
    handle = os.open(scratch, os.O_RDONLY)
    fcntl.flock(handle, fcntl.LOCK_EX)
    with pytest.raises(ConflictError, match="another process exports"):
        export_build(open_build(settings), tmp_path / "export", ["csv"])
    assert (scratch / "half.csv").is_file()
    os.close(handle)
    made = export_build(open_build(settings), tmp_path / "export", ["csv"])
    assert not (made.folder / "half.csv").exists()
    assert not scratch.exists()


def test_an_unknown_format_is_named_with_the_known_ones(settings: Settings, tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match="'xlsx'; choose from nquads, turtle"):
        export_build(open_build(settings), tmp_path / "export", ["xlsx"])


# -- offered by a server ------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def client(settings: Settings) -> TestClient:
    opened = open_build(settings)
    export_build(opened, export_folder(opened))
    app = FastAPI()
    errors.install(app)
    app.state.bufgraph = State.over(opened, query_service(opened))
    app.include_router(data_router(opened))
    return TestClient(app)


def test_the_listing_has_size_checksum_licence_and_citation(client: TestClient, export: Export) -> None:
    found = client.get("/data").json()
    assert found["version"] == export.version
    assert found["licence"] == "https://creativecommons.org/licenses/by/4.0/"
    assert found["citation"] == export.citation
    assert {(f["name"], f["bytes"], f["sha256"]) for f in found["files"]} == {
        (f.name, f.bytes, f.sha256) for f in export.files
    }


def test_the_page_links_every_file(client: TestClient, export: Export) -> None:
    page = client.get("/data", headers={"Accept": "text/html"})
    assert page.headers["content-type"].startswith("text/html")
    for file in export.files:
        assert f'href="/data/{file.name}"' in page.text
        assert file.sha256 in page.text
    assert export.citation.replace("'", "&#39;") in page.text


def test_a_file_comes_whole_in_part_or_not_at_all(client: TestClient, export: Export) -> None:
    whole = client.get("/data/practices.csv")
    assert whole.content == (export.folder / "practices.csv").read_bytes()
    assert whole.headers["content-type"] == "text/csv; charset=utf-8"
    assert client.get("/data/practices.csv", headers={"Range": "bytes=0-1"}).content == b"id"
    again = client.get("/data/practices.csv", headers={"If-None-Match": whole.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    head = client.head("/data/bufgraph.nq")
    assert (head.status_code, head.content) == (200, b"")
    assert int(head.headers["content-length"]) == (export.folder / "bufgraph.nq").stat().st_size


@pytest.mark.parametrize(
    "name", ["nothing.csv", "..%2F..%2Fmanifest.json", "..", "%2Fetc%2Fpasswd", "manifest.json"]
)
def test_nothing_else_can_be_fetched(client: TestClient, name: str) -> None:
    answer = client.get(f"/data/{name}", follow_redirects=False)
    assert answer.status_code in (307, 404)
    assert b"root:" not in answer.content


def test_a_server_makes_the_export_beside_its_requests(towns: Callable[[], Settings], export: Export) -> None:
    opened = open_build(towns())
    app = FastAPI()
    errors.install(app)
    app.state.bufgraph = State.over(opened, query_service(opened))
    app.include_router(data_router(opened))
    client = TestClient(app)
    first = client.get("/data")
    assert (first.status_code, first.headers["retry-after"]) == (503, "2")
    assert "being made" in first.json()["detail"]
    for path, status in (("/data", 200), ("/data/practices.csv", 503)):
        page = client.get(path, headers={"Accept": "text/html"})
        assert (page.status_code, page.headers["refresh"], page.headers["retry-after"]) == (
            status,
            "10",
            "10",
        )
        assert "the files are being made" in page.text.lower()
    assert client.get("/data/practices.csv").status_code == 503
    deadline = time.monotonic() + 120
    while client.get("/data").status_code == 503 and time.monotonic() < deadline:
        time.sleep(0.3)
    assert client.get("/data/SHA256SUMS").content == sums(export)
    assert "refresh" not in client.get("/data", headers={"Accept": "text/html"}).headers


def test_a_large_graph_is_left_to_the_operator(towns: Callable[[], Settings]) -> None:
    large = open_build(load_settings({}, home=towns().home, memory_quads=10))
    assert Publication(large).prepare() == "left to the operator"
    assert not export_folder(large).exists()


def test_a_failed_attempt_is_not_repeated_by_every_visitor(
    towns: Callable[[], Settings], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened = open_build(towns())
    (opened.settings.home / "exports").write_text("a file where the folder should be")
    publication = Publication(opened)
    assert publication.prepare() == "preparing"
    deadline = time.monotonic() + 120
    while publication.prepare() == "preparing" and time.monotonic() < deadline:
        time.sleep(0.2)
    monkeypatch.setattr("multiprocessing.get_context", lambda name: pytest.fail("started again"))
    assert publication.prepare() == "failed"


def test_exports_of_builds_that_are_gone_are_removed(settings: Settings, client: TestClient) -> None:
    opened = open_build(settings)
    old = export_folder(opened).with_name("0000-1111")
    old.mkdir()
    (old / "SHA256SUMS").write_text("")
    prune_exports(opened)
    assert not old.exists()
    assert export_folder(opened).is_dir()
