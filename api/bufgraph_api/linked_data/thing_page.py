"""The plain page of a thing that has no page made for it."""

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from bufgraph.graph.port import GraphStore, Term
from bufgraph.model import Catalogue
from bufgraph.namespaces import ONTOLOGY, PREFIXES, RDF_TYPE, SKOS, XSD, bg, slug
from bufgraph.services.addresses import Addresses
from bufgraph.services.describing_things import Description, Triple
from bufgraph.services.records import RecordPresenter

_LABELS = "SELECT ?s ?label WHERE { ?s rdfs:isDefinedBy ?ontology ; rdfs:label ?label }"
_NAMING: Final = (
    f"{SKOS}prefLabel", f"{PREFIXES['dcterms']}title", f"{PREFIXES['foaf']}name", f"{PREFIXES['rdfs']}label", bg("metric"),
)  # fmt: skip
_OTHERS: Final = {
    f"{SKOS}prefLabel": "name",
    f"{SKOS}altLabel": "other names",
    f"{SKOS}hiddenLabel": "found by",
}
"""Words for terms of other vocabularies; the rest are shown as they are called."""
_WORD: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


@dataclass(frozen=True, slots=True)
class Value:
    """A value as it is shown; ``href`` is empty for plain text, ``lang`` for text without a language."""

    text: str
    href: str = ""
    lang: str = ""


@dataclass(frozen=True, slots=True)
class ThingPart:
    """A thing or one of its parts: what it is and what is said of it."""

    iri: str
    label: str
    kind: str
    href: str
    facts: tuple[tuple[str, tuple[Value, ...]], ...]


@dataclass(frozen=True, slots=True)
class ThingPage:
    """What the page shows; ``links`` are (other record, what it says of the thing)."""

    thing: ThingPart
    parts: tuple[ThingPart, ...]
    links: tuple[tuple[Value, str], ...]
    is_cut: bool


class ThingPages:
    """Makes pages of descriptions."""

    def __init__(self, graph: GraphStore, catalogue: Catalogue, addresses: Addresses) -> None:
        self._graph = graph
        self._addresses = addresses
        self._presenter = RecordPresenter(catalogue, {})

    def page(self, description: Description) -> ThingPage:
        """Return a thing as people read it."""
        parts: dict[str, list[Triple]] = defaultdict(list)
        for triple in description.parts:
            parts[triple[0]].append(triple)
        return ThingPage(
            self._part(description.iri, description.own),
            tuple(self._part(iri, statements) for iri, statements in parts.items()),
            tuple(
                (self._reference(iri), self._property(predicate)) for iri, predicate, _ in description.links
            ),
            description.is_cut,
        )

    @cached_property
    def _terms(self) -> dict[str, str]:
        return {row["s"].value: row["label"].value for row in self._graph.select(_LABELS)}

    def _part(self, iri: str, statements: Iterable[Triple]) -> ThingPart:
        values: dict[str, list[Term]] = defaultdict(list)
        for _, predicate, term in statements:
            values[predicate].append(term)
        kinds = [self._property(term.value) for term in values.pop(RDF_TYPE, [])]
        own = (term for name in _NAMING for term in values.get(name, ()) if term.language in (None, "en"))
        label = next((term.value for term in own), None) or self._name(iri)
        facts = ((self._property(name), tuple(map(self._value, terms))) for name, terms in values.items())
        return ThingPart(iri, label, ", ".join(kinds), self._addresses.path_of(iri) or iri, tuple(facts))

    def _property(self, iri: str) -> str:
        return self._terms.get(iri) or _OTHERS.get(iri) or _WORD.sub(" ", slug(iri)).lower()

    def _value(self, term: Term) -> Value:
        if term.kind == "iri":
            return self._reference(term.value)
        if term.datatype == f"{XSD}boolean":
            return Value("yes" if term.value == "true" else "no")
        return Value(term.value, lang=term.language or "")

    def _reference(self, iri: str) -> Value:
        path = self._addresses.path_of(iri)
        if iri.startswith(ONTOLOGY):
            return Value(self._property(iri), path or iri)
        if path is not None:
            return Value(self._name(iri), path)
        return Value(iri, iri if iri.startswith(("http://", "https://")) else "")

    def _name(self, iri: str) -> str:
        """Return the label of a record; one without a name of its own is called by kind and slug."""
        label, kind = self._presenter.label(iri), (self._addresses.path_of(iri) or "").split("/")[2:3]
        return f"{kind[0].replace('-', ' ')} {label}" if kind and label == slug(iri) else label
