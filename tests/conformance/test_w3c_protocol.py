"""The W3C's protocol tests against the live endpoint; those for queries of a given suite run by ``make conformance``."""

from collections.abc import Iterator

import pytest

from bufgraph.settings import load_settings
from sparql_server import Endpoint, serving, store_of
from w3c.protocol import PROTOCOL_TESTS, ProtocolTest, graphs


@pytest.fixture(scope="module")
def endpoint(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Endpoint]:
    with serving(
        store_of(tmp_path_factory.mktemp("store") / "graph", graphs()), load_settings({})
    ) as endpoint:
        yield endpoint


@pytest.mark.parametrize("test", PROTOCOL_TESTS, ids=[test.name for test in PROTOCOL_TESTS])
def test_the_protocol_test_passes_unless_it_is_known_not_to(endpoint: Endpoint, test: ProtocolTest) -> None:
    assert test.passes(endpoint) == (not test.known_failure)
