"""From a need to a brief without a mouse: the focus is always to be seen, nothing holds it, the first stop skips the navigation."""

from typing import TYPE_CHECKING

import pytest

from e2e.pages import NEED, PAGES, PageType, address
from e2e.visitors import Visitor, Visits, told

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
MOST_STOPS = 160
OF_EACH_TEMPLATE = {page.path.split("?")[0]: page for page in PAGES if not page.framed}.values()
"""One page of each address without its question: what stands before the content hangs on no question."""
FOCUS = """() => {
  const at = document.activeElement;
  if (!at || at === document.body) return null;
  const style = getComputedStyle(at);
  const box = at.getBoundingClientRect();
  const shape = at instanceof SVGElement ? at.querySelector("circle, path, rect") : null;
  const drawn = shape !== null && parseFloat(getComputedStyle(shape).strokeWidth) >= 2;
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) >= 1;
  const across = Math.min(Math.max(box.x + box.width / 2, 0), innerWidth - 1);
  const hidden = (down) => {
    const top = document.elementFromPoint(across, Math.min(Math.max(down, 0), innerHeight - 1));
    if (!top || at.contains(top) || top.contains(at)) return false;
    for (let over = top; over; over = over.parentElement) {
      if (["fixed", "sticky"].includes(getComputedStyle(over).position)) return true;
    }
    return false;
  };
  const covered = box.height > 0 && [box.top + 2, box.top + box.height / 2, box.bottom - 2].every(hidden);
  return {
    tag: at.tagName.toLowerCase(), id: at.id, href: at.getAttribute("href") ?? "", text: (at.textContent ?? "").trim().slice(0, 60),
    key: at.outerHTML.slice(0, 300), seen: (outlined || drawn || style.boxShadow !== "none") && box.width > 0 && box.height > 0,
    inside: box.bottom > 0 && box.top < innerHeight && box.right > 0 && box.left < innerWidth, covered,
  };
}"""


def stop(page: "Page", key: str = "Tab") -> dict[str, object]:
    """Press a key and return where the focus is, which must be somewhere and to be seen."""
    page.keyboard.press(key)
    at: dict[str, object] | None = page.evaluate(FOCUS)
    assert at is not None, "the focus is lost"
    assert at["seen"], f"no mark of the focus on {at['key']}"
    assert at["inside"], f"outside of the window: {at['key']}"
    assert not at["covered"], f"covered: {at['key']}"
    return at


def reach(page: "Page", wanted: str) -> None:
    """Press Tab until the focus is on an element."""
    for _ in range(MOST_STOPS):
        stop(page)
        if page.evaluate("(selector) => document.activeElement.matches(selector)", wanted):
            return
    pytest.fail(f"{wanted} is not reached with {MOST_STOPS} stops on {page.url}")


def enter(page: "Page", key: str = "Enter") -> None:
    """Press a key that leads to another page."""
    with page.expect_navigation():
        page.keyboard.press(key)


def test_from_a_need_to_a_brief_by_keyboard_alone(visits: Visits) -> None:
    page = visits.open("/", Visitor(reduced_motion=True))
    reach(page, "main [name='q']")
    page.keyboard.type(NEED)
    reach(page, "main [name='city']")
    page.keyboard.type("Turku")
    page.keyboard.press("Escape")  # the list of suggestions
    reach(page, "main form button[type='submit']")
    enter(page)
    reach(page, "li.solution [data-pick]")
    page.keyboard.press("Space")
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    reach(page, "li.solution [data-pick]")
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.getAttribute('aria-pressed')") == "true"
    page.keyboard.press("Control+Home")
    reach(page, "a[href*='/shortlist'][href*='pick=']")
    enter(page)
    reach(page, "main a[href*='/brief']")
    enter(page)
    reach(page, "main a[href*='brief.pdf']")
    assert told("Back to the shortlist", "en") in page.inner_text("main")


@pytest.mark.parametrize("page_type", OF_EACH_TEMPLATE, ids=lambda page_type: page_type.name)
def test_the_first_stop_skips_to_the_content(visits: Visits, page_type: PageType) -> None:
    page = visits.open(page_type.path, Visitor(reduced_motion=True), page_type.status)
    first = stop(page)
    assert first["href"] == "#main"
    page.keyboard.press("Enter")
    page.wait_for_function("document.activeElement.id === 'main'")
    page.keyboard.press("Tab")
    assert page.evaluate("!document.querySelector('body > header').contains(document.activeElement)")


def test_a_jump_within_the_results_fetches_nothing(visits: Visits) -> None:
    page = visits.open(address("/search", q=NEED), Visitor(reduced_motion=True))
    page.wait_for_load_state("networkidle")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url) if "/search" in request.url else None)
    stop(page)
    page.keyboard.press("Enter")
    page.wait_for_url("**#main")
    page.wait_for_load_state("networkidle")
    assert asked == []


@pytest.mark.parametrize(
    "path", ["/map?country=LV", "/", address("/search", q=NEED)], ids=["map", "home", "search"]
)
def test_nothing_holds_the_focus(visits: Visits, path: str) -> None:
    """Tab reaches the end of the page, and Shift+Tab leads back from there."""
    page = visits.open(path, Visitor(reduced_motion=True))
    page.wait_for_load_state("networkidle")
    last = page.locator("footer a").last
    before = last.get_attribute("href")
    stops = 0
    while True:
        at = stop(page)
        stops += 1
        if at["href"] == before and page.evaluate("document.activeElement.closest('footer') !== null"):
            break
        assert stops < 1_500
    for _ in range(3):
        at = stop(page, "Shift+Tab")
    assert at["href"] != before
