"""Where a record is shown."""

from bufgraph.model import Catalogue
from bufgraph.namespaces import slug


def page_of(iri: str, catalogue: Catalogue) -> str | None:
    """Return the address that shows a record: a page here, or the page that a source document lies on; None where none does."""
    if (adoption := catalogue.adoptions.get(iri)) is not None:
        return f"/practice/{slug(adoption.practice)}"
    if (need := catalogue.needs.get(iri)) is not None:
        return f"/city/{slug(need.need_of)}"
    if (document := catalogue.documents.get(iri)) is not None:
        return document.page
    for kind, records in (
        ("city", catalogue.cities),
        ("practice", catalogue.practices),
        ("expert", catalogue.experts),
    ):
        if iri in records:
            return f"/{kind}/{slug(iri)}"
    return None
