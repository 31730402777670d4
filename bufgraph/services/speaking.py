"""A language of the interface that knows the names in our records."""

from bufgraph.localisation.tongue import Tongue
from bufgraph.model import Catalogue


def tongue_of(catalogue: Catalogue, code: str = "en") -> Tongue:
    """Return a language that can name the concepts and the places of a catalogue.

    Args:
        code: One of :data:`bufgraph.text.language.LANGUAGES`.
    """

    def label(iri: str, lang: str) -> str | None:
        named = catalogue.concepts.get(iri) or catalogue.place(iri)
        return named.pref_label.get(lang) if named is not None else None

    return Tongue(code, label)
