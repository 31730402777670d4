"""Patterns over the derived similarities of cities, in place of ``bgf:similarity`` and of blocks whose city the graph binds."""

from typing import Final

from bufgraph.namespaces import ONTOLOGY
from bufgraph.services.deriving import PRESET
from bufgraph.services.semantic_tokens import Cursor, QueryTokens, shown, written

_FROM, _TO, _PRESET, _RANK, _SCORE = (
    f"<{ONTOLOGY}{name}>" for name in ("similarityFrom", "similarityTo", "preset", "rank", "score")
)
_OF_PRESET: Final = f'{_PRESET} "{PRESET}"'


def similar_pattern(asking: str, other: str, score: str | None, limit: int) -> str:
    """Return the pattern of a city and its most similar ones; a sub-select keeps the rank out of ``SELECT *``.

    Args:
        asking: Name of the variable of the asking city; ``other`` and ``score`` name variables too.
    """
    names = [name for name in (other, asking, score) if name is not None]
    rank = next(name for name in ("bgRank", "bgRank1", "bgRank2", "bgRank3") if name not in names)
    scored = f" ; {_SCORE} ?{score}" if score is not None else ""
    return (
        f"{{ SELECT {' '.join('?' + name for name in names)} WHERE {{ [] {_FROM} ?{asking} ; {_TO} ?{other} ; "
        f"{_OF_PRESET} ; {_RANK} ?{rank}{scored} FILTER(?{rank} <= {limit}) }} }}"
    )


def find_calls(query: QueryTokens, function: str) -> list[tuple[int, int, str]]:
    """Return the calls of the similarity function: number of the first and last token, and the pattern in their place.

    Raises:
        InvalidInputError: A call stands elsewhere than alone in a ``BIND``, or its arguments are no cities.
    """
    found = []
    for number, token in enumerate(query.tokens):
        if (
            token.kind not in ("iri", "name")
            or "similarity" not in token.text
            or query.iri(token) != function
        ):
            continue
        if query.tokens[number + 1].text != "(":
            continue  # the IRI as such, as in a pattern that asks for its label
        if number < 2 or query.tokens[number - 1].text != "(" or query.tokens[number - 2].keyword != "BIND":
            query.fail(
                "bgf:similarity stands in a BIND of its own; write BIND(bgf:similarity(?a, ?b) AS ?similarity) "
                "before and use ?similarity here",
                token,
            )
        found.append(_call(Cursor(query, number + 1), number - 2))
    return found


def _call(cursor: Cursor, first: int) -> tuple[int, int, str]:
    where = "in bgf:similarity(?a, ?b)"
    cursor.expect("(", where)
    one = _city(cursor, where)
    cursor.expect(",", where)
    other = _city(cursor, where)
    cursor.expect(")", where)
    cursor.expect("AS", "after bgf:similarity(?a, ?b); compute with its value in a second BIND")
    score = cursor.variable("after AS").text
    cursor.expect(")", "after the variable")
    # Similarity is symmetric, but either city may be missing among the ten of the other.
    optional = [
        f"OPTIONAL {{ [] {_FROM} {a} ; {_TO} {b} ; {_OF_PRESET} ; {_SCORE} {score} }}"
        for a, b in ((one, other), (other, one))
    ]
    return first, cursor.number - 1, " ".join(optional)


def _city(cursor: Cursor, where: str) -> str:
    token = cursor.take()
    if token.kind == "variable":
        return token.text
    iri = cursor.query.iri(token)
    if not iri:
        cursor.query.fail(f"expected a variable or the IRI of a city {where}, found {shown(token)}", token)
    return written(iri)
