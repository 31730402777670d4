"""Sentences of a text, and passages short enough for the encoder."""

import re
from collections.abc import Iterator
from typing import Final

from bufgraph_ingest.extraction.proposals import Span

_END: Final = re.compile(r"(?<=[.!?])\s+(?=[A-ZÅÄÖÆØÕÜĀČĒĢĪĶĻŅŠŪŽĄĘĖĮŲĆŁŃÓŚŹŻА-Я\d\"“„])|\n+")
_PASSAGE: Final = 900
"""Characters of a passage: about 200 word pieces, within the 256 that all-MiniLM-L6-v2 reads."""
_MOST: Final = 40
"""Passages of a document that are read for its challenges; a page tells its subject early."""


def sentences(text: str) -> Iterator[Span]:
    """Yield the sentences of a text, by marks and capitals; good enough to show and to group by."""
    start = 0
    for match in _END.finditer(text):
        if text[start : match.start()].strip():
            yield Span(start, match.start())
        start = match.end()
    if text[start:].strip():
        yield Span(start, len(text))


def passages(text: str) -> list[str]:
    """Return whole sentences joined up to about 900 characters, the first forty."""
    found: list[str] = []
    current = ""
    for span in sentences(text):
        sentence = text[span.start : span.end].strip()[:_PASSAGE]
        if current and len(current) + len(sentence) > _PASSAGE:
            found.append(current)
            current = ""
        current = f"{current} {sentence}".strip()
    return [*found, current][:_MOST] if current else found[:_MOST]


def sentence_at(text: str, span: Span) -> str:
    """Return the sentence that holds a place."""
    return next((text[s.start : s.end].strip() for s in sentences(text) if s.overlaps(span)), "")
