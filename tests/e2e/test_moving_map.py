"""The map that moves: Leaflet over the drawn map, where npm was there at the installation."""

import pytest

from bufgraph_api.pages.vendored import MOVING_MAP, vendored
from e2e.visitors import Visitor, Visits

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not vendored(*MOVING_MAP), reason="the moving map is not installed (make frontend)"),
]
MOVE, STILL = "Move and zoom the map", "Back to the still map"


def test_where_a_mouse_points_the_map_moves_with_the_same_places(visits: Visits) -> None:
    page = visits.open("/map?country=LV", Visitor(scheme="dark"))
    page.locator(".moving .leaflet-marker-icon").first.wait_for()
    assert page.locator("svg.drawn").is_hidden()
    drawn = page.locator("svg.drawn [data-at]").count()
    assert page.locator(".moving .leaflet-marker-icon").count() == drawn > 10
    page.click(f"text={STILL}")
    assert page.locator("svg.drawn").is_visible()
    assert page.locator(".moving").is_hidden()


def test_the_keyboard_opens_a_place_and_comes_back_to_it(visits: Visits) -> None:
    page = visits.open("/map?country=FI", Visitor(reduced_motion=True))
    oulu = page.locator('.moving .leaflet-marker-icon[aria-label^="Oulu, Finland: "]')
    oulu.focus()
    page.keyboard.press("Enter")
    page.locator(".leaflet-popup-content a", has_text="Oulu, Finland").wait_for()
    assert page.evaluate("document.activeElement.getAttribute('href')") == "/city/fi-oulu"
    page.keyboard.press("Escape")
    page.locator(".leaflet-popup").wait_for(state="detached")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')").startswith("Oulu")


def test_a_phone_gets_the_still_map_until_it_asks(visits: Visits) -> None:
    page = visits.open("/map?country=EE", Visitor(size="phone"))
    assert page.locator("svg.drawn").is_visible()
    assert page.locator("script[src*=leaflet]").count() == 0
    page.click(f"text={MOVE}")
    page.locator(".moving .leaflet-marker-icon").first.wait_for()
    assert page.evaluate("document.activeElement.classList.contains('moving')")


def test_a_map_that_cannot_be_loaded_leaves_the_still_one_and_says_so(visits: Visits) -> None:
    page = visits.page(Visitor(size="phone", scheme="dark"))
    page.route("**/region.json*", lambda route: route.fulfill(body="{}"))  # not what its digest promises
    page.goto(visits.url("/map"))
    page.click(f"text={MOVE}")
    page.locator("#map [role=status]", has_text="could not be loaded").wait_for()
    assert page.locator("svg.drawn").is_visible()
    assert any("digest" in text for text in visits.complaints)
    visits.complaints.clear()


def test_coastlines_are_drawn_in_the_colours_of_the_page(visits: Visits) -> None:
    fills = []
    for scheme in ("light", "dark"):
        page = visits.open("/map", Visitor(size="phone", scheme=scheme))  # type: ignore[arg-type]  # one of the two
        fills.append(page.evaluate("getComputedStyle(document.querySelector('use.land')).fill"))
    assert fills[0] != fills[1]
