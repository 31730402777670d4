"""What every record of the graph is; the types stand beside it, by what they are about.

Field names are the terms of ``ontology/context.jsonld``, so a record, its JSON and its triples say the same
thing. A reference is the full IRI of the other record. ``None`` and ``()`` mean *not known*, never zero.
"""

from dataclasses import dataclass

from bufgraph.namespaces import slug


@dataclass(frozen=True, slots=True)
class Record:
    """Anything with an IRI."""

    id: str

    @property
    def slug(self) -> str:
        """The readable last part of the IRI."""
        return slug(self.id)
