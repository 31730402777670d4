"""Words that pages put in the place of codes: English, told in the language of the page when shown."""

from collections.abc import Mapping
from typing import Final

from bufgraph.localisation.phrases import Phrase, phrase
from bufgraph.localisation.words import OUTCOMES, VERDICTS
from bufgraph.services.wording import CITY_SIZES

__all__ = [
    "DIMENSIONS",
    "FIELDS",
    "OUTCOMES",
    "PARTS",
    "PRESETS",
    "RELATIONS",
    "SIZES",
    "STATUSES",
    "VERDICTS",
]

FIELDS: Final[Mapping[str, Phrase]] = {
    "problem": phrase("The problem there"),
    "solution": phrase("How it works"),
    "results": phrase("Results"),
    "lessons": phrase("Lessons"),
    "profile": phrase("About"),
}
RELATIONS: Final[Mapping[str, Phrase]] = {
    "origin": phrase("First place"),
    "replicated": phrase("Taken over"),
    "joined": phrase("Joined"),
    "parallel": phrase("Parallel, on its own"),
}
STATUSES: Final[Mapping[str, tuple[str, Phrase]]] = {
    "met": ("✓", phrase("yes")),
    "unmet": ("✗", phrase("no")),
    "unknown": ("?", phrase("not known")),
    "contradicted": ("?", phrase("sources disagree")),
}
"""Sign and word for whether a condition holds."""
PARTS: Final[Mapping[str, Phrase]] = {
    "needs": phrase("Needs"),
    "profile": phrase("Profile"),
    "size": phrase("Size"),
    "climate": phrase("Climate"),
    "sea": phrase("Sea"),
    "country": phrase("Country"),
    "structure": phrase("Kind of city"),
    "nearness": phrase("Nearness"),
    "networks": phrase("Networks"),
    "activity": phrase("Activity"),
    "spread": phrase("Spread"),
    "text": phrase("Text"),
}
"""Parts of the similarity of two cities, and of how likely a city takes a practice over."""
PRESETS: Final[Mapping[str, Phrase]] = {
    "balanced": phrase("A bit of everything"),
    "problem": phrase("Same problems"),
    "structure": phrase("Same kind of city"),
}
SIZES: Final[Mapping[str, Phrase]] = {
    **{name: Phrase(text, {}) for name, text in CITY_SIZES.items()},
    "unknown": phrase("Size not known"),
}
"""Size classes of :data:`bufgraph.model.geography.SIZE_CLASSES`, smallest first."""
DIMENSIONS: Final[Mapping[str, Phrase]] = {
    "domain": phrase("Domain"),
    "subdomain": phrase("Subdomain"),
    "challenge": phrase("Challenge"),
    "country": phrase("Country"),
    "size": phrase("Size of the city"),
}
