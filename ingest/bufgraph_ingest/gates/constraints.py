"""The constraint components of SHACL Core that our shapes use, one small function each.

Names are those of https://www.w3.org/TR/shacl/ section 4. Where the standard and pySHACL leave room (the canonical
spelling of numbers, years as calendar dates), rdflib decides here too, as pySHACL is the reference.
"""

import re
from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import date, datetime, time
from decimal import Decimal
from typing import Final

from rdflib import Literal

from bufgraph.namespaces import XSD
from bufgraph_ingest.gates.shape import SetTest, Shape, ValueTest
from bufgraph_ingest.gates.terms import RDF_LANG_STRING, Term, World, as_rdflib

_SHACL = "http://www.w3.org/ns/shacl#"
_NODE_KINDS = {
    f"{_SHACL}{name}": kinds
    for name, kinds in {
        "IRI": ("iri",),
        "Literal": ("literal",),
        "BlankNode": ("blank",),
        "BlankNodeOrIRI": ("blank", "iri"),
        "BlankNodeOrLiteral": ("blank", "literal"),
        "IRIOrLiteral": ("iri", "literal"),
    }.items()
}
_PYTHON_TYPES: dict[str, type | tuple[type, ...]] = {
    f"{XSD}integer": int,
    f"{XSD}float": float,
    f"{XSD}decimal": Decimal,
    f"{XSD}boolean": bool,
    f"{XSD}date": date,
    f"{XSD}time": time,
    f"{XSD}dateTime": datetime,
}


def node_kind(kind: str) -> ValueTest:
    """The value is an IRI, a blank node or a literal."""
    kinds = _NODE_KINDS[kind]
    return lambda world, value: value.kind in kinds


def class_(iri: str) -> ValueTest:
    """The value is an instance of a class."""
    return lambda world, value: world.is_a(value, iri)


def datatype(iri: str) -> ValueTest:
    """The value is a literal of a datatype and spelled as one; NaN and infinity are no decimals.

    pySHACL takes them for decimals, and stops with an error where it has to compare one with a limit.
    """
    if iri in (RDF_LANG_STRING, f"{XSD}string"):
        return lambda world, value: value.datatype == iri

    def has_datatype(world: World, value: Term) -> bool:
        if value.datatype != iri:
            return False
        literal = as_rdflib(value.text, iri)
        fits = not literal.ill_typed and isinstance(literal.value, _PYTHON_TYPES.get(iri, object))
        return fits and not (isinstance(literal.value, Decimal) and not literal.value.is_finite())

    return has_datatype


def pattern(expression: str) -> ValueTest:
    """The value as text matches somewhere."""
    search = re.compile(expression).search
    return lambda world, value: value.kind != "blank" and search(value.text) is not None


def min_length(length: int) -> ValueTest:
    """The value as text has so many characters or more."""
    return lambda world, value: not length or (value.kind != "blank" and len(value.text) >= length)


def language_in(tags: Iterable[str]) -> ValueTest:
    """The value has one of the languages, or a variety of one (``en-GB`` of ``en``)."""
    known = frozenset(tag.lower() for tag in tags)
    return lambda world, value: bool(
        value.language and (value.language in known or value.language.partition("-")[0] in known)
    )


def in_(terms: Collection[Term]) -> ValueTest:
    """The value is one of a list."""
    known = frozenset(terms)
    return lambda world, value: value in known


def min_inclusive(limit: Literal) -> ValueTest:
    """The value is a number (or a date, a text: as the limit is) and not below it."""
    return lambda world, value: _order(value, limit) in (0, 1)


def max_inclusive(limit: Literal) -> ValueTest:
    """The value is of the limit's sort and not above it."""
    return lambda world, value: _order(value, limit) in (0, -1)


def not_(shape: Shape) -> ValueTest:
    """The value has a fault by another shape."""
    return lambda world, value: not shape.conforms(world, value)


def and_(shapes: Collection[Shape]) -> ValueTest:
    """The value conforms to every one of several shapes."""
    return lambda world, value: all(shape.conforms(world, value) for shape in shapes)


def or_(shapes: Collection[Shape]) -> ValueTest:
    """The value conforms to one or more of several shapes."""
    return lambda world, value: any(shape.conforms(world, value) for shape in shapes)


def xone(shapes: Collection[Shape]) -> ValueTest:
    """The value conforms to exactly one of several shapes."""
    return lambda world, value: sum(shape.conforms(world, value) for shape in shapes) == 1


def min_count(count: int) -> SetTest:
    """There are so many values or more."""
    return lambda world, focus, values: ("",) if len(values) < count else ()


def max_count(count: int) -> SetTest:
    """There are so many values or fewer."""
    return lambda world, focus, values: ("",) if len(values) > count else ()


def has_value(term: Term) -> SetTest:
    """One of the values is this one."""
    return lambda world, focus, values: () if term in values else ("",)


def unique_lang(wanted: bool) -> SetTest:
    """No two values have the same language; one fault a language."""

    def one_a_language(world: World, focus: Term, values: Collection[Term]) -> list[str]:
        if not wanted or len(values) < 2:
            return []
        tags = [value.language for value in values if value.language]
        return ["" for tag in set(tags) if tags.count(tag) > 1]

    return one_a_language


def qualified_min_count(shape: Shape, count: int) -> SetTest:
    """So many values or more conform to another shape."""
    return lambda world, focus, values: (
        ("",) if sum(shape.conforms(world, value) for value in values) < count else ()
    )


def disjoint(predicate: str) -> SetTest:
    """No value is also a value of another property."""

    def shared(world: World, focus: Term, values: Collection[Term]) -> Iterator[str]:
        others = world.objects(focus, predicate)
        return (value.text for value in values if value in others)

    return shared


def less_than(predicate: str) -> SetTest:
    """Every value is smaller than every value of another property."""
    return _pairs(predicate, lambda one, other: bool(one < other))


def less_than_or_equals(predicate: str) -> SetTest:
    """No value is greater than a value of another property."""
    return _pairs(predicate, lambda one, other: bool(one <= other))


def _pairs(predicate: str, in_order: Callable[[Literal, Literal], bool]) -> SetTest:
    def faults(world: World, focus: Term, values: Collection[Term]) -> Iterator[str]:
        for value in values:
            for other in world.objects(focus, predicate):
                if not _comparable(value, other) or not _holds(in_order, value, other):
                    yield value.text

    return faults


def _comparable(one: Term, other: Term) -> bool:
    return one.kind == other.kind == "literal" and _is_text(one) == _is_text(other)


def _holds(in_order: Callable[[Literal, Literal], bool], one: Term, other: Term) -> bool:
    try:
        return in_order(_literal(one), _literal(other))
    except (TypeError, ArithmeticError):
        return False  # the standard: what cannot be compared is a fault (pySHACL stops here instead)


_EXACT: Final = (int, Decimal)
"""Values whose order needs no thought; ``bool`` is none of them, for its class is another."""


def _order(value: Term, limit: Literal) -> int | None:
    """Return -1, 0 or 1 as a value is below, at or above a limit; None when they have no order."""
    if value.kind != "literal" or _is_text(value) != isinstance(limit.value, str):
        return None
    given = _literal(value)
    try:
        if type(given.value) in _EXACT and type(limit.value) in _EXACT:
            return int(given.value > limit.value) - int(given.value < limit.value)
        # Imported here: it costs a tenth of a second, and numbers are nearly all that is compared.
        from pyshacl.rdfutil import compare_literal  # noqa: PLC0415

        return int(compare_literal(given, limit))
    except (TypeError, NotImplementedError, ArithmeticError):
        return None


def _literal(term: Term) -> Literal:
    if term.language:
        return Literal(term.text, lang=term.language)
    return as_rdflib(term.text, term.datatype)


def _is_text(term: Term) -> bool:
    return isinstance(_literal(term).value, str)
