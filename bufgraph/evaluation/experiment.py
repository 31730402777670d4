"""One experiment: several systems on one split, in numbers."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from bufgraph.evaluation.judgments import TestCollection, Topic
from bufgraph.evaluation.measures import MEASURES, Run, difference, estimate, per_topic

Json = dict[str, Any]  # Any: JSON


def compare(collection: TestCollection, runs: Mapping[str, Run], ours: str) -> Json:
    """Return the measures of every run, overall, by language and by domain, and how far ours is ahead.

    Args:
        runs: By name.
        ours: Name of the run that the others are compared with.

    Returns:
        ``systems`` (name → ``overall``, ``by_language``, ``by_domain``: group → measure → mean, low, high, topics) and
        ``ahead`` (name → measure → paired difference of ours to it).
    """
    values = {name: per_topic(collection, run) for name, run in runs.items()}
    topics = collection.topics
    return {
        "systems": {
            name: {
                "overall": _means(measured, list(topics)),
                "by_language": _grouped(measured, topics, lambda t: t.lang),
                "by_domain": _grouped(measured, topics, lambda t: t.domain),
                "by_style": _grouped(measured, topics, lambda t: t.style),
            }
            for name, measured in values.items()
        },
        "ahead": {
            name: {m: asdict(difference(values[ours][m], measured[m])) for m in MEASURES}
            for name, measured in values.items()
            if name != ours
        },
    }


def across_languages(collection: TestCollection, runs: Mapping[str, Run], reference: str = "en") -> Json:
    """Return how one system does on the same needs in every language: what differs is the language alone.

    Args:
        runs: Language → run over the topics in that language.
        reference: The language that the others are compared with.

    Returns:
        Language → ``measures`` (measure → mean, low, high, topics) and ``behind`` (measure → paired difference of the
        reference to it: positive where the language does worse).
    """
    values = {lang: per_topic(collection, run) for lang, run in runs.items()}
    return {
        lang: {
            "measures": _means(measured, list(collection.topics)),
            "behind": {m: asdict(difference(values[reference][m], measured[m])) for m in MEASURES},
        }
        for lang, measured in sorted(values.items())
    }


def _grouped(
    measured: Mapping[str, Mapping[str, float]], topics: Mapping[str, Topic], key: Callable[[Topic], str]
) -> Json:
    groups: dict[str, list[str]] = {}
    for topic in topics.values():
        groups.setdefault(key(topic), []).append(topic.id)
    return {
        group: found
        for group, ids in sorted(groups.items())
        if (found := _means(measured, ids))["nDCG@10"]["topics"]
    }


def _means(measured: Mapping[str, Mapping[str, float]], topics: Sequence[str]) -> Json:
    return {m: asdict(estimate([measured[m][t] for t in topics if t in measured[m]])) for m in MEASURES}
