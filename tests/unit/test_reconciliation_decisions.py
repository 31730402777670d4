"""Decisions are lines that only grow; aliases follow from them; nothing is overwritten."""

from pathlib import Path

import pytest

from bufgraph.errors import ConflictError, InvalidInputError, MisconfiguredError
from bufgraph.index.builds import exclusive
from bufgraph_ingest.port import RawRecord
from bufgraph_ingest.reconciliation.aliases import AliasTable, alias_table, shipped_first
from bufgraph_ingest.reconciliation.comparing import Comparison
from bufgraph_ingest.reconciliation.conflicts import conflicts, one_node
from bufgraph_ingest.reconciliation.decisions import Decision, DecisionLog, decide, open_questions
from bufgraph_ingest.reconciliation.pairs import ASK, MERGE, Candidate
from bufgraph_ingest.reconciliation.things import thing
from builders import city, codec, organisation

A, B, C = "bgd:org/a", "bgd:org/b", "bgd:org/c"
OFFICE = "Data office"


@pytest.fixture
def log(tmp_path: Path) -> DecisionLog:
    return DecisionLog(tmp_path / "decisions" / "reconciliation.jsonl")


def candidate(left: str = "a", right: str = "b", verdict: str = MERGE, score: float = 0.95) -> Candidate:
    things = [thing(organisation(slug, slug.upper())) for slug in (left, right)]
    return Candidate(things[0], things[1], Comparison(score, ("because",)), verdict)


def merge(left: str, right: str, by: str = OFFICE, decision: str = "merge") -> Decision:
    return decide("organisations", (left, right), decision, by)


def table(*decisions: Decision) -> AliasTable:
    return alias_table(decisions, lambda identifier: (identifier,), {A, B, C})


def test_the_newest_decision_about_a_pair_counts(log: DecisionLog) -> None:
    log.append([merge(A, B), merge(B, A, decision="keep-apart")])

    assert log.current()[A, B].decision == "keep-apart"
    assert len(log.read()) == 2


def test_undo_leaves_the_pair_undecided_and_the_history_whole(log: DecisionLog) -> None:
    log.append([merge(A, B)])
    log.append([merge(A, B, decision="undo")])

    assert log.current() == {}
    assert len(log.read()) == 2


def test_rules_are_kept_once_and_never_overrule_a_person(log: DecisionLog) -> None:
    log.append([merge(A, B, decision="keep-apart")])

    assert log.record_rules([candidate(), candidate("a", "c")]) == 1
    assert log.record_rules([candidate(), candidate("a", "c")]) == 0
    assert log.current()[A, B].decision == "keep-apart"


def test_what_a_person_took_back_the_rules_do_not_decide_again(log: DecisionLog) -> None:
    log.append([merge(A, B), merge(A, B, decision="undo")])

    assert log.record_rules([candidate()]) == 0


def test_doubtful_pairs_are_asked_about_until_decided(log: DecisionLog) -> None:
    doubtful = candidate(verdict=ASK, score=0.7)
    assert log.record_rules([doubtful]) == 0
    assert open_questions([doubtful], log.current()) == [doubtful]

    log.append([merge(A, B)])

    assert open_questions([doubtful], log.current()) == []


def test_a_line_that_a_crash_cut_off_is_passed_over_and_replaced(log: DecisionLog) -> None:
    log.append([merge(A, B)])
    with log.path.open("ab") as file:
        file.write(b'{"kind": "organisations", "le')

    assert len(log.read()) == 1
    log.append([merge(A, C)])

    assert [decision.right for decision in log.read()] == [B, C]


def test_a_damaged_line_in_the_middle_is_named(log: DecisionLog) -> None:
    log.append([merge(A, B)])
    log.path.write_bytes(b"nonsense\n" + log.path.read_bytes())

    with pytest.raises(MisconfiguredError, match="line 1"):
        log.read()


def test_two_processes_do_not_write_at_once(log: DecisionLog) -> None:
    log.path.parent.mkdir(parents=True)
    with exclusive(log.path.parent / "lock", "busy"), pytest.raises(ConflictError):
        log.append([merge(A, B)])


@pytest.mark.parametrize(
    ("pair", "decision", "by"),
    [
        ((A, B), "fuse", OFFICE),
        ((A, B), "merge", " "),
        ((A, A), "merge", OFFICE),
        ((A, B), "merge", "rules 9"),
    ],
)
def test_a_decision_that_cannot_be_is_refused(pair: tuple[str, str], decision: str, by: str) -> None:
    with pytest.raises(InvalidInputError):
        decide("organisations", pair, decision, by)


def test_merged_records_have_one_that_stands_for_all() -> None:
    aliases = table(merge(A, B), merge(B, C))

    assert {aliases.resolve(i) for i in (A, B, C)} == {A}
    assert aliases.members(C) == [A, B, C]


def test_a_merge_that_would_join_what_is_kept_apart_is_refused_and_told() -> None:
    aliases = table(merge(A, B), merge(B, C), merge(A, C, decision="keep-apart"))

    assert aliases.resolve(B) == A
    assert aliases.resolve(C) == C
    assert [refusal.merge.key for refusal in aliases.refused] == [(B, C)]


def test_a_decision_about_a_record_that_is_gone_rests() -> None:
    assert alias_table([merge(A, "bgd:org/gone")], lambda i: (i,), {A}).canonical == {}


def test_the_shipped_record_stands_for_the_imported_one() -> None:
    records = [
        RawRecord("imports/x", "", 1, {"id": A, "name": "a", "x": 1}),
        RawRecord("organisations", "", 1, {"id": B}),
    ]

    assert alias_table([merge(A, B)], shipped_first(records), {A, B}).resolve(A) == B


def test_references_lead_to_the_record_that_stands_for_others_and_identifiers_stay() -> None:
    record = {
        "id": B, "type": "Adoption", "place": C, "title": C,
        "participation": [{"id": "bgd:participation/1", "agent": B}], "related_practice": [A, B],
    }  # fmt: skip

    led = table(merge(A, B)).redirect(record, codec())

    assert led["id"] == B
    assert led["participation"][0]["agent"] == A
    assert led["related_practice"] == [A]
    assert led["title"] == C


def test_aliases_become_same_as_statements() -> None:
    assert table(merge(A, B)).same_as(codec().expand) == (
        b"<https://w3id.org/bufgraph/id/org/b> <http://www.w3.org/2002/07/owl#sameAs> "
        b"<https://w3id.org/bufgraph/id/org/a> .\n"
    )


def test_where_sources_disagree_all_values_are_told_with_their_sources() -> None:
    left = RawRecord("cities", "", 1, city("x", "Turku", "FI", population=200_000, alt_label=["Åbo"]))
    right = RawRecord("imports/y", "", 1, city("y", "Åbo", "FI", population=201_000, alt_label=["Turu"]))

    found = conflicts([left, right])

    assert [conflict.field for conflict in found] == ["population"]
    assert [(value.value, value.sources) for value in found[0].values] == [
        (200_000, ("cities",)),
        (201_000, ("imports/y",)),
    ]


def test_one_node_keeps_the_first_value_and_joins_what_may_be_many() -> None:
    left = RawRecord("cities", "", 1, city("x", "Turku", "FI", population=200_000, alt_label=["Åbo"]))
    right = RawRecord(
        "imports/y", "", 1, city("y", "Åbo", "FI", population=201_000, alt_label=["Turu"], is_coastal=True)
    )

    node = one_node([left, right])

    assert (node["id"], node["population"], node["is_coastal"]) == ("bgd:city/x", 200_000, True)
    assert node["alt_label"] == ["Åbo", "Turu"]
    assert left.record["alt_label"] == ["Åbo"]
