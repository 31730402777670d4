"""Errors in families named by what the caller can do; no framework in them.

The command line maps a family to an exit code, the API to a problem body (RFC 9457), each from one table.
"""


class BufgraphError(Exception):
    """Base of every error that bufgraph raises on purpose.

    Args:
        message: What happened to which thing, what was expected, what to do next.
        **facts: Identifiers of the thing, for programs (a path, an IRI, a limit).
    """

    def __init__(self, message: str, **facts: object) -> None:
        super().__init__(message)
        self.message = message
        self.facts = facts


class NotFoundError(BufgraphError):
    """The thing asked for does not exist; ask for another."""


class InvalidInputError(BufgraphError):
    """The request or record is wrong; change it and try again."""


class TooLargeError(InvalidInputError):
    """The request passes a stated limit."""


class MisconfiguredError(BufgraphError):
    """A setting or an installed file is wrong; the operator must mend it."""


class NotAvailableError(BufgraphError):
    """Something needed is missing or busy now (no build, a time limit); do what the message says and retry."""


class QueryTimeoutError(NotAvailableError):
    """A query was ended at its time or memory limit."""


class ConflictError(BufgraphError):
    """Another process holds the thing (the write lock, the port)."""
