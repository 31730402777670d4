"""One node for records that mean one thing: a table of aliases, made from decisions and never stored in records.

A merged record keeps its identifier and its named graph. References to it are led to the chosen record, and an
``owl:sameAs`` says that both are one. Taking a decision back takes the alias away at the next run.
"""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field

from bufgraph.graph.codec import Codec
from bufgraph.namespaces import OWL_SAME_AS
from bufgraph_ingest.port import Json, RawRecord
from bufgraph_ingest.reconciliation.decisions import Decision
from bufgraph_ingest.reconciliation.pairs import KEEP_APART, MERGE


@dataclass(frozen=True, slots=True)
class Refused:
    """A merge that would bring together what another decision keeps apart; somebody has to look at it."""

    merge: Decision
    apart: Decision


@dataclass(frozen=True)
class AliasTable:
    """Which record stands for which.

    Attributes:
        canonical: Alias → the record that stands for it; a record that stands for itself is not there.
        refused: Merges that were not carried out.
    """

    canonical: Mapping[str, str]
    refused: tuple[Refused, ...] = ()
    _members: dict[str, list[str]] = field(default_factory=dict, repr=False)

    def __post_init__(self) -> None:
        for alias, canonical in sorted(self.canonical.items()):
            self._members.setdefault(canonical, [canonical]).append(alias)

    def resolve(self, identifier: str) -> str:
        """Return the record that stands for one."""
        return self.canonical.get(identifier, identifier)

    def members(self, identifier: str) -> list[str]:
        """Return all records of one thing, the one that stands for them first."""
        canonical = self.resolve(identifier)
        return list(self._members.get(canonical, [canonical]))

    def redirect(self, record: Json, codec: Codec) -> Json:
        """Return a record whose references lead to the records that stand for others; its identifier stays."""
        return {name: self._redirected(name, value, codec) for name, value in record.items()}

    def _redirected(self, name: str, value: object, codec: Codec) -> object:
        if isinstance(value, list):
            parts = [self._redirected(name, part, codec) for part in value]
            return [part for place, part in enumerate(parts) if part not in parts[:place]]
        if isinstance(value, dict):
            return self.redirect(value, codec) if "id" in value else value
        return self.resolve(value) if isinstance(value, str) and codec.is_reference(name) else value

    def same_as(self, expand: Callable[[str], str]) -> bytes:
        """Return the aliases as N-Triples in order, the content of a named graph of its own."""
        lines = [
            f"<{expand(a)}> <{OWL_SAME_AS}> <{expand(c)}> .\n" for a, c in sorted(self.canonical.items())
        ]
        return "".join(lines).encode()


def alias_table(
    decisions: Iterable[Decision], rank: Callable[[str], tuple[object, ...]], known: Collection[str]
) -> AliasTable:
    """Return the table that follows from the decisions that count.

    Persons' merges come first, then those of the rules by score. A merge is refused when it would join two records
    that a decision keeps apart, also by way of a third.

    Args:
        rank: Sort key of an identifier; the least of a group stands for it.
        known: Identifiers of the records at hand; a decision about others rests.
    """
    current = [d for d in decisions if d.left in known and d.right in known]
    apart = {d.key: d for d in current if d.decision == KEEP_APART}
    groups: dict[str, list[str]] = {}
    refused: list[Refused] = []
    for merge in sorted((d for d in current if d.decision == MERGE), key=_order):
        left, right = groups.get(merge.left, [merge.left]), groups.get(merge.right, [merge.right])
        if left is right:
            continue
        if (obstacle := _kept_apart(left, right, apart)) is not None:
            refused.append(Refused(merge, obstacle))
            continue
        joined = [*left, *right]
        groups.update(dict.fromkeys(joined, joined))
    canonical: dict[str, str] = {}
    for group in {id(group): group for group in groups.values()}.values():
        first = min(group, key=lambda identifier: (rank(identifier), identifier))
        canonical.update({member: first for member in group if member != first})
    return AliasTable(canonical, tuple(refused))


def _order(merge: Decision) -> tuple[bool, float, tuple[str, str]]:
    return merge.is_by_rules, -(merge.score or 0.0), merge.key


def _kept_apart(
    left: Iterable[str], right: Collection[str], apart: Mapping[tuple[str, str], Decision]
) -> Decision | None:
    pairs = ((min(a, b), max(a, b)) for a in left for b in right)
    return next((apart[pair] for pair in pairs if pair in apart), None)


def shipped_first(records: Iterable[RawRecord]) -> Callable[[str], tuple[object, ...]]:
    """Return a rank for :func:`alias_table`: shipped records stand for imported ones, full ones for bare ones."""
    ranks = {
        str(raw.record.get("id")): (raw.collection.startswith("imports/"), -len(raw.record))
        for raw in records
    }
    return lambda identifier: ranks.get(identifier, (True, 0))
