"""The query editor in a real browser, served by the real server over the shipped data."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote, urlsplit

import pytest

from bufgraph_api.pages.query_page import gallery
from bufgraph_api.pages.vendored import EDITOR, vendored
from e2e.visitors import TIMEOUT_MS

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not vendored(*EDITOR), reason="the query editor is not installed (make frontend)"),
]
BY_COUNTRY = "SELECT ?country (COUNT(?c) AS ?cities) WHERE { ?c a bg:City ; bg:countryCode ?country } GROUP BY ?country ORDER BY ?country"


@dataclass
class Visit:
    """A page, what it asked for and what it complained of."""

    page: "Page"
    address: str
    requests: list[tuple[str, str]] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, query: str) -> None:
        self.page.goto(f"{self.address}/sparql?ask={quote(query)}")

    def run(self) -> None:
        self.page.click("#run")
        self.page.locator("#said", has_text=re.compile(r"\.$")).wait_for()


@pytest.fixture
def visit(address: str, browser: "Browser", request: pytest.FixtureRequest) -> Iterator[Visit]:
    width, height = getattr(request, "param", (1200, 900))
    with browser.new_context(viewport={"width": width, "height": height}) as context:
        context.set_default_timeout(TIMEOUT_MS)
        page = context.new_page()
        found = Visit(page, address)
        page.on("request", lambda asked: found.requests.append((asked.method, asked.url)))
        page.on("console", lambda said: found.complaints.append(said.text) if said.type == "error" else None)
        page.on("pageerror", lambda error: found.complaints.append(str(error)))
        yield found


def test_a_link_shows_the_query_without_running_it_and_a_click_runs_it(visit: Visit) -> None:
    visit.open(BY_COUNTRY)
    assert "?country (COUNT(?c) AS ?cities)" in visit.page.inner_text("#editor .CodeMirror-code")
    assert not [url for method, url in visit.requests if method == "POST"]
    visit.run()
    rows = visit.page.locator("#answer tbody tr").count()
    assert rows >= 8
    assert f"Rows: {rows}." in visit.page.inner_text("#said")


def test_no_other_host_is_asked_and_the_policy_is_not_broken(visit: Visit) -> None:
    visit.open(BY_COUNTRY)
    visit.run()
    for view in ("chart", "response", "table"):
        visit.page.click(f".select_{view}")
    visit.page.click("#answer thead th >> nth=0")
    _write(visit.page, "SELECT * WHERE { ?s a bg:Ci")
    visit.page.keyboard.press("Control+Space")
    visit.page.locator(".CodeMirror-hints li", has_text="bg:CityNeed").wait_for()
    _write(visit.page, "PREFIX sk")
    visit.page.locator(".CodeMirror-hints li", has_text="skos:").wait_for()
    hosts = {urlsplit(url).netloc for _, url in visit.requests if urlsplit(url).scheme in ("http", "https")}
    assert hosts == {urlsplit(visit.address).netloc}
    assert visit.complaints == []


def _write(page: "Page", text: str) -> None:
    page.click("#editor .CodeMirror")
    page.keyboard.press("Control+A")
    page.keyboard.type(text)


def test_the_example_with_search_inside_gives_practices_with_scores(visit: Visit) -> None:
    query = dict(gallery())["Search by meaning inside SPARQL"][0][1]
    visit.open(query)
    visit.run()
    if "SERVICE is switched off" in visit.page.inner_text("#answer"):
        pytest.skip("this endpoint has no search inside SPARQL")
    titles = visit.page.locator("#answer tbody tr td:nth-child(2)").all_inner_texts()
    assert any("snow" in title.lower() or "pavement" in title.lower() for title in titles[:3]), titles
    visit.page.click(".select_chart")
    assert visit.page.locator("#answer table.bars rect").count() == len(titles)


def test_places_are_drawn_on_a_map_without_tiles(visit: Visit) -> None:
    visit.open(dict(gallery())["Research questions"][8][1])
    visit.run()
    visit.page.click(".select_map")
    assert visit.page.locator("#answer svg.places circle").count() > 100
    assert visit.page.locator("#answer svg.places text.name", has_text="Helsinki").is_visible()


def test_an_error_says_what_is_wrong_and_where(visit: Visit) -> None:
    visit.open("SELECT * WHERE { ?s ?p }")
    visit.run()
    assert "line 1, column 25" in visit.page.inner_text("#answer")
    visit.open("ASK { ?s a bg:City }")
    visit.run()
    assert "True" in visit.page.inner_text("#answer")


def test_everything_can_be_done_with_the_keyboard_alone(visit: Visit) -> None:
    visit.page.goto(f"{visit.address}/sparql")
    visit.page.focus("nav a:last-child")
    for _ in range(5):
        visit.page.keyboard.press("Tab")
        if visit.page.evaluate("document.activeElement.closest('#editor') !== null"):
            break
    name = visit.page.evaluate("document.activeElement.getAttribute('aria-label')")
    assert name == "Query in SPARQL"
    visit.page.keyboard.press("Control+Enter")
    visit.page.locator("#answer tbody tr").first.wait_for()
    visit.page.keyboard.press("Tab")
    assert visit.page.evaluate("document.activeElement.id") == "run"
    visit.page.keyboard.press("Tab")
    visit.page.keyboard.press("Enter")
    visit.page.locator("#said", has_text="link").wait_for()
    assert "/sparql?ask=PREFIX" in visit.page.url


def test_identifiers_in_an_answer_lead_to_this_server(visit: Visit) -> None:
    visit.open("SELECT ?c WHERE { VALUES ?c { <https://w3id.org/bufgraph/id/city/fi-turku> } }")
    visit.run()
    with visit.page.context.expect_page() as opened:
        visit.page.click("#answer a.iri")
    assert opened.value.url.startswith(visit.address)


@pytest.mark.parametrize("visit", [(360, 740)], indirect=True)
def test_it_fits_a_phone(visit: Visit) -> None:
    visit.open(BY_COUNTRY)
    visit.run()
    assert visit.page.evaluate("document.documentElement.scrollWidth") <= 360
    assert visit.page.locator(".select_chart span").is_visible()
