"""What is recorded of a practice over all its places, sorted by what a reader asks: results, setbacks, lessons, costs, who knows it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from bufgraph.model import GoodPractice
from bufgraph.namespaces import slug
from bufgraph_api.state import State

Json = dict[str, Any]  # Any: JSON
_LESSONS: Final = ("did-not-work", "do-differently", "worked")
"""Kinds of lessons, the costly ones first."""
_KINDS: Final = ("achieved", "target", "context")
"""Kinds of figures: what came out, what was hoped for, what is told beside."""


@dataclass(frozen=True, slots=True)
class Story:
    """What is recorded of a practice.

    Attributes:
        is_several: Whether it was applied in more than one place, so that each fact has to say where.
        results: Figures, those achieved first, each with its ``place``.
        setbacks: Places where it failed, stopped or came out mixed, with phase, causes, remedy and obstacles.
        obstacles: What stood in the way elsewhere, by place.
        lessons: Kind → lessons with their place.
        costs: Cost and funding by place.
        known_by: Organisations with their roles and places; then those whose own record names the practice.
    """

    is_several: bool
    places: Sequence[Json]
    results: Sequence[Json]
    setbacks: Sequence[Json]
    obstacles: Sequence[Json]
    lessons: Mapping[str, Sequence[Json]]
    costs: Sequence[Json]
    known_by: Sequence[Json]


def story(services: State, practice: GoodPractice) -> Story:
    """Return what is recorded of a practice, in the language of the presenters."""
    catalogue, present = services.answers.catalogue, services.present
    adoptions = catalogue.adoptions_by_practice.get(practice.id, ())
    told = [present.adoption(adoption) for adoption in adoptions]
    results = [{**r, "place": a["place"]} for a in told for r in a.get("results", ())]
    in_trouble = [a for a in adoptions if slug(a.outcome) in ("failed", "stopped", "mixed")]
    troubled = {a.id for a in in_trouble}
    return Story(
        is_several=len(adoptions) > 1,
        places=told,
        results=sorted(results, key=lambda r: _KINDS.index(r["kind"]) if r["kind"] in _KINDS else len(_KINDS)),
        setbacks=[present.setback(a) for a in in_trouble],
        obstacles=[
            {**o, "place": a["place"]} for a in told if a["id"] not in troubled for o in a.get("obstacles", ())
        ],
        lessons={kind: found for kind in _LESSONS if (found := list(_lessons(told, kind)))},
        costs=[
            {name: a.get(name) for name in ("place", "cost", "currency", "cost_note", "funding")}
            for a in told
            if a.get("cost") or a.get("cost_note") or a.get("funding")
        ],
        known_by=list(_known_by(services, practice, told)),
    )  # fmt: skip


def _lessons(told: Sequence[Json], kind: str) -> Iterator[Json]:
    for adoption in told:
        for lesson in adoption.get("lessons", ()):
            if lesson["kind"] == kind:
                yield {**lesson, "place": adoption["place"]}


def _known_by(services: State, practice: GoodPractice, told: Sequence[Json]) -> Iterator[Json]:
    catalogue = services.answers.catalogue
    parts: dict[str, Json] = {}
    for adoption in told:
        for part in adoption.get("organisations", ()):
            found = parts.setdefault(part["id"], {**part, "roles": []})
            found["roles"].append({"role": part["role"], "place": adoption["place"]})
    for iri, part in parts.items():
        yield {**part, "generic": catalogue.organisations[iri].is_generic}
    for expert in catalogue.experts.values():
        if practice.id in expert.related_practice and expert.id not in parts:
            yield {**services.present.ref(expert.id), "expert": True, "generic": False, "roles": []}
