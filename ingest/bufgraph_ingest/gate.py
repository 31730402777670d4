"""The SHACL gate: records are validated before they meet the store (which normalises datatypes)."""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

import rdflib
from rdflib.namespace import SH

from bufgraph.graph.codec import Codec
from bufgraph.graph.oxigraph import to_ntriples
from bufgraph_ingest.port import Json


@dataclass(frozen=True, slots=True)
class Violation:
    """One failed constraint.

    Attributes:
        focus_node: IRI of the node that fails.
        path: IRI of the property, or "" when the node as a whole fails.
        message: The shape's own words.
        value: The value at fault, as text, or "".
    """

    focus_node: str
    path: str
    message: str
    value: str


def quiet_about_literals() -> None:
    """Let rdflib say nothing of ill-typed literals: it writes a traceback for each, and a gate gives its reason."""
    logging.getLogger("rdflib.term").setLevel(logging.ERROR)


class Gate:
    """Validates records against the shapes of the ontology.

    Args:
        ontology: Folder with ``shapes/*.ttl`` and ``schemes/*.ttl``; references to concepts are checked too.
    """

    def __init__(self, ontology: Path, codec: Codec) -> None:
        self._codec = codec
        quiet_about_literals()
        self._shapes = rdflib.Graph()
        for path in sorted((ontology / "shapes").glob("*.ttl")):
            self._shapes.parse(path)
        self._schemes = b"".join(
            to_ntriples(path.read_bytes(), "text/turtle")
            for path in sorted((ontology / "schemes").glob("*.ttl"))
        )

    def check(self, records: Iterable[Json]) -> list[Violation]:
        """Return what is wrong, by focus node, path and message; empty when all records conform."""
        # Imported here: it costs a tenth of a second, and the fast gate only needs what a violation is.
        from pyshacl import validate  # noqa: PLC0415

        graph = rdflib.Graph()
        triples = to_ntriples(self._codec.to_json_ld(records), "application/ld+json")
        graph.parse(data=triples + self._schemes, format="nt")
        conforms, report, _ = validate(graph, shacl_graph=self._shapes, inference="none", advanced=False)
        if conforms:
            return []
        assert isinstance(report, rdflib.Graph)
        found = [
            Violation(
                focus_node=str(report.value(result, SH.focusNode)),
                path=str(report.value(result, SH.resultPath) or ""),
                message=str(report.value(result, SH.resultMessage) or "does not fit its shape"),
                value="" if (value := report.value(result, SH.value)) is None else str(value),
            )
            for result in report.subjects(rdflib.RDF.type, SH.ValidationResult)
        ]
        return sorted(found, key=lambda v: (v.focus_node, v.path, v.message))
