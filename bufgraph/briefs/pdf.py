"""A brief as PDF, set by Typst: fonts come with it, the file is tagged for screen readers (PDF/UA-1) where its glyphs allow."""

import re
import threading
from functools import cache
from pathlib import Path
from typing import Final, Literal, cast

import orjson
import typst

from bufgraph.briefs.brief import Brief
from bufgraph.errors import NotAvailableError

_TEMPLATE: Final = Path(__file__).with_name("brief.typ")
SIZES_PT: Final = (10.0, 9.5, 9.0, 8.6)
"""Sizes of the text, the usual one first; a brief that needs more than two pages gets a smaller one. Below the last it would be hard to read."""
_PAGES: Final = 2
_WAIT_S: Final = 10.0
_PAGE: Final = re.compile(rb"/Type\s*/Page(?!s)")
# Typst takes all cores for one document, so two at a time gain nothing.
_turn = threading.BoundedSemaphore(1)


def to_pdf(brief: Brief) -> bytes:
    """Return the brief as PDF.

    Raises:
        NotAvailableError: Others have kept the typesetter busy for ten seconds.
    """
    with _Turn():
        return _fitted(brief)[1]


def to_images(brief: Brief, *, ppi: float = 100.0) -> list[bytes]:
    """Return the pages of the brief as PNG images, laid out as in the PDF."""
    with _Turn():
        return _compile(brief, _fitted(brief)[0], "png", ppi)


def _fitted(brief: Brief) -> tuple[float, bytes]:
    """Return the largest size on which the brief needs two pages, with the PDF; the usual size where none does."""
    usual, *smaller = SIZES_PT
    made = {usual: _compile(brief, usual, "pdf")[0]}
    if pages(made[usual]) <= _PAGES:
        return usual, made[usual]
    made[smaller[-1]] = _compile(brief, smaller[-1], "pdf")[0]
    if pages(made[smaller[-1]]) > _PAGES:
        return usual, made[usual]
    for size in smaller[:-1]:
        made[size] = _compile(brief, size, "pdf")[0]
        if pages(made[size]) <= _PAGES:
            return size, made[size]
    return smaller[-1], made[smaller[-1]]


def pages(pdf: bytes) -> int:
    """Return the number of pages of a PDF that Typst wrote: it leaves page objects uncompressed."""
    return len(_PAGE.findall(pdf))


def _compile(brief: Brief, size: float, form: Literal["pdf", "png"], ppi: float | None = None) -> list[bytes]:
    day = brief.day
    content = {**orjson.loads(orjson.dumps(brief)), "year": day.year, "month": day.month, "dom": day.day}
    inputs = {"brief": orjson.dumps(content).decode(), "size": f"{size:g}"}
    try:
        made = _compiler().compile(
            format=form,
            ppi=ppi,
            sys_inputs=inputs,
            pdf_standards=["ua-1"] if form == "pdf" else [],
            timestamp=0,
        )
    except typst.TypstError:
        # A sign that the packaged fonts lack: the system's may have it, and the standard forbids a gap.
        made = _compiler(system_fonts=True).compile(format=form, ppi=ppi, sys_inputs=inputs, timestamp=0)
    return cast("list[bytes]", made if isinstance(made, list) else [made])


@cache
def _compiler(*, system_fonts: bool = False) -> typst.Compiler:
    return typst.Compiler(_TEMPLATE, ignore_system_fonts=not system_fonts)


class _Turn:
    """The turn of one document at the typesetter."""

    def __enter__(self) -> None:
        if not _turn.acquire(timeout=_WAIT_S):
            raise NotAvailableError("the typesetter is busy; try again in a few seconds")

    def __exit__(self, *args: object) -> None:
        _turn.release()
