"""More like this: practices with the same problem, the same kind of solution, or from a similar city."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, get_args

import numpy as np

from bufgraph.errors import InvalidInputError
from bufgraph.index.port import Positions, Scores
from bufgraph.index.search_index import SearchIndex
from bufgraph.model import Catalogue, City, GoodPractice

By = Literal["problem", "solution", "context"]
_TEXT: Final = 0.7
"""Share of the nearness of texts; the rest is the overlap of challenges or subdomains, set by hand."""

_KIND: Final = 0.74
"""Above it lie, of all pairs of the shipped practices, only those that do the same thing in different cities (solar heat in
Greifswald and Salaspils, bags for food waste in Oslo and Eskilstuna); below it kinds begin to mix."""


@dataclass(frozen=True, slots=True)
class LikePractice:
    """A practice like another.

    Attributes:
        score: In [0, 1].
        text: Cosine of the two problems or solutions, cut at 0.
        shared: Challenges (by problem) or subdomains (by solution) that both have.
        city: Similarity of the two first cities; None unless asked by context.
    """

    rank: int
    practice: str
    score: float
    text: float
    shared: tuple[str, ...]
    city: float | None = None


class PracticeLikeness:
    """Finds practices like one.

    Args:
        similarity: Gives the similarity of every other city to one in [0, 1], by IRI, for the context.
    """

    def __init__(
        self, catalogue: Catalogue, index: SearchIndex, similarity: Callable[[City], Mapping[str, float]]
    ) -> None:
        self._catalogue = catalogue
        self._index = index
        self._similarity = similarity
        self._rows = {field: self._first_passages(field) for field in ("problem", "solution")}

    def _first_passages(self, field: str) -> dict[str, int]:
        """Return practice → position of its own text of a field; typical needs come behind it."""
        rows: dict[str, int] = {}
        for position, passage in enumerate(self._index.passages):
            if passage.record_type == "practice" and passage.field == field:
                rows.setdefault(passage.record, position)
        return rows

    def like(self, practice: GoodPractice, *, by: str, limit: int) -> list[LikePractice]:
        """Return the practices most like one, best first; equal scores by IRI.

        By *problem* or *solution*: ``0.7 * cosine + 0.3 * Jaccard`` over challenges or subdomains. By *context*: city
        similarity of the two first cities times ``0.5 + 0.5 * cosine`` of the problems, so that a similar city with
        an unrelated practice does not win; practices that began in a region have no city and are left out.

        Raises:
            InvalidInputError: ``by`` is none of the three.
        """
        if by not in get_args(By):
            raise InvalidInputError(f"unknown 'by' '{by}'; choose from {', '.join(get_args(By))}", field="by")
        text = self._nearness(practice, "solution" if by == "solution" else "problem")
        found: list[tuple[float, str, float, tuple[str, ...], float | None]] = []
        for iri, cosine in text.items():
            other = self._catalogue.practices[iri]
            if by == "context":
                city = self._of_cities(practice, other)
                if city is not None:
                    found.append((city * (0.5 + 0.5 * cosine), iri, cosine, (), city))
                continue
            mine, theirs = (
                (practice.challenge, other.challenge)
                if by == "problem"
                else (practice.subdomain, other.subdomain)
            )
            shared = tuple(c for c in mine if c in theirs)
            union = len({*mine, *theirs})
            jaccard = len(shared) / union if union else 0.0
            found.append((_TEXT * cosine + (1 - _TEXT) * jaccard, iri, cosine, shared, None))
        found.sort(key=lambda row: (-row[0], row[1]))
        return [
            LikePractice(rank, iri, score, cosine, shared, city)
            for rank, (score, iri, cosine, shared, city) in enumerate(found[:limit], 1)
        ]

    def leaders(self, ranked: Sequence[str]) -> dict[str, str]:
        """Return for practices that are of the same kind as a better one in a list: IRI → IRI of the first of the kind.

        So that five rows show five ideas: front ends fold them under the first. Of one kind are two practices whose problems and
        solutions have a mean cosine of at least 0.74.

        Args:
            ranked: IRIs of practices, best first.
        """
        known = [iri for iri in ranked if all(iri in rows for rows in self._rows.values())]
        vectors = {
            field: np.array([self._index.vectors.vector(rows[iri]) for iri in known])
            for field, rows in self._rows.items()
        }
        if len(known) < 2:
            return {}
        alike = sum(v @ v.T for v in vectors.values()) / len(vectors)
        found: dict[str, str] = {}
        for row, iri in enumerate(known):
            first = next(
                (
                    other
                    for place, other in enumerate(known[:row])
                    if other not in found and alike[row, place] >= _KIND
                ),
                None,
            )
            if first is not None:
                found[iri] = first
        return found

    def _nearness(self, practice: GoodPractice, field: str) -> Mapping[str, float]:
        rows = self._rows[field]
        if practice.id not in rows:
            return {}
        others = [iri for iri in rows if iri != practice.id]
        positions: Positions = np.array([rows[iri] for iri in others], dtype=np.int64)
        vector = self._index.vectors.vector(rows[practice.id])
        cosines: Scores = np.clip(self._index.vectors.scores(vector, positions), 0.0, 1.0)
        return dict(zip(others, cosines.tolist(), strict=True))

    def _of_cities(self, one: GoodPractice, other: GoodPractice) -> float | None:
        cities = self._catalogue.cities
        if one.origin not in cities or other.origin not in cities:
            return None
        if one.origin == other.origin:
            return 1.0
        return self._similarity(cities[one.origin])[other.origin]
