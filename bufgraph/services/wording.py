"""Words that answers put in the place of codes, in English; whoever shows them asks a tongue for the message."""

from collections.abc import Mapping
from typing import Final

from bufgraph.localisation.phrases import message

SCORE_PARTS: Final[Mapping[str, str]] = {
    "dense": message("close in meaning"),
    "lexical": message("shared words"),
    "local": message("shared words in your language"),
    "concept": message("shared challenge"),
    "rerank": message("close in meaning when read together"),
}
"""Parts of the score of a search hit."""
CITY_SIZES: Final[Mapping[str, str]] = {
    "small": message("Small (under 50,000)"),
    "medium": message("Medium (50,000 to 250,000)"),
    "large": message("Large (250,000 to a million)"),
    "metropolis": message("Metropolis (a million or more)"),
}
"""Size classes of :data:`bufgraph.model.geography.SIZE_CLASSES`, smallest first."""
NOTHING_CLOSE: Final = message(
    "Nothing in the data comes close. The nearest are shown; try other words or fewer filters."
)
NOTHING_READ: Final = message("We could not read this text. Please describe the problem in other words.")
