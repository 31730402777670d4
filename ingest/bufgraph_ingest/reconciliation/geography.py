"""Distances on the globe."""

from math import asin, cos, radians, sin, sqrt

from bufgraph_ingest.reconciliation.things import Thing

EARTH_RADIUS_KM = 6371.0088
"""Mean radius (IUGG)."""


def distance_km(left: Thing, right: Thing) -> float | None:
    """Return the great-circle distance in kilometres; None when a place is not known."""
    if left.latitude is None or right.latitude is None or left.longitude is None or right.longitude is None:
        return None
    north, south = radians(left.latitude), radians(right.latitude)
    across = radians(right.longitude - left.longitude)
    chord = sin((south - north) / 2) ** 2 + cos(north) * cos(south) * sin(across / 2) ** 2
    return 2 * EARTH_RADIUS_KM * asin(sqrt(min(1.0, chord)))
