"""Named graphs of a store exchanged, and what is derived from them kept in step as far as that is cheap."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Final

from bufgraph.graph.port import GraphStore, Term
from bufgraph.namespaces import RDF_TYPE, bg
from bufgraph.resources import queries_dir

_TRANSLATES: Final = bg("translationOf")
_AGAIN: Final = ("needs", "practice-features")
"""Rules that are run again, over everything: together they take a sixth of a second. What the others derive is left as it
was, and taken out where it rests on what is gone."""
_DERIVED_FROM: Final = (
    "SELECT ?made ?ground ?graph WHERE { GRAPH ?graph { ?made prov:wasDerivedFrom ?ground } }"
)

Triple = tuple[str, str, Term]


@dataclass(frozen=True)
class GraphContent:
    """What is to stand in a named graph.

    Attributes:
        digest: SHA-256 that the manifest keeps; None for graphs that only describe others.
    """

    payload: bytes
    media_type: str
    digest: str | None = None


@dataclass
class Exchanged:
    """What became of a store.

    Attributes:
        things: IRIs of everything that differs now; ``growth``: by how many quads there are more.
    """

    things: set[str] = field(default_factory=set)
    growth: int = 0

    def count(self, came: Collection[Triple], went: Collection[Triple], *, tells: bool = True) -> None:
        """Take account of triples; ``tells``: whether they are about things at all."""
        self.growth += len(came) - len(went)
        if tells:
            self.things |= _things([*came, *went])


def exchange(store: GraphStore, changes: Mapping[str, GraphContent | None], base_iri: str) -> Exchanged:
    """Replace named graphs, or remove them, and run the cheap rules again.

    Args:
        changes: By IRI of the named graph; None removes it.
        base_iri: Of the operator; derived graphs lie below it.
    """
    made = Exchanged()
    for iri, content in changes.items():
        before = set(store.triples(named_graph=iri))
        if content is None:
            store.remove_graph(iri)
        else:
            store.replace_graph(iri, content.payload, content.media_type)
        now = set(store.triples(named_graph=iri))
        made.count(now - before, before - now, tells=content is None or content.digest is not None)
    derived = f"{base_iri}graph/derived/"
    for name in _AGAIN:
        rule = (queries_dir() / "derive" / f"{name}.rq").read_text(encoding="utf-8")
        made.count(*store.derive_again(rule, derived + name))
    _retract(store, made, derived)
    return made


def _things(triples: Iterable[Triple]) -> set[str]:
    """Return what triples are about, and what a translation among them translates."""
    return {iri for s, p, o in triples for iri in ((s, o.value) if p == _TRANSLATES else (s,))}


def _retract(store: GraphStore, made: Exchanged, derived: str) -> None:
    """Take out what is derived from things that are gone, and what is derived from that."""
    gone = {iri for iri in made.things if not any(p == RDF_TYPE for _, p, _ in store.triples(subject=iri))}
    graphs = {iri for iri in store.named_graphs() if iri.startswith(derived)}
    fresh = gone
    while fresh:
        made.growth -= store.remove_subjects(fresh, graphs)
        rows = (row for iri in fresh for row in store.select(_DERIVED_FROM, {"ground": iri}))
        fresh = {row["made"].value for row in rows if row["graph"].value in graphs} - gone
        gone |= fresh
    made.things |= gone
