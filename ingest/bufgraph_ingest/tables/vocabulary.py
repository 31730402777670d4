"""Terms of the concept schemes, found by slug, IRI or label in any language."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from rapidfuzz import fuzz, process

from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.graph.port import Row
from bufgraph.namespaces import SCHEME, compact, slug
from bufgraph.text.normalise import fold
from bufgraph_ingest.tables.values import CellError

SUBDOMAIN: Final = "subdomain"
"""The concepts of the scheme ``domain`` that have a broader one: what a practice can be filed under."""
_LABELS: Final = """
SELECT ?concept ?label ?other ?broader WHERE {
  ?concept a skos:Concept ; skos:prefLabel ?label .
  OPTIONAL { ?concept skos:altLabel ?other }
  OPTIONAL { ?concept skos:broader ?broader }
}
ORDER BY ?concept ?label ?other
"""


@dataclass(frozen=True)
class Vocabulary:
    """The terms that cells may name.

    Attributes:
        names: By scheme: folded label or slug → compact IRIs of the concepts called so.
        labels: By scheme: English labels with the slugs, in the order of the slugs.
    """

    names: Mapping[str, Mapping[str, frozenset[str]]]
    labels: Mapping[str, Sequence[tuple[str, str]]]

    def find(self, text: str, schemes: Sequence[str]) -> str:
        """Return the compact IRI of the concept that a cell names.

        Raises:
            CellError: No concept is called so, or several are; close ones are offered.
        """
        key = fold(slug(text) if text.startswith((SCHEME, "bgs:")) else text)
        found = sorted({iri for scheme in schemes for iri in self.names[scheme].get(key, ())})
        if len(found) == 1:
            return found[0]
        told = " or ".join(schemes)
        if found:
            slugs = [slug(iri) for iri in found]
            raise CellError(f"'{text}' may mean {' or '.join(slugs)}", f"write one of {', '.join(slugs)}")
        raise CellError(f"there is no {told} '{text}'", self._offer(key, schemes))

    def _offer(self, key: str, schemes: Sequence[str]) -> str:
        known = [pair for scheme in schemes for pair in self.labels[scheme]]
        if len(known) <= 8:
            return f"write one of {', '.join(slug_ for _, slug_ in known)}"
        spellings = {
            fold(spelling): f"{slug_} ({label})" for label, slug_ in known for spelling in (slug_, label)
        }
        close = process.extract(key, list(spellings), scorer=fuzz.WRatio, limit=3, score_cutoff=70)
        names = list(dict.fromkeys(spellings[spelling] for spelling, _, _ in close))
        if names:
            return f"did you mean {' or '.join(names)}?"
        return "choose from the sheet 'Choices' of the template"


def read_vocabulary(ontology: Path, schemes: Iterable[str]) -> Vocabulary:
    """Read the concept schemes that the columns name."""
    rows = {scheme: _concepts(ontology, scheme) for scheme in sorted(set(schemes))}
    return Vocabulary(
        {scheme: _names(found) for scheme, found in rows.items()},
        {
            scheme: list(
                dict.fromkeys(
                    (row["label"].value, slug(row["concept"].value))
                    for row in found
                    if row["label"].language == "en"
                )
            )
            for scheme, found in rows.items()
        },
    )


def _concepts(ontology: Path, scheme: str) -> list[Row]:
    store = OxigraphStore.memory()
    path = ontology / "schemes" / f"{'domain' if scheme == SUBDOMAIN else scheme}.ttl"
    store.replace_graph("urn:scheme", path.read_bytes(), "text/turtle")
    return [row for row in store.select(_LABELS) if scheme != SUBDOMAIN or "broader" in row]


def _names(rows: Sequence[Row]) -> dict[str, frozenset[str]]:
    """Map folded spellings to concepts; another label never takes the place of a slug or of a concept's own label."""
    own: dict[str, set[str]] = defaultdict(set)
    others: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        iri = compact(row["concept"].value)
        own[fold(slug(iri))].add(iri)
        own[fold(row["label"].value)].add(iri)
        if "other" in row:
            others[fold(row["other"].value)].add(iri)
    return {key: frozenset(iris) for key, iris in {**others, **own}.items()}
