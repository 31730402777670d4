"""Mappings: what they say of themselves, and how items become records."""

from pathlib import Path
from typing import Any

import orjson
import pytest

from bufgraph.errors import InvalidInputError
from bufgraph.model.practices import NOT_ASKED
from bufgraph_ingest.connectors.registry import CONNECTORS
from bufgraph_ingest.mappings.converters import CONVERTERS
from bufgraph_ingest.mappings.coverage import coverage, unmarked
from bufgraph_ingest.mappings.mapping import SourceMapping, read_mapping
from bufgraph_ingest.mappings.records import make_records
from bufgraph_ingest.mappings.themes import challenges_in
from bufgraph_ingest.tables.values import CellError

MAPPED = sorted(c.mapping for c in CONNECTORS.values() if c.mapping)


def small(**more: Any) -> SourceMapping:
    told: dict[str, Any] = {
        "name": "s", "title": "S", "documentation": "", "licence": "", "checked": "",
        "key": {"from": "id", "required": True},
        "records": [{"id": "bgd:source/s-{key}", "type": "SourceDocument", "title": {"from": "name", "required": True}, "note": ["{rest}"]}],
    }  # fmt: skip
    return SourceMapping(**{**told, **more})


@pytest.mark.parametrize("name", MAPPED)
def test_every_field_of_ours_is_given_or_marked_as_never_asked(name: str) -> None:
    assert unmarked(read_mapping(name)) == []


@pytest.mark.parametrize("name", MAPPED)
def test_a_field_is_not_both_given_and_never_asked(name: str) -> None:
    table = coverage(read_mapping(name))
    given = {ours for line in table if line.state == "mapped" for ours in line.detail.split(", ")}
    assert not given & {line.field for line in table if line.state == "never asked"}


@pytest.mark.parametrize("name", MAPPED)
def test_a_mapping_names_documentation_licence_and_what_it_was_checked_with(name: str) -> None:
    mapping = read_mapping(name)
    assert mapping.documentation.startswith("https://")
    assert mapping.licence
    assert mapping.checked


def test_coverage_tells_the_fate_of_each_column() -> None:
    table = {
        line.field: line for line in coverage(read_mapping("kohesio"), ["Operation_Name_English", "News"])
    }
    assert table["Operation_Name_English"].state == "mapped"
    assert "GoodPractice.title" in table["Operation_Name_English"].detail
    assert table["Image_URL"].state == "dropped"
    assert table["News"].state == "noted"
    assert table["Adoption.lesson"].state == "never asked"


def test_columns_that_no_rule_reads_are_kept_in_the_note() -> None:
    _, records, faults = make_records(small(), {"id": "1", "name": "N", "Colour": "blue"})
    assert not faults
    assert records[0]["note"] == ["Further fields of the source. Colour: blue"]


@pytest.mark.parametrize(
    "column", [("Contact person", "A. Example"), ("Notes", "write to a.example@example.org")]
)
def test_what_may_be_about_a_person_is_not_kept(column: tuple[str, str]) -> None:
    _, records, _ = make_records(small(), {"id": "1", "name": "N", column[0]: column[1]})
    assert "note" not in records[0]


def test_an_item_without_key_or_required_field_tells_both() -> None:
    assert [f.column for f in make_records(small(), {"name": "N"})[2]] == ["id", "id"]
    key, _, faults = make_records(small(), {"id": "1"})
    assert key == "1"
    assert [(f.path, f.column, f.remedy) for f in faults] == [("title", "name", "fill in name")]


def test_what_a_source_never_asks_for_is_said_in_the_record() -> None:
    values = {"id": "1", "title": "Waste heat", "objective": "Waste heat warms homes.", "coordinator": {"city": "Tartu", "country": "EE"}}  # fmt: skip
    _, records, faults = make_records(read_mapping("cordis"), values)
    assert not faults
    practice = next(r for r in records if r["type"] == "GoodPractice")
    assert practice["problem"] == practice["approach"] == NOT_ASKED
    assert practice["origin"] == "Tartu (EE)"


def test_a_mapping_with_an_unknown_converter_or_key_is_refused(tmp_path: Path) -> None:
    for rule, told in (({"from": "a", "as": "magic"}, "magic"), ({"from": "a", "if": 1}, "unknown keys if")):
        file = tmp_path / "m.json"
        content = {
            "name": "s",
            "title": "",
            "documentation": "",
            "licence": "",
            "checked": "",
            "key": rule,
            "records": [],
        }
        file.write_bytes(orjson.dumps(content))
        with pytest.raises(InvalidInputError, match=told):
            read_mapping(file)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("text", "<p>One&nbsp;<b>two</b></p><script>alert(1)</script>", "One two"),
        ("text", "3 < 4", "3 < 4"),
        ("decimal", "2073781,25", 2073781.25),
        ("decimal", "75 354 267", 75354267),
        ("year", "04/09/2023", 2023),
        ("year", "2024-04-01 00:00:00", 2024),
        ("year", "Ongoing project", None),
        ("whole", "0", None),
        ("country", "EL", "GR"),
        ("country", "Sweden", "SE"),
        ("organisation", "Uppsala kommun", "Uppsala kommun"),
        ("organisation", "Erik Exempelsson", None),
        ("sector", "Tartu Ülikool", "university"),
        ("point_latitude", "Point(22.2 60.4)", 60.4),
        ("place", ["TARTU", "EE"], "TARTU (EE)"),
        ("parts", "a; b|c", ["a", "b", "c"]),
    ],
)
def test_converters(name: str, value: object, expected: object) -> None:
    assert CONVERTERS[name](value) == expected


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("decimal", "-1"), ("decimal", "1e30"), ("decimal", "a lot"), ("whole", "1.5"), ("country", "Atlantis"), ("degrees", "north"),
        ("geonames_id", "633679/about"), ("url", "javascript:alert(1)"), ("challenges", "crystals"), ("point_latitude", "60, 22"),
    ],
)  # fmt: skip
def test_converters_refuse_with_a_remedy(name: str, value: str) -> None:
    with pytest.raises(CellError) as refused:
        CONVERTERS[name](value)
    assert refused.value.remedy


def test_the_challenge_named_most_often_comes_first() -> None:
    found = challenges_in("Cycling. Flooding of streets, floods in cellars; cycling: stormwater.")
    assert found == ("bgs:challenge/cloudburst-flooding", "bgs:challenge/winter-cycling")


def test_every_theme_means_a_challenge_that_exists() -> None:
    from bufgraph.resources import ontology_dir
    from bufgraph_ingest.mappings.mapping import FOLDER
    from bufgraph_ingest.tables.vocabulary import read_vocabulary

    known = {slug for _, slug in read_vocabulary(ontology_dir(), ["challenge"]).labels["challenge"]}
    themes = orjson.loads((FOLDER / "themes.json").read_bytes())
    assert set(themes) <= known
    phrases = [phrase for found in themes.values() for phrase in found]
    assert len(phrases) == len(set(phrases))
