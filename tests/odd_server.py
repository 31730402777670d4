"""A web server on this machine that behaves as a test wants it to, well or badly."""

import ssl
import threading
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


class Exchange(BaseHTTPRequestHandler):
    """One request; ``wfile`` takes whatever a badly behaved server sends."""

    protocol_version = "HTTP/1.1"

    def answer(self, status: int, body: bytes = b"", headers: Mapping[str, str] | None = None) -> None:
        """Send a well-formed answer; a HEAD request gets no body."""
        self.send_response(status)
        for name, text in {"Content-Length": str(len(body)), **(headers or {})}.items():
            self.send_header(name, text)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def do_GET(self) -> None:  # the base finds it by this name
        server = self.server
        assert isinstance(server, OddServer)
        server.enter(self)
        try:
            server.pages.get(self.path, missing)(self)
        except (BrokenPipeError, ConnectionResetError):
            self.close_connection = True  # the client had enough
        finally:
            server.leave()

    do_HEAD = do_GET  # noqa: N815

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # Any: the base's signature
        """Say nothing."""


Behaviour = Callable[[Exchange], None]


def missing(exchange: Exchange) -> None:
    exchange.answer(404)


class Answer:
    """The same well-formed answer each time."""

    def __init__(self, status: int, body: bytes = b"", headers: dict[str, str] | None = None) -> None:
        self._given = (status, body, headers)

    def __call__(self, exchange: Exchange) -> None:
        exchange.answer(*self._given)


class InTurn:
    """One answer after the other; the last stays."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = list(answers)

    def __call__(self, exchange: Exchange) -> None:
        (self._answers.pop(0) if len(self._answers) > 1 else self._answers[0])(exchange)


def html(body: bytes = b"<p>hello", **headers: str) -> "Answer":
    return Answer(200, body, {"Content-Type": "text/html; charset=utf-8", **headers})


class OddServer(ThreadingHTTPServer):
    """Pages by path, and what was asked: ``asked`` as (method, path), ``headers`` of the last request by path."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Exchange)
        self.pages: dict[str, Behaviour] = {}
        self.asked: list[tuple[str, str]] = []
        self.headers: dict[str, Mapping[str, str]] = {}
        self.most_at_once = 0
        self._now = 0
        self._lock = threading.Lock()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    @property
    def counts(self) -> Counter[str]:
        return Counter(path for _, path in self.asked)

    def enter(self, exchange: Exchange) -> None:
        with self._lock:
            self.asked.append((exchange.command, exchange.path))
            self.headers[exchange.path] = dict(exchange.headers.items())
            self._now += 1
            self.most_at_once = max(self.most_at_once, self._now)

    def leave(self) -> None:
        with self._lock:
            self._now -= 1


@contextmanager
def odd_server(certificates: ssl.SSLContext | None = None) -> Iterator[OddServer]:
    """Give a running server; with certificates it speaks TLS."""
    with OddServer() as server:
        if certificates is not None:
            server.socket = certificates.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()
