"""Every type of page, every language: it answers, says which language it is in, and leaves no English sentence in another one."""

import re
from collections.abc import Iterator
from html.parser import HTMLParser

import pytest
from babel.support import Translations
from fastapi.testclient import TestClient

from bufgraph.localisation import tongue
from bufgraph.localisation.tongue import INTERFACE_LANGUAGES
from bufgraph.settings import Settings
from bufgraph_api.app import create_app
from e2e.pages import PAGES, PageType

ENGLISH = re.compile(
    r"\b(?:the|and|of|with|from|are|this|that|which|not|has|have|were|was|its|for|by)\b", re.IGNORECASE
)
"""Short words that English sentences are full of and that Estonian, which is shown here, does not have."""
OPEN, CLOSE = "⟦", "⟧"
SHOWN = "et"
STEPS = (0, 3, 6)
IN_TURN = [
    (page_type, INTERFACE_LANGUAGES[(number + step) % len(INTERFACE_LANGUAGES)])
    for number, page_type in enumerate(PAGES)
    for step in STEPS
]
"""Every page in three languages and every language on pages of every kind; that each text of each language can be filled in is
what ``unit/test_catalogues.py`` holds."""
every_page = pytest.mark.parametrize("page_type", PAGES, ids=lambda page_type: page_type.name)


class Marked(Translations):
    """Translates a text by putting it between marks, so that whatever is unmarked was never to be translated."""

    def gettext(self, message: str) -> str:
        return f"{OPEN}{message}{CLOSE}"

    def ngettext(self, msgid1: str, msgid2: str, num: int) -> str:
        return self.gettext(msgid1 if num == 1 else msgid2)

    ugettext = gettext
    ungettext = ngettext


@pytest.fixture(scope="module")
def client(shipped_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(shipped_settings), raise_server_exceptions=False) as client:
        client.headers["Accept"] = "text/html"
        yield client


@pytest.fixture(scope="module")
def marked(shipped_settings: Settings) -> Iterator[TestClient]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(tongue, "messages", lambda code: Marked())
        with TestClient(create_app(shipped_settings), raise_server_exceptions=False) as client:
            client.headers["Accept"] = "text/html"
            yield client


@pytest.fixture(scope="module")
def names(marked: TestClient) -> re.Pattern[str]:
    """Names of places, organisations, documents and concepts; the last are English where a scheme says nothing else."""
    catalogue = marked.app.state.bufgraph.answers.catalogue  # type: ignore[attr-defined]  # Starlette's state is untyped
    found = {
        str(getattr(record, name))
        for kind, name in (
            (catalogue.cities, "label"), (catalogue.regions, "label"), (catalogue.organisations, "name"), (catalogue.experts, "name"),
            (catalogue.documents, "title"), (catalogue.concepts, "label"),
        )
        for record in kind.values()
    }  # fmt: skip
    longest_first = sorted(found, key=len, reverse=True)
    return re.compile(rf"\b(?:{'|'.join(map(re.escape, longest_first))})(?!\w)", re.IGNORECASE)


@pytest.mark.parametrize(
    ("page_type", "language"), IN_TURN, ids=[f"{page.name}-{language}" for page, language in IN_TURN]
)
def test_it_answers_in_the_language_of_its_address(
    client: TestClient, page_type: PageType, language: str
) -> None:
    answer = client.get(f"/{language}{page_type.path}")
    assert answer.status_code == page_type.status
    assert f'<html lang="{language}"' in answer.text[:200]
    assert answer.headers["content-type"] == "text/html; charset=utf-8"


class Prose(HTMLParser):
    """The sentences of a page, but for what says that it is English and for code."""

    SILENT = frozenset({"code", "pre", "script", "style", "title", "textarea", "option"})
    EMPTY = frozenset({"img", "br", "hr", "input", "meta", "link", "col", "source", "wbr"})

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.silent: list[bool] = []
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        english = given.get("lang", SHOWN) != SHOWN
        if tag in self.EMPTY:
            return
        self.silent.append(tag in self.SILENT or english or (bool(self.silent[1:]) and self.silent[-1]))
        if not self.silent[-1]:
            self.found += [
                text for name in ("aria-label", "alt", "title", "placeholder") if (text := given.get(name))
            ]

    def handle_endtag(self, tag: str) -> None:
        if tag not in self.EMPTY and self.silent:
            self.silent.pop()

    def handle_data(self, data: str) -> None:
        if not (self.silent and self.silent[-1]):
            self.found.append(" ".join(data.split()))


def unmarked(text: str, names: re.Pattern[str]) -> list[str]:
    """Return the English sentences outside of marks; what marks hold was translated, marks within marks too."""
    prose = Prose()
    prose.feed(text)
    whole = "\n".join(prose.found)
    innermost = re.compile(f"{OPEN}[^{OPEN}{CLOSE}]*{CLOSE}")
    while innermost.search(whole):
        whole = innermost.sub("", whole)
    return [line for line in names.sub("", whole).splitlines() if len(ENGLISH.findall(line)) > 1]


@every_page
def test_no_english_sentence_is_left_in_another_language(
    marked: TestClient, names: re.Pattern[str], page_type: PageType
) -> None:
    answer = marked.get(f"/{SHOWN}{page_type.path}")
    assert answer.status_code == page_type.status
    assert unmarked(answer.text, names) == []
