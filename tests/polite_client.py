"""A polite client that is in a hurry, for tests against the odd server."""

from pathlib import Path

from bufgraph_ingest.network.policy import Policy

QUICK = Policy(
    contact="https://example.org/contact",
    connect_s=2,
    read_s=0.5,
    total_s=2,
    attempts=3,
    backoff_s=0.01,
    max_backoff_s=0.02,
    max_retry_after_s=2,
    host_interval_s=0,
    max_bytes=5_000_000,
    private_hosts=frozenset({"127.0.0.1"}),
)


def kept(folder: Path) -> list[Path]:
    """Return every file that a client left in its folder."""
    return [path for path in folder.rglob("*") if path.is_file()]
