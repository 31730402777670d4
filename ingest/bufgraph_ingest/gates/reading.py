"""Records to nodes without a detour over RDF text, for the plain forms that nearly all records have.

Whatever else JSON-LD allows goes through the parser, so the meaning of a record is always the context's. The
contract suite holds both ways together.
"""

import re
from collections.abc import Callable, Iterable
from decimal import Decimal
from functools import lru_cache

from bufgraph.graph.codec import Codec
from bufgraph.namespaces import RDF_TYPE, XSD
from bufgraph_ingest.gates.terms import RDF_LANG_STRING, Nodes, Term, literal, merge, read_nodes
from bufgraph_ingest.port import Json

_PLAIN_IRI = re.compile(r"(?:https?://|urn:)[!#-;=?-\[\]_a-z~]+").fullmatch
_PLAIN_TAG = re.compile(r"[a-z]{2,3}(?:-[a-z0-9]{2,8})*").fullmatch
_Make = Callable[[object], Term]


class _NotPlainError(Exception):
    """The record has a form that only the JSON-LD parser knows."""


class Reader:
    """Turns records into nodes, as the JSON-LD context says.

    Args:
        codec: Gives the context.
    """

    def __init__(self, codec: Codec) -> None:
        self._codec = codec
        self._prefixes = {
            name: entry
            for name, entry in codec.context.items()
            if isinstance(entry, str) and entry.endswith(("#", "/"))
        }
        self._iri = lru_cache(maxsize=65_536)(self._new_iri)
        self._class = lru_cache(maxsize=1_024)(self._new_class)
        self._makers = {
            name: (self._expanded(entry), self._maker(entry))
            for name, entry in codec.context.items()
            if name not in self._prefixes and not name.startswith("@") and name not in ("id", "type")
        }

    def read(self, records: Iterable[Json]) -> Nodes:
        """Return the nodes of records."""
        nodes: Nodes = {}
        others: list[Json] = []
        for record in records:
            own: Nodes = {}
            try:
                self._add(record, own)
            except _NotPlainError:
                others.append(record)
                continue
            if nodes.keys().isdisjoint(own):
                nodes.update(own)
            else:
                merge(nodes, own)
        if others:
            merge(nodes, read_nodes(self._codec.to_json_ld(others), "application/ld+json"))
        return nodes

    def _add(self, record: Json, nodes: Nodes) -> Term:
        subject = self._iri(record.get("id"))
        properties = nodes.setdefault(subject, {})
        for name, value in record.items():
            if name == "id":
                continue
            if name == "type":
                objects = properties.setdefault(RDF_TYPE, {})
                for part in value if isinstance(value, list) else (value,):
                    objects[self._class(part)] = None
                continue
            predicate, make = self._makers.get(name) or _refuse(name)
            if make is not None and type(value) is str:
                if predicate in properties:
                    properties[predicate][make(value)] = None
                else:
                    properties[predicate] = {make(value): None}
                continue
            if make is None:
                for term in _tagged(value):
                    properties.setdefault(predicate, {})[term] = None
                continue
            for part in value if isinstance(value, list) else (value,):
                term = self._add(part, nodes) if isinstance(part, dict) else make(part)
                properties.setdefault(predicate, {})[term] = None
        return subject

    def _new_class(self, name: object) -> Term:
        entry = self._codec.context.get(name) if isinstance(name, str) else None
        return self._iri(entry if isinstance(entry, str) and name not in self._prefixes else name)

    def _new_iri(self, text: object) -> Term:
        if not isinstance(text, str):
            raise _NotPlainError
        prefix, colon, rest = text.partition(":")
        base = self._prefixes.get(prefix) if colon and not rest.startswith("//") else None
        iri = base + rest if base else text
        if (colon and base is None and prefix in self._codec.context) or not _PLAIN_IRI(iri):
            raise _NotPlainError
        return Term("iri", iri)

    def _expanded(self, entry: str | Json) -> str:
        return self._codec.expand(entry if isinstance(entry, str) else entry["@id"])

    def _maker(self, entry: str | Json) -> _Make | None:
        """Return what makes a term of one value; None for a property with one text a language."""
        facts = {} if isinstance(entry, str) else entry
        if "@container" in facts:
            return None
        if (datatype := facts.get("@type")) == "@id":
            return self._iri
        if datatype is not None:
            return _typed(self._codec.expand(datatype))
        return _in_language(facts["@language"]) if "@language" in facts else _native


def _refuse(name: str) -> tuple[str, _Make]:
    raise _NotPlainError(name)


def _typed(datatype: str) -> _Make:
    exact = datatype == f"{XSD}decimal"

    def make(value: object) -> Term:
        if type(value) is str:
            return literal(value, datatype)
        if type(value) is int and abs(value) < 10**15:
            return literal(str(value), datatype)
        if type(value) is float and exact:  # as Codec.to_json_ld writes it
            return literal(format(Decimal(repr(value)), "f"), datatype)
        raise _NotPlainError

    return make


def _in_language(tag: str) -> _Make:
    def make(value: object) -> Term:
        if type(value) is not str:
            raise _NotPlainError
        return Term("literal", value, RDF_LANG_STRING, tag)

    return make


def _native(value: object) -> Term:
    if type(value) is str:
        return Term("literal", value, f"{XSD}string")
    if type(value) is bool:
        return literal("true" if value else "false", f"{XSD}boolean")
    if type(value) is int and abs(value) < 10**15:
        return literal(str(value), f"{XSD}integer")
    raise _NotPlainError


def _tagged(value: object) -> Iterable[Term]:
    if not isinstance(value, dict):
        raise _NotPlainError
    for tag, texts in value.items():
        for text in texts if isinstance(texts, list) else (texts,):
            if type(text) is not str or not _PLAIN_TAG(tag):
                raise _NotPlainError
            yield Term("literal", text, RDF_LANG_STRING, tag)
