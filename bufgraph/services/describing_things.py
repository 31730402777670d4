"""What the graph says of one thing: its own statements, those of the records it is made of, and what points to it.

A concise bounded description (https://www.w3.org/submissions/CBD/) for a graph without blank nodes: in their place stand
the records that mean nothing alone, such as results, citations and conditions.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from difflib import get_close_matches
from itertools import islice
from typing import Final

from bufgraph.errors import NotFoundError
from bufgraph.graph.port import GraphStore, Row, Term
from bufgraph.model import Catalogue
from bufgraph.namespaces import PREFIXES, SKOS, bg, slug
from bufgraph.services.addresses import Addresses

MAX_LINKS: Final = 100
"""Most statements of other records about a thing."""
MAX_PARTS: Final = 1_000
"""Most records that a thing is made of."""
_MAX_NAMES: Final = 20_000
"""Most names that are compared with one that does not exist."""

_OWNS: Final = frozenset(
    [bg(name) for name in ("citation", "document", "hasResult", "hasLesson", "hasObstacle", "participation", "supportedBy", "source")]
    + [f"{PREFIXES['geo']}hasGeometry"]
)  # fmt: skip
"""Properties of a record whose values are parts of it."""
_BELONGS: Final = tuple(
    bg(name) for name in ("adoptionOf", "conditionOf", "translationOf", "needOf", "featureOf", "refCity")
)
"""Properties by which a part names the whole."""
_COLLECTIONS: Final = {
    "adoption": "adoptions", "citation": "citations", "city": "cities", "condition": "conditions",
    "country-feature": "country_features", "feature": "features", "lesson": "lessons", "model": "models", "need": "needs",
    "observation": "observations", "obstacle": "obstacles", "org": "organisations", "participation": "participations",
    "practice": "practices", "region": "regions", "result": "results", "source": "documents", "translation": "translations",
}  # fmt: skip
"""Kind in an IRI → mapping of the catalogue."""

_OWN = "SELECT DISTINCT ?s ?p ?o WHERE { ?s ?p ?o }"
_PARTS = f"SELECT DISTINCT ?s ?p ?o WHERE {{ ?s ?p ?o FILTER(isIRI(?s)) }} ORDER BY ?s LIMIT {MAX_PARTS}"
_LINKS = "SELECT DISTINCT ?s ?p ?o WHERE {{ ?s ?p ?o FILTER(isIRI(?s)) }} ORDER BY ?p ?s LIMIT {limit}"
_LICENCES = (
    "SELECT DISTINCT ?s ?licence WHERE { GRAPH ?graph { ?s ?p ?o } ?graph dcterms:license ?licence } ORDER BY ?licence"
)  # fmt: skip
_CONCEPTS = f"SELECT DISTINCT ?scheme ?s ?p ?o WHERE {{ ?s <{SKOS}inScheme> ?scheme ; ?p ?o }}"

Triple = tuple[str, str, Term]
"""Subject, predicate, object."""


@dataclass(frozen=True, slots=True)
class Description:
    """What is known of a thing.

    Attributes:
        own: Statements of which it is the subject.
        parts: Statements of its parts, part by part.
        links: Statements of other records about it; the first :data:`MAX_LINKS`.
        is_cut: Whether there are more links than these.
        licences: IRIs of the licences of the sources that speak of it.
    """

    iri: str
    own: tuple[Triple, ...]
    parts: tuple[Triple, ...] = ()
    links: tuple[Triple, ...] = ()
    is_cut: bool = False
    licences: tuple[str, ...] = ()

    def triples(self) -> list[Triple]:
        """Return every statement once, the thing's own first."""
        return list(dict.fromkeys((*self.own, *self.parts, *self.links)))


class Things:
    """Describes what a graph holds.

    Args:
        catalogue: The records of the graph, to name close ones when one does not exist.
    """

    def __init__(self, graph: GraphStore, catalogue: Catalogue, addresses: Addresses) -> None:
        self._graph = graph
        self._catalogue = catalogue
        self._addresses = addresses

    def exists(self, iri: str) -> bool:
        """Tell whether the graph says anything of a thing."""
        return bool(self._graph.select(f"{_OWN} LIMIT 1", {"s": iri}))

    def describe(self, iri: str) -> Description:
        """Return what is known of a thing; for a concept scheme, its concepts are its parts.

        Raises:
            NotFoundError: Nothing is; close names are told.
        """
        own = self._own(iri)
        if not own:
            raise self.unknown(iri)
        concepts = _sorted(self._graph.select(_CONCEPTS, {"scheme": iri}))
        parts = concepts or tuple(self._parts(iri, own))
        told = {*own, *parts}
        pointing = sum(1 for _, _, term in told if term == ("iri", iri, None, None))
        found = self._graph.select(_LINKS.format(limit=pointing + MAX_LINKS + 1), {"o": iri})
        links = [link for link in _sorted(found) if link not in told]
        licences = (row["licence"].value for row in self._graph.select(_LICENCES, {"s": iri}))
        return Description(iri, own, parts, tuple(links[:MAX_LINKS]), len(links) > MAX_LINKS, tuple(licences))

    def unknown(self, iri: str) -> NotFoundError:
        """Return the error for a thing that does not exist."""
        path = self._addresses.path_of(iri) or iri
        names = islice(self._names_beside(path), _MAX_NAMES)
        close = get_close_matches(slug(path), names, n=3, cutoff=0.6)
        above = path.rsplit("/", 1)[0]
        hint = (
            f"did you mean {' or '.join(f'{above}/{name}' for name in close)}?"
            if close
            else "/data has everything"
        )
        return NotFoundError(f"there is nothing at {path}; {hint}", iri=iri, suggestions=close)

    def _own(self, iri: str) -> tuple[Triple, ...]:
        return _sorted(self._graph.select(_OWN, {"s": iri}))

    def _parts(self, iri: str, own: Iterable[Triple]) -> Iterator[Triple]:
        """Yield the statements of the parts of a thing, of their parts, and so on."""
        waiting = [term.value for _, predicate, term in own if predicate in _OWNS and term.kind == "iri"]
        for predicate in _BELONGS:
            rows = self._graph.select(_PARTS, {"p": predicate, "o": iri})
            waiting += [row["s"].value for row in rows]
        seen = {iri}
        while waiting and len(seen) <= MAX_PARTS:
            part = waiting.pop(0)
            if part in seen:
                continue
            seen.add(part)
            found = self._own(part)
            yield from found
            waiting += [
                term.value for _, predicate, term in found if predicate in _OWNS and term.kind == "iri"
            ]

    def _names_beside(self, path: str) -> Iterator[str]:
        """Yield slugs of things of the same kind; a wrong first letter is too rare to compare with all."""
        _, space, *rest = path.split("/")
        name = slug(path)
        if space == "scheme":
            concepts = self._catalogue.concepts.values()
            if len(rest) == 1:
                yield from {slug(concept.scheme) for concept in concepts}
            else:
                yield from (concept.slug for concept in concepts if slug(concept.scheme) == rest[0])
        elif space == "id" and rest[0] in _COLLECTIONS:
            for iri in getattr(self._catalogue, _COLLECTIONS[rest[0]]):
                if (other := slug(iri))[:1] == name[:1]:
                    yield other


def _sorted(rows: Iterable[Row]) -> tuple[Triple, ...]:
    """Return rows as triples by subject, type first, then by predicate and object."""
    triples = ((row["s"].value, row["p"].value, row["o"]) for row in rows)
    rdf = PREFIXES["rdf"]
    return tuple(
        sorted(triples, key=lambda t: (t[0], t[1] != f"{rdf}type", t[1], t[2].value, t[2].language or "", t[2].datatype or ""))
    )  # fmt: skip
