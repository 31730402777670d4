"""Agreement of the extraction with the records of the catalogue: texts that nobody wrote to be extracted from."""

from collections import Counter
from typing import Any

from bufgraph.model import Adoption, Catalogue, GoodPractice
from bufgraph.namespaces import slug
from bufgraph_ingest.extraction.extractor import Draft, Extractor

Json = dict[str, Any]  # Any: JSON


def agreement(catalogue: Catalogue, extractor: Extractor) -> Json:
    """Read title, problem, summary and approach of every practice and compare with what its record holds.

    A text need not say what the record knows, so the shares of found values are lower bounds of recall.

    Returns:
        For city, challenge, outcome and start year: how many records have the value, for how many anything was proposed, and
        for how many the value is among the proposals; for outcomes also how many single verdicts are right.
    """
    counts: Counter[str] = Counter()
    for practice in catalogue.practices.values():
        adoption = next(
            (a for a in catalogue.adoptions_by_practice.get(practice.id, ()) if a.is_origin), None
        )
        if adoption is not None:
            text = ". ".join(
                part.rstrip(".")
                for part in (practice.title, practice.problem, practice.summary, practice.approach)
            )
            counts.update(_compared(practice, adoption, extractor.draft(text)))
    return {
        name: {
            key: counts[f"{name} {key}"]
            for key in ("recorded", "proposed", "found", "single", "single_right")
        }
        for name in ("city", "challenge", "year", "outcome")
    }


def _compared(practice: GoodPractice, adoption: Adoption, draft: Draft) -> Counter[str]:
    counts: Counter[str] = Counter()
    recorded = {
        "city": slug(adoption.place) if "/city/" in adoption.place else None,
        "challenge": slug(practice.main_challenge),
        "year": str(adoption.start_year) if adoption.start_year else None,
        "outcome": None if slug(adoption.outcome) == "unknown" else slug(adoption.outcome),
    }
    for name, value in recorded.items():
        if value is None:
            continue
        proposed = {p.value for p in draft.proposals if p.field == name}
        counts[f"{name} recorded"] += 1
        counts[f"{name} proposed"] += bool(proposed)
        counts[f"{name} found"] += value in proposed
        counts[f"{name} single"] += len(proposed) == 1
        counts[f"{name} single_right"] += proposed == {value}
    return counts
