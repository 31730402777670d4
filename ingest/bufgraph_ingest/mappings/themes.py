"""Challenges of ours that a text names, by the words in ``themes.json`` and our own English labels."""

import re
from collections import Counter
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

import orjson

from bufgraph.resources import ontology_dir
from bufgraph.text.normalise import fold
from bufgraph_ingest.tables.vocabulary import read_vocabulary

_FILE: Final = Path(__file__).with_name("themes.json")
_WORD: Final = re.compile(r"\w+")
_MOST: Final = 3
"""Challenges of a practice, by its shape."""
Phrases = dict[tuple[str, ...], str]


@lru_cache(maxsize=4)  # two fields of a record ask for the same text
def challenges_in(text: str) -> tuple[str, ...]:
    """Return challenges, the one named most often first; of equals the one named first. Longer phrases win."""
    phrases, longest = _phrases()
    words = _WORD.findall(fold(text))
    found: Counter[str] = Counter()
    at = 0
    while at < len(words):
        length = longest.get(words[at], 0)
        while length and tuple(words[at : at + length]) not in phrases:
            length -= 1
        if length:
            found[phrases[tuple(words[at : at + length])]] += 1
        at += length or 1
    return tuple(f"bgs:challenge/{name}" for name, _ in found.most_common(_MOST))


@cache
def _phrases() -> tuple[Phrases, dict[str, int]]:
    """Return the challenge that each phrase means, and by first word how many words its longest phrase has."""
    labels = read_vocabulary(ontology_dir(), ["challenge"]).labels["challenge"]
    told = list(labels)
    told += [(phrase, name) for name, some in orjson.loads(_FILE.read_bytes()).items() for phrase in some]
    phrases = {tuple(_WORD.findall(fold(phrase))): name for phrase, name in told}
    longest: dict[str, int] = {}
    for phrase in phrases:
        longest[phrase[0]] = max(len(phrase), longest.get(phrase[0], 0))
    return phrases, longest
