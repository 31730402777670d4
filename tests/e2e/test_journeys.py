"""Four people walk through the pages, each by what she can read on them."""

from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

import pytest

from e2e.pages import NEED
from e2e.visitors import Visitor, Visits
from e2e.walk import Walk

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
# Each pair of size, colours, language and scripts occurs; all combinations would take four times as long.
VISITORS = (
    Visitor("phone", "light", "en", javascript=True),
    Visitor("phone", "dark", "lv", javascript=False),
    Visitor("desktop", "light", "lv", javascript=False),
    Visitor("desktop", "dark", "en", javascript=False),
    Visitor("desktop", "dark", "lv", javascript=True),
)
NEEDS = {"en": NEED, "lv": "Katru ziemu sniegs aizsprosto ietves un vecāki cilvēki krīt"}
ABOUT = {"en": ("winter", "snow", "pavement"), "lv": ("ziem", "snieg", "ietv")}
"""What the title of a solution to that need speaks of."""
KNOWN = {
    "en": "We plan district heating with heat pumps and waste heat",
    "lv": "Mēs plānojam centralizēto siltumapgādi ar siltumsūkņiem un siltuma pārpalikumu",
}
every_visitor = pytest.mark.parametrize("visitor", VISITORS, ids=str)


def picks(page: "Page") -> list[str]:
    return parse_qs(urlsplit(page.url).query).get("pick", [])


def add(walk: Walk, number: int) -> None:
    """Put a solution of the results on the shortlist."""
    button = walk.page.locator("li.solution").nth(number).locator("[data-pick]")
    if walk.visitor.javascript:
        button.click()
    else:
        walk.leave_by(button)


@every_visitor
def test_from_a_problem_to_a_brief(visits: Visits, visitor: Visitor) -> None:
    walk = Walk.start(visits, visitor)
    walk.field("q").fill(NEEDS[visitor.language])
    walk.field("city").fill("Cēsis")
    walk.press("Find answers")
    assert walk.path == "/search"
    titles = walk.page.locator("li.solution h3").all_inner_texts()[:5]
    assert any(word in title.lower() for title in titles for word in ABOUT[visitor.language]), titles
    for part in ("#cities-with", "#experts"):
        assert walk.page.locator(f"{part} ~ ul > li").count() >= 3, part
    for number in (0, 1):
        add(walk, number)
    walk.follow("Go to your shortlist")
    assert walk.path == "/shortlist"
    chosen = picks(walk.page)
    assert len(chosen) == 2
    walk.follow("Make the brief", "main")
    assert walk.path == "/brief"
    assert picks(walk.page) == chosen
    text = walk.page.inner_text("main")
    assert NEEDS[visitor.language] in text
    assert "Cēs" in text
    for name, kind, start in (
        ("PDF", "application/pdf", b"%PDF"),
        ("Word", "officedocument", b"PK"),
        ("Markdown", "text/markdown", b"#"),
    ):
        answer = walk.page.request.get(
            visits.address + str(walk.named("link", name, "main").get_attribute("href"))
        )
        assert answer.ok
        assert kind in answer.headers["content-type"]
        assert answer.body().startswith(start)


@every_visitor
def test_my_city(visits: Visits, visitor: Visitor) -> None:
    walk = Walk.start(visits, visitor)
    walk.follow("My city", "header")
    assert walk.path == "/my-city"
    walk.field("city").fill("cesis")
    walk.press("Show the city", "main")
    assert walk.path == "/city/lv-cesis"
    assert "Cēsis" in walk.page.inner_text("h1")
    walk.leave_by(walk.page.locator("main a[href*='/practice/'][href*='city=']").first)
    assert walk.path.startswith("/practice/")
    assert walk.page.locator("#fit").is_visible()


@every_visitor
def test_i_know_something(visits: Visits, visitor: Visitor) -> None:
    walk = Walk.start(visits, visitor)
    walk.follow("What I know", "header")
    assert walk.path == "/know"
    walk.field("q").fill(KNOWN[visitor.language])
    walk.leave_by(walk.page.locator("main form:has([name='q']) button[type='submit']").first)
    assert walk.path == "/know"
    assert walk.page.locator("main a[href*='/city/']").count() >= 3
    walk.leave_by(walk.page.locator("main a[href*='/city/']").first)
    assert walk.path.startswith("/city/")


@every_visitor
def test_i_study_this(visits: Visits, visitor: Visitor) -> None:
    walk = Walk.start(visits, visitor)
    walk.follow("For researchers", "header")
    assert walk.path == "/research"
    walk.leave_by(walk.page.locator("main ul.examples a").first)
    assert walk.path == "/sparql"
    assert "SELECT" in walk.page.content()
    walk.page.go_back()
    walk.follow("All files, tables and checksums", "main")
    assert walk.path == "/data"
    walk.page.go_back()
    walk.follow("All measures, by language and subject, beside other systems", "main")
    assert walk.path == "/about/quality"
