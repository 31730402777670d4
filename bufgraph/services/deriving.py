"""Statements that a build derives by computation: evidence, profile scores, similar cities. Each kind has a graph of its own.

What SPARQL can derive is in ``bufgraph/graph/queries/derive``; these need more than a query. Everything here can be dropped and
made again.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import numpy as np

from bufgraph.benchmarking.indexes import index_definitions
from bufgraph.benchmarking.profile import Profiles
from bufgraph.matching.cities import CitySimilarity
from bufgraph.matching.evidence import Evidence
from bufgraph.model import Catalogue
from bufgraph.namespaces import SCHEME, slug

Json = dict[str, Any]  # Any: JSON

SIMILAR: Final = 10
"""Similar cities that are written down for each city."""
PRESET: Final = "balanced"


def evidence_records(evidence: Mapping[str, Evidence]) -> Iterator[Json]:
    """Yield the evidence level and score of every practice."""
    for iri, found in evidence.items():
        yield {
            "id": iri,
            "evidence_level": f"{SCHEME}evidence/level-{found.level}",
            "evidence_score": round(found.score, 4),
        }


def profile_records(catalogue: Catalogue, levels: Mapping[str, int]) -> Iterator[Json]:
    """Yield the score of every city in every dimension of every index, as observations of a data cube; no score, no record."""
    for index in index_definitions(catalogue).values():
        profiles = Profiles(catalogue, index, levels)
        scores = profiles.scores
        columns = [*((slug(d.key), d.key) for d in index.dimensions), ("overall", None)]
        for row, city in enumerate(profiles.cities):
            for column, (name, dimension) in enumerate(columns):
                if np.isnan(scores.dimensions[row, column]):
                    continue
                ranked = bool(scores.ranks[row, column] > 0)
                yield {
                    "id": f"bgd:profile-score/{slug(city)}--{index.name}--{name}", "type": "ProfileScore",
                    "data_set": "bg:profileScoreData", "ref_city": city, "index": index.name,
                    **({"profile_dimension": dimension} if dimension else {}),
                    "score": round(float(scores.dimensions[row, column]), 4),
                    "coverage": round(float(scores.coverage[row, column]), 4),
                    **({
                        "rank": int(scores.ranks[row, column]), "rank_low": int(scores.low[row, column]),
                        "rank_high": int(scores.high[row, column]),
                    } if ranked else {}),
                }  # fmt: skip


def similarity_records(catalogue: Catalogue, similarity: CitySimilarity) -> Iterator[Json]:
    """Yield the ten cities most similar to each city that has a known need or place, by the balanced preset."""
    for city in catalogue.cities.values():
        for found in similarity.similar(city, preset=PRESET, limit=SIMILAR):
            yield {
                "id": f"bgd:similarity/{city.slug}--{slug(found.city)}", "type": "CitySimilarity", "similarity_from": city.id,
                "similarity_to": found.city, "preset": PRESET, "score": round(found.score, 4), "rank": found.rank,
                "rank_low": found.low, "rank_high": found.high,
            }  # fmt: skip
