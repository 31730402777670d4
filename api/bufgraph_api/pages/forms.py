"""Fields and addresses of forms."""

from collections.abc import Iterable
from urllib.parse import urlencode

from bufgraph.errors import InvalidInputError
from bufgraph.model import Catalogue


def query_string(pairs: Iterable[tuple[str, str]]) -> str:
    """Return the query string of a form without its empty fields."""
    return urlencode([(name, value) for name, value in pairs if value])


def whole_number(text: str, field: str) -> int | None:
    """Read a field of a form; an empty one is no condition.

    Raises:
        InvalidInputError: Anything but digits.
    """
    if not text.strip():
        return None
    if not text.strip().isdecimal():
        raise InvalidInputError(f"{field} is '{text}'; expected a whole number", field=field)
    return int(text)


def city_names(catalogue: Catalogue) -> list[str]:
    """Return the English names of all cities, for a field that suggests them."""
    return sorted({city.label for city in catalogue.cities.values()})
