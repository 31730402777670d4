"""Words that stand for codes wherever a person reads them: a sign, so that no colour has to say it, and what it means."""

from collections.abc import Mapping
from typing import Final

from bufgraph.localisation.phrases import Phrase, phrase

OUTCOMES: Final[Mapping[str, tuple[str, Phrase]]] = {
    "success": ("✓", phrase("Worked")),
    "mixed": ("±", phrase("Mixed result")),
    "failed": ("✗", phrase("Failed")),
    "stopped": ("■", phrase("Stopped")),
    "too-early": ("…", phrase("Too early to tell")),
    "unknown": ("?", phrase("Outcome unknown")),
}
"""How an attempt went."""
VERDICTS: Final[Mapping[str, tuple[str, Phrase]]] = {
    "fits": ("✓", phrase("Fits")),
    "fits-with-changes": ("±", phrase("Fits with changes")),
    "blocked": ("✗", phrase("Blocked")),
    "unknown": ("?", phrase("We do not know")),
}
"""Whether a practice would work in a city."""
