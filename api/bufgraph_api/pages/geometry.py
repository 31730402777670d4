"""Plane geometry of the maps: the projection, the stretch that a map shows, lines of latitude and longitude, room for names.

Positions are kilometres east and south of a point in the middle of the region, so that a map can tell its scale.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, log, pi, radians, sin, tan
from math import pow as power
from typing import Final

from bufgraph.model.geography import EARTH_RADIUS_KM

_CENTRE: Final = (17.5, 60.0)
"""Longitude and latitude of the point that lies at (0, 0)."""
_PARALLELS: Final = (54.0, 66.0)
"""Latitudes that are shown at their true length: a sixth of the region's extent inside either end."""
BOUNDS: Final = (-1.0, 46.5, 42.0, 72.0)
"""West, south, east, north in degrees: what the coastlines cover. A place outside is told in words."""
_SMALLEST_KM: Final = 260.0
"""Least width of a map: on a closer one the coastlines would look coarse."""
_MARGIN: Final = 0.12
_ASPECT: Final = (0.72, 1.45)
"""Least and greatest width of a map divided by its height: fits a phone held upright and a column on a wide screen."""
_STEP_DEGREES: Final = (10, 5)
"""Between lines of longitude and of latitude."""
_LETTER: Final = 0.56
"""Mean width of a letter as a share of the type size."""
_BAND: Final = 50.0
"""Height of a band of :class:`Room`, in units of a map."""

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Frame:
    """The stretch of the plane that a map shows, in kilometres: upper left corner and size."""

    left: float
    top: float
    width: float
    height: float

    def holds(self, point: Point) -> bool:
        """Tell whether a point lies in it."""
        return 0 <= point[0] - self.left <= self.width and 0 <= point[1] - self.top <= self.height


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle: left, top, right, bottom."""

    left: float
    top: float
    right: float
    bottom: float

    def meets(self, other: "Box") -> bool:
        """Tell whether two rectangles overlap."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.top < other.bottom
            and other.top < self.bottom
        )


class Room:
    """What on a map is taken, by bands from top to bottom so that only near rectangles are compared."""

    def __init__(self) -> None:
        self._bands: dict[int, list[Box]] = defaultdict(list)

    def take(self, box: Box) -> None:
        """Let nothing more stand there."""
        for band in self._over(box):
            self._bands[band].append(box)

    def is_free(self, box: Box) -> bool:
        """Tell whether a rectangle meets nothing that is taken."""
        return not any(box.meets(other) for band in self._over(box) for other in self._bands.get(band, ()))

    @staticmethod
    def _over(box: Box) -> range:
        return range(int(box.top // _BAND), int(box.bottom // _BAND) + 1)


def project(longitude: float, latitude: float) -> Point:
    """Return where a position lies on the plane.

    Lambert's conformal conic projection of the sphere (J. P. Snyder, Map Projections: A Working Manual, US Geological Survey
    Professional Paper 1395, 1987, equations 14-1, 14-2, 14-4, 15-1 to 15-3).

    Returns:
        Kilometres east and south of the centre of the region.
    """
    rho = _rho(latitude)
    theta = _CONE * radians(longitude - _CENTRE[0])
    return rho * sin(theta), rho * cos(theta) - _rho(_CENTRE[1])


def is_covered(longitude: float, latitude: float) -> bool:
    """Tell whether a position lies within the coastlines that we have."""
    west, south, east, north = BOUNDS
    return west <= longitude <= east and south <= latitude <= north


def frame_around(points: Sequence[Point]) -> Frame:
    """Return a map that shows all points with some room around them.

    Args:
        points: At least one.
    """
    xs, ys = [x for x, _ in points], [y for _, y in points]
    width = max((max(xs) - min(xs)) * (1 + 2 * _MARGIN), _SMALLEST_KM)
    height = max((max(ys) - min(ys)) * (1 + 2 * _MARGIN), _SMALLEST_KM / _ASPECT[1])
    width, height = max(width, height * _ASPECT[0]), max(height, width / _ASPECT[1])
    return Frame((min(xs) + max(xs) - width) / 2, (min(ys) + max(ys) - height) / 2, width, height)


def region_frame() -> Frame:
    """Return the map of the whole region: from the Norwegian coast to Saint Petersburg, from southern Poland to Tromsø."""
    corners = ((4.6, 59.0), (31.4, 60.0), (17.0, 49.1), (19.0, 70.2))
    points = [project(longitude, latitude) for longitude, latitude in corners]
    left, right = points[0][0], points[1][0]
    top, bottom = points[3][1], points[2][1]
    return Frame(left, top, right - left, bottom - top)


def graticule() -> tuple[tuple[Point, ...], ...]:
    """Return lines of latitude and longitude over all that the coastlines cover."""
    west, south, east, north = (round(edge) for edge in BOUNDS)
    across, along = _STEP_DEGREES
    meridians = [
        tuple(project(degree, latitude) for latitude in (south, north))
        for degree in range(-(-west // across) * across, east + 1, across)
    ]
    parallels = [
        tuple(project(longitude, degree) for longitude in range(west, east + 1))
        for degree in range(-(-south // along) * along, north + 1, along)
    ]
    return (*meridians, *parallels)


def scale_km(width_km: float) -> int:
    """Return a round length of at most a quarter of a map's width: 1, 2 or 5 times a power of ten."""
    largest = width_km / 4
    return max(length for ten in (1, 10, 100, 1000) for n in (1, 2, 5) if (length := n * ten) <= largest)


def beside(at: Point, name: str, size: float, gap: float, width: float, room: Room) -> tuple[Box, str] | None:
    """Return where a name fits beside a point, to the right or else to the left, and how it is anchored; None where it fits nowhere.

    Args:
        at: The point.
        size: Type size.
        gap: Between the point and the name.
        width: Of the map.
        room: Where nothing more may stand.
    """
    x, y = at
    length = len(name) * size * _LETTER
    for anchor, left in (("start", x + gap), ("end", x - gap - length)):
        box = Box(left, y - size * 0.6, left + length, y + size * 0.6)
        if left >= 0 and box.right <= width and room.is_free(box):
            return box, anchor
    return None


def _half_angle_tangent(latitude: float) -> float:
    return tan(pi / 4 + radians(latitude) / 2)


_CONE: Final = log(cos(radians(_PARALLELS[0])) / cos(radians(_PARALLELS[1]))) / log(
    _half_angle_tangent(_PARALLELS[1]) / _half_angle_tangent(_PARALLELS[0])
)
_SCALE: Final = (
    EARTH_RADIUS_KM * cos(radians(_PARALLELS[0])) * power(_half_angle_tangent(_PARALLELS[0]), _CONE) / _CONE
)


def _rho(latitude: float) -> float:
    """Return the distance from the tip of the cone, in kilometres."""
    return _SCALE / power(_half_angle_tangent(latitude), _CONE)
