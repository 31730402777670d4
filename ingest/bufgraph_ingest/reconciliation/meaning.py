"""Practices of one town whose texts mean much the same, though their titles share no word."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Final

import numpy as np

from bufgraph.embeddings.port import Encoder
from bufgraph_ingest.reconciliation.blocking import Pair
from bufgraph_ingest.reconciliation.practices import CLOSE_MEANING
from bufgraph_ingest.reconciliation.things import Thing

_BATCH: Final = 1_000


def close_meanings(things: Sequence[Thing], encoder: Encoder) -> dict[Pair, float]:
    """Return the cosine of each pair of practices of one town whose title and summary mean much the same.

    Args:
        encoder: Reads English best; a text in another language seldom comes near its translation.
    """
    places: dict[str, list[int]] = defaultdict(list)
    for row, thing in enumerate(things):
        if thing.place:
            places[thing.place].append(row)
    found: dict[Pair, float] = {}
    for rows in places.values():
        if len(rows) > 1:
            texts = [f"{things[row].names[0]}. {things[row].text}" for row in rows]
            vectors = np.concatenate(
                [encoder.encode(texts[i : i + _BATCH]) for i in range(0, len(texts), _BATCH)]
            )
            for start in range(0, len(rows), _BATCH):
                near = vectors[start : start + _BATCH] @ vectors.T
                for a, b in np.argwhere(near >= CLOSE_MEANING):
                    left, right = rows[start + int(a)], rows[int(b)]
                    if left < right:
                        found[left, right] = round(float(near[a, b]), 4)
    return found
