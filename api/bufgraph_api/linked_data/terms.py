"""The ontology and the shapes: their terms have hash IRIs, so the document answers for all of them."""

import hashlib
import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from bufgraph.errors import NotFoundError
from bufgraph.graph.port import GraphStore
from bufgraph.graph.syntaxes import rewrite
from bufgraph.namespaces import ONTOLOGY
from bufgraph.resources import ontology_dir
from bufgraph.services.addresses import SHAPE
from bufgraph.services.export_descriptions import LICENCE
from bufgraph.services.rdf_documents import MEDIA_TYPES
from bufgraph_api.linked_data.answering import (
    document,
    is_known,
    links,
    negotiate,
    not_acceptable,
    see_other,
    split,
    tag,
)
from bufgraph_api.pages.rendering import render

_TERM: Final = re.compile(r"^(?=bgsh:\S+ )", re.MULTILINE)
_VERSION: Final = "SELECT ?s ?version WHERE { ?s <http://www.w3.org/2002/07/owl#versionIRI> ?version }"


@dataclass(frozen=True)
class Vocabulary:
    """Terms in files of ours.

    Attributes:
        iri: What precedes the ``#`` of a term.
        page: Address of the page about it.
    """

    iri: str
    files: tuple[Path, ...]
    page: str

    @cached_property
    def turtle(self) -> bytes:
        """The files one after the other: Turtle lets prefixes be declared again."""
        return b"\n".join(path.read_bytes() for path in self.files)

    @cached_property
    def digest(self) -> str:
        """What identifies the content."""
        return hashlib.sha256(self.turtle).hexdigest()[:16]

    @cached_property
    def terms(self) -> tuple[tuple[str, str], ...]:
        """Name and Turtle of each term of the files."""
        blocks = (block for path in self.files for block in _TERM.split(path.read_text(encoding="utf-8"))[1:])
        return tuple((re.split(r"[:\s]", block, maxsplit=2)[1], block.rstrip()) for block in blocks)

    def document(self, suffix: str) -> bytes:
        """Return all terms in a syntax."""
        return self.turtle if suffix == "ttl" else rewrite(self.turtle.decode(), MEDIA_TYPES[suffix])


class TermAnswers:
    """Answers for the ontology and the shapes."""

    def __init__(self, graph: GraphStore) -> None:
        folder = ontology_dir()
        self._graph = graph
        self._vocabularies = {
            "/ontology": Vocabulary(ONTOLOGY.removesuffix("#"), (folder / "bufgraph.ttl",), "/ontology"),
            "/shape": Vocabulary(
                SHAPE.removesuffix("#"), tuple(sorted((folder / "shapes").glob("*.ttl"))), "/shape.html"
            ),
        }

    @property
    def paths(self) -> tuple[str, ...]:
        """Paths of the vocabularies."""
        return tuple(self._vocabularies)

    def answer(self, request: Request) -> Response:
        """Give the terms; by suffix, or as the client likes them best."""
        path, asked = split(request.scope["path"])
        known = self._vocabularies[path]
        suffix = asked or negotiate(request)
        if suffix is None:
            return not_acceptable(request)
        link = links(path, known.iri, licences=(LICENCE,), page=known.page)
        if suffix == "html" and asked and known.page == f"{path}.html":
            return render(request, "shapes.html", shapes=known.terms)
        if suffix == "html":
            return see_other(known.page, link)
        etag = tag(known.digest, suffix)
        content = None if is_known(request, etag) else known.document(suffix)
        return document(path, suffix, etag, link, content)

    def version(self, request: Request, version: str) -> Response:
        """Send on from the IRI of the current version; earlier ones are not kept here."""
        known = self._vocabularies["/ontology"]
        found = {row["version"].value for row in self._graph.select(_VERSION, {"s": known.iri})}
        if f"{known.iri}/{version}" not in found:
            current = ", ".join(sorted(iri.removeprefix(f"{known.iri}/") for iri in found))
            raise NotFoundError(
                f"there is no version '{version}' of the ontology here; the current one: {current}"
            )
        suffix = negotiate(request)
        if suffix is None:
            return not_acceptable(request)
        link = links("/ontology", known.iri, licences=(LICENCE,), page=known.page)
        return see_other("/ontology" if suffix == "html" else f"/ontology.{suffix}", link)
