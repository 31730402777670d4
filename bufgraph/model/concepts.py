"""Concepts of the SKOS schemes."""

from dataclasses import dataclass, field

from bufgraph.model.records import Record


@dataclass(frozen=True, slots=True)
class Concept(Record):
    """A SKOS concept.

    Attributes:
        pref_label: Label by language tag; English is always there.
        alt_label: Further labels by language tag.
        hidden_label: How people say it, by language tag: found, never shown as its name.
        broader: IRIs one level up.
        scheme: IRI of its concept scheme.
        measures_factor: For an indicator, the factor that it is part of.
        better_when: For an indicator, ``higher`` or ``lower``.
        edition: For an indicator or factor, the edition of the model that names it.
        close_match: IRIs of concepts of other schemes that mean nearly the same.
    """

    pref_label: dict[str, str]
    scheme: str
    alt_label: dict[str, tuple[str, ...]] = field(default_factory=dict)
    hidden_label: dict[str, tuple[str, ...]] = field(default_factory=dict)
    definition: str | None = None
    notation: str | None = None
    broader: tuple[str, ...] = ()
    measures_factor: str | None = None
    better_when: str | None = None
    edition: str | None = None
    close_match: tuple[str, ...] = ()

    @property
    def label(self) -> str:
        """The English label."""
        return self.pref_label["en"]
