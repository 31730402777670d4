"""The way of records from files to named graphs, and what happens to those that do not pass."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from bufgraph.errors import ConflictError, InvalidInputError
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.settings import Settings, load_settings
from bufgraph_ingest.loading import Generations
from bufgraph_ingest.shipping import load_datasets
from builders import small_datasets, write_datasets
from conftest import quiet

Datasets = dict[str, list[dict[str, Any]]]


@pytest.fixture
def data() -> Datasets:
    return small_datasets()


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({}, home=tmp_path / "home", datasets=tmp_path / "data")


def _load(settings: Settings, data: Datasets, **options: bool) -> Any:
    assert settings.datasets is not None
    write_datasets(settings.datasets, data)
    return load_datasets(settings, quiet, **options)


def _rejects(settings: Settings) -> list[dict[str, Any]]:
    lines = (settings.home / "reports" / "rejects.jsonl").read_bytes().splitlines()
    return [orjson.loads(line) for line in lines]


def test_a_good_folder_is_loaded_whole_one_named_graph_a_file(settings: Settings, data: Datasets) -> None:
    loaded = _load(settings, data)
    assert loaded.report.rejects == []
    assert sum(loaded.report.accepted.values()) == sum(len(rows) for rows in data.values())
    graphs = OxigraphStore.reader(loaded.generation.folder).named_graphs()
    assert f"{settings.base_iri}graph/practices" in graphs
    assert f"{settings.base_iri}graph/practices/provenance" in graphs


def test_every_named_graph_says_where_it_came_from(settings: Settings, data: Datasets) -> None:
    store = OxigraphStore.reader(_load(settings, data).generation.folder)
    rows = store.select(
        "SELECT ?g ?o WHERE { ?g dcterms:provenance ?o ; prov:wasGeneratedBy ?a ; prov:generatedAtTime ?t ; bg:contentHash ?h }"
    )
    assert {row["o"].value for row in rows} == {"ontology/", *(f"datasets/{name}.jsonl" for name in data)}


def test_running_twice_changes_nothing(settings: Settings, data: Datasets) -> None:
    first = _load(settings, data)
    again = load_datasets(settings, quiet, force=True)
    assert again.changed == []
    assert again.generation == first.generation


def test_only_the_graph_that_changed_is_written(settings: Settings, data: Datasets) -> None:
    first = _load(settings, data)
    data["cities"][0]["population"] = 92_000
    second = _load(settings, data)
    assert second.changed == [f"{settings.base_iri}graph/cities"]
    assert second.generation.folder != first.generation.folder
    rows = OxigraphStore.reader(second.generation.folder).select("SELECT ?n WHERE { ?c bg:population ?n }")
    assert {row["n"].value for row in rows} == {"92000", "195000", "14000", "210000"}


def test_names_of_cities_and_organisations_become_identifiers(settings: Settings, data: Datasets) -> None:
    data["practices"][2]["origin"] = "Åbo"
    data["adoptions"][3]["place"] = "turku"
    data["adoptions"][0]["participation"][0]["agent"] = "city of TARTU"
    loaded = _load(settings, data)
    assert loaded.report.rejects == []
    rows = OxigraphStore.reader(loaded.generation.folder).select(
        "SELECT ?a ?place WHERE { ?a bg:adoptedIn ?place }",
        {"a": f"{settings.base_iri}adoption/rain-gardens"},
    )
    assert rows[0]["place"].value.endswith("city/fi-turku")


@pytest.mark.parametrize(
    ("collection", "row", "change", "field", "words"),
    [
        ("practices", 0, {"title": None}, "title", "title"),
        (
            "practices",
            0,
            {"challenge": ["bgs:challenge/no-such"], "main_challenge": "bgs:challenge/no-such"},
            "challenge",
            "challenge",
        ),
        ("practices", 0, {"origin": "Tartto"}, "origin", "no place is called 'Tartto'; did you mean"),
        ("practices", 0, {"titel": "x"}, "titel", "unknown field 'titel'"),
        ("practices", 0, {"id": "my practice"}, "id", "expected e.g. 'bgd:practice/my-practice'"),
        ("practices", 0, {"type": None}, "type", "has no type"),
        ("practices", 0, {"type": "BestPractice"}, "type", "unknown type 'BestPractice'"),
        ("practices", 1, {"id": "bgd:practice/gritting"}, "id", "is taken by practices.jsonl line 1"),
        ("adoptions", 0, {"outcome": "bgs:outcome/wonderful"}, "outcome", "outcome"),
        ("adoptions", 0, {"outcome": "mixed"}, "outcome", "'mixed' is no identifier"),
        ("adoptions", 0, {"start_year": "soon"}, "start_year", "year"),
        ("cities", 2, {"latitude": 91}, "latitude", "latitude"),
    ],
)
def test_a_wrong_record_is_refused_with_file_line_record_field_and_reason(
    settings: Settings,
    data: Datasets,
    collection: str,
    row: int,
    change: dict[str, Any],
    field: str,
    words: str,
) -> None:
    record = {k: v for k, v in {**data[collection][row], **change}.items() if v is not None}
    data[collection][row] = record
    _load(settings, data)
    found = next(r for r in _rejects(settings) if r["file"] == f"{collection}.jsonl" and r["line"] == row + 1)
    assert found["record_id"] == record.get("id", "")
    assert found["field"] == field
    assert words in found["reason"]
    assert orjson.loads(found["content"])["id"] == record["id"]


def test_a_fault_in_a_nested_record_names_it_and_refuses_the_whole(
    settings: Settings, data: Datasets
) -> None:
    data["adoptions"][0]["result"][0]["method"] = "bgs:method/guessed"
    loaded = _load(settings, data)
    found = _rejects(settings)[0]
    assert (found["record_id"], found["field"]) == ("bgd:adoption/gritting", "method")
    assert "result/gritting-01" in found["reason"]
    assert OxigraphStore.reader(loaded.generation.folder).select("SELECT ?r WHERE { ?r a bg:Result }") == []


def test_what_refers_to_a_refused_record_is_refused_too_so_nothing_is_half_loaded(
    settings: Settings, data: Datasets
) -> None:
    del data["practices"][1]["title"]
    _load(settings, data)
    reasons = {r["record_id"]: r["reason"] for r in _rejects(settings)}
    assert set(reasons) == {"bgd:practice/robots", "bgd:adoption/robots"}
    assert "practice/robots>, which was refused" in reasons["bgd:adoption/robots"]


def test_a_line_that_is_no_json_is_kept_with_its_place(settings: Settings, data: Datasets) -> None:
    assert settings.datasets is not None
    write_datasets(settings.datasets, data)
    with (settings.datasets / "cities.jsonl").open("ab") as file:
        file.write(b'{"id": "bgd:city/half\n')
    load_datasets(settings, quiet)
    found = _rejects(settings)[0]
    assert (found["file"], found["line"]) == ("cities.jsonl", 5)
    assert "not valid JSON" in found["reason"]
    assert found["content"] == '{"id": "bgd:city/half'


def test_strict_loads_nothing_when_a_record_is_refused(settings: Settings, data: Datasets) -> None:
    _load(settings, data)
    del data["practices"][1]["title"]
    before = Generations(settings.home / "graph").current()
    with pytest.raises(
        InvalidInputError, match=r"record\(s\) refused, nothing loaded; the first: practices.jsonl line 2"
    ):
        _load(settings, data, strict=True)
    assert Generations(settings.home / "graph").current() == before


def test_an_empty_folder_is_refused(settings: Settings) -> None:
    with pytest.raises(InvalidInputError, match="there are no records"):
        load_datasets(settings, quiet)


def test_a_second_writer_is_told_to_wait(settings: Settings, data: Datasets) -> None:
    import fcntl

    folder = settings.home / "graph"
    folder.mkdir(parents=True)
    with (folder / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        with pytest.raises(ConflictError, match="another process is loading data"):
            _load(settings, data)


def test_a_killed_load_leaves_the_old_generation_and_the_next_run_recovers(
    settings: Settings, data: Datasets
) -> None:
    first = _load(settings, data)
    data["cities"][0]["population"] = 92_000
    assert settings.datasets is not None
    write_datasets(settings.datasets, data)
    script = (
        "import os, signal\n"
        "from bufgraph_ingest import loading\n"
        "loading.Generations._point_to = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\n"
        "from bufgraph.settings import load_settings\n"
        "from bufgraph_ingest.shipping import load_datasets\n"
        "load_datasets(load_settings(), print)\n"
    )
    environ = {**os.environ, "BUFGRAPH_HOME": str(settings.home), "BUFGRAPH_DATASETS": str(settings.datasets)}
    done = subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, check=False)
    assert done.returncode == -signal.SIGKILL
    assert Generations(settings.home / "graph").current() == first.generation
    recovered = load_datasets(settings, quiet)
    rows = OxigraphStore.reader(recovered.generation.folder).select("SELECT ?n WHERE { ?c bg:population ?n }")
    assert "92000" in {row["n"].value for row in rows}
