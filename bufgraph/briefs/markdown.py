"""A brief as Markdown (CommonMark with tables and footnotes, as GitHub reads it)."""

import re
from collections.abc import Iterable, Sequence
from typing import Final
from urllib.parse import quote

from bufgraph.briefs.brief import Brief, Candidate, Footnote, Statement, cited_once

_SPECIAL: Final = re.compile(r"([\\`*_{}\[\]<>()#|~!&$=^])")
_LIST_START: Final = re.compile(r"^([-+]|\d+[.)])(?=\s|$)")
_URL_SAFE: Final = "/:?&=#%+,;@!$'*~[]"


def to_markdown(brief: Brief) -> str:
    """Return the brief as Markdown; text of people and records is escaped, so that it stays text."""
    words = brief.words
    parts = [
        f"# {escape(brief.title)}",
        f"*{escape(words['kind'])} · {escape(brief.made)} · {escape(brief.version)}*",
    ]
    parts += [f"**{escape(words['left_out'])}:** {escape(text)}" for text in brief.left_out]
    parts += _need(brief)
    parts += [f"## {escape(words['glance'])}", _glance(brief), f"## {escape(words['candidates'])}"]
    for candidate in brief.candidates:
        parts += _candidate(brief, candidate)
    parts += _contacts(brief)
    parts += _questions(brief)
    parts += [f"## {escape(words['steps'])}", "\n".join(_steps(brief))]
    parts += [f"*{escape(text)}*" for text in brief.remarks]
    parts += [
        f"## {escape(words['sources'])}",
        escape(words["footer"]),
        *_footnotes(brief.footnotes, words["supports"]),
    ]
    if brief.address:
        parts.append(f"[{escape(words['page'])}](<{_url(brief.address)}>)")
    parts.append(escape(words["licence"]))
    return "\n\n".join(parts) + "\n"


def escape(text: str) -> str:
    """Return a text in which nothing is markup."""
    safe = _SPECIAL.sub(r"\\\1", " ".join(text.split()))
    return _LIST_START.sub(lambda found: f"{found[1][:-1]}\\{found[1][-1]}", safe)


def _url(url: str) -> str:
    return quote(url, safe=_URL_SAFE)


def _say(statement: Statement) -> str:
    lead = f"**{escape(statement.lead)}** " if statement.lead else ""
    return f"{lead}{escape(statement.text)}".strip() + _notes(statement.notes)


def _run(statements: Sequence[Statement]) -> str:
    """Write statements one after the other; those in a row with the same sources name them once."""
    return " ".join(_say(statement) for statement in cited_once(statements))


def _notes(notes: Sequence[int]) -> str:
    return "".join(f"[^{n}]" for n in notes)


def _need(brief: Brief) -> Iterable[str]:
    yield f"## {escape(brief.words['need'])}"
    if brief.need is not None:
        yield f"> {escape(brief.need.text)}"
    facts = [*brief.reading, *brief.city_facts]
    if facts:
        yield "\n".join(f"- {_say(fact)}" for fact in facts)


def _glance(brief: Brief) -> str:
    words = brief.words
    heads = ["", words["solution"], words["where"], words["outcome"], words["proven"], words["cost"]]
    rows = [
        [str(c.number), c.title.text, c.where, "; ".join(m.text for m in c.outcomes), c.proven, c.cost.text]
        for c in brief.candidates
    ]
    if brief.city:
        heads.append(words["fit"])
        rows = [
            [*row, c.verdict.text if c.verdict else ""] for row, c in zip(rows, brief.candidates, strict=True)
        ]
    lines = [heads, ["---"] * len(heads)]
    return "\n".join(
        f"| {' | '.join(cells)} |"
        for cells in (
            *([escape(h) for h in heads], lines[1]),
            *([escape(cell) for cell in row] for row in rows),
        )
    )


def _candidate(brief: Brief, candidate: Candidate) -> Iterable[str]:
    yield f"### {candidate.number}. {escape(candidate.title.text)}{_notes(candidate.title.notes)}"
    yield escape(f"{candidate.where} · {' · '.join(m.text for m in candidate.outcomes)}")
    yield "\n".join(f"- **{escape(row.label)}:** " + _run(row.statements) for row in candidate.rows)


def _contacts(brief: Brief) -> Iterable[str]:
    if not brief.contacts:
        return
    yield f"## {escape(brief.words['contacts'])}"
    lines = []
    for contact in brief.contacts:
        name = escape(contact.name)
        if contact.homepage:
            name = f"[{name}](<{_url(contact.homepage)}>)"
        country = f" ({escape(contact.country)})" if contact.country else ""
        lines.append(f"- {name}{country}: {_say(contact.about)}")
    yield "\n".join(lines)


def _questions(brief: Brief) -> Iterable[str]:
    if not brief.questions:
        return
    yield f"## {escape(brief.words['questions'])}"
    yield escape(brief.questions_lead)
    lines = []
    for question in brief.questions:
        about = f"**{escape(question.about)}**" if question.about else ""
        essential = f"({escape(brief.words['essential'])})" if question.essential else ""
        head = " ".join(part for part in (about, essential) if part)
        told = " ".join(f"**{n}** {_run(said)}" for n, said in question.conditions)
        lines.append(f"- {head}: {told}" if head else f"- {told}")
    yield "\n".join(lines)


def _steps(brief: Brief) -> Iterable[str]:
    for step in brief.steps:
        yield f"{step.number}. **{escape(step.phase)}.** " + _run(step.statements)


def _footnotes(footnotes: Iterable[Footnote], supports: str) -> Iterable[str]:
    for note in footnotes:
        url = f" <{_url(note.url)}>" if note.url and note.url.startswith(("http://", "https://")) else ""
        told = f" ({escape(supports)}: {escape('; '.join(note.supports))})" if note.supports else ""
        yield f"[^{note.number}]: {escape(note.title)}.{url}{told}"
