"""The command ``reconcile`` over small datasets and an import, and the shipped labelled pairs."""

from collections.abc import Mapping
from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from bufgraph.errors import InvalidInputError, NotFoundError
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.model import City
from bufgraph.resources import datasets_dir
from bufgraph.services.evaluating_ingest import digest, published
from bufgraph.services.home import codec
from bufgraph.settings import load_settings
from bufgraph_ingest.connectors.jsonl import JsonlFolder
from bufgraph_ingest.port import RawRecord
from bufgraph_ingest.reconcile_command import reconcile
from bufgraph_ingest.reconciliation.measuring import Figures, figures, judge, read_pairs, results_of
from bufgraph_ingest.reconciliation.pairs import MERGE, find_pairs
from bufgraph_ingest.reconciliation.service import Reconciliation
from bufgraph_ingest.reconciliation.things import things_from
from bufgraph_ingest.shipping import load_datasets
from builders import city, organisation, write_datasets

TURKU = "bgd:org/city-of-turku"
IMPORTED = "bgd:org/import-turku"
OFFICE = ("--by", "Data office")


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = write_datasets(
        tmp_path / "datasets",
        {
            "cities": [city("fi-turku", "Turku", "FI", population=200_000, latitude=60.45, longitude=22.27)],
            "organisations": [
                organisation("city-of-turku", "City of Turku", country_code="FI"),
                organisation("telia", "Telia"),
                organisation("telia-lietuva", "Telia Lietuva"),
            ],
        },
    )
    write_datasets(
        tmp_path / "home" / "imports",
        {
            "towns": [
                organisation("import-turku", "Turun kaupunki", country_code="FI"),
                city("import-turku", "Åbo (Turku)", "FI", population=201_000, latitude=60.46, longitude=22.3),
            ]
        },
    )
    monkeypatch.setenv("BUFGRAPH_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("BUFGRAPH_DATASETS", str(folder))
    return tmp_path / "home"


def run(*arguments: str, typed: str = "") -> Result:
    return CliRunner().invoke(reconcile, arguments, input=typed)


@pytest.mark.usefixtures("home")
def test_pairs_are_shown_with_reasons_and_nothing_is_written(home: Path) -> None:
    told = run()

    assert told.exit_code == 0
    assert "Turun kaupunki" in told.output
    assert "both govern the same place" in told.output
    assert not (home / "decisions").exists()


@pytest.mark.usefixtures("home")
def test_programs_get_json_of_one_kind() -> None:
    rows = orjson.loads(run("--kind", "organisations", "--format", "json").stdout)

    assert {row["kind"] for row in rows} == {"organisations"}
    assert rows[0]["left"]["id"] == TURKU
    assert rows[0]["verdict"] == MERGE


def test_the_rules_decide_once_and_the_import_becomes_an_alias(home: Path) -> None:
    assert "kept 2 new decisions" in run("--record").output
    assert "kept 0 new decisions" in run("--record").output

    service = Reconciliation(load_settings())

    assert service.aliases().resolve(IMPORTED) == TURKU
    assert [conflict.field for conflict in service.conflicts("bgd:city/fi-turku")] == [
        "pref_label", "population", "latitude", "longitude",
    ][1:]  # fmt: skip


def test_an_office_decides_and_takes_it_back(home: Path) -> None:
    assert run("--merge", "bgd:org/telia", "org/telia-lietuva", *OFFICE).exit_code == 0
    assert Reconciliation(load_settings()).aliases().members("bgd:org/telia") == [
        "bgd:org/telia",
        "bgd:org/telia-lietuva",
    ]

    assert run("--undo", "bgd:org/telia-lietuva", "bgd:org/telia", *OFFICE).exit_code == 0

    assert Reconciliation(load_settings()).aliases().members("bgd:org/telia") == ["bgd:org/telia"]
    assert len((home / "decisions" / "reconciliation.jsonl").read_bytes().splitlines()) == 2


def test_merged_records_are_one_node_of_the_graph_until_it_is_taken_back(home: Path) -> None:
    def cities() -> Mapping[str, City]:
        settings = load_settings()
        generation = load_datasets(settings, lambda step: None).generation
        return codec(settings).read_catalogue(OxigraphStore.reader(generation.folder)).cities

    assert len(cities()) == 2

    run("--record")
    merged = cities()

    assert [found.population for found in merged.values()] == [200_000]  # what the shipped record says counts
    assert [iri.rsplit("/", 1)[1] for iri in merged] == ["fi-turku"]

    run("--undo", "bgd:city/fi-turku", "bgd:city/import-turku", *OFFICE)

    assert len(cities()) == 2


def test_doubtful_pairs_are_asked_about_and_the_answer_is_kept(home: Path) -> None:
    told = run("--ask", "--kind", "organisations", typed="Data office\nk\n")

    assert "Telia Lietuva" in told.output
    assert (
        Reconciliation(load_settings()).log.current()["bgd:org/telia", "bgd:org/telia-lietuva"].decision
        == "keep-apart"
    )
    assert "nothing to ask" in run("--ask", "--kind", "organisations", *OFFICE).output


@pytest.mark.usefixtures("home")
def test_records_that_are_not_there_are_named() -> None:
    with pytest.raises(NotFoundError, match="no-such"):
        CliRunner().invoke(reconcile, ["--merge", "bgd:org/no-such", TURKU, *OFFICE], catch_exceptions=False)


@pytest.mark.usefixtures("home")
def test_a_city_is_never_merged_with_an_organisation() -> None:
    with pytest.raises(NotFoundError, match="two kinds"):
        CliRunner().invoke(
            reconcile, ["--merge", "bgd:city/fi-turku", TURKU, *OFFICE], catch_exceptions=False
        )


@pytest.mark.usefixtures("home")
def test_a_decision_needs_an_office() -> None:
    with pytest.raises(InvalidInputError, match="office"):
        CliRunner().invoke(reconcile, ["--merge", "bgd:org/telia", TURKU], catch_exceptions=False)


@pytest.fixture(scope="module")
def shipped() -> list[RawRecord]:
    return [found for found in JsonlFolder(datasets_dir()).read() if isinstance(found, RawRecord)]


@pytest.fixture(scope="module")
def measured(shipped: list[RawRecord]) -> list[Figures]:
    return figures(judge(read_pairs(), shipped))


def test_labelled_pairs_are_many_and_belong_to_one_side_by_record(shipped: list[RawRecord]) -> None:
    pairs = read_pairs()
    sides: dict[str, set[str]] = {}
    for pair in pairs:
        sides.setdefault(pair.left, set()).add(pair.split)

    assert len(pairs) >= 300
    assert {pair.left for pair in pairs} <= {str(raw.record["id"]) for raw in shipped}
    assert all(len(splits) == 1 for splits in sides.values())


def test_what_is_merged_is_right_in_99_of_100(measured: list[Figures]) -> None:
    assert all(row.precision >= 0.99 for row in measured)


def test_most_duplicates_are_merged_or_asked_about(measured: list[Figures]) -> None:
    assert all(row.recall_with_asking >= 0.94 for row in measured)
    assert all(row.blocked >= 0.97 for row in measured)


def test_the_published_figures_are_what_a_run_gives_now(measured: list[Figures]) -> None:
    found = published("reconciliation")
    assert found == {"judged": digest("reconciliation"), **results_of(measured)}


def test_no_two_shipped_records_are_merged_by_the_rules(shipped: list[RawRecord]) -> None:
    assert [
        candidate.key for candidate in find_pairs(things_from(shipped)) if candidate.verdict == MERGE
    ] == []
