"""The socket the server listens on."""

import socket

import pytest

from bufgraph.errors import MisconfiguredError
from bufgraph_api.commands import listen


def test_answers_are_not_held_back_for_forty_milliseconds() -> None:
    with listen("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP  # asyncio sets TCP_NODELAY only then


def test_an_address_that_is_not_ours_is_told() -> None:
    with pytest.raises(MisconfiguredError, match=r"cannot listen on 203\.0\.113\.1 port 8000"):
        listen("203.0.113.1", 8000)
