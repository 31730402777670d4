"""What a reader sees of a page, for tests of pages."""

import re
from html import unescape


def words(page: str) -> str:
    """Return the words of a page without its markup."""
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def links(page: str, having: str) -> list[str]:
    """Return the addresses on a page that hold a text."""
    return [href for href in map(unescape, re.findall(r'href="([^"]+)"', page)) if having in href]
