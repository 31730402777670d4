"""What a command takes as a file: a path, or an address of the web."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from bufgraph.settings import Settings

if TYPE_CHECKING:
    from bufgraph_ingest.network.client import Kind

_SCHEMES: Final = ("http://", "https://")


class FileOrAddress(click.Path):
    """A readable file as a path, or an address of the web as text."""

    name = "file or address"

    def __init__(self) -> None:
        super().__init__(exists=True, dir_okay=False, path_type=Path)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """See click; Any is its signature."""
        return value if is_address(value) else super().convert(value, param, ctx)


def is_address(where: object) -> bool:
    """Tell whether something is an address of the web rather than a path."""
    return isinstance(where, str) and where.lower().startswith(_SCHEMES)


def at_hand(where: Path | str, settings: Settings, kind: "Kind" = "api") -> Path:
    """Return a file that can be read; an address is fetched first.

    Args:
        kind: ``api`` for data made for programs; a ``page`` is read only where robots.txt lets us.

    Raises:
        See :func:`bufgraph_ingest.network.downloads.download`.
    """
    if isinstance(where, Path):
        return where
    from bufgraph_ingest.network.downloads import download  # noqa: PLC0415  # most files are at hand

    return download(where, settings, kind=kind)
