"""Single steps of the way of records: when there is nothing to clean, what a record refers to, how refusals are counted."""

import random

import orjson
import pytest

from bufgraph.graph.codec import Codec
from bufgraph.resources import ontology_dir
from bufgraph_ingest.build_report import Tally
from bufgraph_ingest.cleaning import clean
from bufgraph_ingest.port import Json, Reject
from bufgraph_ingest.references import first_to, references
from bufgraph_ingest.staging.reading import is_clean
from builders import codec, small_datasets

UNCLEAN = (
    " a", "a ", "a  b", "a\nb", "a\tb", "a\u00a0b", "a\u2009b", "a\x1fb", "a\x85b", "e\u0301", "\u212b", "", "   ",
    "\u2003", None, [], {}, [""], {"en": ""}, [None, "a"], {"en": " a"}, ["a", ["b "]],
)  # fmt: skip
CLEAN = (
    "a",
    "a b",
    "Žemė",
    "naïve — “so”",
    'a "quoted" word',
    "a\\b",
    0,
    0.0,
    False,
    -1,
    ["a", "b"],
    {"en": "a"},
    "null",
    "[]",
)


@pytest.mark.parametrize("value", UNCLEAN, ids=repr)
def test_a_record_that_cleaning_changes_is_not_taken_for_clean(value: object) -> None:
    record = {"id": "bgd:city/ee-a", "note": value, "title": "A title"}
    assert clean(record) != record
    assert not is_clean(orjson.dumps(record))


@pytest.mark.parametrize("value", CLEAN, ids=repr)
def test_what_is_taken_for_clean_is_left_as_it_is(value: object) -> None:
    record = {"id": "bgd:city/ee-a", "note": value}
    assert clean(record) == record
    assert is_clean(orjson.dumps({"id": "bgd:city/ee-a", "note": "a b"}))


def test_no_mix_of_values_is_wrongly_taken_for_clean() -> None:
    rng = random.Random(7)
    values = [*UNCLEAN, *CLEAN]
    seen = set()
    for _ in range(2_000):
        record = {f"k{n}": rng.choice(values if rng.random() < 0.3 else CLEAN) for n in range(4)}
        judged = is_clean(orjson.dumps(record))
        seen.add(judged)
        assert not judged or clean(record) == record
    assert seen == {True, False}


def test_references_come_in_the_order_of_fields_also_from_nested_records() -> None:
    adoption = small_datasets()["adoptions"][0]
    found = list(references(adoption, codec()))
    fields = [reference.field for reference in found]
    assert fields.index("practice") < fields.index("place")
    assert {"method", "role"} <= set(fields)
    assert found[0].iri == codec().expand(found[0].value)
    assert first_to(adoption, {found[-1].iri, found[0].iri}, codec()) == found[0]
    assert first_to(adoption, {"https://example.org/none"}, codec()) is None


def test_a_reference_written_as_a_node_of_json_ld_counts() -> None:
    (found,) = references({"id": "bgd:practice/a", "origin": {"@id": "bgd:city/ee-a"}}, codec())
    assert (found.field, found.iri) == ("origin", codec().expand("bgd:city/ee-a"))


@pytest.mark.parametrize(
    ("record", "exact"),
    [
        ({"latitude": 58.0, "title": "a"}, {"latitude": "58.0", "title": "a"}),
        ({"latitude": 1e-7}, {"latitude": "0.0000001"}),
        ({"latitude": True}, {"latitude": True}),
        ({"result": [{"id": "r", "value": 4}, "x"]}, {"result": [{"id": "r", "value": "4"}, "x"]}),
        ({"place": {"id": "p", "latitude": 2}}, {"place": {"id": "p", "latitude": "2"}}),
    ],
)
def test_decimals_become_texts_and_nothing_else_changes(record: Json, exact: Json) -> None:
    before = orjson.dumps(record)
    assert codec().exact(record) == exact
    assert orjson.dumps(record) == before


def test_a_document_of_parts_is_the_document_of_the_whole() -> None:
    records = [{"id": "bgd:city/ee-a", "latitude": 1.5}, {"id": "bgd:city/ee-b"}]
    own = Codec.from_file(ontology_dir() / "context.jsonld", "https://example.org/")
    parts = own.framed(orjson.dumps(own.exact(record)) for record in records)
    assert b"".join(parts) == own.to_json_ld(records)
    assert orjson.loads(own.to_json_ld(records))["@graph"] == [
        {"id": "bgd:city/ee-a", "latitude": "1.5"},
        records[1],
    ]


def test_refusals_are_counted_without_their_values_and_only_the_first_are_kept() -> None:
    tally = Tally.empty()
    rejects = [Reject("a.jsonl", n, f"r{n}", "cost", f"the cost '{n}' is wrong", "{}") for n in range(1_500)]
    assert list(tally.of(rejects)) == rejects
    assert tally.reasons == {"cost: the cost … is wrong": 1_500}
    assert tally.files == {"a.jsonl": 1_500}
    assert len(tally.first) == 1_000
