"""Intervals of shares."""

from math import sqrt
from typing import Final

_Z: Final = 1.959964
"""Of the standard normal distribution, two-sided 95%."""


def wilson(part: float, whole: float) -> tuple[float, float]:
    """Return the 95% interval of a share by Wilson's score (Wilson 1927, doi:10.1080/01621459.1927.10502953).

    It stays inside [0, 1] and says something where all or none are right; values of one text are not independent, so the
    true interval is somewhat wider.

    Args:
        part: How many of them.
        whole: How many; may be a mean of two counts. 0 gives (0, 1).
    """
    if whole <= 0:
        return 0.0, 1.0
    share, spread = part / whole, _Z**2 / whole
    middle = (share + spread / 2) / (1 + spread)
    reach = _Z / (1 + spread) * sqrt(share * (1 - share) / whole + spread / (4 * whole))
    return max(0.0, middle - reach), min(1.0, middle + reach)
