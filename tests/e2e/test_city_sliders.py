"""The page of a city with JavaScript: weights and ready mixes bring the list up to date in place."""

import pytest

pytest.importorskip("playwright.sync_api")
from playwright.sync_api import Page, expect

from e2e.visitors import Visits

PATH = "/city/fi-turku"


def _names(page: Page) -> list[str]:
    return page.locator("#similar-list tbody th a").all_inner_texts()


def test_moving_a_slider_by_keyboard_changes_the_list_and_the_address_and_is_announced(
    visits: Visits,
) -> None:
    page = visits.open(PATH)
    before = _names(page)
    expect(page.locator("#similar-form button[type=submit]")).to_be_hidden()
    slider = page.locator("#weight_country")
    slider.press("End")
    expect(page.locator("output[for=weight_country]")).to_have_text("10")
    page.wait_for_url("**weight_country=10**")
    after = _names(page)
    assert after != before
    expect(page.locator("#similar-said")).to_contain_text(after[0])
    expect(slider).to_be_focused()
    page.reload()
    assert _names(page) == after, "the address holds what was chosen"


def test_a_ready_mix_sets_the_sliders_and_keeps_the_focus(visits: Visits) -> None:
    page = visits.open(PATH)
    page.locator("[data-preset=problem]").press("Enter")
    page.wait_for_url("**preset=problem**")
    expect(page.locator("output[for=weight_needs]")).to_have_text("8")
    expect(page.locator("[data-preset=problem]")).to_be_focused()
    expect(page.locator("[data-preset=problem]")).to_have_attribute("aria-current", "true")


def test_without_a_connection_it_says_so_and_gives_the_button_back(visits: Visits) -> None:
    page = visits.open(PATH)
    page.context.set_offline(True)
    page.locator("#weight_size").press("End")
    button = page.locator("#similar-form button[type=submit]")
    expect(button).to_be_visible()
    expect(page.locator("#similar-said")).to_contain_text("could not be brought up to date")
    page.context.set_offline(False)
    button.click()
    page.wait_for_url("**weight_size=10**")
