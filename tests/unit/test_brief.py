"""What a brief holds, and that text of people and records stays text in every format."""

import re
import zipfile
from collections.abc import Callable
from datetime import date
from io import BytesIO

import pytest
from docx import Document
from markdown_it import MarkdownIt

from bufgraph.briefs.brief import (
    Brief,
    Candidate,
    Contact,
    Footnote,
    Mark,
    Question,
    Row,
    Statement,
    Step,
    cited_once,
    note_ranges,
)
from bufgraph.briefs.html import to_article, to_html
from bufgraph.briefs.markdown import to_markdown
from bufgraph.briefs.pdf import SIZES_PT, pages, to_images, to_pdf
from bufgraph.briefs.word import to_word
from bufgraph.briefs.words import OUTCOMES, PHASES, VERDICTS, WORDS, plain, told_words
from bufgraph.localisation.tongue import Tongue

HOSTILE = (
    "<script>alert(1)</script>",
    "#set page(width: 1cm)",
    "[click](javascript:alert(1))",
    "=cmd|' /C calc'!A0",
    "*not bold* _nor_ `this` | a | b |",
    "1. no list",
    "- none either",
    "\u202eright to left\u202c مرحبا שלום",
    "雪 and ❄️ and 😀",
    "x" * 300,
    "\\input{/etc/passwd} $x^2$ @label <label> ~ // comment",
)


def brief(text: str = "Snow on pavements", *, candidates: int = 1, lang: str = "en") -> Brief:
    """Return a brief in which a text stands at every place that a person or a record fills."""
    said = Statement(text, "en", (1,), lead="12%")
    return Brief(
        lang=lang,
        words=told_words(Tongue(lang)),
        title="1 solution for Cēsis",
        need=Statement(text, "und", origin="user"),
        reading=(said,),
        city="Cēsis",
        city_facts=(said,),
        candidates=tuple(
            Candidate(
                n, "gritting", said, "Tartu, Estonia", (Mark("mixed", "±", "Mixed result", "Tartu"),), "3 of 5", said,
                Mark("fits", "✓", "Fits"), (Row("results", "Results", (said, said)),),
            )
            for n in range(1, candidates + 1)
        ),
        contacts=(Contact(text, "Estonia", "https://example.org/", said, (1,)),),
        questions=(Question(text, True, ((1, (said,)),)), Question("", False, ((1, (said,)),))),
        questions_lead="Find out.",
        steps=tuple(Step(n, phase, (said,)) for n, phase in enumerate(PHASES, 1)),
        footnotes=(Footnote(1, text, "https://example.org/a b)", (text,)), Footnote(2, "A report", None)),
        remarks=("A remark.",),
        left_out=(f"“{text}” is gone.",),
        day=date(2026, 11, 24),
        made="24 November 2026",
        version="Data version x",
        address="https://example.org/brief?q=a)b",
    )  # fmt: skip


@pytest.mark.parametrize("text", HOSTILE)
def test_markdown_keeps_text_as_text(text: str) -> None:
    text = plain(text)
    html = MarkdownIt("commonmark").enable("table").render(to_markdown(brief(text)))
    assert "<script" not in html
    assert 'href="javascript' not in html
    quote = re.search(r"<blockquote>\s*<p>(.*?)</p>", html, re.DOTALL)
    assert quote is not None
    assert unescaped(quote[1]) == text


def unescaped(html: str) -> str:
    from html import unescape

    assert "<" not in html
    return unescape(html)


@pytest.mark.parametrize("text", HOSTILE)
@pytest.mark.parametrize("render", [to_html, to_article])
def test_html_keeps_text_as_text(text: str, render: Callable[[Brief], str]) -> None:
    html = str(render(brief(plain(text))))
    assert "<script" not in html
    assert "javascript:" not in re.sub(r">[^<]*<", "><", html)
    assert unescaped(re.findall(r"<blockquote[^>]*>(.*?)</blockquote>", html)[0]) == plain(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_word_keeps_text_as_text(text: str) -> None:
    document = Document(BytesIO(to_word(brief(plain(text)))))
    quote = next(p for p in document.paragraphs if p.style is not None and p.style.name == "Intense Quote")
    assert quote.text == plain(text)


@pytest.mark.parametrize("text", HOSTILE)
def test_pdf_is_set_whatever_the_text(text: str) -> None:
    made = to_pdf(brief(plain(text)))
    assert made.startswith(b"%PDF-")
    assert 1 <= pages(made) <= 2  # a text that was run as markup would change the page


def test_pdf_is_tagged_named_and_the_same_every_time() -> None:
    made = to_pdf(brief(lang="lv"))
    assert b"/MarkInfo" in made
    assert b"pdfuaid" in made  # PDF/UA-1
    assert re.search(rb"/Lang\s*\(lv\)", made)
    assert made == to_pdf(brief(lang="lv"))


def test_pdf_pages_can_be_looked_at() -> None:
    images = to_images(brief(), ppi=40)
    assert len(images) == pages(to_pdf(brief()))
    assert all(image.startswith(b"\x89PNG") for image in images)


def test_pdf_of_a_long_brief_stays_readable() -> None:
    long = brief("A sentence that goes on for some time and says little. " * 8, candidates=5)
    assert pages(to_pdf(long)) > 2  # no smaller letters than the smallest to squeeze it
    assert min(SIZES_PT) >= 8.5


def test_word_has_headings_language_table_head_and_sources() -> None:
    content = to_word(brief(lang="lv"))
    document = Document(BytesIO(content))
    styles = [p.style.name for p in document.paragraphs if p.style is not None]
    assert styles.count("Title") == 1
    assert styles.count("Heading 1") == 7
    assert styles.count("Heading 2") == 1
    assert styles.count("List Number") == 5
    assert document.core_properties.title == "1 solution for Cēsis"
    assert document.core_properties.language == "lv"
    xml = zipfile.ZipFile(BytesIO(content)).read("word/document.xml").decode()
    assert '<w:lang w:val="en"/>' in xml
    assert "<w:tblHeader/>" in xml
    assert 'w:anchor="source-1"' in xml
    assert 'w:name="source-1"' in xml


def test_article_marks_the_language_of_record_text() -> None:
    html = str(to_article(brief(lang="lv")))
    assert '<span lang="en">Snow on pavements</span>' in html
    assert '<blockquote dir="auto" lang="">' in html
    assert 'lang="en">' not in str(to_article(brief(lang="en")))


def test_notes_are_written_short_and_named_once_in_a_row() -> None:
    assert note_ranges((7, 1, 2, 3)) == "1–3, 7"
    assert note_ranges((4, 5)) == "4, 5"
    assert note_ranges(()) == ""
    one, other = Statement("a", "en", (1,)), Statement("b", "en", (2,))
    assert [s.notes for s in cited_once([one, one, other])] == [(), (1,), (2,)]


def test_plain_text_is_one_line_without_controls() -> None:
    assert plain("a\n\tb\x00\u202ec\ufffe") == "a bc"


def test_every_word_with_a_sign_has_one_of_its_own_kind() -> None:
    for table in (OUTCOMES, VERDICTS):
        signs = [sign for sign, _ in table.values()]
        assert len(set(signs)) == len(signs)
    assert all(WORDS.values())
