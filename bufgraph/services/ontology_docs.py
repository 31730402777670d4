"""The ontology and its concept schemes, read from the graph for people.

pyLODE was tried first: the wheel of 3.4.1 does not import (it looks for a ``pyproject.toml`` that is not packed), and once
mended its page has no examples and no diagram and needs inline style and script, which our content security policy
forbids. So the graph is asked here, and the templates of the site show the answer.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from bufgraph.errors import NotFoundError
from bufgraph.graph.port import GraphStore
from bufgraph.model import Catalogue
from bufgraph.namespaces import PREFIXES, SCHEME, SKOS, compact, slug
from bufgraph.services.ontology_facts import Facts, Link, by_subject, first, link_to, links, texts
from bufgraph.services.scheme_docs import SchemeGroup, read_groups

_OWL = "http://www.w3.org/2002/07/owl#"
_RDFS = PREFIXES["rdfs"]
_DCTERMS = PREFIXES["dcterms"]
_ABOUT = f"SELECT ?p ?o WHERE {{ ?s a <{_OWL}Ontology> ; ?p ?o }}"
_TERMS = "SELECT ?s ?p ?o WHERE { ?s rdfs:isDefinedBy ?ontology ; ?p ?o FILTER(!isBlank(?o)) }"
_SCHEMES = f"""
    SELECT ?s ?p ?o WHERE {{ ?s a skos:ConceptScheme ; ?p ?o FILTER(STRSTARTS(STR(?s), "{SCHEME}")) }}"""
_SIZES = "SELECT ?s (COUNT(DISTINCT ?concept) AS ?n) WHERE { ?concept skos:inScheme ?s } GROUP BY ?s"
_LABELS = "SELECT ?s ?o WHERE { ?s skos:inScheme ?scheme ; skos:prefLabel ?o FILTER(LANG(?o) = 'en') }"


@dataclass(frozen=True, slots=True)
class OntologyTerm:
    """A class, a property or a named thing of the ontology.

    Attributes:
        name: The last part of its IRI; ``short``: the IRI with the prefix ``bg:`` where it fits.
        kind: ``class``, ``concept class``, ``object property``, ``datatype property`` or ``individual``.
        examples: Turtle, with the prefixes that ``ontology/README.md`` names.
        parents: Super-classes or super-properties.
        properties: For a class, the properties that have it as their domain.
    """

    iri: str
    name: str
    short: str
    kind: str
    label: str
    definition: str
    notes: tuple[str, ...]
    examples: tuple[str, ...]
    sources: tuple[Link, ...]
    parents: tuple[Link, ...]
    domain: tuple[Link, ...]
    range: tuple[Link, ...]
    properties: tuple[Link, ...] = ()


@dataclass(frozen=True, slots=True)
class SchemeAbout:
    """A concept scheme as a whole; ``concepts`` is their number."""

    name: str
    iri: str
    title: str
    description: str
    sources: tuple[str, ...]
    notes: tuple[str, ...]
    version: str
    concepts: int


class OntologyDocs:
    """Reads ontology and schemes, each once, on the first question."""

    def __init__(self, graph: GraphStore, catalogue: Catalogue) -> None:
        self._graph = graph
        self._catalogue = catalogue
        self._groups: dict[str, tuple[SchemeGroup, ...]] = {}

    @cached_property
    def about(self) -> Mapping[str, tuple[str, ...]]:
        """What is said of the ontology itself: title, version, licence … by the local name of the property."""
        found: dict[str, list[str]] = defaultdict(list)
        for row in self._graph.select(_ABOUT):
            found[slug(row["p"].value)].append(row["o"].value)
        return {name: tuple(sorted(values)) for name, values in found.items()}

    @cached_property
    def terms(self) -> tuple[OntologyTerm, ...]:
        """All terms, by label."""
        facts = by_subject(self._graph.select(_TERMS))
        of_class: dict[str, list[Link]] = defaultdict(list)
        for iri in sorted(facts, key=str.lower):
            for domain in texts(facts[iri], f"{_RDFS}domain"):
                of_class[domain].append(link_to(iri))
        found = (_term(iri, values, of_class.get(iri, ())) for iri, values in facts.items())
        return tuple(sorted(found, key=lambda term: (term.label.lower(), term.iri)))

    @cached_property
    def schemes(self) -> tuple[SchemeAbout, ...]:
        """All concept schemes, by title."""
        sizes = {row["s"].value: int(row["n"].value) for row in self._graph.select(_SIZES)}
        facts = by_subject(self._graph.select(_SCHEMES))
        found = (_scheme(iri, values, sizes.get(iri, 0)) for iri, values in facts.items())
        return tuple(sorted(found, key=lambda scheme: scheme.title))

    def scheme(self, name: str) -> SchemeAbout:
        """Return what is said of a scheme.

        Raises:
            NotFoundError: There is none of that name.
        """
        found = next((scheme for scheme in self.schemes if scheme.name == name), None)
        if found is None:
            raise NotFoundError(f"there is no concept scheme '{name}'; /ontology lists them", name=name)
        return found

    def groups(self, name: str) -> tuple[SchemeGroup, ...]:
        """Return the concepts of a scheme in their hierarchy.

        Raises:
            NotFoundError: There is no scheme of that name.
        """
        if name not in self._groups:
            self._groups[name] = read_groups(
                self._graph, self._catalogue, self.scheme(name).iri, self._labels
            )
        return self._groups[name]

    @cached_property
    def _labels(self) -> Mapping[str, str]:
        return {row["s"].value: row["o"].value for row in self._graph.select(_LABELS)}


def _term(iri: str, facts: Facts, properties: Iterable[Link]) -> OntologyTerm:
    types = texts(facts, f"{PREFIXES['rdf']}type")
    parents = f"{_RDFS}subClassOf" if f"{_OWL}Class" in types else f"{_RDFS}subPropertyOf"
    return OntologyTerm(
        iri,
        slug(iri),
        compact(iri),
        _kind(types, facts),
        first(facts, f"{_RDFS}label"),
        first(facts, f"{SKOS}definition"),
        texts(facts, f"{SKOS}scopeNote", f"{_RDFS}comment"),
        texts(facts, f"{SKOS}example"),
        links(facts, f"{_DCTERMS}source"),
        links(facts, parents),
        links(facts, f"{_RDFS}domain"),
        links(facts, f"{_RDFS}range"),
        tuple(properties),
    )


def _kind(types: tuple[str, ...], facts: Facts) -> str:
    if f"{_OWL}Class" in types:
        return "concept class" if f"{SKOS}Concept" in texts(facts, f"{_RDFS}subClassOf") else "class"
    if f"{_OWL}ObjectProperty" in types:
        return "object property"
    return "datatype property" if f"{_OWL}DatatypeProperty" in types else "individual"


def _scheme(iri: str, facts: Facts, concepts: int) -> SchemeAbout:
    return SchemeAbout(
        slug(iri),
        iri,
        first(facts, f"{_DCTERMS}title"),
        first(facts, f"{_DCTERMS}description"),
        texts(facts, f"{_DCTERMS}source"),
        texts(facts, f"{SKOS}note"),
        first(facts, f"{_OWL}versionInfo"),
        concepts,
    )
