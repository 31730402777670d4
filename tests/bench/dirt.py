"""Faults as they come in real files, each a small function that spoils a sound record.

Some are mended by cleaning, some are refused before the shapes see them, most are refused by the shapes.
"""

import random
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from bufgraph_ingest.port import Json

MENDED, EARLY, SHAPES = "mended", "early", "shapes"
_Spoil = Callable[[Json, random.Random], Json]


@dataclass(frozen=True, slots=True)
class Fault:
    """One way to be wrong.

    Attributes:
        kind: ``practices``, ``adoptions``, or "" for both.
        caught: ``mended`` by cleaning, refused ``early`` (before the shapes), or by the ``shapes``.
    """

    name: str
    kind: str
    caught: str
    give: _Spoil


def _set(**values: object) -> _Spoil:
    return lambda record, rng: {**record, **values}


def _without(key: str) -> _Spoil:
    return lambda record, rng: {name: value for name, value in record.items() if name != key}


def _other_text(key: str, change: Callable[[str], object]) -> _Spoil:
    return lambda record, rng: {**record, key: change(str(record[key]))}


def _one_of(key: str, *values: object) -> _Spoil:
    return lambda record, rng: {**record, key: rng.choice(values)}


def _in_first_part(key: str, **values: object) -> _Spoil:
    return lambda record, rng: {**record, key: [{**record[key][0], **values}, *record[key][1:]]}


FAULTS = (
    Fault("spaces and line breaks", "practices", MENDED, _other_text("title", lambda t: f"  {t.replace(' ', '  ')}\n")),
    Fault("decomposed letters", "practices", MENDED, _other_text("summary", lambda t: unicodedata.normalize("NFD", t + " Žemė"))),
    Fault("empty cells", "", MENDED, _set(note="", alt_label=[None, "  "])),
    Fault("script in the text", "practices", MENDED, _other_text("approach", lambda t: f"<script>alert(1)</script> {t}")),
    Fault("unknown column", "", EARLY, _set(budget_code="A-17")),
    Fault("no identifier", "", EARLY, _without("id")),
    Fault("identifier with a space", "", EARLY, _other_text("id", lambda t: t + " copy")),
    Fault("reference in words", "practices", EARLY, _one_of("origin", "Neustadt", "Tartu (city)", "Atlantis")),
    Fault("unknown type", "", EARLY, _set(type="BestPractice")),
    Fault("no title", "practices", SHAPES, _without("title")),
    Fault("empty title", "practices", SHAPES, _set(title=[])),
    Fault("two titles", "practices", SHAPES, _other_text("title", lambda t: [t, "Another title"])),
    Fault("title in another language", "practices", SHAPES, _other_text("title", lambda t: {"@value": t, "@language": "et"})),
    Fault("no source", "practices", SHAPES, _without("citation")),
    Fault("unknown challenge", "practices", SHAPES, _set(challenge=["bgs:challenge/no-such-thing"])),
    Fault("main challenge not among them", "practices", SHAPES, _set(main_challenge="bgs:challenge/no-such-thing")),
    Fault("concept of another scheme", "practices", SHAPES, _set(confidence="bgs:outcome/mixed")),
    Fault("place not in the data", "practices", SHAPES, _set(origin="bgd:city/xx-nowhere")),
    Fault("document not in the data", "practices", SHAPES, _in_first_part("citation", document="bgd:source/no-such")),
    Fault("number as title", "practices", SHAPES, _one_of("title", 2019, 3.5, True)),
    Fault("no outcome", "adoptions", SHAPES, _without("outcome")),
    Fault("unknown outcome", "adoptions", SHAPES, _set(outcome="bgs:outcome/great")),
    Fault("year as a date", "adoptions", SHAPES, _one_of("start_year", "2019-05", "12.05.2019", "May 2019", "19", "2019/20")),
    Fault("ends before it starts", "adoptions", SHAPES, _set(start_year=2020, end_year=2011)),
    Fault("cost in words", "adoptions", SHAPES, _one_of("cost", "1 200 000", "12,5", "approx. 3m", "€ 3 000", "3_000 EUR")),
    Fault("cost that is no number", "adoptions", SHAPES, _one_of("cost", "NaN", "Infinity", "-inf")),
    Fault("negative cost", "adoptions", SHAPES, _one_of("cost", -1, -99999999.5, "-0.01")),
    Fault("cost without currency", "adoptions", SHAPES, _without("currency")),
    Fault("currency sign", "adoptions", SHAPES, _one_of("currency", "€", "euro", "eur", ["EUR", "SEK"])),
    Fault("formula in a cell", "adoptions", SHAPES, _set(currency='=HYPERLINK("http://example.org")')),
    Fault("two places", "adoptions", SHAPES, _set(place=["bgd:city/ee-tartu", "bgd:city/fi-turku"])),
    Fault("participation without role", "adoptions", SHAPES, _in_first_part("participation", role=[])),
    Fault("result value in words", "adoptions", SHAPES, _in_first_part("result", value="about a third")),
    Fault("unit that is no address", "adoptions", SHAPES, _in_first_part("result", unit="http://example.org/kg")),
    Fault("lesson of a wrong kind", "adoptions", SHAPES, _in_first_part("lesson", lesson_kind="bgs:barrier/delays")),
)  # fmt: skip
"""Every fault there is; the stream gives each record at most one."""
