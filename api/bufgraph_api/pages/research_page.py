"""The page for those who study what cities try: how to ask, take, trust and cite the data."""

from functools import cache
from pathlib import Path
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from bufgraph import __version__
from bufgraph.localisation.phrases import message
from bufgraph.namespaces import slug
from bufgraph.resources import queries_dir
from bufgraph.services import evaluating
from bufgraph.services.composition import Build
from bufgraph.services.export_descriptions import CREATOR, LICENCE, TITLE, cite
from bufgraph.services.exported import GRAPHS, SUMS, Export, read_export
from bufgraph.services.publishing import export_folder
from bufgraph_api.pages.forms import query_string
from bufgraph_api.pages.rendering import render
from bufgraph_api.sharing.site import site_of
from bufgraph_api.state import Services, State

Json = dict[str, Any]  # Any: JSON
_QUESTIONS: Final = (
    (
        message("Do practices that were taken over end differently from first attempts?"),
        "rq01-outcome-of-transfers",
    ),
    (message("Which barriers stand out where a practice failed or stalled?"), "rq02-barriers-of-setbacks"),
    (
        message("Which challenges do many cities have, while no practice against them is well proven?"),
        "rq05-evidence-gaps",
    ),
)
"""Question → file of the query that answers it."""
_SETBACKS: Final = ("failed", "stopped", "mixed")


def research_page(request: Request, services: Services) -> Response:
    """What researchers get, with the figures of this build."""
    export = _export(services.build)
    result = evaluating.published()
    return render(
        request,
        "research.html",
        counts=_counts(services),
        questions=[
            {
                "text": services.tongue.message(text),
                "address": f"/sparql?{query_string([('ask', _query(name))])}",
            }
            for text, name in _QUESTIONS
        ],
        files=[file for file in export.files if file.name in GRAPHS] if export else [],
        quality={**result, "overall": result["systems"][evaluating.OURS]["overall"]} if result else None,
        citation=_citation(services.build, export),
        site=site_of(request),
        licence=LICENCE,
    )


def _counts(services: State) -> Json:
    catalogue = services.answers.catalogue
    outcomes = [slug(adoption.outcome) for adoption in catalogue.adoptions.values()]
    return {
        **catalogue.counts(),
        "triples": services.build.manifest["quads"],
        "setbacks": sum(outcome in _SETBACKS for outcome in outcomes),
        "compared": sum(result.baseline_value is not None for result in catalogue.results.values()),
        "named": len({*catalogue.organisations, *catalogue.experts}),
        "countries": len({city.country_code for city in catalogue.cities.values()}),
        "schemes": len({concept.scheme for concept in catalogue.concepts.values()}),
    }


def _citation(build: Build, export: Export | None) -> Json:
    """Return how to cite this state of the data, as a line and as BibTeX.

    Args:
        export: Its version names the content; without one the build does.
    """
    year, dataset = int(build.manifest["as_of_year"]), f"{build.settings.base_iri}dataset/bufgraph"
    version = export.version if export else f"{__version__}, build {build.manifest['build']}"
    fields = {
        "author": f"{{{CREATOR}}}", "title": f"{{{TITLE}}}", "year": str(year), "version": version, "url": dataset,
        "note": "Data set, CC BY 4.0",
    }  # fmt: skip
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return {"text": cite(version, year, dataset), "bibtex": f"@misc{{bufgraph{year},\n{lines}}}"}


@cache
def _query(name: str) -> str:
    return (queries_dir() / "research" / f"{name}.rq").read_text(encoding="utf-8")


def _export(build: Build) -> Export | None:
    """Return the files to download, where they have been made; the page itself makes none."""
    folder = export_folder(build)
    return _read(folder) if (folder / SUMS).is_file() else None


@cache
def _read(folder: Path) -> Export:
    return read_export(folder)
