"""One frozen settings object, read once at the edge and passed down.

Order: argument, environment ``BUFGRAPH_*``, TOML file (``bufgraph.toml`` or ``BUFGRAPH_CONFIG``), default.
"""

import os
import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Final

import platformdirs

from bufgraph.errors import MisconfiguredError
from bufgraph.namespaces import DEFAULT_BASE
from bufgraph.resources import checkout_root

_ADDRESS: Final = re.compile(r"https?://[^\s/?#@]+/")


def _default_home() -> Path:
    root = checkout_root()
    return root / ".bufgraph" if root is not None else Path(platformdirs.user_data_dir("bufgraph"))


def _setting(default: Any, description: str) -> Any:  # Any: dataclasses.field returns the field's own type
    if callable(default):
        return field(default_factory=default, metadata={"description": description})
    return field(default=default, metadata={"description": description})


@dataclass(frozen=True)
class Settings:
    """Everything an operator can set. Units stand in the names."""

    home: Path = _setting(_default_home, "folder for the graph, the builds and the caches")
    datasets: Path | None = _setting(None, "folder of records to build from; default: the shipped datasets")
    base_iri: str = _setting(DEFAULT_BASE, "base of the identifiers that bufgraph mints; ends in '/'")
    model: str = _setting(
        "all-MiniLM-L6-v2", "sentence-transformers model: the packaged default, a folder or a hub name"
    )
    reranker: str = _setting(
        "", "cross-encoder that reorders the best hits, a folder or a hub name; empty: none"
    )
    host: str = _setting("127.0.0.1", "address the server listens on")
    port: int = _setting(8000, "port the server listens on")
    public_url: str = _setting(
        "",
        "address at which people reach the server, like https://practices.example.org/; empty: that of each request",
    )
    query_max_chars: int = _setting(5_000, "longest accepted search text, in characters")
    sparql_max_chars: int = _setting(20_000, "longest accepted SPARQL query, in characters")
    sparql_max_depth: int = _setting(60, "deepest accepted nesting of brackets in a SPARQL query")
    sparql_timeout_s: float = _setting(
        10.0, "seconds after which a SPARQL query is ended, its answer included"
    )
    sparql_workers: int = _setting(2, "worker processes that answer SPARQL queries")
    sparql_client_workers: int = _setting(
        0, "most SPARQL workers for one client; 0: all but one, so that others are answered meanwhile"
    )
    sparql_queue_length: int = _setting(
        32, "most SPARQL queries that wait for a worker, and most large answers that are being fetched"
    )
    sparql_wait_s: float = _setting(10.0, "longest wait of a SPARQL query for a worker, in seconds")
    sparql_send_s: float = _setting(300.0, "seconds in which a SPARQL answer must have been fetched")
    sparql_memory_mb: int = _setting(1_024, "memory of one SPARQL worker beyond the graph, in MiB")
    sparql_max_result_mb: int = _setting(64, "largest SPARQL answer, in MiB")
    sparql_max_rows: int = _setting(1_000_000, "most rows or triples of a SPARQL answer")
    memory_quads: int = _setting(5_000_000, "graphs up to this many quads are served from memory")
    network_contact: str = _setting(
        "", "web page or mailbox of the operator, told to the servers that bufgraph asks; empty: none"
    )
    network_private_hosts: str = _setting(
        "", "hosts that bufgraph may ask although their addresses are not public, parted by spaces"
    )
    review_years: str = _setting(
        "", "years until an adoption is looked at again, by outcome, like 'success=5 too-early=2'"
    )

    def __post_init__(self) -> None:
        if not self.base_iri.startswith(("http://", "https://")) or not self.base_iri.endswith("/"):
            raise MisconfiguredError(
                f"BUFGRAPH_BASE_IRI is '{self.base_iri}'; expected an http(s) IRI that ends in '/'"
            )
        if self.public_url and not _ADDRESS.fullmatch(self.public_url):
            raise MisconfiguredError(
                f"BUFGRAPH_PUBLIC_URL is '{self.public_url}'; expected an http(s) address without a path, like 'https://practices.example.org/'"
            )
        if not 0 < self.port < 65_536:
            raise MisconfiguredError(f"BUFGRAPH_PORT is {self.port}; expected 1 to 65535")


def load_settings(
    environ: Mapping[str, str] | None = None, *, config: Path | None = None, **arguments: object
) -> Settings:
    """Read the settings.

    Args:
        environ: The environment; default: the process's.
        config: A TOML file; default: ``BUFGRAPH_CONFIG`` or ``bufgraph.toml`` in the working folder, if there.
        **arguments: Values that win over everything; None means "not given".

    Raises:
        MisconfiguredError: An unknown key or a value of the wrong type, named with its place.
    """
    env = os.environ if environ is None else environ
    known = {f.name: f for f in fields(Settings)}
    values: dict[str, object] = {}
    path = config or Path(env.get("BUFGRAPH_CONFIG", "bufgraph.toml"))
    if config is not None or "BUFGRAPH_CONFIG" in env or path.is_file():
        values.update(_read_file(path, set(known)))
    for name in known:
        if (text := env.get(f"BUFGRAPH_{name.upper()}")) is not None:
            values[name] = _convert(name, text, f"BUFGRAPH_{name.upper()}")
    values.update({name: value for name, value in arguments.items() if value is not None})
    return Settings(**values)  # type: ignore[arg-type]  # names and types were checked above


def _read_file(path: Path, known: set[str]) -> dict[str, object]:
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as err:
        raise MisconfiguredError(f"the settings file {path} cannot be read: {err}") from err
    except tomllib.TOMLDecodeError as err:
        raise MisconfiguredError(f"the settings file {path} is not valid TOML: {err}") from err
    unknown = sorted(set(table) - known)
    if unknown:
        raise MisconfiguredError(
            f"unknown setting '{unknown[0]}' in {path}; known: {', '.join(sorted(known))}"
        )
    return {name: _convert(name, str(value), f"{name} in {path}") for name, value in table.items()}


def _convert(name: str, text: str, place: str) -> object:
    kind = {f.name: f.type for f in fields(Settings)}[name]
    try:
        if kind is int:
            return int(text)
        if kind is float:
            return float(text)
    except ValueError as err:
        raise MisconfiguredError(f"{place} is '{text}'; expected a number") from err
    return text if kind is str else Path(text)
