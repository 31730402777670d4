"""The things of a source on their way into an import: read, named, sorted against what is known, checked."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Final, Literal

import orjson

from bufgraph.graph.codec import Codec
from bufgraph.resources import ontology_dir
from bufgraph_ingest.cleaning import clean, problems
from bufgraph_ingest.pipeline import identifiers, prepare
from bufgraph_ingest.port import Given, Json, RawRecord, Reject, Source
from bufgraph_ingest.rates import with_rate
from bufgraph_ingest.reconciliation import UnknownNameError
from bufgraph_ingest.references import referred
from bufgraph_ingest.refusals import Refusals, parted
from bufgraph_ingest.shelf import Shelf, closure, types_of
from bufgraph_ingest.tables.world import World

NEW: Final = "new"
UPDATED: Final = "updated"
UNCHANGED: Final = "unchanged"
REFUSED: Final = "refused"
_SHARED: Final = frozenset({"SourceDocument", "Region", "Organization"})
"""Types of records that several items of a source may name; the other records of an item are its own."""
_BATCH: Final = 1_000
_TAKEN: Final = "give it another identifier, or leave it out"


@dataclass(slots=True)
class Thing:
    """A row, item or record of the source with the records that it became.

    Attributes:
        own: Numbers of its own records on the shelf; ``shared``: of those that others may name.
        write: Numbers of those that are new or changed.
        gone: Identifiers of records of an earlier version that it has no longer.
    """

    file: str
    line: int
    own: list[int]
    shared: list[int]
    state: str = NEW
    write: list[int] = field(default_factory=list)
    gone: list[str] = field(default_factory=list)


class Staged:
    """Things of a source, on disk when they are many.

    Args:
        world: What is known; learns the names of new places and organisations.
        name: Name of the import.
        is_whole: An item with several records passes whole or not at all; else each record is a thing of its own.
    """

    def __init__(self, world: World, name: str, codec: Codec, refusals: Refusals, *, is_whole: bool) -> None:
        self.world = world
        self.shelf = Shelf(codec)
        self.things: list[Thing] = []
        self.read_count = 0
        self.repeated = 0
        self._collection = f"imports/{name}"
        self._codec = codec
        self._refusals = refusals
        self._is_whole = is_whole
        self._accepted_shared: set[int] = set()
        self._reported: set[str] = set()

    def read(self, source: Source, limit: int | None, step: str, progress: Callable[[str], None]) -> None:
        """Read things until the limit; what cannot be a record at all is refused."""
        group: list[RawRecord] = []
        last: tuple[str, int] | None = None
        for found in with_rate(source.read(), step, progress):
            key = (found.file, found.line)
            if key != last:
                self._add(group)
                group, last = [], key
                if limit is not None and self.read_count >= limit:
                    break
                self.read_count += 1
            if isinstance(found, Reject):
                self._refusals.add(found)
            else:
                group.append(found)
        self._add(group)

    def _add(self, group: list[RawRecord]) -> None:
        made = [(raw, clean(raw.record)) for raw in group]
        for raw, record in made:
            if (fault := self._fault(raw, record)) is not None:
                if fault:
                    self._refusals.add(fault)
                else:
                    self.repeated += 1
                return
        thing = Thing(group[0].file, group[0].line, [], []) if group else None
        for raw, record in made:
            number = self.shelf.add(RawRecord(raw.collection, raw.file, raw.line, record))
            assert thing is not None
            is_shared = self._is_whole and _SHARED.issuperset(types_of(record))
            (thing.shared if is_shared else thing.own).append(number)
            self.world.names.learn(record)
        if thing is not None:
            if not thing.own:
                thing.own, thing.shared = thing.shared, []
            self.things.append(thing)

    def _fault(self, raw: RawRecord, record: Json) -> Reject | Literal[False] | None:
        """Return why a record cannot be one; False when it came already word for word, None when all is well."""
        if found := problems(raw.record, self._codec):
            reason = "; ".join(reason for _, reason in found)
            return self._reject(raw, found[0][0], reason, "mend the record")
        try:
            content = orjson.dumps(record, option=orjson.OPT_SORT_KEYS)
        except TypeError as err:
            return self._reject(raw, "", f"the record cannot be written as JSON: {err}", "mend the record")
        for identifier in identifiers(record):
            if (twin := self.shelf.owner_of(identifier)) is None:
                continue
            if orjson.dumps(twin.record, option=orjson.OPT_SORT_KEYS) == content:
                return False
            told = f"the identifier {identifier} is taken by {twin.file} line {twin.line}"
            return self._reject(raw, "id", told, _TAKEN, identifier)
        return None

    def _reject(self, raw: RawRecord, where: str, reason: str, remedy: str, value: str = "") -> Reject:
        identifier = str(raw.record.get("id", ""))
        return Reject(raw.file, raw.line, identifier, where, reason, "", value=value, remedy=remedy)

    def new_ids(self) -> list[str]:
        """Return the identifiers of staged records that the import does not have yet."""
        every = (self.shelf.get(number) for thing in self.things for number in (*thing.shared, *thing.own))
        ids = (str(raw.record["id"]) for raw in every)
        return [
            i for i in ids if (known := self.world.owner(i)) is None or known.collection != self._collection
        ]

    def sort(self, *, update: bool, progress: Callable[[str], None]) -> None:
        """Give names their identifiers and find out what is new, changed, there already or taken."""
        for thing in with_rate(self.things, "sorting", progress, len(self.things)):
            try:
                for number in (*thing.shared, *thing.own):
                    raw = self.shelf.get(number)
                    named = self.world.names.reconcile(raw.record)
                    if named != raw.record:
                        self.shelf.replace(number, named)
            except UnknownNameError as err:
                thing.state = REFUSED
                reason, _, hint = err.reason.partition("; ")
                self._refusals.add(self._reject(raw, err.field, reason, hint, _text(raw.record, err.field)))
                continue
            self._sort_one(thing, update=update)

    def _sort_one(self, thing: Thing, *, update: bool) -> None:
        changed: list[Json] = []
        for number in thing.own:
            raw = self.shelf.get(number)
            owners = [
                (i, owner) for i in identifiers(raw.record) if (owner := self.world.owner(i)) is not None
            ]
            taken = next(((i, o) for i, o in owners if not self._is_earlier(o, raw)), None)
            if taken is not None:
                identifier, owner = taken
                told = f"the identifier {identifier} is taken by {owner.file} line {owner.line}"
                self._refuse(thing, self._reject(raw, "id", told, _TAKEN, identifier))
                return
            if not owners:
                thing.write.append(number)
            elif owners[0][1].record != raw.record:
                thing.write.append(number)
                changed.append(raw.record)
        if update and self._is_whole:
            thing.gone = self._gone(thing)
        if changed and not update:
            told = f"the import has {changed[0]['id']} with other content"
            self._refuse(thing, self._reject(raw, "id", told, "to replace it, run again with --update"))
        elif changed or thing.gone:
            thing.state = UPDATED
        elif not thing.write:
            thing.state = UNCHANGED

    def _refuse(self, thing: Thing, reject: Reject) -> None:
        thing.state = REFUSED
        thing.write = []
        self._refusals.add(reject)

    def _is_earlier(self, owner: RawRecord, raw: RawRecord) -> bool:
        """Tell whether a known record is the staged one itself: word for word, or as the import has it."""
        if owner.record == raw.record:
            return True
        return owner.collection == self._collection and owner.record["id"] == raw.record["id"]

    def _gone(self, thing: Thing) -> list[str]:
        """Return the records of the import that came from the same item and that it makes no longer."""
        made = {str(self.shelf.get(number).record["id"]) for number in (*thing.own, *thing.shared)}
        documents = {str(self.shelf.get(number).record.get("derived_from", "")) for number in thing.own} - {
            ""
        }
        return [
            str(raw.record["id"])
            for document in documents
            for raw in self.world.shelf.derived_from(document)
            if raw.collection == self._collection
            and raw.record["id"] not in made
            and not _SHARED.issuperset(types_of(raw.record))
        ]

    def check(self, progress: Callable[[str], None]) -> None:
        """Run the pipeline over what is new or changed, beside all that it refers to, batch by batch."""
        wanted = [thing for thing in self.things if thing.state in (NEW, UPDATED)]
        stream = iter(with_rate(wanted, "checking", progress, len(wanted)))
        while batch := list(islice(stream, _BATCH)):
            self._check_batch(batch)

    def _check_batch(self, batch: list[Thing]) -> None:
        raws = {n: self.shelf.get(n) for thing in batch for n in thing.write}
        own = [RawRecord(self._collection, raw.file, raw.line, raw.record) for raw in raws.values()]
        needed = closure((raw.record for raw in own), [self.shelf, self.world.shelf], self._codec)
        done = prepare(Given([*needed, *own]), ontology_dir(), self._codec)
        refused: set[str] = set()
        for reject in done.report.rejects:
            refused.add(reject.record_id)
            is_staged = self.shelf.owner_of(reject.record_id) is not None if reject.record_id else False
            if is_staged and reject.record_id not in self._reported:
                self._reported.add(reject.record_id)
                self._refusals.add(parted(reject))
        for thing in batch:
            if any(str(raws[n].record["id"]) in refused for n in thing.write):
                thing.state = REFUSED
            else:
                self._accept_shared(raws[n].record for n in thing.write)

    def _accept_shared(self, records: Iterable[Json]) -> None:
        """Take along what accepted records refer to and nobody has yet."""
        queue = list(records)
        while queue:
            for iri in referred(queue.pop(), self._codec):
                number = self.shelf.number(iri)
                if number is None or number in self._accepted_shared:
                    continue
                raw = self.shelf.get(number)
                if not _SHARED.issuperset(types_of(raw.record)) or not self._is_whole:
                    continue
                self._accepted_shared.add(number)
                queue.append(raw.record)

    def accepted(self) -> Iterator[Json]:
        """Yield the records to write; what others share is as its first source says, unless nobody has it."""
        for thing in self.things:
            if thing.state in (NEW, UPDATED):
                yield from (self.shelf.get(number).record for number in thing.write)
        for number in sorted(self._accepted_shared):
            record = self.shelf.get(number).record
            known = self.world.owner(str(record["id"]))
            if known is None:
                yield record

    def gone(self) -> Iterator[str]:
        """Yield identifiers of records to take away, as changed items make them no longer."""
        for thing in self.things:
            if thing.state == UPDATED:
                yield from thing.gone

    def count(self, state: str) -> int:
        """Return how many things are in a state."""
        return sum(thing.state == state for thing in self.things)


def _text(record: Json, name: str) -> str:
    """Return the first text of a field, in the record or in one nested in it."""
    for key, value in record.items():
        if key == name and isinstance(value, str):
            return value
        for part in value if isinstance(value, list) else [value]:
            if isinstance(part, dict) and (found := _text(part, name)):
                return found
    return ""
