"""One city: its needs, who solved them, who is like it, what it could teach, how it stands, with whom it could act."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from fastapi.responses import Response

from bufgraph.benchmarking.indexes import IndexDefinition, index_definitions
from bufgraph.errors import InvalidInputError
from bufgraph.localisation.phrases import Phrase, counted, phrase
from bufgraph.localisation.tongue import Tongue
from bufgraph.matching.cities import NEUTRAL, PRESETS
from bufgraph.matching.city_parts import PARTS
from bufgraph.matching.pooling import PoolFilters
from bufgraph.model import City
from bufgraph.namespaces import slug
from bufgraph_api.errors import status_of
from bufgraph_api.pages.city_form import DEFAULT_INDEX, FULL_WEIGHT, WEIGHT_STEP, CityForm
from bufgraph_api.pages.city_maps import similar_map
from bufgraph_api.pages.city_names import unmistakable
from bufgraph_api.pages.figures.radar import Radar, radar
from bufgraph_api.pages.rendering import render
from bufgraph_api.state import Services, State

_SIMILAR: Final = 8
_POOLS: Final = 3
_SOLVED, _FAILED, _LOOKED_AT = 6, 3, 60
"""Practices shown of those that worked and that failed, and how many likely ones they are taken from."""
_WENT_WRONG: Final = ("failed", "stopped", "mixed")
_FREQUENT: Final = 6
"""Challenges of like cities that are offered to a city of which none is known."""
Json = dict[str, Any]  # Any: JSON


def city_page(
    request: Request, services: Services, name: str, form: Annotated[CityForm, Depends(CityForm.of)]
) -> Response:
    """One city."""
    city = services.answers.catalogue.city(name)
    shown = services.present.city(city)
    profile, wrong_index = _profile(services, city, form)
    similar, wrong_weights = _similar(services, city, form)
    solved, failed = _solved(services, city, form)
    wrong = wrong_index or wrong_weights
    return render(
        request, "city.html", status_of(wrong) if wrong else 200,
        city=shown, asked=unmistakable(services, city), form=form,
        known=list(_known(shown)), lacking=list(_lacking(city)), needs=_needs(services, shown),
        frequent=[] if shown.get("needs") else _frequent(services, profile), solved=solved, failed=failed,
        similar=similar, map=similar_map(services.present, city.id, similar), wrong_weights=wrong_weights, weights=form.shown_weights(), full_weight=FULL_WEIGHT, weight_step=WEIGHT_STEP,
        parts_of_similarity=PARTS, presets=PRESETS, neutral=NEUTRAL,
        countries=sorted({c.country_code for c in services.answers.catalogue.cities.values()}, key=services.tongue.country_order),
        tried=_tried(services, shown),
        indexes=indexes(services), profile=profile, chart=_chart(profile, services.tongue) if profile else None, wrong_index=wrong_index,
        pools=[services.present_networks.pooled(found) for found in services.networks.pooled(PoolFilters(city=city.slug), limit=_POOLS)],
    )  # fmt: skip


def indexes(services: State) -> Mapping[str, IndexDefinition]:
    """Return the indexes to choose from, the default first."""
    found = index_definitions(services.answers.catalogue)
    return dict(sorted(found.items(), key=lambda pair: pair[0] != DEFAULT_INDEX))


def _known(shown: Json) -> Iterator[Phrase]:
    """Yield what is recorded of a city, as plain sentences."""
    practices, needs = len(shown.get("practices", ())), len(shown.get("needs", ()))
    if not practices:
        yield phrase(
            "No practice of {city} is recorded yet, so its needs are not known.", city=shown["label"]
        )
        return
    yield counted(
        "{n} practice of {city} is recorded.",
        "{n} practices of {city} are recorded.",
        practices,
        city=shown["label"],
    )
    if needs:
        yield counted(
            "It works on {n} challenge that we know of.", "It works on {n} challenges that we know of.", needs
        )


def _lacking(city: City) -> Iterator[Phrase]:
    """Yield what is not recorded of a city."""
    if city.population is None:
        yield phrase("The number of residents is not recorded.")
    if city.is_coastal is None:
        yield phrase("Whether it lies on the coast is not recorded.")
    if city.has_port is None:
        yield phrase("Whether it has a port is not recorded.")
    if city.has_university is None:
        yield phrase("Whether it has a university is not recorded.")
    if slug(city.ubc_membership or "unknown") == "unknown":
        yield phrase("Whether it is a member of the Union of the Baltic Cities is not recorded.")


def _needs(services: State, shown: Json) -> list[Json]:
    """Return the needs of a city, those that most practices answer first, with how the city put them."""
    catalogue = services.answers.catalogue
    found = [
        {
            **need,
            "practices": len(catalogue.practices_by_challenge.get(need["id"], ())),
            "text": catalogue.needs[need["need"]].text,
        }
        for need in shown.get("needs", ())
    ]
    return sorted(found, key=lambda need: (-need["practices"], need["label"]))


def _frequent(services: State, profile: Json | None) -> list[Json]:
    """Return what the cities most like one work on most often, with their number."""
    needs = services.answers.catalogue.needs_by_city
    counts = Counter(
        need.concern
        for peer in (profile or {}).get("compared_with", ())
        for need in {need.concern: need for need in needs.get(peer["id"], ())}.values()
    )
    most = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))[:_FREQUENT]
    return [{**services.present.ref(iri), "cities": count} for iri, count in most if count > 1]


def _solved(services: State, city: City, form: CityForm) -> tuple[list[Json], list[Json]]:
    """Return what worked elsewhere and the city is likely to take over, what answers a need of it first; and what failed for such needs."""
    catalogue, present = services.answers.catalogue, services.present
    needed = {need.concern for need in catalogue.needs_by_city.get(city.id, ())}
    worked: list[Json] = []
    failed: list[Json] = []
    for transfer in services.networks.likely_practices(city.slug, limit=_LOOKED_AT)[1]:
        practice = catalogue.practices[transfer.practice]
        brief = present.practice_brief(practice)
        answered = [iri for iri in (practice.main_challenge, *practice.challenge) if iri in needed]
        shown = {
            **present.ref(practice.id), **brief, "local": present.local(practice.id), "transfer": transfer,
            "answers": [present.ref(iri) for iri in dict.fromkeys(answered)], "picked": practice.slug in form.kept.picks,
        }  # fmt: skip
        if brief["outcome"] == "success":
            worked.append(shown)
        elif answered and brief["outcome"] in _WENT_WRONG:
            failed.append(shown)
    chosen = sorted(worked, key=lambda found: not found["answers"])[:_SOLVED]
    return [_judged(services, city, found) for found in chosen], failed[:_FAILED]


def _judged(services: State, city: City, found: Json) -> Json:
    """Return a practice with the verdict for a city and why the city is likely to take it over."""
    verdict = services.cities.fit(found["slug"], city.slug)
    return {
        **found,
        **services.present_networks.adopter(found["transfer"]),
        "verdict": verdict.verdict,
        "verdict_reason": verdict.reason,
    }


def _tried(services: State, shown: Json) -> list[Json]:
    """Return the practices of a city with how well each is proven, newest first."""
    catalogue, present = services.answers.catalogue, services.present
    found = [
        {
            **tried,
            "local": present.local(tried["id"]),
            "evidence_level": present.practice_brief(catalogue.practices[tried["id"]])["evidence_level"],
        }
        for tried in shown.get("practices", ())
    ]
    return sorted(found, key=lambda tried: (-tried.get("year", 0), tried["label"]))


def _similar(services: State, city: City, form: CityForm) -> tuple[list[Json], InvalidInputError | None]:
    preset = form.chosen_preset or next(iter(PRESETS))
    try:
        _, found = services.cities.similar(
            city.slug, preset=preset, weights=form.wanted(), filters=form.filters(), limit=_SIMILAR
        )
    except InvalidInputError as err:
        return [], err
    return [services.present.similar_city(other) for other in found], None


def _profile(services: State, city: City, form: CityForm) -> tuple[Json | None, InvalidInputError | None]:
    try:
        found = services.cities.profile(city.slug, index=form.index)
    except InvalidInputError as err:
        return None, err
    shown = services.present_cities.profile(found)
    for subject in shown["could_teach"]:
        subject["practices"] = [{**p, "local": services.present.local(p["id"])} for p in subject["practices"]]
    return shown, None


def _chart(profile: Json, tongue: Tongue) -> Radar | None:
    """Return the chart of a city against its peers, or None where nothing is known of the city."""
    standings: Sequence[Json] = profile["characteristics"]
    own = [s.get("score") for s in standings]
    if all(score is None for score in own):
        return None
    peers = tongue.tell(counted("Median of {n} peer", "Median of {n} peers", profile["peers"]))
    series = [(profile["city"]["label"], own), (peers, [s.get("peers_median") for s in standings])]
    return radar([s["label"] for s in standings], series, tongue)
