"""Any RDF file by a mapping: each named thing of the mapping's classes is an item, its properties are the fields."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import pyoxigraph as ox

from bufgraph.namespaces import RDF_TYPE, compact
from bufgraph_ingest.connectors.items import Item, whole_file
from bufgraph_ingest.connectors.triples import Subject, Triples, triples_of
from bufgraph_ingest.mappings.mapping import SourceMapping
from bufgraph_ingest.port import Reject

_DEPTH: Final = 3
"""Steps from a thing to what a mapping can read."""
_ENGLISH: Final = "en"
"""Language of our texts; what a thing says in another one is found under ``property@language`` only."""
_HTTP: Final = "http://schema.org/"


def rdf_items(path: Path, mapping: SourceMapping) -> Iterator[Item | Reject]:
    """Yield things with ``@id`` and, by compact IRI, their properties; a text also as ``property@language``.

    Things that they point to lie inside them, three steps deep, so a path such as ``schema:location/schema:name`` works.
    """
    number = 0
    with triples_of(path) as triples:
        for number, subject in enumerate(triples.subjects(frozenset(mapping.classes)), 1):
            yield Item(number, _thing(triples, subject, _DEPTH, frozenset()))
        if triples.fault:
            told = f" in or after {triples.broken}" if triples.broken else ""
            yield whole_file(
                path.name,
                f"the file cannot be read to its end: {triples.fault}{told}",
                "mend it there",
                number + 1,
            )
        elif not number:
            classes = ", ".join(mapping.classes)
            yield whole_file(path.name, f"the file has no named thing of {classes}", "use another mapping")


def _thing(
    triples: Triples, subject: Subject, depth: int, above: frozenset[str]
) -> dict[str, Any]:  # Any: JSON
    made: dict[str, Any] = {"@id": subject.value} if isinstance(subject, ox.NamedNode) else {}
    for predicate, value in triples.about(subject):
        name = _short(predicate)
        if predicate == RDF_TYPE:
            continue
        if isinstance(value, ox.Literal):
            tagged = [f"{name}@{value.language}"] if value.language else []
            names = [name, *tagged] if value.language in (None, _ENGLISH) else tagged
            told: Any = value.value
        else:
            names = [name]
            inner = depth > 1 and value.value not in above
            told = _thing(triples, value, depth - 1, above | {subject.value}) if inner else {}
            if isinstance(value, ox.NamedNode):
                told |= {"@id": value.value, "#text": value.value}
        for key in names:
            made[key] = [*_list(made[key]), told] if key in made else told
    return made


def _short(iri: str) -> str:
    """Compact an IRI; the two spellings of schema.org are one."""
    return compact(iri.replace(_HTTP, "https://schema.org/"))


def _list(value: Any) -> list[Any]:  # Any: JSON
    return value if isinstance(value, list) else [value]
