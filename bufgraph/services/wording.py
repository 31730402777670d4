"""The few words that answers need, in our languages. One file holds them all: ``wording.json``."""

from collections.abc import Mapping
from functools import cache
from pathlib import Path

import orjson

_FILE = Path(__file__).with_name("wording.json")


@cache
def _table() -> Mapping[str, Mapping[str, str]]:
    found: Mapping[str, Mapping[str, str]] = orjson.loads(_FILE.read_bytes())
    return found


def say(key: str, lang: str, **values: object) -> str:
    """Return a phrase in a language, in English when that language lacks it.

    Raises:
        KeyError: No such phrase.
    """
    phrases = _table()[key]
    return phrases.get(lang, phrases["en"]).format(**values)
