"""Published facts on a city, as their schemes state them."""

from dataclasses import dataclass

from bufgraph.benchmarking.normalisation import VERIFIED
from bufgraph.model import Catalogue, Observation


@dataclass(frozen=True, slots=True)
class Published:
    """A verified published fact on a city, as its scheme states it; ``source``: documents that say so."""

    observation: str
    model: str
    edition: str
    text: str
    source: tuple[str, ...]


def published_facts(catalogue: Catalogue, city: str) -> tuple[Published, ...]:
    """Return the verified facts on a city, by IRI, that are no indicator values: those are in the factors."""
    found = []
    for o in catalogue.observations_by_city.get(city, ()):
        if o.verification == VERIFIED and o.indicator is None:
            model = catalogue.models.get(o.model)
            title = model.title if model else o.model
            found.append(Published(o.id, title, o.edition, _said(o), o.source))
    return tuple(sorted(found, key=lambda p: (p.model, p.edition, p.observation)))


def _said(fact: Observation) -> str:
    if fact.value is not None:
        return f"{fact.metric}: {fact.value:g}" + (f" ({fact.unit_text})" if fact.unit_text else "")
    return fact.metric if fact.text_value == "yes" else f"{fact.metric}: {fact.text_value}"
