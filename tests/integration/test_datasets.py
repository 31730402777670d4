"""The shipped datasets: nothing lost on the way from the collected facts, everything sourced, cards that tell the truth."""

import re
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import orjson
import pytest

from bufgraph.embeddings.port import Vectors
from bufgraph.resources import datasets_dir
from bufgraph.services.building import reads_our_languages
from bufgraph.services.composition import open_build
from bufgraph.settings import Settings
from bufgraph.text.language import LANGUAGES
from bufgraph.text.lexicon import read_entries
from bufgraph_ingest.connectors.jsonl import JsonlFolder
from bufgraph_ingest.pipeline import identifiers
from bufgraph_ingest.port import RawRecord

Json = dict[str, Any]

# What was collected, counted before the conversion; see the data cards.
COLLECTED = {
    "practices": 341,
    "results": 716,
    "lessons": 749,
    "obstacles": 414,
    "transfers": 200,
    "participations": 946,
    "practice citations": 1171,
    "experts": 120,  # two of them described one body
    "expert citations": 238,
    "cities collected": 319,
    "facts on cities": 272,
}


MERGED_EXPERTS = 1


@pytest.fixture(scope="module")
def records() -> dict[str, list[Json]]:
    found: dict[str, list[Json]] = {}
    for raw in JsonlFolder(datasets_dir()).read():
        assert isinstance(raw, RawRecord)
        found.setdefault(raw.collection, []).append(raw.record)
    return found


def test_no_collected_record_is_lost(records: dict[str, list[Json]]) -> None:
    adoptions = records["practices/adoptions"]
    counts = {
        "practices": len(records["practices/practices"]),
        "results": sum(len(a.get("result", [])) for a in adoptions),
        "lessons": sum(len(a.get("lesson", [])) for a in adoptions),
        "obstacles": sum(len(a.get("obstacle", [])) for a in adoptions),
        "transfers": sum(1 for a in adoptions if not a["relation"].endswith("/origin")),
        "participations": sum(len(a.get("participation", [])) for a in adoptions),
        "practice citations": sum(len(p["citation"]) for p in records["practices/practices"]),
        "experts": len(records["experts/experts"]) + MERGED_EXPERTS,
        "expert citations": sum(len(e["citation"]) for e in records["experts/experts"]),
        "facts on cities": len(records["indicators/observations"]),
    }
    assert counts == {name: count for name, count in COLLECTED.items() if name != "cities collected"}
    assert len(records["cities/cities"]) >= COLLECTED["cities collected"]


def test_every_practice_has_an_origin_adoption_and_every_adoption_its_practice(
    records: dict[str, list[Json]],
) -> None:
    practices = {p["id"] for p in records["practices/practices"]}
    origins = Counter(
        a["practice"] for a in records["practices/adoptions"] if a["relation"].endswith("/origin")
    )
    assert set(origins) == practices
    assert set(origins.values()) == {1}
    assert {a["practice"] for a in records["practices/adoptions"]} == practices


def test_every_practice_addresses_one_to_three_challenges_and_has_a_source(
    records: dict[str, list[Json]],
) -> None:
    for practice in records["practices/practices"]:
        assert 1 <= len(practice["challenge"]) <= 3, practice["id"]
        assert practice["main_challenge"] in practice["challenge"]
        assert practice["citation"]


def test_every_result_names_the_sources_that_carry_it(records: dict[str, list[Json]]) -> None:
    unsupported = [
        r["id"]
        for a in records["practices/adoptions"]
        for r in a.get("result", [])
        if not r.get("supported_by")
    ]
    assert unsupported == []


def test_a_setback_has_phase_and_cause(records: dict[str, list[Json]]) -> None:
    bare = [
        a["id"]
        for a in records["practices/adoptions"]
        if a["relation"].endswith("/origin")
        and a["outcome"].endswith("/failed")
        and not (a.get("failure_phase") and a.get("failure_cause"))
    ]
    assert bare == []


def test_no_identifier_is_used_twice(records: dict[str, list[Json]]) -> None:
    counts = Counter(i for rows in records.values() for row in rows for i in identifiers(row))
    assert [i for i, n in counts.items() if n > 1] == []


def test_an_address_of_a_source_stands_once(records: dict[str, list[Json]]) -> None:
    pages = Counter(d["page"] for d in records["sources/sources"] if "page" in d)
    assert [page for page, n in pages.items() if n > 1] == []


def test_unverified_facts_stay_marked(records: dict[str, list[Json]]) -> None:
    marks = Counter(o["verification"].rsplit("/", 1)[-1] for o in records["indicators/observations"])
    assert marks == {"verified": 183, "unverified": 89}


def test_all_records_pass_the_gate_and_the_build_holds_them_all(
    shipped_settings: Settings, records: dict[str, list[Json]]
) -> None:
    assert (shipped_settings.home / "reports" / "rejects.jsonl").read_bytes() == b""
    counts = open_build(shipped_settings).manifest["counts"]
    assert counts["cities"] == len(records["cities/cities"])
    assert counts["regions"] == len(records["cities/regions"])
    assert counts["practices"] == COLLECTED["practices"]
    assert counts["translations"] == counts["practices"]
    assert counts["adoptions"] == len(records["practices/adoptions"])
    assert counts["results"] == COLLECTED["results"]
    assert counts["experts"] == len(records["experts/experts"])
    assert counts["organisations"] == len(records["organisations/organisations"]) + len(
        records["experts/experts"]
    )
    assert counts["observations"] == COLLECTED["facts on cities"]
    assert counts["documents"] == len(records["sources/sources"])


def _records(path: Path) -> int:
    lines = path.read_bytes().splitlines()
    return len(lines) - 1 if path.name in {"topics.tsv", "parallel.tsv"} else len(lines)  # with a heading


@pytest.mark.parametrize(
    "folder", sorted(p for p in datasets_dir().iterdir() if p.is_dir()), ids=lambda p: p.name
)
def test_each_folder_has_a_card_with_origin_licence_gaps_and_the_right_counts(folder: Path) -> None:
    card = (folder / "README.md").read_text(encoding="utf-8")
    for heading in ("## Origin", "## Licence", "## Counts", "## Known gaps"):
        assert heading in card
    told = {
        name: int(count.replace(",", ""))
        for name, count in re.findall(r"\| `([\w-]+\.(?:jsonl|tsv|txt))` \| ([\d,]+) \|", card)
    }
    held = {p.name: _records(p) for p in folder.iterdir() if p.suffix in {".jsonl", ".tsv", ".txt"}}
    assert told == held


def test_the_files_hold_no_empty_values_and_no_stray_spaces() -> None:
    for path in datasets_dir().rglob("*.jsonl"):
        for line in path.read_bytes().splitlines():
            assert b'""' not in line
            assert b": null" not in line
            for value in orjson.loads(line).values():
                if isinstance(value, str):
                    assert value == " ".join(value.split()), path


@pytest.mark.parametrize("path", sorted((datasets_dir() / "lexicons").glob("*.tsv")), ids=lambda p: p.stem)
def test_a_lexicon_is_complete_and_in_order(path: Path) -> None:
    entries = read_entries(path)
    assert len(entries) > 5_000
    keys = [(e.headword, e.pos) for e in entries]
    assert len(set(keys)) == len(keys)
    assert keys == sorted(keys, key=lambda key: (key[0].lower(), key))
    assert {e.pos for e in entries} <= {"noun", "verb", "adj", "adv", "phrase"}
    assert all(1 <= len(e.english) <= 3 for e in entries)


def test_each_of_our_languages_but_english_has_a_lexicon() -> None:
    found = {path.stem for path in (datasets_dir() / "lexicons").glob("*.tsv")}
    assert found == set(LANGUAGES) - {"en"}


def test_the_shipped_encoder_knows_that_it_reads_english_only(shipped_settings: Settings) -> None:
    assert open_build(shipped_settings).manifest["multilingual"] is False


def test_an_encoder_that_brings_languages_together_is_recognised(shipped_settings: Settings) -> None:
    catalogue = open_build(shipped_settings).catalogue
    row = {label: n for n, c in enumerate(catalogue.challenges) for label in c.pref_label.values()}

    class Polyglot:
        fingerprint, dim = "polyglot", len(catalogue.challenges)

        def encode(self, texts: Sequence[str]) -> Vectors:
            return np.eye(self.dim, dtype=np.float32)[[row[text] for text in texts]]

    assert reads_our_languages(Polyglot(), catalogue)


def test_every_condition_rests_on_words_of_its_practice(records: dict[str, list[Json]]) -> None:
    texts: dict[str, list[str]] = {row["id"]: _texts(row) for row in records["practices/practices"]}
    for row in records["practices/adoptions"]:
        texts[row["practice"]] += _texts(row)
    conditions = records["practices/conditions"]
    assert {c["condition_of"] for c in conditions} == set(texts), "a practice without conditions"
    loose = [
        c["id"] for c in conditions if not any(c["wording"] in text for text in texts[c["condition_of"]])
    ]
    assert loose == []


def _texts(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value]
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for part in parts for text in _texts(part)]
