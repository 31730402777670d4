"""A file of the web as a file at hand, for commands that take a path or an address."""

import mimetypes
import os
import shutil
from contextlib import suppress
from pathlib import Path, PurePosixPath
from typing import Final
from urllib.parse import unquote, urlsplit

from bufgraph.settings import Settings
from bufgraph_ingest.network.client import Fetched, Kind, PoliteClient
from bufgraph_ingest.network.policy import Policy

_SUFFIXES: Final = {
    "application/ld+json": ".jsonld",
    "application/n-triples": ".nt",
    "application/rdf+xml": ".rdf",
    "application/sparql-results+json": ".json",
    "text/csv": ".csv",
    "text/html": ".html",
    "text/plain": ".txt",
    "text/turtle": ".ttl",
}
"""Media types that the tables of the system lack or that several endings share."""
_MOST_CHARACTERS: Final = 80


def download(url: str, settings: Settings, *, kind: Kind = "api") -> Path:
    """Return the file of an address, fetched politely, or taken from the cache where it is unchanged.

    Args:
        kind: ``api`` for data made for programs; a ``page`` is read only where robots.txt lets us.

    Raises:
        RefusedError, UnwantedAnswerError, BodyTooLargeError, MissingPageError, StatusError, BusyError,
            UnreachableError: See :meth:`PoliteClient.fetch`.
    """
    with PoliteClient(Policy.of(settings), settings.home / "cache" / "network") as client:
        return _named(client.fetch(url, kind=kind), settings.home / "cache" / "downloads")


def _named(fetched: Fetched, folder: Path) -> Path:
    """Give a body the name that its address has, for readers go by the ending."""
    path = folder / fetched.sha256[:16] / file_name(fetched.final_url, fetched.media_type)
    path.parent.mkdir(parents=True, exist_ok=True)
    if not path.exists():
        fresh = path.with_name(f".{path.name}.{os.getpid()}")
        try:
            os.link(fetched.path, fresh)
        except OSError:  # a file system without hard links
            shutil.copyfile(fetched.path, fresh)
        with suppress(FileNotFoundError):
            fresh.replace(path)
    return path


def file_name(url: str, media_type: str) -> str:
    """Return a harmless file name for an address, with an ending that says what the file is."""
    last = PurePosixPath(unquote(urlsplit(url).path)).name
    harmless = "".join(char if char.isalnum() or char in "-_." else "-" for char in last).strip("-.")
    name = harmless[-_MOST_CHARACTERS:] or urlsplit(url).hostname or "download"
    if len(PurePosixPath(name).suffix) > 1 and harmless:
        return name
    return name + (_SUFFIXES.get(media_type) or mimetypes.guess_extension(media_type) or "")
