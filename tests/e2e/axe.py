"""axe-core in a page: the rules of WCAG 2.2 at level AA, and what axe calls best practice."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Final

from axe_playwright_python.base import AXE_SCRIPT

if TYPE_CHECKING:
    from playwright.sync_api import Page

WCAG: Final = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
BEST_PRACTICE: Final = "best-practice"
COLOURS: Final = ("color-contrast", "link-in-text-block")
"""The rules that a colour scheme can break."""
EXCUSED: Final = {
    # The editor is scrolled by the cursor: its text field, which axe takes for hidden, has the focus and not the frame around the lines.
    ("scrollable-region-focusable", ".CodeMirror-scroll"),
}
"""Findings of which we know better: rule and element."""


def findings(page: "Page", rules: Sequence[str] = (), without: Sequence[str] = ()) -> list[str]:
    """Return what axe finds wrong: rule, level, element and reason, one line each.

    Args:
        page: Opened without the content security policy, which would keep axe out.
        rules: Only these; by default all of WCAG 2.2 AA and best practice.
        without: Not these.
    """
    only = {"type": "rule", "values": rules} if rules else {"type": "tag", "values": [*WCAG, BEST_PRACTICE]}
    off = {rule: {"enabled": False} for rule in without}
    if not page.evaluate("'axe' in window"):
        page.evaluate(AXE_SCRIPT)
    options = {"runOnly": only, "rules": off, "resultTypes": ["violations"]}
    found = page.evaluate("options => axe.run(options)", options)
    return [
        _line(violation, node)
        for violation in found["violations"]
        for node in violation["nodes"]
        if (violation["id"], _target(node)) not in EXCUSED
    ]


def _line(violation: dict[str, Any], node: dict[str, Any]) -> str:  # Any: axe's JSON
    level = "best practice" if BEST_PRACTICE in violation["tags"] else "WCAG"
    reason = " ".join(node["failureSummary"].split())
    return f"{violation['id']} ({level}) at {_target(node)}: {reason}"


def _target(node: dict[str, Any]) -> str:  # Any: axe's JSON
    return " ".join(map(str, node["target"]))
