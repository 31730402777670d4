"""Every gate gives the same violations, word for word: pySHACL is the reference, the compiled gate the fast one."""

import functools
import json
from collections import Counter

import pytest
import rdflib

from bench.dirt import EARLY, FAULTS, MENDED, SHAPES
from bench.generator import Made, Recipe, Vocabulary, stream
from bufgraph.errors import MisconfiguredError
from bufgraph.graph.codec import Codec
from bufgraph.namespaces import DEFAULT_BASE
from bufgraph.resources import ontology_dir
from bufgraph_ingest.cleaning import clean, loose_references, problems
from bufgraph_ingest.gate import Gate
from bufgraph_ingest.gates.compiled import CompiledGate
from bufgraph_ingest.gates.compiler import compile_shapes
from bufgraph_ingest.gates.reading import Reader
from bufgraph_ingest.gates.terms import read_nodes
from bufgraph_ingest.port import Json

FOLDER = ontology_dir()
EXAMPLES = sorted((FOLDER / "examples").rglob("*.json"))
CODEC = Codec.from_file(FOLDER / "context.jsonld", DEFAULT_BASE)
PRACTICES = 60
NOT_FINITE = "cost that is no number"  # pySHACL stops at it


@functools.cache
def reference() -> Gate:
    return Gate(FOLDER, CODEC)


@functools.cache
def compiled() -> CompiledGate:
    return CompiledGate(FOLDER, CODEC)


@functools.cache
def vocabulary() -> Vocabulary:
    return Vocabulary.shipped(limit=25)


def referred() -> list[Json]:
    return [record for records in vocabulary().referred.values() for record in records]


@functools.cache
def made(dirt: float) -> tuple[Made, ...]:
    return tuple(stream(vocabulary(), Recipe(PRACTICES, dirt=dirt, repeats=0.1)))


@functools.cache
def checkable(dirt: float) -> tuple[Json, ...]:
    """Return made-up records as the gate meets them: cleaned, without those refused before."""
    found = (
        clean(each.record)
        for each in made(dirt)
        if each.fault != NOT_FINITE and not problems(each.record, CODEC)
    )
    return tuple(record for record in found if not loose_references(record, CODEC))


def example_batches() -> list[list[Json]]:
    """Return the examples in few batches, as pySHACL takes seconds for each: a namespace of its own for each file.

    Files that describe the same concept come into different batches.
    """
    batches: list[dict[str, Json]] = []
    for number, path in enumerate(EXAMPLES):
        example = json.loads(path.read_text(encoding="utf-8").replace('"bgd:', f'"bgd:{number}/'))
        found = {str(r["id"]): r for r in (example["records"] if isinstance(example, dict) else example)}
        home = next((batch for batch in batches if not batch.keys() & found.keys()), None)
        if home is None:
            home = {}
            batches.append(home)
        home.update(found)
    return [list(batch.values()) for batch in batches]


@pytest.mark.parametrize("batch", example_batches(), ids=lambda batch: f"{len(batch)} records")
def test_both_gates_say_the_same_of_every_example(batch: list[Json]) -> None:
    expected = reference().check(batch)
    assert Counter(compiled().check(batch)) == Counter(expected)


@pytest.mark.parametrize("dirt", [0.0, 1.0], ids=["clean", "dirty"])
def test_both_gates_say_the_same_of_made_up_records(dirt: float) -> None:
    batch = [*referred(), *checkable(dirt)]
    expected = reference().check(batch)
    assert Counter(compiled().check(batch)) == Counter(expected)
    assert bool(expected) == bool(dirt)


def test_batches_say_what_the_whole_says_once_all_was_learned() -> None:
    gate = CompiledGate(FOLDER, CODEC)
    batch = [*referred(), *checkable(1.0)]
    gate.learn(batch)
    in_batches = [found for at in range(0, len(batch), 7) for found in gate.check(batch[at : at + 7])]
    assert Counter(in_batches) == Counter(compiled().check(batch))


def test_a_reference_to_what_was_never_learned_is_a_violation() -> None:
    gate = CompiledGate(FOLDER, CODEC)
    practice = checkable(0.0)[0]
    assert {found.path.rpartition("#")[2] for found in gate.check([practice])} >= {"originCity", "document"}


def test_every_fault_of_the_generator_is_caught_where_it_says() -> None:
    gate = CompiledGate(FOLDER, CODEC)
    gate.learn(referred())
    gate.learn(checkable(0.0))
    caught: dict[str, set[str]] = {}
    for each in stream(vocabulary(), Recipe(400, dirt=1.0)):
        early = bool(problems(each.record, CODEC) or loose_references(clean(each.record), CODEC))
        record = clean(each.record)
        known = [{"id": record["practice"], "type": "GoodPractice"}] if "practice" in record else []
        gate.learn([] if early else known)
        refused = EARLY if early else SHAPES if gate.check([record]) else MENDED
        caught.setdefault(each.fault, set()).add(refused)
    assert set(caught) == {fault.name for fault in FAULTS}
    assert {fault.name: {fault.caught} for fault in FAULTS} == caught


def test_the_same_seed_gives_the_same_stream() -> None:
    assert list(made(1.0)) == list(stream(vocabulary(), Recipe(PRACTICES, dirt=1.0, repeats=0.1)))


def test_a_constraint_the_compiler_does_not_know_is_refused_by_name() -> None:
    shapes = rdflib.Graph().parse(
        data="@prefix sh: <http://www.w3.org/ns/shacl#> . [] a sh:NodeShape ; sh:targetClass sh:Any ; sh:closed true .",
        format="turtle",
    )
    with pytest.raises(MisconfiguredError, match="closed"):
        compile_shapes(shapes)


@pytest.mark.parametrize("dirt", [0.0, 1.0], ids=["clean", "dirty"])
def test_reading_records_directly_gives_the_nodes_that_the_parser_gives(dirt: float) -> None:
    examples = [record for batch in example_batches() for record in batch]
    for record in [*examples, *referred(), *checkable(dirt)]:
        parsed = read_nodes(CODEC.to_json_ld([record]), "application/ld+json")
        assert Reader(CODEC).read([record]) == parsed, record


@pytest.mark.parametrize(
    "change",
    [
        {"homepage": "not an address"},
        {"homepage": {"@id": "https://example.org/"}},
        {"population": 5.5},
        {"population": 2**62},
        {"population": [1, 1, 2]},
        {"population": {"@value": "7", "@type": "xsd:decimal"}},
        {"latitude": "59.50"},
        {"latitude": 1e-7},
        {"pref_label": {"en": ["A", "B"], "@none": "C", "en-GB": "D"}},
        {"pref_label": "bare"},
        {"is_coastal": 0.5},
        {"note": 7},
        {"note": None},
        {"note": [["a"], ["b"]]},
        {"nuts3": "nuts:EE001"},
        {"nuts3": "unknown:EE001"},
        {"nuts3": "City:x"},
        {"source": "https://example.org/ä ö"},
        {"type": ["City", "skos:Concept", "https://example.org/T"]},
        {"@type": "bg:Region"},
        {"unknown_key": 1},
    ],
    ids=str,
)
def test_unusual_forms_are_read_as_json_ld_says(change: Json) -> None:
    record = {"id": "bgd:city/xx", "type": "City", **change}
    parsed = read_nodes(CODEC.to_json_ld([record]), "application/ld+json")
    assert Reader(CODEC).read([record]) == parsed
