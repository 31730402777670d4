"""Visitors: a browser window of some size, colour scheme and language, watched for whatever a page must never do."""

import os
import shutil
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal
from urllib.parse import urlsplit

from bufgraph.localisation.tongue import Tongue

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, Request, Response

Size = Literal["phone", "desktop", "narrow"]
Scheme = Literal["light", "dark"]
CHROMIUM: Final = next(
    filter(None, map(shutil.which, ("chromium-headless-shell", "chromium", "chromium-browser"))), None
)
"""The shell without windows first: Debian's whole browser takes four times the time for a page, even headless."""
FLAGS: Final = (
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync", "--disable-smooth-scrolling",
)  # fmt: skip
"""No request of the browser's own; no gliding, for keys that follow faster than a hand's stop it half way."""
SIZES: Final = {
    "phone": {"width": 390, "height": 844},
    "desktop": {"width": 1280, "height": 900},
    "narrow": {"width": 320, "height": 640},
}
TIMEOUT_MS: Final = 60_000
"""So long because a busy machine is slow; a test that passes waits for nothing."""
_VIOLATIONS: Final = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy violated: ${event.violatedDirective} by ${event.blockedURI} in ${event.sourceFile}:${event.lineNumber}`));
"""


@dataclass(frozen=True)
class Visitor:
    """How somebody looks at the pages.

    Attributes:
        size: Window.
        scheme: Colours that she prefers.
        language: Interface language.
        javascript: Whether scripts run.
        bare: Without the content security policy: only for a checker that must be put into the page.
        reduced_motion: Whether she prefers things not to move.
    """

    size: Size = "desktop"
    scheme: Scheme = "light"
    language: str = "en"
    javascript: bool = True
    bare: bool = False
    reduced_motion: bool = False

    def __str__(self) -> str:
        script = "scripts" if self.javascript else "no scripts"
        return f"{self.size} {self.scheme} {self.language} {script}"


@dataclass
class Visits:
    """Opens pages for visitors and keeps what the pages did wrong.

    Attributes:
        complaints: Requests to another host, failed files, errors in scripts, violations of the policy.
    """

    browser: "Browser"
    address: str
    closing: ExitStack
    complaints: list[str] = field(default_factory=list)
    contexts: dict[Visitor, "BrowserContext"] = field(default_factory=dict)

    def page(self, visitor: Visitor = Visitor()) -> "Page":
        """Return a new window of a visitor."""
        if visitor not in self.contexts:
            self.contexts[visitor] = self._context(visitor)
        return self.contexts[visitor].new_page()

    def open(self, path: str, visitor: Visitor = Visitor(), status: int = 200) -> "Page":
        """Return a window that shows a page in the visitor's language."""
        page = self.page(visitor)
        answer = page.goto(self.url(path, visitor.language))
        assert answer is not None
        assert answer.status == status, f"{path} in {visitor.language}: {answer.status} instead of {status}"
        return page

    def url(self, path: str, language: str = "en") -> str:
        """Return the whole address of a page in a language."""
        return self.address + prefix(language) + path

    def _context(self, visitor: Visitor) -> "BrowserContext":
        options: dict[str, Any] = {  # Any: options of Playwright
            "viewport": SIZES[visitor.size],
            "color_scheme": visitor.scheme,
            "java_script_enabled": visitor.javascript,
            "locale": {"en": "en-GB", "nb": "nb-NO"}.get(visitor.language, visitor.language),
            "reduced_motion": "reduce" if visitor.reduced_motion else "no-preference",
            "bypass_csp": visitor.bare,
            "is_mobile": visitor.size == "phone",
            "has_touch": visitor.size == "phone",
        }
        context = self.closing.enter_context(self.browser.new_context(**options))
        context.set_default_timeout(TIMEOUT_MS)
        context.add_init_script(_VIOLATIONS)
        context.on("request", self._asked)
        context.on("response", self._answered)
        context.on("console", self._said)
        context.on("weberror", lambda error: self.complaints.append(f"error in a script: {error.error}"))
        return context

    def _asked(self, request: "Request") -> None:
        parts = urlsplit(request.url)
        if parts.scheme not in ("data", "blob") and f"{parts.scheme}://{parts.netloc}" != self.address:
            self.complaints.append(f"asked another host: {request.url}")

    def _answered(self, response: "Response") -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.complaints.append(f"{response.status} for {response.url} in {response.frame.url}")

    def _said(self, message: "ConsoleMessage") -> None:
        # A page that is itself a 404 is no complaint, and a file that fails is one already.
        if message.type == "error" and not message.text.startswith("Failed to load resource"):
            self.complaints.append(f"{message.location.get('url', '')}: {message.text}")


def prefix(language: str) -> str:
    """Return what stands before an address in a language."""
    return "" if language == "en" else f"/{language}"


@cache
def told(text: str, language: str) -> str:
    """Return a text of ours as a visitor reads it; what is not translated yet is English."""
    return Tongue(language).message(text)


def picture_folder() -> Path | None:
    """Return where pictures of the pages are to be kept, if anywhere."""
    name = os.environ.get("BUFGRAPH_SCREENSHOTS", "")
    return Path(name) if name else None
