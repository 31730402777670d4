"""Processes that answer SPARQL and may die: ``python -m bufgraph.graph.worker SOCKET FOLDER MEMORY_QUADS MEMORY_MB``.

The parent opens the store once and forks a worker whenever it is asked over its socket, so that a worker killed at a
deadline is replaced in milliseconds however large the store. A worker gives up the right to open any file or socket
(``RLIMIT_NOFILE = 0``), so that no query can reach the network, and bounds its memory and processor time. Requests and
answers are frames on its standard input and output: eight digits of length, a JSON header of that length, then
``header["bytes"]`` bytes of content. An answer is any number of frames with ``more``, then one with ``end`` or ``error``.
"""

import gc
import json
import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

import pyoxigraph as ox

from bufgraph.graph.counting import RowCounter, row_counter
from bufgraph.graph.oxigraph import open_store
from bufgraph.namespaces import PREFIXES

Header = dict[str, Any]  # Any: JSON

_RESULTS: Final = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
_TRIPLES: Final = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
    "application/trig": ox.RdfFormat.TRIG,
    "application/n-quads": ox.RdfFormat.N_QUADS,
}
_SHORT: Final = {"text/turtle": PREFIXES, "application/trig": PREFIXES}
"""Prefixes where people read the answer."""
_FRAME_BYTES: Final = 262_144
"""Up to this many bytes an answer is held back, so that a small one leaves whole or as a clean refusal."""
_HOLD_S: Final = 0.02
"""Longer than this after its first bytes no answer is held back."""
_STACK_BYTES: Final = 100 << 20
"""Linux leaves at least 128 MiB for the stack of a first thread; Oxigraph's parser and evaluator recurse."""


class _LimitError(Exception):
    """The answer passes a limit; the message is its name."""


class _Output:
    """A binary file that sends what is written as frames."""

    def __init__(self, stream: BinaryIO, header: Header, rows: RowCounter) -> None:
        self._stream = stream
        self._max_bytes = header["max_bytes"]
        self._max_rows = header["max_rows"]
        self._rows = rows
        self._held = bytearray()
        self._sent = 0
        self._first_at = 0.0

    def write(self, content: bytes) -> int:
        self._held += content
        if self._sent + len(self._held) > self._max_bytes:
            raise _LimitError("bytes")
        if not self._first_at:
            self._first_at = time.monotonic()
        late = not self._sent and time.monotonic() - self._first_at > _HOLD_S
        if late or len(self._held) >= _FRAME_BYTES:
            self._send({"more": True})
        return len(content)

    def flush(self) -> None:
        """Do nothing: frames are sent when they are full."""

    def end(self) -> None:
        self._send({"end": True})

    def _send(self, header: Header) -> None:
        if self._rows(self._held) > self._max_rows:
            raise _LimitError("rows")
        write_frame(self._stream, header, self._held)
        self._sent += len(self._held)
        self._held = bytearray()


def write_frame(stream: BinaryIO, header: Header, content: bytes | bytearray = b"") -> None:
    """Write one frame and flush."""
    head = json.dumps({**header, "bytes": len(content)}).encode()
    stream.write(b"%08d" % len(head) + head)
    stream.write(content)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[Header, bytes] | None:
    """Read one frame, or None at the end of the stream."""
    length = stream.read(8)
    if len(length) < 8:
        return None
    header: Header = json.loads(stream.read(int(length)))
    content = stream.read(header["bytes"])
    return (header, content) if len(content) == header["bytes"] else None


def answer(store: ox.Store, header: Header, query: str, stream: BinaryIO) -> None:
    """Evaluate a query and send its result in frames; errors come as a header with their kind."""
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] | None = None
    named: list[ox.NamedNode | ox.BlankNode] | None = None
    if header["default_graphs"] or header["named_graphs"]:
        # A dataset that is named is the whole dataset (SPARQL 1.1 Protocol, section 2.1.4).
        default = [ox.NamedNode(iri) for iri in header["default_graphs"]]
        named = [ox.NamedNode(iri) for iri in header["named_graphs"]]
    wanted = header["media_type"]
    try:
        results = store.query(
            query,
            prefixes=PREFIXES,
            use_default_graph_as_union=header["union"] and default is None,
            default_graph=default,
            named_graphs=named,
        )
        output = _Output(stream, header, row_counter(wanted))
        if isinstance(results, ox.QueryTriples):
            triples = _counted(results, header["max_rows"])
            ox.serialize(triples, output, _TRIPLES[wanted], prefixes=_SHORT.get(wanted))  # type: ignore[arg-type]  # only written to
        else:
            results.serialize(output, _RESULTS[wanted])  # type: ignore[arg-type]  # only written to
        output.end()
    except SyntaxError as err:
        write_frame(stream, {"error": "syntax", "message": str(err)})
    except _LimitError as err:
        write_frame(stream, {"error": "limit", "message": str(err)})
    except (ValueError, RuntimeError, OSError) as err:
        write_frame(stream, {"error": "evaluation", "message": str(err)})


def _counted(triples: ox.QueryTriples, most: int) -> Iterator[ox.Triple]:
    for number, triple in enumerate(triples, 1):
        if number > most:
            raise _LimitError("rows")
        yield triple


def serve(store: ox.Store, memory_mb: int) -> None:
    """Answer frames from standard input until it ends."""
    ceiling = _address_space() + (memory_mb << 20)
    resource.setrlimit(resource.RLIMIT_AS, (ceiling, ceiling))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        header, content = frame
        _bound_cpu(header["cpu_s"])
        answer(store, header, content.decode(), sys.stdout.buffer)


def _address_space() -> int:
    """Return the bytes of address space in use (``man 5 proc``, statm)."""
    pages = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    return pages * resource.getpagesize()


def _bound_cpu(seconds: int) -> None:
    """End this process after so much more processor time: it must end also when nobody is left to kill it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime) + seconds + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))


def fork_on_request(link: socket.socket, folder: Path, memory_quads: int, memory_mb: int) -> None:
    """Open the store, then fork a worker for each pair of pipe ends that arrives, and send its process descriptor."""
    resource.setrlimit(resource.RLIMIT_STACK, (_STACK_BYTES, resource.getrlimit(resource.RLIMIT_STACK)[1]))
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody waits for the workers
    store: ox.Store | None = open_store(folder, memory_quads)
    if store is not None and not 0 < len(store) <= memory_quads:
        store = None  # a store on disk has threads, which a fork loses: each worker opens its own
    gc.collect()
    gc.freeze()  # shared pages stay shared
    link.sendall(b"r")
    while True:
        message, ends, _, _ = socket.recv_fds(link, 1, 2)
        if not message:
            return
        child = os.fork()
        if child == 0:
            link.close()
            for target, end in enumerate(ends):
                os.dup2(end, target)
                os.close(end)
            if store is None:
                command = [
                    sys.executable,
                    "-m",
                    "bufgraph.graph.worker",
                    "-",
                    str(folder),
                    "0",
                    str(memory_mb),
                ]
                os.execv(sys.executable, command)
            serve(store, memory_mb)
            os._exit(0)
        for end in ends:
            os.close(end)
        descriptor = os.pidfd_open(child)
        socket.send_fds(link, [b"w"], [descriptor])
        os.close(descriptor)


def main(place: str, folder: Path, memory_quads: int, memory_mb: int) -> None:
    """Serve on standard input and output, or fork workers for the socket of that number."""
    if place == "-":
        serve(open_store(folder, memory_quads), memory_mb)
    else:
        with socket.socket(fileno=int(place)) as link:
            fork_on_request(link, folder, memory_quads, memory_mb)


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]))
