"""The footnotes of a brief: one number for each document, however often it is cited."""

from collections.abc import Iterable

from bufgraph.briefs.brief import Footnote
from bufgraph.model import Catalogue, City


class SourceList:
    """Gives numbers to documents in the order in which they are first cited."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._supports: dict[str, dict[str, None]] = {}

    def cite(self, citations: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of the documents behind citations."""
        numbers = []
        for iri in citations:
            citation = self._catalogue.citations[iri]
            numbers.append(self._number(citation.document, citation.supports))
        return tuple(sorted(set(numbers)))

    def cite_about(self, citations: Iterable[str], *words: str) -> tuple[int, ...]:
        """Return the numbers of the citations that say they support something, or of all where none says so.

        Args:
            *words: What to look for in the citations' own words, in lower case.
        """
        known = list(citations)
        named = [
            iri
            for iri in known
            if any(word in (self._catalogue.citations[iri].supports or "").lower() for word in words)
        ]
        return self.cite(named or known)

    def population(self, city: City) -> tuple[int, ...]:
        """Return the numbers of the documents that a city's population comes from; of all its documents where none says so."""
        documents = self._catalogue.documents
        named = [
            iri for iri in city.source if iri in documents and "opulation" in " ".join(documents[iri].note)
        ]
        return self.documents(named or city.source)

    def documents(self, iris: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of documents."""
        return tuple(sorted({self._number(iri, None) for iri in iris if iri in self._catalogue.documents}))

    def basis(self, iris: Iterable[str]) -> tuple[int, ...]:
        """Return the numbers of the documents behind records of any kind that a fact was derived from."""
        found: set[int] = set()
        for iri in iris:
            found.update(self._behind(iri))
        return tuple(sorted(found))

    def _behind(self, iri: str) -> tuple[int, ...]:
        catalogue = self._catalogue
        if (
            told := catalogue.adoptions.get(iri) or catalogue.practices.get(iri) or catalogue.experts.get(iri)
        ) is not None:
            return self.cite(told.citation)
        if (read := catalogue.cities.get(iri) or catalogue.observations.get(iri)) is not None:
            return self.documents(read.source)
        if (need := catalogue.needs.get(iri)) is not None:
            return self.basis(need.derived_from)
        return self.documents([iri])

    def footnotes(self) -> tuple[Footnote, ...]:
        """Return what was cited so far, by number."""
        documents = self._catalogue.documents
        return tuple(
            Footnote(
                number, documents[iri].title, documents[iri].page, tuple(supports) or documents[iri].note
            )
            for number, (iri, supports) in enumerate(self._supports.items(), 1)
        )

    def _number(self, document: str, supports: str | None) -> int:
        kept = self._supports.setdefault(document, {})
        if supports:
            kept[supports] = None
        return list(self._supports).index(document) + 1
