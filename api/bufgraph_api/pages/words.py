"""Words that pages put in the place of codes."""

from collections.abc import Mapping
from typing import Final

OUTCOMES: Final[Mapping[str, str]] = {
    "success": "Worked",
    "mixed": "Mixed result",
    "failed": "Failed",
    "stopped": "Stopped",
    "too-early": "Too early to tell",
    "unknown": "Outcome unknown",
}
FIELDS: Final[Mapping[str, str]] = {
    "problem": "The problem there",
    "solution": "How it works",
    "results": "Results",
    "lessons": "Lessons",
    "profile": "About",
}
RELATIONS: Final[Mapping[str, str]] = {
    "origin": "First place",
    "replicated": "Taken over",
    "joined": "Joined",
    "parallel": "Parallel, on its own",
}
VERDICTS: Final[Mapping[str, str]] = {
    "fits": "Fits",
    "fits-with-changes": "Fits with changes",
    "blocked": "Blocked",
    "unknown": "We do not know",
}
STATUSES: Final[Mapping[str, tuple[str, str]]] = {
    "met": ("✓", "yes"),
    "unmet": ("✗", "no"),
    "unknown": ("?", "not known"),
    "contradicted": ("?", "sources disagree"),
}
"""Sign and word for whether a condition holds."""
PARTS: Final[Mapping[str, str]] = {
    "needs": "Needs",
    "profile": "Profile",
    "size": "Size",
    "climate": "Climate",
    "sea": "Sea",
    "country": "Country",
}
"""Parts of the similarity of two cities."""
PRESETS: Final[Mapping[str, str]] = {
    "balanced": "A bit of everything",
    "problem": "Same problems",
    "structure": "Same kind of city",
}
COUNTRIES: Final[Mapping[str, str]] = {
    "AT": "Austria", "BE": "Belgium", "BY": "Belarus", "DE": "Germany", "DK": "Denmark", "EE": "Estonia", "FI": "Finland",
    "GB": "United Kingdom", "IS": "Iceland", "JP": "Japan", "LT": "Lithuania", "LV": "Latvia", "NO": "Norway", "PL": "Poland",
    "RU": "Russia", "SE": "Sweden", "UA": "Ukraine",
}  # fmt: skip
"""English short names (ISO 3166-1) of the countries of the shipped cities and their neighbours."""
SIZES: Final[Mapping[str, str]] = {
    "small": "Small (under 50,000)",
    "medium": "Medium (50,000 to 250,000)",
    "large": "Large (250,000 to a million)",
    "metropolis": "Metropolis (a million or more)",
    "unknown": "Size not known",
}
"""Size classes of :data:`bufgraph.model.geography.SIZE_CLASSES`, smallest first."""
DIMENSIONS: Final[Mapping[str, str]] = {
    "domain": "Domain",
    "subdomain": "Subdomain",
    "challenge": "Challenge",
    "country": "Country",
    "size": "Size of the city",
}
