"""Checks on foreign SPARQL before it meets an engine.

Oxigraph overflows its stack on deep or long chains (thousands of nested braces, OPTIONALs or parentheses; a text of
2 to 30 kB), and ``SERVICE`` and ``LOAD`` go out to the network. So length, depth and chains are bounded here, and those
keywords refused. Its parser needs no space around a keyword (``1e5SERVICE<x>{}`` is a call), so keywords are also sought
inside longer words. A worker's limits stand behind all of this.
"""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Final, Literal

from bufgraph.errors import InvalidInputError, TooLargeError

QueryForm = Literal["select", "ask", "construct", "describe"]

# Every alternative is linear: a run is read once, or at most 100 characters of it again at each of its letters.
_TOKEN: Final = re.compile(
    r"""
      (?P<skip>\s+|\#[^\r\n]*)
    | (?P<string>'''(?:(?:'|'')?(?:[^'\\]|\\.))*'''|\"\"\"(?:(?:"|"")?(?:[^"\\]|\\.))*\"\"\"
        |'(?:[^'\\\r\n]|\\.)*'|"(?:[^"\\\r\n]|\\.)*")
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\[uU])*>)
    | (?P<variable>[?$]\w+)
    | (?P<name>(?:[^\W\d][\w.\-]{0,100}+)?:(?:[\w.\-:%]|\\.)*)
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
_VOLATILE: Final = {"NOW", "RAND", "UUID", "STRUUID", "BNODE"}
"""Functions whose answer changes from call to call (SPARQL 1.1, section 17.4)."""
_BEFORE_GRAPH: Final = {"GRAPH", "FROM", "NAMED"}
_MAX_CHAIN: Final = 1_000


@dataclass(frozen=True, slots=True)
class CheckedQuery:
    """A query that is safe to hand to a worker.

    Attributes:
        form: Its form.
        has_dataset: It names its own graphs (``FROM``).
        repeatable: The same graph gives the same answer.
        limit_at: Where its own ``LIMIT`` number stands, start and end; None without one.
        ends_at: Where a ``LIMIT`` may be written when it has none: before a trailing ``VALUES``.
    """

    text: str
    form: QueryForm
    has_dataset: bool
    repeatable: bool
    limit_at: tuple[int, int] | None
    ends_at: int

    def limited(self, rows: int) -> str:
        """Return the text with a ``LIMIT`` of at most this many solutions; a smaller one of its own stays."""
        if self.form == "ask":
            return self.text
        if self.limit_at is None:
            rest = self.text[self.ends_at :]
            return f"{self.text[: self.ends_at]}{'' if rest else chr(10)}LIMIT {rows} {rest}"
        start, end = self.limit_at
        digits = self.text[start:end].lstrip("0")
        if len(digits) < len(str(rows)) or (len(digits) == len(str(rows)) and int(digits) <= rows):
            return self.text
        return f"{self.text[:start]}{rows}{self.text[end:]}"


def check_query(text: str, *, max_chars: int, max_depth: int) -> CheckedQuery:
    """Return a query that is safe to hand to a worker.

    Raises:
        TooLargeError: Too long, too deep or too long a chain of operators; the limit is told.
        InvalidInputError: Empty, an update, a call to another server, or a string without an end.
    """
    check_length(text, max_chars)
    seen = _read(text)
    if seen.deepest > max_depth:
        raise TooLargeError(f"the query nests brackets deeper than {max_depth}", limit=max_depth)
    if seen.chain > _MAX_CHAIN:
        raise TooLargeError(f"the query chains more than {_MAX_CHAIN} operators", limit=_MAX_CHAIN)
    if seen.open_string is not None:
        raise _at(text, seen.open_string, "the string that begins {place} has no end; close it")
    form = next((word for word in seen.keywords if word in _FORMS or word in _UPDATES), None)
    if form in _UPDATES:
        raise _at(
            text,
            seen.keywords[form],
            f"{form} {{place}} is an update; this endpoint is read-only, ask with SELECT, ASK, CONSTRUCT or DESCRIBE",
        )
    if form is None:
        raise InvalidInputError(
            "the query is empty or has no form; begin with SELECT, ASK, CONSTRUCT or DESCRIBE"
        )
    for word, start in seen.calls:
        raise _at(text, start, f"{word} is switched off ({{place}}): this endpoint asks no other server")
    return CheckedQuery(
        text=text,
        form=form.lower(),  # type: ignore[arg-type]  # one of the four forms
        has_dataset="FROM" in seen.keywords,
        repeatable=not _VOLATILE & seen.keywords.keys(),
        limit_at=seen.limit_at,
        ends_at=len(text) if seen.values_at is None else seen.values_at,
    )


def check_length(text: str, max_chars: int) -> None:
    """Refuse a query that is too long.

    Raises:
        TooLargeError: The limit is told.
    """
    if len(text) > max_chars:
        raise TooLargeError(
            f"the query has {len(text)} characters; at most {max_chars} are accepted", limit=max_chars
        )


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Return where a character stands, both counted from 1."""
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1


def _at(text: str, offset: int, message: str) -> InvalidInputError:
    line, column = line_and_column(text, offset)
    return InvalidInputError(
        message.format(place=f"at line {line}, column {column}"), line=line, column=column
    )


@dataclass(slots=True)
class _Seen:
    """What one reading of a text found; positions are offsets."""

    keywords: dict[str, int] = field(default_factory=dict)  # in order of appearance, with the first place
    calls: list[tuple[str, int]] = field(default_factory=list)
    chain: int = 0
    deepest: int = 0
    open_string: int | None = None
    limit_at: tuple[int, int] | None = None
    values_at: int | None = None


def _read(text: str) -> _Seen:
    """Read a text token by token."""
    seen = _Seen()
    counts: Counter[str] = Counter()
    depth = 0
    end_of_digits = -1  # where the number after a LIMIT goes on
    last_word = ""
    for match, following in _significant(text):
        kind, token = match.lastgroup, match.group()
        if kind == "open":
            depth += 1
            seen.deepest = max(seen.deepest, depth)
        elif kind == "close":
            depth -= 1
        elif kind == "chain":
            seen.chain += 1
        elif kind == "word":
            word = token.upper()
            counts[word] += 1
            seen.keywords.setdefault(word, match.start())
            if depth == 0 and word == "VALUES":
                seen.values_at = match.start()
        elif kind == "other" and token in "'\"" and seen.open_string is None:
            seen.open_string = match.start()
        elif kind == "other" and depth == 0 and (last_word == "LIMIT" or match.start() == end_of_digits):
            start = match.start() if last_word == "LIMIT" or seen.limit_at is None else seen.limit_at[0]
            seen.limit_at, end_of_digits = (start, match.end()), match.end()
        if (called := _called(kind, token, last_word, following)) is not None:
            seen.calls.append((called, match.start()))
        last_word = token.upper() if kind == "word" else ""
    seen.chain += counts["UNION"] + counts["OPTIONAL"] + counts["MINUS"]
    return seen


def _significant(text: str) -> Iterator[tuple[re.Match[str], str]]:
    """Yield each token but spaces and comments, with the text of the next one."""
    tokens = [match for match in _TOKEN.finditer(text) if match.lastgroup != "skip"]
    for match, following in pairwise(tokens):
        yield match, following.group()
    if tokens:
        yield tokens[-1], ""


def _called(kind: str | None, token: str, last_word: str, following: str) -> str | None:
    """Return the keyword that a token is, or may hide from a reader who expects spaces."""
    upper = token.upper()
    if kind == "word":
        return "SERVICE" if "SERVICE" in upper else "LOAD" if upper == "LOAD" else None
    if "SERVICE" not in upper:
        return None
    if kind == "name":  # "SERVICEex:a {" is a call of ex:a
        return "SERVICE" if following == "{" and last_word not in _BEFORE_GRAPH else None
    # "FILTER(?a<1)SERVICE#>" only looks like an IRI
    return "SERVICE" if kind == "iri" and ")" in upper.partition("SERVICE")[0] else None
