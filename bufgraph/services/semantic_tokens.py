"""A SPARQL text as tokens with their groups, prefixes and places, enough to find and read a clause without parsing the rest.

Strings, comments and IRIs are tokens of their own (SPARQL 1.1, section 19.8), so nothing inside them is taken for a clause.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Final, NamedTuple, NoReturn
from urllib.parse import urljoin

from bufgraph.errors import InvalidInputError
from bufgraph.namespaces import RDF_TYPE

# Possessive loops keep the time linear: nothing that was read is read again from another start.
_TOKEN: Final = re.compile(
    r"""
      (?P<skip>\s+|\#[^\r\n]*)
    | (?P<string>'''(?:(?:'|'')?(?:[^'\\]|\\.))*+'''|\"\"\"(?:(?:"|"")?(?:[^"\\]|\\.))*+\"\"\"
        |'(?:[^'\\\r\n]|\\.)*+'|"(?:[^"\\\r\n]|\\.)*+")
    | (?P<iri><(?:[^<>"{}|^`\\\x00-\x20]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*+>)
    | (?P<variable>[?$]\w+)
    | (?P<name>(?:[^\W\d]\w*+(?:[.\-]+\w+)*+)?:(?:(?:[\w\-:%]|\\.)(?:\.*(?:[\w\-:%]|\\.))*+)?)
    | (?P<word>[^\W\d]\w*+(?:[.\-]+\w+)*+)
    | (?P<number>\d+(?:\.\d+)?(?:[eE][+\-]?\d+)?)
    | (?P<lang>@[A-Za-z]+(?:-[A-Za-z0-9]+)*)
    | (?P<mark>\^\^|.)
    """,
    re.VERBOSE | re.DOTALL,
)
_CODEPOINT: Final = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")
_STRING_ESCAPE: Final = re.compile(r"\\(?:u([0-9A-Fa-f]{4})|U([0-9A-Fa-f]{8})|(.))", re.DOTALL)
_ESCAPED: Final = {
    "t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", "\\": "\\", '"': '"', "'": "'"
}  # fmt: skip
_NO_IRI: Final = re.compile(r'[<>"{}|^`\\\x00-\x20]')
OUTSIDE: Final = -1
"""The group of what stands in no braces."""


class Token(NamedTuple):
    """A token: string, iri, variable, name (``bg:City``), word, number, lang (``@fi``), mark or end."""

    kind: str
    text: str
    start: int
    end: int

    @property
    def keyword(self) -> str:
        """The word in capitals, as SPARQL compares keywords; empty for every other token."""
        return self.text.upper() if self.kind == "word" else ""


class QueryTokens:
    """The tokens of a query without blanks and comments, the last one marks the end.

    Args:
        prefixes: Prefixes that need no declaration.

    Attributes:
        group: For each token the number of the ``{`` that it stands in, or :data:`OUTSIDE`.
    """

    def __init__(self, text: str, prefixes: Mapping[str, str]) -> None:
        self.text = text
        found = (
            Token(str(match.lastgroup), match.group(), match.start(), match.end())
            for match in _TOKEN.finditer(text)
        )
        self.tokens = [token for token in found if token.kind != "skip"]
        self.tokens.append(Token("end", "", len(text), len(text)))
        self.group: list[int] = []
        self._base = ""
        self._prefixes = dict(prefixes)
        self._read_groups()
        self._read_prologue()

    def _read_groups(self) -> None:
        open_groups = [OUTSIDE]
        for number, token in enumerate(self.tokens):
            if token.text == "}" and len(open_groups) > 1:
                open_groups.pop()
            self.group.append(open_groups[-1])
            if token.text == "{":
                open_groups.append(number)

    def _read_prologue(self) -> None:
        for number, token in enumerate(self.tokens):
            following = self.tokens[number + 1 : number + 3]
            if token.keyword == "BASE" and following[0].kind == "iri":
                self._base = self.iri(following[0])
            elif token.keyword == "PREFIX" and [t.kind for t in following] == ["name", "iri"]:
                self._prefixes[following[0].text[:-1]] = self.iri(following[1])

    def around(self, number: int) -> Iterator[tuple[int, int]]:
        """Yield (steps outwards, number) of the tokens that stand directly in the groups around a token.

        It ends where a variable may mean something else: at a sub-select.
        """
        steps: dict[int, int] = {}
        group = self.group[number]
        while group != OUTSIDE:
            steps[group] = len(steps)
            if self.tokens[group + 1].keyword == "SELECT":
                break
            group = self.group[group]
        else:
            steps[OUTSIDE] = len(steps)
        for place, held in enumerate(self.group[:-2]):
            if held in steps:
                yield steps[held], place

    def iri(self, token: Token) -> str:
        """Return the IRI that a token stands for; empty when it stands for none or its prefix is unknown.

        Raises:
            InvalidInputError: An escape in it stands for a character that no IRI has.
        """
        if token.kind == "iri":
            iri = _CODEPOINT.sub(lambda found: _codepoint(found[1] or found[2]), token.text[1:-1])
            iri = urljoin(self._base, iri) if self._base else iri
        elif token.kind == "name":
            prefix, _, local = token.text.partition(":")
            if prefix not in self._prefixes:
                return ""
            iri = self._prefixes[prefix] + re.sub(r"\\(.)", r"\1", local)
        else:
            return ""
        if _NO_IRI.search(iri):
            self.fail("this is no IRI; write it without blanks, quotes and brackets", token)
        return iri

    def predicate(self, token: Token) -> str:
        """Return the IRI of a predicate, also of ``a``."""
        return RDF_TYPE if token.text == "a" else self.iri(token)

    def string(self, token: Token) -> str:
        """Return the text that a string literal stands for.

        Raises:
            InvalidInputError: It holds an escape that SPARQL does not know.
        """
        quotes = 3 if token.text[:3] in ('"""', "'''") else 1

        def replaced(found: re.Match[str]) -> str:
            if found[3] is not None and found[3] not in _ESCAPED:
                self.fail(
                    f"the string holds the unknown escape '\\{found[3]}'; write a backslash as '\\\\'", token
                )
            return _ESCAPED[found[3]] if found[3] is not None else _codepoint(found[1] or found[2])

        return _STRING_ESCAPE.sub(replaced, token.text[quotes:-quotes])

    def fail(self, message: str, token: Token, kind: type[InvalidInputError] = InvalidInputError) -> NoReturn:
        """Raise an error that names the line and the column of a token, both from 1."""
        line = self.text.count("\n", 0, token.start) + 1
        column = token.start - self.text.rfind("\n", 0, token.start)
        raise kind(f"line {line}, column {column}: {message}", line=line, column=column)


def _codepoint(digits: str) -> str:
    number = int(digits, 16)
    return chr(number) if number < 0x110000 and not 0xD800 <= number < 0xE000 else "\ufffd"


def written(iri: str) -> str:
    """Return an IRI as it stands in a query.

    Raises:
        InvalidInputError: It has a character that would end it early.
    """
    if _NO_IRI.search(iri):
        raise InvalidInputError(f"{iri!r} is no IRI and cannot stand in a query", iri=iri)
    return f"<{iri}>"


def shown(token: Token) -> str:
    """Return a token as an error message shows it."""
    if token.kind == "end":
        return "the end of the query"
    return f"'{token.text if len(token.text) <= 60 else token.text[:57] + '…'}'"


class Cursor:
    """Reads tokens one after the other."""

    def __init__(self, query: QueryTokens, number: int) -> None:
        self.query = query
        self.number = number

    @property
    def next(self) -> Token:
        """The token that stands next; the end never passes."""
        return self.query.tokens[min(self.number, len(self.query.tokens) - 1)]

    def take(self) -> Token:
        """Return the next token and go on."""
        token = self.next
        self.number += 1
        return token

    def skip(self, text: str) -> bool:
        """Go on past a mark or keyword if it stands next; tell whether it did."""
        if text in (self.next.text if self.next.kind == "mark" else None, self.next.keyword):
            self.number += 1
            return True
        return False

    def expect(self, text: str, where: str) -> Token:
        """Return the next token, which must be a mark or keyword.

        Raises:
            InvalidInputError: Another one stands there.
        """
        token = self.next
        if not self.skip(text):
            self.query.fail(f"expected '{text}' {where}, found {shown(token)}", token)
        return token

    def variable(self, where: str) -> Token:
        """Return the next token, which must be a variable.

        Raises:
            InvalidInputError: Another one stands there.
        """
        token = self.take()
        if token.kind != "variable":
            self.query.fail(f"expected a variable {where}, found {shown(token)}", token)
        return token
