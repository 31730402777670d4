"""The concept schemes are sound SKOS, and their links lead to what exists."""

import re
from collections import Counter, defaultdict

import pytest
from rdflib.namespace import DCTERMS, OWL, RDF, SKOS
from rdflib.term import Node

from bufgraph.namespaces import PREFIXES, SCHEME
from ontology_files import ALIGNMENTS, AUTHORS, BG, CC_BY, FOLDER, concepts, schemes

SDG = PREFIXES["sdg"]
MAPPINGS = (SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch)
EUROVOC_READ = {"100142", "100149", "100150", "100152", "100154", "100155", "100159", "1004", "4512", "5482"}
"""Numbers whose label was read in a published copy of EuroVoc; a new one is added here only after reading it, too."""
DATA_THEMES = {"AGRI", "ECON", "EDUC", "ENER", "ENVI", "GOVE", "HEAL", "JUST", "REGI", "SOCI", "TECH", "TRAN"}


def test_every_scheme_says_what_it_is_where_from_by_whom_and_under_which_licence() -> None:
    found = set(schemes().subjects(RDF.type, SKOS.ConceptScheme))
    assert found
    for scheme in found:
        for predicate in (
            DCTERMS.title,
            DCTERMS.description,
            DCTERMS.source,
            DCTERMS.modified,
            OWL.versionInfo,
        ):
            assert schemes().value(scheme, predicate), (scheme, predicate)
        assert schemes().value(scheme, DCTERMS.creator) == AUTHORS
        assert schemes().value(scheme, DCTERMS.license) == CC_BY


def test_a_concept_has_one_preferred_label_a_language_and_one_scheme_that_exists() -> None:
    for concept in concepts():
        languages = Counter(getattr(o, "language", None) for o in schemes().objects(concept, SKOS.prefLabel))
        assert languages["en"] == 1, concept
        assert None not in languages
        assert max(languages.values()) == 1, concept
        (scheme,) = schemes().objects(concept, SKOS.inScheme)
        assert (scheme, RDF.type, SKOS.ConceptScheme) in schemes()
        assert str(concept).startswith(f"{scheme}/")


def test_no_two_concepts_of_a_scheme_have_the_same_preferred_label_in_a_language() -> None:
    found: dict[tuple[Node | None, str | None, str], set[Node]] = defaultdict(set)
    for concept, label in schemes().subject_objects(SKOS.prefLabel):
        scheme = schemes().value(concept, SKOS.inScheme)
        found[scheme, getattr(label, "language", None), str(label).casefold()].add(concept)
    assert {key: same for key, same in found.items() if len(same) > 1} == {}


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (SKOS.prefLabel, SKOS.altLabel),
        (SKOS.prefLabel, SKOS.hiddenLabel),
        (SKOS.altLabel, SKOS.hiddenLabel),
    ],
)
def test_a_label_of_a_concept_is_of_one_kind_only(one: Node, other: Node) -> None:
    """SKOS integrity condition S13."""
    pairs = set(schemes().subject_objects(one)) & set(schemes().subject_objects(other))
    assert pairs == set()


def test_broader_has_no_cycle_and_leads_to_a_top_concept() -> None:
    for concept in concepts():
        above = set(schemes().transitive_objects(concept, SKOS.broader)) - {concept}
        assert concept not in {up for node in above for up in schemes().objects(node, SKOS.broader)}, concept
        assert any(schemes().value(node, SKOS.topConceptOf) for node in {concept, *above}), concept
        assert above <= concepts()


def test_a_top_concept_has_nothing_above_it_in_its_own_scheme() -> None:
    for concept, scheme in schemes().subject_objects(SKOS.topConceptOf):
        assert schemes().value(concept, SKOS.inScheme) == scheme
        above = schemes().objects(concept, SKOS.broader)
        assert [up for up in above if schemes().value(up, SKOS.inScheme) == scheme] == [], concept


def test_inverse_and_symmetric_statements_agree() -> None:
    """What is stated downwards is stated upwards too; related goes both ways and never up or down (S27)."""
    graph = schemes()
    for down, up in ((SKOS.narrower, SKOS.broader), (SKOS.hasTopConcept, SKOS.topConceptOf)):
        assert {(o, s) for s, o in graph.subject_objects(down)} <= set(graph.subject_objects(up))
    related = set(graph.subject_objects(SKOS.related))
    assert related
    assert {(o, s) for s, o in related} == related
    for one, other in related:
        assert other not in set(graph.transitive_objects(one, SKOS.broader))


def test_mappings_cross_schemes_and_exact_ones_are_neither_broad_nor_related() -> None:
    graph = schemes()
    for predicate in MAPPINGS:
        for one, other in graph.subject_objects(predicate):
            assert graph.value(one, SKOS.inScheme) != graph.value(other, SKOS.inScheme), (one, other)
    exact = set(graph.subject_objects(SKOS.exactMatch))
    loose = {pair for p in (SKOS.broadMatch, SKOS.relatedMatch) for pair in graph.subject_objects(p)}
    assert exact & loose == set()  # SKOS integrity condition S46


def test_every_link_leads_to_a_concept_of_ours_or_to_a_known_identifier() -> None:
    known = {
        SDG: r"(\d{1,2}(\.(\d{1,2}|[a-d]))?|C\d{6})",
        "http://eurovoc.europa.eu/": "|".join(sorted(EUROVOC_READ)),
        "http://publications.europa.eu/resource/authority/data-theme/": "|".join(sorted(DATA_THEMES)),
        PREFIXES["unit"]: r"[\w-]+",
    }
    links = (
        *MAPPINGS,
        SKOS.related,
        BG.contributesTo,
        BG.hasCounterpartIn,
        BG.primaryCharacteristic,
        BG.unit,
    )
    for predicate in links:
        for one, other in schemes().subject_objects(predicate):
            space = next((space for space in known if str(other).startswith(space)), None)
            if space is None:
                assert other in concepts(), (one, predicate, other)
            else:
                assert re.fullmatch(known[space], str(other).removeprefix(space)), (one, other)
            assert one in concepts(), one


@pytest.mark.parametrize("kind", ["Challenge", "SmartSubdomain"])
def test_every_challenge_and_subdomain_serves_a_target_of_the_sustainable_development_goals(
    kind: str,
) -> None:
    for concept in schemes().subjects(RDF.type, BG[kind]):
        goals = [str(goal) for goal in schemes().objects(concept, BG.contributesTo)]
        assert any(goal.startswith(SDG) for goal in goals), concept


def test_every_subdomain_is_related_to_a_factor_or_characteristic_and_lies_in_a_data_theme() -> None:
    for concept in schemes().subjects(RDF.type, BG.SmartSubdomain):
        related = [str(o) for o in schemes().objects(concept, SKOS.relatedMatch)]
        assert any(o.startswith((f"{SCHEME}factor/", f"{SCHEME}characteristic/")) for o in related), concept
        assert schemes().value(concept, SKOS.broadMatch), concept


def test_the_readme_names_every_file_of_alignments() -> None:
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    assert [path.name for path in ALIGNMENTS if path.name not in readme] == []
