"""How a request can fail; all are errors of the known families, so that the edges tell them like any other."""

from bufgraph.errors import InvalidInputError, NotAvailableError, NotFoundError, TooLargeError


class UnreachableError(NotAvailableError):
    """No answer came: no such host, no connection, or one that broke off."""


class BusyError(NotAvailableError):
    """The server is slow or asks to come later; trying again can help.

    Attributes:
        retry_after_s: How long the server asks to wait; None where it does not say.
    """

    def __init__(self, message: str, retry_after_s: float | None = None, **facts: object) -> None:
        super().__init__(message, **facts)
        self.retry_after_s = retry_after_s


class StatusError(NotAvailableError):
    """The server answered with a status that is no success; ``status`` in the facts."""


class MissingPageError(NotFoundError):
    """The server says that there is no such page (404, 410)."""


class RefusedError(InvalidInputError):
    """We do not ask this address: its scheme, its network or its robots.txt forbids it."""


class UnwantedAnswerError(InvalidInputError):
    """The answer is not of the kind that was asked for, or is damaged."""


class BodyTooLargeError(TooLargeError):
    """The body passes the limit of bytes or is a decompression bomb."""
