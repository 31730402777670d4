"""axe-core looks at every type of page."""

import pytest

from e2e.axe import COLOURS, findings
from e2e.pages import PAGES, PageType
from e2e.visitors import SIZES, Visitor, Visits

pytestmark = pytest.mark.browser
CHOOSES_AS_IT_LOADS = ("map",)
"""Pages whose scripts look at the window once, while they load; all others follow it."""


@pytest.mark.parametrize("page_type", PAGES, ids=lambda page_type: page_type.name)
def test_axe_finds_nothing_on_a_desktop_in_the_dark_and_on_a_phone(
    visits: Visits, page_type: PageType
) -> None:
    """Dark differs from light in its colours only, a phone from a desktop in all but them."""
    still = {"bare": True, "reduced_motion": True}
    page = visits.open(page_type.path, Visitor(**still), page_type.status)
    found = {"desktop": findings(page)}
    page.emulate_media(color_scheme="dark")
    found["dark"] = findings(page, COLOURS)
    if page_type.name in CHOOSES_AS_IT_LOADS:
        page = visits.open(page_type.path, Visitor(size="phone", **still), page_type.status)
    else:
        page.set_viewport_size(SIZES["phone"])
    found["phone"] = findings(page, without=COLOURS)
    assert {look: lines for look, lines in found.items() if lines} == {}
