"""Media types by ``Accept`` and languages by ``Accept-Language``, with q-values (RFC 9110, section 12.5)."""

from collections.abc import Iterator, Sequence
from typing import Final


def choose(accept: str | None, offered: Sequence[str]) -> str | None:
    """Return the offered media type that the client likes best, or None when it accepts none.

    Args:
        accept: The header; none or an empty one accepts everything.
        offered: What we can give, the preferred one first; ties go to the earlier.
    """
    if not accept or not accept.strip():
        return offered[0]
    best: tuple[float, int] | None = None
    for position, media_type in enumerate(offered):
        quality = _quality(accept, media_type)
        if quality > 0 and (best is None or quality > best[0]):
            best = (quality, position)
    return offered[best[1]] if best else None


def prefers_html(accept: str | None) -> bool:
    """Tell whether a person in a browser is asking."""
    return bool(accept) and choose(accept, ("application/json", "text/html")) == "text/html"


def choose_language(accept: str | None, offered: Sequence[str]) -> str:
    """Return the language that a browser likes best, the first one offered when it accepts none (RFC 4647, lookup).

    Args:
        accept: The header ``Accept-Language``.
        offered: Codes of two letters, the default first.
    """
    ranges = [(quality, name) for name, quality in _ranges(accept or "") if quality > 0]
    for _, name in sorted(ranges, key=lambda pair: -pair[0]):  # stable: the earlier of two equals
        primary = name.partition("-")[0]
        code = _NORWEGIAN.get(primary, primary)
        if code in offered:
            return code
        if name == "*":
            break
    return offered[0]


def _quality(accept: str, media_type: str) -> float:
    """Return the q-value of the most specific range that matches."""
    found = (-1, 0.0)
    for media_range, quality in _ranges(accept):
        kind, _, _ = media_type.partition("/")
        specificity = {media_type: 2, f"{kind}/*": 1, "*/*": 0}.get(media_range, -1)
        if specificity > found[0]:
            found = (specificity, quality)
    return found[1] if found[0] >= 0 else 0.0


_NORWEGIAN: Final = {"no": "nb", "nn": "nb"}
"""Other codes for what we offer as Bokmål."""


def _ranges(accept: str) -> Iterator[tuple[str, float]]:
    for part in accept.split(","):
        media_range, *parameters = (piece.strip().lower() for piece in part.split(";"))
        quality = 1.0
        for parameter in parameters:
            if parameter.startswith("q="):
                try:
                    quality = min(max(float(parameter[2:]), 0.0), 1.0)
                except ValueError:
                    quality = 0.0
        yield media_range, quality
