"""A process that answers SPARQL and may die: ``python -m bufgraph.graph.worker FOLDER MEMORY_QUADS MEMORY_MB``.

It opens the store read-only, then gives up the right to open any file or socket (``RLIMIT_NOFILE = 0``), so that
no query can reach the network, and bounds its memory. Requests and answers are frames on standard input and
output: eight digits of length, a JSON header of that length, then ``header["bytes"]`` bytes of content.
"""

import json
import resource
import sys
from pathlib import Path
from typing import Any, BinaryIO

import pyoxigraph as ox

from bufgraph.graph.oxigraph import open_store
from bufgraph.namespaces import PREFIXES

Header = dict[str, Any]  # Any: JSON

_RESULTS = {
    "application/sparql-results+json": ox.QueryResultsFormat.JSON,
    "application/sparql-results+xml": ox.QueryResultsFormat.XML,
    "text/csv": ox.QueryResultsFormat.CSV,
    "text/tab-separated-values": ox.QueryResultsFormat.TSV,
}
_TRIPLES = {
    "text/turtle": ox.RdfFormat.TURTLE,
    "application/n-triples": ox.RdfFormat.N_TRIPLES,
    "application/ld+json": ox.RdfFormat.JSON_LD,
    "application/rdf+xml": ox.RdfFormat.RDF_XML,
}


def write_frame(stream: BinaryIO, header: Header, content: bytes = b"") -> None:
    """Write one frame and flush."""
    head = json.dumps({**header, "bytes": len(content)}).encode()
    stream.write(b"%08d" % len(head) + head + content)
    stream.flush()


def read_frame(stream: BinaryIO) -> tuple[Header, bytes] | None:
    """Read one frame, or None at the end of the stream."""
    length = stream.read(8)
    if len(length) < 8:
        return None
    header: Header = json.loads(stream.read(int(length)))
    content = stream.read(header["bytes"])
    return (header, content) if len(content) == header["bytes"] else None


def answer(store: ox.Store, header: Header, query: str) -> tuple[Header, bytes]:
    """Evaluate a query and serialise its result; errors come as a header with their kind."""
    default: list[ox.NamedNode | ox.BlankNode | ox.DefaultGraph] = [
        ox.NamedNode(iri) for iri in header["default_graphs"]
    ]
    named: list[ox.NamedNode | ox.BlankNode] = [ox.NamedNode(iri) for iri in header["named_graphs"]]
    try:
        results = store.query(
            query,
            prefixes=PREFIXES,
            use_default_graph_as_union=not default,
            default_graph=default or None,
            named_graphs=named or None,
        )
        wanted = header["media_type"]
        if isinstance(results, ox.QueryTriples):
            content = results.serialize(format=_TRIPLES[wanted])
        else:
            content = results.serialize(format=_RESULTS[wanted])
    except SyntaxError as err:
        return {"error": "syntax", "message": str(err)}, b""
    except (ValueError, RuntimeError, OSError) as err:
        return {"error": "evaluation", "message": str(err)}, b""
    return {}, content or b""


def serve(folder: Path, memory_quads: int, memory_mb: int) -> None:
    """Answer frames from standard input until it ends."""
    store = open_store(folder, memory_quads)
    resource.setrlimit(resource.RLIMIT_AS, (memory_mb << 20, memory_mb << 20))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (0, 0))
    write_frame(sys.stdout.buffer, {"ready": True})
    while (frame := read_frame(sys.stdin.buffer)) is not None:
        header, content = frame
        write_frame(sys.stdout.buffer, *answer(store, header, content.decode()))


if __name__ == "__main__":
    serve(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3]))
