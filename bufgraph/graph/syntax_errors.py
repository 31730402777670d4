"""What Oxigraph's parser says, for people."""

import re
from typing import Final

from bufgraph.errors import InvalidInputError

_MESSAGE: Final = re.compile(r"error at (\d+):(\d+): expected (?:one of )?(.*)", re.DOTALL)
_CHARACTERS: Final = re.compile(r"\[[^\]]*\](?:\.\.=)?|\"[^\"]*\"|<unreported>")
_BEFORE: Final = 10
_AFTER: Final = 20
_MOST_WORDS: Final = 6


def readable(message: str, text: str) -> InvalidInputError:
    """Return the error with line, column and the text there; the parser's classes of characters are left out."""
    match = _MESSAGE.match(message)
    if match is None:
        return InvalidInputError(f"the SPARQL query does not parse: {message}")
    line, column = int(match[1]), int(match[2])
    lines = text.split("\n")
    if line > len(lines):  # in the LIMIT that was added to it
        line, column = len(lines), len(lines[-1]) + 1
    here = lines[line - 1]
    # The parser names the farthest place that it tried, a token or so after what a person calls wrong.
    near = f"near '{here[max(0, column - 1 - _BEFORE) : column - 1 + _AFTER].strip()}'"
    if line == len(lines) and not here[column - 1 :].strip():
        near = f"at the end of the query, after '{here[max(0, column - 1 - _AFTER) : column - 1].strip()}'"
    words = [
        word.strip() for word in _CHARACTERS.sub("", match[3]).replace("\n", " ").split(",") if word.strip()
    ]
    if "Prefix not found" in words:
        hint = "; the prefix is not declared"
    else:
        hint = f"; expected for instance {', '.join(words[:_MOST_WORDS])}" if words else ""
    return InvalidInputError(
        f"the SPARQL query does not parse at line {line}, column {column}, {near}{hint}",
        line=line,
        column=column,
    )
