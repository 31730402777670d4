"""From a text to a draft: what the extraction proposes, shown with its places; a person decides, the server keeps nothing."""

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from threading import BoundedSemaphore
from typing import Any, Final
from weakref import WeakKeyDictionary

from fastapi import Request
from fastapi.responses import Response

from bufgraph.errors import BufgraphError, InvalidInputError, NotAvailableError, TooLargeError
from bufgraph.localisation.phrases import Phrase, phrase
from bufgraph.services.answers import AnswerService
from bufgraph_api.errors import status_of
from bufgraph_api.limits import MAX_UPLOAD_BYTES
from bufgraph_api.pages.city_names import suggested_names
from bufgraph_api.pages.extract_form import Filled, Sent, check_address, too_large
from bufgraph_api.pages.extract_view import KINDS, decided, lines_of, marked
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services, State
from bufgraph_ingest.extraction.apart import read_apart
from bufgraph_ingest.extraction.documents import Document, pasted
from bufgraph_ingest.extraction.extractor import Draft, Extractor
from bufgraph_ingest.extraction.review import WRITTEN, Review, Row, as_json, as_sheet, make_review

MOST_CHARACTERS: Final = 40_000
"""Characters of a text that are read here, about ten pages: some three seconds at the worst."""
MOST_LINES: Final = 300
"""Proposals that are shown."""
SECTORS: Final = ("government", "university", "industry", "civil-society")
_PASTED: Final = "pasted text"
_MEDIA: Final = {
    "json": "application/json",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
_AT_ONCE: Final = BoundedSemaphore(2)
_WAIT_S: Final = 5
_extractors: "WeakKeyDictionary[AnswerService, Extractor]" = WeakKeyDictionary()
Json = dict[str, Any]  # Any: JSON


def extract_page(request: Request, services: Services) -> Response:
    """The form that takes a text or a file."""
    return _page(request, services, Sent())


def extracted_page(request: Request, services: Services, sent: Filled) -> Response:
    """The draft of what was sent; or, once a person decided, the review file to download."""
    try:
        if isinstance(sent.problem, TooLargeError):
            raise too_large()
        if sent.problem is not None:
            raise sent.problem
        check_address(sent.url)
        with _turn():
            if sent.about and sent.download in _MEDIA:
                return _decided(request, services, sent)
            document, cut = _shortened(_document(sent))
            draft = _drafted(services, document)
        return _page(request, services, sent, _shown(services, sent, document, draft, {}, cut))
    except BufgraphError as err:
        return _page(
            request,
            services,
            sent,
            {"problem": err.message, "is_english": not isinstance(err.message, Phrase)},
            _status(err),
        )


def _status(error: BufgraphError) -> int:
    """Return 422 for a form that was understood but whose content is of no use; else as everywhere."""
    status = status_of(error)
    return 422 if status == 400 else status


@contextmanager
def _turn() -> Iterator[None]:
    """Wait for a turn: reading texts takes whole processors, and other visitors want to be served too.

    Raises:
        NotAvailableError: Too many are read at the moment.
    """
    if not _AT_ONCE.acquire(timeout=_WAIT_S):
        raise NotAvailableError(phrase("Other texts are being read right now. Try again in a few seconds."))
    try:
        yield
    finally:
        _AT_ONCE.release()


def _document(sent: Sent) -> Document:
    if sent.file is not None:
        return read_apart(*sent.file)
    if not sent.text.strip():
        raise InvalidInputError(
            phrase("There is nothing to read yet: paste a text or choose a file."), field="text"
        )
    return pasted(sent.text[: MOST_CHARACTERS * 2], _PASTED)


def _shortened(document: Document) -> tuple[Document, int]:
    """Return a document with no more text than is read here, and how many characters it had where it was cut, else 0."""
    text = document.text
    if len(text) <= MOST_CHARACTERS:
        return document, 0
    end = max(text.rfind(mark, MOST_CHARACTERS // 2, MOST_CHARACTERS) for mark in ("\n", " "))
    kept = text[: end if end > 0 else MOST_CHARACTERS].rstrip()
    return Document(document.file, document.title, kept, document.kind, document.sha256), len(text)


def _drafted(services: State, document: Document) -> Draft:
    found = _extractors.get(services.answers)
    if found is None:
        found = _extractors.setdefault(services.answers, Extractor.of(services.build))
    draft = found.draft(document.text)
    return Draft(draft.text, draft.lang, draft.proposals[:MOST_LINES])


def _decided(request: Request, services: State, sent: Sent) -> Response:
    """Return the review file, or the page again with what is wrong with it."""
    document = sent.document()
    if len(document.text) > MOST_CHARACTERS:
        raise too_large()
    draft = _drafted(services, document)
    review, problems = decided(services, make_review(document, draft, sent.url), sent)
    if problems:
        return _page(request, services, sent, _shown(services, sent, document, draft, problems), 422)
    content = as_json(review) if sent.download == "json" else as_sheet(review)
    name = f"review-{re.sub(r'[^A-Za-z0-9]+', '-', document.file.rpartition('.')[0] or document.file).strip('-') or 'draft'}"
    headers = {
        "Content-Disposition": f'attachment; filename="{name}.{sent.download}"',
        "Cache-Control": "no-store",
    }
    return Response(content, media_type=_MEDIA[sent.download], headers=headers)


def _shown(
    services: State,
    sent: Sent,
    document: Document,
    draft: Draft,
    problems: Mapping[int, Phrase],
    cut: int = 0,
) -> Json:
    """Return a draft for the template.

    Args:
        problems: Number of a line → what is wrong with what was entered there.
        cut: Characters that the document had before it was cut; 0 where it was not.
    """
    tongue = services.tongue
    review: Review = make_review(document, draft, sent.url)

    def where(row: Row) -> str:
        return tongue.tell(phrase("characters {start} to {end}", start=row.start, end=row.end))

    return {
        "document": document,
        "draft": draft,
        "marked": marked(document.text, review.rows, lambda kind: tongue.tell(KINDS[kind]), where),
        "lines": lines_of(services, review, sent.entries or {}, problems),
        "cut": cut,
        "problem": phrase("Some lines cannot be used yet. Nothing was lost; mend them and try again.")
        if problems
        else None,
    }


def _page(
    request: Request, services: State, sent: Sent, shown: Json | None = None, status: int = 200
) -> Response:
    values: Json = {
        "document": None, "draft": None, "lines": [], "problem": None, "is_english": False, "sent": sent, "kinds": KINDS, "sectors": SECTORS,
        "written": sent.written or dict.fromkeys(WRITTEN, ""), "cities": suggested_names(services.present),
        "megabytes": MAX_UPLOAD_BYTES // 1_000_000, "most": MOST_CHARACTERS, "most_lines": MOST_LINES, **(shown or {}),
    }  # fmt: skip
    answer = render(request, "extract.html", status, **values)
    if request.method == "POST":
        answer.headers["Cache-Control"] = "no-store"
    if status == 503:
        answer.headers["Retry-After"] = "5"
    return answer
