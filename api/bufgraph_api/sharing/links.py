"""Addresses that others keep: of embedded cards and of pictures."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import quote, urlencode

from markupsafe import Markup

from bufgraph.model import GoodPractice
from bufgraph_api.state import State

EMBED_WIDTH: Final = 560
EMBED_HEIGHT: Final = 340
"""Of the frame of an embedded card, in pixels, where nobody asks for less; a longer text scrolls."""


@dataclass(frozen=True, slots=True)
class Embed:
    """Where a practice can be embedded from.

    Attributes:
        site: Public address of the server; ends in ``/``.
        root: What the addresses of pages in the language begin with.
    """

    site: str
    root: str
    slug: str
    title: str

    @property
    def page(self) -> str:
        """Address of the page of the practice."""
        return f"{self.site.rstrip('/')}{self.root}/practice/{quote(self.slug)}"

    @property
    def card(self) -> str:
        """Address of the card."""
        return f"{self.site.rstrip('/')}{self.root}/embed/practice/{quote(self.slug)}"

    def oembed(self, form: str) -> str:
        """Return the address at which programs ask for the card, as ``json`` or ``xml``."""
        return f"{self.site}oembed?{urlencode({'url': self.page, 'format': form})}"

    def snippet(self, width: int = EMBED_WIDTH, height: int = EMBED_HEIGHT) -> str:
        """Return the HTML that shows the card on another page."""
        frame = Markup(
            '<iframe src="{}" width="{}" height="{}" title="{}" loading="lazy" style="border:0;max-width:100%"></iframe>'
        )
        return str(frame.format(self.card, width, height, self.title))


def embed_of(services: State, practice: GoodPractice, site: str, root: str) -> Embed:
    """Return where a practice can be embedded from, in the language of the services."""
    local = services.present.local(practice.id)
    return Embed(site, root, practice.slug, local["title"] if local else practice.title)


def picture_url(site: str, kind: str, slug: str, root: str) -> str:
    """Return the address of the picture of a record."""
    return f"{site}cards/{kind}/{quote(slug)}.png" + (f"?lang={root[1:]}" if root else "")
