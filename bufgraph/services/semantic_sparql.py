"""Semantic search inside SPARQL: the built-in services and ``bgf:similarity``, rewritten before the query meets the engine.

``PREFIX bgsvc: <https://w3id.org/bufgraph/service/>`` and ``PREFIX bgf: <https://w3id.org/bufgraph/function/>`` are known to
every query. The services answer by these canonical IRIs and by the same names under the operator's own base.

* ``SERVICE bgsvc:search { ?practice bg:matches "snow removal" ; bg:score ?s ; bg:limit 20 ; bg:lang "fi" }`` is searched first
  and stands in the query as ``VALUES (?practice ?s) { … }``. ``a bg:City``, ``bg:Challenge`` or ``bg:Expert`` asks for other
  records than practices.
* ``SERVICE bgsvc:similar-cities { ?city bg:similarTo <city> ; bg:score ?s ; bg:limit 10 ; bg:preset "structure" }``, or
  ``?city bg:sharesProblem <challenge or city>``. A variable in place of the constant is taken from a ``VALUES`` around the block.
  Without one ``bg:similarTo`` is read from the graph, which knows the ten most similar cities of each by the preset "balanced".
* ``BIND(bgf:similarity(?a, ?b) AS ?s)`` reads the same facts: ``?s`` stays unbound for cities that are not among each other's
  ten most similar, and for a city and itself. Both cities must be bound before it, else it gives all pairs.

What is read from the graph obeys ``GRAPH`` and ``default-graph-uri`` like any other pattern; the rest is the same in every graph.
A block finds its best rows before anything is joined: further patterns narrow them, they do not fetch more.

Cost, measured on the shipped data on one busy core: a search takes 17 ms (95th percentile 31), cities with a problem 26 ms,
similar cities 3 ms for each constant; it is spent once a query in the server's own process, outside the limits of the worker. At
most five blocks with 200 rows each bound it: five searches for 200 rows took 118 ms and made a query of 77,000 characters.
Reading from the graph costs the worker 20 ms for all pairs, a call of the function 0.07 ms a row.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

from bufgraph.errors import InvalidInputError, NotFoundError, TooLargeError
from bufgraph.namespaces import DEFAULT_BASE, ONTOLOGY, PREFIXES, RDF_TYPE
from bufgraph.services.deriving import PRESET as GRAPH_PRESET
from bufgraph.services.deriving import SIMILAR
from bufgraph.services.semantic_blocks import (
    LANG,
    MATCHES,
    MAX_LIMIT,
    PRESET,
    SHARES_PROBLEM,
    SIMILAR_TO,
    TERMS,
    Block,
    Value,
    constants,
    find_blocks,
    stated_class,
)
from bufgraph.services.semantic_graph import find_calls, similar_pattern
from bufgraph.services.semantic_tokens import QueryTokens, shown, written
from bufgraph.text.passages import RecordType

SERVICE: Final = "https://w3id.org/bufgraph/service/"
FUNCTION: Final = "https://w3id.org/bufgraph/function/"
SERVICES: Final = tuple(SERVICE + name for name in TERMS)
"""Canonical IRIs of the services, for the service description."""
SIMILARITY: Final = f"{FUNCTION}similarity"
"""IRI of the function, for the service description."""
_PREFIXES: Final = {**PREFIXES, "bgsvc": SERVICE, "bgf": FUNCTION}

Scored = Sequence[tuple[str, float]]
"""Records with their scores, best first."""


@dataclass(frozen=True, slots=True)
class SemanticServices:
    """What the blocks ask, of one build.

    Attributes:
        search: (text, kind of records, most rows, language or None) → records.
        similar: (IRI of a city, preset, most rows) → cities; NotFoundError for an unknown city.
        sharing: (IRI of a challenge or city, most rows) → cities with that problem; NotFoundError for an unknown one.
        base_iri: The operator's base of identifiers; the services answer under it too.
        max_text_chars: Longest text that is searched.
    """

    search: Callable[[str, RecordType, int, str | None], Scored]
    similar: Callable[[str, str, int], Scored]
    sharing: Callable[[str, int], Scored]
    base_iri: str = DEFAULT_BASE
    max_text_chars: int = 5_000


def expand(text: str, services: SemanticServices) -> str:
    """Return a query with its built-in services and functions answered; one that has none comes back as it is.

    Lines keep their numbers, so that an error of the engine names the right one.

    Raises:
        InvalidInputError: A block or call is malformed or asks for something unknown, with line and column.
        TooLargeError: More than five blocks, or a search text that is too long.
    """
    lower = text.lower()
    if "service" not in lower and "similarity" not in lower:
        return text
    query = QueryTokens(text, _PREFIXES)
    bases = _bases(services.base_iri)

    def service_of(iri: str) -> str | None:
        return next((iri.removeprefix(base) for base in bases if iri.startswith(base)), None)

    blocks = find_blocks(query, service_of)
    calls = find_calls(query, SIMILARITY)
    edits = [(block.number, block.last, _answer(query, block, services)) for block in blocks]
    return _apply(query, sorted(edits + calls)) if edits or calls else text


def _bases(base_iri: str) -> list[str]:
    """Return what the IRI of a service begins with: the canonical base, the operator's, and the folder above that."""
    bases = [SERVICE, f"{base_iri}service/"]
    above = base_iri.rstrip("/").rpartition("/")[0] + "/"
    if urlsplit(above).netloc:
        bases.append(f"{above}service/")
    return bases


def _apply(query: QueryTokens, edits: Sequence[tuple[int, int, str]]) -> str:
    parts, done = [], 0
    for first, last, replacement in edits:
        start, end = query.tokens[first].start, query.tokens[last].end
        parts += [query.text[done:start], replacement, "\n" * query.text.count("\n", start, end)]
        done = end
    return "".join([*parts, query.text[done:]])


def _answer(query: QueryTokens, block: Block, services: SemanticServices) -> str:
    token = query.tokens[block.number]
    if block.service == "search":
        return _search(query, block, services)
    asked = [term for term in (SIMILAR_TO, SHARES_PROBLEM) if term in block.values]
    if len(asked) != 1:
        query.fail("expected one of bg:similarTo and bg:sharesProblem in the block 'similar-cities'", token)
    given = block.values.get(RDF_TYPE)
    if given is not None and given.text != f"{ONTOLOGY}City":
        query.fail(f"expected bg:City, found {shown(given.token)}; this service finds cities", given.token)
    value = block.values[asked[0]]
    iris = constants(query, value, block.number) if value.is_variable else [value.text]
    if iris is None:
        return _from_graph(query, block, value)
    if len(iris) * block.limit > MAX_LIMIT:
        query.fail(
            f"{len(iris)} values of ?{value.text} with {block.limit} rows each are more than {MAX_LIMIT} rows; "
            f"write bg:limit {MAX_LIMIT // len(iris)} or fewer values"
            if len(iris) <= MAX_LIMIT
            else f"?{value.text} has {len(iris)} values; at most {MAX_LIMIT} are answered",
            value.token,
        )
    rows = [
        (iri, found, score) for iri in iris for found, score in _cities(query, block, value, iri, services)
    ]
    names = [
        block.subject.text,
        *([value.text] if value.is_variable else []),
        *([block.score] if block.score else []),
    ]
    return _values(
        names,
        [
            [
                written(found),
                *([written(iri)] if value.is_variable else []),
                *([_number(score)] if block.score else []),
            ]
            for iri, found, score in rows
        ],
    )


def _search(query: QueryTokens, block: Block, services: SemanticServices) -> str:
    text = block.values.get(MATCHES)
    if text is None:
        query.fail(
            f"expected {block.subject.token.text} bg:matches \"a text\" in the block 'search'",
            query.tokens[block.number],
        )
    if len(text.text) > services.max_text_chars:
        query.fail(
            f"the search text has {len(text.text)} characters; at most {services.max_text_chars} are accepted",
            text.token,
            TooLargeError,
        )
    lang = block.values.get(LANG)
    code = lang.text.partition("-")[0].lower() if lang is not None else text.lang
    kind = stated_class(query, block)
    found = _asked(query, lang or text, lambda: services.search(text.text, kind, block.limit, code))
    names = [block.subject.text, *([block.score] if block.score else [])]
    return _values(
        names, [[written(iri), *([_number(score)] if block.score else [])] for iri, score in found]
    )


def _cities(query: QueryTokens, block: Block, value: Value, iri: str, services: SemanticServices) -> Scored:
    preset = block.values.get(PRESET)
    if SHARES_PROBLEM in block.values:
        if preset is not None:
            query.fail("bg:preset goes with bg:similarTo only; leave it out", preset.token)
        return _asked(query, value, lambda: services.sharing(iri, block.limit))
    name = preset.text if preset is not None else GRAPH_PRESET
    return _asked(query, preset or value, lambda: services.similar(iri, name, block.limit))


def _asked(query: QueryTokens, value: Value, ask: Callable[[], Scored]) -> Scored:
    """Ask a service; its errors get the place of the value that they speak of."""
    try:
        return ask()
    except (InvalidInputError, NotFoundError) as err:
        kind = type(err) if isinstance(err, InvalidInputError) else InvalidInputError
        try:
            query.fail(err.message, value.token, kind)
        except InvalidInputError as placed:
            raise placed from err


def _from_graph(query: QueryTokens, block: Block, value: Value) -> str:
    """Return the pattern that reads the similarities in the graph, for a variable that only the graph binds."""
    hint = f"or give ?{value.text} its values by VALUES in the same group"
    if SHARES_PROBLEM in block.values:
        query.fail(
            f"nothing around the block says which problem ?{value.text} is; write a challenge or city, {hint}",
            value.token,
        )
    preset = block.values.get(PRESET)
    if preset is not None and preset.text != GRAPH_PRESET:
        query.fail(
            f"for a variable that only the graph binds there is the preset '{GRAPH_PRESET}' alone; write a city, {hint}",
            preset.token,
        )
    if block.limit > SIMILAR:
        query.fail(
            f"for a variable that only the graph binds the {SIMILAR} most similar cities are known; lower bg:limit, "
            f"write a city, {hint}",
            value.token,
        )
    return similar_pattern(value.text, block.subject.text, block.score, block.limit)


def _values(names: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    cells = " ".join(f"({' '.join(row)})" for row in rows)
    return f"VALUES ({' '.join('?' + name for name in names)}) {{ {cells} }}"


def _number(score: float) -> str:
    return f"{score:.4f}"
