"""The odd server and the polite client that asks it; a file about another client has its own fixture of that name."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from bufgraph_ingest.network.client import PoliteClient
from odd_server import OddServer, odd_server
from polite_client import QUICK


@pytest.fixture
def server() -> Iterator[OddServer]:
    with odd_server() as running:
        yield running


@pytest.fixture
def client(tmp_path: Path) -> Iterator[PoliteClient]:
    with PoliteClient(QUICK, tmp_path / "cache") as polite:
        yield polite
