"""Reads shapes from Turtle into compiled shapes; what it does not know it refuses, never ignores."""

from collections.abc import Callable
from dataclasses import dataclass, field

import rdflib
from rdflib.collection import Collection as RdfList
from rdflib.namespace import RDF, SH
from rdflib.term import Node

from bufgraph.errors import MisconfiguredError
from bufgraph.namespaces import XSD
from bufgraph_ingest.gates import constraints
from bufgraph_ingest.gates.shape import SetTest, Shape, ValueTest
from bufgraph_ingest.gates.terms import RDF_LANG_STRING, Term

_NO_CONSTRAINT = frozenset(
    (
        *(RDF.type, SH.path, SH.name, SH.message, SH.description, SH.order, SH.group, SH.targetClass),
        SH.qualifiedMinCount,  # read together with sh:qualifiedValueShape
    )
)


@dataclass(frozen=True, slots=True)
class _Parts:
    value_tests: list[ValueTest] = field(default_factory=list)
    set_tests: list[SetTest] = field(default_factory=list)
    properties: list[Shape] = field(default_factory=list)


def compile_shapes(graph: rdflib.Graph) -> dict[str, list[Shape]]:
    """Return class IRI → the shapes that target its instances, in a stable order.

    Raises:
        MisconfiguredError: A shape uses a constraint or a path that the compiler does not know.
    """
    shapes: dict[str, list[Shape]] = {}
    for node, target in sorted(graph.subject_objects(SH.targetClass)):
        shapes.setdefault(str(target), []).append(_Compiler(graph).shape(node))
    return shapes


class _Compiler:
    def __init__(self, graph: rdflib.Graph) -> None:
        self._graph = graph

    def shape(self, node: Node) -> Shape:
        parts = _Parts()
        for predicate, value in sorted(self._graph.predicate_objects(node)):
            if predicate not in _NO_CONSTRAINT:
                self._add(node, predicate, value, parts)
        path = self._graph.value(node, SH.path)
        if path is not None and not isinstance(path, rdflib.URIRef):
            raise MisconfiguredError(
                f"shape {node.n3()} has a path that is no single property; the gate knows no other"
            )
        message = str(self._graph.value(node, SH.message) or "does not fit its shape")
        return Shape(str(path or ""), message, parts.value_tests, parts.set_tests, parts.properties)

    def _add(self, node: Node, predicate: Node, value: Node, parts: _Parts) -> None:
        if predicate == SH.property:
            parts.properties.append(self.shape(value))
        elif predicate == SH.qualifiedValueShape:
            count = int(str(self._graph.value(node, SH.qualifiedMinCount) or 0))
            parts.set_tests.append(constraints.qualified_min_count(self.shape(value), count))
        elif predicate in _VALUE_TESTS:
            parts.value_tests.append(_VALUE_TESTS[predicate](self, value))
        elif predicate in _SET_TESTS:
            parts.set_tests.append(_SET_TESTS[predicate](self, value))
        else:
            raise MisconfiguredError(
                f"a shape uses {predicate.n3()}, which the compiled gate does not know; add it to"
                " gates/constraints.py and gates/compiler.py, or take it out of the shape",
                iri=str(predicate),
            )

    def shapes(self, head: Node) -> list[Shape]:
        return [self.shape(member) for member in RdfList(self._graph, head)]

    def texts(self, head: Node) -> list[str]:
        return [str(member) for member in RdfList(self._graph, head)]

    def terms(self, head: Node) -> list[Term]:
        return [to_term(member) for member in RdfList(self._graph, head)]


def to_term(node: Node) -> Term:
    """Return a term of rdflib as one of ours."""
    if isinstance(node, rdflib.Literal):
        default = RDF_LANG_STRING if node.language else f"{XSD}string"
        return Term("literal", str(node), str(node.datatype or default), (node.language or "").lower())
    return Term("iri" if isinstance(node, rdflib.URIRef) else "blank", str(node))


def _literal(node: Node) -> rdflib.Literal:
    if not isinstance(node, rdflib.Literal):
        raise MisconfiguredError(f"a shape gives {node.n3()} where a number or text is expected")
    return node


_VALUE_TESTS: dict[Node, Callable[[_Compiler, Node], ValueTest]] = {
    SH.nodeKind: lambda compiler, value: constraints.node_kind(str(value)),
    SH["class"]: lambda compiler, value: constraints.class_(str(value)),
    SH.datatype: lambda compiler, value: constraints.datatype(str(value)),
    SH.pattern: lambda compiler, value: constraints.pattern(str(value)),
    SH.minLength: lambda compiler, value: constraints.min_length(int(str(value))),
    SH.languageIn: lambda compiler, value: constraints.language_in(compiler.texts(value)),
    SH["in"]: lambda compiler, value: constraints.in_(compiler.terms(value)),
    SH.minInclusive: lambda compiler, value: constraints.min_inclusive(_literal(value)),
    SH.maxInclusive: lambda compiler, value: constraints.max_inclusive(_literal(value)),
    SH["not"]: lambda compiler, value: constraints.not_(compiler.shape(value)),
    SH["and"]: lambda compiler, value: constraints.and_(compiler.shapes(value)),
    SH["or"]: lambda compiler, value: constraints.or_(compiler.shapes(value)),
    SH.xone: lambda compiler, value: constraints.xone(compiler.shapes(value)),
}

_SET_TESTS: dict[Node, Callable[[_Compiler, Node], SetTest]] = {
    SH.minCount: lambda compiler, value: constraints.min_count(int(str(value))),
    SH.maxCount: lambda compiler, value: constraints.max_count(int(str(value))),
    SH.hasValue: lambda compiler, value: constraints.has_value(to_term(value)),
    SH.uniqueLang: lambda compiler, value: constraints.unique_lang(str(value) == "true"),
    SH.disjoint: lambda compiler, value: constraints.disjoint(str(value)),
    SH.lessThan: lambda compiler, value: constraints.less_than(str(value)),
    SH.lessThanOrEquals: lambda compiler, value: constraints.less_than_or_equals(str(value)),
}
