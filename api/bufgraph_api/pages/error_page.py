"""The page for an address that gives nothing: what happened, what may be meant, and where to go on."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, cast

from fastapi import Request
from fastapi.responses import Response

from bufgraph.localisation.phrases import Phrase, phrase
from bufgraph_api.pages.city_names import suggested_names
from bufgraph_api.pages.rendering import render
from bufgraph_api.pages.search_form import EXAMPLES, SearchForm
from bufgraph_api.state import State

_TITLES: Final[Mapping[int, Phrase]] = {
    400: phrase("We cannot use this address"),
    404: phrase("This page is not here"),
    405: phrase("This page can only be read"),
    413: phrase("That was too much text"),
    414: phrase("That was too much text"),
    500: phrase("Something went wrong on our side"),
    503: phrase("Not available at this moment"),
}
_ADVICE: Final[Mapping[int, Phrase]] = {
    413: phrase("A sentence or a paragraph is enough. Shorten the text and try again."),
    414: phrase("A sentence or a paragraph is enough. Shorten the text and try again."),
    500: phrase("It is not your fault. Please try again; if it happens again, start from the search below."),
    503: phrase("The data may be renewed right now. Please try again in a moment."),
}
_OTHER: Final = phrase("That did not work")
_KINDS: Final[Mapping[str, tuple[str, Phrase, Phrase]]] = {
    "practice": (
        "practices",
        phrase("There is no practice called “{name}”.", name=""),
        phrase("All practices"),
    ),
    "city": ("cities", phrase("There is no city called “{name}”.", name=""), phrase("All cities")),
    "challenge": (
        "challenges",
        phrase("There is no challenge called “{name}”.", name=""),
        phrase("All challenges"),
    ),
    "expert": ("experts", phrase("There is no expert called “{name}”.", name=""), phrase("All experts")),
}
"""Kind of record → address of its list, sentence, name of the list."""


@dataclass(frozen=True, slots=True)
class Offer:
    """A page that may be meant."""

    label: str
    href: str


def error_page(
    request: Request, status: int, detail: str, facts: Mapping[str, object], headers: Mapping[str, str]
) -> Response:
    """Return the page for an error.

    Args:
        detail: What happened, for a reader; it may be English only.
        facts: Those of the error: ``kind``, ``slug`` and ``suggestions`` of a record that is not there.
        headers: To send with it, such as ``Retry-After``.
    """
    services = cast(State, request.app.state.bufgraph).speaking(request.scope.get("interface_language", "en"))
    kind, name = str(facts.get("kind", "")), str(facts.get("slug", ""))
    found = _KINDS.get(kind)
    answer = render(
        request,
        "error.html",
        status,
        title=_TITLES.get(status, _OTHER),
        detail=_about(found[1], name) if found else "" if status in _ADVICE or status == 404 else detail,
        advice=_ADVICE.get(status),
        offers=_offers(services, kind, facts.get("suggestions")) if found else [],
        list=Offer(found[2], f"/{found[0]}") if found else None,
        form=SearchForm(),
        examples=EXAMPLES,
        cities=suggested_names(services.present),
    )
    answer.headers.update(headers)
    return answer


def _about(sentence: Phrase, name: str) -> Phrase:
    return Phrase(sentence.template, {"name": name})


def _offers(services: State, kind: str, suggestions: object) -> list[Offer]:
    catalogue = services.answers.catalogue
    looked_up = {
        "practice": catalogue.practice,
        "city": catalogue.city,
        "challenge": catalogue.challenge,
        "expert": catalogue.expert,
    }
    names = [name for name in suggestions if isinstance(name, str)] if isinstance(suggestions, list) else []
    return [Offer(services.present.label(looked_up[kind](name).id), f"/{kind}/{name}") for name in names]
