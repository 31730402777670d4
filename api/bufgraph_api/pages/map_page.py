"""The map of cities and practices, and the same as a list."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from bufgraph.errors import InvalidInputError, NotFoundError
from bufgraph.model import Adoption, Catalogue, City
from bufgraph.namespaces import slug
from bufgraph.services.presentation import Presenter
from bufgraph_api.errors import status_of
from bufgraph_api.pages.city_maps import city_place, tried
from bufgraph_api.pages.place_map import map_of
from bufgraph_api.pages.rendering import render
from bufgraph_api.pages.static_files import static_file
from bufgraph_api.pages.vendored import MOVING_MAP, vendored
from bufgraph_api.pages.words import OUTCOMES
from bufgraph_api.state import Services, State

_NOTHING: Final[tuple[Adoption, ...]] = ()
Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class MapFilters:
    """What a map is to show; empty fields ask for everything.

    Attributes:
        challenge: Slug of a challenge.
        domain: Slug of a domain.
        country: ISO 3166-1 alpha-2.
        outcome: One of :data:`OUTCOMES`.
    """

    challenge: str = ""
    domain: str = ""
    country: str = ""
    outcome: str = ""

    def checked(self, catalogue: Catalogue) -> "MapFilters":
        """Return the filters, which the catalogue knows.

        Raises:
            NotFoundError: No such challenge or domain.
            InvalidInputError: No city of that country, or no such outcome.
        """
        if self.challenge:
            catalogue.challenge(self.challenge)
        if self.domain and self.domain not in _domains(catalogue):
            raise NotFoundError(f"there is no domain '{self.domain}'", kind="domain", slug=self.domain)
        if self.country and self.country not in {city.country_code for city in catalogue.cities.values()}:
            raise InvalidInputError(f"there is no city of the country '{self.country}'", field="country")
        if self.outcome and self.outcome not in OUTCOMES:
            raise InvalidInputError(
                f"outcome is '{self.outcome}'; expected one of {', '.join(OUTCOMES)}", field="outcome"
            )
        return self

    @property
    def about_practices(self) -> bool:
        """Whether only some practices are asked for, and so only the cities that have them."""
        return bool(self.challenge or self.domain or self.outcome)

    def keeps(self, catalogue: Catalogue) -> Callable[[Adoption], bool]:
        """Return the test that an adoption must pass."""
        challenges = {
            c.id
            for c in catalogue.challenges
            if (not self.challenge or c.slug == self.challenge)
            and (not self.domain or self.domain in {slug(iri) for iri in catalogue.ancestors(c.id)})
        }
        anything = not (self.challenge or self.domain)

        def passes(adoption: Adoption) -> bool:
            return (not self.outcome or slug(adoption.outcome) == self.outcome) and (
                anything or not challenges.isdisjoint(catalogue.practices[adoption.practice].challenge)
            )

        return passes


def map_page(
    request: Request,
    services: Services,
    challenge: str = "",
    domain: str = "",
    country: str = "",
    outcome: str = "",
) -> Response:
    """The map, filtered by a form."""
    asked = MapFilters(challenge, domain, country, outcome)
    problem, status = None, 200
    try:
        filters = asked.checked(services.answers.catalogue)
    except (NotFoundError, InvalidInputError) as err:
        filters, problem, status = MapFilters(), err.message, status_of(err)
    found = list(_recorded(services.answers.catalogue, filters))
    return render(
        request, "map.html", status, form=asked, problem=problem, choices=_choices(services), moving=_moving(),
        map=_map(services.present, found, filters), groups=_groups(services.present, found, filters),
        regions=_regions(services.present, filters), number=sum(1 for _, adoptions in found if adoptions),
    )  # fmt: skip


def _recorded(catalogue: Catalogue, filters: MapFilters) -> Iterator[tuple[City, Sequence[Adoption]]]:
    """Yield the cities to show with what is recorded of them."""
    keeps = filters.keeps(catalogue)
    for city in catalogue.cities.values():
        if filters.country and city.country_code != filters.country:
            continue
        adoptions = [a for a in catalogue.adoptions_by_place.get(city.id, _NOTHING) if keeps(a)]
        if adoptions or not filters.about_practices:
            yield city, adoptions


def _map(present: Presenter, found: Sequence[tuple[City, Sequence[Adoption]]], filters: MapFilters) -> Any:
    places = []
    for city, adoptions in found:
        outcomes = [slug(a.outcome) for a in adoptions]
        places.append(city_place(present, city, outcomes, tried(outcomes), len(outcomes)))
    return map_of(places, whole_region=not filters.country)


def _groups(
    present: Presenter, found: Sequence[tuple[City, Sequence[Adoption]]], filters: MapFilters
) -> list[tuple[str, list[Json]]]:
    """Return the same as lists by country; with the practices where only some are asked for."""
    groups: dict[str, list[Json]] = {}
    for city, adoptions in found:
        entry = {
            **present.ref(city.id),
            "said": tried([slug(a.outcome) for a in adoptions]) if adoptions else None,
        }
        if filters.about_practices:
            entry["practices"] = [_attempt(present, a) for a in adoptions]
        groups.setdefault(city.country_code, []).append(entry)
    named = {present.tongue.country(code): entries for code, entries in groups.items()}
    return [(name, _by_label(named[name], present)) for name in sorted(named, key=present.tongue.order)]


def _regions(present: Presenter, filters: MapFilters) -> list[Json]:
    """Return what is recorded for regions, which are no point on a map."""
    catalogue = present.catalogue
    keeps = filters.keeps(catalogue)
    found = []
    for region in catalogue.regions.values():
        if filters.country and filters.country not in region.country_code.split("|"):
            continue
        adoptions = [a for a in catalogue.adoptions_by_place.get(region.id, _NOTHING) if keeps(a)]
        if adoptions:
            found.append({**present.place(region.id), "practices": [_attempt(present, a) for a in adoptions]})
    return _by_label(found, present)


def _attempt(present: Presenter, adoption: Adoption) -> Json:
    local = present.local(adoption.practice)
    return {**present.ref(adoption.practice), "local": local, "outcome": slug(adoption.outcome)}


def _choices(services: State) -> Json:
    """Return what the fields of the form offer."""
    present, catalogue, order = services.present, services.answers.catalogue, services.tongue.order
    by_subdomain: dict[str, list[Json]] = {}
    for challenge in catalogue.practices_by_challenge:
        parent = next(iter(catalogue.ancestors(challenge)), None)
        by_subdomain.setdefault(present.concept_label(parent), []).append(present.ref(challenge))
    codes = {city.country_code for city in catalogue.cities.values()}
    return {
        "challenges": [
            (name, _by_label(by_subdomain[name], present)) for name in sorted(by_subdomain, key=order)
        ],
        "domains": _by_label([present.ref(iri) for iri in _domains(catalogue).values()], present),
        "countries": sorted(
            ((code, present.tongue.country(code)) for code in codes), key=lambda pair: order(pair[1])
        ),
    }


def _by_label(refs: list[Json], present: Presenter) -> list[Json]:
    return sorted(refs, key=lambda ref: present.tongue.order(ref["label"]))


def _domains(catalogue: Catalogue) -> dict[str, str]:
    """Return slug → IRI of the domains that have challenges."""
    return {slug(above[-1]): above[-1] for c in catalogue.challenges if (above := catalogue.ancestors(c.id))}


def _moving() -> Json | None:
    """Return what the script loads when the map shall move; None where it is not installed."""
    files = vendored(*MOVING_MAP)
    if not files:
        return None
    style, script, region = files
    own = static_file("moving-map.css")
    return {"style": style, "script": script, "region": region, "own": own}
