"""What every graph store promises, run over all adapters."""

from collections.abc import Callable
from pathlib import Path

import pytest

from bufgraph.errors import ConflictError, InvalidInputError, MisconfiguredError
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.graph.port import GraphStore, Term

TURTLE = b'@prefix bg: <https://w3id.org/bufgraph/ontology#> . <urn:a> a bg:City ; bg:countryCode "EE" .'


@pytest.fixture(params=["memory", "disk"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> GraphStore:
    make: dict[str, Callable[[], GraphStore]] = {
        "memory": OxigraphStore.memory,
        "disk": lambda: OxigraphStore.writer(tmp_path / "store"),
    }
    return make[request.param]()


def test_the_default_graph_is_the_union_of_the_named_ones(store: GraphStore) -> None:
    store.replace_graph("urn:one", TURTLE, "text/turtle")
    store.replace_graph("urn:two", b"<urn:b> <urn:p> <urn:a> .", "text/turtle")
    rows = store.select("SELECT ?b WHERE { ?b <urn:p> ?a . ?a a bg:City }")
    assert rows == [{"b": Term("iri", "urn:b")}]


def test_values_are_bound_not_pasted(store: GraphStore) -> None:
    store.replace_graph("urn:one", TURTLE, "text/turtle")
    rows = store.select("SELECT ?city ?code WHERE { ?city bg:countryCode ?code }", {"city": "urn:a"})
    assert rows[0]["code"].value == "EE"
    assert (
        store.select("SELECT ?city ?code WHERE { ?city bg:countryCode ?code }", {"city": "urn:other"}) == []
    )


def test_replacing_a_graph_leaves_nothing_of_the_old(store: GraphStore) -> None:
    store.replace_graph("urn:one", TURTLE, "text/turtle")
    assert store.replace_graph("urn:one", b"<urn:b> <urn:p> <urn:c> .", "text/turtle") == 1
    assert [(s, p) for s, p, _ in store.triples()] == [("urn:b", "urn:p")]


def test_broken_content_leaves_the_old_graph(store: GraphStore) -> None:
    store.replace_graph("urn:one", TURTLE, "text/turtle")
    with pytest.raises(InvalidInputError, match="does not parse"):
        store.replace_graph("urn:one", b"<urn:b> <urn:p>", "text/turtle")
    assert store.count() == 2


def test_a_graph_is_loaded_from_several_documents_and_others_are_spared(store: GraphStore) -> None:
    store.replace_graph("urn:one", TURTLE, "text/turtle")
    store.replace_graph("urn:two", b"<urn:b> <urn:p> <urn:a> .", "text/turtle")
    parts = (f"<urn:c{n}> <urn:p> 'é {n}'@en .".encode() for n in range(5))
    store.load_graph("urn:one", parts, "text/turtle")
    found = {(s, term.value) for s, p, term in store.triples(named_graph="urn:one")}
    assert found == {(f"urn:c{n}", f"é {n}") for n in range(5)}
    assert len(list(store.triples(named_graph="urn:two"))) == 1


def test_a_document_that_does_not_parse_stops_the_loading(store: GraphStore) -> None:
    with pytest.raises(InvalidInputError, match="does not parse"):
        store.load_graph("urn:one", [b"<urn:a> <urn:p> <urn:b> .", b"<urn:b> <urn:p>"], "text/turtle")


def test_a_broken_query_is_the_askers_fault(store: GraphStore) -> None:
    with pytest.raises(InvalidInputError, match="does not parse"):
        store.select("SELECT WHERE")


def test_derived_triples_live_in_their_own_graph_and_can_be_dropped(store: GraphStore) -> None:
    store.replace_graph("urn:one", TURTLE, "text/turtle")
    assert store.derive("CONSTRUCT { ?c <urn:is> <urn:city> } WHERE { ?c a bg:City }", "urn:derived") == 1
    assert store.named_graphs() == ["urn:derived", "urn:one"]
    store.remove_graph("urn:derived")
    assert store.count() == 2


def test_a_backup_holds_everything_and_does_not_follow_later_writes(tmp_path: Path) -> None:
    store = OxigraphStore.writer(tmp_path / "store")
    store.replace_graph("urn:one", TURTLE, "text/turtle")
    store.flush()
    store.backup(tmp_path / "copy")
    store.remove_graph("urn:one")
    assert OxigraphStore.reader(tmp_path / "copy").count() == 2
    assert OxigraphStore.reader(tmp_path / "copy", memory_quads=100).count() == 2


def test_a_damaged_store_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(MisconfiguredError, match=r"there is no graph in .*run 'bufgraph build'"):
        OxigraphStore.reader(tmp_path)
    (tmp_path / "CURRENT").write_text("MANIFEST-000001\n")
    with pytest.raises(MisconfiguredError, match=r"is damaged .*run 'bufgraph build --force'"):
        OxigraphStore.reader(tmp_path)


def test_a_second_writer_is_told_to_wait(tmp_path: Path) -> None:
    store = OxigraphStore.writer(tmp_path / "store")
    with pytest.raises(ConflictError, match="another process writes"):
        OxigraphStore.writer(tmp_path / "store")
    assert store.count() == 0


def test_triples_can_be_asked_for_by_subject_and_by_graph(store: GraphStore) -> None:
    store.replace_graph("urn:one", TURTLE, "text/turtle")
    store.replace_graph("urn:two", b"<urn:a> <urn:p> <urn:b> . <urn:b> <urn:p> <urn:a> .", "text/turtle")
    assert len(list(store.triples())) == 4
    assert {s for s, _, _ in store.triples(subject="urn:b")} == {"urn:b"}
    assert [(s, o.value) for s, _, o in store.triples(subject="urn:a", named_graph="urn:two")] == [
        ("urn:a", "urn:b")
    ]
    assert list(store.triples(subject="urn:nobody")) == []


def test_subjects_are_taken_out_of_some_graphs_only(store: GraphStore) -> None:
    for graph in ("urn:one", "urn:two"):
        store.replace_graph(graph, b"<urn:a> <urn:p> <urn:b> . <urn:b> <urn:p> <urn:a> .", "text/turtle")
    assert store.remove_subjects(["urn:a", "urn:nobody"], {"urn:two"}) == 1
    assert {s for s, _, _ in store.triples(named_graph="urn:two")} == {"urn:b"}
    assert len(list(store.triples(named_graph="urn:one"))) == 2


def test_a_rule_that_runs_again_writes_and_tells_only_what_differs(store: GraphStore) -> None:
    rule = "CONSTRUCT { ?b <urn:made> ?a } WHERE { ?a <urn:p> ?b }"
    store.replace_graph("urn:one", b"<urn:a> <urn:p> <urn:b> . <urn:c> <urn:p> <urn:d> .", "text/turtle")
    assert [len(triples) for triples in store.derive_again(rule, "urn:derived")] == [2, 0]
    assert store.derive_again(rule, "urn:derived") == ([], [])
    store.replace_graph("urn:one", b"<urn:a> <urn:p> <urn:b> . <urn:e> <urn:p> <urn:f> .", "text/turtle")
    came, went = store.derive_again(rule, "urn:derived")
    assert [(s, o.value) for s, _, o in [*came, *went]] == [("urn:f", "urn:e"), ("urn:d", "urn:c")]
    held = {(s, o.value) for s, _, o in store.triples(named_graph="urn:derived")}
    assert held == {("urn:b", "urn:a"), ("urn:f", "urn:e")}
