"""Spreadsheets to fill in, as files: what ``bufgraph template`` writes."""

from functools import lru_cache
from typing import Annotated, Final

from fastapi import APIRouter, Path
from fastapi.responses import Response

from bufgraph_api.state import Services
from bufgraph_ingest.ingesting import template_with

router = APIRouter(prefix="/api", tags=["records"])
_MEDIA_TYPES: Final = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
Kind = Annotated[str, Path(description="practices, adoptions, needs or experts", max_length=20)]
Form = Annotated[str, Path(description="xlsx or csv", max_length=10)]


@router.get(
    "/templates/{kind}.{form}",
    summary="A spreadsheet to fill in",
    response_class=Response,
    responses={200: {"description": "The file", "content": {name: {} for name in _MEDIA_TYPES.values()}}},
)
def template(services: Services, kind: Kind, form: Form) -> Response:
    """Columns with their help, lists to choose from and an example; filled in, the operator brings it into the data."""
    cities = services.answers.catalogue.cities.values()
    names = sorted(
        f"{city.pref_label['en']} ({city.country_code})" for city in cities if "en" in city.pref_label
    )
    content = _made(kind, form, tuple(names))
    headers = {"Content-Disposition": f'attachment; filename="bufgraph-{kind}.{form}"'}
    return Response(content, media_type=_MEDIA_TYPES[form], headers=headers)


@lru_cache(maxsize=8)
def _made(kind: str, form: str, names: tuple[str, ...]) -> bytes:
    return template_with(kind, form, names)
