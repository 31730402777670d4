"""Records in any number: bounded memory, stopped runs that go on, several processes, the same outcome each way."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest

from bufgraph.errors import ConflictError, MisconfiguredError, NotAvailableError
from bufgraph.graph.dumps import canonical_lines
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.index.builds import exclusive
from bufgraph.resources import ontology_dir
from bufgraph.services.home import codec
from bufgraph.settings import Settings, load_settings
from bufgraph_ingest import rates, shipping
from bufgraph_ingest.connectors import lines
from bufgraph_ingest.connectors.jsonl import JsonlFolder
from bufgraph_ingest.pipeline import prepare
from bufgraph_ingest.port import RawRecord, Reject
from bufgraph_ingest.shipping import load_datasets, validate
from bufgraph_ingest.staging import crew, documents, stage
from bufgraph_ingest.staging.stage import Stage
from builders import city, document, small_datasets, write_datasets
from conftest import quiet

_CLOCK = ("http://www.w3.org/ns/prov#generatedAtTime",)
Json = dict[str, Any]


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings({}, home=tmp_path / "home", datasets=tmp_path / "data")


def _write(settings: Settings, data: dict[str, list[Json]]) -> None:
    assert settings.datasets is not None
    write_datasets(settings.datasets, data)


def _rejects(settings: Settings) -> dict[str, Json]:
    lines_ = (settings.home / "reports" / "rejects.jsonl").read_bytes().splitlines()
    return {reject["record_id"]: reject for reject in map(orjson.loads, lines_)}


def _many_cities(count: int) -> list[Json]:
    return [city(f"ee-town-{n:04}", f"Town {n}", "EE", population=1_000 + n) for n in range(count)]


@dataclass(frozen=True)
class Given:
    """Records at hand, as a source."""

    records: list[RawRecord | Reject]

    def read(self) -> Iterator[RawRecord | Reject]:
        return iter(self.records)


def _prepare(*records: Json) -> list[Reject]:
    raw: list[RawRecord | Reject] = [RawRecord("things", "given", n, r) for n, r in enumerate(records, 1)]
    return prepare(Given(raw), ontology_dir(), codec(load_settings({}))).report.rejects


def test_several_processes_come_to_the_same_as_one(
    settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = small_datasets()
    data["cities"] += _many_cities(60)
    data["cities"][10]["country_code"] = "Estonia"
    del data["practices"][1]["title"]
    _write(settings, data)
    monkeypatch.setattr(stage, "BATCH", 5)
    alone = load_datasets(settings, quiet)
    told = _rejects(settings)
    monkeypatch.setattr(crew, "ALONE", 12)
    other = load_settings({}, home=tmp_path / "other", datasets=settings.datasets)
    together = load_datasets(other, quiet)
    assert together.generation.graphs == alone.generation.graphs
    assert _rejects(other) == told
    assert len(told) == 3
    assert canonical_lines(together.generation.folder, _CLOCK) == canonical_lines(
        alone.generation.folder, _CLOCK
    )


def test_a_large_graph_is_loaded_document_by_document_and_replaced_whole(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = small_datasets() | {"towns": _many_cities(25)}
    _write(settings, data)
    whole = load_datasets(settings, quiet).generation
    expected = canonical_lines(whole.folder, _CLOCK)
    monkeypatch.setattr(documents, "LARGE", 10)
    monkeypatch.setattr(documents, "DOCUMENT", 10)
    data["towns"].pop()
    _write(settings, data)
    fewer = load_datasets(settings, quiet)
    assert fewer.changed == [f"{settings.base_iri}graph/towns"]
    data["towns"] = _many_cities(25)
    _write(settings, data)
    again = load_datasets(settings, quiet).generation
    assert again.graphs == whole.graphs
    assert canonical_lines(again.folder, _CLOCK) == expected


def _run(settings: Settings, script: str) -> subprocess.CompletedProcess[bytes]:
    environ = {**os.environ, "BUFGRAPH_HOME": str(settings.home), "BUFGRAPH_DATASETS": str(settings.datasets)}
    return subprocess.run([sys.executable, "-c", script], env=environ, capture_output=True, check=False)


_KILLED = """
import os, signal
from bufgraph.settings import load_settings
from bufgraph_ingest.shipping import load_datasets
from bufgraph_ingest.staging import stage
stage.BATCH, stage._COMMIT_EVERY = 5, 2
carry_out = stage.Stage.{method}
left = {after}
def method(*arguments):
    global left
    left -= 1
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)
    return carry_out(*arguments)
stage.Stage.{method} = method
load_datasets(load_settings(), print)
"""


@pytest.mark.parametrize(
    ("method", "after", "name", "kept"),
    [("_keep", 6, "items", 20), ("_keep_checked", 6, "batches", 4), ("_drop_dangling", 1, "check", 1)],
)
def test_a_killed_run_is_taken_up_where_its_last_commit_left_it(
    settings: Settings,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    after: int,
    name: str,
    kept: int,
) -> None:
    data = small_datasets() | {"towns": _many_cities(40)}
    del data["practices"][1]["title"]
    _write(settings, data)
    assert _run(settings, _KILLED.format(method=method, after=after)).returncode == -signal.SIGKILL
    (left,) = (path for path in (settings.home / "staging").iterdir() if path.is_dir())
    with Stage(left, ontology_dir(), codec(settings)) as stopped:
        assert stopped.ledger.progress(name) == kept
    monkeypatch.setattr(stage, "BATCH", 5)
    finished = load_datasets(settings, quiet)
    assert [path.name for path in (settings.home / "staging").iterdir()] == ["lock"]
    other = load_settings({}, home=tmp_path / "other", datasets=settings.datasets)
    undisturbed = load_datasets(other, quiet)
    assert finished.generation.graphs == undisturbed.generation.graphs
    assert _rejects(settings) == _rejects(other)
    assert set(_rejects(settings)) == {"bgd:practice/robots", "bgd:adoption/robots"}


def test_what_a_stopped_run_left_of_other_sources_is_removed(settings: Settings) -> None:
    _write(settings, small_datasets())
    stale = settings.home / "staging" / "of-other-sources"
    stale.mkdir(parents=True)
    (stale / "cleaned.jsonl").write_bytes(b"{}")
    load_datasets(settings, quiet)
    assert not stale.exists()


def test_what_a_kill_left_is_gone_after_a_run_that_had_nothing_to_do(settings: Settings) -> None:
    _write(settings, small_datasets())
    load_datasets(settings, quiet)
    (settings.home / "staging" / "left.done").mkdir()
    assert load_datasets(settings, quiet).report is None
    assert [path.name for path in (settings.home / "staging").iterdir()] == ["lock"]


def test_two_runs_at_once_do_not_meet(settings: Settings) -> None:
    _write(settings, small_datasets())
    (settings.home / "staging").mkdir(parents=True)
    with (
        exclusive(settings.home / "staging" / "lock", "held by the test"),
        pytest.raises(ConflictError, match="another process is loading data"),
    ):
        load_datasets(settings, quiet)


def test_a_process_that_is_ended_from_outside_is_told_with_what_to_do(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(settings, small_datasets())
    monkeypatch.setattr(crew, "ALONE", 0)
    monkeypatch.setattr(crew, "_read", _end)
    with pytest.raises(NotAvailableError, match="it goes on where it was"):
        load_datasets(settings, quiet)


def _end(items: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_a_twin_in_a_later_batch_names_the_first_also_when_it_writes_its_identifier_in_full(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = {"cities": _many_cities(12)}
    data["cities"][11]["id"] = f"{settings.base_iri}city/ee-town-0000"
    data["cities"][5]["id"] = "bgd:city/ee-town-0004"
    _write(settings, data)
    monkeypatch.setattr(stage, "BATCH", 5)
    load_datasets(settings, quiet)
    told = {reject["line"]: reject["reason"] for reject in _rejects(settings).values()}
    assert told == {
        6: "the identifier is taken by cities.jsonl line 5; give it another",
        12: "the identifier is taken by cities.jsonl line 1; give it another",
    }


def test_what_refers_to_a_record_with_an_unknown_name_is_told_so(settings: Settings) -> None:
    data = small_datasets()
    data["practices"][0]["origin"] = "Atlantis"
    _write(settings, data)
    load_datasets(settings, quiet)
    told = _rejects(settings)
    assert "no place is called 'Atlantis'" in told["bgd:practice/gritting"]["reason"]
    assert "practice/gritting>, which was refused" in told["bgd:adoption/gritting"]["reason"]


def test_refusals_go_on_until_nothing_refers_to_nothing(settings: Settings) -> None:
    data = small_datasets()
    data["cities"][0]["latitude"] = 91
    _write(settings, data)
    load_datasets(settings, quiet)
    told = _rejects(settings)
    refused = set(told)
    kept = {r["id"]: r for rows in data.values() for r in rows if r["id"] not in refused}
    assert len(refused) > 3
    assert not any(f'"{identifier}"'.encode() in orjson.dumps(list(kept.values())) for identifier in refused)
    chain = [i for i, r in told.items() if "practice/" in r["reason"] and "which was refused" in r["reason"]]
    assert chain
    assert all(orjson.loads(told[i]["content"])["id"] == i for i in refused)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (float("nan"), "the number nan cannot be kept"),
        (float("inf"), "the number inf cannot be kept"),
        (2**70, "the number 1.181e+21 cannot be kept"),
        (-(2**63) - 1, "cannot be kept; expected one of at most 64 bits"),
        ([1, 2**64], "the number 1.845e+19 cannot be kept"),
        (True, "population"),
    ],
)
def test_a_number_that_no_store_holds_is_refused_with_its_field(value: object, words: str) -> None:
    (reject,) = _prepare(city("ee-a", "A", "EE", population=value))
    assert (reject.field, reject.record_id) == ("population", "bgd:city/ee-a")
    assert words in reject.reason
    assert '"population"' in reject.content


def test_a_truth_value_is_no_amount() -> None:
    told = _prepare(city("ee-a", "A", "EE", latitude=True, longitude=24.5))
    assert [(reject.field, "'true'" in reject.reason) for reject in told] == [("latitude", True)]


def test_a_record_that_json_cannot_hold_is_refused_alone() -> None:
    deep: Any = "end"
    for _ in range(2_000):
        deep = [deep]
    told = _prepare(
        city("ee-a", "A", "EE", alt_label=deep),
        city("ee-b", "B", "EE", population={1, 2}),
        city("ee-c", "C", "EE"),
    )
    assert [reject.record_id for reject in told] == ["bgd:city/ee-a", "bgd:city/ee-b"]
    assert all("cannot be written as JSON" in reject.reason for reject in told)


def test_a_line_of_any_length_is_refused_and_the_next_one_read(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lines, "MOST_BYTES", 2_000)
    data = {"cities": _many_cities(3)}
    data["cities"][1]["note"] = "long " * 5_000
    _write(settings, data)
    loaded = load_datasets(settings, quiet)
    assert loaded.report is not None
    (reject,) = loaded.report.rejects
    assert (reject.file, reject.line, len(reject.content)) == ("cities.jsonl", 2, 200)
    assert "the line is longer than" in reject.reason
    assert loaded.report.accepted == {"cities": 2}


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "cities.jsonl").mkdir()
    with pytest.raises(MisconfiguredError, match=r"cities\.jsonl cannot be read: Is a directory; mend"):
        list(JsonlFolder(tmp_path).read())


def test_a_byte_order_mark_and_windows_line_ends_are_no_fault(settings: Settings) -> None:
    assert settings.datasets is not None
    settings.datasets.mkdir(parents=True)
    rows = [orjson.dumps(row) for row in _many_cities(3)]
    (settings.datasets / "cities.jsonl").write_bytes(b"\xef\xbb\xbf" + b"\r\n\r\n".join(rows))
    report = load_datasets(settings, quiet).report
    assert report is not None
    assert (report.accepted, report.rejects) == ({"cities": 3}, [])


def test_the_account_counts_by_collection_file_reason_and_step(settings: Settings) -> None:
    data = {"cities": _many_cities(30), "sources": [document()]}
    for row in data["cities"][:25]:
        row["country_code"] = f"<b>{row['id'][-2:]}</b>"
    _write(settings, data)
    loaded = load_datasets(settings, quiet)
    about = orjson.loads((settings.home / "reports" / "build.json").read_bytes())
    assert about["read"] == 31
    assert about["accepted"] == {"cities": 5, "sources": 1}
    assert about["refused"] == {"cities.jsonl": 25}
    ((reason, count),) = about["reasons"].items()
    assert (reason.partition(":")[0], count) == ("country_code", 25)
    assert set(about["seconds"]) == {"read", "check", "drop_dangling", "load"}
    assert sorted(about["changed"]) == sorted(loaded.changed)
    page = (settings.home / "reports" / "build.html").read_text(encoding="utf-8")
    assert "31 records read, 6 accepted," in page
    assert "<b>0" not in page


def _checked(settings: Settings) -> int:
    load_datasets(settings, quiet)
    return int(orjson.loads((settings.home / "reports" / "build.json").read_bytes())["checked"])


def test_only_what_changed_is_put_to_the_shapes_again(settings: Settings) -> None:
    data = small_datasets() | {"towns": _many_cities(20)}
    _write(settings, data)
    everything = _checked(settings)
    assert everything == sum(len(rows) for rows in data.values())
    data["towns"][3]["population"] = 77
    _write(settings, data)
    assert _checked(settings) == 1
    data["towns"][3]["latitude"] = 91
    _write(settings, data)
    assert _checked(settings) == 1
    assert set(_rejects(settings)) == {"bgd:city/ee-town-0003"}
    load_datasets(settings, quiet, force=True)
    assert orjson.loads((settings.home / "reports" / "build.json").read_bytes())["checked"] == everything


def test_a_record_is_checked_again_when_what_it_refers_to_is_another_sort_of_thing(
    settings: Settings,
) -> None:
    data = small_datasets()
    _write(settings, data)
    _checked(settings)
    data["cities"][0] = document("tartu") | {"id": "bgd:city/ee-tartu"}
    _write(settings, data)
    assert _checked(settings) > 1
    assert "bgd:practice/gritting" in _rejects(settings)


def test_receipts_that_are_damaged_or_of_other_rules_only_cost_time(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = small_datasets()
    _write(settings, data)
    everything = _checked(settings)
    (settings.home / "graph" / "receipts.sqlite").write_bytes(b"no database at all, " * 500)
    data["cities"][0]["population"] = 1
    _write(settings, data)
    assert _checked(settings) == everything
    monkeypatch.setattr(shipping, "_FORMAT", "of other code")
    data["cities"][0]["population"] = 2
    _write(settings, data)
    assert _checked(settings) == everything


def test_validate_reports_and_loads_nothing(settings: Settings) -> None:
    data = {"cities": _many_cities(3)}
    data["cities"][1]["latitude"] = 91
    _write(settings, data)
    report, path = validate(settings, quiet)
    assert (report.accepted, report.refused) == ({"cities": 2}, 1)
    assert len(path.read_bytes().splitlines()) == 1
    assert sorted(p.name for p in settings.home.iterdir()) == ["reports"]


def test_long_steps_tell_rate_and_remaining_time(settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(stage, "BATCH", 10)
    monkeypatch.setattr(rates, "_QUIET_S", 0.0)
    monkeypatch.setattr(rates, "_PAUSE_S", 0.0)
    _write(settings, {"cities": _many_cities(25)})
    told: list[str] = []
    load_datasets(settings, told.append)
    checking = [step for step in told if step.startswith("checking records: ")]
    assert [step.split()[2] for step in checking] == ["10", "20", "25"]
    assert all(" of 25, " in step and " a second, " in step and step.endswith(" s left") for step in checking)


def test_short_runs_tell_their_steps_only(settings: Settings) -> None:
    _write(settings, {"cities": _many_cities(3)})
    told: list[str] = []
    load_datasets(settings, told.append)
    assert told == ["reading records", "checking 3 records", "loading the graph"]


def test_ill_typed_numbers_make_no_noise(caplog: pytest.LogCaptureFixture) -> None:
    (reject,) = _prepare(city("ee-a", "A", "EE", population="many"))
    assert "many" in reject.reason
    assert caplog.records == []


def test_the_graph_of_a_killed_load_is_never_seen(settings: Settings) -> None:
    _write(settings, small_datasets())
    first = load_datasets(settings, quiet)
    data = small_datasets() | {"towns": _many_cities(25)}
    _write(settings, data)
    script = (
        "import os, signal\n"
        "from bufgraph.graph.oxigraph import OxigraphStore\n"
        "from bufgraph.settings import load_settings\n"
        "from bufgraph_ingest.shipping import load_datasets\n"
        "from bufgraph_ingest.staging import documents\n"
        "documents.LARGE = documents.DOCUMENT = 10\n"
        "OxigraphStore.flush = lambda self: os.kill(os.getpid(), signal.SIGKILL)\n"
        "load_datasets(load_settings(), print)\n"
    )
    assert _run(settings, script).returncode == -signal.SIGKILL
    assert "towns" not in " ".join(OxigraphStore.reader(first.generation.folder).named_graphs())
    again = load_datasets(settings, quiet)
    assert again.report is not None
    assert again.report.accepted["towns"] == 25
