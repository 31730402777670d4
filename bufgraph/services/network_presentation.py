"""Answers about many cities as JSON."""

from collections.abc import Iterable

from bufgraph.analytics.blind_spots import BlindSpot, Cell
from bufgraph.analytics.network import Bridge, Community, Pioneer
from bufgraph.analytics.spread import Spread, SpreadFigures, Uptake
from bufgraph.matching.adopters import Transfer
from bufgraph.matching.candidates import Candidate
from bufgraph.matching.mentoring import Case, OpenNeed
from bufgraph.matching.pooling import PooledDemand
from bufgraph.model import City, GoodPractice
from bufgraph.namespaces import slug
from bufgraph.services.know_answers import KnowledgeAnswer
from bufgraph.services.network_answers import MentorAnswer
from bufgraph.services.presentation import Presenter
from bufgraph.services.records import Json, known, rounded


class NetworkPresenter:
    """Turns answers about many cities into JSON.

    Args:
        present: Presents records and references.
    """

    def __init__(self, present: Presenter) -> None:
        self._present = present
        self._ref = present.ref
        self._tell = present.tongue.tell
        self._told = present.told

    def mentor(self, found: MentorAnswer) -> Json:
        """Return what an organisation could help with."""
        match = found.match
        return {
            "organisation": self._ref(found.organisation.id), "limits": self._told(match.limits),
            "knows": [{**self._ref(k.challenge), "strength": rounded(k.strength), "reason": self._tell(k.reason)} for k in match.knows[:10]],
            "needs": [self.open_need(need) for need in match.needs],
            "cases": [self.case(case) for case in match.cases],
        }  # fmt: skip

    def knowledge(self, found: KnowledgeAnswer) -> Json:
        """Return where what a text tells is needed, and who knows the same."""
        return {
            "understood": self._present.understood(found.understood), "weak": found.weak,
            "needs": [self.open_need(need) for need in found.needs],
            "cases": [self.case(case) for case in found.cases],
            "experts": [self._present.expert_match(match) for match in found.experts],
            "challenges": [self._ref(iri) for iri in found.suggestions],
        }  # fmt: skip

    def open_need(self, need: OpenNeed) -> Json:
        """Return a need of a city that somebody could help with."""
        return {
            "rank": need.rank, "score": rounded(need.score), "city": self._present.place(need.need.need_of),
            "challenge": self._ref(need.need.concern), "state": need.state, "reasons": self._told(need.reasons),
        }  # fmt: skip

    def case(self, case: Case) -> Json:
        """Return a practice of others that somebody could help with."""
        practice = self._present.catalogue.practices[case.practice]
        return {
            **self._ref(case.practice), "rank": case.rank, "score": rounded(case.score),
            **self._present.practice_brief(practice),
            "open": [{"place": self._present.place(a.place), "outcome": slug(a.outcome)} for a in case.open_outcomes],
            "reasons": self._told(case.reasons),
        }  # fmt: skip

    def pooled(self, found: PooledDemand) -> Json:
        """Return a group of cities with the draft of their joint need."""
        statement = found.statement
        return {
            "rank": found.rank, "score": rounded(found.score), "challenge": self._ref(found.challenge),
            "cities": [self._present.place(iri) for iri in found.cities], "countries": list(found.countries),
            "similarity": rounded(found.similarity), "lowest": rounded(found.lowest), "compatibility": self._told(found.compatibility),
            "needs": [
                {"challenge": self._ref(n.concern), "text": n.text, "cities": [self._ref(iri) for iri in n.cities],
                 **({"told_of": self._ref(n.told_of)} if n.told_of else {})}
                for n in statement.needs
            ],
            "requirements": [
                {"factor": self._ref(r.factor), "essential": r.is_essential, "texts": list(r.texts),
                 "practices": [self._ref(iri) for iri in r.practices]}
                for r in statement.requirements
            ],
            "candidates": [self._candidate(c) for c in statement.candidates],
            "experts": [
                {"id": e.organisation, "slug": slug(e.organisation), "label": e.name,
                 "roles": [{"practice": self._ref(iri), "role": role} for iri, role in e.roles]}
                for e in statement.experts
            ],
            "demand": known({
                "residents": statement.demand.residents, "cities_counted": statement.demand.cities_counted,
                "cost_eur": statement.demand.cost_eur, "adoptions": len(statement.demand.adoptions),
            }),
            "draft": self._told(statement.draft), "unknown": self._told(found.unknown),
        }  # fmt: skip

    def _candidate(self, found: Candidate) -> Json:
        return known({
            **self._ref(found.practice), "evidence_level": found.level, "outcomes": dict(found.outcomes),
            "failures": self._told(found.failures), "tried_by": [self._ref(iri) for iri in found.tried_by], "warning": found.is_warning,
        })  # fmt: skip

    def transfers(self, about: GoodPractice | City, found: Iterable[Transfer]) -> Json:
        """Return a practice with its likely adopters, or a city with the practices that it is likely to take over."""
        kind = "city" if isinstance(about, City) else "practice"
        return {kind: self._ref(about.id), "results": [self.adopter(transfer) for transfer in found]}

    def adopter(self, found: Transfer) -> Json:
        """Return a city for a practice, or a practice for a city, with reasons."""
        return {
            "rank": found.rank, "score": rounded(found.score), "city": self._present.place(found.city),
            "practice": self._ref(found.practice),
            "parts": {
                name: {"value": rounded(r.value), "weight": rounded(r.weight), "fact": self._tell(r.fact)} for name, r in found.reasons.items()
            },
            "unknown": self._told(found.unknown),
        }  # fmt: skip

    def spread(self, found: Spread) -> Json:
        """Return how a practice spread."""
        return {
            "practice": self._ref(found.practice), "origin": self._present.place(found.origin),
            **known({"first_year": found.first_year}),
            "uptakes": [self._uptake(u) for u in found.uptakes], "parallel": [self._present.place(iri) for iri in found.parallel],
            "figures": self.figures(found.figures), "unknown": self._told(found.unknown),
        }  # fmt: skip

    def _uptake(self, found: Uptake) -> Json:
        return known({
            "place": self._present.place(found.place), "from": [self._present.place(iri) for iri in found.sources],
            "relation": slug(found.relation), "outcome": slug(found.outcome), "year": found.year, "lag_years": found.lag_years,
            "distance_km": round(found.distance_km) if found.distance_km is not None else None, "across_borders": found.across_borders,
        })  # fmt: skip

    def figures(self, found: SpreadFigures) -> Json:
        """Return figures over uptakes, each with the number that it rests on."""
        return known({
            "uptakes": found.uptakes, "places": found.places, "countries": found.countries, "relations": dict(found.relations),
            "share_known_years": found.share_known_years, "median_lag_years": found.median_lag_years, "lags": found.lags,
            "median_distance_km": found.median_distance_km, "distances": found.distances,
            "share_across_borders": found.share_across_borders, "borders": found.borders,
        })  # fmt: skip

    def pioneer(self, found: Pioneer) -> Json:
        """Return a city that others learned from."""
        return known({
            "rank": found.rank, "city": self._present.place(found.city), "adopters": [self._present.place(iri) for iri in found.adopters],
            "countries": list(found.countries), "replicated": found.replicated, "went_well": found.went_well, "judged": found.judged,
            "share_well": found.share_well, "first_year": found.first_year,
            "practices": [
                known({**self._ref(p.practice), "evidence_level": p.level, "began": p.began, "taken_over": p.taken_over,
                       "adopters": len(p.adopters)})
                for p in found.practices
            ],
            "unknown": self._told(found.unknown),
        })  # fmt: skip

    def bridge(self, found: Bridge) -> Json:
        """Return a city that links countries."""
        return {
            "rank": found.rank, "city": self._present.place(found.city), "betweenness": rounded(found.betweenness),
            "foreign_partners": found.foreign_partners, "participation": rounded(found.participation),
            "partners": {country: [self._ref(iri) for iri in cities] for country, cities in found.partners.items()},
        }  # fmt: skip

    def community(self, found: Community) -> Json:
        """Return cities with practices in common."""
        return {
            "rank": found.rank, "cities": [self._present.place(iri) for iri in found.cities], "countries": dict(found.countries),
            "practices": [self._ref(iri) for iri in found.practices],
            "subdomains": [{**self._ref(iri), "practices": n} for iri, n in found.subdomains],
        }  # fmt: skip

    def blind_spot(self, found: BlindSpot) -> Json:
        """Return what is missing in one cell."""
        return {"kind": found.kind, "reason": self._tell(found.reason), **self.cell(found.cell)}

    def cell(self, found: Cell) -> Json:
        """Return the counts of one topic in one kind of place."""
        return {
            "key": {
                name: self._ref(value) if "/" in value else {"slug": value, "label": value} for name, value in found.key.items()
            },
            "cities": found.cities, "needs": found.needs, "needing": [self._ref(iri) for iri in found.needing],
            "practices": [self._ref(iri) for iri in found.practices], "levels": {str(k): n for k, n in found.levels.items()},
            "measured": found.measured, "failures": found.failures, "needing_anywhere": found.needing_anywhere,
            "practices_elsewhere": found.practices_elsewhere, "measured_elsewhere": found.measured_elsewhere,
        }  # fmt: skip
