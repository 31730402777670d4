"""What the data hold, how programs ask, how the site was translated."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Final

from fastapi import Request
from fastapi.responses import Response

from bufgraph.localisation.extraction import catalogue, untranslated
from bufgraph.localisation.phrases import Phrase, phrase
from bufgraph.localisation.tongue import INTERFACE_LANGUAGES
from bufgraph.namespaces import slug
from bufgraph_api.pages.figures.evidence import evidence_distribution
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services, State

COUNTS: Final[Mapping[str, Phrase]] = {
    "practices": phrase("Practices"),
    "adoptions": phrase("Practices in one place each"),
    "cities": phrase("Cities"),
    "regions": phrase("Regions"),
    "experts": phrase("Expert organisations"),
    "organisations": phrase("Organisations"),
    "needs": phrase("Needs of cities"),
    "results": phrase("Results"),
    "lessons": phrase("Lessons"),
    "obstacles": phrase("Obstacles"),
    "conditions": phrase("Conditions for a transfer"),
    "observations": phrase("Published facts on cities"),
    "documents": phrase("Source pages"),
    "citations": phrase("Links from a record to a source page"),
    "concepts": phrase("Concepts"),
    "translations": phrase("Practices with a short translation"),
    "triples": phrase("Statements in the graph"),
    "passages": phrase("Passages that are searched"),
}
"""Words for what a build counts; a kind that is not here is of use to programs only."""


def about_page(request: Request, services: Services) -> Response:
    """What the data holds, how answers are made, what is missing."""
    data = services.answers.catalogue
    outcomes: dict[str, int] = {}
    for adoption in data.adoptions.values():
        outcomes[slug(adoption.outcome)] = outcomes.get(slug(adoption.outcome), 0) + 1
    summary = services.build.summary()
    return render(
        request,
        "about.html",
        summary=summary,
        counts=[
            (words, summary["counts"][name]) for name, words in COUNTS.items() if name in summary["counts"]
        ],
        outcomes=dict(sorted(outcomes.items(), key=lambda pair: -pair[1])),
        evidence=evidence_distribution(data.practices, services.networks.levels, services.present),
        unverified=sum(1 for o in data.observations.values() if slug(o.verification) != "verified"),
        facts=len(data.observations),
    )


def api_page(request: Request, services: Services) -> Response:
    """The API, from its own description."""
    schema = request.app.openapi()
    operations = [
        {"path": path, "method": method.upper(), **operation}
        for path, item in schema["paths"].items()
        for method, operation in item.items()
    ]
    return render(request, "api.html", operations=operations)


@dataclass(frozen=True, slots=True)
class Translated:
    """How far a language is translated, each as a share in [0, 1].

    Attributes:
        interface: Of the texts of the site; None for English, in which they are written.
        practices: Of the practices, those with title, problem and solution.
        challenges: Of the names of challenges and domains.
    """

    code: str
    interface: float | None
    practices: float
    challenges: float


def translations_page(request: Request, services: Services) -> Response:
    """Which languages there are, how they came about, how complete they are, and how to mend them."""
    return render(
        request, "translations.html", languages=[_translated(services, code) for code in INTERFACE_LANGUAGES]
    )


def _translated(services: State, code: str) -> Translated:
    data = services.answers.catalogue
    if code == INTERFACE_LANGUAGES[0]:
        return Translated(code, None, 1.0, 1.0)
    told = sum(1 for translation in data.translation_of.values() if code in translation.local_title)
    named = [c for c in data.concepts.values() if "/scheme/challenge/" in c.id or "/scheme/domain/" in c.id]
    return Translated(
        code,
        _interface_share(code),
        told / max(len(data.practices), 1),
        sum(1 for c in named if code in c.pref_label) / max(len(named), 1),
    )


@cache
def _interface_share(code: str) -> float:
    """Return the share of the site's texts that a catalogue translates; the catalogues are read once, as by the pages themselves."""
    known = catalogue(code)
    return 1 - len(untranslated(known)) / max(len(known), 1)
