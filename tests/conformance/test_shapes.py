"""The ontology and its shapes agree with the context, the record types, the schemes and the examples."""

import dataclasses
import functools
import json
import re
import typing
from pathlib import Path
from typing import Any

import pyshacl
import pytest
import rdflib
from rdflib.namespace import OWL, RDF, RDFS, SH, SKOS

from bufgraph import model as records
from bufgraph.graph.codec import Codec
from bufgraph.graph.oxigraph import to_ntriples
from bufgraph.namespaces import DEFAULT_BASE, ONTOLOGY
from bufgraph.resources import ontology_dir, queries_dir

Json = dict[str, Any]  # Any: JSON is any of six types

FOLDER = ontology_dir()
RDF_FILES = sorted(FOLDER.rglob("*.ttl"))
VALID = sorted((FOLDER / "examples" / "valid").glob("*.json"))
INVALID = sorted((FOLDER / "examples" / "invalid").glob("*.json"))
CODEC = Codec.from_file(FOLDER / "context.jsonld", DEFAULT_BASE)
FOREIGN = ("http://www.w3.org/2002/07/owl#sameAs", str(OWL.equivalentClass), str(OWL.imports))

RECORD_CLASSES: dict[type[records.Record], tuple[str, ...]] = {
    records.City: ("City",),
    records.Region: ("Region",),
    records.Organisation: ("Organization",),
    records.Expert: ("Organization", "Expert"),
    records.SourceDocument: ("SourceDocument",),
    records.Citation: ("Citation",),
    records.GoodPractice: ("GoodPractice",),
    records.Translation: ("Translation",),
    records.Adoption: ("Adoption",),
    records.Participation: ("Participation",),
    records.Result: ("Result",),
    records.Lesson: ("Lesson",),
    records.Obstacle: ("Obstacle",),
    records.CityNeed: ("CityNeed",),
    records.AssessmentModel: ("AssessmentModel",),
    records.Observation: ("Observation",),
    records.Concept: ("skos:Concept",),
}
"""Record type → the classes, as the context writes them, whose shapes speak of it."""


def name(path: Path) -> str:
    return path.stem


def iri(term: str) -> rdflib.URIRef:
    """Return the IRI of a JSON key or class name of the context."""
    entry = CODEC.context.get(term, term)
    return rdflib.URIRef(CODEC.expand(entry["@id"] if isinstance(entry, dict) else entry))


@functools.cache
def load(*folders: str) -> rdflib.Graph:
    """Return one graph with the Turtle files of some folders of the ontology."""
    graph = rdflib.Graph()
    for path in RDF_FILES:
        if path.parent.name in folders:
            graph.parse(path)
    return graph


@functools.cache
def ontology() -> rdflib.Graph:
    return rdflib.Graph().parse(FOLDER / "bufgraph.ttl")


def to_graph(found: list[Json]) -> rdflib.Graph:
    """Return records as a graph, with the concepts that they name, and those that these name in turn."""
    graph = rdflib.Graph()
    graph.parse(data=to_ntriples(CODEC.to_json_ld(found), "application/ld+json"), format="nt")
    schemes = load("schemes")
    waiting = set(graph.objects())
    seen: set[rdflib.term.Node] = set()
    while waiting:
        node = waiting.pop()
        seen.add(node)
        for triple in schemes.triples((node, None, None)):
            graph.add(triple)
            waiting |= {triple[2]} - seen
    return graph


def failed_paths(graph: rdflib.Graph) -> set[str]:
    """Return the properties that fail; "" stands for a record that fails as a whole."""
    _, report, _ = pyshacl.validate(graph, shacl_graph=load("shapes"), inference="none", advanced=False)
    assert isinstance(report, rdflib.Graph)
    return {
        str(report.value(result, SH.resultPath) or "")
        for result in report.subjects(RDF.type, SH.ValidationResult)
    }


def own_context_terms() -> list[str]:
    entries = [e["@id"] if isinstance(e, dict) else e for t, e in CODEC.context.items() if t[0] != "@"]
    return sorted({entry for entry in entries if entry.startswith("bg:")})


def own_typed_keys() -> list[str]:
    return [t for t, e in CODEC.context.items() if isinstance(e, dict) and e["@id"].startswith("bg:")]


def property_shapes(classes: tuple[str, ...]) -> dict[rdflib.term.Node, rdflib.term.Node]:
    """Return property → its shape, over the node shapes that target some classes."""
    shapes = load("shapes")
    return {
        path: shape
        for target in classes
        for node in shapes.subjects(SH.targetClass, iri(target))
        for shape in shapes.objects(node, SH.property)
        for path in shapes.objects(shape, SH.path)
    }


def record_fields() -> list[tuple[type[records.Record], str]]:
    return [(kind, field.name) for kind in RECORD_CLASSES for field in dataclasses.fields(kind)[1:]]


@pytest.mark.parametrize("path", RDF_FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_every_rdf_file_parses(path: Path) -> None:
    assert len(rdflib.Graph().parse(path)) > 0


@pytest.mark.parametrize("path", RDF_FILES, ids=lambda path: str(path.relative_to(FOLDER)))
def test_no_file_claims_identity_with_a_foreign_term_or_imports_one(path: Path) -> None:
    graph = rdflib.Graph().parse(path)
    assert not {str(predicate) for predicate in graph.predicates()} & set(FOREIGN)


@pytest.mark.parametrize("path", VALID, ids=name)
def test_a_valid_example_conforms(path: Path) -> None:
    assert failed_paths(to_graph(json.loads(path.read_text(encoding="utf-8")))) == set()


@pytest.mark.parametrize("path", INVALID, ids=name)
def test_an_invalid_example_is_rejected_on_its_path_and_on_no_other(path: Path) -> None:
    example = json.loads(path.read_text(encoding="utf-8"))
    expected = str(iri(example["path"])) if example["path"] else ""
    assert example["why"]
    assert failed_paths(to_graph(example["records"])) == {expected}


@pytest.mark.parametrize("path", VALID, ids=name)
def test_a_valid_example_uses_only_keys_of_the_context(path: Path) -> None:
    pending = json.loads(path.read_text(encoding="utf-8"))
    while pending:
        record = pending.pop()
        assert [key for key in record if not CODEC.knows(key)] == []
        parts = [part for value in record.values() if isinstance(value, list) for part in value]
        pending += [part for part in parts if isinstance(part, dict)]


def test_every_target_class_of_a_shape_has_an_example() -> None:
    found = [record for path in VALID for record in json.loads(path.read_text(encoding="utf-8"))]
    types = set(to_graph(found).objects(None, RDF.type))
    assert set(load("shapes").objects(None, SH.targetClass)) - types == set()


@pytest.mark.parametrize("path", sorted((FOLDER / "shapes").glob("*.ttl")), ids=name)
def test_every_shape_file_has_a_smallest_valid_and_an_invalid_example(path: Path) -> None:
    assert (FOLDER / "examples" / "valid" / f"{path.stem}.json").is_file()
    assert list((FOLDER / "examples" / "invalid").glob(f"{path.stem}-*.json"))


@pytest.mark.parametrize("term", own_context_terms())
def test_every_own_term_of_the_context_is_declared_with_label_and_definition(term: str) -> None:
    graph, subject = ontology(), iri(term)
    kinds = {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty}
    assert len(kinds & set(graph.objects(subject, RDF.type))) == 1
    for predicate in (RDFS.label, SKOS.definition):
        literals = list(graph.objects(subject, predicate))
        assert [o.language for o in literals if isinstance(o, rdflib.Literal)] == ["en"], predicate


@pytest.mark.parametrize("term", own_typed_keys())
def test_the_context_types_values_as_the_ontology_does(term: str) -> None:
    graph, subject, entry = ontology(), iri(term), CODEC.context[term]
    is_link = entry.get("@type") == "@id"
    assert (subject, RDF.type, OWL.ObjectProperty if is_link else OWL.DatatypeProperty) in graph
    if not is_link:
        by_language = "@language" in entry or entry.get("@container") == "@language"
        datatype = RDF.langString if by_language else rdflib.URIRef(CODEC.expand(entry["@type"]))
        assert graph.value(subject, RDFS.range) == datatype


def test_every_own_term_that_data_shapes_and_queries_use_is_declared() -> None:
    declared = {str(subject) for subject in ontology().subjects(RDF.type)}
    data = load("schemes", "alignments", "shapes")
    used = {str(node) for triple in data for node in triple if str(node).startswith(ONTOLOGY)}
    for path in sorted(queries_dir().rglob("*.rq")):
        used |= {ONTOLOGY + term for term in re.findall(r"\bbg:(\w+)", path.read_text(encoding="utf-8"))}
    assert used - declared == set()


def test_every_property_shape_says_its_name_and_what_to_do() -> None:
    shapes = load("shapes")
    for node in shapes.subjects(RDF.type, SH.NodeShape):
        assert shapes.value(node, SH.message), node
        for shape in shapes.objects(node, SH.property):
            path = shapes.value(shape, SH.path)
            assert shapes.value(shape, SH.name), path
            assert shapes.value(shape, SH.message), path


@pytest.mark.parametrize(("kind", "field"), record_fields(), ids=lambda part: getattr(part, "__name__", part))
def test_a_shape_asks_for_what_the_record_type_asks_for(kind: type[records.Record], field: str) -> None:
    """A field without default is required; a field that is no tuple and no dict has one value at most."""
    shapes, found = load("shapes"), property_shapes(RECORD_CLASSES[kind])
    assert iri(field) in found, f"no shape speaks of {field}"
    shape = found[iri(field)]
    definition = next(f for f in dataclasses.fields(kind) if f.name == field)
    required = definition.default is dataclasses.MISSING and definition.default_factory is dataclasses.MISSING
    if required:
        assert shapes.value(shape, SH.minCount) == rdflib.Literal(1)
    if typing.get_origin(typing.get_type_hints(kind)[field]) not in (tuple, dict):
        assert shapes.value(shape, SH.maxCount) == rdflib.Literal(1)
