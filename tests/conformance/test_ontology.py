"""Every term is explained with an example that works, every class has a shape, and nothing contradicts OWL 2."""

import functools
import json
import re
from collections import Counter
from datetime import date

import owlrl  # type: ignore[import-untyped]  # it ships no type information
import pytest
import rdflib
from rdflib.namespace import DCTERMS, OWL, RDF, RDFS, SH, SKOS, VANN, XSD
from rdflib.term import Node

from bufgraph.graph.codec import Codec
from bufgraph.graph.oxigraph import to_ntriples
from bufgraph.namespaces import DEFAULT_BASE, ONTOLOGY, PREFIXES, SCHEME
from ontology_files import AUTHORS, BG, CC_BY, FOLDER, SCHEMES, concepts, ontology, own_terms, schemes

IRI = rdflib.URIRef("https://w3id.org/bufgraph/ontology")
BACKGROUND = """
    @prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix prov: <http://www.w3.org/ns/prov#> .
    @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> . @prefix skos: <http://www.w3.org/2004/02/skos/core#> .
    prov:Plan rdfs:subClassOf prov:Entity .
    prov:Entity owl:disjointWith prov:Activity .
    skos:ConceptScheme owl:disjointWith skos:Concept .
    skos:broader rdfs:subPropertyOf skos:broaderTransitive .
    skos:broaderTransitive a owl:TransitiveProperty ; owl:propertyDisjointWith skos:related .
    skos:related a owl:SymmetricProperty .
"""
"""What PROV-O and SKOS themselves say and our terms must not contradict; we import neither."""
OWL_DATATYPES = {RDF.langString, XSD.string, XSD.integer, XSD.decimal, XSD.boolean, XSD.date, XSD.gYear}
"""Of these, ``xsd:gYear`` is the one outside the datatypes that OWL 2 asks every tool to know."""
AXIOMS = {RDF.type, RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range}
ANNOTATIONS = {
    RDFS.label, RDFS.isDefinedBy, RDFS.comment, RDFS.seeAlso, SKOS.definition, SKOS.scopeNote, SKOS.example,
    DCTERMS.source,
}  # fmt: skip


def english(subject: Node, predicate: Node) -> list[str]:
    return [str(o) for o in ontology().objects(subject, predicate) if getattr(o, "language", None) == "en"]


def turtle(example: str) -> rdflib.Graph:
    """Read an example: ``city:`` stands for the records of a kind, ``outcome:`` for the concepts of a scheme.

    A variable stands for something that a query looks for, and is read as a node without a name.
    """
    example = re.sub(r"\?(\w+)(?=[^\"]*(\"[^\"]*\"[^\"]*)*$)", r"_:\1", example)
    names = set(re.findall(r"(?<![\w<:/\"])([a-z][a-z-]*):[\w.-]*", re.sub(r"\"[^\"]*\"", '""', example)))
    known = {**PREFIXES, "owl": str(OWL), "bgsvc": "https://w3id.org/bufgraph/service/"}
    own_schemes = {path.stem for path in SCHEMES}
    prefixes = {
        name: known.get(name) or (f"{SCHEME}{name}/" if name in own_schemes else f"{DEFAULT_BASE}{name}/")
        for name in names
    }
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes.items())
    return rdflib.Graph().parse(data=head + example, format="turtle")


@pytest.mark.parametrize("name", own_terms())
def test_every_term_has_one_label_one_definition_a_source_and_an_example(name: str) -> None:
    term = BG[name]
    assert len(english(term, RDFS.label)) == 1
    assert len(english(term, SKOS.definition)) == 1
    assert english(term, SKOS.definition)[0].endswith((".", '".'))
    assert ontology().value(term, RDFS.isDefinedBy) == IRI
    assert list(ontology().objects(term, DCTERMS.source))
    assert list(ontology().objects(term, SKOS.example))


@pytest.mark.parametrize("name", own_terms())
def test_the_example_of_a_term_is_turtle_that_uses_it_with_terms_and_concepts_that_exist(name: str) -> None:
    for example in ontology().objects(BG[name], SKOS.example):
        graph = turtle(str(example))
        used = {node for triple in graph for node in triple}
        assert BG[name] in used
        assert {n for n in used if str(n).startswith(ONTOLOGY)} <= {BG[term] for term in own_terms()}
        assert {n for n in used if str(n).startswith(SCHEME)} <= concepts()


def test_labels_of_classes_and_of_properties_tell_them_apart() -> None:
    for kinds in ((OWL.Class,), (OWL.ObjectProperty, OWL.DatatypeProperty)):
        terms = {term for kind in kinds for term in ontology().subjects(RDF.type, kind)}
        labels = Counter(english(term, RDFS.label)[0] for term in terms)
        assert [label for label, count in labels.items() if count > 1] == []


def test_the_ontology_has_a_versioned_address_a_licence_and_dates() -> None:
    graph = ontology()
    version = graph.value(IRI, OWL.versionInfo)
    assert graph.value(IRI, OWL.versionIRI) == rdflib.URIRef(f"{IRI}/{version}")
    assert graph.value(IRI, DCTERMS.creator) == AUTHORS
    assert graph.value(IRI, DCTERMS.license) == CC_BY
    assert str(graph.value(IRI, VANN.preferredNamespaceUri)) == ONTOLOGY
    created, modified = (graph.value(IRI, p) for p in (DCTERMS.created, DCTERMS.modified))
    assert date.fromisoformat(str(created)) <= date.fromisoformat(str(modified))


def shapes() -> rdflib.Graph:
    graph = rdflib.Graph()
    for path in sorted((FOLDER / "shapes").glob("*.ttl")):
        graph.parse(path)
    return graph


def test_every_class_is_held_to_a_shape_of_its_own_or_of_a_class_above_it() -> None:
    """A record of a class below states the class above as well; organisations of our kinds are org:Organization."""
    targets = set(shapes().objects(None, SH.targetClass))
    for kind in ontology().subjects(RDF.type, OWL.Class):
        above = set(ontology().transitive_objects(kind, RDFS.subClassOf))
        assert above & targets or any(str(up).startswith(PREFIXES["org"]) for up in above), kind


def test_every_refusal_is_explained_in_an_english_sentence() -> None:
    graph = shapes()
    nodes = set(graph.subjects(RDF.type, SH.NodeShape))
    parts = {part for node in nodes for part in graph.objects(node, SH.property)}
    for node in nodes | parts:
        (message,) = graph.objects(node, SH.message)
        assert getattr(message, "language", None) == "en"
        assert len(str(message).split()) > 4, message


def closure(*parts: str) -> tuple[rdflib.Graph, list[str]]:
    """Return the OWL 2 RL closure of the ontology and some Turtle, with the contradictions found."""
    graph = rdflib.Graph()
    graph += ontology()
    for part in (BACKGROUND, *parts):
        graph.parse(data=part, format="turtle")
    rules = owlrl.OWLRL_Semantics(graph, axioms=False, daxioms=False)
    rules.closure()
    return graph, [*rules.error_messages, *(str(s) for s in graph.subjects(RDF.type, OWL.Nothing))]


@functools.cache
def records() -> str:
    """Return the records of all valid examples and the examples of the terms as N-Triples."""
    codec = Codec.from_file(FOLDER / "context.jsonld", DEFAULT_BASE)
    found = [
        to_ntriples(codec.to_json_ld(json.loads(path.read_text(encoding="utf-8"))), "application/ld+json")
        for path in sorted((FOLDER / "examples" / "valid").glob("*.json"))
    ]
    examples = (
        turtle(str(example)).serialize(format="nt")
        for name in own_terms()
        for example in ontology().objects(BG[name], SKOS.example)
    )
    return b"".join(found).decode() + "".join(examples)


def test_reasoning_by_owl_2_rl_over_ontology_and_examples_finds_no_contradiction() -> None:
    _, contradictions = closure(records())
    assert contradictions == []


def test_reasoning_by_owl_2_rl_over_all_concepts_finds_no_contradiction() -> None:
    links = rdflib.Graph()
    for triple in schemes():
        if isinstance(triple[2], rdflib.URIRef):
            links.add(triple)
    assert closure(links.serialize(format="nt"))[1] == []


def test_reasoning_finds_a_practice_that_is_an_adoption_too() -> None:
    """The check above can fail: a plan is an entity, an adoption an activity, and these two exclude each other."""
    _, contradictions = closure("<urn:x> a <" + BG.GoodPractice + ">, <" + BG.Adoption + "> .")
    assert contradictions


def test_domains_and_ranges_give_no_record_a_class_that_it_does_not_state() -> None:
    stated = rdflib.Graph().parse(data=records(), format="turtle")
    inferred, _ = closure(records())
    for record in {s for s in stated.subjects(RDF.type) if isinstance(s, rdflib.URIRef)}:
        types = set(stated.objects(record, RDF.type))
        allowed = {up for kind in types for up in ontology().transitive_objects(kind, RDFS.subClassOf)}
        found = {t for t in inferred.objects(record, RDF.type) if str(t).startswith(ONTOLOGY)}
        assert found <= allowed, record


def test_no_class_is_empty_by_its_own_definition() -> None:
    members = "".join(
        f"<urn:member:{n}> a <{kind}> .\n"
        for n, kind in enumerate(sorted(str(kind) for kind in ontology().subjects(RDF.type, OWL.Class)))
    )
    assert closure(members)[1] == []


def test_the_axioms_are_those_that_every_profile_of_owl_2_allows() -> None:
    """Named classes and properties under each other, with named domains and ranges: within RL, EL and QL alike."""
    graph, kinds = ontology(), {OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty}
    for name in own_terms():
        types = set(graph.objects(BG[name], RDF.type))
        assert len(types & kinds) <= 1, f"{name} is of two kinds"
        if not types & kinds:
            continue
        assert set(graph.predicates(BG[name])) <= AXIOMS | ANNOTATIONS, name
        assert all(isinstance(o, rdflib.URIRef) for p in AXIOMS for o in graph.objects(BG[name], p)), name
        if OWL.DatatypeProperty in types:
            assert set(graph.objects(BG[name], RDFS.range)) <= OWL_DATATYPES, name
        else:
            assert not set(graph.objects(BG[name], RDFS.range)) & OWL_DATATYPES, name
