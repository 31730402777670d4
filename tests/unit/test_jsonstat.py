"""City statistics as JSON-stat 2.0: dense and sparse, with flags, and files that are none."""

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import orjson
import pytest

from bufgraph_ingest.connectors.indicators.jsonstat import JsonStat
from bufgraph_ingest.connectors.indicators.mapping import CodeMapping, Scaled
from bufgraph_ingest.connectors.indicators.names import Indicator
from bufgraph_ingest.connectors.indicators.values import Cited
from bufgraph_ingest.port import RawRecord, Reject

Json = dict[str, Any]  # Any: JSON
RATE = Indicator("bgs:indicator/rate", "Rate")
MAPPING = CodeMapping(
    {"FI004C": "bgd:city/fi-turku", "FI005C": "bgd:city/fi-oulu"}, {"EC1020I": Scaled(RATE, Decimal("0.1"))}
)


def _dataset(**changes: Any) -> Json:
    """Return a made-up dataset of one key figure, two cities and three years."""
    return {
        "version": "2.0",
        "class": "dataset",
        "id": ["freq", "indic_ur", "cities", "time"],
        "size": [1, 1, 2, 3],
        "dimension": {
            "freq": {"category": {"label": {"A": "Annual"}}},
            "indic_ur": {"category": {"index": ["EC1020I"]}},
            "cities": {"category": {"index": {"FI005C": 1, "FI004C": 0}}},
            "time": {"category": {"index": {"2020": 0, "2021": 1, "2022": 2}}},
        },
        "value": [10, 20.5, None, 40, None, 60],
        **changes,
    }


def _read(folder: Path, dataset: Json | bytes) -> tuple[JsonStat, list[RawRecord | Reject]]:
    path = folder / "cube.json"
    path.write_bytes(dataset if isinstance(dataset, bytes) else orjson.dumps(dataset))
    source = JsonStat(path, "cube", Cited(), MAPPING)
    return source, list(source.read())


def _values(folder: Path, dataset: Json) -> dict[str, float]:
    _, found = _read(folder, dataset)
    records = [
        raw.record for raw in found if isinstance(raw, RawRecord) and raw.record["type"] == "Observation"
    ]
    return {f"{r['ref_city'][9:]} {r['ref_year']}": r["value"] for r in records}


ALL = {"fi-turku 2020": 1.0, "fi-turku 2021": 2.05, "fi-oulu 2020": 4.0, "fi-oulu 2022": 6.0}


def test_a_list_of_values_is_read_with_the_last_dimension_moving_fastest(tmp_path: Path) -> None:
    assert _values(tmp_path, _dataset()) == ALL


def test_an_object_of_values_says_the_same(tmp_path: Path) -> None:
    sparse = {"0": 10, "1": 20.5, "3": 40, "5": 60}
    assert _values(tmp_path, _dataset(value=sparse)) == ALL


@pytest.mark.parametrize(
    ("status", "editions"),
    [
        (
            {"0": "e", "1": "b"},
            ["2020, flag e (estimated)", "2021, flag b (break in time series)", "2020", "2022"],
        ),
        (["e", None, None, None, None, "u"], ["2020, flag e (estimated)", "2021", "2020", "2022, flag u"]),
        ("p", [f"{year}, flag p (provisional)" for year in (2020, 2021, 2020, 2022)]),
        (["p"], [f"{year}, flag p (provisional)" for year in (2020, 2021, 2020, 2022)]),
    ],
)
def test_flags_are_kept_in_each_of_their_forms(tmp_path: Path, status: Any, editions: list[str]) -> None:
    _, found = _read(tmp_path, _dataset(status=status))
    assert [raw.record["edition"] for raw in found if isinstance(raw, RawRecord)] == editions


def test_a_value_that_is_not_available_is_missing_and_no_zero(tmp_path: Path) -> None:
    source, found = _read(tmp_path, _dataset(value={"0": 10, "1": 0}, status={"1": ":", "2": ":", "3": "c"}))
    assert [raw.record["value"] for raw in found if isinstance(raw, RawRecord)] == [1.0]
    assert not [raw for raw in found if isinstance(raw, Reject)]
    assert source.missing == 3


def test_codes_without_a_mapping_are_named_once(tmp_path: Path) -> None:
    dataset = _dataset()
    dataset["dimension"]["cities"]["category"]["index"] = ["FI004C", "XX001C"]
    _, found = _read(tmp_path, dataset)
    (reject,) = [raw for raw in found if isinstance(raw, Reject)]
    assert (reject.field, reject.line) == ("cities", 4)
    assert "'XX001C' in cities has no mapping (rows: 2)" in reject.reason


def test_a_value_that_is_no_number_is_refused_and_the_rest_is_read(tmp_path: Path) -> None:
    _, found = _read(tmp_path, _dataset(value=[True, "1,5", {"a": 1}, 40, None, 60]))
    assert [raw.line for raw in found if isinstance(raw, Reject)] == [1, 3]
    assert [raw.record["value"] for raw in found if isinstance(raw, RawRecord)] == [0.15, 4.0, 6.0]


def _without(key: str) -> Json:
    return {name: part for name, part in _dataset().items() if name != key}


def _more_ages() -> Json:
    dataset = _dataset(id=["age", "indic_ur", "cities", "time"], size=[2, 1, 2, 3], value={"0": 1})
    dataset["dimension"]["age"] = {"category": {"index": ["Y0", "Y1"]}}
    return dataset


@pytest.mark.parametrize(
    ("make", "field", "reason"),
    [
        (lambda: b"{", "", "not valid JSON"),
        (lambda: b"[]", "class", "no JSON-stat dataset"),
        (lambda: _dataset(**{"class": "collection"}), "class", "no JSON-stat dataset"),
        (lambda: _without("id"), "size", "'id' and 'size'"),
        (lambda: _dataset(size=[1, 1, 2]), "size", "'id' and 'size'"),
        (lambda: _dataset(id=["time", "indic_ur", "cities", "Time"]), "size", "once"),
        (lambda: _without("dimension"), "dimension", "no object 'dimension'"),
        (lambda: _dataset(size=[1, 1, 2, 4]), "dimension.time", "does not name 4 codes"),
        (lambda: _dataset(size=[1, 1, 2, -3]), "dimension.time", "does not name -3 codes"),
        (lambda: _dataset(value=[1, 2]), "value", "a list of 6"),
        (lambda: _dataset(value={"6": 1}), "value", "positions below"),
        (lambda: _dataset(value={"-1": 1}), "value", "positions below"),
        (lambda: _dataset(value={"9" * 5000: 1}), "value", "positions below"),
        (lambda: _dataset(status=[1, 2]), "status", "a list of 6"),
        (lambda: _dataset(id=["freq", "indic_ur", "land", "time"]), "dimension.land", "does not name 2"),
        (_more_ages, "age", "has 2 codes (Y0, Y1 …); ask the office for one"),
    ],
)
def test_a_file_of_another_form_is_refused_with_the_key_at_fault(
    tmp_path: Path, make: Callable[[], Json | bytes], field: str, reason: str
) -> None:
    _, found = _read(tmp_path, make())
    (reject,) = found
    assert isinstance(reject, Reject)
    assert reject.field == field
    assert reason in reject.reason


def test_a_dataset_without_cities_is_refused(tmp_path: Path) -> None:
    dataset = _dataset(id=["freq", "indic_ur", "land", "time"])
    dataset["dimension"]["land"] = dataset["dimension"]["cities"]
    _, (reject,) = _read(tmp_path, dataset)
    assert isinstance(reject, Reject)
    assert "it needs cities or metroreg or geo" in reject.reason
