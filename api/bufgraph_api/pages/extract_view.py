"""A draft as a page shows it: the text with its marks, a line for every proposal; and back from a form to a review file."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

from markupsafe import Markup, escape

from bufgraph.errors import BufgraphError
from bufgraph.localisation.phrases import Phrase, phrase
from bufgraph.localisation.words import OUTCOMES
from bufgraph.namespaces import slug
from bufgraph_api.pages.city_names import not_one_city, unmistakable
from bufgraph_api.pages.extract_form import Entry, Sent
from bufgraph_api.state import State
from bufgraph_ingest.extraction.marking import UNSURE, Piece, pieces
from bufgraph_ingest.extraction.review import USES, Review, Row

KINDS: Final[Mapping[str, Phrase]] = {
    "city": phrase("City"),
    "organisation": phrase("Organisation"),
    "challenge": phrase("Challenge"),
    "domain": phrase("Subdomain"),
    "year": phrase("Year"),
    "money": phrase("Sum of money"),
    "quantity": phrase("Quantity"),
    "outcome": phrase("Outcome"),
}
"""Kinds of proposals, as a reader calls them."""
USED_AS: Final[Mapping[str, Phrase]] = {
    "main_challenge": phrase("main challenge"),
    "challenge": phrase("further challenge"),
    "start_year": phrase("first year"),
    "end_year": phrase("last year"),
}
"""What a value can become, where no scheme of concepts has a name for it."""
SURE: Final[tuple[tuple[float, Phrase], ...]] = (
    (0.85, phrase("rather sure")),
    (UNSURE, phrase("likely")),
    (0.0, phrase("unsure: look twice")),
)
"""Least confidence → word for it."""
_SCHEMES: Final = {"organisation": "role", "quantity": "result-kind"}
_PROBLEMS: Final[Mapping[str, tuple[str, Phrase]]] = {
    "year": (r"(?:19|20)\d\d", phrase("Write four digits, such as 2021.")),
    "money": (r"\d+(?:\.\d+)? [A-Z]{3}", phrase("Write a number and the code of a currency, such as 1200000 EUR.")),
    "quantity": (r"-?\d+(?:\.\d+)? \S.{0,30}", phrase("Write a number and a unit, such as 43 % or 12 km; “count” stands for things counted.")),
    "organisation": (r"\S.{0,200}", phrase("Write the name of the organisation.")),
}  # fmt: skip
"""Kind of a value that is written → what it looks like, and what to say where it does not."""


@dataclass(frozen=True, slots=True)
class Line:
    """A proposal in the table.

    Attributes:
        choices: Value → word, where the value is chosen; else empty and it is written.
        uses: What it may become → word; empty where there is one use only.
        sure: Word for the confidence.
        is_unsure: Whether the confidence is below ``UNSURE`` of the extraction.
        problem: What is wrong with what was entered; else "".
    """

    row: Row
    entry: Entry
    choices: Mapping[str, str]
    uses: Mapping[str, str]
    sure: Phrase
    is_unsure: bool
    problem: str = ""


def lines_of(
    services: State, review: Review, entries: Mapping[int, Entry], problems: Mapping[int, Phrase]
) -> list[Line]:
    """Return a line for every proposal, with what a person entered so far."""
    choices = {kind: _choices(services, kind) for kind in KINDS}
    return [
        Line(
            row,
            entries.get(row.number) or Entry(False, _shown(services, row), row.use, row.detail),
            choices[row.field],
            {use: _use(services, row.field, use) for use in USES[row.field]}
            if len(USES[row.field]) > 1
            else {},
            next(word for least, word in SURE if row.confidence >= least),
            row.confidence < UNSURE,
            problems.get(row.number, ""),
        )
        for row in review.rows
    ]


def _choices(services: State, kind: str) -> dict[str, str]:
    """Return the concepts that a kind is chosen from, by name in the language of the page; outcomes in their own order."""
    tongue = services.tongue
    if kind == "outcome":
        return {name: tongue.tell(word) for name, (_, word) in OUTCOMES.items() if name != "unknown"}
    if kind not in ("challenge", "domain"):
        return {}
    concepts = services.answers.catalogue.concepts.values()
    named = {
        slug(c.id): services.present.concept_label(c.id)
        for c in concepts
        if f"/scheme/{kind}/" in c.id and (kind == "challenge" or c.broader)
    }
    return dict(sorted(named.items(), key=lambda pair: pair[1].casefold()))


def _use(services: State, field: str, use: str) -> str:
    if field in _SCHEMES:
        iri = f"{services.build.settings.base_iri}scheme/{_SCHEMES[field]}/{use}"
        return services.present.concept_label(iri) or use
    return services.tongue.tell(USED_AS.get(use, use))


def _shown(services: State, row: Row) -> str:
    """Return a value as a field shows it."""
    if row.field != "city":
        return row.value
    return unmistakable(services, services.answers.catalogue.city(row.value))


def decided(services: State, review: Review, sent: Sent) -> tuple[Review, dict[int, Phrase]]:
    """Return the review with a person's decisions, and what is wrong with them by number of the line."""
    rows, problems = [], {}
    for row in review.rows:
        entry = (sent.entries or {}).get(row.number)
        if entry is None:
            rows.append(row)
            continue
        value, problem = _read(services, row, entry)
        if problem and entry.take:
            problems[row.number] = problem
        rows.append(_with(row, entry, value))
    about = {**review.about, "confirmed_by": sent.by}
    return Review(about, dict(sent.written or {}), tuple(rows)), problems


def _with(row: Row, entry: Entry, value: str) -> Row:
    use = entry.use if entry.use in USES[row.field] else row.use
    is_changed = value != row.value
    accept = ("changed" if is_changed else "yes") if entry.take else ""
    return replace(row, use=use, detail=entry.detail, accept=accept, changed_to=value if is_changed else "")


def _read(services: State, row: Row, entry: Entry) -> tuple[str, Phrase | None]:
    """Return the value that an entry stands for, and what is wrong with it."""
    if row.field == "city":
        try:
            return services.answers.find_city(entry.value).slug, None
        except BufgraphError as err:
            return entry.value, not_one_city(err, entry.value)
    if choices := _choices(services, row.field):
        return entry.value, None if entry.value in choices else phrase("Choose a value from the list.")
    pattern, advice = _PROBLEMS[row.field]
    return entry.value, None if re.fullmatch(pattern, entry.value) else advice


def marked(text: str, rows: Sequence[Row], name: Callable[[str], str], where: Callable[[Row], str]) -> Markup:
    """Return a text, escaped, in which the words of every proposal are marked and followed by a link to its line.

    Args:
        rows: Marks may lie in one another; one that reaches out of another is shown up to the end of that one.
        name: Gives the word for a kind.
        where: Gives the offsets in words.
    """
    return Markup("").join(_told(piece, name, where) for piece in pieces(text, rows))


def _told(piece: Piece, name: Callable[[str], str], where: Callable[[Row], str]) -> Markup:
    told = escape(piece.text)
    if (row := piece.closes) is not None:
        return told + _closing(row, name, where)
    if (row := piece.opens) is not None:
        return told + Markup('<mark id="m{}" class="{}">').format(row.number, row.field)
    return told


def _closing(row: Row, name: Callable[[str], str], where: Callable[[Row], str]) -> Markup:
    return Markup('<a class="tag" href="#p{n}" title="{where}">{n} {kind}</a></mark>').format(
        n=row.number, where=where(row), kind=name(row.field)
    )
