"""How well the extraction does on annotated passages: ``python -m bufgraph_ingest.extraction.measuring``."""

import hashlib
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final, Literal

import click
import orjson

from bufgraph.services.composition import open_build
from bufgraph.services.evaluating_ingest import judged_file, publish
from bufgraph.settings import load_settings
from bufgraph.text.normalise import fold
from bufgraph_ingest.extraction.agreement import agreement
from bufgraph_ingest.extraction.extractor import Draft, Extractor
from bufgraph_ingest.extraction.proposals import METHOD, Proposal, Span

Json = dict[str, Any]  # Any: JSON
Split = Literal["dev", "test"]
MEASURED: Final = ("city", "organisation", "challenge", "year", "money", "quantity", "outcome")


@dataclass(frozen=True, slots=True)
class Annotation:
    """What a reader found in a passage; ``span`` is None for a challenge."""

    field: str
    span: Span | None
    value: str


@dataclass(frozen=True, slots=True)
class Passage:
    """An annotated passage."""

    id: str
    lang: str
    split: str
    text: str
    annotations: tuple[Annotation, ...]


@dataclass
class Counts:
    """Counts of one field.

    Attributes:
        right: Proposals with an annotation of the same value whose words overlap.
        exact: Those among ``right`` whose words are the same to the character.
    """

    annotated: int = 0
    proposed: int = 0
    right: int = 0
    exact: int = 0

    def measures(self) -> Json:
        """Return precision, recall and F1 with the counts they come from; None where nothing was counted."""
        precision = self.right / self.proposed if self.proposed else None
        recall = self.right / self.annotated if self.annotated else None
        f1 = 2 * self.right / (self.proposed + self.annotated) if self.proposed + self.annotated else None
        rounded = {"precision": precision, "recall": recall, "f1": f1}
        return {
            **{name: None if value is None else round(value, 3) for name, value in rounded.items()},
            "annotated": self.annotated, "proposed": self.proposed, "right": self.right, "exact_words": self.exact,
        }  # fmt: skip


@dataclass
class Mistake:
    """A proposal without an annotation, or an annotation without a proposal."""

    passage: str
    field: str
    kind: Literal["wrong", "missed"]
    words: str
    value: str


@dataclass
class Measured:
    """The counts of one side, by field, and every mistake."""

    counts: dict[str, Counts] = field(default_factory=lambda: defaultdict(Counts))
    mistakes: list[Mistake] = field(default_factory=list)


def read_passages(path: Path | None = None) -> list[Passage]:
    """Read annotated passages, by default the shipped ones; offsets are checked against the words they stand for."""
    file = path or judged_file("extraction")
    return [_passage(orjson.loads(line)) for line in file.read_bytes().splitlines()]


def _passage(row: Json) -> Passage:
    found = [Annotation("challenge", None, name) for name in row["challenge"]]
    for mark in row["annotations"]:
        span = Span(mark["start"], mark["end"])
        assert row["text"][span.start : span.end] == mark["text"], (row["id"], mark)
        found.append(Annotation(mark["field"], span, str(mark["value"])))
    return Passage(row["id"], row["lang"], row["split"], row["text"], tuple(found))


def split_of(text: str) -> Split:
    """Return the side of a passage: by the last bit of its SHA-256, so that nobody chooses."""
    return "test" if int(hashlib.sha256(text.encode()).hexdigest(), 16) % 2 else "dev"


def measure(passages: Iterable[Passage], draft: Callable[[str], Draft]) -> Measured:
    """Compare drafts with annotations, mention by mention."""
    measured = Measured()
    for passage in passages:
        proposals = draft(passage.text).proposals
        for name in MEASURED:
            gold = [a for a in passage.annotations if a.field == name]
            ours = [p for p in proposals if p.field == name]
            _compare(passage, name, gold, ours, measured)
    return measured


def _compare(
    passage: Passage, name: str, gold: Sequence[Annotation], ours: Sequence[Proposal], measured: Measured
) -> None:
    counts = measured.counts[name]
    counts.annotated += len(gold)
    counts.proposed += len(ours)
    left = list(gold)
    for proposal in ours:
        twin = next((a for a in left if _fits(proposal, a, passage.text)), None)
        if twin is None:
            measured.mistakes.append(
                Mistake(passage.id, name, "wrong", _words(passage, proposal.span), proposal.value)
            )
            continue
        left.remove(twin)
        counts.right += 1
        counts.exact += proposal.span == twin.span
    measured.mistakes.extend(
        Mistake(passage.id, name, "missed", _words(passage, a.span), a.value) for a in left
    )


def _fits(proposal: Proposal, annotation: Annotation, text: str) -> bool:
    if proposal.span is None or annotation.span is None:
        return proposal.value == annotation.value
    if not proposal.span.overlaps(annotation.span):
        return False
    if proposal.field == "organisation":
        words = (
            text[proposal.span.start : proposal.span.end],
            text[annotation.span.start : annotation.span.end],
        )
        return fold(words[0]) == fold(words[1])
    return proposal.value == annotation.value


def _words(passage: Passage, span: Span | None) -> str:
    return passage.text[span.start : span.end] if span else ""


def report(passages: Sequence[Passage], draft: Callable[[str], Draft]) -> Json:
    """Return the measures of both sides, all languages together and English apart, as JSON for the quality page."""
    draft = cache(draft)
    sides: dict[str, Json] = {}
    for side in ("dev", "test"):
        chosen = [p for p in passages if p.split == side]
        groups = {
            "all": chosen,
            "en": [p for p in chosen if p.lang == "en"],
            "other": [p for p in chosen if p.lang != "en"],
        }
        sides[side] = {name: _fields(group, draft) for name, group in groups.items()}
    return {
        "method": METHOD,
        "languages": dict(Counter(p.lang for p in passages)),
        **sides,
    }


def _fields(group: Sequence[Passage], draft: Callable[[str], Draft]) -> Json:
    measured = measure(group, draft)
    return {"passages": len(group), "fields": {name: measured.counts[name].measures() for name in MEASURED}}


def _table(result: Mapping[str, Any]) -> Iterator[str]:  # Any: JSON
    yield f"{'':14}{'precision':>10}{'recall':>8}{'F1':>7}{'annotated':>11}{'proposed':>10}{'exact words':>13}"
    for side in ("dev", "test"):
        for group, told in result[side].items():
            yield f"{side}, {group} ({told['passages']} passages)"
            for name, m in told["fields"].items():
                figures = "".join(
                    f"{'–' if m[k] is None else format(m[k], '.2f'):>{w}}"
                    for k, w in (("precision", 10), ("recall", 8), ("f1", 7))
                )
                yield f"  {name:12}{figures}{m['annotated']:>11}{m['proposed']:>10}{m['exact_words']:>13}"
    yield "records of the catalogue (recorded, proposed, found; single verdicts, of them right)"
    for name, counts in result["records"].items():
        yield f"  {name:12}" + "".join(f"{count:>8}" for count in counts.values())


@click.command()
@click.option("--format", "form", type=click.Choice(["table", "json"]), default="table", help="How to print.")
@click.option(
    "--mistakes",
    type=click.Choice(["dev"]),
    help="Also list what went wrong; of the dev side only, so that nobody tunes on the other.",
)
@click.option("--save", is_flag=True, help="Write the published results.")
def main(form: str, mistakes: str | None, save: bool) -> None:
    """Measure the extraction of the current build on the annotated passages."""
    build = open_build(load_settings())
    extractor = Extractor.of(build, strangers_only=True)
    passages = read_passages()
    result = {
        **report(passages, extractor.draft),
        "records": agreement(build.catalogue, extractor),
    }
    if save:
        publish("extraction", result)
    click.echo(
        orjson.dumps(result, option=orjson.OPT_INDENT_2).decode()
        if form == "json"
        else "\n".join(_table(result))
    )
    if mistakes:
        for m in measure([p for p in passages if p.split == mistakes], extractor.draft).mistakes:
            click.echo(f"{m.passage} {m.field:12} {m.kind:6} {m.value!r} {m.words!r}")


if __name__ == "__main__":
    main()
