"""What is known before a table is read: places, practices, documents and every identifier."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from functools import cached_property

from bufgraph.graph.codec import Codec
from bufgraph.namespaces import slug
from bufgraph.text.normalise import fold
from bufgraph_ingest.port import Json, RawRecord
from bufgraph_ingest.reconciliation import Reconciler, UnknownNameError
from bufgraph_ingest.shelf import Shelf, closure
from bufgraph_ingest.tables.values import CellError

_PLACE_REMEDY = "write the slug, such as fi-turku, or the name with its country, such as 'Turku (FI)'"


class World:
    """Records of the datasets and of other imports, found by what people write.

    Args:
        records: Those with an identifier count, the others are passed over.
    """

    def __init__(self, records: Iterable[RawRecord], codec: Codec) -> None:
        self._codec = codec
        self.shelf = Shelf(codec)
        for raw in records:
            if isinstance(raw.record.get("id"), str):
                self.shelf.add(raw)
        self.names = Reconciler(self.shelf.of_type("City", "Region", "Organization"), codec)

    def merge(self, canonical: Mapping[str, str]) -> None:
        """Let records stand for others, by the others' identifiers: where both bear a name, the one is meant."""
        self.names.canonical = canonical

    def place(self, text: str, *, is_city: bool = False) -> str:
        """Return the identifier of a city or region by slug, IRI or name in any language.

        Args:
            is_city: Regions do not count.

        Raises:
            CellError: There is none or there are several; close names and the slugs are offered.
        """
        found = self._places.get(text.lower()) or self._places.get(self._codec.expand(text))
        if found is None and ":" in text:
            raise CellError(f"there is no place <{text}> in the data", _PLACE_REMEDY)
        if found is None:
            try:
                found = str(self.names.reconcile({"place": text})["place"])
            except UnknownNameError as err:
                reason, _, hint = err.reason.partition("; ")
                hint = hint if hint.startswith("did you mean") else ""
                raise CellError(reason, f"{hint} {_PLACE_REMEDY}".strip()) from err
        found = self.names.canonical.get(found, found)
        if is_city and found not in self._cities:
            raise CellError(f"'{text}' is a region", "write the city")
        return found

    @cached_property
    def _places(self) -> dict[str, str]:
        ids = [str(raw.record["id"]) for raw in self.shelf.of_type("City", "Region")]
        return {key: id_ for id_ in ids for key in (slug(id_), self._codec.expand(id_))}

    @cached_property
    def _cities(self) -> frozenset[str]:
        return frozenset(str(raw.record["id"]) for raw in self.shelf.of_type("City"))

    def practice(self, text: str) -> str:
        """Return the identifier of a practice by slug, IRI or English title.

        Raises:
            CellError: There is none or there are several.
        """
        found = sorted(self._practices.get(fold(slug(text) if ":" in text else text), ()))
        if len(found) == 1:
            return found[0]
        if found:
            slugs = ", ".join(slug(iri) for iri in found)
            raise CellError(f"several practices are called '{text}'", f"write one of {slugs}")
        raise CellError(
            f"there is no practice '{text}' in the data",
            "write its slug, the last part of the address of its page; add a new practice with --kind practices first",
        )

    @cached_property
    def _practices(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = defaultdict(set)
        for raw in self.shelf.of_type("GoodPractice"):
            identifier = str(raw.record["id"])
            found[fold(slug(identifier))].add(identifier)
            found[fold(str(raw.record.get("title", "")))].add(identifier)
        return found

    def adoption(self, practice: str, place: str) -> str | None:
        """Return the identifier of the adoption of a practice in a place, None when there is none."""
        return self._adoptions.get((practice, place))

    @cached_property
    def _adoptions(self) -> dict[tuple[str, str], str]:
        found = (raw.record for raw in self.shelf.of_type("Adoption"))
        return {(str(r.get("practice")), str(r.get("place"))): str(r["id"]) for r in found}

    def organisation(self, name: str) -> str | None:
        """Return the identifier of the organisation of this name, None when there is none."""
        found = self._organisations.get(fold(name))
        return None if found is None else self.names.canonical.get(found, found)

    @cached_property
    def _organisations(self) -> dict[str, str]:
        found = (raw.record for raw in self.shelf.of_type("Organization"))
        return {fold(str(r.get("name"))): str(r["id"]) for r in found}

    def document(self, page: str) -> str | None:
        """Return the identifier of the document at a web address, None when it is not known."""
        return self._documents.get(page)

    @cached_property
    def _documents(self) -> dict[str, str]:
        return {
            str(raw.record["page"]): str(raw.record["id"])
            for raw in self.shelf.of_type("SourceDocument")
            if "page" in raw.record
        }

    def owner(self, identifier: str) -> RawRecord | None:
        """Return the record that has an identifier, itself or in a record nested in it."""
        return self.shelf.owner(self._codec.expand(identifier))

    def needed_by(self, records: Iterable[Json]) -> list[RawRecord]:
        """Return everything that records refer to, directly or through others: what they are validated beside."""
        return closure(records, [self.shelf], self._codec)

    def names_of_cities(self) -> list[str]:
        """Return the English names of all cities with their countries, in order, as a cell may write them."""
        cities = (raw.record for raw in self.shelf.of_type("City"))
        return sorted(f"{record['pref_label']['en']} ({record['country_code']})" for record in cities)
