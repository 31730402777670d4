"""Files of every source through `bufgraph ingest`: nothing twice, one node per thing, what was refused can be mended."""

import json
import resource
import shutil
import zipfile
from collections.abc import Callable, Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from bufgraph.errors import ConflictError, InvalidInputError
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.settings import Settings, load_settings
from bufgraph_ingest.commands import ingest as ingest_command
from bufgraph_ingest.connectors.registry import CONNECTORS
from bufgraph_ingest.importing import Order as Values
from bufgraph_ingest.importing import import_indicators
from bufgraph_ingest.ingesting import Ingested, Order, ingest
from bufgraph_ingest.reconciliation.decisions import DecisionLog
from bufgraph_ingest.reconciliation.service import Reconciliation
from bufgraph_ingest.shipping import load_datasets
from builders import city, codec, organisation, small_datasets, write_datasets
from conftest import quiet
from samples.__main__ import FOLDER, SAMPLES
from spreadsheets import good_row, write_workbook


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """The small world with the towns of the samples; Turku and Tartu have their places."""
    data = small_datasets()
    data["cities"] += [city("ee-tallinn", "Tallinn", "EE"), city("se-helsingborg", "Helsingborg", "SE")]
    data["organisations"].append(organisation("uppsala", "Uppsala kommun"))
    return load_settings({}, home=tmp_path / "home", datasets=write_datasets(tmp_path / "data", data))


@pytest.fixture
def cli() -> CliRunner:
    return CliRunner()


@pytest.fixture(params=sorted(CONNECTORS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def _sample(kind: str, tmp_path: Path) -> Path:
    folder = shutil.copytree((FOLDER / SAMPLES[kind]).parent, tmp_path / f"in-{kind}", dirs_exist_ok=True)
    return Path(folder) / Path(SAMPLES[kind]).name


def _ingest(settings: Settings, file: Path, kind: str, **order: Any) -> Ingested:
    dry_run = order.pop("dry_run", False)
    return ingest(Order(file, kind, **order), settings, quiet, dry_run=dry_run)


def _counts(done: Ingested) -> dict[str, int]:
    return {name: count for name, count in done.run.counts.items() if count and name != "read"}


def _records(settings: Settings, name: str) -> list[dict[str, Any]]:
    content = (settings.home / "imports" / f"{name}.jsonl").read_bytes()
    return [orjson.loads(line) for line in content.splitlines()]


def _lines(path: Path, rows: Iterable[object]) -> Path:
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


# -- every source


def test_a_sample_is_loaded_once_and_the_next_build_takes_it(
    kind: str, settings: Settings, tmp_path: Path
) -> None:
    file = _sample(kind, tmp_path)
    done = _ingest(settings, file, kind, name="sample")
    assert done.run.counts["new"] >= 1
    assert done.run.counts["refused"] >= 1
    assert done.run.counts["read"] == done.run.counts["new"] + done.run.counts["refused"]
    assert done.path is not None
    before = done.path.read_bytes()

    again = _ingest(settings, file, kind, name="sample")
    assert again.path is None
    assert again.run.counts["new"] == again.run.counts["updated"] == 0
    assert again.run.counts["unchanged"] == done.run.counts["new"]
    assert done.path.read_bytes() == before

    report = load_datasets(settings, quiet).report
    assert report is not None
    assert report.rejects == []


def test_every_refusal_says_what_and_what_to_do(kind: str, settings: Settings, tmp_path: Path) -> None:
    done = _ingest(settings, _sample(kind, tmp_path), kind, name="sample")
    assert all(reject.file and reject.line and reject.reason and reject.remedy for reject in done.run.rejects)
    assert sum(done.run.reasons.values()) == len(done.run.rejects)
    assert done.page is not None
    told = json.loads(done.page.with_suffix(".json").read_bytes())
    assert told["kind"] == kind
    assert bool(told["coverage"]) == bool(CONNECTORS[kind].mapping)


def test_what_was_refused_comes_back_refused_when_nothing_was_mended(
    kind: str, settings: Settings, tmp_path: Path
) -> None:
    done = _ingest(settings, _sample(kind, tmp_path), kind, name="sample")
    if done.rejects is None:
        assert not any(reject.content for reject in done.run.rejects)
        return
    fed = kind if CONNECTORS[kind].mapping else "jsonl"
    again = _ingest(settings, Path(shutil.copy(done.rejects, tmp_path)), fed)
    assert again.run.name == "sample"
    assert again.run.counts["new"] == again.run.counts["unchanged"] == 0
    assert again.path is None


def test_a_dry_run_writes_nothing(kind: str, settings: Settings, tmp_path: Path) -> None:
    done = _ingest(settings, _sample(kind, tmp_path), kind, dry_run=True)
    assert done.run.counts["new"] >= 1
    assert not settings.home.exists()


def test_a_limit_counts_items(kind: str, settings: Settings, tmp_path: Path) -> None:
    assert _ingest(settings, _sample(kind, tmp_path), kind, limit=1).run.counts["read"] == 1


# -- mending


def test_a_mended_row_of_a_table_is_added_to_the_same_import(settings: Settings, tmp_path: Path) -> None:
    done = _ingest(settings, _sample("kohesio", tmp_path), "kohesio")
    assert done.rejects is not None
    assert done.rejects.name == "refused.csv"
    text = done.rejects.read_text(encoding="utf-8-sig")
    assert text.startswith("row;column;value;reason;remedy;import;Operation_Unique_Identifier")
    mended = tmp_path / "mended.csv"
    mended.write_text(text.replace("2020-13-45;40.0", "2023;40.0"), encoding="utf-8-sig")
    again = _ingest(settings, mended, "kohesio")
    assert again.run.name == "projects"
    assert _counts(again) == {"new": 1, "refused": 2}
    assert _counts(_ingest(settings, mended, "kohesio")) == {"unchanged": 1, "refused": 2}
    notes = [str(r.get("note")) for r in _records(settings, "projects") if r["type"] == "SourceDocument"]
    assert not any("reason" in note or "remedy" in note for note in notes)


def test_a_mended_item_with_parts_is_read_as_it_was(settings: Settings, tmp_path: Path) -> None:
    done = _ingest(settings, _sample("keep-eu", tmp_path), "keep-eu")
    assert done.rejects is not None
    assert done.rejects.name == "refused.jsonl"
    mended = tmp_path / "mended.jsonl"
    mended.write_text(done.rejects.read_text().replace('"a lot"', '"1000"'))
    again = _ingest(settings, mended, "keep-eu")
    assert again.run.counts["new"] == 1
    made = _records(settings, "projects")
    assert sum(record["type"] == "GoodPractice" for record in made) == 2


def test_a_record_refused_by_the_shapes_is_kept_as_it_came(settings: Settings, tmp_path: Path) -> None:
    good = {"id": "bgd:source/one", "type": "SourceDocument", "title": "One"}
    bad = {"id": "bgd:org/two", "type": "Organization", "name": "Two", "helix": "bgs:helix/wizards"}
    done = _ingest(settings, _lines(tmp_path / "in.jsonl", [good, bad]), "jsonl")
    assert _counts(done) == {"new": 1, "refused": 1}
    [reject] = done.run.rejects
    assert (reject.line, reject.record_id, reject.field) == (2, "bgd:org/two", "helix")
    assert done.rejects is not None
    kept = json.loads(done.rejects.read_bytes())
    assert kept.pop("refused")["import"] == "in"
    assert kept == bad
    mended = tmp_path / "mended.jsonl"
    mended.write_text(done.rejects.read_text().replace("wizards", "government"))
    assert _counts(_ingest(settings, mended, "jsonl")) == {"new": 1}
    assert [record["id"] for record in _records(settings, "in")] == ["bgd:org/two", "bgd:source/one"]


def test_a_mended_file_that_is_read_where_it_lies_is_kept_beside(settings: Settings, tmp_path: Path) -> None:
    done = _ingest(settings, _sample("kohesio", tmp_path), "kohesio")
    assert done.rejects is not None
    again = _ingest(settings, done.rejects, "kohesio")
    assert again.rejects == done.rejects
    assert done.rejects.with_stem("refused-before").is_file()


# -- what there is already


def test_news_replace_only_when_asked_and_what_an_item_makes_no_longer_goes(
    settings: Settings, tmp_path: Path
) -> None:
    file = _sample("cordis", tmp_path)
    _ingest(settings, file, "cordis")
    text = file.read_text()
    assert "2022-10-31" in text
    file.write_text(text.replace("2022-10-31", "2023-10-31"))
    refused = _ingest(settings, file, "cordis")
    assert refused.path is None
    assert any("with other content" in r.reason and "--update" in r.remedy for r in refused.run.rejects)
    updated = _ingest(settings, file, "cordis", update=True)
    assert updated.run.counts["updated"] == 1
    [adoption] = [r for r in _records(settings, "project") if r["type"] == "Adoption"]
    assert str(adoption["end_year"]) == "2023"


def test_datasets_and_other_imports_are_never_overwritten(settings: Settings, tmp_path: Path) -> None:
    record = city("fi-turku", "Turku", "FI", population=1)
    done = _ingest(settings, _lines(tmp_path / "in.jsonl", [record]), "jsonl", update=True)
    assert _counts(done) == {"refused": 1}
    assert "bgd:city/fi-turku is taken by cities" in done.run.rejects[0].reason
    one = {"id": "bgd:source/one", "type": "SourceDocument", "title": "One"}
    _ingest(settings, _lines(tmp_path / "a.jsonl", [one]), "jsonl")
    assert _counts(_ingest(settings, _lines(tmp_path / "b.jsonl", [one]), "jsonl")) == {"unchanged": 1}
    other = _ingest(settings, _lines(tmp_path / "b.jsonl", [{**one, "title": "Two"}]), "jsonl", update=True)
    assert _counts(other) == {"refused": 1}


def test_records_may_refer_to_later_ones_and_fall_with_what_they_refer_to(
    settings: Settings, tmp_path: Path
) -> None:
    lines = (FOLDER / SAMPLES["jsonl"]).read_text().splitlines()[:3]
    document, practice, adoption = map(json.loads, lines)
    turned = _lines(tmp_path / "a.jsonl", [adoption, practice, document])
    assert _counts(_ingest(settings, turned, "jsonl", name="a", dry_run=True)) == {"new": 3}
    lost = _lines(tmp_path / "b.jsonl", [adoption, {**practice, "origin": "Atlantis"}, document])
    done = _ingest(settings, lost, "jsonl")
    assert _counts(done) == {"new": 1, "refused": 2}
    reasons = {reject.line: reject.reason for reject in done.run.rejects}
    assert "no place is called 'Atlantis'" in reasons[2]
    assert "refused" in reasons[1]


def test_an_identifier_twice_is_refused_and_a_repetition_is_not(settings: Settings, tmp_path: Path) -> None:
    one = {"id": "bgd:source/one", "type": "SourceDocument", "title": "One"}
    done = _ingest(settings, _lines(tmp_path / "in.jsonl", [one, one, {**one, "title": "Two"}]), "jsonl")
    assert _counts(done) == {"new": 1, "unchanged": 1, "refused": 1}
    assert "is taken by in.jsonl line 1" in done.run.rejects[0].reason


def test_since_passes_over_what_the_source_changed_earlier(settings: Settings, tmp_path: Path) -> None:
    file = _sample("cordis", tmp_path)
    done = _ingest(settings, file, "cordis", since=date(2024, 1, 1))
    assert done.run.counts["not changed since"] == 2
    titles = [r["title"] for r in _records(settings, "project") if r["type"] == "GoodPractice"]
    assert titles == ["Waste heat again"]  # says nothing of its last change
    again = _ingest(settings, file, "cordis", name="all", since=date(2023, 1, 1))
    assert again.run.counts["not changed since"] == 0
    for other in ("kohesio", "jsonl"):
        with pytest.raises(InvalidInputError, match="leave out --since"):
            _ingest(settings, _sample(other, tmp_path), other, since=date(2024, 1, 1))


def test_an_own_mapping_takes_the_place_of_ours(settings: Settings, tmp_path: Path) -> None:
    mapping = tmp_path / "m.json"
    mapping.write_bytes(orjson.dumps({
        "name": "shop", "title": "Shop", "documentation": "", "licence": "", "checked": "", "key": {"from": "nr", "required": True},
        "records": [{"id": "bgd:source/shop-{key}", "type": "SourceDocument", "title": {"from": "what", "required": True}}],
    }))  # fmt: skip
    file = tmp_path / "shop.csv"
    file.write_text("nr,what\n1,First\n2,\n")
    done = _ingest(settings, file, "kohesio", mapping=mapping)
    assert _counts(done) == {"new": 1, "refused": 1}
    assert [record["id"] for record in _records(settings, "shop")] == ["bgd:source/shop-1"]
    with pytest.raises(InvalidInputError, match="leave out --mapping"):
        _ingest(settings, _sample("jsonl", tmp_path), "jsonl", mapping=mapping)


def test_values_of_indicators_and_records_do_not_overwrite_each_other(
    settings: Settings, tmp_path: Path
) -> None:
    _ingest(settings, _sample("jsonl", tmp_path), "jsonl", name="mine")
    values = tmp_path / "values.csv"
    values.write_text("city,indicator,year,value\nfi-turku,esc-2007-unemployment-rate,2020,1\n")
    with pytest.raises(ConflictError, match="choose another --name"):
        import_indicators(Values(values, "csv", "mine"), settings, quiet)
    assert import_indicators(Values(values, "csv", "figures"), settings, quiet).path is not None
    for other, file in (("jsonl", _sample("jsonl", tmp_path)), ("practices", _sheet(tmp_path))):
        with pytest.raises(ConflictError, match="choose another --name"):
            _ingest(settings, file, other, name="figures")


# -- one node per thing


def _sheet(tmp_path: Path, **cells: str) -> Path:
    return write_workbook(tmp_path / "rows.xlsx", [{**good_row(2), "city": "Turku", **cells}])


def test_a_gazetteer_makes_no_second_turku_and_no_name_ambiguous(settings: Settings, tmp_path: Path) -> None:
    data = small_datasets()
    data["cities"][1]["exact_match"] = ["geonames:633679/"]
    assert settings.datasets is not None
    write_datasets(settings.datasets, data)
    done = _ingest(settings, _sample("geonames", tmp_path), "geonames")
    pairs = {(pair["left"], pair["right"]) for pair in done.run.merges}
    assert pairs == {
        ("bgd:city/fi-turku", "bgd:city/geonames-633679"),
        ("bgd:city/ee-tartu", "bgd:city/geonames-588335"),
    }
    [conflict] = [c for c in done.run.conflicts if c["thing"] == "bgd:city/fi-turku"]
    assert conflict["field"] == "population"
    assert [value["value"] for value in conflict["values"]] == [195_000, 175_945]

    assert _counts(_ingest(settings, _sheet(tmp_path), "practices")) == {"new": 1}
    [practice] = [r for r in _records(settings, "rows") if r["type"] == "GoodPractice"]
    assert practice["origin"] == "bgd:city/fi-turku"
    assert _ingest(settings, _sample("jsonl", tmp_path), "jsonl").run.counts["new"] == 3

    graph = load_datasets(settings, quiet)
    assert graph.report is not None
    assert graph.report.rejects == []
    catalogue = codec().read_catalogue(OxigraphStore.reader(graph.generation.folder))
    assert sum(place.label == "Turku" for place in catalogue.cities.values()) == 1


def test_a_merge_is_a_decision_that_can_be_undone_and_stays_undone(
    settings: Settings, tmp_path: Path
) -> None:
    file = _sample("geonames", tmp_path)
    _ingest(settings, file, "geonames", name="places")
    log = DecisionLog.of(settings)
    key = ("bgd:city/ee-tartu", "bgd:city/geonames-588335")
    assert log.current()[key].is_by_rules
    Reconciliation(settings).decide(key, "undo", "Data team")
    (settings.home / "imports" / "places.jsonl").unlink()
    again = _ingest(settings, file, "geonames", name="places")
    assert key not in log.current()
    assert key not in {(pair["left"], pair["right"]) for pair in again.run.merges}


def test_what_an_office_keeps_apart_is_not_merged(settings: Settings, tmp_path: Path) -> None:
    file = _sample("geonames", tmp_path)
    _ingest(settings, file, "geonames", name="places")
    key = ("bgd:city/ee-tartu", "bgd:city/geonames-588335")
    Reconciliation(settings).decide(key, "keep-apart", "Data team")
    (settings.home / "imports" / "places.jsonl").unlink()
    again = _ingest(settings, file, "geonames", name="places")
    assert key not in {(pair["left"], pair["right"]) for pair in again.run.merges}
    assert DecisionLog.of(settings).current()[key].decision == "keep-apart"


def test_doubtful_pairs_are_asked_about_with_the_command(
    settings: Settings, tmp_path: Path, cli: CliRunner, monkeypatch: pytest.MonkeyPatch
) -> None:
    twin = {"id": "bgd:org/x", "type": "Organization", "name": "Tartu City", "helix": "bgs:helix/government"}
    twin |= {"source": ["bgd:source/report"]}
    near = city("geo-turku", "Turku", "FI", latitude=60.62, longitude=22.4)
    monkeypatch.setenv("BUFGRAPH_HOME", str(settings.home))
    monkeypatch.setenv("BUFGRAPH_DATASETS", str(settings.datasets))
    file = _lines(tmp_path / "in.jsonl", [near, twin])
    told = cli.invoke(ingest_command, [str(file), "--kind", "jsonl"]).stderr
    assert "may be one thing, to be decided" in told
    assert "bufgraph reconcile --merge bgd:city/fi-turku bgd:city/geo-turku --by OFFICE" in told


def test_a_row_that_tells_a_known_practice_again_is_asked_about_and_not_merged(
    settings: Settings, tmp_path: Path
) -> None:
    again = _sheet(tmp_path, title="Rain gardens in old town", id="gardens-again")
    done = _ingest(settings, again, "practices")
    assert _counts(done) == {"new": 1}
    assert [(pair["left"], pair["right"]) for pair in done.run.questions] == [
        ("bgd:practice/gardens-again", "bgd:practice/rain-gardens")
    ]
    assert DecisionLog.of(settings).current() == {}


# -- bad files


HOSTILE: dict[str, Callable[[Path], tuple[str, Path]]] = {}


def hostile(make: Callable[[Path], tuple[str, Path]]) -> Callable[[Path], tuple[str, Path]]:
    HOSTILE[make.__name__] = make
    return make


@hostile
def truncated_archive(folder: Path) -> tuple[str, Path]:
    whole = folder / "whole.zip"
    with zipfile.ZipFile(whole, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.csv", "id;title\n" + "1;x\n" * 10_000)
    path = folder / "cut.zip"
    path.write_bytes(whole.read_bytes()[:-40])
    return "cordis", path


@hostile
def zip_bomb(folder: Path) -> tuple[str, Path]:
    path = folder / "bomb.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("project.csv", b"0" * 60_000_000)
    return "cordis", path


@hostile
def entities_in_xml(folder: Path) -> tuple[str, Path]:
    path = folder / "project.xml"
    path.write_text('<!DOCTYPE a [<!ENTITY b "&c;&c;"><!ENTITY c "x">]><a><project>&b;</project></a>')
    return "cordis", path


@hostile
def file_entity_in_rdf(folder: Path) -> tuple[str, Path]:
    path = folder / "x.rdf"
    path.write_text('<!DOCTYPE a [<!ENTITY b SYSTEM "file:///etc/hostname">]><a>&b;</a>')
    return "rdf", path


@hostile
def required_columns_missing(folder: Path) -> tuple[str, Path]:
    path = folder / "k.csv"
    path.write_text("Name,Country\nA,SE\n")
    return "kohesio", path


@hostile
def no_text_at_all(folder: Path) -> tuple[str, Path]:
    path = folder / "k.csv"
    path.write_bytes(bytes(range(256)) * 50)
    return "kohesio", path


@hostile
def empty_file(folder: Path) -> tuple[str, Path]:
    path = folder / "k.json"
    path.write_bytes(b"")
    return "interreg-europe", path


@pytest.mark.parametrize("name", sorted(HOSTILE))
def test_a_hostile_file_is_refused_with_a_reason_and_leaves_nothing(
    name: str, settings: Settings, tmp_path: Path
) -> None:
    kind, file = HOSTILE[name](tmp_path)
    done = _ingest(settings, file, kind, name="bad")
    assert done.accepted == 0
    assert done.run.counts["refused"] >= 1
    assert all(reject.reason and reject.remedy for reject in done.run.rejects)
    assert not (settings.home / "imports" / "bad.jsonl").exists()


HEADER = "URL,Title,Description,Challenges,Solutions,Objectives,Climate impacts,City,Country,Implementation start,Implementation end,Costs and benefits,Stakeholder participation,Success and limiting factors,Life time,Contact"
ROW = {
    "URL": "https://example.org/case/9", "Title": "Rain gardens", "Description": "Rain gardens hold cloudburst water.",
    "Challenges": "Streets were under water after heavy rain.", "Solutions": "Beds with plants.", "City": "Helsingborg",
    "Country": "Sweden", "Implementation start": "2016", "Implementation end": "2019",
}  # fmt: skip


def _cases(path: Path, *rows: dict[str, str], encoding: str = "utf-8", separator: str = ",") -> Path:
    names = HEADER.split(",")
    table = [names, *([row.get(name, "") for name in names] for row in rows)]
    text = "\n".join(separator.join(f'"{cell}"' for cell in row) for row in table)
    path.write_bytes(text.encode(encoding))
    return path


@pytest.mark.parametrize(
    ("cells", "column", "words"),
    [
        ({"City": "Atlantis"}, "origin", "no place is called 'Atlantis (SE)'"),
        ({"City": "Holm"}, "origin", "is one of bgd:city/se-holm, bgd:city/se-holm-2"),
        ({"Country": "Ruritania"}, "City", "'Ruritania' is no country"),
        ({"Implementation start": "sometime"}, "Implementation start", "'sometime' is no year"),
        ({"Implementation start": "20166"}, "Implementation start", "is no year"),
        ({"Title": ""}, "Title", "Title is empty"),
    ],
)
def test_a_bad_cell_of_a_library_is_refused_with_its_field_and_the_good_rows_load(
    cells: dict[str, str], column: str, words: str, settings: Settings, tmp_path: Path
) -> None:
    data = small_datasets()
    data["cities"] += [city("se-helsingborg", "Helsingborg", "SE")]
    data["cities"] += [city(slug, "Holm", "SE") for slug in ("se-holm", "se-holm-2")]
    assert settings.datasets is not None
    write_datasets(settings.datasets, data)
    bad = {**ROW, "URL": "https://example.org/case/10", **cells}
    done = _ingest(settings, _cases(tmp_path / "cases.csv", ROW, bad), "climate-adapt")
    assert _counts(done) == {"new": 1, "refused": 1}
    [reject] = done.run.rejects
    assert (reject.line, reject.column or reject.field) == (3, column)
    assert words in reject.reason
    assert reject.remedy


@pytest.mark.parametrize(
    "start", ["2016", "2016-03-05", "05.03.2016", "5/3/2016", "March 2016", "2016-03-05T10:00:00Z"]
)
def test_years_are_read_from_dates_in_six_forms(start: str, settings: Settings, tmp_path: Path) -> None:
    file = _cases(tmp_path / "cases.csv", {**ROW, "Implementation start": start})
    done = _ingest(settings, file, "climate-adapt")
    assert done.run.counts["new"] == 1, done.run.rejects
    [adoption] = [r for r in _records(settings, "cases") if r["type"] == "Adoption"]
    assert str(adoption["start_year"]) == "2016"


@pytest.mark.parametrize("encoding", ["utf-8-sig", "cp1252", "utf-16"])
@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_encodings_marks_and_separators_change_nothing(
    encoding: str, separator: str, settings: Settings, tmp_path: Path
) -> None:
    row = {**ROW, "Solutions": "Beds with plants – für Bäume"}
    file = _cases(tmp_path / "cases.csv", row, encoding=encoding, separator=separator)
    assert _counts(_ingest(settings, file, "climate-adapt")) == {"new": 1}
    assert "für Bäume" in (settings.home / "imports" / "cases.jsonl").read_text()


def test_scripts_in_texts_do_not_come_through(settings: Settings, tmp_path: Path) -> None:
    row = {**ROW, "Description": "<p>Rain gardens <b>hold</b> cloudburst water.</p><script>alert(1)</script>"}
    done = _ingest(settings, _cases(tmp_path / "cases.csv", row), "climate-adapt")
    assert done.run.counts["new"] == 1
    text = (settings.home / "imports" / "cases.jsonl").read_text()
    assert "Rain gardens hold cloudburst water." in text
    assert "script" not in text
    assert "alert" not in text


def test_a_formula_stays_a_text_in_what_is_written_back(settings: Settings, tmp_path: Path) -> None:
    row = {**ROW, "URL": "=cmd|calc", "Title": "=1+1"}
    done = _ingest(settings, _cases(tmp_path / "cases.csv", row), "climate-adapt")
    assert done.run.counts["refused"] == 1
    assert done.rejects is not None
    cells = done.rejects.read_text(encoding="utf-8-sig").replace("\r\n", ";").split(";")
    assert "'=1+1" in cells
    assert not [cell for cell in cells if cell.strip('"').startswith(("=", "+", "@"))]


def test_a_line_of_half_a_gigabyte_is_refused_in_little_memory(settings: Settings, tmp_path: Path) -> None:
    good = orjson.dumps({"id": "bgd:source/one", "type": "SourceDocument", "title": "One"})
    file = tmp_path / "big.jsonl"
    with file.open("wb") as stream:
        stream.write(good + b"\n")
        stream.seek(500 * 2**20, 1)  # a hole: the file takes no room
        stream.write(b"\n")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    done = _ingest(settings, file, "jsonl")
    assert _counts(done) == {"new": 1, "refused": 1}
    assert "longer than" in done.run.rejects[0].reason
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 200_000  # kB


# -- the command


def _run(cli: CliRunner, settings: Settings, *arguments: str) -> Any:
    env = {"BUFGRAPH_HOME": str(settings.home), "BUFGRAPH_DATASETS": str(settings.datasets)}
    return cli.invoke(ingest_command, list(arguments), env=env)


def test_the_command_tells_counts_records_and_refusals(
    cli: CliRunner, settings: Settings, tmp_path: Path
) -> None:
    done = _run(cli, settings, str(_sample("kohesio", tmp_path)), "--kind", "kohesio")
    assert done.exit_code == 0, done.stderr
    assert "rows: 5 read, 2 new, 0 updated, 0 unchanged, 3 refused" in done.stderr
    assert "2 GoodPractice" in done.stderr
    assert "projects.csv row 4, Operation_End_Date: '2020-13-45' is no year; write four digits" in done.stderr
    assert "refused.csv" in done.stderr
    assert "run 'bufgraph build' to use it" in done.stderr


def test_the_command_ends_with_2_when_nothing_is_accepted(
    cli: CliRunner, settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "k.csv"
    file.write_text("Name\nA\n")
    done = _run(cli, settings, str(file), "--kind", "kohesio")
    assert done.exit_code == 2
    assert "the fields Operation_Unique_Identifier of Kohesio projects are missing" in done.stderr


def test_the_command_knows_every_connector() -> None:
    [option] = [p for p in ingest_command.params if p.name == "kind"]
    assert set(CONNECTORS) < set(getattr(option.type, "choices", ()))


def _twins(count: int) -> Iterator[dict[str, str]]:
    for number in range(count):
        yield {"id": f"bgd:source/many-{number:05}", "type": "SourceDocument", "title": f"Number {number}"}


def test_thousands_of_records_pass_in_batches_and_come_out_in_order(
    settings: Settings, tmp_path: Path
) -> None:
    rows = list(_twins(2_500))
    done = _ingest(settings, _lines(tmp_path / "many.jsonl", reversed(rows)), "jsonl")
    assert _counts(done) == {"new": 2_500}
    assert _records(settings, "many") == rows
