"""What the writers of a brief share: one language, the records, the sources that are cited."""

from dataclasses import dataclass
from typing import Final

from bufgraph.briefs.brief import Statement
from bufgraph.localisation.phrases import Term
from bufgraph.localisation.tongue import Tongue
from bufgraph.matching.transfer import FitVerdict
from bufgraph.model import Adoption, Catalogue, GoodPractice
from bufgraph.services.brief_sources import SourceList

RECORDS_SPEAK: Final = "en"
"""Language of the text of our records."""
Notes = tuple[int, ...]


@dataclass(frozen=True)
class Choice:
    """One solution of the shortlist: its number, what it is, whether it would work in the asking city."""

    number: int
    practice: GoodPractice
    fit: FitVerdict | None


@dataclass(frozen=True)
class BriefWriter:
    """Writes statements.

    Attributes:
        tongue: The reader's language.
        sources: Collects what is cited.
    """

    catalogue: Catalogue
    tongue: Tongue
    sources: SourceList

    def tell(self, value: object) -> str:
        """Return a phrase or a name in the reader's language."""
        return self.tongue.tell(value)

    def told(self, value: object, notes: Notes, lead: str = "") -> Statement:
        """Return a statement in the reader's language that records carry."""
        return Statement(self.tell(value), self.tongue.code, notes, lead)

    def quoted(self, text: str, notes: Notes, lead: object = "") -> Statement:
        """Return text of a record as it stands there."""
        return Statement(text, RECORDS_SPEAK, notes, self.tell(lead))

    def fixed(self, text: str) -> Statement:
        """Return a sentence of our own that says nothing which would need a source."""
        return Statement(self.tongue.message(text), self.tongue.code, origin="fixed")

    def term(self, iri: str) -> Term:
        """Return the name of a concept as it stands inside a sentence; a name like "EU" stays large."""
        label = self.catalogue.concept_label(iri)
        inside = label if label[1:2].isupper() else label[:1].lower() + label[1:]
        return Term(inside, iri, in_sentence=True)

    def cite(self, practice: GoodPractice, adoption: Adoption | None = None) -> Notes:
        """Return the footnotes of an adoption where it has its own, else of its practice."""
        own = adoption.citation if adoption is not None else ()
        return self.sources.cite(own or practice.citation)


def ended(text: str) -> str:
    """Return a text of a record with a full stop, so that another can follow it."""
    return text if text.endswith((".", "!", "?", ":", ";")) else f"{text}."
