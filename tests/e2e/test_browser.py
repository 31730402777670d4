"""The page in a real browser, served by the real server over the shipped data."""

import shutil
from collections.abc import Iterator

import pytest

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(
        CHROMIUM is None, reason="Chromium is not installed (Debian: apt-get install chromium)"
    ),
]
NEED = "Snow blocks our pavements every winter and older people fall"


@pytest.fixture(scope="module", params=["desktop", "phone"])
def page(request: pytest.FixtureRequest) -> Iterator[object]:
    from playwright.sync_api import sync_playwright

    size = {"desktop": {"width": 1200, "height": 900}, "phone": {"width": 360, "height": 740}}[request.param]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=CHROMIUM,
            args=[
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
            ],
        )
        context = browser.new_context(viewport=size, java_script_enabled=False)
        yield context.new_page()
        browser.close()


def test_a_need_typed_into_the_page_finds_practices_and_the_cities_that_tried_them(
    page: object, address: str
) -> None:
    from playwright.sync_api import Page

    assert isinstance(page, Page)
    page.goto(address)
    page.fill("textarea", NEED)
    page.click("button")
    solutions = page.locator("#solutions + ol > li h3").all_inner_texts()
    assert any(
        "winter" in title.lower() or "snow" in title.lower() or "pavement" in title.lower()
        for title in solutions[:5]
    ), solutions
    assert page.locator("#cities-with + ul > li").count() >= 3
    assert page.locator("#experts + ul > li").count() >= 3
    page.click("#solutions + ol > li:first-child h3 a")
    assert page.locator("h2:has-text('Sources')").is_visible()


def test_no_page_is_wider_than_the_screen(page: object, address: str) -> None:
    from playwright.sync_api import Page

    assert isinstance(page, Page)
    assert page.viewport_size is not None
    for path in (
        "/",
        f"/?q={NEED.replace(' ', '+')}&city=Tartu",
        "/city/fi-turku",
        "/challenges",
        "/about",
        "/practices",
        "/sparql",
    ):
        page.goto(address + path)
        box = page.locator("main").bounding_box()
        assert box is not None
        assert box["width"] <= page.viewport_size["width"], path
        widest = max(
            element["width"]
            for element in (e.bounding_box() for e in page.locator("main > *").all())
            if element
        )
        assert widest <= page.viewport_size["width"], path
