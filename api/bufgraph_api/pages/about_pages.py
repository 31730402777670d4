"""What the data hold, how good the search is, how programs ask."""

from fastapi import Request
from fastapi.responses import Response

from bufgraph.namespaces import slug
from bufgraph.services import evaluating, evaluating_transfer
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services


def about_page(request: Request, services: Services) -> Response:
    """What the data holds, how answers are made, what is missing."""
    catalogue = services.answers.catalogue
    outcomes: dict[str, int] = {}
    for adoption in catalogue.adoptions.values():
        outcomes[slug(adoption.outcome)] = outcomes.get(slug(adoption.outcome), 0) + 1
    levels = [0] * 6
    for evidence in services.build.evidence.values():
        levels[evidence.level] += 1
    return render(
        request,
        "about.html",
        summary=services.build.summary(),
        outcomes=dict(sorted(outcomes.items(), key=lambda pair: -pair[1])),
        levels=[(level, services.present.label_of_level(level), count) for level, count in enumerate(levels)],
        unverified=sum(1 for o in catalogue.observations.values() if slug(o.verification) != "verified"),
        facts=len(catalogue.observations),
    )


def quality_page(request: Request, services: Services) -> Response:
    """The published search quality."""
    result = evaluating.published()
    return render(
        request,
        "quality.html",
        result=result,
        transfers=evaluating_transfer.published(),
        current=result is not None and result["judgments"] == evaluating.digest(),
        build=services.build.manifest["build"],
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
