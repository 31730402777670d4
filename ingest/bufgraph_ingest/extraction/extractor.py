"""From a text to a draft: every rule over the whole text, then what contradicts is taken out."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from bufgraph.model import Catalogue
from bufgraph.namespaces import slug
from bufgraph.services.composition import Build
from bufgraph.text.gazetteer import Gazetteer
from bufgraph.text.language import Language
from bufgraph.text.normalise import fold
from bufgraph.text.reading import TextReader
from bufgraph_ingest.extraction.amounts import money, quantities, years
from bufgraph_ingest.extraction.concepts import Concepts
from bufgraph_ingest.extraction.numbers import numbers
from bufgraph_ingest.extraction.organisations import Organisations, names_its_city
from bufgraph_ingest.extraction.outcomes import outcomes
from bufgraph_ingest.extraction.proposals import Proposal, Span

_ALSO_ENGLISH: Final = frozenset({"police", "moss", "ape", "elk", "puck", "nes"})
"""City names that are English words, too: at the beginning of a sentence they are taken for the word."""
_SURE_CITY: Final = {"capital": 0.95, "small": 0.6}


@dataclass(frozen=True, slots=True)
class Draft:
    """What a text proposes.

    Attributes:
        lang: Its language, one of ours or ``und``.
        proposals: In the order of the text; concepts first.
    """

    text: str
    lang: str
    proposals: tuple[Proposal, ...]


class Extractor:
    """Proposes values of a record from a text.

    Args:
        concepts: Proposes challenges and domains.
    """

    def __init__(
        self, catalogue: Catalogue, concepts: Concepts, texts: TextReader, gazetteer: Gazetteer
    ) -> None:
        self._catalogue = catalogue
        self._concepts = concepts
        self._names = {
            fold(name) for c in catalogue.cities.values() for name in (*c.pref_label.values(), *c.alt_label)
        }
        self._texts = texts
        self._gazetteer = gazetteer
        self._organisations = Organisations(catalogue.organisations.values())

    @classmethod
    def of(cls, build: Build, *, strangers_only: bool = False) -> "Extractor":
        """Make an extractor from what a build holds; see :class:`Concepts` for ``strangers_only``."""
        vocabulary = build.index.vocabulary
        concepts = Concepts(build.catalogue, build.reader, build.hybrid, strangers_only=strangers_only)
        return cls(build.catalogue, concepts, TextReader(vocabulary.lexicons), vocabulary.gazetteer)

    def draft(self, text: str) -> Draft:
        """Return what a text proposes."""
        language = self._texts.identify(text)
        lang = language.code
        cities = list(self._cities(text, language))
        organisations = self._organisations.find(text, [p.span for p in cities if p.span])
        cities = [p for p in cities if not _is_part_of_a_name(p, organisations)]
        found = numbers(text, lang)
        amounts = [
            *years(found, text),
            *money(found, text, lang, lambda place: self._country_at(place, cities)),
            *quantities(found, text),
        ]
        amounts = [p for p in amounts if not _inside(p, organisations)]
        spans = sorted([*cities, *organisations, *amounts, *outcomes(text, lang)], key=_place)
        concepts = self._concepts.find(text, frozenset(p.known for p in cities))
        return Draft(text, lang, (*concepts, *spans))

    def _cities(self, text: str, language: Language) -> Iterator[Proposal]:
        for mention in self._gazetteer.mentions(text, lambda word: self._is_word(word, language)):
            city = self._catalogue.cities[mention.city]
            sure = _SURE_CITY["capital" if mention.word[0].isupper() else "small"]
            span = Span(mention.start, mention.start + len(mention.word))
            label = f"{city.pref_label['en']} ({city.country_code})"
            yield Proposal("city", span, slug(city.id), label, sure, "a name of the city", known=city.id)

    def _is_word(self, word: str, language: Language) -> bool:
        """Tell whether a word is a common one. The English lexicon is made from practices and holds their places."""
        if language.code == "en" and fold(word) in self._names:
            return fold(word) in _ALSO_ENGLISH
        return self._texts.is_word(word, language)

    def _country_at(self, place: int, cities: Sequence[Proposal]) -> str:
        before = [p for p in cities if p.span and p.span.start < place]
        nearest = before[-1] if before else next(iter(cities), None)
        return self._catalogue.cities[nearest.known].country_code if nearest else ""


def _is_part_of_a_name(city: Proposal, organisations: Sequence[Proposal]) -> bool:
    """Tell whether a city only stands in the name of a body that is not its administration."""
    return any(
        o.span and city.span and o.span.holds(city.span) and not names_its_city(o.label)
        for o in organisations
    )


def _inside(proposal: Proposal, names: Sequence[Proposal]) -> bool:
    return any(n.span and proposal.span and n.span.holds(proposal.span) for n in names)


def _place(proposal: Proposal) -> tuple[int, int]:
    return (proposal.span.start, -proposal.span.end) if proposal.span else (-1, 0)
