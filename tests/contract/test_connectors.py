"""What every connector promises, on the sample of its source."""

import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from bufgraph.resources import ontology_dir
from bufgraph_ingest.connectors.registry import CONNECTORS, Opening, open_source
from bufgraph_ingest.pipeline import prepare
from bufgraph_ingest.port import RawRecord, Reject
from builders import codec
from samples.__main__ import FOLDER, SAMPLES, Beside, shipped_cities

Found = RawRecord | Reject


@pytest.fixture(autouse=True)
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object) -> None:
        raise AssertionError("a connector reached for the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(params=sorted(CONNECTORS))
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sample(kind: str, tmp_path: Path) -> Path:
    """A copy of the sample with what lies beside it."""
    return Path(shutil.copytree((FOLDER / SAMPLES[kind]).parent, tmp_path / "in")) / Path(SAMPLES[kind]).name


def read(kind: str, file: Path) -> list[Found]:
    return list(open_source(kind, Opening(file, "sample", codec())).read())


def nodes(record: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield record
    for value in record.values():
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and "id" in part:
                yield from nodes(part)


def test_every_connector_has_a_sample_and_says_what_it_is() -> None:
    assert set(SAMPLES) == set(CONNECTORS)
    assert all(c.description and c.reads and c.brings for c in CONNECTORS.values())


def test_good_records_come_beside_rejects_of_bad_ones(kind: str, sample: Path) -> None:
    found = read(kind, sample)
    assert {type(f) for f in found} == {RawRecord, Reject}


def test_records_have_identifier_type_collection_and_line(kind: str, sample: Path) -> None:
    for raw in read(kind, sample):
        if isinstance(raw, RawRecord):
            assert raw.collection == "imports/sample"
            assert raw.line > 0
            assert raw.file
            assert all(node["id"] and node["type"] for node in nodes(raw.record))


def test_records_name_their_source(kind: str, sample: Path) -> None:
    records = [raw.record for raw in read(kind, sample) if isinstance(raw, RawRecord)]
    documents = {r["id"] for r in records if r["type"] == "SourceDocument"}
    assert documents
    for record in records:
        told = {str(record.get(name)) for name in ("derived_from", "document")} | set(
            record.get("source", ())
        )
        told |= {str(c["document"]) for c in record.get("citation", ()) if isinstance(c, dict)}
        assert record["type"] == "SourceDocument" or told & documents, record["id"]


def test_no_identifier_comes_twice(kind: str, sample: Path) -> None:
    made = [raw.record["id"] for raw in read(kind, sample) if isinstance(raw, RawRecord)]
    assert len(made) == len(set(made))


def test_rejects_say_where_why_and_what_to_do(kind: str, sample: Path) -> None:
    for reject in read(kind, sample):
        if isinstance(reject, Reject):
            assert reject.file
            assert reject.line
            assert reject.reason
            assert reject.remedy


def test_reading_twice_gives_the_same_in_the_same_order(kind: str, sample: Path) -> None:
    assert read(kind, sample) == read(kind, sample)


def test_reading_is_lazy(kind: str, sample: Path) -> None:
    source = open_source(kind, Opening(sample.with_name("missing"), "sample", codec()))
    assert iter(source.read()) is not None  # nothing was opened, or this had failed


def test_a_file_that_is_cut_off_ends_in_rejects_only(kind: str, sample: Path) -> None:
    whole = [raw.record for raw in read(kind, sample) if isinstance(raw, RawRecord)]
    content = sample.read_bytes()
    sample.write_bytes(content[: len(content) * 2 // 3])
    found = read(kind, sample)
    assert any(isinstance(f, Reject) for f in found)
    assert all(raw.record in whole for raw in found if isinstance(raw, RawRecord))


@pytest.mark.parametrize(
    "content", [b"", b"\n\n", b"\xff\xfe\x00\x80\x81", b"\x00" * 200, b"<html><p>no</p>"]
)
def test_what_is_nothing_of_ours_is_refused_as_a_whole(kind: str, sample: Path, content: bytes) -> None:
    sample.write_bytes(content)
    found = read(kind, sample)
    assert found
    assert all(isinstance(f, Reject) for f in found)


def test_a_mark_of_byte_order_changes_nothing(kind: str, sample: Path) -> None:
    if sample.suffix in (".ttl", ".jsonld"):
        pytest.skip("RDF syntaxes have their own rules for the mark")
    before = [raw.record for raw in read(kind, sample) if isinstance(raw, RawRecord)]
    sample.write_bytes(b"\xef\xbb\xbf" + sample.read_bytes())
    assert [raw.record for raw in read(kind, sample) if isinstance(raw, RawRecord)] == before


def test_a_missing_file_is_a_reject(kind: str, tmp_path: Path) -> None:
    end = Path(SAMPLES[kind]).suffix
    found = read(kind, tmp_path / f"missing{end}")
    assert [type(f) for f in found] == [Reject]


TOWNS = {
    "bgd:city/fi-turku",
    "bgd:city/fi-oulu",
    "bgd:city/ee-tartu",
    "bgd:city/ee-tallinn",
    "bgd:city/se-helsingborg",
}
CITIES = {"geonames", "wikidata"}


@pytest.mark.parametrize("kinds", [set(CONNECTORS) - CITIES, CITIES], ids=["practices", "cities"])
def test_every_record_of_the_samples_passes_the_checks(kinds: set[str]) -> None:
    found = [raw for kind in sorted(kinds) for raw in read(kind, FOLDER / SAMPLES[kind])]
    records = [raw for raw in found if isinstance(raw, RawRecord)]
    cities = [raw for raw in shipped_cities() if raw.record["id"] in TOWNS]
    batch = prepare(Beside(records, cities), ontology_dir(), codec())
    assert batch.report.rejects == []
    assert len(batch.collections["imports/sample"]) == len(records)
