"""The concepts of one scheme in their hierarchy, with all labels, matches and the number of practices."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from bufgraph.graph.port import GraphStore
from bufgraph.model import Catalogue
from bufgraph.namespaces import ONTOLOGY, SKOS, slug
from bufgraph.services.ontology_facts import Facts, Link, by_subject, first, link_to, links, texts

_CONCEPTS = (
    f"SELECT ?scheme ?s ?p ?o WHERE {{ ?s skos:inScheme ?scheme ; ?p ?o FILTER(?p != <{SKOS}hiddenLabel>) }}"
)
_HIDDEN = (
    "SELECT ?scheme ?s (COUNT(?o) AS ?n) WHERE { ?s skos:inScheme ?scheme ; skos:hiddenLabel ?o } "
    "GROUP BY ?scheme ?s"
)
_RELATIONS = (
    (f"{SKOS}exactMatch", "means exactly"),
    (f"{SKOS}closeMatch", "means nearly"),
    (f"{SKOS}broadMatch", "lies within"),
    (f"{SKOS}relatedMatch", "is related to"),
    (f"{SKOS}related", "goes together with"),
    (f"{ONTOLOGY}contributesTo", "contributes to"),
    (f"{ONTOLOGY}primaryCharacteristic", "serves most"),
    (f"{ONTOLOGY}measuresFactor", "measures"),
    (f"{ONTOLOGY}indicatorType", "is of the type"),
    (f"{ONTOLOGY}unit", "is measured in"),
    (f"{ONTOLOGY}hasCounterpartIn", "has a counterpart in"),
    (f"{ONTOLOGY}nextPhase", "is followed by"),
)


@dataclass(frozen=True, slots=True)
class SchemeConcept:
    """A concept in its place.

    Attributes:
        labels: Language tag → the label and its alternatives, English first.
        said: Number of further wordings, by which it is found and which are not shown.
        relations: (what holds, of what) for every match.
        practices: How many practices it concerns; None where practices are not sorted by the scheme.
    """

    iri: str
    slug: str
    label: str
    notation: str
    definition: str
    notes: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]
    said: int
    relations: tuple[tuple[str, tuple[Link, ...]], ...]
    practices: int | None
    narrower: tuple["SchemeConcept", ...]

    @property
    def size(self) -> int:
        """Number of concepts here and below."""
        return 1 + sum(below.size for below in self.narrower)


@dataclass(frozen=True, slots=True)
class SchemeGroup:
    """Concepts below one concept of another scheme; ``parent`` is None for the top concepts of the scheme itself."""

    parent: Link | None
    concepts: tuple[SchemeConcept, ...]


def read_groups(
    graph: GraphStore, catalogue: Catalogue, scheme: str, labels: Mapping[str, str]
) -> tuple[SchemeGroup, ...]:
    """Return the concepts of a scheme: the top ones first, then those below concepts of other schemes.

    Args:
        scheme: Its IRI.
        labels: English label of every concept.
    """
    facts = by_subject(graph.select(_CONCEPTS, {"scheme": scheme}))
    said = {row["s"].value: int(row["n"].value) for row in graph.select(_HIDDEN, {"scheme": scheme})}
    counts = practices_by_concept(catalogue, slug(scheme))
    below: dict[str, list[str]] = defaultdict(list)
    for iri in sorted(facts, key=lambda iri: _order(facts[iri], labels.get(iri, iri))):
        parents = texts(facts[iri], f"{SKOS}broader")
        below[next((p for p in parents if p in facts), parents[0] if parents else "")].append(iri)

    def make(iri: str) -> SchemeConcept:
        narrower = tuple(make(child) for child in below.get(iri, ()))
        count = None if counts is None else counts.get(iri, 0)
        return _concept(iri, facts[iri], labels, said.get(iri, 0), count, narrower)

    return tuple(
        SchemeGroup(link_to(parent, labels) if parent else None, tuple(make(iri) for iri in below[parent]))
        for parent in sorted(set(below) - set(facts), key=lambda parent: labels.get(parent, ""))
    )


def practices_by_concept(catalogue: Catalogue, scheme: str) -> Mapping[str, int] | None:
    """Return how many practices each concept concerns, or None for a scheme that practices are not sorted by."""
    ways: dict[str, Callable[[Catalogue], Iterator[tuple[str, str]]]] = {
        "challenge": _by_challenge,
        "domain": _by_challenge,
        "barrier": _by_barrier,
        "outcome": lambda c: ((a.outcome, a.practice) for a in c.adoptions.values()),
        "context": lambda c: ((found.factor, found.condition_of) for found in c.conditions.values()),
    }
    if scheme not in ways:
        return None
    found: dict[str, set[str]] = defaultdict(set)
    for concept, practice in ways[scheme](catalogue):
        found[concept].add(practice)
    return {concept: len(practices) for concept, practices in found.items()}


def _by_challenge(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for practice in catalogue.practices.values():
        for challenge in practice.challenge:
            yield from ((concept, practice.id) for concept in (challenge, *catalogue.ancestors(challenge)))


def _by_barrier(catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    for adoption in catalogue.adoptions.values():
        known = (catalogue.obstacles[iri].barrier for iri in adoption.obstacle if iri in catalogue.obstacles)
        yield from ((barrier, adoption.practice) for barrier in (*adoption.failure_cause, *known))


def _order(facts: Facts, label: str) -> tuple[list[int], str]:
    """Sort by notation where it is a number (1.2 before 1.10), else by label."""
    parts = first(facts, f"{SKOS}notation").split(".")
    return [int(part) for part in parts] if all(part.isdigit() for part in parts) else [], label.lower()


def _concept(
    iri: str,
    facts: Facts,
    names: Mapping[str, str],
    said: int,
    practices: int | None,
    narrower: tuple[SchemeConcept, ...],
) -> SchemeConcept:
    labels: dict[str, list[str]] = defaultdict(list)
    for predicate in (f"{SKOS}prefLabel", f"{SKOS}altLabel"):
        for term in facts.get(predicate, ()):
            labels[term.language or "und"].append(term.value)
    relations = ((words, links(facts, predicate, names)) for predicate, words in _RELATIONS)
    return SchemeConcept(
        iri,
        slug(iri),
        names.get(iri, slug(iri)),
        first(facts, f"{SKOS}notation"),
        first(facts, f"{SKOS}definition"),
        texts(facts, f"{SKOS}scopeNote", f"{SKOS}note", f"{SKOS}editorialNote"),
        {lang: tuple(labels[lang]) for lang in sorted(labels, key=lambda lang: (lang != "en", lang))},
        said,
        tuple((words, found) for words, found in relations if found),
        practices,
        narrower,
    )
