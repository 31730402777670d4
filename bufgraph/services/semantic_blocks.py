"""Reads the built-in ``SERVICE`` blocks of a query, and what the rest of the query says of their variables."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from typing import Final

from bufgraph.errors import TooLargeError
from bufgraph.namespaces import ONTOLOGY, RDF_TYPE, compact
from bufgraph.services.semantic_tokens import OUTSIDE, Cursor, QueryTokens, Token, shown
from bufgraph.text.passages import RecordType

CLASSES: Final[Mapping[str, RecordType]] = {
    f"{ONTOLOGY}GoodPractice": "practice",
    f"{ONTOLOGY}City": "city",
    f"{ONTOLOGY}Challenge": "challenge",
    f"{ONTOLOGY}Expert": "expert",
}
"""Classes whose records can be searched."""
DEFAULT_LIMIT: Final = 10
MAX_LIMIT: Final = 200
"""Most rows that one block may give."""
MAX_BLOCKS: Final = 5
_AGGREGATES: Final = {"GROUP", "COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT"}


def _bg(*names: str) -> tuple[str, ...]:
    return tuple(ONTOLOGY + name for name in names)


MATCHES, SIMILAR_TO, SHARES_PROBLEM, SCORE, LIMIT, LANG, PRESET = _bg(
    "matches", "similarTo", "sharesProblem", "score", "limit", "lang", "preset"
)
_EXPECTED: Final[Mapping[str, tuple[Collection[str], str]]] = {
    MATCHES: (("string",), 'the text to search for, such as "snow removal"'),
    SIMILAR_TO: (("iri", "name", "variable"), "a city or a variable"),
    SHARES_PROBLEM: (("iri", "name", "variable"), "a challenge, a city or a variable"),
    SCORE: (("variable",), "a variable for the score"),
    LIMIT: (("number",), f"a whole number from 1 to {MAX_LIMIT}"),
    LANG: (("string",), 'a language code such as "fi"'),
    PRESET: (("string",), 'a preset such as "structure"'),
    RDF_TYPE: (("iri", "name"), "a class"),
}
"""What each term of a block takes: kinds of tokens, and their name."""
TERMS: Final[Mapping[str, tuple[str, ...]]] = {
    "search": (MATCHES, SCORE, LIMIT, LANG, RDF_TYPE),
    "similar-cities": (SIMILAR_TO, SHARES_PROBLEM, SCORE, LIMIT, PRESET, RDF_TYPE),
}
"""Services by name, with the terms that each knows."""


@dataclass(frozen=True, slots=True)
class Value:
    """What a term of a block says: an IRI, a variable's name, a text or a number.

    Attributes:
        lang: Language tag of a text.
    """

    text: str
    token: Token
    lang: str | None = None

    @property
    def is_variable(self) -> bool:
        """Whether it is a variable."""
        return self.token.kind == "variable"


@dataclass(frozen=True, slots=True)
class Block:
    """One ``SERVICE`` block.

    Attributes:
        service: A key of :data:`TERMS`.
        number: Of its first token.
        last: Number of its last token.
        subject: The variable that it finds values of.
        values: By the IRI of the term.
        limit: Most rows.
    """

    service: str
    number: int
    last: int
    subject: Value
    values: Mapping[str, Value]
    limit: int

    @property
    def score(self) -> str | None:
        """The variable of the score."""
        value = self.values.get(SCORE)
        return value.text if value is not None else None


def find_blocks(query: QueryTokens, service_of: Callable[[str], str | None]) -> list[Block]:
    """Return the blocks of the built-in services, in order.

    Args:
        service_of: Gives the name that an IRI has among our services; None for the services of others, which are left alone.

    Raises:
        InvalidInputError: A block is malformed, or there are too many; with line, column and what is expected.
    """
    blocks: list[Block] = []
    last = -1
    for number, token in enumerate(query.tokens):
        if number <= last or token.keyword != "SERVICE":
            continue
        cursor = Cursor(query, number + 1)
        cursor.skip("SILENT")
        named = cursor.take()
        service = service_of(query.iri(named))
        if service is None:
            continue
        if service not in TERMS:
            query.fail(f"there is no service '{service}'; known: {', '.join(TERMS)}", named)
        if len(blocks) == MAX_BLOCKS:
            query.fail(f"at most {MAX_BLOCKS} SERVICE blocks a query are answered", token, TooLargeError)
        block = _read(cursor, service, number)
        blocks.append(block)
        last = block.last
    return blocks


def _read(cursor: Cursor, service: str, number: int) -> Block:
    query = cursor.query
    cursor.expect("{", "after the IRI of the service")
    subject = cursor.variable("to find values of, such as ?found")
    values: dict[str, Value] = {}
    while True:
        _read_pair(cursor, service, values)
        if cursor.skip(";"):
            while cursor.skip(";"):
                pass
            if cursor.next.text not in ("}", "."):
                continue
        ended = cursor.skip(".")
        if cursor.skip("}"):
            break
        if not ended:
            query.fail(
                f"expected ';', '.' or '}}' after a value, found {shown(cursor.next)}; "
                "a built-in SERVICE block holds only terms with one value each",
                cursor.next,
            )
        again = cursor.variable(f"{subject.text} again, or '}}'")
        if again.text[1:] != subject.text[1:]:
            query.fail(
                f"expected {subject.text} again, found {shown(again)}; one SERVICE block finds values of one variable",
                again,
            )
    last = cursor.number - 1
    _check_variables(query, subject, values)
    return Block(service, number, last, Value(subject.text[1:], subject), values, _limit(query, values))


def _read_pair(cursor: Cursor, service: str, values: dict[str, Value]) -> None:
    query, token = cursor.query, cursor.take()
    term = query.predicate(token)
    if term not in TERMS[service]:
        known = ", ".join("a" if t == RDF_TYPE else compact(t) for t in TERMS[service])
        query.fail(f"expected a term of the service '{service}' ({known}), found {shown(token)}", token)
    if term in values:
        query.fail(f"{shown(token)} is given twice; give it one value", token)
    kinds, name = _EXPECTED[term]
    value = cursor.take()
    if value.kind not in kinds:
        query.fail(f"expected {name} after {shown(token)}, found {shown(value)}", value)
    values[term] = _value(cursor, value)


def _value(cursor: Cursor, token: Token) -> Value:
    query = cursor.query
    if token.kind == "variable":
        return Value(token.text[1:], token)
    if token.kind in ("iri", "name"):
        iri = query.iri(token)
        if not iri:
            query.fail(f"the prefix of {shown(token)} is not declared; add a PREFIX line", token)
        return Value(iri, token)
    if token.kind == "number":
        return Value(token.text, token)
    lang = None
    if cursor.next.kind == "lang":
        lang = cursor.take().text[1:].partition("-")[0].lower()
    elif cursor.skip("^^"):
        cursor.take()
    return Value(query.string(token), token, lang)


def _limit(query: QueryTokens, values: Mapping[str, Value]) -> int:
    given = values.get(LIMIT)
    if given is None:
        return DEFAULT_LIMIT
    # Four digits are too many already, and int() refuses thousands of them in its own words.
    number = int(given.text) if given.text.isdecimal() and len(given.text) < 5 else 0
    if not 1 <= number <= MAX_LIMIT:
        query.fail(f"the limit is {shown(given.token)}; expected {_EXPECTED[LIMIT][1]}", given.token)
    return number


def _check_variables(query: QueryTokens, subject: Token, values: Mapping[str, Value]) -> None:
    seen = {subject.text[1:]}
    for value in values.values():
        if value.is_variable:
            if value.text in seen:
                query.fail(
                    f"{shown(value.token)} stands for two things in one block; use another variable",
                    value.token,
                )
            seen.add(value.text)


def stated_class(query: QueryTokens, block: Block) -> RecordType:
    """Return what kind of records a search looks for: the class in the block, else one that the groups around it state
    as ``?found a bg:City``, else practices.

    Raises:
        InvalidInputError: The class in the block cannot be searched.
    """  # fmt: skip
    if (given := block.values.get(RDF_TYPE)) is not None:
        if given.text not in CLASSES:
            known = ", ".join(compact(iri) for iri in CLASSES)
            query.fail(f"{shown(given.token)} cannot be searched; choose from {known}", given.token)
        return CLASSES[given.text]
    stated = [
        (order, CLASSES[query.iri(kind)])
        for order, number in query.around(block.number)
        if query.tokens[number].kind == "variable" and query.tokens[number].text[1:] == block.subject.text
        for verb, kind in [query.tokens[number + 1 : number + 3]]
        if query.predicate(verb) == RDF_TYPE and query.iri(kind) in CLASSES
    ]
    return min(stated, key=lambda found: found[0])[1] if stated else "practice"


def constants(query: QueryTokens, value: Value, number: int) -> list[str] | None:
    """Return the IRIs that a variable can take by a ``VALUES`` in the groups around a block; None without such a clause.

    Groups beside the block, and clauses with ``UNDEF``, do not bind it. A ``VALUES`` after the query is joined after the
    aggregates, so it counts only where there are none.

    Raises:
        InvalidInputError: The clause holds something else than IRIs for it.
    """
    grouped = any(token.keyword in _AGGREGATES for token in query.tokens)
    for _, place in query.around(number):
        group = query.group[place]
        outside = group == OUTSIDE or query.tokens[group + 1].keyword == "SELECT"
        if query.tokens[place].keyword != "VALUES" or (outside and grouped):
            continue
        found = _column(Cursor(query, place + 1), value.text)
        if found is not None:
            return list(dict.fromkeys(found))
    return None


def _column(cursor: Cursor, variable: str) -> list[str] | None:
    """Return the IRIs that a ``VALUES`` clause gives a variable; None when it does not bind it."""
    query = cursor.query
    in_rows = cursor.skip("(")
    names = []
    while cursor.next.kind == "variable":
        names.append(cursor.take().text[1:])
    if variable not in names or (in_rows and not cursor.skip(")")) or not cursor.skip("{"):
        return None
    wanted, place, found = names.index(variable), 0, []
    while (token := cursor.take()).text != "}" and token.kind != "end":
        if token.text in ("(", ")"):
            place = 0
            continue
        if token.kind == "lang" or token.text == "^^":
            if token.text == "^^":
                cursor.take()
            continue
        if place == wanted or not in_rows:
            if token.keyword == "UNDEF":
                return None
            if not (iri := query.iri(token)):
                query.fail(f"expected an IRI for ?{variable}, found {shown(token)}", token)
            found.append(iri)
        place += 1
    return found
