"""Every type of page, for everybody: whatever the eyes, the hands, the window, the language."""

from typing import TYPE_CHECKING

import pytest

from e2e.pages import PAGES, PageType
from e2e.visitors import SIZES, Visitor, Visits, picture_folder

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
every_page = pytest.mark.parametrize("page_type", PAGES, ids=lambda page_type: page_type.name)
LONG_WORDS = ("de", "fi")
"""The languages with the longest words; pages take turns, so that the pages of a kind meet both."""
OVERFLOW = """() => {
  const wide = document.documentElement.clientWidth;
  if (document.scrollingElement.scrollWidth <= wide) return [];
  const scrolls = (element) => element.parentElement
    && (["auto", "scroll", "hidden"].includes(getComputedStyle(element.parentElement).overflowX) || scrolls(element.parentElement));
  const out = [...document.querySelectorAll("body *")].filter((element) =>
    element.getBoundingClientRect().right > wide + 0.5 && !scrolls(element));
  return [`${document.scrollingElement.scrollWidth} > ${wide}`, ...out.slice(-3).map((element) => element.outerHTML.slice(0, 160))];
}"""
MOVING = """() => [...document.querySelectorAll("*")].flatMap((element) => {
  const style = getComputedStyle(element);
  const seconds = `${style.transitionDuration},${style.animationDuration}`.split(",").map(parseFloat);
  return Math.max(...seconds) > 0.01 || style.scrollBehavior === "smooth" ? [element.outerHTML.slice(0, 100)] : [];
}).slice(0, 5)"""


@every_page
def test_it_fits_320_pixels_and_text_of_twice_the_size_and_stands_still_for_who_asks_for_that(
    visits: Visits, page_type: PageType
) -> None:
    """WCAG 2.2, 1.4.10 (reflow), 1.4.4 (resize text) and, as far as it is for a page to do, 2.3.3 (animation)."""
    language = LONG_WORDS[PAGES.index(page_type) % len(LONG_WORDS)]
    page = visits.open(
        page_type.path, Visitor("narrow", language=language, reduced_motion=True), page_type.status
    )
    found = {"320 px": page.evaluate(OVERFLOW)}
    page.set_viewport_size(SIZES["desktop"])
    found["moves"] = page.evaluate(MOVING)
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found["text of 200%"] = page.evaluate(OVERFLOW)
    assert {what: elements for what, elements in found.items() if elements} == {}


@every_page
@pytest.mark.skipif(
    picture_folder() is None, reason="pictures are taken where BUFGRAPH_SCREENSHOTS names a folder"
)
def test_its_pictures_are_taken(visits: Visits, page_type: PageType) -> None:
    for size in ("phone", "desktop"):
        page = visits.open(page_type.path, Visitor(size), page_type.status)
        for scheme in ("light", "dark"):
            page.emulate_media(color_scheme=scheme)
            _picture(page, f"{page_type.name}-{size}-{scheme}")


def _picture(page: "Page", name: str) -> None:
    folder = picture_folder()
    assert folder is not None
    page.wait_for_timeout(300)  # colours may fade
    page.screenshot(path=folder / f"{name}.png", full_page=True)
