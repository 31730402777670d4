"""Cities by the beginning of a name, or by a name that was spelled not quite right."""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from typing import Any, Final

from rapidfuzz import fuzz, process

from bufgraph.errors import BufgraphError, NotFoundError
from bufgraph.localisation.phrases import Phrase, phrase
from bufgraph.model import Catalogue, City
from bufgraph.services.presentation import Presenter
from bufgraph.text.normalise import fold
from bufgraph_api.state import State

_CLOSE: Final = 72
"""Likeness in per cent (rapidfuzz ``ratio``) from which a name may be meant: two letters wrong in seven."""
_MOST_CLOSE: Final = 8
"""Names looked at for a misspelt one, the likest first; a city can have several of them."""
_LONGEST: Final = 100
"""Letters of a name that are looked at; no city has a longer one."""
Json = dict[str, Any]  # Any: JSON


def cities_named(catalogue: Catalogue, text: str) -> list[City]:
    """Return the cities of which a name in any language, or a word of it, begins with a text; else those spelled much like it.

    Args:
        text: As a person types it: capitals and accents do not matter.

    Returns:
        In the order of the catalogue, or the likest first.
    """
    wanted = fold(text.strip()[:_LONGEST])
    if not wanted:
        return []
    names = [(fold(name), city.id) for city in catalogue.cities.values() for name in _names(city)]
    found = dict.fromkeys(iri for name, iri in names if _begins(name, wanted)) or dict.fromkeys(
        _close(wanted, names)
    )
    return [catalogue.cities[iri] for iri in found]


def meant_cities(services: State, text: str) -> list[Json]:
    """Return the cities that a person may mean by a name that is not understood, or that several have."""
    wanted = fold(text.strip())
    cities = services.answers.catalogue.cities.values()
    same = [city for city in cities if wanted in map(fold, _names(city))]
    found = same or cities_named(services.answers.catalogue, text)
    return [
        {**services.present.ref(city.id), "country": city.country_code, "region": city.admin_region}
        for city in found[:_MOST_CLOSE]
    ]


def not_one_city(err: BufgraphError, name: str) -> Phrase:
    """Return why a name does not lead to a city, before the cities that may be meant are offered as links."""
    if isinstance(err, NotFoundError):
        return phrase("We know no city called “{name}”.", name=name)
    return phrase("Several cities are called “{name}”.", name=name)


def cities_by_country(services: State, cities: Iterable[City]) -> dict[str, list[Json]]:
    """Return cities by the code of their country, both by name, each with the number of practices recorded there."""
    tried, order = services.answers.catalogue.adoptions_by_place, services.tongue.order
    groups: dict[str, list[Json]] = {}
    for city in cities:
        entry = {**services.present.ref(city.id), "tried": len(tried.get(city.id, ()))}
        groups.setdefault(city.country_code, []).append(entry)
    return {
        code: sorted(groups[code], key=lambda entry: order(entry["label"]))
        for code in sorted(groups, key=lambda code: order(services.tongue.country(code)))
    }


@lru_cache(maxsize=32)
def suggested_names(present: Presenter) -> list[tuple[str, str]]:
    """Return the name of each city in the language of the page with its country code, for a field that suggests them."""
    names = {(present.label(city.id), city.country_code) for city in present.catalogue.cities.values()}
    return sorted(names, key=lambda pair: (present.tongue.order(pair[0]), pair))


def unmistakable(services: State, city: City) -> str:
    """Return what a field for cities understands as this one: its name, or its slug where another city is called so too."""
    name = services.present.label(city.id)
    try:
        is_clear = services.answers.find_city(name).id == city.id
    except BufgraphError:
        is_clear = False
    return name if is_clear else city.slug


def _names(city: City) -> Iterator[str]:
    yield city.slug
    yield from city.pref_label.values()
    yield from city.alt_label


def _begins(name: str, wanted: str) -> bool:
    return name.startswith(wanted) or any(f"{gap}{wanted}" in name for gap in " -")


def _close(wanted: str, names: list[tuple[str, str]]) -> Iterator[str]:
    """Yield the IRIs behind the names that are spelled most like a text."""
    choices = [name for name, _ in names]
    for _, _, position in process.extract(
        wanted, choices, scorer=fuzz.ratio, score_cutoff=_CLOSE, limit=_MOST_CLOSE
    ):
        yield names[position][1]
