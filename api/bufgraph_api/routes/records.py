"""The records: cities, practices, challenges, experts, and what the build holds."""

from collections.abc import Iterable, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query

from bufgraph.model import Record
from bufgraph_api.state import Services

router = APIRouter(prefix="/api", tags=["records"])
Json = dict[str, Any]  # Any: JSON

Offset = Annotated[int, Query(ge=0, description="Records to skip")]
PageSize = Annotated[int, Query(alias="limit", ge=1, le=500, description="Records on a page")]


def _page(records: Iterable[Record], services: Services, offset: int, size: int) -> Json:
    found: Sequence[Record] = sorted(records, key=lambda record: record.id)
    page = [services.present.ref(record.id) for record in found[offset : offset + size]]
    following = offset + size if offset + size < len(found) else None
    return {"total": len(found), "offset": offset, "next_offset": following, "results": page}


@router.get("/cities", summary="All cities")
def cities(services: Services, offset: Offset = 0, size: PageSize = 100) -> Json:
    """Cities by identifier."""
    return _page(services.answers.catalogue.cities.values(), services, offset, size)


@router.get("/cities/{slug}", summary="One city")
def city(services: Services, slug: str) -> Json:
    """A city with its needs, what it tried, and published facts."""
    return services.present.city(services.answers.catalogue.city(slug))


@router.get("/practices", summary="All practices")
def practices(services: Services, offset: Offset = 0, size: PageSize = 100) -> Json:
    """Practices by identifier."""
    return _page(services.answers.catalogue.practices.values(), services, offset, size)


@router.get("/practices/{slug}", summary="One practice")
def practice(services: Services, slug: str) -> Json:
    """A practice with its adoptions, results, lessons, obstacles and sources."""
    return services.present.practice(services.answers.catalogue.practice(slug))


@router.get("/challenges", summary="All challenges")
def challenges(services: Services, offset: Offset = 0, size: PageSize = 200) -> Json:
    """Challenge concepts by identifier."""
    return _page(services.answers.catalogue.challenges, services, offset, size)


@router.get("/challenges/{slug}", summary="One challenge")
def challenge(services: Services, slug: str) -> Json:
    """A challenge with its labels in all languages and the practices that address it."""
    return services.present.challenge(services.answers.catalogue.challenge(slug))


@router.get("/experts/{slug}", summary="One expert organisation")
def expert(services: Services, slug: str) -> Json:
    """An expert organisation with its expertise and what it took part in."""
    return services.present.expert(services.answers.catalogue.expert(slug))


@router.get("/info", summary="What the build holds")
def info(services: Services) -> Json:
    """Counts by kind, triples, model and age of the build."""
    summary = services.build.summary()
    del summary["folder"]  # a path of the server is nobody's business
    return summary
