"""What the head of a page says to programs: schema.org data, the identifier, the documents."""

from dataclasses import dataclass
from typing import cast

from fastapi import Request
from markupsafe import Markup

from bufgraph.model import Catalogue, Record
from bufgraph.namespaces import SCHEME
from bufgraph.services.addresses import Addresses
from bufgraph.services.rdf_documents import MEDIA_TYPES
from bufgraph.services.schema_org import data_set_json_ld, json_ld, page_json_ld
from bufgraph_api.sharing.site import site_of
from bufgraph_api.state import State

_DATA_SET_PAGES = ("/about", "/data")


@dataclass(frozen=True, slots=True)
class PageData:
    """For the head of a page.

    Attributes:
        json_ld: JSON-LD that may stand in a ``script`` element as it is.
        iri: Identifier of what the page is about, where it is about one thing.
        documents: (address, media type) of the documents about it.
    """

    json_ld: Markup
    iri: str | None = None
    documents: tuple[tuple[str, str], ...] = ()


def page_data(request: Request) -> PageData:
    """Return what the head of the page at an address says to programs."""
    state = cast(State, request.app.state.bufgraph)  # Starlette's state is untyped
    site, path = site_of(request), request.url.path
    addresses = Addresses(state.build.settings.base_iri)
    record = _record(path, state.build.catalogue, addresses.base_iri)
    if record is not None:
        address = addresses.path_of(record.id)
        text = json_ld(record, state.build.catalogue, site)
        return PageData(_safe(text), record.id, _documents(address))
    if path in _DATA_SET_PAGES:
        return PageData(_safe(data_set_json_ld(site)))
    is_vocabulary = path == "/ontology" or (path.startswith("/scheme/") and path.count("/") == 2)
    return PageData(_safe(page_json_ld(site, path)), None, _documents(path if is_vocabulary else None))


def _record(path: str, catalogue: Catalogue, base_iri: str) -> Record | None:
    """Return the record that a page is made for."""
    _, _, rest = path.partition("/")
    kind, _, name = rest.partition("/")
    return {
        "practice": catalogue.practices.get(f"{base_iri}practice/{name}"),
        "city": catalogue.cities.get(f"{base_iri}city/{name}"),
        "expert": catalogue.experts.get(f"{base_iri}org/{name}"),
        "challenge": catalogue.concepts.get(f"{SCHEME}challenge/{name}"),
    }.get(kind)


def _documents(path: str | None) -> tuple[tuple[str, str], ...]:
    return tuple((f"{path}.{suffix}", kind) for suffix, kind in MEDIA_TYPES.items()) if path else ()


def _safe(text: str) -> Markup:
    return Markup(text)  # nothing in it can end the element; see schema_org.embedded
