"""Measures of a run by ``ir-measures`` (pytrec_eval, the reference implementation of TREC), intervals by SciPy."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import ir_measures
import numpy as np
from scipy import stats

from bufgraph.evaluation.judgments import RELEVANT, TestCollection

Run = Mapping[str, Sequence[tuple[str, float]]]
"""Topic → (slug of the practice, score), best first."""
MEASURES: Final[Mapping[str, ir_measures.Measure]] = {
    "nDCG@10": ir_measures.nDCG @ 10,
    "MRR@10": ir_measures.RR(rel=RELEVANT) @ 10,
    "Recall@50": ir_measures.R(rel=RELEVANT) @ 50,
    "Success@5": ir_measures.Success(rel=RELEVANT) @ 5,
}
"""nDCG with the grade as gain (Järvelin and Kekäläinen 2002); the others count grades 2 and 3 as relevant."""
_RESAMPLES: Final = 2_000
_SEED: Final = 20261124


@dataclass(frozen=True, slots=True)
class Estimate:
    """A mean over topics with its 95 % bootstrap interval (percentile method, 2,000 resamples of the topics)."""

    mean: float
    low: float
    high: float
    topics: int


def per_topic(collection: TestCollection, run: Run) -> dict[str, dict[str, float]]:
    """Return measure → topic → value, over the topics that have an answer.

    A topic that a run does not answer counts zero; one without any answer in the judgments is left out.
    """
    topics = [topic for topic in collection.topics if collection.answerable(topic)]
    qrels = [
        ir_measures.Qrel(topic, slug, grade)
        for topic in topics
        for slug, grade in collection.grades[topic].items()
    ]
    # Scores by rank: the order of a run is its own; equal scores must not be broken again by the tool.
    ranked = [
        ir_measures.ScoredDoc(topic, slug, -float(rank))
        for topic in topics
        for rank, (slug, _) in enumerate(run.get(topic, ()))
    ]
    values: dict[str, dict[str, float]] = {name: dict.fromkeys(topics, 0.0) for name in MEASURES}
    names = {str(measure): name for name, measure in MEASURES.items()}
    for metric in ir_measures.iter_calc(list(MEASURES.values()), qrels, ranked):
        values[names[str(metric.measure)]][metric.query_id] = float(metric.value)
    return values


def estimate(values: Sequence[float]) -> Estimate:
    """Return the mean with its interval; with fewer than two values the interval is the mean itself."""
    sample = np.asarray(values, dtype=np.float64)
    if sample.size == 0:
        return Estimate(float("nan"), float("nan"), float("nan"), 0)
    mean = float(sample.mean())
    if sample.size < 2 or np.ptp(sample) == 0:
        return Estimate(mean, mean, mean, int(sample.size))
    interval = stats.bootstrap(
        (sample,), np.mean, n_resamples=_RESAMPLES, method="percentile", rng=np.random.default_rng(_SEED)
    ).confidence_interval
    return Estimate(mean, float(interval.low), float(interval.high), int(sample.size))


def difference(better: Mapping[str, float], worse: Mapping[str, float]) -> Estimate:
    """Return the mean paired difference over common topics with its interval: one that excludes zero is a real one."""
    topics = sorted(better.keys() & worse.keys())
    return estimate([better[topic] - worse[topic] for topic in topics])
