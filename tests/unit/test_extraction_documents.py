"""Text comes out of pages and documents; what is broken, locked, huge or hostile is refused with a reason."""

import io
import zipfile
from pathlib import Path

import pytest

from bufgraph.errors import InvalidInputError, NotFoundError, TooLargeError
from bufgraph_ingest.extraction import documents
from bufgraph_ingest.extraction.apart import read_apart
from bufgraph_ingest.extraction.documents import pasted, read_document
from made_documents import pdf, word


def save(folder: Path, name: str, content: bytes) -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


def test_a_page_gives_its_text_without_scripts_and_menus(tmp_path: Path) -> None:
    page = (
        "<html><head><title>Bikes &amp; buses</title><script>alert('Riga 1999')</script></head><body>"
        "<nav><a href='/'>Home of Narva</a></nav><main><h1>Bikes</h1><p>In 2019 <b>Tartu</b> opened a bike share with "
        "750 bikes and more than sixty stations.</p><p onclick='x()'>It works well &lt;so far&gt;.</p></main></body></html>"
    )
    document = read_document(save(tmp_path, "page.html", page.encode()))
    assert (document.kind, document.title) == ("html", "Bikes")
    assert "In 2019 Tartu opened" in document.text
    assert "well <so far>" in document.text
    assert "alert" not in document.text
    assert "Narva" not in document.text


def test_a_pdf_and_a_word_file_give_their_text(tmp_path: Path) -> None:
    held = word(["Tartu opened a bike share."], ["750 bikes", ""])
    assert read_document(save(tmp_path, "a.docx", held)).text.startswith(
        "Tartu opened a bike share.\n750 bikes"
    )
    assert (
        read_document(save(tmp_path, "a.pdf", pdf("Tartu opened a bike share."))).text
        == "Tartu opened a bike share."
    )


@pytest.mark.parametrize(("encoding", "mark"), [("utf-8-sig", ""), ("utf-16", ""), ("cp1257", "")])
def test_text_in_a_common_encoding_is_read(tmp_path: Path, encoding: str, mark: str) -> None:
    text = "Šiauliuose atidarytas verslo inkubatorius, jame dirba žmonės iš viso miesto ir apylinkių. " * 4
    assert read_document(save(tmp_path, "a.txt", text.encode(encoding))).text.startswith(
        f"{mark}Šiauliuose atidarytas"
    )


def test_an_entity_attack_is_not_expanded_but_refused(tmp_path: Path) -> None:
    bomb = b'<?xml version="1.0"?><!DOCTYPE html [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]><html><body><p>&b;</p></body></html>'
    with pytest.raises(InvalidInputError, match=r"bomb\.html declares XML entities"):
        read_document(save(tmp_path, "bomb.html", bomb))
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w") as archive:
        archive.writestr(
            "word/document.xml", b'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/hostname">]><x>&a;</x>'
        )
    with pytest.raises(InvalidInputError, match=r"declares XML entities in word/document\.xml"):
        read_document(save(tmp_path, "bomb.docx", held.getvalue()))


def test_a_zip_bomb_is_refused_before_it_is_unpacked(tmp_path: Path) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", b"\0" * 30_000_000)
    with pytest.raises(TooLargeError, match="unpacks to 30,000,000 bytes"):
        read_document(save(tmp_path, "bomb.docx", held.getvalue()))


def test_a_locked_pdf_asks_for_one_without_a_password(tmp_path: Path) -> None:
    with pytest.raises(InvalidInputError, match=r"locked\.pdf is locked by a password"):
        read_document(save(tmp_path, "locked.pdf", pdf("Tartu", "secret")))


@pytest.mark.parametrize("cut", [30, 200, 500])
def test_a_broken_pdf_is_refused_or_read_but_never_fails_otherwise(tmp_path: Path, cut: int) -> None:
    with pytest.raises(InvalidInputError, match=r"damaged PDF|no readable text"):
        read_document(save(tmp_path, "broken.pdf", pdf("Tartu")[:cut]))


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.docx", b"PK\x03\x04 torn", "damaged archive"),
        ("a.doc", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "old Word"),
        ("a.bin", b"\x7fELF\0\0\0\0", "neither HTML, PDF, DOCX nor text"),
        ("a.txt", b"  \n 1234 \n", "no readable text"),
        ("a.html", b"<html><body></body></html>", "no readable text"),
    ],
)
def test_other_files_are_refused_with_a_reason(
    tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    with pytest.raises(InvalidInputError, match=reason):
        read_document(save(tmp_path, name, content))


def test_files_beyond_the_limits_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(TooLargeError, match="300,000 are read"):
        read_document(save(tmp_path, "long.txt", b"word " * 70_000))
    monkeypatch.setattr(documents, "MAX_BYTES", 100)
    with pytest.raises(TooLargeError, match="101 bytes; at most 100"):
        read_document(save(tmp_path, "big.txt", b"a" * 101))


def test_a_missing_file_is_not_found(tmp_path: Path) -> None:
    with pytest.raises(NotFoundError, match="there is no file"):
        read_document(tmp_path / "none.html")


def test_a_pasted_text_is_text_even_where_it_looks_like_a_page() -> None:
    document = pasted("<p>Tartu</p>\r\n<script>alert(1)</script>", "pasted text")
    assert document.kind == "text"
    assert document.text == "<p>Tartu</p>\n<script>alert(1)</script>"
    assert pasted(document.text, "pasted text").text == document.text


def test_a_document_is_read_the_same_in_a_process_of_its_own(tmp_path: Path) -> None:
    content = word(["Tartu opened a bike share."])
    assert read_apart(content, "a.docx") == read_document(save(tmp_path, "a.docx", content))


def test_what_is_wrong_with_a_document_is_told_across_the_process() -> None:
    with pytest.raises(InvalidInputError, match=r"a\.pdf is locked by a password"):
        read_apart(pdf("Tartu", password="secret"), "a.pdf")
    with pytest.raises(TooLargeError, match=r"a\.txt holds 400,000 characters"):
        read_apart(b"a" * 400_000, "a.txt")


def test_a_process_that_takes_too_long_is_ended() -> None:
    with pytest.raises(TooLargeError, match=r"took longer than 0\.01 seconds"):
        read_apart(b"Tartu", "a.txt", time_s=0.01)
