"""The field above a long list that keeps what holds all its words."""

from bufgraph.text.normalise import fold

_LONGEST = 200
"""Letters of what is typed that are looked at."""


class ListFilter:
    """Keeps the entries of a list in which every typed word occurs, without regard to capitals and accents.

    Attributes:
        typed: As it is shown in the field again.
    """

    def __init__(self, typed: str) -> None:
        self.typed = typed.strip()[:_LONGEST]
        self._words = fold(self.typed).split()

    def __bool__(self) -> bool:
        """Tell whether anything is asked for."""
        return bool(self._words)

    def keeps(self, *texts: str | None) -> bool:
        """Tell whether the texts of an entry hold all words."""
        if not self._words:
            return True
        whole = fold(" ".join(text for text in texts if text))
        return all(word in whole for word in self._words)
