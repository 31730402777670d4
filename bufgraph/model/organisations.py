"""Organisations, experts among them, and their part in adoptions; never natural persons."""

from dataclasses import dataclass

from bufgraph.model.records import Record


@dataclass(frozen=True, slots=True)
class Organisation(Record):
    """An organisation that took part in a practice; never a natural person.

    Attributes:
        is_generic: True when the source names a kind of organisation ("housing associations"), not one body.
    """

    name: str
    helix: str
    alt_label: tuple[str, ...] = ()
    country_code: str | None = None
    based_in: str | None = None
    administers: str | None = None
    is_generic: bool = False


@dataclass(frozen=True, slots=True)
class Expert(Organisation):
    """An organisation with stated expertise that a city can ask.

    Attributes:
        language: ISO 639-1 codes of the languages that it works in.
        accepts_requests: False when it has asked not to be approached; it is then shown for what it did only.
        capacity: Cases that it takes at a time; ``current_load``: cases that it has.
    """

    organisation_kind: str | None = None
    expertise: tuple[str, ...] = ()
    text: str | None = None
    homepage: str | None = None
    language: tuple[str, ...] = ()
    accepts_requests: bool | None = None
    capacity: int | None = None
    current_load: int | None = None
    related_practice: tuple[str, ...] = ()
    citation: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Participation(Record):
    """An organisation in a role in an adoption."""

    agent: str
    role: str
