"""Can the graph predict who adopts what, and does it group cities as others did?"""

import time
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import combinations
from pathlib import Path
from statistics import fmean
from typing import Any, Final

from bufgraph import __version__
from bufgraph.evaluation import transfer
from bufgraph.services.composition import Build
from bufgraph.services.evaluating import judgments_dir, read_published, write_published

Json = dict[str, Any]  # Any: JSON

PLEEC_TOGETHER: Final = ("fi-turku", "fi-jyvaskyla", "se-eskilstuna")
PLEEC_APART: Final = "ee-tartu"
"""The project PLEEC (2013-2016) found Turku, Jyväskylä and Eskilstuna alike among its model cities and Tartu apart from them."""


def results_file() -> Path:
    """Return the file with the published results."""
    return judgments_dir() / "transfers.json"


def evaluate_transfer(build: Build, progress: Callable[[str], None] = lambda _: None) -> Json:
    """Return how well known transfers are predicted beside plain baselines, and how PLEEC's grouping comes out."""
    progress("leaving out one known transfer after the other")
    started = time.perf_counter()
    parts = build.city_parts
    result = transfer.run(build.catalogue, build.encoder, parts.concepts, parts.kinship)
    return {
        "made_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "bufgraph": __version__,
        "build": build.manifest["build"],
        "seconds": round(time.perf_counter() - started, 1),
        **result,
        "pleec": pleec_grouping(build),
    }


def pleec_grouping(build: Build) -> Json:
    """Return, for each preset, how alike PLEEC's three cities are to each other and to the one that it found apart.

    ``reproduced`` when the mean within is above the mean to the one apart; ``nearest`` names each city's nearest of the four.
    Empty where a city is missing.
    """
    by_slug = {city.slug: city for city in build.catalogue.cities.values()}
    if not {*PLEEC_TOGETHER, PLEEC_APART} <= by_slug.keys():
        return {}
    names = (*PLEEC_TOGETHER, PLEEC_APART)
    found = {}
    for preset in ("structure", "balanced"):
        score = {
            (a, b): build.similarity.compare(by_slug[a], by_slug[b], preset=preset).score
            for a, b in combinations(names, 2)
        }
        score |= {(b, a): value for (a, b), value in score.items()}
        within = fmean(score[pair] for pair in combinations(PLEEC_TOGETHER, 2))
        apart = fmean(score[a, PLEEC_APART] for a in PLEEC_TOGETHER)
        found[preset] = {
            "within": within,
            "to_tartu": apart,
            "reproduced": within > apart,
            "nearest": {a: max((b for b in names if b != a), key=lambda b: score[a, b]) for a in names},
        }
    return found


def published() -> Json | None:
    """Return the published results, or None when there are none."""
    return read_published(results_file())


def publish(result: Json) -> Path:
    """Write a result where the page finds it; return the file."""
    return write_published(results_file(), result)
