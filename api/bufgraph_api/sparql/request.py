"""What a request asks, read once from its bytes (SPARQL 1.1 Protocol, section 2.1)."""

from dataclasses import dataclass
from typing import Final
from urllib.parse import parse_qsl

from fastapi import Request

from bufgraph.errors import InvalidInputError
from bufgraph.services.querying import Dataset

_FORM: Final = "application/x-www-form-urlencoded"
_QUERY: Final = "application/sparql-query"
_UPDATE: Final = "application/sparql-update"
_MAX_FIELDS: Final = 1_000
_FORBIDDEN: Final = frozenset(' <>"{}|^`\\') | {chr(code) for code in range(32)}
_READ_ONLY: Final = "updates are not accepted: this endpoint is read-only"

Pairs = list[tuple[str, str]]


class UnsupportedTypeError(Exception):
    """The body has a media type that the protocol does not know; the message says which are known."""


@dataclass(frozen=True)
class Asked:
    """A query with its parameters.

    Attributes:
        format: Short name of the wanted format, where one was given instead of ``Accept``.
    """

    query: str
    format: str | None
    dataset: Dataset


async def read(request: Request) -> Asked | None:
    """Read a request; None when it asks nothing.

    Raises:
        InvalidInputError: Not UTF-8, not exactly one query, an update, or a graph without an address.
        UnsupportedTypeError: The body is of another media type.
    """
    pairs = _decoded(request.scope["query_string"], "the address")
    if request.method in ("GET", "HEAD"):
        if not {"query", "update"} & {name for name, _ in pairs}:
            return None
        return _asked(pairs)
    return _asked(pairs + await _body(request))


async def _body(request: Request) -> Pairs:
    kind, _, parameters = request.headers.get("content-type", "").partition(";")
    kind = kind.strip().lower()
    charset = _charset(parameters)
    if kind == _UPDATE:
        raise InvalidInputError(_READ_ONLY)
    if kind not in (_FORM, _QUERY):
        raise UnsupportedTypeError(f"the body is '{kind or 'of no type'}'; send {_FORM} or {_QUERY}")
    if charset not in ("", "utf-8", "utf8", "us-ascii"):
        raise InvalidInputError(f"the body is in '{charset}'; send UTF-8")
    body = await request.body()
    if kind == _FORM:
        return _decoded(body, "the body")
    try:
        return [("query", body.decode("utf-8"))]
    except UnicodeDecodeError as err:
        raise InvalidInputError(f"the body is not UTF-8: {err}") from err


def _charset(parameters: str) -> str:
    for parameter in parameters.split(";"):
        name, _, value = parameter.partition("=")
        if name.strip().lower() == "charset":
            return value.strip().strip('"').lower()
    return ""


def _decoded(content: bytes, place: str) -> Pairs:
    """Undo percent-encoding and UTF-8 once."""
    try:
        return parse_qsl(
            content.decode("utf-8"), keep_blank_values=True, errors="strict", max_num_fields=_MAX_FIELDS
        )
    except UnicodeDecodeError as err:
        raise InvalidInputError(f"{place} is not UTF-8: {err}") from err
    except ValueError as err:
        raise InvalidInputError(f"{place} has more than {_MAX_FIELDS} parameters") from err


def _asked(pairs: Pairs) -> Asked:
    values: dict[str, list[str]] = {}
    for name, value in pairs:
        values.setdefault(name, []).append(value)
    if "update" in values:
        raise InvalidInputError(_READ_ONLY, field="update")
    if len(values.get("query", ())) != 1:
        raise InvalidInputError(f"expected one query, got {len(values.get('query', ()))}", field="query")
    default, named = (_graphs(values, name) for name in ("default-graph-uri", "named-graph-uri"))
    return Asked(values["query"][0], values.get("format", [None])[0], Dataset(default, named))


def _graphs(values: dict[str, list[str]], name: str) -> tuple[str, ...]:
    for iri in values.get(name, ()):
        if not iri.startswith(("http://", "https://", "urn:")) or _FORBIDDEN.intersection(iri):
            raise InvalidInputError(f"'{iri}' is not the address of a graph", field=name)
    return tuple(values.get(name, ()))
