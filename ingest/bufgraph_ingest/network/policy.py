"""What a client may do to the servers of others, and what it takes from them."""

from dataclasses import dataclass, fields
from typing import Any, Final, Self

from bufgraph import __version__
from bufgraph.errors import MisconfiguredError
from bufgraph.settings import Settings

NAME: Final = "bufgraph"
"""The product token, which robots.txt files name."""


@dataclass(frozen=True, slots=True)
class Policy:
    """Limits of one client; the defaults suit a few hundred pages of many hosts.

    Attributes:
        contact: Address of the operator (web page or mailbox of the office), told to every server.
        connect_s: Longest wait for a connection; ``read_s``: for the next bytes; ``total_s``: for one request as
            a whole, its body included.
        attempts: How often a request is sent at most.
        backoff_s: Upper bound of the first random wait before another attempt, doubled each time up to
            ``max_backoff_s`` (exponential backoff with full jitter).
        max_retry_after_s: Longest ``Retry-After`` that is waited for; a server that asks for more is left alone.
        host_interval_s: Least time between the starts of two requests to one host; ``host_connections``: most
            requests to one host at once.
        max_crawl_delay_s: Longest ``Crawl-delay`` that is kept; a host that asks for more is kept at this one.
        max_bytes: Largest body, decompressed; ``max_ratio``: most times that it may be larger than what was sent.
        max_redirects: Longest chain of redirects.
        private_hosts: Hosts that may have addresses of a private network, exactly as an address names them.
    """

    contact: str = ""
    connect_s: float = 10.0
    read_s: float = 20.0
    total_s: float = 120.0
    attempts: int = 4
    backoff_s: float = 1.0
    max_backoff_s: float = 30.0
    max_retry_after_s: float = 120.0
    host_interval_s: float = 1.0
    host_connections: int = 2
    max_crawl_delay_s: float = 30.0
    max_bytes: int = 100_000_000
    max_ratio: int = 200
    max_redirects: int = 5
    private_hosts: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        if "\n" in self.contact or "\r" in self.contact or not self.contact.isascii():
            raise MisconfiguredError(
                "the contact of the network client is sent in a header; write one ASCII line"
            )
        for limit in fields(self):
            number = getattr(self, limit.name)
            if isinstance(number, (int, float)) and number < 0:
                raise MisconfiguredError(f"{limit.name} is {number}; expected 0 or more")
        if self.attempts < 1 or self.host_connections < 1:
            raise MisconfiguredError("attempts and host_connections must be 1 or more")

    @classmethod
    def of(cls, settings: Settings, **limits: Any) -> Self:  # Any: each attribute has its own type
        """Return the policy of an operator, with limits other than the usual ones where named."""
        hosts = frozenset(settings.network_private_hosts.replace(",", " ").split())
        return cls(contact=settings.network_contact, private_hosts=hosts, **limits)

    @property
    def user_agent(self) -> str:
        """Who asks: name, version and, where set, the contact."""
        return f"{NAME}/{__version__}" + (f" (+{self.contact})" if self.contact else "")
