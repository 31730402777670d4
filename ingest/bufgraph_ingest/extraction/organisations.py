"""Names of organisations: those of the catalogue, and names that say by their form that they are one."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Final

from bufgraph.model import Organisation
from bufgraph.text.normalise import fold
from bufgraph_ingest.extraction.proposals import Proposal, Span, without_overlaps

_TOKEN: Final = re.compile(r"[^\W_]+")
_CAP: Final = r"(?<!\w)[A-ZÅÄÖÆØÕÜĀČĒĢĪĶĻŅŠŪŽĄĘĖĮŲĆŁŃÓŚŹŻА-Я][\w'’&-]{0,60}+"
"""A capital word. It begins where a word begins and ends soon, so that one endless word does not take its square in time."""
_RUN: Final = rf"{_CAP}(?:[ ]{_CAP}){{0,4}}"
_LOOSE: Final = rf"{_CAP}(?:[ ](?:(?:of|and|for|the|och|ja|und|&)[ ])?{_CAP}){{0,5}}"
_PATTERNS: Final[tuple[tuple[str, float, str], ...]] = (
    ("a legal form after the name", 0.9, rf"{_RUN}[ ](?:AS|OÜ|AB|Oyj?|A/S|ApS|ASA|GmbH|AG|S\.A\.|SA|Sp\. z o\.o\.|sp\. z o\.o\.|Ltd|SE|Inc|KB)(?!\w)"),
    ("a legal form before the name", 0.9, rf"(?:SIA|UAB|AB|AS|OÜ|SA|MTÜ|VšĮ|VAS|PAS|Stiftelsen|Stiftung|Fundacja)[ ](?:{_CAP}(?:[ ]{_CAP}){{0,3}}|[\"“„«][^\"”“»\n]{{2,60}}[\"”“»])"),
    ("a kind of body, 'of' and a name", 0.85, rf"(?:University|City|Municipality|Region|Ministry|Institute|Port|Chamber|Town|County|Diocese|Hanseatic City|Technical University|Free University)[ ]of[ ](?:the[ ])?{_LOOSE}"),
    ("a name that ends with a kind of body", 0.85, rf"{_RUN}[ ](?:University(?:[ ](?:Hospital|College))?(?:[ ]of[ ]{_LOOSE})?|Hospital|Institute(?:[ ]of[ ]{_LOOSE}|[ ]{_CAP})?|Agency|Authority|Foundation|Laboratory|Centre|Center|Council|Municipality|Association|Company|Ministry|Board|Administration|Network|College|Library|Museum|Group|Bank|Fund)(?!\w)"),
    ("a public body in its own language", 0.85, rf"{_CAP}[ ](?:kommune?|stad|region|kaupun(?:ki|gin)|kunta|linn|linnavalitsus|vald|vallavalitsus|pilsētas (?:dome|pašvaldība)|novada pašvaldība|miesto savivaldybė|savivaldybė|universitet(?:et|as)?|yliopisto|[Üü]likool|universitāte|universitetas|högskola|ammattikorkeakoulu)(?!\w)"),
    ("a public body in its own language", 0.85, rf"(?:Universität|Hochschule|Uniwersytet|Politechnika|Stadtwerke|Stadt|Gemeinde|Urząd Miasta|Gmina|Miasto|Zarząd|Region|Hansestadt|Landkreis|Latvijas|Statens|Svenska|Norges|Danmarks|Eesti)[ ]{_RUN}(?:[ ]AG)?"),
    ("a capital name after a word for a body", 0.55, rf"(?:operator|utility|company|supplier|contractor|foundation|developer|firm|agency|rangovas|yhtiö|bolaget|selskabet)[ ](?P<name>{_RUN})"),
    ("a capital name after 'run by' and the like", 0.5, rf"(?:run by|provided by|operated by|financed by|funded by|loans from|purchase from|together with|sammen med|enligt|according to|Source:)[ ](?:the[ ])?(?P<name>{_RUN})"),
    ("letters that look like an acronym", 0.5, r"(?<![\w-])(?!(?:LED|EUR|SEK|DKK|NOK|PLN|USD|GBP|RUB|XIX|XVIII|GDPR|COVID|PDF|RFID|NOX|USA)\b)[A-ZÅÄÖÆØÕÜŠŽ]{3,8}(?![\w-])"),
    ("a capital name that acts", 0.45, rf"(?<![\w] )(?P<name>{_RUN})(?=[ ](?:and[ ]{_RUN}[ ])?(?:announced|paid|financed|tested|published|measured|owns|built|rebuilt|byggde|byggede|betalte|andis|andsid|savāca|gav|gab|maksoi|gives|shared|expects|delivers|supplies|leverer|levererar)(?!\w))"),
)  # fmt: skip
_COMPILED: Final = [(why, sure, re.compile(pattern)) for why, sure, pattern in _PATTERNS]
_ADMINISTRATION: Final = re.compile(
    r"^(?:(?:Hanseatic )?City of|Municipality of|Town of|Stadt|Hansestadt|Gemeinde|Urząd Miasta|Miasto|Gmina)\b"
    r"|(?:City Council|Council|Municipality|kommune?|stad|kaupun(?:ki|gin)|kunta|linn|linnavalitsus|vald|pašvaldība|dome|savivaldybė)$"
)
_NO_NAME: Final = frozenset(
    [
        "the",
        "a",
        "an",
        "in",
        "on",
        "at",
        "after",
        "before",
        "since",
        "from",
        "when",
        "of",
        "by",
        "for",
        "it",
        "this",
        "that",
        "they",
        "two",
        "three",
        "most",
        "many",
        "finland",
        "estonia",
        "latvia",
        "lithuania",
        "poland",
        "sweden",
        "denmark",
        "norway",
        "germany",
        "russia",
        "europe",
        "european",
        "eu",
        "horizon",
        "interreg",
        "led",
        "bus",
        "i",
        "die",
        "der",
        "das",
        "ein",
        "eine",
        "det",
        "den",
        "de",
        "et",
        "en",
        "les",
        "some",
        "many",
        "each",
        "every",
    ]
)


class Organisations:
    """Finds organisations.

    Args:
        known: Those of the catalogue. A generic one ("housing associations") has no name to find.
    """

    def __init__(self, known: Iterable[Organisation]) -> None:
        self._names: dict[tuple[str, ...], Organisation] = {}
        for organisation in sorted(known, key=lambda o: o.id):
            if organisation.is_generic:
                continue
            for name in (organisation.name, *organisation.alt_label):
                key = tuple(fold(word) for word in _TOKEN.findall(name))
                if key and len("".join(key)) > 2:
                    self._names.setdefault(key, organisation)
        self._longest = max(map(len, self._names), default=0)

    def find(self, text: str, cities: Iterable[Span]) -> list[Proposal]:
        """Return the organisations named in a text.

        Args:
            cities: Mentions of cities; one alone is no organisation.
        """
        places = list(cities)
        found = [p for p in self._by_form(text) if p.span not in places]
        return without_overlaps(_with_legal_forms([*self._by_name(text)], found) + found)

    def _by_name(self, text: str) -> Iterator[Proposal]:
        tokens = list(_TOKEN.finditer(text))
        keys = [fold(token.group()) for token in tokens]
        place = 0
        while place < len(tokens):
            length = next(
                (n for n in range(min(self._longest, len(tokens) - place), 0, -1) if tuple(keys[place : place + n]) in self._names), 0
            )  # fmt: skip
            if length and text[tokens[place].start()].isupper():
                organisation = self._names[tuple(keys[place : place + length])]
                span = Span(tokens[place].start(), tokens[place + length - 1].end())
                yield Proposal(
                    "organisation",
                    span,
                    organisation.name,
                    organisation.name,
                    0.95,
                    "an organisation of the catalogue",
                    known=organisation.id,
                )
            place += length or 1

    def _by_form(self, text: str) -> Iterator[Proposal]:
        for why, sure, pattern in _COMPILED:
            for match in pattern.finditer(text):
                group = "name" if "name" in pattern.groupindex else 0
                span = _without_function_words(text, Span(*match.span(group)))
                name = text[span.start : span.end]
                if name and fold(name) not in _NO_NAME:
                    known = self._names.get(tuple(fold(word) for word in _TOKEN.findall(name)))
                    yield Proposal(
                        "organisation", span, name, name, sure, why, known=known.id if known else ""
                    )


def _with_legal_forms(known: list[Proposal], found: list[Proposal]) -> list[Proposal]:
    """Let a known name take the legal form that stands beside it: "Kolumbus" becomes "Kolumbus AS"."""
    longer = [p for p in found if "legal form" in p.why]
    return [
        next((replace(k, span=p.span) for p in longer if p.span and k.span and p.span.holds(k.span)), k)
        for k in known
    ]


def names_its_city(name: str) -> bool:
    """Tell whether a body governs the place in its name ("City of Tartu"); then the place is meant, too."""
    return _ADMINISTRATION.search(name) is not None


def _without_function_words(text: str, span: Span) -> Span:
    """Take "In", "The" and their like off the beginning of a name."""
    start = span.start
    while (word := re.match(r"([^\W\d_]+) ", text[start : span.end])) and fold(word[1]) in _NO_NAME:
        start += word.end()
    return Span(start, span.end)
