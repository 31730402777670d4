"""Documents of the kinds that the extraction reads, made here so that nobody's text is copied."""

import io
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import docx
from pypdf import PdfWriter
from pypdf.generic import DecodedStreamObject, DictionaryObject, NameObject

FOREIGN_PAGE: Final = Path(__file__).parent / "samples" / "page" / "rostock.html"
"""A page as a city writes them, in German, with menus and a script; what it says is invented."""


def pdf(text: str, password: str = "") -> bytes:
    """Write a PDF of one page."""
    writer = PdfWriter()
    page = writer.add_blank_page(300, 300)
    font = DictionaryObject(
        {
            NameObject("/Type"): NameObject("/Font"),
            NameObject("/Subtype"): NameObject("/Type1"),
            NameObject("/BaseFont"): NameObject("/Helvetica"),
        }
    )
    page[NameObject("/Resources")] = DictionaryObject(
        {NameObject("/Font"): DictionaryObject({NameObject("/F1"): font})}
    )
    stream = DecodedStreamObject()
    stream.set_data(f"BT /F1 12 Tf 20 200 Td ({text}) Tj ET".encode("latin-1"))
    page[NameObject("/Contents")] = writer._add_object(stream)
    if password:
        writer.encrypt(password, algorithm="RC4-128")
    held = io.BytesIO()
    writer.write(held)
    return held.getvalue()


def word(paragraphs: Sequence[str], cells: Sequence[str] = ()) -> bytes:
    """Write a Word document, with a table of one row where cells are given."""
    written = docx.Document()
    for paragraph in paragraphs:
        written.add_paragraph(paragraph)
    if cells:
        row = written.add_table(1, len(cells)).rows[0]
        for place, text in zip(row.cells, cells, strict=True):
            place.text = text
    held = io.BytesIO()
    written.save(held)
    return held.getvalue()
