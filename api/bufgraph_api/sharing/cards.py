"""Pictures for links that are shared (Open Graph): 1200 × 630, drawn by Typst with the fonts it brings along."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Final, Literal

import orjson
import typst

from bufgraph.errors import NotFoundError
from bufgraph.localisation.phrases import Term, counted, message, phrase
from bufgraph_api.pages.words import OUTCOMES
from bufgraph_api.state import State

WIDTH, HEIGHT = 1200, 630
"""What Facebook, LinkedIn and the others ask for, in pixels."""
BRAND: Final = message("Good practices for the cities of the Baltic Sea Region")
_SOURCE: Final = Path(__file__).parent / "card.typ"
_TONES: Final[Mapping[str, str]] = {
    "success": "good", "mixed": "mixed", "failed": "bad", "stopped": "bad", "too-early": "early", "unknown": "plain",
}  # fmt: skip
_KEPT: Final = 256
"""Pictures kept in memory; one has some 30 kB."""
CardKind = Literal["practice", "city", "challenge", "site"]


@dataclass(frozen=True, slots=True)
class Badge:
    """A coloured label; the sign and the word say what the colour says."""

    sign: str
    word: str
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Card:
    """What a picture shows.

    Attributes:
        kicker: Small line above the title.
        place: Line below it.
        level: Evidence level, 0 to 5; None where there is none.
    """

    lang: str
    kicker: str
    title: str
    place: str
    brand: str
    badges: tuple[Badge, ...] = ()
    level: int | None = None
    level_words: str = ""

    @property
    def key(self) -> str:
        """What identifies the picture: its content and the way it is drawn."""
        return hashlib.sha256(self._json() + _source()).hexdigest()[:32]

    def _json(self) -> bytes:
        badges = [(badge.sign, badge.word, badge.tone) for badge in self.badges]
        return orjson.dumps({**asdict(self), "badges": badges})

    def inputs(self) -> dict[str, str]:
        """Return what the drawing reads."""
        return {"card": self._json().decode()}


class CardPainter:
    """Draws cards, one at a time, and keeps the latest."""

    def __init__(self, kept: int = _KEPT) -> None:
        self._kept = kept
        self._pictures: OrderedDict[str, bytes] = OrderedDict()
        self._lock = Lock()
        self._compiler: typst.Compiler | None = None

    def png(self, card: Card) -> bytes:
        """Return the picture of a card.

        Typst spreads one picture over all cores, so a second one at the same time would win nothing.
        """
        key = card.key
        with self._lock:
            if (picture := self._pictures.get(key)) is None:
                picture = self._draw(card)
                self._pictures[key] = picture
                if len(self._pictures) > self._kept:
                    self._pictures.popitem(last=False)
            self._pictures.move_to_end(key)
            return picture

    def _draw(self, card: Card) -> bytes:
        if (
            self._compiler is None
        ):  # reads the fonts: the first picture pays for that, not the start of the server
            self._compiler = typst.Compiler(ignore_system_fonts=True)
        drawn = self._compiler.compile(_source(), format="png", ppi=72.0, sys_inputs=card.inputs())
        if not isinstance(drawn, bytes):
            raise TypeError("a card is one page")
        return drawn


def card_of(services: State, kind: str, name: str) -> Card:
    """Return the card of a record, in the language of the services.

    Raises:
        NotFoundError: There is no such kind or nothing of that name.
    """
    maker = _MAKERS.get(kind)
    if maker is None:
        raise NotFoundError(f"there are no cards of a '{kind}'", kind=kind)
    return maker(services, name)


def _practice(services: State, name: str) -> Card:
    practice, tongue = services.answers.catalogue.practice(name), services.tongue
    brief, local = services.present.practice_brief(practice), services.present.local(practice.id)
    sign, word = OUTCOMES[brief["outcome"]]
    level = brief["evidence_level"]
    return Card(
        tongue.code if local else "en",
        tongue.tell(phrase("What a city tried")),
        local["title"] if local else practice.title,
        f"{brief['origin']['label']}, {tongue.country(brief['origin']['country'])}",
        tongue.message(BRAND),
        (Badge(sign, tongue.tell(word), _TONES[brief["outcome"]]),),
        level,
        tongue.tell(phrase("Evidence {level} of 5", level=level)),
    )


def _city(services: State, name: str) -> Card:
    catalogue, tongue = services.answers.catalogue, services.tongue
    city = catalogue.city(name)
    tried = len({a.practice for a in catalogue.adoptions_by_place.get(city.id, ())})
    needs = len(catalogue.needs_by_city.get(city.id, ()))
    badges = [counted("{n} practice on record", "{n} practices on record", tried)]
    if needs:
        badges.append(counted("{n} need known", "{n} needs known", needs))
    return Card(
        tongue.code,
        tongue.tell(phrase("City profile")),
        tongue.tell(Term(city.label, city.id)),
        tongue.country(city.country_code),
        tongue.message(BRAND),
        tuple(Badge("", tongue.tell(words)) for words in badges),
    )


def _challenge(services: State, name: str) -> Card:
    catalogue, tongue = services.answers.catalogue, services.tongue
    challenge = catalogue.challenge(name)
    known = len(catalogue.practices_by_challenge.get(challenge.id, ()))
    above = [services.present.label(iri) for iri in catalogue.ancestors(challenge.id)]
    return Card(
        tongue.code,
        tongue.tell(phrase("Challenge")),
        tongue.tell(Term(challenge.label, challenge.id)),
        " · ".join(above),
        tongue.message(BRAND),
        (Badge("", tongue.tell(counted("{n} practice on record", "{n} practices on record", known))),),
    )


def _site(services: State, _: str) -> Card:
    tongue, catalogue = services.tongue, services.answers.catalogue
    return Card(
        tongue.code,
        tongue.message(BRAND),
        tongue.tell(phrase("What did other cities try, and did it work?")),
        tongue.tell(phrase("With the failures, and with a source for every fact")),
        "",
        (
            Badge(
                "",
                tongue.tell(
                    counted("{n} practice on record", "{n} practices on record", len(catalogue.practices))
                ),
            ),
            Badge("", tongue.tell(counted("{n} city", "{n} cities", len(catalogue.cities)))),
        ),
    )


_MAKERS: Final[Mapping[str, Callable[[State, str], Card]]] = {
    "practice": _practice,
    "city": _city,
    "challenge": _challenge,
    "site": _site,
}


@cache
def _source() -> bytes:
    return _SOURCE.read_bytes()
