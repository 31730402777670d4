"""One city: what it is, how it stands, what it could teach, who is like it, with whom it could act."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response

from bufgraph.benchmarking.indexes import IndexDefinition, index_definitions
from bufgraph.errors import InvalidInputError
from bufgraph.matching.cities import PRESETS, CityFilters
from bufgraph.matching.city_parts import PARTS
from bufgraph.matching.pooling import PoolFilters
from bufgraph.model import City
from bufgraph.namespaces import slug
from bufgraph.services.inputs import parse_weights
from bufgraph_api.errors import status_of
from bufgraph_api.pages.forms import query_string
from bufgraph_api.pages.radar import Radar, radar
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services, State

DEFAULT_INDEX = "practice-activity"
_DEFAULT_PRESET = "balanced"
_SIMILAR, _POOLS, _LIKELY = 8, 3, 5
_FULL_WEIGHT = 10
"""Upper end of the fields for weights; only their proportions count."""
_COAST: Mapping[str, bool | None] = {"": None, "yes": True, "no": False}
_WEIGHT = "weight_"
Json = dict[str, Any]  # Any: JSON


@dataclass(frozen=True)
class CityForm:
    """What a reader chose on the page of a city.

    Attributes:
        index: Name of the index of the profile.
        preset: Name of a preset, or empty; it counts before ``weights``.
        weights: Part → weight as it was typed.
        country: As in :class:`bufgraph.matching.cities.CityFilters`; ``coastal``: yes, no or empty.
    """

    index: str
    preset: str
    weights: Mapping[str, str]
    country: str
    same_size: bool
    coastal: str

    def address(self, **changes: str) -> str:
        """Return the query string of the form with some fields changed; a preset takes the place of the weights."""
        fields = {
            "index": self.index if self.index != DEFAULT_INDEX else "",
            "preset": self.preset,
            **(
                {}
                if "preset" in changes
                else {f"{_WEIGHT}{name}": text for name, text in self.weights.items()}
            ),
            "country": self.country,
            "same_size": "yes" if self.same_size else "",
            "coastal": self.coastal,
            **changes,
        }
        return query_string(fields.items())

    def wanted(self) -> Mapping[str, float] | None:
        """Return the typed weights as numbers, or None when a preset counts.

        Raises:
            InvalidInputError: One is no number.
        """
        typed = [f"{name}:{text}" for name, text in self.weights.items() if text.strip()]
        return None if self.preset else parse_weights(typed)

    def filters(self) -> CityFilters:
        """Return what a similar city must match.

        Raises:
            InvalidInputError: The coast is neither yes nor no.
        """
        if self.coastal not in _COAST:
            raise InvalidInputError(
                f"coastal is '{self.coastal}'; expected yes, no or nothing", field="coastal"
            )
        return CityFilters(self.country or None, self.same_size, _COAST[self.coastal])


def _form(request: Request) -> CityForm:
    typed = request.query_params
    return CityForm(
        typed.get("index", "") or DEFAULT_INDEX,
        typed.get("preset", ""),
        {name: typed[_WEIGHT + name] for name in PARTS if _WEIGHT + name in typed},
        typed.get("country", ""),
        typed.get("same_size", "") not in ("", "no", "false"),
        typed.get("coastal", ""),
    )


def city_page(
    request: Request, services: Services, name: str, form: Annotated[CityForm, Depends(_form)]
) -> Response:
    """One city."""
    city = services.answers.catalogue.city(name)
    profile, wrong_index = _profile(services, city, form)
    similar, wrong_weights = _similar(services, city, form)
    pools = services.networks.pooled(PoolFilters(city=city.slug), limit=_POOLS)
    return render(
        request, "city.html", status_of(wrong) if (wrong := wrong_index or wrong_weights) else 200,
        city=services.present.city(city), form=form, indexes=indexes(services),
        profile=profile, chart=_chart(profile) if profile else None, wrong_index=wrong_index,
        similar=similar, wrong_weights=wrong_weights, weights=_shown_weights(form), parts_of_similarity=PARTS, presets=PRESETS,
        countries=sorted({c.country_code for c in services.answers.catalogue.cities.values()}),
        pools=[services.present_networks.pooled(found) for found in pools],
        likely=_likely(services, city), lacking=list(_lacking(city)),
    )  # fmt: skip


def indexes(services: State) -> Mapping[str, IndexDefinition]:
    """Return the indexes to choose from, the default first."""
    found = index_definitions(services.answers.catalogue)
    return dict(sorted(found.items(), key=lambda pair: pair[0] != DEFAULT_INDEX))


def _profile(services: State, city: City, form: CityForm) -> tuple[Json | None, InvalidInputError | None]:
    try:
        found = services.cities.profile(city.slug, index=form.index)
    except InvalidInputError as err:
        return None, err
    return services.present_cities.profile(found), None


def _chart(profile: Json) -> Radar | None:
    """Return the chart of a city against its peers, or None where nothing is known of the city."""
    standings = profile["characteristics"]
    own = [s.get("score") for s in standings]
    if all(score is None for score in own):
        return None
    name = profile["city"]["label"]
    series = [
        (name, own),
        (f"Median of {profile['peers']} peers", [s.get("peers_median") for s in standings]),
    ]
    labels = [s["label"] for s in standings]
    return radar(labels, series, description=describe(labels, series))


def describe(labels: list[str], series: list[tuple[str, list[float | None]]]) -> str:
    """Return the figures of a chart as sentences."""

    def told(score: float | None) -> str:
        return "not known" if score is None else f"{score:+.1f}"

    return "Scores in standard deviations, 0 is the average of all cities. " + " ".join(
        f"{name}: {', '.join(f'{label} {told(v)}' for label, v in zip(labels, values, strict=True))}."
        for name, values in series
    )


def _similar(services: State, city: City, form: CityForm) -> tuple[list[Json], InvalidInputError | None]:
    try:
        _, found = services.cities.similar(
            city.slug, preset=form.preset or _DEFAULT_PRESET, weights=form.wanted(), filters=form.filters(), limit=_SIMILAR
        )  # fmt: skip
    except InvalidInputError as err:
        return [], err
    return [services.present.similar_city(other) for other in found], None


def _shown_weights(form: CityForm) -> Mapping[str, str]:
    """Return what stands in the fields for weights: what was typed, else the preset's, from 0 to 10."""
    if form.weights and not form.preset:
        return {name: form.weights.get(name, "0") for name in PARTS}
    preset = PRESETS.get(form.preset, PRESETS[_DEFAULT_PRESET])
    return {name: f"{_FULL_WEIGHT * preset.get(name, 0.0):g}" for name in PARTS}


def _likely(services: State, city: City) -> list[Json]:
    _, found = services.networks.likely_practices(city.slug, limit=_LIKELY)
    return [
        {
            **services.present_networks.adopter(transfer),
            "verdict": services.cities.fit(slug(transfer.practice), city.slug).verdict,
        }
        for transfer in found
    ]


def _lacking(city: City) -> list[str]:
    """Return what is not recorded of a city, as clauses."""
    asked = {
        "the number of residents": city.population,
        "whether it lies on the coast": city.is_coastal,
        "whether it has a port": city.has_port,
        "whether it has a university": city.has_university,
        "whether it is a member of the Union of the Baltic Cities": None
        if slug(city.ubc_membership or "unknown") == "unknown"
        else city.ubc_membership,
    }
    return [f"{what} is not recorded" for what, value in asked.items() if value is None]
