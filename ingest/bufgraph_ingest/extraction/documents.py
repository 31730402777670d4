"""Text of a page or document, by maintained readers and within limits: nothing in it is run, fetched or expanded."""

import hashlib
import io
import re
import unicodedata
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from charset_normalizer import from_bytes

from bufgraph.errors import InvalidInputError, NotFoundError, TooLargeError

if TYPE_CHECKING:
    from pypdf import PdfReader

MAX_BYTES: Final = 20_000_000
MAX_CHARACTERS: Final = 300_000
"""About a hundred pages. More is no description of one practice."""
MAX_PAGES: Final = 200
MAX_UNZIPPED_BYTES: Final = 100_000_000
MAX_RATIO: Final = 200
"""Unpacked by packed size of one part of a DOCX file. Text of a real document packs to about a tenth."""
_ENTITY: Final = re.compile(rb"<!ENTITY", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Document:
    """What was read.

    Attributes:
        title: As the document names itself; else "".
        text: Paragraphs, one a line.
        kind: ``html``, ``pdf``, ``docx`` or ``text``.
        sha256: Of the bytes of the file.
    """

    file: str
    title: str
    text: str
    kind: str
    sha256: str


def read_document(path: Path) -> Document:
    """Read a file; what it is is told by its first bytes, not by its name.

    Raises:
        NotFoundError: There is no such file.
        TooLargeError: It passes a limit.
        InvalidInputError: It is damaged, locked by a password, of another kind, or holds no text.
    """
    if not path.is_file():
        raise NotFoundError(f"there is no file {path}", path=str(path))
    _check_size(path.name, path.stat().st_size)
    return document_of(path.read_bytes(), path.name)


def document_of(content: bytes, name: str) -> Document:
    """Read the content of a file; as :func:`read_document`.

    Args:
        name: Of the file, for messages; its ending counts only where the content leaves open what it is.
    """
    _check_size(name, len(content))
    kind = _kind(content, name)
    title, text = _READERS[kind](content, name)
    return _document(name, title, text, kind, content)


def pasted(text: str, name: str) -> Document:
    """Return a text as it was pasted: nothing in it is taken for markup.

    Raises:
        TooLargeError, InvalidInputError: As :func:`read_document`.
    """
    return _document(name, _first_line(text), text, "text", text.encode())


def _document(name: str, title: str, text: str, kind: str, content: bytes) -> Document:
    text = _tidy(text)
    if not any(char.isalpha() for char in text):
        hint = "; a scanned page needs text recognition first" if kind == "pdf" else ""
        raise InvalidInputError(f"there is no readable text in {name}{hint}", file=name)
    if len(text) > MAX_CHARACTERS:
        raise TooLargeError(
            f"{name} holds {len(text):,} characters of text; at most {MAX_CHARACTERS:,} are read. Save the part that "
            "describes the practice",
            file=name, limit=MAX_CHARACTERS,
        )  # fmt: skip
    return Document(name, " ".join(title.split()), text, kind, hashlib.sha256(content).hexdigest())


def _check_size(name: str, size: int) -> None:
    if size > MAX_BYTES:
        raise TooLargeError(
            f"{name} has {size:,} bytes; at most {MAX_BYTES:,} are read. Save the part that describes the practice",
            file=name, limit=MAX_BYTES,
        )  # fmt: skip


def _kind(content: bytes, name: str) -> str:
    start = content[:1024].lstrip(b"\xef\xbb\xbf \t\r\n")
    if b"%PDF-" in start:
        return "pdf"
    if start.startswith(b"PK\x03\x04"):
        return "docx"
    if start.startswith((b"\xd0\xcf\x11\xe0", b"{\\rtf")):
        raise InvalidInputError(
            f"{name} is an old Word, password-protected or RTF file; save it as .docx without a password, PDF or text",
            file=name,
        )
    if re.match(rb"(?is)<(!doctype html|html|\?xml|head|body|article|main|div|p\b|!--)", start):
        return "html"
    if name.lower().endswith((".html", ".htm", ".xhtml")):
        return "html"
    if b"\0" in content[:4096] and not start.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise InvalidInputError(
            f"{name} is neither HTML, PDF, DOCX nor text; save it as one of them", file=name
        )
    return "text"


def _from_text(content: bytes, name: str) -> tuple[str, str]:
    best = from_bytes(content).best()
    if best is None:
        raise InvalidInputError(f"the encoding of {name} cannot be told; save it as UTF-8")
    text = str(best).lstrip("\ufeff")
    return _first_line(text), text


def _first_line(text: str) -> str:
    """Return the first line where it can be a title."""
    first = text.strip().split("\n", 1)[0].lstrip("# ").strip()
    return first if len(first) <= 120 and not first.endswith(".") else ""


def _from_html(content: bytes, name: str) -> tuple[str, str]:
    if _ENTITY.search(content):
        raise InvalidInputError(
            f"{name} declares XML entities, which can hide an attack and are never expanded here; save the page without them"
        )
    # Imported here: it takes 0.8 s, and only a page needs it.
    from trafilatura import extract  # noqa: PLC0415
    from trafilatura.metadata import extract_metadata  # noqa: PLC0415

    try:
        text = extract(content, include_comments=False, include_tables=True, favor_recall=True) or ""
        metadata = extract_metadata(content)
    except (ValueError, RecursionError) as err:
        raise InvalidInputError(f"{name} cannot be read as HTML: {err}; save it as text") from err
    return str(metadata.title or "") if metadata else "", text


def _from_pdf(content: bytes, name: str) -> tuple[str, str]:
    from pypdf import PdfReader  # noqa: PLC0415  # only a PDF needs it
    from pypdf.errors import PyPdfError  # noqa: PLC0415

    try:
        reader = PdfReader(io.BytesIO(content))
        locked = reader.is_encrypted and not reader.decrypt("")
        if not locked:
            if len(reader.pages) > MAX_PAGES:
                raise TooLargeError(
                    f"{name} has {len(reader.pages):,} pages; at most {MAX_PAGES} are read. Save those on the practice",
                    limit=MAX_PAGES,
                )
            title = str((reader.metadata.title if reader.metadata else None) or "")
            return title, _pages(reader)
    except InvalidInputError:
        raise
    except (
        PyPdfError,
        ValueError,
        KeyError,
        TypeError,
        AttributeError,
        IndexError,
        OSError,
        RecursionError,
        NotImplementedError,
    ) as err:  # a broken file breaks anywhere
        raise InvalidInputError(f"{name} is a damaged PDF ({err}); save it again, or as text") from err
    raise InvalidInputError(f"{name} is locked by a password; save it without one")


def _pages(reader: "PdfReader") -> str:
    found, length = [], 0
    for page in reader.pages:
        text = page.extract_text()
        length += len(text)
        found.append(_joined(text))
        if length > 2 * MAX_CHARACTERS:
            break  # the limit will say so
    return "\n".join(found)


def _joined(text: str) -> str:
    """Join the lines of a printed paragraph, and words parted at their end."""
    text = re.sub(r"(?<=[^\W\d_])-\n(?=[a-zåäöõüæøß])", "", text)
    return re.sub(r"(?<![.!?:\n])\n(?=\S)", " ", text)


def _from_docx(content: bytes, name: str) -> tuple[str, str]:
    _check_zip(content, name)
    import docx  # noqa: PLC0415  # only a DOCX needs it
    from docx.opc.exceptions import OpcError  # noqa: PLC0415

    try:
        file = docx.Document(io.BytesIO(content))
        lines = [paragraph.text for paragraph in file.paragraphs]
        lines += [" | ".join(cell.text for cell in row.cells) for table in file.tables for row in table.rows]
        return file.core_properties.title or "", "\n".join(lines)
    except (
        OpcError,
        KeyError,
        ValueError,
        SyntaxError,
        zipfile.BadZipFile,
    ) as err:  # lxml's parse error is a SyntaxError
        raise InvalidInputError(
            f"{name} is no Word document or is damaged ({err}); save it again as .docx"
        ) from err


def _check_zip(content: bytes, name: str) -> None:
    """Refuse archives that unpack to far more than they hold, and XML with entities, before anything is unpacked."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            parts = archive.infolist()
            total = sum(part.file_size for part in parts)
            dense = [
                p.filename
                for p in parts
                if p.file_size > MAX_RATIO * max(p.compress_size, 1) and p.file_size > 1_000_000
            ]
            if total > MAX_UNZIPPED_BYTES or dense:
                raise TooLargeError(
                    f"{name} unpacks to {total:,} bytes from {len(content):,}; that is no document of text",
                    limit=MAX_UNZIPPED_BYTES,
                )
            if "word/document.xml" not in archive.namelist():
                raise InvalidInputError(
                    f"{name} is an archive but no Word document; unpack it and name one file"
                )
            for part in parts:
                if part.filename.endswith((".xml", ".rels")) and _ENTITY.search(archive.read(part)):
                    raise InvalidInputError(
                        f"{name} declares XML entities in {part.filename}, which no Word document does; it is not read"
                    )
    except (zipfile.BadZipFile, EOFError, NotImplementedError, RuntimeError, OSError) as err:
        raise InvalidInputError(f"{name} is a damaged archive ({err}); save the document again") from err


_READERS: Final[dict[str, Callable[[bytes, str], tuple[str, str]]]] = {
    "html": _from_html, "pdf": _from_pdf, "docx": _from_docx, "text": _from_text,
}  # fmt: skip


def _tidy(text: str) -> str:
    """Normalise (NFC), drop control characters, one space between words, one line a paragraph."""
    text = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\t", " "))
    text = "".join(
        char for char in text if char == "\n" or unicodedata.category(char) not in {"Cc", "Cf", "Cs"}
    )
    lines = (" ".join(line.split()) for line in text.split("\n"))
    return "\n".join(line for line in lines if line)
