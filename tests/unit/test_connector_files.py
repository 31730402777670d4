"""Files that connectors meet: archives, large and hostile ones, several syntaxes, tables that belong together."""

import io
import tracemalloc
import zipfile
from pathlib import Path
from xml.sax.saxutils import escape

import orjson
import pytest
from openpyxl import Workbook

from bufgraph.errors import InvalidInputError
from bufgraph_ingest.connectors import archives, items, lines
from bufgraph_ingest.connectors.items import Item
from bufgraph_ingest.connectors.registry import Opening, open_source
from bufgraph_ingest.port import Json, RawRecord, Reject
from builders import codec
from samples.__main__ import FOLDER


def read(kind: str, file: Path, **options: str) -> tuple[list[Json], list[Reject]]:
    found = list(open_source(kind, Opening(file, "sample", codec(), **options)).read())
    return [f.record for f in found if isinstance(f, RawRecord)], [f for f in found if isinstance(f, Reject)]


def zipped(path: Path, **contents: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            archive.writestr(name.replace("__", "."), content)
    return path


def sample(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def test_cordis_gives_the_same_from_archives_of_csv_and_json(tmp_path: Path) -> None:
    project, organisation = sample("cordis/project.csv"), sample("cordis/organization.csv")
    packed = zipped(tmp_path / "csv.zip", project__csv=project, organization__csv=organisation)
    expected, _ = read("cordis", FOLDER / "cordis/project.csv")
    assert read("cordis", packed)[0] == expected

    def rows(name: str) -> list[Json]:
        return [i.values for i in items.table_items(FOLDER / f"cordis/{name}.csv") if isinstance(i, Item)]

    told = {
        "project__json": orjson.dumps(rows("project")),
        "organization__json": orjson.dumps(rows("organization")),
    }
    assert read("cordis", zipped(tmp_path / "json.zip", **told))[0] == expected


def test_cordis_reads_an_archive_of_xml_project_by_project(tmp_path: Path) -> None:
    one = sample("cordis/project.xml")
    other = one.replace(b"900000001", b"900000009")
    packed = zipped(tmp_path / "xml.zip", a__xml=one, b__xml=b"<project><id>1</id>", c__xml=other)
    records, rejects = read("cordis", packed)
    assert [r["id"] for r in records if r["type"] == "GoodPractice"] == [
        "bgd:practice/cordis-900000001",
        "bgd:practice/cordis-900000009",
    ]
    assert [(r.file, "cannot be read on" in r.reason) for r in rejects] == [("b.xml", True)]


@pytest.mark.parametrize(
    "doctype",
    ['<!DOCTYPE p [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]>', '<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/hostname">]>'],
)  # fmt: skip
def test_entities_are_refused_in_xml_and_in_rdf_xml(doctype: str, tmp_path: Path) -> None:
    file = tmp_path / "project.xml"
    file.write_text(f"<?xml version='1.0'?>{doctype}<project><id>1</id><title>&a;</title></project>")
    for kind in ("cordis", "json-ld", "rdf"):
        records, rejects = read(kind, file)
        assert not records
        assert len(rejects) == 1


def test_a_bomb_is_not_unpacked(tmp_path: Path) -> None:
    packed = zipped(tmp_path / "bomb.zip", project__csv=b"a" * 20_000_000)
    _, rejects = read("cordis", packed)
    assert "unpacks to too much" in rejects[0].reason
    with pytest.raises(InvalidInputError), archives.files_of(packed, most_bytes=1000):
        pass


def test_an_archive_never_writes_outside_its_folder(tmp_path: Path) -> None:
    packed = zipped(tmp_path / "slip.zip")
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("../../outside.csv", "id\n1\n")
    with archives.files_of(packed) as files:
        assert [file.name for file in files] == ["outside.csv"]
        folder = files[0].parent
    assert not folder.exists()
    assert not (tmp_path.parent / "outside.csv").exists()


def test_a_damaged_archive_is_a_reject(tmp_path: Path) -> None:
    packed = zipped(tmp_path / "cut.zip", project__csv=sample("cordis/project.csv") * 20)
    packed.write_bytes(packed.read_bytes()[:500])
    records, rejects = read("cordis", packed)
    assert not records
    assert "damaged" in rejects[0].reason


def test_geonames_reads_its_archives(tmp_path: Path) -> None:
    zipped(tmp_path / "cities500.zip", cities500__txt=sample("geonames/cities500.txt"))
    zipped(tmp_path / "alternateNamesV2.zip", alternateNamesV2__txt=sample("geonames/alternateNamesV2.txt"))
    assert read("geonames", tmp_path / "cities500.zip") == (
        read("geonames", FOLDER / "geonames/cities500.txt")[0],
        [
            Reject("cities500.zip", *row)
            for row in (_rest(reject) for reject in read("geonames", FOLDER / "geonames/cities500.txt")[1])
        ],
    )


def _rest(reject: Reject) -> tuple[int, str, str, str, str, str, str, str]:
    return (
        reject.line, reject.record_id, reject.field, reject.reason, reject.content, reject.column, reject.value, reject.remedy,
    )  # fmt: skip


def test_geonames_keeps_names_by_language_and_passes_over_other_countries() -> None:
    records, _ = read("geonames", FOLDER / "geonames/cities500.txt")
    turku, tartu = (r for r in records if r["type"] == "City")
    assert turku["pref_label"] == {"en": "Turku", "fi": "Turku", "sv": "Åbo"}
    assert turku["unverified_match"] == ["wikidata:Q38511"]
    assert tartu["alt_label"] == ["Dorpat"]


def test_keep_eu_reads_one_workbook_with_two_sheets(tmp_path: Path) -> None:
    book = Workbook()
    book.remove(book.worksheets[0])
    for title, name in (("Partners", "partners"), ("Projects", "projects")):
        sheet = book.create_sheet(title)
        rows = [i.values for i in items.table_items(FOLDER / f"keep-eu/{name}.csv") if isinstance(i, Item)]
        for row in (list(rows[0]), *(list(r.values()) for r in rows)):
            sheet.append(row)
    book.save(tmp_path / "export.xlsx")
    expected, _ = read("keep-eu", FOLDER / "keep-eu/projects.csv")
    assert read("keep-eu", tmp_path / "export.xlsx")[0] == expected


def test_keep_eu_keeps_no_person() -> None:
    records, rejects = read("keep-eu", FOLDER / "keep-eu/projects.csv")
    assert b"A. Example" not in orjson.dumps(records)
    assert b"B. Example" not in orjson.dumps(records)
    assert rejects


def test_kohesio_keeps_beneficiaries_that_are_bodies_only() -> None:
    records, _ = read("kohesio", FOLDER / "kohesio/projects.csv")
    assert [r["name"] for r in records if r["type"] == "Organization"] == ["Uppsala kommun"]
    assert b"Exempelsson" not in orjson.dumps(records)
    assert b"alert" not in orjson.dumps(records)


def test_a_file_of_another_source_is_refused_by_name_of_what_is_missing() -> None:
    records, rejects = read("kohesio", FOLDER / "cordis/project.csv")
    assert not records
    assert "Operation_Unique_Identifier" in rejects[0].reason


def test_old_encodings_are_found_out_or_told(tmp_path: Path) -> None:
    file = tmp_path / "k.csv"
    file.write_bytes(sample("kohesio/projects.csv").decode().encode("cp1252"))
    assert read("kohesio", file)[0] == read("kohesio", FOLDER / "kohesio/projects.csv")[0]
    assert read("kohesio", file, encoding="cp1252")[0] == read("kohesio", FOLDER / "kohesio/projects.csv")[0]


@pytest.mark.parametrize("syntax", ["nt", "ttl", "rdf", "trig", "jsonld"])
def test_rdf_in_any_syntax_gives_the_same_records(syntax: str, tmp_path: Path) -> None:
    import pyoxigraph as ox

    form = {"nt": ox.RdfFormat.N_TRIPLES, "ttl": ox.RdfFormat.TURTLE, "rdf": ox.RdfFormat.RDF_XML, "trig": ox.RdfFormat.TRIG, "jsonld": ox.RdfFormat.JSON_LD}[syntax]  # fmt: skip
    for kind, name in (("rdf", "rdf/projects.ttl"), ("json-ld", "json-ld/practice.jsonld")):
        source = FOLDER / name
        given = ox.RdfFormat.TURTLE if source.suffix == ".ttl" else ox.RdfFormat.JSON_LD
        triples = [quad.triple for quad in ox.parse(path=str(source), format=given)]
        file = tmp_path / f"{kind}.{syntax}"
        file.write_bytes(ox.serialize(triples, format=form) or b"")
        assert read(kind, file)[0] == read(kind, source)[0]


def test_json_ld_with_a_context_elsewhere_is_refused_and_nothing_fetched(tmp_path: Path) -> None:
    file = tmp_path / "a.jsonld"
    file.write_text(
        '{"@context": "https://example.org/context.jsonld", "@id": "x:1", "@type": "GoodPractice"}'
    )
    records, rejects = read("json-ld", file)
    assert not records
    assert "context inside" in rejects[0].remedy


def test_our_own_records_survive_the_way_through_rdf(tmp_path: Path) -> None:
    from bufgraph_ingest.cleaning import clean
    from builders import small_datasets

    given = [record for rows in small_datasets().values() for record in rows]
    file = tmp_path / "all.jsonld"
    file.write_bytes(codec().to_json_ld(given))
    records, rejects = read("json-ld", file)
    assert not rejects
    found = {r["id"]: r for r in records}
    for record in given:
        back = found[record["id"]]
        for name, value in clean(record).items():
            if isinstance(value, str | int | float | bool):
                assert back[name] == value, (record["id"], name)


def test_a_line_without_end_is_passed_over_in_little_memory(tmp_path: Path) -> None:
    file = tmp_path / "big.jsonl"
    with file.open("wb") as stream:
        stream.write(b'{"id": "bgd:org/a", "type": "Organization"}\n{"id": "')
        for _ in range(64):
            stream.write(b"x" * 2**20)
        stream.write(b'"}\n{"id": "bgd:org/b", "type": "Organization"}\n')
    tracemalloc.start()
    try:
        records, rejects = read("jsonl", file)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert [r["id"] for r in records] == ["bgd:org/a", "bgd:org/b"]
    assert [r.line for r in rejects] == [2]
    assert peak < 6 * lines.MOST_BYTES


@pytest.mark.parametrize("form", ["json", "xml"])
def test_one_endless_item_stops_the_reading(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(items, "MOST_BYTES", 200_000)
    text = "x" * 1_000_000
    if form == "json":
        stream = io.BytesIO(b'[{"a": 1}, ' + orjson.dumps({"a": text}) + b"]")
        found = list(items.json_items(stream, "f", ""))
    else:
        stream = io.BytesIO(f"<all><p><a>1</a></p><p>{escape(text)}</p></all>".encode())
        found = list(items.xml_items(stream, "f", "p"))
    assert isinstance(found[-1], Reject)
    assert "more than" in found[-1].reason


def test_thousands_of_items_are_read_one_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "many.json"
    with file.open("wb") as stream:
        stream.write(b'{"head": {}, "results": {"bindings": [')
        for number in range(5_000):
            binding = {"city": {"value": f"http://www.wikidata.org/entity/Q{number + 1}"}, "cityLabel": {"value": f"T{number}"}, "countryCode": {"value": "FI"}}  # fmt: skip
            stream.write((b"," if number else b"") + orjson.dumps(binding))
        stream.write(b"]}}")
    tracemalloc.start()
    try:
        count = sum(1 for _ in open_source("wikidata", Opening(file, "sample", codec())).read())
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert count == 5_001
    assert peak < 12 * 2**20  # 1 MB of text; what is kept are identifiers, to see repetitions
