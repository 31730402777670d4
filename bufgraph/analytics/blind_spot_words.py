"""What a blind spot says: its kind in one sentence, its cell in words."""

from collections.abc import Mapping
from typing import Final

from bufgraph.localisation.phrases import Phrase, message
from bufgraph.model import Catalogue
from bufgraph.model.terms import concept_term, country_term

REASONS: Final[Mapping[str, str]] = {
    "no-practice": message("{what}: no practice addresses it; cities known to need it: {needing}"),
    "unmet-need": message(
        "{what}: no practice is known here; cities here that need it: {needing_here}; practices elsewhere: {elsewhere}, of them measured: {measured}"
    ),
    "unmeasured": message(
        "{what}: no measured result among the practices applied here ({here}); practices elsewhere: {elsewhere}, of them measured: {measured}"
    ),
    "not-here": message(
        "{what}: no practice is known here; practices elsewhere: {elsewhere}, of them measured: {measured}; cities known to need it: {needing}"
    ),
}
_SIZES: Final[Mapping[str, str]] = {
    "small": message("small cities"),
    "medium": message("medium-sized cities"),
    "large": message("large cities"),
    "metropolis": message("metropolises"),
    "unknown": message("cities of unknown size"),
}
_NOT_KNOWN: Final[Mapping[str, str]] = {
    "domain": message("domain not known"),
    "subdomain": message("subdomain not known"),
    "country": message("country not known"),
}


def named(catalogue: Catalogue, dimension: str, value: str) -> str:
    """Return the value of a dimension of a cell in words.

    Args:
        value: Concept IRI, country code or size class; ``unknown`` where the records do not tell.
    """
    if "/" in value:
        return concept_term(catalogue, value)
    if dimension == "size":
        return Phrase(_SIZES[value])
    return country_term(value) if value not in ("", "unknown") else Phrase(_NOT_KNOWN[dimension])
