"""Types of cities: groups with similar features."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from bufgraph.benchmarking.normalisation import Floats, Ints
from bufgraph.errors import InvalidInputError


@dataclass(frozen=True, slots=True)
class CityType:
    """One group.

    Attributes:
        members: IRIs of its cities, in their order.
        means: Feature → the group's mean, in the unit of the feature.
        sentences: The same in words, the feature that sets the group apart most first.
    """

    members: tuple[str, ...]
    means: Mapping[str, float]
    sentences: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Typology:
    """Cities in groups.

    Attributes:
        groups: The largest first, equal ones by their first city.
        silhouette: Mean silhouette width (Rousseeuw 1987) in [-1, 1] on the standardised features; above about 0.5
            the groups are distinct, near 0 they run into each other.
        unknown: Cities and features that were left out, as sentences.
    """

    groups: tuple[CityType, ...]
    silhouette: float
    unknown: tuple[str, ...]


def group(cities: Sequence[str], features: Mapping[str, Floats], k: int) -> Typology:
    """Group cities by Ward's criterion on standardised features; the order of the cities changes nothing.

    A city that lacks a feature is left out, and so is a feature that is the same for all.

    Args:
        features: Name → ``(cities,)``, NaN where missing.

    Raises:
        InvalidInputError: ``k`` is below 2 or not below the number of cities that can be grouped; no feature differs
            between cities; a feature has another number of values than there are cities.
    """
    order = sorted(range(len(cities)), key=lambda n: cities[n])
    table = _table(features, len(cities))[order]
    complete: NDArray[np.bool_] = np.isnan(table).sum(axis=1) == 0
    names = [cities[n] for n, whole in zip(order, complete, strict=True) if whole]
    if not 2 <= k < len(names):
        raise InvalidInputError(
            f"cannot make {k} groups of {len(names)} cities with all features; give at least 2, and fewer than cities",
            field="k",
        )
    known = table[complete]
    parting = known.max(axis=0) > known.min(axis=0)
    if not parting.any():
        raise InvalidInputError("all cities have the same features; give one that differs", field="features")
    labels, silhouette = _cluster((known - known.mean(axis=0))[:, parting] / known.std(axis=0)[parting], k)
    groups = [_describe(np.flatnonzero(labels == n), names, list(features), known) for n in range(k)]
    left_out = (
        [f"{len(cities) - len(names)} cities lack a feature and are left out"] if not complete.all() else []
    )
    flat = [
        f"{name} is the same for all and left out"
        for name, parts in zip(features, parting, strict=True)
        if not parts
    ]
    return Typology(
        tuple(sorted(groups, key=lambda g: (-len(g.members), g.members))), silhouette, (*left_out, *flat)
    )


def _table(features: Mapping[str, Floats], count: int) -> Floats:
    wrong = [name for name, values in features.items() if len(values) != count]
    if wrong or not features:
        raise InvalidInputError(
            f"the features {', '.join(wrong)} need one value for each of the {count} cities"
            if wrong
            else "no feature is given",
            field="features",
        )
    return np.column_stack(list(features.values())).astype(np.float64)


def _cluster(rows: Floats, k: int) -> tuple[Ints, float]:
    # Late, because scikit-learn takes a second to import and few callers group cities.
    from sklearn.cluster import AgglomerativeClustering  # noqa: PLC0415
    from sklearn.metrics import silhouette_score  # noqa: PLC0415

    labels: Ints = AgglomerativeClustering(n_clusters=k, linkage="ward").fit_predict(rows)
    return labels, float(silhouette_score(rows, labels))


def _describe(
    members: NDArray[np.intp], cities: Sequence[str], names: Sequence[str], table: Floats
) -> CityType:
    own, overall, spread = table[members].mean(axis=0), table.mean(axis=0), table.std(axis=0)
    apart = np.abs(own - overall) / np.where(spread > 0, spread, np.inf)
    sentences = tuple(
        f"{names[n]}: mean {own[n]:,.4g} in this group, {overall[n]:,.4g} over all"
        for n in np.argsort(-apart, kind="stable")
    )
    means = {name: float(mean) for name, mean in zip(names, own, strict=True)}
    return CityType(tuple(cities[n] for n in members), means, sentences)
