"""Values of city indicators: from files of statistics to the profile of a city."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from bufgraph.benchmarking.indexes import index_definitions
from bufgraph.benchmarking.profile import Profiles
from bufgraph.embeddings.cache import CachedEncoder
from bufgraph.embeddings.hashing import HashingEncoder
from bufgraph.errors import InvalidInputError
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.namespaces import concept
from bufgraph.services import building
from bufgraph.services.composition import open_build
from bufgraph.settings import Settings, load_settings
from bufgraph_ingest.connectors.indicators.values import Cited
from bufgraph_ingest.importing import Imported, Order, import_indicators
from bufgraph_ingest.shipping import load_datasets
from builders import city, small_datasets, write_datasets
from conftest import build, quiet

Json = dict[str, Any]

HEADER = "city,indicator,year,value,source_title,source_url"
SOURCE = "City figures,https://example.org/figures"
RATE = "esc-2007-unemployment-rate"
# The smallest answers in the form of the offices; the codes of cities and key figures carry no real values.
EUROSTAT = """\
DATAFLOW,LAST UPDATE,freq,indic_ur,cities,TIME_PERIOD,OBS_VALUE,OBS_FLAG
ESTAT:URB_X(1.0),01/02/24 11:00:00,A,EC1020I,FI004C,2020,0.125,
ESTAT:URB_X(1.0),01/02/24 11:00:00,A,EC1020I,FI004C,2021,0.25,e
ESTAT:URB_X(1.0),01/02/24 11:00:00,A,EC1020I,FI004C,2022,:,
ESTAT:URB_X(1.0),01/02/24 11:00:00,A,EC1020I,FI004C,2023,,c
ESTAT:URB_X(1.0),01/02/24 11:00:00,A,EC1020I,XX001C,2020,0.5,
ESTAT:URB_X(1.0),01/02/24 11:00:00,A,EC1020I,XX001C,2021,0.5,
ESTAT:URB_X(1.0),01/02/24 11:00:00,A,DE9999V,FI004C,2020,7,u
"""
KOLADA = [
    {
        "kpi": "N03937",
        "municipality": "0180",
        "period": 2022,
        "values": [
            {"gender": "K", "value": 1.5, "count": 1, "status": ""},
            {"gender": "T", "value": 6.5, "count": 1, "status": ""},
        ],
    },
    {"kpi": "N03937", "municipality": "0180", "period": 2023, "values": [{"gender": "T", "value": None}]},
    {"kpi": "N03937", "municipality": "1480", "period": 2022, "values": [{"gender": "T", "value": 5}]},
    {"kpi": "N03937", "municipality": "0180", "period": 2024},
]


def world() -> dict[str, list[Json]]:
    """Return the small world with six cities more; two share the name Holm."""
    data = small_datasets()
    more = [
        city("se-holm", "Holm", "SE"),
        city("fi-holm", "Holm", "FI"),
        city("se-stockholm", "Stockholm", "SE"),
    ]
    data["cities"] += more + [city(f"pl-{n}", f"Miasto {n}", "PL") for n in range(3)]
    return data


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({}, home=tmp_path / "home", datasets=write_datasets(tmp_path / "data", world()))


def _file(folder: Path, *rows: str, name: str = "values.csv", header: str = HEADER) -> Path:
    path = folder / name
    path.write_text("\n".join([header, *rows]), encoding="utf-8")
    return path


def _import(
    settings: Settings, file: Path, kind: str = "csv", *, dry_run: bool = False, **order: Any
) -> Imported:
    return import_indicators(Order(file, kind, **order), settings, quiet, dry_run=dry_run)


def _records(imported: Imported, kind: str = "Observation") -> list[Json]:
    assert imported.path is not None
    rows = [orjson.loads(line) for line in imported.path.read_bytes().splitlines()]
    return [row for row in rows if row["type"] == kind]


def _values(imported: Imported) -> dict[str, float]:
    return {row["id"].removeprefix("bgd:observation/"): row["value"] for row in _records(imported)}


# -- plain tables


def test_a_row_becomes_an_observation_with_its_document(settings: Settings, tmp_path: Path) -> None:
    file = _file(tmp_path, f"fi-turku,{RATE},2020,4,%,{SOURCE}", header=HEADER.replace("value", "value,unit"))
    imported = _import(settings, file)
    (document,) = _records(imported, "SourceDocument")
    assert (document["title"], document["page"]) == ("City figures", "https://example.org/figures")
    assert _records(imported) == [
        {
            "id": f"bgd:observation/fi-turku-{RATE}-2020-values",
            "type": "Observation",
            "ref_city": "bgd:city/fi-turku",
            "model": "bgd:model/import-values",
            "edition": "2020",
            "metric": "Unemployment rate",
            "indicator": f"bgs:indicator/{RATE}",
            "ref_year": "2020",
            "value": 4.0,
            "unit_text": "%",
            "verification": "bgs:verification/verified",
            "source": [document["id"]],
        }
    ]


def test_cities_and_indicators_are_known_by_slug_iri_and_name(settings: Settings, tmp_path: Path) -> None:
    cities = ["fi-turku", "bgd:city/fi-turku", f"{settings.base_iri}city/fi-turku", "åbo", "Turku (FI)"]
    indicators = [RATE, f"bgs:indicator/{RATE}", concept("indicator", RATE), "unemployment rate"]
    pairs = [*((name, RATE) for name in cities), *(("fi-turku", name) for name in indicators)]
    rows = [f"{name},{indicator},{2000 + n},4,{SOURCE}" for n, (name, indicator) in enumerate(pairs)]
    imported = _import(settings, _file(tmp_path, *rows))
    assert list(_values(imported)) == [f"fi-turku-{RATE}-{2000 + n}-values" for n in range(len(pairs))]


def test_the_country_decides_between_cities_of_one_name(settings: Settings, tmp_path: Path) -> None:
    file = _file(
        tmp_path, f"Holm,SE,{RATE},2020,4", f"Holm,,{RATE},2021,4", header="city,country,indicator,year,value"
    )
    imported = _import(settings, file)
    assert list(_values(imported)) == [f"se-holm-{RATE}-2020-values"]
    assert "one of bgd:city/fi-holm, bgd:city/se-holm" in imported.report.rejects[0].reason


def test_numbers_are_read_as_people_write_them(settings: Settings, tmp_path: Path) -> None:
    cells = {
        "3.5": 3.5,
        '"3,5"': 3.5,
        '"0,125"': 0.125,
        "1 234.5": 1234.5,
        '"12\u00a0345\u202f678,9"': 12_345_678.9,
        "\u22121.5": -1.5,
        "0": 0.0,
        "1e3": 1000.0,
    }
    rows = [f"fi-turku,{RATE},{2000 + n},{cell},{SOURCE}" for n, cell in enumerate(cells)]
    imported = _import(settings, _file(tmp_path, *rows))
    assert list(_values(imported).values()) == list(cells.values())


def test_a_missing_value_is_left_out_and_counted_and_never_zero(settings: Settings, tmp_path: Path) -> None:
    cells = [":", "..", "NA", "", "7"]
    rows = [f"fi-turku,{RATE},{2000 + n},{cell},{SOURCE}" for n, cell in enumerate(cells)]
    imported = _import(settings, _file(tmp_path, *rows))
    assert list(_values(imported).values()) == [7.0]
    assert (imported.missing, imported.report.rejects) == (4, [])


@pytest.mark.parametrize(
    ("mark", "delimiter", "newline"), [("\ufeff", ";", "\r\n"), ("", "\t", "\n"), ("\ufeff", ",", "\n")]
)
def test_byte_order_mark_and_delimiter_are_recognised(
    settings: Settings, tmp_path: Path, mark: str, delimiter: str, newline: str
) -> None:
    rows = [
        HEADER.replace(",", delimiter),
        delimiter.join(["Cēsis", RATE, "2020", "3.5", *SOURCE.split(",")]),
    ]
    file = tmp_path / "values.csv"
    file.write_bytes((mark + newline.join([*rows, delimiter * 5, ""])).encode())
    imported = _import(settings, file)
    assert _values(imported) == {f"lv-cesis-{RATE}-2020-values": 3.5}
    assert imported.report.rejects == []


def test_three_digits_after_a_comma_are_decimals_only_where_the_comma_is_surely_decimal(
    settings: Settings, tmp_path: Path
) -> None:
    row = f"fi-turku;{RATE};2020;12,345;{SOURCE.replace(',', ';')}"
    sure = _import(settings, _file(tmp_path, row, header=HEADER.replace(",", ";")))
    assert list(_values(sure).values()) == [12.345]
    unsure = _import(settings, _file(tmp_path, f'fi-turku,{RATE},2020,"12,345",{SOURCE}'))
    assert "'12,345' can be read in two ways; write 12345 or 12.345" in unsure.report.rejects[0].reason


BAD_ROWS = [
    (f"Turkku,{RATE},2020,1,{SOURCE}", "city", "no place is called 'Turkku'; did you mean turku"),
    (f"bgd:city/xx-nowhere,{RATE},2020,1,{SOURCE}", "city", "no city <bgd:city/xx-nowhere>; add it"),
    (f",{RATE},2020,1,{SOURCE}", "city", "the city is empty"),
    (
        f"fi-turku,unemployment,2020,1,{SOURCE}",
        "indicator",
        "no indicator 'unemployment'; did you mean Unemployment",
    ),
    (f"fi-turku,,2020,1,{SOURCE}", "indicator", "the indicator is empty"),
    (f"fi-turku,{RATE},20,1,{SOURCE}", "year", "'20' is no year; write four digits"),
    (f"fi-turku,{RATE},2020,4 %,{SOURCE}", "value", "'4 %' is no number"),
    (f'fi-turku,{RATE},2020,"1,234.5",{SOURCE}', "value", "'1,234.5' is no number"),
    (f"fi-turku,{RATE},2020,1e999,{SOURCE}", "value", "'1e999' is no number"),
    (f"fi-turku,{RATE},2020,nan,{SOURCE}", "value", "'nan' is no number"),
    (f"fi-turku,{RATE},2020,1,Figures,www.example.org", "source_url", "'www.example.org' is no web address"),
    (f"fi-turku,{RATE},2020,4,5,{SOURCE}", "", "the row has 7 cells, the header 6"),
    (f'fi-turku,{RATE},2020,"4,{SOURCE}', "", "a quote is not closed"),
    (f"fi-turku,{RATE},2020,4,F\ufffdgures,https://example.org", "", "is not UTF-8"),
]


@pytest.fixture(scope="module")
def refused(tmp_path_factory: pytest.TempPathFactory) -> Imported:
    """The account of a file of bad rows only."""
    folder = tmp_path_factory.mktemp("refused")
    settings = load_settings({}, home=folder / "home", datasets=write_datasets(folder / "data", world()))
    return _import(settings, _file(folder, *(row for row, _, _ in BAD_ROWS)))


@pytest.mark.parametrize("number", range(len(BAD_ROWS)), ids=lambda n: BAD_ROWS[n][2])
def test_a_bad_row_is_refused_with_file_line_column_and_remedy(refused: Imported, number: int) -> None:
    row, column, words = BAD_ROWS[number]
    (found,) = [reject for reject in refused.report.rejects if reject.line == number + 2]
    assert (found.file, found.field, found.content) == ("values.csv", column, row)
    assert words in found.reason


def test_refused_rows_are_kept_in_the_reports_and_nothing_else_is_written(refused: Imported) -> None:
    assert refused.path is None
    assert refused.rejects is not None
    assert len(refused.rejects.read_bytes().splitlines()) == len(BAD_ROWS)
    assert {p.name for p in refused.rejects.parents[2].iterdir()} == {"reports"}


@pytest.mark.parametrize(
    ("header", "column", "words"),
    [
        ("city,indicator,jahr,value", "year", "the header lacks year"),
        ("city,indicator,year,value,value", "value", "the header names value twice"),
        ("", "city, indicator, year, value", "the header lacks city, indicator, year, value"),
    ],
)
def test_a_header_that_does_not_fit_refuses_the_file(
    settings: Settings, tmp_path: Path, header: str, column: str, words: str
) -> None:
    imported = _import(settings, _file(tmp_path, f"fi-turku,{RATE},2020,1", header=header))
    (found,) = imported.report.rejects
    assert (found.line, found.field, imported.accepted) == (1, column, 0)
    assert words in found.reason


def test_several_values_for_one_city_indicator_and_year_are_all_refused(
    settings: Settings, tmp_path: Path
) -> None:
    rows = [
        f"fi-turku,{RATE},2020,1,{SOURCE}",
        f"fi-oulu,{RATE},2020,1,{SOURCE}",
        f"Turku,{RATE},2020,2,{SOURCE}",
    ]
    imported = _import(settings, _file(tmp_path, *rows))
    assert list(_values(imported)) == [f"fi-oulu-{RATE}-2020-values"]
    assert [(r.line, r.field) for r in imported.report.rejects] == [(2, "city"), (4, "city")]
    assert all("the lines 2, 4 give this city" in r.reason for r in imported.report.rejects)


def test_a_value_of_a_city_that_the_gate_refuses_is_refused_too(settings: Settings, tmp_path: Path) -> None:
    data = world()
    data["cities"][1]["latitude"] = 91
    assert settings.datasets is not None
    write_datasets(settings.datasets, data)
    imported = _import(settings, _file(tmp_path, f"fi-turku,{RATE},2020,1,{SOURCE}"))
    (found,) = imported.report.rejects
    assert (found.line, found.field) == (2, "city")
    assert "city/fi-turku>, which was refused; mend that record first" in found.reason


# -- sources


def test_only_a_value_with_a_web_address_is_verified(settings: Settings, tmp_path: Path) -> None:
    rows = [
        f"fi-turku,{RATE},2020,1,A,https://example.org/a",
        f"fi-oulu,{RATE},2020,1,B,",
        f"lv-cesis,{RATE},2020,1,,",
    ]
    imported = _import(settings, _file(tmp_path, *rows))
    status = {row["ref_city"][9:]: row["verification"].rpartition("/")[2] for row in _records(imported)}
    assert status == {"fi-turku": "verified", "fi-oulu": "unverified", "lv-cesis": "unverified"}
    assert imported.unverified == 2
    documents = {row["title"]: row.get("page") for row in _records(imported, "SourceDocument")}
    assert documents == {"A": "https://example.org/a", "B": None}


def test_the_source_of_the_command_stands_in_only_for_rows_without_any(
    settings: Settings, tmp_path: Path
) -> None:
    rows = [f"fi-turku,{RATE},2020,1,,", f"fi-oulu,{RATE},2020,1,Own,"]
    source = Cited("Yearbook", "https://example.org/yearbook")
    imported = _import(settings, _file(tmp_path, *rows), source=source)
    titles = {row["id"]: row["title"] for row in _records(imported, "SourceDocument")}
    cited = {row["ref_city"][9:]: titles[row["source"][0]] for row in _records(imported)}
    assert cited == {"fi-turku": "Yearbook", "fi-oulu": "Own"}
    assert imported.unverified == 1
    assert [row["title"] for row in _records(imported, "AssessmentModel")] == ["Yearbook"]


def test_a_document_that_only_refused_rows_cite_is_not_kept(settings: Settings, tmp_path: Path) -> None:
    twin = f"fi-turku,{RATE},2020,1,Twin,https://example.org/twin"
    imported = _import(settings, _file(tmp_path, twin, twin, f"fi-oulu,{RATE},2020,1,{SOURCE}"))
    assert [row["title"] for row in _records(imported, "SourceDocument")] == ["City figures"]


# -- codes of the offices


def _codes(folder: Path, city_code: str, city_slug: str, code: str, scale: str = "") -> dict[str, Any]:
    cities = _file(folder, f"{city_code},{city_slug}", name="cities.csv", header="their_code,city")
    row = f"{code},{RATE},{scale}"
    return {
        "cities": cities,
        "indicators": _file(folder, row, name="codes.csv", header="their_code,indicator,scale"),
    }


def test_json_stat_values_become_observations_too(settings: Settings, tmp_path: Path) -> None:
    codes = {"indic_ur": ["EC1020I"], "cities": ["FI004C"], "time": ["2020", "2021"]}
    cube = {
        "class": "dataset", "id": list(codes), "size": [1, 1, 2], "value": {"0": 0.125, "1": 0.25}, "status": {"1": "e"},
        "dimension": {name: {"category": {"index": index}} for name, index in codes.items()},
    }  # fmt: skip
    file = tmp_path / "cube.json"
    file.write_bytes(orjson.dumps(cube))
    imported = _import(settings, file, "jsonstat", **_codes(tmp_path, "FI004C", "fi-turku", "EC1020I", "100"))
    assert _values(imported) == {f"fi-turku-{RATE}-2020-cube": 12.5, f"fi-turku-{RATE}-2021-cube": 25.0}
    assert [row["edition"] for row in _records(imported)] == ["2020", "2021, flag e (estimated)"]


@pytest.mark.parametrize("column", ["cities", "metroreg"])
def test_eurostat_values_are_scaled_keep_their_flags_and_name_each_code_without_a_mapping_once(
    settings: Settings, tmp_path: Path, column: str
) -> None:
    file = tmp_path / "urb.csv"
    file.write_text(EUROSTAT.replace("cities", column))
    codes = _codes(tmp_path, "FI004C", "fi-turku", "EC1020I", scale="100")
    imported = _import(settings, file, "eurostat", **codes)
    found = [(row["ref_year"], row["value"], row["edition"]) for row in _records(imported)]
    assert found == [("2020", 12.5, "2020"), ("2021", 25.0, "2021, flag e (estimated)")]
    assert imported.missing == 2
    refused = [(r.line, r.field, r.reason) for r in imported.report.rejects]
    assert [(line, field) for line, field, _ in refused] == [(6, column), (8, "indic_ur")]
    assert (
        f"the code 'XX001C' in {column} has no mapping (rows: 2); add it to the table of --cities"
        in refused[0][2]
    )
    assert "the code 'DE9999V' in indic_ur has no mapping (rows: 1)" in refused[1][2]


def test_a_further_dimension_shows_as_several_values_and_is_refused(
    settings: Settings, tmp_path: Path
) -> None:
    file = tmp_path / "urb.csv"
    file.write_text("indic_ur,sex,cities,TIME_PERIOD,OBS_VALUE\nX,M,FI004C,2020,1\nX,F,FI004C,2020,2\n")
    imported = _import(settings, file, "eurostat", **_codes(tmp_path, "FI004C", "fi-turku", "X"))
    assert imported.accepted == 0
    assert ["the lines 2, 3 give" in r.reason for r in imported.report.rejects] == [True, True]


@pytest.mark.parametrize("key", ["values", "results"])
def test_kolada_gives_the_total_of_each_municipality_and_year(
    settings: Settings, tmp_path: Path, key: str
) -> None:
    file = tmp_path / "kolada.json"
    file.write_bytes(orjson.dumps({key: KOLADA, "count": 4, "next_page": "https://example.org/2"}))
    imported = _import(settings, file, "kolada", **_codes(tmp_path, "0180", "Stockholm", "N03937"))
    assert _values(imported) == {f"se-stockholm-{RATE}-2022-kolada": 6.5}
    assert imported.missing == 1
    refused = [(r.line, r.field, r.reason) for r in imported.report.rejects]
    assert [(line, field) for line, field, _ in refused] == [
        (3, "municipality"),
        (4, "next_page"),
        (4, "values"),
    ]
    assert "the code '1480' in municipality has no mapping" in refused[0][2]
    assert "one page of several" in refused[1][2]


@pytest.mark.parametrize(
    ("content", "words"),
    [('{"values": [', "not valid JSON"), ("[]", "no list 'values'"), ('{"values": 3}', "no list 'values'")],
)
def test_an_answer_of_another_form_is_refused(
    settings: Settings, tmp_path: Path, content: str, words: str
) -> None:
    file = tmp_path / "kolada.json"
    file.write_text(content)
    imported = _import(settings, file, "kolada", **_codes(tmp_path, "0180", "Stockholm", "N03937"))
    assert imported.path is None
    assert words in imported.report.rejects[0].reason


@pytest.mark.parametrize(
    ("table", "rows", "words"),
    [
        (
            "cities",
            ["their_code,city", "A,Turkku"],
            r"cities.csv line 2, column city: no place is called 'Turkku'",
        ),
        (
            "cities",
            ["their_code,city", "A,fi-turku", "A,fi-oulu"],
            r"line 3, column their_code: 'A' stands in line 2",
        ),
        ("cities", ["code,city", "A,fi-turku"], r"line 1, column their_code: the header lacks their_code"),
        (
            "indicators",
            ["their_code,indicator,scale", f"X,{RATE},ten"],
            r"line 2, column scale: 'ten' is no number",
        ),
        (
            "indicators",
            ["their_code,indicator,scale", f"X,{RATE},0"],
            r"line 2, column scale: '0' is no scale",
        ),
        (
            "indicators",
            ["their_code,indicator", "X,jobs"],
            r"line 2, column indicator: there is no indicator 'jobs'",
        ),
    ],
)
def test_a_wrong_table_of_codes_stops_the_import(
    settings: Settings, tmp_path: Path, table: str, rows: list[str], words: str
) -> None:
    codes = _codes(tmp_path, "FI004C", "fi-turku", "EC1020I")
    codes[table] = _file(tmp_path, *rows[1:], name=f"{table}.csv", header=rows[0])
    with pytest.raises(InvalidInputError, match=words):
        _import(settings, _file(tmp_path), "eurostat", **codes)


def test_a_code_listed_without_a_city_stays_without_a_mapping(settings: Settings, tmp_path: Path) -> None:
    file = tmp_path / "urb.csv"
    file.write_text(EUROSTAT)
    imported = _import(settings, file, "eurostat", **_codes(tmp_path, "FI004C", "", "EC1020I"))
    assert imported.accepted == 0
    assert "the code 'FI004C' in cities has no mapping (rows: 3)" in imported.report.rejects[0].reason


# -- names, options, replacing


@pytest.mark.parametrize(
    ("order", "words"),
    [
        ({"name": "../evil"}, "'../evil' is no name for an import"),
        ({"name": "Upper"}, "'Upper' is no name for an import"),
        ({"source": Cited("", "example.org")}, "--source-url: 'example.org' is no web address"),
        ({"cities": Path("c.csv")}, "leave out --cities and --indicators"),
        ({"kind": "eurostat"}, "needs the meaning of its codes: --cities"),
        ({"kind": "excel"}, "unknown kind 'excel'; choose from csv, eurostat, jsonstat, kolada"),
    ],
)
def test_a_wrong_order_is_refused(settings: Settings, tmp_path: Path, order: Json, words: str) -> None:
    with pytest.raises(InvalidInputError) as caught:
        _import(settings, _file(tmp_path), **order)
    assert words in caught.value.message


def test_the_name_of_the_file_gives_that_of_the_import(settings: Settings, tmp_path: Path) -> None:
    file = _file(tmp_path, f"fi-turku,{RATE},2020,1,{SOURCE}", name="Työttömyys 2024 (1).csv")
    imported = _import(settings, file)
    assert imported.path == settings.home / "imports" / "tyottomyys-2024-1.jsonl"


def test_importing_a_name_again_replaces_it_and_leaves_other_names(
    settings: Settings, tmp_path: Path
) -> None:
    _import(settings, _file(tmp_path, f"fi-turku,{RATE},2020,1,{SOURCE}"), name="other")
    _import(settings, _file(tmp_path, f"fi-turku,{RATE},2020,1,{SOURCE}"))
    again = _import(settings, _file(tmp_path, f"fi-oulu,{RATE},2021,2,{SOURCE}"))
    assert _values(again) == {f"fi-oulu-{RATE}-2021-values": 2.0}
    names = {p.name for p in (settings.home / "imports").glob("*.jsonl")}
    assert names == {"other.jsonl", "values.jsonl"}


def test_a_file_without_a_good_value_leaves_the_earlier_import(settings: Settings, tmp_path: Path) -> None:
    first = _import(settings, _file(tmp_path, f"fi-turku,{RATE},2020,1,{SOURCE}"))
    assert first.path is not None
    before = first.path.read_bytes()
    assert _import(settings, _file(tmp_path, f"Turkku,{RATE},2020,1,{SOURCE}")).path is None
    assert _import(settings, _file(tmp_path, f"fi-turku,{RATE},2020,:,{SOURCE}")).path is None
    assert first.path.read_bytes() == before


def test_a_killed_write_leaves_the_old_file(settings: Settings, tmp_path: Path) -> None:
    first = _import(settings, _file(tmp_path, f"fi-turku,{RATE},2020,1,{SOURCE}"))
    assert first.path is not None
    before = first.path.read_bytes()
    file = _file(tmp_path, f"fi-turku,{RATE},2020,99,{SOURCE}")
    script = (
        "import os, signal, sys\n"
        "from pathlib import Path\n"
        "from bufgraph.settings import load_settings\n"
        "from bufgraph_ingest.importing import Order, import_indicators\n"
        "Path.replace = lambda *a: os.kill(os.getpid(), signal.SIGKILL)\n"
        "import_indicators(Order(Path(sys.argv[1]), 'csv'), load_settings(), print)\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, file], env=_environ(settings), capture_output=True, check=False
    )
    assert done.returncode == -signal.SIGKILL
    assert first.path.read_bytes() == before
    assert list(_values(_import(settings, file)).values()) == [99.0]


def test_a_dry_run_checks_and_writes_nothing(settings: Settings, tmp_path: Path) -> None:
    rows = [f"fi-turku,{RATE},2020,1,{SOURCE}", f"Turkku,{RATE},2020,1,{SOURCE}"]
    imported = _import(settings, _file(tmp_path, *rows), dry_run=True)
    assert (imported.accepted, len(imported.report.rejects)) == (1, 1)
    assert not settings.home.exists()


# -- into the graph and the profiles


def test_each_import_is_a_named_graph_that_says_where_it_came_from(
    settings: Settings, tmp_path: Path
) -> None:
    load_datasets(settings, quiet)
    assert load_datasets(settings, quiet).report is None
    imported = _import(settings, _file(tmp_path, f"fi-turku,{RATE},2020,1,{SOURCE}"))
    graph = f"{settings.base_iri}graph/imports-values"
    loaded = load_datasets(settings, quiet)
    assert loaded.changed == [graph]
    assert loaded.report is not None
    assert loaded.report.rejects == []
    origin = OxigraphStore.reader(loaded.generation.folder).select(
        "SELECT ?g ?o WHERE { ?g dcterms:provenance ?o }", {"g": graph}
    )
    assert [row["o"].value for row in origin] == ["imports/values.jsonl"]
    assert imported.path is not None
    imported.path.unlink()
    assert load_datasets(settings, quiet).changed == [graph]


def test_a_value_of_a_city_that_left_the_datasets_is_refused_by_the_next_build(
    settings: Settings, tmp_path: Path
) -> None:
    _import(settings, _file(tmp_path, f"pl-0,{RATE},2020,1,{SOURCE}"))
    data = world()
    data["cities"] = [row for row in data["cities"] if row["id"] != "bgd:city/pl-0"]
    assert settings.datasets is not None
    write_datasets(settings.datasets, data)
    report = load_datasets(settings, quiet).report
    assert report is not None
    assert [(r.file, r.field) for r in report.rejects] == [("imports/values.jsonl", "ref_city")]


def test_imported_values_show_in_the_profile_of_a_city(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        building,
        "passage_encoder",
        lambda s, **options: CachedEncoder(HashingEncoder(), s.home / "v.sqlite", **options),
    )
    monkeypatch.setattr(building, "export", lambda *_: None)
    (tmp_path / "data" / "lexicons").mkdir()
    names = ["ee-tartu", "fi-turku", "lv-cesis", "fi-oulu", "se-holm"]
    rows = [f"{name},{RATE},2020,{5 + n},{SOURCE}" for n, name in enumerate(names)]
    file = _file(
        tmp_path,
        *rows,
        f"fi-turku,{RATE},2019,50,{SOURCE}",
        f"fi-holm,{RATE},2020,900,,",
        f"pl-0,{RATE},2020,:,,",
    )
    done = _run(settings, str(file), "--kind", "csv")
    assert done.returncode == 0, done.stderr.decode()
    catalogue = open_build(build(settings)).catalogue
    profiles = Profiles(catalogue, index_definitions(catalogue)["european-smart-cities-2007"])
    profile = profiles.city_profile(catalogue.city("fi-turku"))
    facts = [fact for factor in profile.factors for fact in factor.facts]
    assert facts == ["Unemployment rate: 6 (2020), peers' median 7.5, lower is better"]
    assert profile.peers == 4
    for without in ("fi-holm", "pl-0"):  # unverified, missing
        found = profiles.city_profile(catalogue.city(without))
        assert all(factor.score is None for factor in found.factors)


# -- the command


def _environ(settings: Settings) -> dict[str, str]:
    return {**os.environ, "BUFGRAPH_HOME": str(settings.home), "BUFGRAPH_DATASETS": str(settings.datasets)}


def _run(settings: Settings, *arguments: str) -> subprocess.CompletedProcess[bytes]:
    command = [sys.executable, "-m", "bufgraph.cli.main", "import-indicators", *arguments]
    return subprocess.run(command, env=_environ(settings), capture_output=True, check=False)


def test_the_command_tells_what_it_did_and_what_stays_unverified(settings: Settings, tmp_path: Path) -> None:
    rows = [f"fi-turku,{RATE},2020,1,,", f"Turkku,{RATE},2020,1,,", f"fi-oulu,{RATE},2020,:,,"]
    done = _run(settings, str(_file(tmp_path, *rows)), "--kind", "csv")
    told = done.stderr.decode()
    assert done.returncode == 0, told
    assert "accepted 1 values, refused 1" in told
    assert "values.csv:3: ?: city: no place is called 'Turkku'" in told
    assert "rows without a value, left out: 1" in told
    assert "unverified values, without the web address of a source: 1" in told
    assert "run 'bufgraph build'" in told


def test_the_command_ends_with_2_when_everything_is_refused(settings: Settings, tmp_path: Path) -> None:
    done = _run(settings, str(_file(tmp_path, f"Turkku,{RATE},2020,1,{SOURCE}")), "--kind", "csv")
    assert done.returncode == 2
    assert "accepted 0 values, refused 1" in done.stderr.decode()
    assert not (settings.home / "imports").exists()
