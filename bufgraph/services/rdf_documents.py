"""Statements as documents: Turtle, JSON-LD with our context, N-Triples, RDF/XML."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import orjson

from bufgraph.graph.dumps import to_turtle
from bufgraph.graph.port import Term
from bufgraph.graph.syntaxes import rewrite
from bufgraph.namespaces import PREFIXES, RDF_TYPE, XSD
from bufgraph.services.describing_things import Triple

MEDIA_TYPES: Final = {
    "ttl": "text/turtle",
    "jsonld": "application/ld+json",
    "nt": "application/n-triples",
    "rdf": "application/rdf+xml",
}
"""Suffix of a document → its media type, the preferred one first."""

_STRING: Final = f"{XSD}string"
_ESCAPES: Final = str.maketrans(
    {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}
)
Json = dict[str, Any]  # Any: JSON


def write(triples: Sequence[Triple], suffix: str, context: Mapping[str, Any]) -> bytes:
    """Return statements as a document; the same statements in the same order give the same bytes, but for RDF/XML.

    Args:
        suffix: Of :data:`MEDIA_TYPES`.
        context: The ``@context`` of the records, with the base of the identifiers as ``bgd``.
    """
    if suffix == "jsonld":
        return orjson.dumps(
            to_json_ld(triples, context), option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE
        )
    lines = [n_triple(*triple) for triple in triples]
    if suffix == "nt":
        return "".join(lines).encode()
    if suffix == "ttl":
        return to_turtle((line.encode() for line in lines), _prefixes("".join(lines)))
    # pyoxigraph leaves a carriage return in a text as it is, which readers of XML take for the end of a line.
    return rewrite("".join(lines), MEDIA_TYPES[suffix]).replace(b"\r", b"&#xD;")


def _prefixes(lines: str) -> dict[str, str]:
    """Return the prefixes that make statements shorter; a slash within a name would have to be escaped each time."""
    return {
        name: space for name, space in PREFIXES.items() if f"<{space}" in lines and name not in ("bgd", "bgs")
    }


def n_triple(subject: str, predicate: str, term: Term) -> str:
    """Return a statement as a line of N-Triples (https://www.w3.org/TR/n-triples/)."""
    return f"{_named(subject)} <{predicate}> {_written(term)} .\n"


def _named(subject: str) -> str:
    return f"<{subject}>" if ":" in subject else f"_:{subject}"  # a blank node label has no colon


def _written(term: Term) -> str:
    if term.kind == "iri":
        return f"<{term.value}>"
    if term.kind == "bnode":
        return f"_:{term.value}"
    text = f'"{term.value.translate(_ESCAPES)}"'
    if term.language:
        return f"{text}@{term.language}"
    return text if term.datatype in (None, _STRING) else f"{text}^^<{term.datatype}>"


def to_json_ld(triples: Iterable[Triple], context: Mapping[str, Any]) -> Json:
    """Return statements as flat JSON-LD with the keys of a context, of which only what is used is written."""
    keys = _Keys(context)
    nodes: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for subject, predicate, term in triples:
        nodes[subject][predicate].append(term)
    graph = [keys.node(subject, properties) for subject, properties in nodes.items()]
    return {"@context": keys.used(), "@graph": graph}


class _Keys:
    """Shortens IRIs and values by a context, and remembers which entries that took."""

    def __init__(self, context: Mapping[str, Any]) -> None:
        self._context = context
        self._prefixes = {
            name: value
            for name, value in context.items()
            if isinstance(value, str) and value.endswith(("/", "#"))
        }
        self._terms: dict[str, str] = {}
        for name, entry in context.items():
            iri = entry.get("@id", "") if isinstance(entry, dict) else entry
            if name not in self._prefixes and isinstance(iri, str) and ":" in iri:
                self._terms.setdefault(self._expand(iri), name)
        self._used: set[str] = set()

    def node(self, subject: str, properties: Mapping[str, Sequence[Term]]) -> Json:
        node: Json = {"id": self._short(subject) if ":" in subject else f"_:{subject}"}
        for predicate, terms in properties.items():
            if predicate == RDF_TYPE:
                node["type"] = _few([self._class(term) for term in terms])
                continue
            name, values = self._property(predicate, terms)
            node[name] = values
        return node

    def used(self) -> Json:
        names = set(self._used)
        for name in self._used:
            entry = self._context[name]
            iris = (entry.get("@id", ""), entry.get("@type", "")) if isinstance(entry, dict) else (entry,)
            names |= {prefix for iri in iris if (prefix := iri.partition(":")[0]) in self._prefixes}
        kept = {name: value for name, value in self._context.items() if name in names}
        return {"@version": 1.1, "id": "@id", "type": "@type", **kept}

    def _property(self, predicate: str, terms: Sequence[Term]) -> tuple[str, Any]:  # Any: JSON
        name = self._terms.get(predicate)
        entry = self._context.get(name, {}) if name else {}
        kind = entry if isinstance(entry, dict) else {}
        if name and kind.get("@container") == "@language":
            if all(term.language for term in terms):
                self._used.add(name)
                return name, _by_language(terms)
        elif name and (values := self._coerced(kind, terms)) is not None:
            self._used.add(name)
            return name, _few(values)
        return self._short(predicate), _few([self._value(term) for term in terms])

    def _coerced(self, kind: Mapping[str, str], terms: Sequence[Term]) -> list[Any] | None:  # Any: JSON
        """Return values as an entry of the context says they are written; None when one is of another kind."""
        if kind.get("@type") == "@id":
            return [self._short(t.value) for t in terms] if all(t.kind == "iri" for t in terms) else None
        if "@type" in kind:
            datatype = self._expand(kind["@type"])
            return [t.value for t in terms] if all(t.datatype == datatype for t in terms) else None
        if "@language" in kind:
            return [t.value for t in terms] if all(t.language == kind["@language"] for t in terms) else None
        return [self._value(term) for term in terms]

    def _value(self, term: Term) -> Any:  # Any: JSON
        if term.kind == "iri":
            return {"id": self._short(term.value)}
        if term.kind == "bnode":
            return {"id": f"_:{term.value}"}
        if term.language:
            return {"@value": term.value, "@language": term.language}
        if term.datatype in (None, _STRING):
            return term.value
        if term.datatype == f"{XSD}boolean" and term.value in ("true", "false"):
            return term.value == "true"
        return {"@value": term.value, "@type": self._short(term.datatype or _STRING)}

    def _class(self, term: Term) -> str:
        name = self._terms.get(term.value)
        if name is None or not isinstance(self._context[name], str):
            return self._short(term.value)
        self._used.add(name)
        return name

    def _short(self, iri: str) -> str:
        found = max(
            ((value, name) for name, value in self._prefixes.items() if iri.startswith(value)),
            key=lambda pair: len(pair[0]),
            default=None,
        )
        if found is None or iri[len(found[0]) :].startswith("//"):
            return iri
        self._used.add(found[1])
        return f"{found[1]}:{iri[len(found[0]) :]}"

    def _expand(self, compact: str) -> str:
        prefix, _, rest = compact.partition(":")
        return self._prefixes[prefix] + rest if prefix in self._prefixes else compact


def _few(values: list[Any]) -> Any:  # Any: JSON
    return values[0] if len(values) == 1 else values


def _by_language(terms: Iterable[Term]) -> Json:
    found: dict[str, list[str]] = defaultdict(list)
    for term in terms:
        found[term.language or ""].append(term.value)
    return {lang: _few(found[lang]) for lang in sorted(found)}
