"""A SPARQL endpoint over any data, served for real: for the protocol's own tests, hostile queries and measurements."""

import contextlib
import http.client
import socket
import sys
import threading
import time
from collections.abc import AsyncIterator, Iterator, Mapping
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import uvicorn
from fastapi import FastAPI

from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.services.querying import QueryService, worker_pool
from bufgraph.settings import Settings, load_settings
from bufgraph_api import errors
from bufgraph_api.limits import Limits
from bufgraph_api.sparql.router import sparql_router

JSON = "application/sparql-results+json"


@dataclass(frozen=True)
class Reply:
    """What came back; ``broken`` when the connection ended before the body did."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    broken: bool
    seconds: float
    first_byte_s: float


@dataclass(frozen=True)
class Endpoint:
    """A running endpoint."""

    port: int
    service: QueryService

    def ask(
        self,
        method: str,
        target: str,
        body: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        *,
        client: str = "127.0.0.1",
    ) -> Reply:
        """Send one request over its own connection, the target and body exactly as they are."""
        connection = http.client.HTTPConnection(
            "127.0.0.1", self.port, timeout=60, source_address=(client, 0)
        )
        start = time.monotonic()
        connection.putrequest(method, target, skip_accept_encoding=True)
        for name, value in (headers or {}).items():
            connection.putheader(name, value)
        if body is not None:
            connection.putheader("Content-Length", str(len(body)))
        # A request that is refused before all of it was sent may have its answer all the same.
        with contextlib.suppress(BrokenPipeError, ConnectionResetError):
            connection.endheaders(body)
        response = connection.getresponse()
        content, broken, first = b"", False, 0.0
        try:
            content = response.read(1)
            first = time.monotonic() - start
            content += response.read()
        except (http.client.IncompleteRead, ConnectionResetError) as err:
            content += getattr(err, "partial", b"")
            broken = True
        connection.close()
        names = {name.lower(): value for name, value in response.getheaders()}
        return Reply(response.status, names, content, broken, time.monotonic() - start, first)

    def post(self, query: str, *, accept: str = JSON, client: str = "127.0.0.1") -> Reply:
        """Send a query as it is."""
        headers = {"Content-Type": "application/sparql-query", "Accept": accept}
        return self.ask("POST", "/sparql", query.encode(), headers, client=client)

    def worker_kib(self) -> int:
        """Return the largest resident memory of a worker now, in KiB."""
        holder = self.service._pool._nursery._process
        if holder is None:
            return 0
        sizes = [0]
        with contextlib.suppress(OSError):  # it ended meanwhile
            for child in Path(f"/proc/{holder.pid}/task/{holder.pid}/children").read_text().split():
                status = Path(f"/proc/{child}/status").read_text().splitlines()
                sizes += [int(line.split()[1]) for line in status if line.startswith("VmRSS")]
        return max(sizes)


def store_of(folder: Path, graphs: Mapping[str, tuple[bytes, str]]) -> Path:
    """Write a store of named graphs (content and media type) and return its folder."""
    store = OxigraphStore.writer(folder)
    for name, (content, media_type) in graphs.items():
        store.replace_graph(name, content, media_type)
    store.flush()
    return folder


def application(folder: Path, settings: Settings) -> tuple[FastAPI, QueryService]:
    """Return an application with nothing but the endpoint."""
    service = QueryService(worker_pool(folder, settings), settings, build_id=folder.name)

    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        with service:
            yield

    app = FastAPI(lifespan=lifespan)
    app.add_middleware(Limits)
    errors.install(app)
    app.include_router(sparql_router(service))
    return app, service


def listen() -> socket.socket:
    """Take a free port, as the product does."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.bind(("127.0.0.1", 0))
    listener.listen(128)
    return listener


@contextmanager
def serving(folder: Path, settings: Settings) -> Iterator[Endpoint]:
    """Serve a store on a free port, in this process, until the end of the block."""
    app, service = application(folder, settings)
    listener = listen()
    server = uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
    thread.start()
    while not server.started:
        time.sleep(0.005)
    try:
        yield Endpoint(listener.getsockname()[1], service)
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def main() -> None:
    """Serve the store of the first argument with the settings of the environment; print the port."""
    listener = listen()
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    app, _ = application(Path(sys.argv[1]), load_settings())
    uvicorn.Server(uvicorn.Config(app, log_level="critical", access_log=False)).run(sockets=[listener])


if __name__ == "__main__":
    main()
