"""The words of ``words.toml``: legal forms, kinds of bodies, levels of government, countries."""

import tomllib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files


@dataclass
class _Phrases:
    """Phrases and what they stand for; the longest wins."""

    exact: dict[tuple[str, ...], str] = field(default_factory=dict)
    prefixes: dict[str, list[tuple[tuple[str, ...], str]]] = field(default_factory=dict)

    def add(self, phrase: str, meaning: str) -> None:
        parts = tuple(phrase.split())
        if parts[-1].endswith("*"):
            stem = (*parts[:-1], parts[-1][:-1])
            self.prefixes.setdefault(stem[0][:3], []).append((stem, meaning))
        else:
            self.exact[parts] = meaning

    def match(self, words: Sequence[str], start: int) -> tuple[str, int] | None:
        """Return the meaning and length of the longest phrase that begins at a word."""
        for length in range(min(4, len(words) - start), 0, -1):
            span = tuple(words[start : start + length])
            if (meaning := self.exact.get(span)) is not None:
                return meaning, length
            for stem, meaning in self.prefixes.get(span[0][:3], ()):
                if len(stem) == length and span[:-1] == stem[:-1] and span[-1].startswith(stem[-1]):
                    return meaning, length
        return None


@dataclass(frozen=True)
class Vocabulary:
    """What words of names mean.

    Attributes:
        stop: Words that are left out; ``legal``: legal forms; ``soft``: forms that may be left out.
    """

    stop: frozenset[str]
    soft: frozenset[str]
    legal: _Phrases
    concepts: _Phrases
    administration: _Phrases
    countries: _Phrases


@cache
def vocabulary() -> Vocabulary:
    """Read the words once."""
    text = files("bufgraph_ingest.reconciliation").joinpath("words.toml").read_text(encoding="utf-8")
    table = tomllib.loads(text)
    return Vocabulary(
        frozenset(table["stop"]),
        frozenset(table["soft"]),
        _phrases({"legal": table["legal"]}),
        _phrases(table["concepts"]),
        _phrases(table["administration"]),
        _phrases(table["countries"]),
    )


def _phrases(table: dict[str, Iterable[str]]) -> _Phrases:
    phrases = _Phrases()
    for meaning, variants in table.items():
        for variant in variants:
            phrases.add(variant, meaning)
    return phrases
