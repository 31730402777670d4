"""The address that others know this server by; it stands in what they keep: feeds, sharing cards, embedded cards."""

import re
from typing import Final, cast

from fastapi import Request

from bufgraph.settings import Settings

_HOST: Final = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|\[[0-9A-Fa-f:.]{2,45}\])(?::[0-9]{1,5})?")


def site_of(request: Request, settings: Settings | None = None) -> str:
    """Return the public address of the server; ends in ``/``.

    The operator's setting wins. Without one it is the address that was asked, as long as its ``Host`` is a plain host name: anything
    else a client made up, and it gets the address that the server listens on.

    Args:
        settings: Those of the application where the request knows none.
    """
    settings = settings or cast(
        Settings, request.app.state.bufgraph.build.settings
    )  # Starlette's state is untyped
    if settings.public_url:
        return settings.public_url
    if _HOST.fullmatch(request.headers.get("host", "")):
        return str(request.base_url)
    return f"http://{settings.host}:{settings.port}/"
