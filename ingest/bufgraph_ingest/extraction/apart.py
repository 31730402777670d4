"""A document read in a process of its own, which ends with its time and memory: a hostile file cannot hold a server.

python -m bufgraph_ingest.extraction.apart NAME < file
"""

import subprocess
import sys
from dataclasses import asdict
from typing import Any, Final

import orjson

from bufgraph.errors import BufgraphError, InvalidInputError, TooLargeError
from bufgraph_ingest.extraction.documents import Document, document_of

TIME_S: Final = 20
_MEMORY_BYTES: Final = 2 * 1024**3
_FAMILIES: Final = {family.__name__: family for family in (TooLargeError, InvalidInputError)}
Json = dict[str, Any]  # Any: JSON


def read_apart(content: bytes, name: str, time_s: float = TIME_S) -> Document:
    """Read a document in another process.

    Args:
        name: Of the file, for messages.
        time_s: Seconds after which the process is ended.

    Raises:
        TooLargeError: It passes a limit, of time or memory too.
        InvalidInputError: As :func:`bufgraph_ingest.extraction.documents.read_document`.
    """
    command = [sys.executable, "-m", "bufgraph_ingest.extraction.apart", name]
    try:
        done = subprocess.run(command, input=content, capture_output=True, timeout=time_s, check=False)
    except subprocess.TimeoutExpired as err:
        raise TooLargeError(
            f"{name} took longer than {time_s:g} seconds to read; save the part that describes the practice as text",
            file=name, limit=time_s,
        ) from err  # fmt: skip
    if done.returncode != 0:
        raise TooLargeError(
            f"{name} could not be read within the memory allowed; save the part that describes the practice as text",
            file=name, limit=_MEMORY_BYTES,
        )  # fmt: skip
    told: Json = orjson.loads(done.stdout)
    if "error" in told:
        raise _FAMILIES[told["error"]](told["message"], file=name)
    return Document(**told)


def main() -> None:
    """Read a document from standard input and write it, or what is wrong with it, as JSON."""
    _limit()
    try:
        told: Json = asdict(document_of(sys.stdin.buffer.read(), sys.argv[1]))
    except BufgraphError as err:
        family = "TooLargeError" if isinstance(err, TooLargeError) else "InvalidInputError"
        told = {"error": family, "message": err.message}
    sys.stdout.buffer.write(orjson.dumps(told))


def _limit() -> None:
    """Bound the memory of this process, where the system can."""
    try:
        import resource  # noqa: PLC0415  # only Unix has it
    except ImportError:
        return
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY_BYTES, _MEMORY_BYTES))


if __name__ == "__main__":
    main()
