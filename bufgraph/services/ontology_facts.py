"""What the graph says of single subjects, as text and links for people."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bufgraph.graph.port import Row, Term
from bufgraph.namespaces import ONTOLOGY, PREFIXES, SCHEME, compact, slug

Facts = Mapping[str, list[Term]]
"""Values of one subject, by the IRI of the predicate."""


@dataclass(frozen=True, slots=True)
class Link:
    """Something to name.

    Attributes:
        text: A label, or the short form of the IRI.
        href: Our page on it, else the IRI itself; empty where there is only the text.
    """

    text: str
    href: str


def by_subject(rows: Iterable[Row]) -> dict[str, Facts]:
    """Group rows of ``?s ?p ?o``; values of one predicate in the order of their text."""
    found: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in sorted(rows, key=lambda row: (row["s"].value, row["p"].value, row["o"].value)):
        found[row["s"].value][row["p"].value].append(row["o"])
    return {subject: dict(values) for subject, values in found.items()}


def texts(facts: Facts, *predicates: str) -> tuple[str, ...]:
    """Return the values of some predicates as text."""
    return tuple(term.value for predicate in predicates for term in facts.get(predicate, ()))


def first(facts: Facts, predicate: str) -> str:
    """Return one value as text; empty where there is none."""
    return next(iter(texts(facts, predicate)), "")


def link_to(iri: str, labels: Mapping[str, str] | None = None) -> Link:
    """Return where an IRI is shown: our terms and concepts on our pages, others at their own address."""
    text = (labels or {}).get(iri) or compact(iri)
    if iri.startswith(ONTOLOGY):
        return Link(text, f"/ontology#{slug(iri)}")
    if iri.startswith(SCHEME):
        scheme, _, concept = iri[len(SCHEME) :].partition("/")
        return Link(text, f"/scheme/{scheme}#{concept}" if concept else f"/scheme/{scheme}")
    return Link(text.replace("sdg:", "SDG target ") if iri.startswith(PREFIXES["sdg"]) else text, iri)


def links(facts: Facts, predicate: str, labels: Mapping[str, str] | None = None) -> tuple[Link, ...]:
    """Return the values of a predicate as links; a value in words has no address."""
    return tuple(
        link_to(term.value, labels) if term.kind == "iri" else Link(term.value, "")
        for term in facts.get(predicate, ())
    )
