"""A brief as a Word document (Office Open XML): real headings, lists and tables, the language set for proofing and screen readers."""

from collections.abc import Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any, Final

from docx import Document
from docx.enum.table import WD_TABLE_ALIGNMENT
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from bufgraph.briefs.brief import Brief, Candidate, Footnote, Statement, cited_once, note_ranges

_ACCENT: Final = RGBColor(0x0A, 0x4D, 0x68)
_SOFT: Final = RGBColor(0x4A, 0x5C, 0x67)
_FONT: Final = "Calibri"
Part = Any  # Any: paragraphs, runs and cells of python-docx; its own annotations leave the XML elements open


def to_word(brief: Brief) -> bytes:
    """Return the brief as a .docx file."""
    writer = _Writer(brief)
    return writer.file()


class _Writer:
    """Writes one document from top to bottom."""

    def __init__(self, brief: Brief) -> None:
        self._brief = brief
        self._document = Document()
        self._marks = 0
        _set_up(self._document, brief)

    def file(self) -> bytes:
        brief, words = self._brief, self._brief.words
        self._plain(f"{words['kind']} · {brief.made} · {brief.version}", size=9)
        self._document.add_heading(brief.title, 0)
        for text in brief.left_out:
            self._plain(f"{words['left_out']}: {text}")
        self._need()
        self._heading(words["glance"])
        self._glance()
        self._heading(words["candidates"])
        for candidate in brief.candidates:
            self._candidate(candidate)
        self._contacts()
        self._questions()
        self._heading(words["steps"])
        for step in brief.steps:
            paragraph = self._document.add_paragraph(style="List Number")
            paragraph.add_run(f"{step.phase}. ").bold = True
            self._say_all(paragraph, step.statements)
        self._sources()
        content = BytesIO()
        self._document.save(content)
        return content.getvalue()

    # -- sections -------------------------------------------------------------------------------------

    def _need(self) -> None:
        self._heading(self._brief.words["need"])
        if self._brief.need is not None:
            paragraph = self._document.add_paragraph(style="Intense Quote")
            self._text(paragraph, self._brief.need.text, self._brief.need.lang)
        for statements in (self._brief.reading, self._brief.city_facts):
            if statements:
                self._say_all(self._document.add_paragraph(), statements, between=" · ")

    def _glance(self) -> None:
        words, has_city = self._brief.words, bool(self._brief.city)
        heads = ["", words["solution"], words["outcome"], words["proven"], words["cost"]]
        heads += [words["fit"]] if has_city else []
        table = self._document.add_table(rows=1, cols=len(heads), style="Light Grid Accent 1")
        table.alignment = WD_TABLE_ALIGNMENT.CENTER
        for cell, head in zip(table.rows[0].cells, heads, strict=True):
            cell.text = head
        _repeat(table.rows[0])
        for candidate in self._brief.candidates:
            cells = table.add_row().cells
            cells[0].text = str(candidate.number)
            self._text(cells[1].paragraphs[0], candidate.title.text, candidate.title.lang)
            self._text(cells[1].paragraphs[0], f"\n{candidate.where}", self._brief.lang)
            cells[2].text = "\n".join(mark.text for mark in candidate.outcomes)
            cells[3].text = candidate.proven
            self._say_all(cells[4].paragraphs[0], [candidate.cost])
            if has_city:
                cells[5].text = candidate.verdict.text if candidate.verdict else ""
        for row in table.rows:
            for cell, width in zip(row.cells, (0.8, 5.6, 3.2, 2.0, 3.0, 2.8), strict=False):
                cell.width = Cm(width)

    def _candidate(self, candidate: Candidate) -> None:
        heading = self._document.add_heading(level=2)
        self._text(heading, f"{candidate.number}. ", self._brief.lang)
        self._text(heading, candidate.title.text, candidate.title.lang)
        self._plain(f"{candidate.where} · {' · '.join(mark.text for mark in candidate.outcomes)}", size=9)
        for row in candidate.rows:
            paragraph = self._document.add_paragraph(style="List Bullet")
            paragraph.add_run(f"{row.label}: ").bold = True
            self._say_all(paragraph, row.statements)

    def _contacts(self) -> None:
        if not self._brief.contacts:
            return
        self._heading(self._brief.words["contacts"])
        for contact in self._brief.contacts:
            paragraph = self._document.add_paragraph(style="List Bullet")
            paragraph.add_run(contact.name).bold = True
            paragraph.add_run(f" ({contact.country}): " if contact.country else ": ")
            self._say_all(paragraph, [contact.about])
            if contact.homepage:
                paragraph.add_run(" ")
                self._link(paragraph, contact.homepage, contact.homepage)

    def _questions(self) -> None:
        if not self._brief.questions:
            return
        self._heading(self._brief.words["questions"])
        self._plain(self._brief.questions_lead)
        for question in self._brief.questions:
            paragraph = self._document.add_paragraph(style="List Bullet")
            if question.about:
                paragraph.add_run(question.about).bold = True
            if question.essential:
                paragraph.add_run(f" ({self._brief.words['essential']})")
            paragraph.add_run(": " if question.about or question.essential else "")
            for number, said in question.conditions:
                paragraph.add_run(f"{number} ").bold = True
                self._say_all(paragraph, said)
                paragraph.add_run(" ")

    def _sources(self) -> None:
        brief, words = self._brief, self._brief.words
        self._heading(words["sources"])
        self._plain(words["footer"], size=9)
        for note in brief.footnotes:
            self._source(note)
        for remark in brief.remarks:
            self._plain(remark, size=9)
        if brief.address:
            self._link(self._document.add_paragraph(), words["page"], brief.address)
        self._plain(words["licence"], size=9)

    def _source(self, note: Footnote) -> None:
        paragraph = self._document.add_paragraph()
        paragraph.paragraph_format.left_indent, paragraph.paragraph_format.first_line_indent = (
            Cm(0.8),
            Cm(-0.8),
        )
        paragraph.paragraph_format.space_after = Pt(2)
        self._bookmark(paragraph, f"source-{note.number}", f"{note.number}.\t")
        paragraph.add_run(note.title)
        if note.supports:
            self._text(paragraph, f" ({'; '.join(note.supports)})", "en", soft=True)
        if note.url:
            paragraph.add_run(" ")
            self._link(paragraph, note.url, note.url)

    # -- pieces ---------------------------------------------------------------------------------------

    def _heading(self, text: str) -> None:
        self._document.add_heading(text, 1)

    def _plain(self, text: str, size: float | None = None) -> None:
        run = self._document.add_paragraph().add_run(text)
        if size is not None:
            run.font.size, run.font.color.rgb = Pt(size), _SOFT

    def _say_all(self, paragraph: Part, statements: Sequence[Statement], between: str = " ") -> None:
        for place, statement in enumerate(cited_once(statements)):
            if place:
                paragraph.add_run(between)
            if statement.lead:
                paragraph.add_run(statement.lead).bold = True
                paragraph.add_run(" " if statement.text else "")
            self._text(paragraph, statement.text, statement.lang)
            if statement.notes:
                self._notes(paragraph, statement.notes)

    def _text(self, paragraph: Part, text: str, lang: str, *, soft: bool = False) -> None:
        run = paragraph.add_run(text)
        if soft:
            run.font.color.rgb = _SOFT
        if lang not in (self._brief.lang, "und"):
            _speak(run, lang)

    def _notes(self, paragraph: Part, notes: tuple[int, ...]) -> None:
        self._hyperlink(
            paragraph, f" {note_ranges(notes)}", anchor=f"source-{min(notes)}"
        ).font.superscript = True

    def _link(self, paragraph: Part, text: str, url: str) -> None:
        self._hyperlink(paragraph, text, url=url)

    def _hyperlink(self, paragraph: Part, text: str, *, anchor: str = "", url: str = "") -> Part:
        """Put a link into a paragraph, to a bookmark or to an address; python-docx only reads them."""
        link = OxmlElement("w:hyperlink")
        if anchor:
            link.set(qn("w:anchor"), anchor)
        else:
            link.set(qn("r:id"), paragraph.part.relate_to(url, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
        run = paragraph.add_run(text)
        run.font.color.rgb = _ACCENT
        link.append(run._r)
        paragraph._p.append(link)
        return run

    def _bookmark(self, paragraph: Part, name: str, text: str) -> None:
        self._marks += 1
        for kind in ("w:bookmarkStart", "w:bookmarkEnd"):
            mark = OxmlElement(kind)
            mark.set(qn("w:id"), str(self._marks))
            if kind == "w:bookmarkStart":
                mark.set(qn("w:name"), name)
                paragraph._p.append(mark)
                paragraph.add_run(text)
            else:
                paragraph._p.append(mark)


def _set_up(document: Part, brief: Brief) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    section.left_margin = section.right_margin = Cm(2)
    section.top_margin = section.bottom_margin = Cm(1.6)
    section.footer.paragraphs[0].text = f"bufgraph · {brief.words['footer']}"
    about = document.core_properties
    about.title, about.author, about.language = brief.title, "bufgraph", brief.lang
    about.comments, about.created = "", datetime.combine(brief.day, time())
    for name, size in (("Normal", 10), ("List Bullet", 10), ("List Number", 10)):
        style = document.styles[name]
        style.font.name, style.font.size = _FONT, Pt(size)
        style.paragraph_format.space_after = Pt(3)
    _speak(document.styles["Normal"].element, brief.lang)
    for name, size in (("Title", 20), ("Heading 1", 13), ("Heading 2", 11)):
        style = document.styles[name]
        style.font.name, style.font.size, style.font.color.rgb = _FONT, Pt(size), _ACCENT
        style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(8), Pt(3)


def _speak(owner: Part, lang: str) -> None:
    """Set the language of a run or of a style."""
    element: Part = getattr(owner, "_r", owner)
    properties = element.get_or_add_rPr()
    for known in properties.findall(qn("w:lang")):
        properties.remove(known)
    told = OxmlElement("w:lang")
    told.set(qn("w:val"), lang)
    properties.append(told)


def _repeat(row: Part) -> None:
    """Let the head of a table stand on each page, and be read as a head."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))
