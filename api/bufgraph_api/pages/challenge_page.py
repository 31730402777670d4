"""One challenge: what was tried against it, who works on it, what went wrong, who knows more."""

from dataclasses import replace
from typing import Any, Final

from fastapi import Request
from fastapi.responses import Response

from bufgraph.model import Concept
from bufgraph.namespaces import slug
from bufgraph.services.answers import ExpertAnswer
from bufgraph_api.pages.city_maps import city_place, tried
from bufgraph_api.pages.expert_page import with_local
from bufgraph_api.pages.figures.evidence import evidence_distribution
from bufgraph_api.pages.place_map import MapView, map_of
from bufgraph_api.pages.rendering import interface_root, render
from bufgraph_api.pages.shortlist_form import ShortlistForm
from bufgraph_api.state import Services, State

_SOLUTIONS: Final = 50
_EXPERTS: Final = 5
Json = dict[str, Any]  # Any: JSON


def challenge_page(request: Request, services: Services, name: str) -> Response:
    """One challenge."""
    catalogue, present = services.answers.catalogue, services.present
    challenge = catalogue.challenge(name)
    kept = ShortlistForm.from_request(request)
    found = services.answers.solutions(challenge=name, limit=_SOLUTIONS)
    solutions = [present.solution(solution) for solution in found.solutions]
    for solution in solutions:
        picks = tuple(dict.fromkeys([*kept.picks, solution["slug"]]))
        solution["address"] = replace(kept, picks=picks).address(f"{interface_root(request)}/shortlist")
    cities, drawn = _cities(services, challenge)
    known = [p.id for p in catalogue.practices_by_challenge.get(challenge.id, ())]
    return render(
        request, "challenge.html",
        challenge=present.challenge(challenge), above=_above(services, challenge), picks=kept.picks,
        labels={code: label for code, label in challenge.pref_label.items() if code != services.tongue.code},
        solutions=solutions, cities=cities, map=drawn,
        setbacks=[{**with_local(services, {k: s[k] for k in ("id", "slug", "label")}), "setbacks": s["setbacks"]}
                  for s in solutions if s.get("setbacks")],
        experts=_experts(services, challenge), near=[present.ref(iri) for iri in _siblings(services, challenge)],
        evidence=evidence_distribution(known, services.networks.levels, present),
    )  # fmt: skip


def _above(services: State, challenge: Concept) -> list[Json]:
    """Return domain and subdomain, from the top down."""
    ancestors = services.answers.catalogue.ancestors(challenge.id)
    return [services.present.ref(iri) for iri in reversed(ancestors[:2])]


def _siblings(services: State, challenge: Concept) -> list[str]:
    """Return the other challenges of the subdomain."""
    above = set(challenge.broader)
    return [
        c.id
        for c in services.answers.catalogue.challenges
        if c.id != challenge.id and above.intersection(c.broader)
    ]


def _cities(services: State, challenge: Concept) -> tuple[list[Json], MapView | None]:
    """Return the cities that work on a challenge with how their practices against it came out, and their map."""
    catalogue, present = services.answers.catalogue, services.present
    cities, places = [], []
    for iri in services.answers.cities_that_need(challenge):
        city = catalogue.cities.get(iri)
        if city is None:
            continue
        outcomes = [
            slug(a.outcome)
            for a in catalogue.adoptions_by_place.get(iri, ())
            if challenge.id in catalogue.practices[a.practice].challenge
        ]
        cities.append({**present.ref(iri), "country": city.country_code, "outcomes": outcomes})
        places.append(city_place(present, city, outcomes, tried(outcomes)))
    return sorted(cities, key=lambda c: c["label"]), map_of(places) if places else None


def _experts(services: State, challenge: Concept) -> list[Json]:
    text = f"{challenge.label}. {challenge.definition or ''}"
    found: ExpertAnswer = services.answers.experts(text, limit=_EXPERTS)
    shown = [services.present.expert_match(match) for match in found.experts if match.deeds]
    for expert in shown:
        for deed in expert.get("deeds", []):
            deed["practice"] = with_local(services, deed["practice"])
    return shown
