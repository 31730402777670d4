"""What an address or an answer must be like to be taken, and what its headers say."""

import re
from collections.abc import Sequence
from typing import Final

import httpx

from bufgraph_ingest.network.failures import (
    MissingPageError,
    RefusedError,
    StatusError,
    UnwantedAnswerError,
)

REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
_MAX_AGE: Final = re.compile(r"(?:^|[,\s])max-age=\"?(\d{1,9})")
_NO_REUSE: Final = re.compile(r"(?:^|[,\s])(?:no-store|no-cache)\b")


def checked_url(text: str) -> httpx.URL:
    """Return an address of the web, without its fragment.

    Raises:
        RefusedError: It is none, or carries a password.
    """
    try:
        url = httpx.URL(text.strip())
    except httpx.InvalidURL as err:
        raise RefusedError(f"'{text}' is no web address: {err}", url=text) from err
    if url.scheme not in {"http", "https"} or not url.host:
        raise RefusedError(f"'{text}' is no web address; it starts with http:// or https://", url=text)
    if url.userinfo:
        raise RefusedError("an address with a name or password in it is not asked; leave them out")
    return url.copy_with(fragment=None)


def redirected(url: httpx.URL, response: httpx.Response) -> httpx.URL:
    """Return where a redirect leads.

    Raises:
        RefusedError: To another scheme; only the step up from http to https is taken.
    """
    location = response.headers["Location"]
    try:
        target = url.join(location)
    except httpx.InvalidURL as err:
        raise RefusedError(f"{url} redirects to '{location}', which is no address", url=str(url)) from err
    if target.scheme != url.scheme and (url.scheme, target.scheme) != ("http", "https"):
        raise RefusedError(
            f"{url} redirects to the scheme '{target.scheme}', which is not followed", url=str(url)
        )
    return checked_url(str(target))


def check_status(response: httpx.Response) -> None:
    """Return if the status is a success.

    Raises:
        MissingPageError: There is no such page; StatusError: any other failure.
    """
    status, url = response.status_code, str(response.url)
    if status in {404, 410}:
        raise MissingPageError(f"{url} does not exist (status {status})", url=url, status=status)
    if status != 200:
        raise StatusError(f"{url} answers with status {status}", url=url, status=status)


def check_media_type(found: str, wanted: Sequence[str], url: str) -> None:
    """Return if an answer is of a wanted media type; none wanted: any is.

    Raises:
        UnwantedAnswerError: It is of another.
    """
    if wanted and found not in wanted:
        raise UnwantedAnswerError(
            f"{url} is '{found or 'of no stated type'}'; expected {' or '.join(wanted)}; check the address",
            url=url,
        )


def media_type(response: httpx.Response) -> str:
    """Return the media type in lower case, without parameters; "" where none is stated."""
    return str(response.headers.get("Content-Type", "")).split(";", maxsplit=1)[0].strip().lower()


def max_age_s(response: httpx.Response) -> float:
    """Return how long an answer may be used without asking again (RFC 9111, 5.2.2); 0 where nothing is said."""
    control = str(response.headers.get("Cache-Control", "")).lower()
    found = _MAX_AGE.search(control)
    return 0.0 if found is None or _NO_REUSE.search(control) else float(found[1])
