"""RDF in our own ontology, in any syntax and, for JSON-LD, with any context: back into our compact JSON."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from bufgraph.errors import InvalidInputError
from bufgraph.graph.codec import Codec
from bufgraph.namespaces import RDF_TYPE, XSD
from bufgraph_ingest.connectors.items import whole_file
from bufgraph_ingest.connectors.triples import Triples, triples_of
from bufgraph_ingest.port import Json, RawRecord, Reject

_NUMBERS: Final = {f"{XSD}integer", f"{XSD}gYear", f"{XSD}decimal", f"{XSD}double", f"{XSD}int"}
_SHORT: Final = ("bgd", "bgs", "country", "nuts", "wikidata", "geonames", "qunit")
"""Prefixes that our records write identifiers with."""
Object = ox.NamedNode | ox.BlankNode | ox.Literal


class OwnRdf:
    """Records of a file in our ontology; each thing of one of our classes is one."""

    def __init__(self, path: Path, name: str, codec: Codec) -> None:
        self._path = path
        self._collection = f"imports/{name}"
        self._codec = codec
        entries = {name: entry for name, entry in codec.context.items() if not name.startswith("@")}
        self._classes = {
            codec.expand(str(entry)): name for name, entry in entries.items() if name[0].isupper()
        }
        self._terms = {
            codec.expand(entry["@id"] if isinstance(entry, dict) else entry): (
                name,
                entry if isinstance(entry, dict) else {},
            )
            for name, entry in entries.items()
            if name[0].islower() and not str(entry).endswith(("/", "#"))
        }

    def read(self) -> Iterator[RawRecord | Reject]:
        """See the port; the line is the number of the record, in the order of identifiers."""
        file, number = self._path.name, 0
        try:
            with triples_of(self._path) as triples:
                for number, subject in enumerate(triples.subjects(frozenset(self._classes)), 1):
                    yield self._record(triples, subject, number)
                yield from self._remarks(triples, number)
        except (InvalidInputError, OSError) as err:
            yield whole_file(file, str(err), "write Turtle, N-Triples, TriG, RDF/XML or JSON-LD")

    def _remarks(self, triples: Triples, number: int) -> Iterator[Reject]:
        file = self._path.name
        if triples.fault:
            remedy = "mend it there; JSON-LD must have its context inside, as nothing is fetched"
            told = f" in or after {triples.broken}" if triples.broken else ""
            yield whole_file(
                file, f"the file cannot be read to its end: {triples.fault}{told}", remedy, number + 1
            )
        elif nameless := triples.nameless(frozenset(self._classes)):
            yield whole_file(
                file, f"{nameless} things have no identifier", "give each an IRI of its own", number + 1
            )
        elif not number:
            yield whole_file(
                file, "the file has nothing of our classes", "for other vocabularies use a mapping"
            )

    def _record(self, triples: Triples, subject: ox.NamedNode, number: int) -> RawRecord | Reject:
        record: Json = {"id": self._short(subject.value), "type": []}
        values: dict[str, list[Object]] = {}
        for predicate, value in triples.about(subject):
            if predicate == RDF_TYPE and value.value in self._classes:
                record["type"].append(self._classes[value.value])
            elif predicate != RDF_TYPE:
                values.setdefault(predicate, []).append(value)
        if len(record["type"]) == 1:
            record["type"] = record["type"][0]
        for predicate, objects in values.items():
            name, entry = self._terms.get(predicate, (predicate, {}))
            if foreign := _foreign(objects, entry):
                reason = f"the text is in '{foreign}'; expected English"
                return Reject(
                    self._path.name,
                    number,
                    str(record["id"]),
                    name,
                    reason,
                    subject.value,
                    remedy="add the text in English; translations have records of their own",
                )
            record[name] = self._value(objects, entry)
        return RawRecord(self._collection, self._path.name, number, record)

    def _value(self, objects: list[Object], entry: Json) -> Any:  # Any: JSON
        if entry.get("@container") == "@language":
            tagged: dict[str, list[str]] = {}
            for value in objects:
                language = value.language if isinstance(value, ox.Literal) else None
                tagged.setdefault(language or "und", []).append(value.value)
            return {tag: texts[0] if len(texts) == 1 else texts for tag, texts in sorted(tagged.items())}
        if entry.get("@language"):
            objects = [v for v in objects if _language(v) == entry["@language"]] or objects
        plain = [self._plain(value) for value in objects]
        return plain[0] if len(plain) == 1 else plain

    def _plain(self, value: Object) -> str | int | float | bool:
        if not isinstance(value, ox.Literal):
            return self._short(value.value)
        kind = value.datatype.value
        if kind == f"{XSD}boolean":
            return value.value in ("true", "1")
        if kind not in _NUMBERS:
            return value.value
        number = Decimal(value.value)
        return int(number) if number == number.to_integral_value() else float(number)

    def _short(self, iri: str) -> str:
        for prefix in _SHORT:
            base = str(self._codec.context[prefix])
            if iri.startswith(base):
                return f"{prefix}:{iri[len(base) :]}"
        return iri


def _language(value: Object) -> str | None:
    return value.language if isinstance(value, ox.Literal) else None


def _foreign(objects: list[Object], entry: Json) -> str:
    """Return the language of texts that should be in another one and are not; "" when all is well."""
    wanted = entry.get("@language")
    languages = {_language(value) for value in objects}
    return (
        ""
        if not wanted or wanted in languages or languages == {None}
        else str(sorted(map(str, languages))[0])
    )
