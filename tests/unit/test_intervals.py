"""Wilson's interval of a share, against values of the literature and at its ends."""

import pytest

from bufgraph.evaluation.intervals import wilson


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(9, 10, 0.5958, 0.9821), (0, 10, 0, 0.2775), (10, 10, 0.7225, 1), (0, 0, 0, 1)],
)
def test_it_is_known_and_stays_between_nothing_and_all(
    part: int, whole: int, low: float, high: float
) -> None:
    assert wilson(part, whole) == pytest.approx((low, high), abs=1e-4)
