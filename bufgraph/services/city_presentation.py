"""Profiles and comparisons of cities as JSON."""

from bufgraph.benchmarking.indexes import IndexDefinition
from bufgraph.benchmarking.profile import CityProfile, FactorScore, Standing
from bufgraph.namespaces import slug
from bufgraph.services.city_answers import Comparison, Profile
from bufgraph.services.presentation import Presenter
from bufgraph.services.records import Json, known, rounded


class CityPresenter:
    """Turns answers about cities into JSON.

    Args:
        present: Presents records and references.
    """

    def __init__(self, present: Presenter) -> None:
        self._present = present
        self._tell = present.tongue.tell

    def index(self, index: IndexDefinition) -> Json:
        """Return what a reader must know of an index."""
        return {
            "name": index.name, "title": self._tell(index.title), "note": self._tell(index.note), "source": index.source,
            "dimensions": len(index.dimensions), "factors": len(index.factors), "indicators": len(index.indicators),
        }  # fmt: skip

    def profile(self, found: Profile) -> Json:
        """Return a profile with its index and peers."""
        return {
            "city": self._present.ref(found.city.id), "index": self.index(found.index),
            **self.city_profile(found.profile), "compared_with": [self._present.ref(iri) for iri in found.peers],
        }  # fmt: skip

    def city_profile(self, profile: CityProfile) -> Json:
        """Return the scores of a city; what is missing is left out, never zero."""
        ref = self._present.ref
        return {
            "ranked": profile.is_scored, "peers": profile.peers,
            "overall": self._standing(profile.overall), "characteristics": [self._standing(s) for s in profile.dimensions],
            "factors": [self._factor(f) for f in profile.factors if f.score is not None],
            "strengths": [self._factor(f) for f in profile.strengths],
            "weaknesses": [self._factor(f) for f in profile.weaknesses],
            "could_teach": [
                {
                    "subdomain": ref(t.subdomain), "adoptions": t.adoptions, "peers_median": rounded(t.peers_median),
                    "practices": [{**ref(iri), "evidence_level": level} for iri, level in t.practices], "facts": self._present.told(t.facts),
                }
                for t in profile.could_teach
            ],
            "published": [
                {
                    "scheme": p.model, "edition": p.edition, "text": p.text,
                    "sources": [self._present.document(iri) for iri in p.source],
                }
                for p in profile.published
            ],
            "unknown": self._present.told(profile.unknown),
        }  # fmt: skip

    def comparison(self, found: Comparison) -> Json:
        """Return cities side by side."""
        ref = self._present.ref
        return {
            "cities": [self._present.city(city) for city in found.cities],
            "index": self.index(found.index),
            "profiles": [self.city_profile(profile) for profile in found.profiles],
            "pairs": [
                {"city": ref(one.id), **self._present.similar_city(other)} for one, other in found.pairs
            ],
            "shared_needs": [ref(iri) for iri in found.shared_needs],
        }

    def _standing(self, standing: Standing) -> Json:
        return known({
            "id": standing.key if standing.key != "overall" else None, "slug": slug(standing.key), "label": self._tell(standing.label),
            "score": _score(standing.score), "rank": standing.rank, "rank_low": standing.low, "rank_high": standing.high,
            "of": standing.of, "tied": standing.tied or None, "coverage": rounded(standing.coverage),
            "oldest": standing.oldest, "newest": standing.newest, "peers_median": _score(standing.peers_median),
        })  # fmt: skip

    def _factor(self, factor: FactorScore) -> Json:
        return known({
            "id": factor.factor, "slug": slug(factor.factor), "label": self._tell(factor.label), "score": _score(factor.score),
            "peers_median": _score(factor.peers_median), "difference": _score(factor.difference),
            "coverage": rounded(factor.coverage), "facts": self._present.told(factor.facts),
        })  # fmt: skip


def _score(value: float | None) -> float | None:
    return None if value is None else rounded(value)
