"""Spreadsheets from a file to the graph: thirty practices with eight faults, mended and fed back, nothing twice."""

from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from openpyxl import load_workbook

from bufgraph.errors import ConflictError, InvalidInputError
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.settings import Settings, load_settings
from bufgraph_ingest.commands import ingest as ingest_command
from bufgraph_ingest.commands import template as template_command
from bufgraph_ingest.connectors.spreadsheet import Spreadsheet
from bufgraph_ingest.ingesting import Ingested, Order, ingest
from bufgraph_ingest.port import RawRecord, Reject
from bufgraph_ingest.shipping import load_datasets
from builders import city, small_datasets, write_datasets
from conftest import quiet
from spreadsheets import COLUMNS, FAULTS, good_row, thirty_practices, write_csv, write_workbook

REASONS = {
    3: ("city", "Turkku", "no place is called 'Turkku'"),
    6: ("city", "Fredrikshamn", "the place 'Fredrikshamn' is one of bgd:city/dk-frederikshavn, bgd:city/fi-hamina"),
    9: ("title", '=HYPERLINK("https://example.org","Stops")', "the cell holds a formula"),
    12: ("cost", "-5000", "'-5000' is negative"),
    15: ("problem", "", "the cell is empty"),
    18: ("summary", "Stops <script>alert(1)</script>", "the text holds HTML"),
    21: ("end_year", "2017", "it ends before it starts in 2019"),
    24: ("main_challenge", "car-dependance", "there is no challenge 'car-dependance'"),
}  # fmt: skip
NEED = ("city", "challenge", "need", "source_title")


@pytest.fixture
def shipped(tmp_path: Path) -> Settings:
    """The shipped datasets, with a home of their own."""
    return load_settings({}, home=tmp_path / "home")


@pytest.fixture
def small(tmp_path: Path) -> Settings:
    """The small world with towns enough for the spreadsheet."""
    data = small_datasets()
    data["cities"] += [city("se-holm", "Holm", "SE"), city("fi-holm", "Holm", "FI")]
    return load_settings({}, home=tmp_path / "home", datasets=write_datasets(tmp_path / "data", data))


def _ingest(settings: Settings, file: Path, kind: str = "practices", **order: Any) -> Ingested:
    dry_run = order.pop("dry_run", False)
    return ingest(Order(file, kind, **order), settings, quiet, dry_run=dry_run)


def _counts(done: Ingested) -> dict[str, int]:
    return {name: count for name, count in done.run.counts.items() if count and name != "read"}


def _needs(folder: Path, *rows: str, name: str = "needs.csv", columns: tuple[str, ...] = NEED) -> Path:
    path = folder / name
    path.write_text("\n".join([";".join(columns), *rows]), encoding="utf-8")
    return path


def _records(settings: Settings, name: str) -> list[dict[str, Any]]:
    path = settings.home / "imports" / f"{name}.jsonl"
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


# -- the whole way


def test_thirty_practices_with_eight_faults(shipped: Settings, tmp_path: Path) -> None:
    file = write_workbook(tmp_path / "practices.xlsx", thirty_practices())
    done = _ingest(shipped, file)
    assert _counts(done) == {"new": 22, "refused": 8}
    assert {r.line: (r.column, r.value, r.reason) for r in done.run.rejects} == REASONS
    assert all(reject.remedy for reject in done.run.rejects)
    before = (shipped.home / "imports" / "practices.jsonl").read_bytes()

    assert _counts(_ingest(shipped, file)) == {"unchanged": 22, "refused": 8}
    assert (shipped.home / "imports" / "practices.jsonl").read_bytes() == before

    assert done.rejects is not None
    mended = _mend(done.rejects, tmp_path / "mended.xlsx")
    again = _ingest(shipped, mended)
    assert again.run.name == "practices"
    assert _counts(again) == {"new": 8}

    assert _counts(_ingest(shipped, mended)) == {"unchanged": 8}
    practices = [r for r in _records(shipped, "practices") if r["type"] == "GoodPractice"]
    assert len({r["id"] for r in practices}) == len(practices) == 30


def _mend(rejects: Path, target: Path) -> Path:
    """Correct the cell at fault in each row of a file of refused rows, as a person does."""
    book = load_workbook(rejects)
    sheet = book["practices"]
    names = [cell.value for cell in sheet[1]]
    for cells in sheet.iter_rows(min_row=2):
        row = cells[names.index("row")].value
        assert isinstance(row, int | float)
        column, _, right = FAULTS[int(row)]
        cells[names.index(column)].value = right
    book.save(target)
    return target


def test_a_csv_of_the_same_rows_is_the_same(shipped: Settings, tmp_path: Path) -> None:
    book = _ingest(shipped, write_workbook(tmp_path / "practices.xlsx", thirty_practices()), dry_run=True)
    text = write_csv(tmp_path / "old.csv", thirty_practices(), encoding="cp1257", separator=";")
    done = _ingest(shipped, text, dry_run=True)
    assert done.run.counts == book.run.counts
    assert "read as cp1257" in done.run.notes[0]


def test_the_graph_holds_what_was_brought_in(small: Settings, tmp_path: Path) -> None:
    row = good_row(2) | {
        "city": "Turku",
        "condition": "Heat is there.",
        "condition_factor": "district-heating",
    }
    file = write_workbook(tmp_path / "stops.xlsx", [row], [*COLUMNS, "condition", "condition_factor"])
    assert _ingest(small, file).run.records == {
        "Adoption": 1, "GoodPractice": 1, "SourceDocument": 1, "TransferCondition": 1,
    }  # fmt: skip
    loaded = load_datasets(small, quiet, strict=True)
    store = OxigraphStore.reader(loaded.generation.folder)
    (found,) = store.select(
        "SELECT ?g WHERE { GRAPH ?g { ?p a bg:GoodPractice ; dcterms:title 'Warm bus stops 2'@en } }"
    )
    assert found["g"].value.endswith("/graph/imports-stops")


@pytest.mark.parametrize(
    ("kind", "row"),
    [
        ("adoptions", {"practice": "gritting", "city": "Oulu", "outcome": "mixed", "source_title": "A letter"}),
        ("needs", {"city": "Turku", "challenge": "car-dependence", "need": "Too many cars.", "source_title": "A letter"}),
        ("experts", {"name": "Bus Lab", "helix": "University", "expertise": "people-mobility", "city": "Turku",
                     "description": "Knows buses.", "source_url": "https://example.org/"}),
    ],
)  # fmt: skip
def test_every_kind_passes_the_shapes(
    small: Settings, tmp_path: Path, kind: str, row: dict[str, str | float]
) -> None:
    assert _counts(_ingest(small, write_csv(tmp_path / f"{kind}.csv", [row], list(row)), kind)) == {"new": 1}
    report = load_datasets(small, quiet, strict=True).report
    assert report is not None
    assert report.accepted[f"imports/{kind}"] >= 1


# -- again, and changed


def test_a_row_twice_is_there_once_and_another_about_the_same_is_refused(
    small: Settings, tmp_path: Path
) -> None:
    file = _needs(
        tmp_path, "Turku;car-dependence;Cars;A", "Turku;car-dependence;Cars;A", "Åbo;car-dependence;Noise;A"
    )
    done = _ingest(small, file, "needs")
    assert _counts(done) == {"new": 1, "unchanged": 1, "refused": 1}
    assert done.run.rejects[0].reason == "row 2 is about bgd:need/fi-turku--car-dependence--stated too"


def test_news_of_a_row_replace_it_only_when_asked(small: Settings, tmp_path: Path) -> None:
    _ingest(small, _needs(tmp_path, "Turku;car-dependence;Cars;A"), "needs")
    changed = _needs(tmp_path, "Turku;car-dependence;Fewer cars;A")
    done = _ingest(small, changed, "needs")
    assert _counts(done) == {"refused": 1}
    assert "--update" in done.run.rejects[0].remedy
    assert _counts(_ingest(small, changed, "needs", update=True)) == {"updated": 1}
    assert [r["text"] for r in _records(small, "needs") if r["type"] == "CityNeed"] == [["Fewer cars"]]


def test_what_the_datasets_hold_is_never_overwritten(small: Settings, tmp_path: Path) -> None:
    row = good_row(2) | {"id": "gritting", "city": "Turku"}
    done = _ingest(small, write_csv(tmp_path / "p.csv", [row]), update=True)
    assert _counts(done) == {"refused": 1}
    assert (
        done.run.rejects[0].reason
        == "the identifier bgd:practice/gritting is taken by practices.jsonl line 1"
    )


def test_the_same_rows_under_another_name_are_there_already(small: Settings, tmp_path: Path) -> None:
    file = _needs(tmp_path, "Turku;car-dependence;Cars;A")
    _ingest(small, file, "needs")
    assert _counts(_ingest(small, file, "needs", name="other")) == {"unchanged": 1}
    assert not (small.home / "imports" / "other.jsonl").exists()


def test_practices_and_their_adoptions_may_share_an_import(small: Settings, tmp_path: Path) -> None:
    practices = write_csv(tmp_path / "p.csv", [good_row(2) | {"id": "stops", "city": "Turku"}])
    assert _counts(_ingest(small, practices, name="winter")) == {"new": 1}
    adoption = {"practice": "stops", "city": "Oulu", "outcome": "success", "source_title": "A letter"}
    file = write_csv(tmp_path / "a.csv", [adoption], list(adoption))
    assert _counts(_ingest(small, file, "adoptions", name="winter")) == {"new": 1}
    assert not load_datasets(small, quiet, strict=True).rejects.read_bytes()


def test_a_mended_file_that_is_read_where_it_lies_is_kept(small: Settings, tmp_path: Path) -> None:
    done = _ingest(
        small, _needs(tmp_path, "Turku;car-dependence;Cars;A", "Turkku;car-dependence;Cars;A"), "needs"
    )
    assert done.rejects is not None
    text = done.rejects.read_text("utf-8-sig")
    done.rejects.write_text(text.replace(";Turkku;car", ";Oulu;car"), encoding="utf-8-sig")
    again = _ingest(small, done.rejects, "needs")
    assert (again.run.name, _counts(again)) == ("needs", {"new": 1})
    assert again.rejects is None
    assert [p.name for p in done.rejects.parent.glob("rejects*.csv")] == ["rejects-before.csv"]


# -- what is read


def test_a_limit_and_a_day_choose_rows(small: Settings, tmp_path: Path) -> None:
    rows = [
        f"{place};car-dependence;Cars;A;2024-0{n}-01" for n, place in enumerate(("Turku", "Oulu", "Tartu"), 1)
    ]
    file = _needs(tmp_path, *rows, columns=(*NEED, "updated"))
    assert _counts(_ingest(small, file, "needs", limit=2, dry_run=True)) == {"new": 2}
    done = _ingest(small, file, "needs", since=date(2024, 2, 1))
    assert _counts(done) == {"new": 2, "not changed since": 1}


def test_a_dry_run_writes_nothing(small: Settings, tmp_path: Path) -> None:
    done = _ingest(small, _needs(tmp_path, "Turku;car-dependence;Cars;A", "x;y;z;A"), "needs", dry_run=True)
    assert (done.path, done.rejects, done.page) == (None, None, None)
    assert _counts(done) == {"new": 1, "refused": 1}
    assert not small.home.exists()


def test_the_source_yields_records_and_rejects_again_on_every_reading(
    small: Settings, tmp_path: Path
) -> None:
    from bufgraph.resources import ontology_dir
    from bufgraph_ingest.tables.grid import Limits
    from bufgraph_ingest.tables.reading import TableReader
    from bufgraph_ingest.tables.sheets import NEEDS as SHEET
    from bufgraph_ingest.tables.vocabulary import read_vocabulary
    from bufgraph_ingest.tables.world import World
    from builders import codec

    file = _needs(tmp_path, "Turku;car-dependence;Cars;A", "x;car-dependence;z;A")
    vocabulary = read_vocabulary(ontology_dir(), ["challenge", "need-status"])
    world = World([RawRecord("cities", "c", 1, r) for r in small_datasets()["cities"]], codec())
    source = Spreadsheet("needs.csv", "n", TableReader(file, SHEET, Limits()), SHEET, vocabulary, world)
    first = list(source.read())
    assert [type(found) for found in first] == [RawRecord, RawRecord, Reject]
    assert list(source.read()) == first
    assert {found.line for found in first} == {2, 3}


def test_names_and_kinds_are_checked(small: Settings, tmp_path: Path) -> None:
    file = _needs(tmp_path, "Turku;car-dependence;Cars;A")
    with pytest.raises(InvalidInputError, match="no name for an import"):
        _ingest(small, file, "needs", name="../x")
    with pytest.raises(InvalidInputError, match="unknown kind 'towns'"):
        _ingest(small, file, "towns")
    with pytest.raises(InvalidInputError, match="lacks title"):
        _ingest(small, file, "practices")


# -- reports and commands


def test_the_report_of_a_run_is_for_people_and_programs(small: Settings, tmp_path: Path) -> None:
    done = _ingest(
        small, _needs(tmp_path, "Turku;car-dependence;Cars;A", "Xyz<i>;car-dependence;C;A"), "needs"
    )
    assert done.page is not None
    told = orjson.loads((done.page.parent / "report.json").read_bytes())
    assert told["counts"] | {"new": 1, "refused": 1, "read": 2} == told["counts"]
    assert told["rejects"][0]["column"] == "city"
    assert len(told["sha256"]) == 64
    page = done.page.read_text()
    assert "Xyz&lt;i&gt;" in page
    assert "Xyz<i>" not in page


@pytest.fixture
def cli(small: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setenv("BUFGRAPH_HOME", str(small.home))
    return CliRunner()


def test_the_command_exits_with_2_when_nothing_is_accepted(
    cli: CliRunner, small: Settings, tmp_path: Path
) -> None:
    options = ["--kind", "needs", "--datasets", str(small.datasets)]
    bad = cli.invoke(ingest_command, [str(_needs(tmp_path, "x;y;z;A", name="bad.csv")), *options])
    assert bad.exit_code == 2
    assert "bad.csv row 2, city: no place is called 'x'" in bad.stderr
    good = _needs(tmp_path, "Turku;car-dependence;Cars;A")
    for told in ("1 new", "1 unchanged"):
        done = cli.invoke(ingest_command, [str(good), *options])
        assert (done.exit_code, told in done.stderr) == (0, True)


def test_the_template_command_never_overwrites_a_file(cli: CliRunner, tmp_path: Path) -> None:
    target = tmp_path / "t.xlsx"
    assert cli.invoke(template_command, ["experts", "--output", str(target)]).exit_code == 0
    assert load_workbook(target).sheetnames == ["experts", "Columns", "Choices"]
    again = cli.invoke(template_command, ["experts", "--output", str(target)])
    assert isinstance(again.exception, ConflictError)
