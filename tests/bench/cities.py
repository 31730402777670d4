"""Cities similar to one among many: ``python -m tests.bench.cities`` (half a minute).

Synthetic cities under the real challenges: sizes by Zipf's law, up to twelve needs, a third without any, six profile columns
with gaps. One thread.
"""

import platform
import statistics
import time
from dataclasses import replace

import numpy as np

from bufgraph.matching.cities import CitySimilarity
from bufgraph.matching.city_parts import CityParts, ProfileMatrix
from bufgraph.model import Catalogue, City, CityNeed
from bufgraph.services.composition import open_build
from bufgraph.settings import load_settings

SIZES = (406, 1_500, 5_000)
COUNTRIES = ("DE", "DK", "EE", "FI", "LT", "LV", "NO", "PL", "SE")


def world(shipped: Catalogue, size: int) -> tuple[Catalogue, ProfileMatrix]:
    """Return synthetic cities with needs and profiles."""
    rng = np.random.default_rng(20261124)
    challenges = shipped.challenges
    cities, needs = {}, {}
    for number in range(size):
        iri = f"bgd:city/c-{number:05}"
        known = rng.random() > 0.1
        cities[iri] = City(
            iri, {"en": f"City {number}"}, COUNTRIES[number % len(COUNTRIES)],
            latitude=float(rng.uniform(50, 70)), longitude=float(rng.uniform(8, 30)),
            population=int(2_000 * rng.zipf(1.6) % 2_000_000 + 500) if known else None,
            is_coastal=bool(rng.random() < 0.4) if known else None, has_port=bool(rng.random() < 0.3) if known else None,
        )  # fmt: skip
        for row in rng.choice(len(challenges), int(max(0, rng.integers(-6, 13))), replace=False):
            need = f"bgd:need/c-{number:05}--{row}"
            needs[need] = CityNeed(need, iri, challenges[row].id, "bgs:need-status/derived")
    scores = rng.standard_normal((size, 6))
    scores[rng.random(scores.shape) < 0.4] = np.nan
    profile = ProfileMatrix("synthetic", tuple(cities), tuple("abcdef"), scores)
    return replace(shipped, cities=cities, needs=needs), profile


def main() -> None:
    """Print milliseconds a question by number of cities."""
    say = print  # this is a script for people
    build = open_build(load_settings())
    say(f"machine: {platform.processor() or platform.machine()}, Python {platform.python_version()}")
    say("cities   first question   same city, new weights   made once")
    for size in SIZES:
        catalogue, profile = world(build.catalogue, size)
        start = time.perf_counter()
        parts = CityParts(catalogue, tuple(build.index.concepts), build.index.concept_vectors, profile)
        similarity = CitySimilarity(parts)
        made = time.perf_counter() - start
        first, again = [], []
        for number, iri in enumerate(list(catalogue.cities)[:60]):
            city = catalogue.cities[iri]
            start = time.perf_counter()
            similarity.similar(city)
            first.append((time.perf_counter() - start) * 1_000)
            start = time.perf_counter()
            similarity.similar(city, weights={"needs": 1 + number / 10, "profile": 1, "size": 2, "sea": 0.5})
            again.append((time.perf_counter() - start) * 1_000)
        say(
            f"{size:6,}   {statistics.median(first[5:]):7.1f} ms       {statistics.median(again[5:]):7.1f} ms            {made:6.2f} s"
        )


if __name__ == "__main__":
    main()
