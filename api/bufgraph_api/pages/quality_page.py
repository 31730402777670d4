"""How good the search, the drafts from texts and the joining of records are, from the published results."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from bufgraph.evaluation.intervals import wilson
from bufgraph.localisation.phrases import Phrase, phrase
from bufgraph.services import evaluating, evaluating_ingest, evaluating_transfer
from bufgraph.services.evaluating_ingest import Part
from bufgraph_api.pages.extract_view import KINDS
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services

THINGS: Final[Mapping[str, Phrase]] = {
    "cities": phrase("Cities"),
    "organisations": phrase("Organisations"),
    "practices": phrase("Practices"),
}
SIDES: Final[Mapping[str, Phrase]] = {
    "test": phrase("On the side that nothing was tuned on"),
    "dev": phrase("On the side that rules were tuned on"),
}
Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True, slots=True)
class Share:
    """A measured share in [0, 1] with its 95% interval; ``mean`` is None where nothing was counted."""

    mean: float | None
    low: float
    high: float

    @classmethod
    def of(cls, part: float, whole: float) -> "Share":
        """Return ``part`` of ``whole``."""
        return cls(part / whole if whole else None, *wilson(part, whole))


def quality_page(request: Request, services: Services) -> Response:
    """The published results of search, extraction and reconciliation."""
    result = evaluating.published()
    drafts, pairs = evaluating_ingest.published("extraction"), evaluating_ingest.published("reconciliation")
    return render(
        request,
        "quality.html",
        result=result,
        transfers=evaluating_transfer.published(),
        current=result is not None and result["judgments"] == evaluating.digest(),
        build=services.build.manifest["build"],
        kinds=KINDS,
        things=THINGS,
        sides=SIDES,
        drafts=_drafts(drafts) if drafts else None,
        drafts_current=_is_current("extraction", drafts),
        pairs=_pairs(pairs) if pairs else None,
        pairs_current=_is_current("reconciliation", pairs),
    )


def _is_current(part: Part, result: Json | None) -> bool:
    return result is not None and result.get("judged") == evaluating_ingest.digest(part)


def _drafts(found: Json) -> Json:
    """Return the measures of extraction: for each side its passages, for each kind of value shares and counts."""
    sides = {
        side: {
            "passages": found[side]["all"]["passages"],
            "fields": {name: _field(counts) for name, counts in found[side]["all"]["fields"].items()},
        }
        for side in SIDES
    }
    return {"sides": sides, "records": found["records"], "languages": len(found["languages"])}


def _field(counts: Json) -> Json:
    right, proposed, annotated = counts["right"], counts["proposed"], counts["annotated"]
    return {
        **counts,
        "precision": Share.of(right, proposed),
        "recall": Share.of(right, annotated),
        "f1": Share.of(right, (proposed + annotated) / 2),  # F1 = 2 right / (proposed + annotated)
    }


def _pairs(found: Json) -> Json:
    """Return the measures of reconciliation: for each side a row for each kind of thing."""
    return {
        side: [
            {
                **row,
                "precision": Share.of(row["merged"] - row["merged_wrongly"], row["merged"]),
                "recall": Share.of(row["merged"] - row["merged_wrongly"], row["same"]),
            }
            for row in found["figures"]
            if row["split"] == side
        ]
        for side in SIDES
    }
