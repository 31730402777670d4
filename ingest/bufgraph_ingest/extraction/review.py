"""The review file: every proposed value waits for a person's yes, no or another value. JSON or a spreadsheet."""

import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from pathlib import Path
from typing import Any, Final
from zipfile import BadZipFile

import orjson

from bufgraph.errors import InvalidInputError
from bufgraph_ingest.extraction.documents import Document
from bufgraph_ingest.extraction.extractor import Draft
from bufgraph_ingest.extraction.proposals import METHOD, Proposal
from bufgraph_ingest.extraction.sentences import sentence_at

Json = dict[str, Any]  # Any: JSON
USES: Final[Mapping[str, tuple[str, ...]]] = {
    "city": ("origin",),
    "organisation": ("lead", "partner", "supplier", "research", "funder", "civil-society"),
    "challenge": ("main_challenge", "challenge"),
    "domain": ("subdomain",),
    "year": ("start_year", "end_year"),
    "money": ("cost",),
    "quantity": ("achieved", "target", "context"),
    "outcome": ("outcome",),
}
"""Kind of value → what it can be used as in the record; the first is proposed where nothing speaks for another."""
WRITTEN: Final = ("title", "problem", "summary", "approach")
"""Texts that the person writes in English, in own words; none is copied from the document."""
DECISIONS: Final = ("", "yes", "no", "changed")
_ABOUT: Final = ("file", "sha256", "kind", "url", "document_title", "language", "method", "confirmed_by")
_ROWS: Final = 5_000


@dataclass(frozen=True, slots=True)
class Row:
    """A proposed value and what the person says of it.

    Attributes:
        use: What it becomes, one of :data:`USES`.
        start: Where the words begin in the extracted text, in characters; -1 for a concept; ``end`` after the last.
        context: The sentence.
        detail: For a quantity what was measured, in English; for an organisation its sector (a concept of ``helix``).
        accept: "" (not decided: counts as no), ``yes``, ``no`` or ``changed``; ``changed_to``: the other value.
    """

    number: int
    field: str
    use: str
    value: str
    words: str
    start: int
    end: int
    context: str
    confidence: float
    why: str
    detail: str = ""
    accept: str = ""
    changed_to: str = ""

    @property
    def accepted(self) -> str | None:
        """The value to take, or None."""
        return {"yes": self.value, "changed": self.changed_to}.get(self.accept)


@dataclass(frozen=True, slots=True)
class Review:
    """A draft with a person's decisions.

    Attributes:
        about: File, hash, address and language of the document, method, and the organisation that confirms.
        written: Texts in English by the person: title, problem, summary, approach.
    """

    about: dict[str, str]
    written: dict[str, str]
    rows: tuple[Row, ...]


def make_review(document: Document, draft: Draft, url: str = "") -> Review:
    """Return a review with nothing decided yet."""
    about = dict(
        zip(
            _ABOUT,
            (document.file, document.sha256, document.kind, url, document.title, draft.lang, METHOD, ""),
            strict=True,
        )
    )
    rows = tuple(_row(number, proposal, draft) for number, proposal in enumerate(draft.proposals, 1))
    return Review(about, dict.fromkeys(WRITTEN, ""), _with_uses(rows))


def _row(number: int, proposal: Proposal, draft: Draft) -> Row:
    span = proposal.span
    words = draft.text[span.start : span.end] if span else proposal.label
    detail = {
        "quantity": proposal.measured if draft.lang == "en" else "",
        "organisation": _sector(proposal),
    }.get(proposal.field, "")
    return Row(
        number, proposal.field, USES[proposal.field][0], proposal.value, words,
        span.start if span else -1, span.end if span else -1,
        sentence_at(draft.text, span) if span else "", proposal.confidence, proposal.why, detail,
    )  # fmt: skip


def _sector(organisation: Proposal) -> str:
    """Guess the sector of a body that the catalogue does not have from its name."""
    if organisation.known:
        return ""
    name = organisation.value.lower()
    if any(
        part in name
        for part in ("univers", "yliopisto", "ülikool", "institute", "politechnika", "hochschule", "college")
    ):
        return "university"
    if "legal form" in organisation.why or any(part in name for part in ("company", " ab", "gmbh")):
        return "industry"
    government = (
        "city of",
        "council",
        "municipality",
        "ministry",
        "agency",
        "region",
        "kommun",
        "kaupun",
        "linn",
        "urząd",
        "gmina",
        "stadt ",
        "gemeinde",
        "savivald",
        "pašvald",
        "vallavalitsus",
    )
    return "government" if any(part in name for part in government) else ""


def _with_uses(rows: Sequence[Row]) -> tuple[Row, ...]:
    """Propose what the second value of a kind is: another challenge, the end, a partner."""
    seen: dict[str, set[str]] = {}
    done = []
    for row in rows:
        known = seen.setdefault(row.field, set())
        if known and row.value not in known and row.field in {"challenge", "year", "organisation"}:
            done.append(replace(row, use=USES[row.field][1]))
        else:
            done.append(row)
        known.add(row.value)
    return tuple(done)


def write_review(review: Review, path: Path) -> None:
    """Write a review as ``.json`` or ``.xlsx``.

    Raises:
        InvalidInputError: Another ending.
    """
    if path.suffix not in (".json", ".xlsx"):
        raise InvalidInputError(
            f"'{path.name}' is no name for a review file; it ends in .json or .xlsx", path=str(path)
        )
    path.write_bytes(as_json(review) if path.suffix == ".json" else as_sheet(review))


def as_json(review: Review) -> bytes:
    """Return the review file as JSON."""
    return orjson.dumps(asdict(review), option=orjson.OPT_INDENT_2) + b"\n"


def read_review(path: Path) -> Review:
    """Read a review file and check the decisions.

    Raises:
        InvalidInputError: It is no review file, or a decision is unknown; the row is named.
    """
    try:
        told = orjson.loads(path.read_bytes()) if path.suffix == ".json" else _read_sheet(path)
        rows = tuple(Row(**row) for row in told["rows"])
        review = Review(
            {k: str(v) for k, v in told["about"].items()},
            {k: str(v) for k, v in told["written"].items()},
            rows,
        )
    except FileNotFoundError as err:
        raise InvalidInputError(f"there is no review file {path}", path=str(path)) from err
    except (orjson.JSONDecodeError, KeyError, TypeError, ValueError, AttributeError, OSError) as err:
        raise InvalidInputError(
            f"{path.name} is no review file as 'bufgraph extract --review' writes it ({err}); write it again",
            path=str(path),
        ) from err
    for problem in _problems(review):
        raise InvalidInputError(f"{path.name}: {problem}", path=str(path))
    return review


def _problems(review: Review) -> Iterator[str]:
    for row in review.rows:
        where = f"row {row.number} ({row.field} '{row.words}')"
        if row.accept not in DECISIONS:
            yield f"{where}: accept is '{row.accept}'; write yes, no, changed or leave it empty"
        if row.accept == "changed" and not row.changed_to:
            yield f"{where}: accept is 'changed' but changed_to is empty; write the other value"
        if row.accepted is not None and row.use not in USES.get(row.field, ()):
            yield f"{where}: use is '{row.use}'; choose from {', '.join(USES.get(row.field, ()))}"


def as_sheet(review: Review) -> bytes:
    """Return the review file as a workbook (XLSX)."""
    from openpyxl import Workbook  # noqa: PLC0415  # only a spreadsheet needs it

    book = Workbook()
    about = book.active
    assert about is not None
    about.title = "about"
    for name, value in {**review.about, **review.written}.items():
        about.append([name, _cell(value)])
    sheet = book.create_sheet("values")
    names = [f.name for f in fields(Row)]
    sheet.append(names)
    for row in review.rows:
        sheet.append([_cell(getattr(row, name)) for name in names])
    sheet.freeze_panes = "A2"
    written = io.BytesIO()
    book.save(written)
    return written.getvalue()


def _cell(value: object) -> object:
    """Keep text from being taken for a formula."""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t" and value else value


def _read_sheet(path: Path) -> Json:
    from openpyxl import load_workbook  # noqa: PLC0415  # only a spreadsheet needs it
    from openpyxl.utils.exceptions import InvalidFileException  # noqa: PLC0415

    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (InvalidFileException, BadZipFile, OSError) as err:
        raise ValueError(str(err)) from err
    told = {
        str(row[0]): _text(row[1] if len(row) > 1 else "")
        for row in book["about"].iter_rows(max_row=50, values_only=True)
        if row and row[0]
    }
    heading, *lines = list(book["values"].iter_rows(max_row=_ROWS, values_only=True))
    rows = [
        _typed(dict(zip(map(str, heading), map(_text, line), strict=False)))
        for line in lines
        if any(cell is not None for cell in line)
    ]
    return {
        "about": {k: told.get(k, "") for k in _ABOUT},
        "written": {k: told.get(k, "") for k in WRITTEN},
        "rows": rows,
    }


def _typed(cells: dict[str, str]) -> Json:
    """Give the cells of a row the types of :class:`Row`; further columns are left out."""
    whole = {name: int(cells[name]) for name in ("number", "start", "end")}
    names = {f.name for f in fields(Row)}
    texts = {name: cell for name, cell in cells.items() if name in names}
    return {**texts, **whole, "confidence": float(cells["confidence"])}


def _text(value: object) -> str:
    text = "" if value is None else str(value).strip()
    return text[1:] if text[:1] == "'" else text
