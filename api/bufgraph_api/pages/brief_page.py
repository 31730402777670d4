"""The brief of a shortlist: a page, and the same as PDF, Word document and Markdown."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Final
from urllib.parse import quote

from fastapi import Request
from fastapi.responses import Response
from markupsafe import Markup

from bufgraph.briefs.brief import Brief
from bufgraph.briefs.html import to_article
from bufgraph.briefs.markdown import to_markdown
from bufgraph.errors import BufgraphError
from bufgraph.services.briefing import BriefRequest, BriefService
from bufgraph_api.errors import status_of
from bufgraph_api.pages.forms import query_string
from bufgraph_api.pages.rendering import interface_root, render
from bufgraph_api.pages.shortlist_form import ShortlistForm
from bufgraph_api.sharing.site import site_of
from bufgraph_api.state import Services, State


def _pdf(brief: Brief) -> bytes:
    from bufgraph.briefs.pdf import to_pdf  # noqa: PLC0415  # the typesetter is 40 MB; only who asks for a PDF loads it

    return to_pdf(brief)


def _word(brief: Brief) -> bytes:
    from bufgraph.briefs.word import to_word  # noqa: PLC0415  # as above

    return to_word(brief)


@dataclass(frozen=True)
class _Format:
    """How a brief is written as a file."""

    media_type: str
    write: Callable[[Brief], bytes]


FORMATS: Final[Mapping[str, _Format]] = {
    "pdf": _Format("application/pdf", _pdf),
    "docx": _Format("application/vnd.openxmlformats-officedocument.wordprocessingml.document", _word),
    "md": _Format("text/markdown; charset=utf-8", lambda brief: to_markdown(brief).encode()),
}
"""File ending → how it is written."""


def brief_page(request: Request, services: Services) -> Response:
    """The brief as a page; without a choice, the ways to one."""
    form = ShortlistForm.from_request(request)
    try:
        brief = _brief(request, services, form)
    except BufgraphError as err:
        return _problem(request, form, err)
    return _page(request, form, brief=brief)


def brief_file(request: Request, services: Services, ending: str) -> Response:
    """The brief as a file: ``pdf``, ``docx`` or ``md``."""
    form, chosen = ShortlistForm.from_request(request), FORMATS[ending]
    try:
        brief = _brief(request, services, form)
        if brief is None:
            return _page(request, form, 400)
        content = chosen.write(brief)
    except BufgraphError as err:
        return _problem(request, form, err)
    where = form.asking(services.answers)
    name = "-".join(["bufgraph-brief", *([where.slug] if where is not None else []), brief.day.isoformat()])
    plain = name.encode("ascii", "ignore").decode()
    shown = "inline" if ending == "pdf" else "attachment"
    headers = {"Content-Disposition": f'{shown}; filename="{plain}.{ending}"', "X-Robots-Tag": "noindex"}
    return Response(content, media_type=chosen.media_type, headers=headers)


def brief_pdf(request: Request, services: Services) -> Response:
    """The brief as PDF."""
    return brief_file(request, services, "pdf")


def brief_word(request: Request, services: Services) -> Response:
    """The brief as a Word document."""
    return brief_file(request, services, "docx")


def brief_markdown(request: Request, services: Services) -> Response:
    """The brief as Markdown."""
    return brief_file(request, services, "md")


def _brief(request: Request, services: State, form: ShortlistForm) -> Brief | None:
    practices, stale = form.known(services.answers.catalogue)
    if not practices:
        return None
    asked = BriefRequest(
        need=form.q,
        practices=practices,
        city=form.asking(services.answers),
        facts=form.answers(),
        left_out=stale,
        address=site_of(request).rstrip("/") + interface_root(request) + form.address("/brief"),
        day=datetime.now(UTC).date(),
    )
    return BriefService(services.build).write(asked, services.tongue)


def _problem(request: Request, form: ShortlistForm, err: BufgraphError) -> Response:
    suggested = err.facts.get("suggestions")
    names = [str(name) for name in suggested] if isinstance(suggested, list) else []
    ways = [(name, replace(form, city=name).address("/brief")) for name in names]
    return _page(request, form, status_of(err), problem=err.message, suggestions=ways)


def _page(request: Request, form: ShortlistForm, status: int = 200, **shown: Any) -> Response:
    root, city = interface_root(request), query_string([("city", form.city)])

    def article(brief: Brief, tools: Markup) -> Markup:
        """Return the brief with links to the pages of its practices."""
        where = f"?{city}" if city else ""
        return to_article(
            brief, practice_address=lambda slug: f"{root}/practice/{quote(slug)}{where}", tools=tools
        )

    values = {"brief": None, "problem": None, "suggestions": [], **shown}
    return render(
        request, "brief.html", status, form=form, article=article, files={ending: form.address(f"/brief.{ending}") for ending in FORMATS},
        shortlist=form.address("/shortlist"), **values,
    )  # fmt: skip
