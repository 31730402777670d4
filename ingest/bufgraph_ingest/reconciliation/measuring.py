"""How well reconciliation decides, on labelled pairs: ``python -m bufgraph_ingest.reconciliation.measuring``.

Two measurements. *Pairs*: what the comparer says of each labelled pair. *Found*: the second records of all pairs are
put among the shipped ones, and blocking has to find each again.
"""

import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import orjson

from bufgraph.errors import MisconfiguredError
from bufgraph.resources import datasets_dir
from bufgraph.services.evaluating_ingest import judged_file, publish
from bufgraph_ingest.connectors.jsonl import JsonlFolder
from bufgraph_ingest.port import RawRecord
from bufgraph_ingest.reconciliation.comparing import Comparison
from bufgraph_ingest.reconciliation.decisions import RULES
from bufgraph_ingest.reconciliation.pairs import (
    ASK,
    KEEP_APART,
    MERGE,
    THRESHOLDS,
    candidate_rows,
    comparer,
    place_names,
)
from bufgraph_ingest.reconciliation.places import PlaceNames
from bufgraph_ingest.reconciliation.things import KINDS, Thing, page_key, things_from

Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class LabelledPair:
    """Two records and whether they mean one thing.

    Attributes:
        left: Identifier of a shipped record; ``right``: the other record, as it might come from outside.
        variation: What sets them apart, such as ``legal-form`` or ``near-name``.
        split: ``dev`` to choose thresholds on, ``test`` to report.
    """

    pair: str
    kind: str
    split: str
    same: bool
    variation: str
    left: str
    right: Thing


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts and shares of one kind and split; shares are 1 where there is nothing to count.

    Attributes:
        precision: Of the merges, how many are right; ``recall``: of the same, how many are merged.
        recall_with_asking: Of the same, how many are merged or asked about.
        missed: Share of the same that stays as a duplicate nobody is asked about.
        asked: Share of all pairs that a person is asked about.
        blocked: Of the same, how many blocking finds among all shipped records.
    """

    kind: str
    split: str
    pairs: int
    same: int
    merged: int
    merged_wrongly: int
    precision: float
    recall: float
    recall_with_asking: float
    missed: float
    asked: float
    blocked: float


@dataclass(frozen=True, slots=True)
class Judged:
    """A labelled pair, what the comparer said, and whether blocking found it."""

    pair: LabelledPair
    comparison: Comparison
    blocked: bool

    @property
    def verdict(self) -> str:
        """What the thresholds make of the score."""
        return THRESHOLDS[self.pair.kind].verdict(self.comparison.score)


def read_pairs(path: Path | None = None) -> list[LabelledPair]:
    """Read the labelled pairs; default: the shipped ones."""
    file = path or judged_file("reconciliation")
    try:
        rows = [orjson.loads(line) for line in file.read_bytes().splitlines()]
    except FileNotFoundError as err:
        raise MisconfiguredError(
            f"there are no labelled pairs at {file}; reinstall bufgraph", path=str(file)
        ) from err
    made = things_from(
        RawRecord("imports/pairs", file.name, n, row["right"]) for n, row in enumerate(rows, 1)
    )
    return [LabelledPair(**{**row, "right": right}) for row, right in zip(rows, made, strict=True)]


def judge(pairs: Sequence[LabelledPair], records: Iterable[RawRecord]) -> list[Judged]:
    """Compare every labelled pair, among all shipped records."""
    raw = list(records)
    shipped = things_from(raw)
    pages = {str(r.record["id"]): str(r.record["page"]) for r in raw if "page" in r.record}
    by_id = {thing.id: thing for thing in shipped}
    places = place_names(shipped)
    judged = []
    for kind in KINDS:
        own = [thing for thing in shipped if thing.kind == kind]
        labelled = [_with_pages(pair, pages) for pair in pairs if pair.kind == kind]
        compare = comparer(kind, own, places).compare
        found = _blocked(kind, [*own, *(pair.right for pair in labelled)], places)
        judged += [
            Judged(pair, compare(by_id[pair.left], pair.right), (pair.left, pair.right.id) in found)
            for pair in labelled
        ]
    return judged


def _with_pages(pair: LabelledPair, pages: dict[str, str]) -> LabelledPair:
    cited = frozenset(page_key(pages.get(page, page)) for page in pair.right.pages)
    return replace(pair, right=replace(pair.right, pages=cited))


def _blocked(kind: str, things: Sequence[Thing], places: PlaceNames) -> set[tuple[str, str]]:
    found = candidate_rows(kind, things, places)
    return {(things[a].id, things[b].id) for a, b in found}


def figures(judged: Iterable[Judged]) -> list[Figures]:
    """Return the figures of each kind and split."""
    groups: dict[tuple[str, str], list[Judged]] = defaultdict(list)
    for one in judged:
        groups[one.pair.kind, one.pair.split].append(one)
    return [_figures(kind, split, group) for (kind, split), group in sorted(groups.items())]


def _figures(kind: str, split: str, group: Sequence[Judged]) -> Figures:
    count = Counter((one.verdict, one.pair.same) for one in group)
    same = sum(one.pair.same for one in group)
    right, wrong = count[MERGE, True], count[MERGE, False]
    asked = count[ASK, True] + count[ASK, False]
    return Figures(
        kind=kind,
        split=split,
        pairs=len(group),
        same=same,
        merged=right + wrong,
        merged_wrongly=wrong,
        precision=_share(right, right + wrong),
        recall=_share(right, same),
        recall_with_asking=_share(right + count[ASK, True], same),
        missed=round(1 - _share(same - count[KEEP_APART, True], same), 4),
        asked=_share(asked, len(group)),
        blocked=_share(sum(one.blocked for one in group if one.pair.same), same),
    )


def _share(part: int, whole: int) -> float:
    return round(part / whole, 4) if whole else 1.0


def results_of(rows: Sequence[Figures]) -> Json:
    """Return the figures with the rules and thresholds that they belong to, as they are published."""
    thresholds = {kind: asdict(limits) for kind, limits in THRESHOLDS.items()}
    return {"rules": RULES, "thresholds": thresholds, "figures": [asdict(row) for row in rows]}


def judged_now() -> list[Judged]:
    """Compare the shipped pairs among the shipped records."""
    shipped = (r for r in JsonlFolder(datasets_dir()).read() if isinstance(r, RawRecord))
    return judge(read_pairs(), shipped)


def main() -> None:
    """Print the figures as JSON Lines.

    ``--errors``: also every pair of the dev side decided wrongly; ``--save``: write ``results.json`` beside the pairs.
    """
    judged = judged_now()
    rows = figures(judged)
    for row in rows:
        sys.stdout.write(orjson.dumps(asdict(row)).decode() + "\n")
    if "--save" in sys.argv[1:]:
        publish("reconciliation", results_of(rows))
    if "--errors" in sys.argv[1:]:
        for one in judged:
            if one.pair.split == "dev" and (one.verdict == MERGE) != one.pair.same:
                told = f"{one.verdict:10} {one.comparison.score:.2f} {one.pair.same:d} {one.blocked:d} {one.pair.left}"
                sys.stdout.write(
                    f"{told} | {one.pair.right.names[0]} | {'; '.join(one.comparison.reasons)}\n"
                )


if __name__ == "__main__":
    main()
