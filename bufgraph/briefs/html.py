"""A brief as HTML: an article for a page around it, or a file that stands alone."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from bufgraph.briefs.brief import Brief, cited_once, note_ranges


def to_article(
    brief: Brief, *, practice_address: Callable[[str], str] = lambda slug: "", tools: Markup | None = None
) -> Markup:
    """Return the brief as an element ``article``.

    Args:
        practice_address: Gives the page of a practice, by slug; an empty address is no link.
        tools: What stands under the title: buttons of the page around it.
    """
    made = (
        _environment()
        .get_template("article.html")
        .render(brief=brief, practice_address=practice_address, tools=tools or "")
    )
    return Markup(made)  # the template has escaped what it shows


def to_html(brief: Brief) -> str:
    """Return the brief as an HTML file that needs nothing beside it."""
    return _environment().get_template("standalone.html").render(brief=brief, article=to_article(brief))


@cache
def _environment() -> Environment:
    made = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.globals |= {"cited_once": cited_once, "ranges": note_ranges}
    return made
