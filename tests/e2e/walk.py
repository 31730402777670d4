"""What a person does on a page: find a link, a button, a field by the name that she reads, in her language."""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from e2e.visitors import Visitor, Visits, told

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Role = Literal["link", "button", "heading", "textbox", "searchbox", "combobox", "region", "navigation"]


@dataclass
class Walk:
    """A visitor's way through the pages.

    Attributes:
        page: Her window.
        visitor: Who she is.
    """

    page: "Page"
    visitor: Visitor

    @classmethod
    def start(cls, visits: Visits, visitor: Visitor, path: str = "/") -> "Walk":
        """Open a page and go on from there."""
        return cls(visits.open(path, visitor), visitor)

    def named(self, role: Role, text: str, within: str = "body") -> "Locator":
        """Return what has a role and a name that begins with a text of ours, told in her language."""
        name = re.compile(
            "^" + re.escape(told(text, self.visitor.language)).replace(r"\ ", r"\s+"), re.IGNORECASE
        )
        return self.page.locator(within).get_by_role(role, name=name).first

    def follow(self, text: str, within: str = "body") -> None:
        """Click a link."""
        self.leave_by(self.named("link", text, within))

    def press(self, text: str, within: str = "body") -> None:
        """Click a button that leads to another page."""
        self.leave_by(self.named("button", text, within))

    def leave_by(self, clicked: "Locator") -> None:
        """Click what leads to another page, and wait for that."""
        with self.page.expect_navigation():
            clicked.click()

    def field(self, name: str, within: str = "main") -> "Locator":
        """Return a field by its name in the form; that it has a label is what axe checks."""
        return self.page.locator(f"{within} [name='{name}']").first

    def sees(self, text: str) -> bool:
        """Whether a text of ours can be read on the page."""
        return self.page.get_by_text(told(text, self.visitor.language)).first.is_visible()

    @property
    def path(self) -> str:
        """The address without host, language and query."""
        found = re.sub(r"^https?://[^/]+", "", self.page.url).split("?")[0]
        prefix = f"/{self.visitor.language}/"
        return "/" + found.removeprefix(prefix) if found.startswith(prefix) else found
