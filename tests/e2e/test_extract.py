"""From a text to a draft in a browser: with and without scripts, by keyboard, on a phone."""

import pytest

from e2e.axe import findings
from e2e.test_pages import OVERFLOW
from e2e.visitors import Visitor, Visits
from made_documents import FOREIGN_PAGE

pytestmark = pytest.mark.browser
TEXT = "In 2022 the City of Tartu bought 40 sensors for EUR 1.2 million. <b>It works well.</b>"


def test_a_mark_leads_to_its_line_and_the_file_holds_what_was_ticked_without_scripts(visits: Visits) -> None:
    page = visits.open("/extract", Visitor(javascript=False))
    page.fill("#text", TEXT)
    with page.expect_navigation():
        page.click("form.need button[type=submit]")
    mark = page.locator("mark.money a.tag")
    line = mark.get_attribute("href")
    mark.click()
    assert page.url.endswith(f"/extract{line}")
    page.check(f"{line} input[name=take]")
    with page.expect_download() as download:
        page.click("button[name=as][value=json]")
    content = download.value.path().read_text(encoding="utf-8")
    assert content.count('"accept": "yes"') == 1
    assert '"value": "1200000 EUR"' in content


@pytest.mark.parametrize("size", ["desktop", "phone"])
def test_axe_finds_nothing_in_a_draft_and_it_fits_the_window(visits: Visits, size: str) -> None:
    page = visits.open(
        "/extract", Visitor("phone" if size == "phone" else "desktop", bare=True, reduced_motion=True)
    )
    page.set_input_files("#file", FOREIGN_PAGE)
    with page.expect_navigation():
        page.click("form.need button[type=submit]")
    assert page.locator("mark.city").count() >= 3
    assert findings(page) == []
    assert page.evaluate(OVERFLOW) == []
