"""Names of concepts, places and countries as they stand in sentences that can be told in other languages."""

from collections.abc import Iterable
from functools import cache
from typing import Final

from babel import Locale

from bufgraph.localisation.phrases import Joiner, Listing, Term
from bufgraph.model.catalogue import Catalogue
from bufgraph.model.places import Place
from bufgraph.namespaces import slug

_ENGLISH: Final = "en_GB"


def concept_term(catalogue: Catalogue, iri: str, *, in_sentence: bool = False) -> Term:
    """Return the name of a concept.

    Args:
        in_sentence: Write it as inside a sentence: small, but for a beginning such as "EU".
    """
    label = catalogue.concept_label(iri)
    if in_sentence and not label[1:2].isupper():
        label = label[:1].lower() + label[1:]
    return Term(label, iri, in_sentence=in_sentence)


def place_term(place: Place) -> Term:
    """Return the name of a city or region."""
    return Term(place.label, place.id)


def place_names(catalogue: Catalogue, places: Iterable[str], joiner: Joiner = "and") -> Listing:
    """Return the names of places, by IRI, as a list in words."""
    found = ((iri, catalogue.place(iri)) for iri in places)
    return Listing([place_term(place) if place else slug(iri) for iri, place in found], joiner)


@cache
def country_term(code: str) -> Term:
    """Return the name of a country (ISO 3166-1 alpha-2), such as Estonia for EE."""
    return Term(str(Locale.parse(_ENGLISH).territories.get(code, code)), code)
