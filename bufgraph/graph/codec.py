"""Records ⇄ RDF by the JSON-LD context: the one mapping, read from ``ontology/context.jsonld``."""

import types
import typing
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from dataclasses import MISSING, fields
from decimal import Decimal
from pathlib import Path
from typing import Any, TypeVar

import orjson

from bufgraph.errors import InvalidInputError
from bufgraph.graph.port import GraphStore, Term
from bufgraph.model import (
    Adoption,
    AssessmentModel,
    Catalogue,
    Citation,
    City,
    CityFeature,
    CityNeed,
    Concept,
    CountryFeature,
    Expert,
    GoodPractice,
    Lesson,
    Observation,
    Obstacle,
    Organisation,
    Participation,
    Record,
    Region,
    Result,
    SourceDocument,
    TransferCondition,
    Translation,
)
from bufgraph.namespaces import OWL_SAME_AS, RDF_TYPE, XSD

R = TypeVar("R", bound=Record)
Node = Mapping[str, list[Term]]
"""The outgoing properties of one subject: predicate IRI → objects."""

Json = dict[str, Any]  # Any: JSON is any of six types

_JOINED = ("alt_label", "exact_match", "citation", "source", "note")
"""Properties of which records that mean one thing keep all values."""
_KINDS: dict[str, tuple[str, type[Record]]] = {
    "cities": ("City", City),
    "regions": ("Region", Region),
    "organisations": ("Organization", Organisation),
    "experts": ("Expert", Expert),
    "practices": ("GoodPractice", GoodPractice),
    "translations": ("Translation", Translation),
    "conditions": ("TransferCondition", TransferCondition),
    "features": ("CityFeature", CityFeature),
    "country_features": ("CountryFeature", CountryFeature),
    "adoptions": ("Adoption", Adoption),
    "participations": ("Participation", Participation),
    "results": ("Result", Result),
    "lessons": ("Lesson", Lesson),
    "obstacles": ("Obstacle", Obstacle),
    "needs": ("CityNeed", CityNeed),
    "observations": ("Observation", Observation),
    "models": ("AssessmentModel", AssessmentModel),
    "citations": ("Citation", Citation),
    "documents": ("SourceDocument", SourceDocument),
}
"""Catalogue mapping → (class term of the context, record type)."""

_NUMBERS: dict[str, Callable[[str], object]] = {
    f"{XSD}integer": int,
    f"{XSD}gYear": int,
    f"{XSD}decimal": float,
    f"{XSD}double": float,
    f"{XSD}boolean": lambda text: text == "true",
}


class Codec:
    """Turns record JSON into JSON-LD and graph nodes into records.

    Args:
        context: The ``@context`` object of ``ontology/context.jsonld``.
        base_iri: Base of minted identifiers; takes the place of the prefix ``bgd`` in the context.
    """

    def __init__(self, context: Json, base_iri: str) -> None:
        self.context = {**context, "bgd": base_iri}
        self._terms = {
            name: self.expand(entry["@id"] if isinstance(entry, dict) else entry)
            for name, entry in self.context.items()
            if not name.startswith("@")
        }
        typed = {name: entry.get("@type") for name, entry in self.context.items() if isinstance(entry, dict)}
        self._decimals = frozenset(name for name, datatype in typed.items() if datatype == "xsd:decimal")
        self._references = frozenset(name for name, datatype in typed.items() if datatype == "@id")

    @classmethod
    def from_file(cls, path: Path, base_iri: str) -> "Codec":
        """Read the context from a file."""
        return cls(orjson.loads(path.read_bytes())["@context"], base_iri)

    def expand(self, compact: str) -> str:
        """Return the full IRI of a compact one (``bgd:city/fi-turku``); others come back unchanged."""
        prefix, colon, rest = compact.partition(":")
        entry = self.context.get(prefix)
        return entry + rest if colon and isinstance(entry, str) and not rest.startswith("//") else compact

    def knows(self, term: str) -> bool:
        """Tell whether a JSON key is a term of the context; JSON-LD would drop an unknown one in silence."""
        return term in self._terms

    def is_reference(self, term: str) -> bool:
        """Tell whether a key's values are IRIs."""
        return term in self._references

    def to_json_ld(self, records: Iterable[Json]) -> bytes:
        """Write record JSON as one JSON-LD document."""
        return b"".join(self.framed(orjson.dumps(self.exact(record)) for record in records))

    def framed(self, texts: Iterable[bytes]) -> Iterator[bytes]:
        """Yield the parts of a JSON-LD document of records that are :meth:`exact` and written as JSON already."""
        yield orjson.dumps({"@context": self.context, "@graph": []})[:-2]
        for number, text in enumerate(texts):
            if number:
                yield b","
            yield text
        yield b"]}"

    def exact(self, record: Json) -> Json:
        """Return a record whose decimals are texts, itself when it has none.

        JSON-LD writes a native float as "4.3E1", which is no xsd:decimal; a text keeps its digits.
        """
        changed: Json = {}
        for name, value in record.items():
            if not isinstance(value, str) and (exact := self._exact_value(name, value)) is not value:
                changed[name] = exact
        return {**record, **changed} if changed else record

    def _exact_value(self, name: str, value: object) -> object:
        if isinstance(value, list):
            parts = [self.exact(part) if isinstance(part, dict) else part for part in value]
            same = all(part is old for part, old in zip(parts, value, strict=True))
            return value if same else parts
        if isinstance(value, dict):
            return self.exact(value) if "id" in value else value
        if isinstance(value, int | float) and not isinstance(value, bool) and name in self._decimals:
            return format(Decimal(repr(value)), "f")
        return value

    def decode(self, iri: str, node: Node, record_type: type[R]) -> R:
        """Make a record from the properties of a graph node.

        Raises:
            InvalidInputError: A property that the record type requires is missing.
        """
        values: dict[str, Any] = {"id": iri}  # Any: each field has its own type, given by _shape
        for field in fields(record_type):
            if field.name == "id":
                continue
            terms = node.get(self._terms[field.name], [])
            if terms:
                values[field.name] = _shape(field.type, terms)
            elif field.default is MISSING and field.default_factory is MISSING:
                raise InvalidInputError(
                    f"<{iri}> has no {self._terms[field.name]}, which a {record_type.__name__} needs", iri=iri
                )
        return record_type(**values)

    def read_catalogue(self, store: GraphStore) -> Catalogue:
        """Read every record of a store, in IRI order."""
        return Catalogue(**self._records(store.triples()))

    def reread(self, catalogue: Catalogue, store: GraphStore, changed: Collection[str]) -> Catalogue:
        """Return a catalogue with some records as the store has them now; those that are gone are left out.

        Args:
            catalogue: What the store held before; of what did not change it is right.
            changed: IRIs of all subjects of which the store says something else than before.
        """
        together = _same_things(store, changed)
        fresh = self._records(triple for iri in sorted(together) for triple in store.triples(subject=iri))
        mappings: dict[str, Any] = {}  # Any: each mapping has its own record type
        for name, found in fresh.items():
            known = getattr(catalogue, name)
            if found or not together.isdisjoint(known):
                kept = {iri: record for iri, record in known.items() if iri not in together}
                mappings[name] = dict(sorted((kept | found).items()))
            else:
                mappings[name] = known
        return Catalogue(**mappings)

    def _records(self, triples: Iterable[tuple[str, str, Term]]) -> dict[str, dict[str, Any]]:
        nodes: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
        for subject, predicate, term in triples:
            objects = nodes[subject][predicate]
            if term not in objects:
                objects.append(term)
        self._fold_aliases(nodes)
        by_type: dict[str, list[str]] = defaultdict(list)
        for iri in sorted(nodes):
            for term in nodes[iri].get(RDF_TYPE, ()):
                by_type[term.value].append(iri)
        mappings: dict[str, dict[str, Any]] = {  # Any: each mapping has its own record type
            name: {iri: self.decode(iri, nodes[iri], kind) for iri in by_type[self._terms[term]]}
            for name, (term, kind) in _KINDS.items()
        }
        mappings["organisations"] |= mappings["experts"]
        concepts = by_type[self.expand("skos:Concept")]
        mappings["concepts"] = {iri: self.decode(iri, nodes[iri], Concept) for iri in concepts}
        return mappings

    def _fold_aliases(self, nodes: dict[str, dict[str, list[Term]]]) -> None:
        """Make one node of records that mean one thing (owl:sameAs): what the chosen one says counts, what it lacks comes from the other.

        Names, links and sources of both are kept. The graph itself holds both, with their sources.
        """
        joined = {self._terms[name] for name in _JOINED}
        for alias in sorted(iri for iri, properties in nodes.items() if OWL_SAME_AS in properties):
            for canonical in nodes[alias].pop(OWL_SAME_AS):
                if nodes[canonical.value].get(RDF_TYPE) != nodes[alias].get(RDF_TYPE):
                    continue
                own = nodes[canonical.value]
                for predicate, terms in nodes.pop(alias).items():
                    if predicate in joined:
                        own[predicate] += [term for term in terms if term not in own[predicate]]
                    elif predicate not in own:
                        own[predicate] = terms
                break


def _same_things(store: GraphStore, subjects: Collection[str]) -> set[str]:
    """Return subjects with all that mean the same things (owl:sameAs): they are read as one."""
    found, before = set(subjects), 0
    pairs = [
        (row["alias"].value, row["canonical"].value)
        for row in store.select(f"SELECT ?alias ?canonical WHERE {{ ?alias <{OWL_SAME_AS}> ?canonical }}")
    ]
    while len(found) > before:
        before = len(found)
        found.update(iri for pair in pairs if not found.isdisjoint(pair) for iri in pair)
    return found


def _shape(annotation: object, terms: list[Term]) -> object:
    """Give the objects of a property the shape that a field's type asks for."""
    origin = typing.get_origin(annotation)
    if origin is dict:
        many = typing.get_origin(typing.get_args(annotation)[1]) is tuple
        tagged: dict[str, Any] = {}  # Any: str or tuple[str, ...], as the annotation says
        for term in sorted(terms):
            tag = term.language or "und"
            tagged[tag] = (*tagged.get(tag, ()), term.value) if many else tagged.get(tag, term.value)
        return tagged
    values = sorted((_value(term) for term in terms), key=str)
    if origin is tuple:
        return tuple(values)
    if origin is types.UnionType or annotation in (str, int, float, bool):
        return values[0]
    raise TypeError(f"no rule for a field of type {annotation}")


def _value(term: Term) -> object:
    convert = _NUMBERS.get(term.datatype or "")
    return convert(term.value) if convert else term.value
