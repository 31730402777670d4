"""Checks on foreign SPARQL before it meets an engine.

Oxigraph overflows its stack on deep or long chains (about 2,300 nested braces, 2,700 OPTIONALs, 4,700
parentheses; a text of 2 to 30 kB), and ``SERVICE`` and ``LOAD`` go out to the network. So length, depth and
chains are bounded here, and those keywords refused. A worker's limits stand behind all of this.
"""

import re
from collections import Counter
from typing import Final, Literal

from bufgraph.errors import InvalidInputError, TooLargeError

QueryForm = Literal["select", "ask", "construct", "describe"]

_TOKEN: Final = re.compile(
    r"""
      (?P<skip>\s+|\#[^\r\n]*)
    | (?P<string>'''(?:(?:'|'')?(?:[^'\\]|\\.))*'''|\"\"\"(?:(?:"|"")?(?:[^"\\]|\\.))*\"\"\"
        |'(?:[^'\\\r\n]|\\.)*'|"(?:[^"\\\r\n]|\\.)*")
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<variable>[?$]\w+)
    | (?P<name>[^\W\d]?[\w.\-]*:(?:[\w.\-:%]|\\.)*)
    | (?P<word>[^\W\d]\w*)
    | (?P<open>[({\[])
    | (?P<close>[)}\]])
    | (?P<chain>\|\||&&|[!+*/^|\-])
    | (?P<other>.)
    """,
    re.VERBOSE | re.DOTALL,
)
_FORMS: Final = {"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"}
_UPDATES: Final = {"INSERT", "DELETE", "LOAD", "CLEAR", "CREATE", "DROP", "COPY", "MOVE", "ADD", "WITH"}
_MAX_CHAIN: Final = 1_000


def check_query(text: str, *, max_chars: int, max_depth: int) -> QueryForm:
    """Return the form of a query that is safe to hand to a worker.

    Raises:
        TooLargeError: Too long, too deep or too long a chain of operators; the limit is told.
        InvalidInputError: Empty, an update, or a call to another server.
    """
    if len(text) > max_chars:
        raise TooLargeError(
            f"the query has {len(text)} characters; at most {max_chars} are accepted", limit=max_chars
        )
    keywords, chain, depth = _measure(text)
    if depth > max_depth:
        raise TooLargeError(f"the query nests brackets deeper than {max_depth}", limit=max_depth)
    if chain > _MAX_CHAIN:
        raise TooLargeError(f"the query chains more than {_MAX_CHAIN} operators", limit=_MAX_CHAIN)
    form = next((word for word in keywords if word in _FORMS or word in _UPDATES), None)
    if form in _UPDATES:
        raise InvalidInputError(
            f"{form} is an update; this endpoint is read-only, ask with SELECT, ASK, CONSTRUCT or DESCRIBE"
        )
    if form is None:
        raise InvalidInputError(
            "the query is empty or has no form; begin with SELECT, ASK, CONSTRUCT or DESCRIBE"
        )
    for word in ("SERVICE", "LOAD"):
        if keywords[word]:
            raise InvalidInputError(f"{word} is switched off: this endpoint asks no other server")
    lower: QueryForm = form.lower()  # type: ignore[assignment]  # one of the four forms
    return lower


def _measure(text: str) -> tuple[Counter[str], int, int]:
    """Return the keywords in order of appearance with their counts, the chained operators, the deepest nesting."""
    keywords: Counter[str] = Counter()
    chain = depth = deepest = 0
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "open":
            depth += 1
            deepest = max(deepest, depth)
        elif kind == "close":
            depth -= 1
        elif kind == "chain":
            chain += 1
        elif kind == "word":
            keywords[match.group().upper()] += 1
    chain += keywords["UNION"] + keywords["OPTIONAL"] + keywords["MINUS"]
    return keywords, chain, deepest
