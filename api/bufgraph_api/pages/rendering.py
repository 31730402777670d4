"""Templates and the few words they need."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup, escape

from bufgraph.matching.transfer import VERDICT_SCORE
from bufgraph.services.wording import say
from bufgraph_api.linked_data.page_data import page_data
from bufgraph_api.pages import words
from bufgraph_api.pages.radar import marker


def _number(value: float) -> str:
    """Write 18500000.0 as ``18,500,000`` and 4.25 as ``4.25``."""
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:,g}"


def _percent(value: float) -> str:
    return f"{value:.0%}"


def _signed(value: float) -> str:
    """Write 0.42 as ``+0.4`` and -1.0 as ``−1.0``; what rounds to zero has no sign."""
    text = f"{abs(value):.1f}"
    sign = "" if float(text) == 0 else "+" if value > 0 else "−"
    return sign + text


def _sentence(text: str) -> str:
    """Write a clause of a service as a sentence: capital letter first, full stop last."""
    start = text[:1].upper() + text[1:]
    return start if start.endswith((".", "!", "?")) else f"{start}."


def _country(code: str) -> str:
    """Return the names for ``EE`` or ``EE|LV``."""
    return ", ".join(words.COUNTRIES.get(part, part) for part in code.split("|"))


def _mark(text: str, spans: list[list[int]]) -> Markup:
    """Return a text, escaped, with some stretches marked."""
    parts, end = [], 0
    for start, stop in spans:
        parts += [
            escape(text[end:start]),
            Markup("<mark>"),
            escape(text[start:stop]),
            Markup("</mark>"),
        ]  # constants
        end = stop
    return Markup("").join([*parts, escape(text[end:])])


class _Missing(StrictUndefined):
    """A field that a record lacks: false and empty in a test, an error when printed."""

    def __bool__(self) -> bool:  # type: ignore[override]  # the parent never returns
        return False

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]  # the parent never returns
        return iter(())


_environment = Environment(
    loader=PackageLoader("bufgraph_api.pages"),
    autoescape=select_autoescape(default=True),
    undefined=_Missing,
    trim_blocks=True,
    lstrip_blocks=True,
)
_environment.filters |= {
    "number": _number, "percent": _percent, "mark": _mark, "signed": _signed, "sentence": _sentence, "country": _country,
}  # fmt: skip
_environment.globals |= {name: value for name, value in vars(words).items() if name.isupper()}
_environment.globals |= {"say": say, "VERDICT_SCORE": VERDICT_SCORE, "chart_marker": marker}


def render(request: Request, template: str, status: int = 200, **values: Any) -> HTMLResponse:
    """Return a page.

    Args:
        template: File name in ``templates/``.
        **values: What the template shows; all text is escaped.
    """
    shown = {"lang": "en", "page": page_data(request), **values}
    html = _environment.get_template(template).render(
        path=request.url.path, year=datetime.now(UTC).year, **shown
    )
    return HTMLResponse(html, status, headers={"Vary": "Accept"})
