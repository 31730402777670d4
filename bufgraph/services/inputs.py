"""What a person types for a weight or a fact, the same on the command line, in the API and on a page."""

from collections.abc import Iterable

from bufgraph.errors import InvalidInputError
from bufgraph.localisation.phrases import phrase


def parse_weights(pairs: Iterable[str]) -> dict[str, float] | None:
    """Read ``size=2`` or ``size:2``; return part → weight, or None when there are none.

    Raises:
        InvalidInputError: A pair without a name or number; whether the numbers make sense is checked where they are used.
    """
    weights = {}
    for name, value in _split(pairs, "weight"):
        try:
            weights[name] = float(value)
        except ValueError:
            raise InvalidInputError(
                phrase("the weight of '{name}' is '{value}'; expected a number", name=name, value=value),
                field="weight",
            ) from None
    return weights or None


def parse_facts(pairs: Iterable[str]) -> dict[str, bool]:
    """Read ``district-heating=yes`` or ``district-heating:no``; return context factor → whether it holds.

    Raises:
        InvalidInputError: A pair without a name, or with a value other than yes and no.
    """
    facts = {}
    for name, value in _split(pairs, "fact"):
        if value not in ("yes", "no"):
            raise InvalidInputError(
                phrase("the fact '{name}' is '{value}'; expected yes or no", name=name, value=value),
                field="fact",
            )
        facts[name] = value == "yes"
    return facts


def _split(pairs: Iterable[str], field: str) -> list[tuple[str, str]]:
    found = []
    for pair in pairs:
        name, separator, value = pair.replace(":", "=", 1).partition("=")
        if not separator or not name.strip():
            raise InvalidInputError(f"{field} is '{pair}'; expected a name, = or :, and a value", field=field)
        found.append((name.strip(), value.strip().lower()))
    return found
