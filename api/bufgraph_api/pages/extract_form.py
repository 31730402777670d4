"""What the page for drafts is sent: a text or a file, then a person's decisions. Read in memory, kept nowhere."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import PurePath
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.datastructures import FormData, UploadFile
from starlette.formparsers import FormParser, MultiPartException, MultiPartParser

from bufgraph.errors import BufgraphError, InvalidInputError, TooLargeError
from bufgraph.localisation.phrases import phrase
from bufgraph_api.limits import MAX_UPLOAD_BYTES
from bufgraph_ingest.extraction.documents import Document
from bufgraph_ingest.extraction.review import WRITTEN

_FIELDS: Final = 2_000
_KINDS: Final = ("html", "pdf", "docx", "text")
_LONGEST: Final = 2_000
"""Characters of a field that a person writes; a longer one is cut."""


class _InMemory(MultiPartParser):
    """Keeps a file in memory, so that nothing that somebody sends is ever written to a disk."""

    spool_max_size = MAX_UPLOAD_BYTES + 1


@dataclass(frozen=True, slots=True)
class Entry:
    """What a person says of one proposal.

    Attributes:
        take: Whether it goes into the record.
        value: As shown or written: a city by its name, a concept by its slug.
        use: What it becomes; ``detail``: what was measured, or the sector of an organisation.
    """

    take: bool
    value: str
    use: str
    detail: str


@dataclass(frozen=True, slots=True)
class Sent:
    """A form as it came.

    Attributes:
        text: Pasted, or the text of the document that the decisions are about.
        file: Content and name of an uploaded file, if there is one.
        url: Where the text was found.
        about: Of the document that the decisions are about: file, title, kind, sha256; else empty.
        entries: Number of a proposal → what is said of it.
        written: Title, problem, summary and approach in the person's words.
        by: The organisation that confirms.
        download: ``json`` or ``xlsx`` where the decisions are to be downloaded; else "".
        problem: Why the form could not be read; then all else is empty.
    """

    text: str = ""
    file: tuple[bytes, str] | None = None
    url: str = ""
    about: Mapping[str, str] | None = None
    entries: Mapping[int, Entry] | None = None
    written: Mapping[str, str] | None = None
    by: str = ""
    download: str = ""
    problem: BufgraphError | None = None

    def document(self) -> Document:
        """Return the document that the decisions are about."""
        about = self.about or {}
        return Document(about["file"], about["title"], self.text, about["kind"], about["sha256"])


async def _sent(request: Request) -> Sent:
    """Read a form; what is wrong with it is told by the page, so nothing is raised here."""
    try:
        form = await _form(request)
        try:
            return await _read(form)
        finally:
            await form.close()
    except MultiPartException as err:
        return Sent(problem=_broken(err))
    except BufgraphError as err:
        return Sent(problem=err)


Filled = Annotated[Sent, Depends(_sent)]
"""Parameter type of a route that takes the form."""


def _broken(cause: MultiPartException) -> InvalidInputError:
    error = InvalidInputError(phrase("The form did not arrive whole. Send it again."), cause=cause.message)
    error.__cause__ = cause
    return error


async def _form(request: Request) -> FormData:
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind == "multipart/form-data":
        parser = _InMemory(
            request.headers, request.stream(), max_files=1, max_fields=_FIELDS, max_part_size=MAX_UPLOAD_BYTES
        )
        return await parser.parse()
    if kind == "application/x-www-form-urlencoded":
        return await FormParser(
            request.headers, request.stream(), max_fields=_FIELDS, max_part_size=MAX_UPLOAD_BYTES
        ).parse()
    raise InvalidInputError(phrase("There is nothing to read yet: paste a text or choose a file."))


async def _read(form: FormData) -> Sent:
    upload = form.get("file")
    file = None
    if isinstance(upload, UploadFile) and upload.filename:
        file = (await upload.read(), _file_name(upload.filename))
    return Sent(
        text=_text(form, "text").replace("\r\n", "\n"),
        file=file,
        url=_text(form, "url").strip()[:_LONGEST],
        about=_about(form),
        entries=_entries(form),
        written={name: _text(form, f"w-{name}").strip()[:_LONGEST] for name in WRITTEN},
        by=_text(form, "by").strip()[:_LONGEST],
        download=_text(form, "as"),
    )


def _text(form: FormData, name: str) -> str:
    value = form.get(name)
    return value if isinstance(value, str) else ""


def _file_name(given: str) -> str:
    """Return the last part of a file's name, without what is no letter, digit or mark of a name."""
    name = PurePath(given.replace("\\", "/")).name
    return re.sub(r"[^\w.,() -]", "", name).strip(" -")[-100:] or "document"


def _about(form: FormData) -> dict[str, str]:
    about = {name: _text(form, f"a-{name}")[:_LONGEST] for name in ("file", "title", "kind", "sha256")}
    is_ours = about["kind"] in _KINDS and re.fullmatch(r"[0-9a-f]{64}", about["sha256"])
    return {**about, "file": _file_name(about["file"])} if is_ours else {}


def _entries(form: FormData) -> dict[int, Entry]:
    taken = set(form.getlist("take"))
    numbers = [name[1:] for name in form if re.fullmatch(r"v\d{1,4}", name)]
    return {
        int(number): Entry(
            number in taken,
            *(_text(form, f"{part}{number}").strip()[:_LONGEST] for part in ("v", "u", "d")),
        )
        for number in numbers
    }


def check_address(url: str) -> None:
    """Refuse what is no address of a page.

    Raises:
        InvalidInputError: It begins with neither http:// nor https://.
    """
    if url and not url.startswith(("http://", "https://")):
        raise InvalidInputError(
            phrase("“{url}” is no web address; it begins with https://.", url=url[:80]), field="url"
        )


def too_large() -> TooLargeError:
    """Return that a file is larger than what is read."""
    return TooLargeError(
        phrase(
            "A file may have at most {megabytes:,.0f} MB. Save the part that describes the practice, or paste its text.",
            megabytes=MAX_UPLOAD_BYTES / 1_000_000,
        ),
        limit=MAX_UPLOAD_BYTES,
    )
