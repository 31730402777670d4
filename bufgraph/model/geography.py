"""Where cities lie and how large they are."""

from math import asin, cos, radians, sin, sqrt
from typing import Final

from bufgraph.model.places import City

SIZE_CLASSES: Final = ((50_000, "small"), (250_000, "medium"), (1_000_000, "large"))
"""Upper bounds (exclusive) of the size classes of the scheme ``context``; above them a metropolis. All are steps of the joint definition
of cities by OECD and European Commission (Dijkstra and Poelman, Cities in Europe, DG Regio, Regional Focus 01/2012), which begins at
50,000 residents and calls what is smaller a town; half of our places are, so that they are one class and not the rest."""
SIZES: Final = (*(name for _, name in SIZE_CLASSES), "metropolis")
"""Names of the classes, smallest first."""
EARTH_RADIUS_KM: Final = 6371.0088  # mean radius, IUGG


def distance_km(a: City, b: City) -> float | None:
    """Return the great-circle distance (haversine) in kilometres, or None when a position is unknown."""
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    phi_a, phi_b = radians(a.latitude), radians(b.latitude)
    half_lat = (phi_b - phi_a) / 2
    half_long = radians(b.longitude - a.longitude) / 2
    h = sin(half_lat) ** 2 + cos(phi_a) * cos(phi_b) * sin(half_long) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(h))


def size_class(population: int | None) -> str | None:
    """Return ``small``, ``medium``, ``large`` or ``metropolis``, or None when the population is not known."""
    if population is None:
        return None
    return next((name for bound, name in SIZE_CLASSES if population < bound), "metropolis")
