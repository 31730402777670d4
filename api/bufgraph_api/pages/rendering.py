"""Pages from templates, in the language of their address."""

import gzip
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any, Final, cast
from urllib.parse import parse_qsl

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import BytecodeCache, Environment, PackageLoader, StrictUndefined, pass_context, select_autoescape
from jinja2.bccache import Bucket
from jinja2.runtime import Context
from markupsafe import Markup, escape

from bufgraph.localisation.phrases import Listing, Phrase, RecordText, Term
from bufgraph.localisation.tongue import INTERFACE_LANGUAGES, Tongue
from bufgraph.matching.transfer import VERDICT_SCORE
from bufgraph.namespaces import concept
from bufgraph_api.linked_data.page_data import page_data
from bufgraph_api.pages import words
from bufgraph_api.pages.forms import query_string
from bufgraph_api.pages.static_files import static_file
from bufgraph_api.sharing.metadata import sharing_of
from bufgraph_api.state import State

_PACK_ABOVE: Final = 1_000
"""Bytes from which a page is worth compressing: below it fits into one packet anyway."""
_PACK_LEVEL: Final = 5
_UNSEARCHED: Final = ("lang",)
"""Parameters that a switch of language drops: the address says it."""


class _Missing(StrictUndefined):
    """A field that a record lacks: false and empty in a test, an error when printed."""

    def __bool__(self) -> bool:  # type: ignore[override]  # the parent never returns
        return False

    def __iter__(self) -> Iterator[Any]:  # type: ignore[override]  # the parent never returns
        return iter(())


class _Compiled(BytecodeCache):
    """Templates compiled once for all languages."""

    def __init__(self) -> None:
        self._kept: dict[str, bytes] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        if (code := self._kept.get(bucket.key)) is not None:
            bucket.bytecode_from_string(code)

    def dump_bytecode(self, bucket: Bucket) -> None:
        self._kept[bucket.key] = bucket.bytecode_to_string()


_compiled = _Compiled()


def render(
    request: Request, template: str, status: int = 200, *, language: str | None = None, **values: Any
) -> HTMLResponse:
    """Return a page.

    Args:
        template: File name in ``templates/``.
        language: Language of the page where the address leaves it open; by default that of the address.
        **values: What the template shows; all text is escaped.
    """
    root = interface_root(request, language)
    html = (
        environment(request, root)
        .get_template(template)
        .render(
            page=page_data(request),
            sharing=sharing_of(request, root),
            path=request.url.path,
            elsewhere=_elsewhere(request),
            **values,
        )
    )
    headers = {
        "Vary": "Accept, Accept-Encoding" + ("" if "interface_root" in request.scope else ", Accept-Language")
    }
    content = html.encode()
    if len(content) > _PACK_ABOVE and "gzip" in request.headers.get("accept-encoding", ""):
        content = gzip.compress(content, _PACK_LEVEL, mtime=0)
        headers["Content-Encoding"] = "gzip"
    return HTMLResponse(content, status, headers=headers)


def interface_root(request: Request, language: str | None = None) -> str:
    """Return what stands before the addresses of the pages that a page links to: nothing, or ``/lv``."""
    root = cast(str, request.scope.get("interface_root", ""))
    if not root and language in INTERFACE_LANGUAGES[1:]:
        return f"/{language}"
    return root


def _elsewhere(request: Request) -> Mapping[str, str]:
    """Return the address of this page in each language."""
    kept = [
        (name, value)
        for name, value in parse_qsl(request.url.query, keep_blank_values=True)
        if name not in _UNSEARCHED
    ]
    query = f"?{query_string(kept)}" if kept else ""
    return {code: f"/{code}{request.url.path}{query}" for code in INTERFACE_LANGUAGES}


def environment(request: Request, root: str) -> Environment:
    """Return the templates of one language; those of the English pages with and without a language in the address differ in links."""
    state = request.app.state
    if not hasattr(state, "page_environments"):
        state.page_environments = {}
    made: dict[str, Environment] = state.page_environments
    if root not in made:
        made[root] = _environment(cast(State, state.bufgraph).speaking(root[1:] or "en").tongue, root)
    return made[root]


def _environment(tongue: Tongue, root: str) -> Environment:
    made = Environment(
        loader=PackageLoader("bufgraph_api.pages"),
        autoescape=select_autoescape(default=True),
        undefined=_Missing,
        trim_blocks=True,
        lstrip_blocks=True,
        bytecode_cache=_compiled,
        extensions=["jinja2.ext.i18n"],
        # The compiled template serves all languages, so nothing may be computed while it is compiled: not constants, and no output.
        optimized=False,
        finalize=_teller(tongue),
    )
    made.policies["ext.i18n.trimmed"] = True
    made.install_gettext_translations(tongue.messages, newstyle=True)  # type: ignore[attr-defined]  # of the extension
    made.filters |= _filters(tongue)
    made.globals |= {name: value for name, value in vars(words).items() if name.isupper()}
    made.globals |= {
        "VERDICT_SCORE": VERDICT_SCORE,
        "INTERFACE_LANGUAGES": INTERFACE_LANGUAGES,
        "tongue": tongue,
        "lang": tongue.code,
        "root": root,
        "en": Markup("") if tongue.code == "en" else Markup(' lang="en"'),
        "concept_name": lambda scheme, name: tongue.concept(concept(scheme, name), name.replace("-", " ")),
        "own_name": _own_name,
        "script": _script,
        "static": lambda name: static_file(name).url,
        "style": static_file("style.css"),
    }
    return made


def _teller(tongue: Tongue) -> Callable[[Context, Any], Any]:
    """Return what tells every printed phrase; it takes the context, so that no constant is told at compile time."""

    @pass_context
    def told(_: Context, value: Any) -> Any:  # Any: whatever a template prints
        return tongue.tell(value) if isinstance(value, (Phrase, Term, Listing)) else value

    return told


def _filters(tongue: Tongue) -> Mapping[str, Any]:
    def sentence(text: Any) -> str:
        """Write a clause of a service as a sentence: capital letter first, full stop last."""
        told = tongue.tell(text)
        start = told[:1].upper() + told[1:]
        return start if start.endswith((".", "!", "?")) else f"{start}."

    def join(values: Any, separator: str = "", attribute: str | None = None) -> str:
        chosen = [value[attribute] for value in values] if attribute else values
        return separator.join(tongue.tell(value) for value in chosen)

    def facts(told: Any) -> Markup:
        """Write facts as one sentence; those that are words of a record say that they are English."""
        if not told:
            return Markup("")
        written = [
            Markup('<span lang="en">{}</span>').format(fact)
            if isinstance(fact, RecordText) and tongue.code != "en"
            else escape(tongue.tell(fact))
            for fact in told
        ]
        text = Markup("; ").join(written)
        if not isinstance(told[0], RecordText):
            text = text[:1].upper() + text[1:]
        return text if str(told[-1]).endswith((".", "!", "?")) else text + "."

    return {
        "facts": facts,
        "tell": tongue.tell,
        "message": tongue.message,
        "number": tongue.number,
        "percent": tongue.percent,
        "signed": tongue.signed,
        "date": tongue.date,
        "country": tongue.country,
        "language": tongue.language,
        "sentence": sentence,
        "join": join,
        "mark": _mark,
    }


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


@cache
def _own_name(code: str) -> str:
    """Return what a language calls itself: ``Latviešu`` for lv."""
    return Tongue(code).language(code)


def _script(name: str) -> Markup:
    """Return the element that loads one of our scripts after the page."""
    file = static_file(f"scripts/{name}")
    return Markup('<script src="{}" integrity="{}" defer></script>').format(file.url, file.integrity)
