"""Distances on the earth."""

from math import asin, cos, radians, sin, sqrt

from bufgraph.model import City

_EARTH_RADIUS_KM = 6371.0088  # mean radius, IUGG


def distance_km(a: City, b: City) -> float | None:
    """Return the great-circle distance (haversine) in kilometres, or None when a position is unknown."""
    if a.latitude is None or a.longitude is None or b.latitude is None or b.longitude is None:
        return None
    phi_a, phi_b = radians(a.latitude), radians(b.latitude)
    half_lat = (phi_b - phi_a) / 2
    half_long = radians(b.longitude - a.longitude) / 2
    h = sin(half_lat) ** 2 + cos(phi_a) * cos(phi_b) * sin(half_long) ** 2
    return 2 * _EARTH_RADIUS_KM * asin(sqrt(h))
