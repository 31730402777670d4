from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from bufgraph.benchmarking.activity import activity, coverage_index
from bufgraph.benchmarking.indexes import (
    Dimension,
    Factor,
    IndexDefinition,
    Indicator,
    index_definition,
    index_definitions,
)
from bufgraph.benchmarking.normalisation import Standardised, observed, score, standardise
from bufgraph.benchmarking.profile import CityProfile, Profiles
from bufgraph.benchmarking.typology import group
from bufgraph.errors import InvalidInputError, NotFoundError
from bufgraph.model import AssessmentModel, Catalogue, City, Observation
from bufgraph.namespaces import DEFAULT_BASE, concept, slug
from builders import small_catalogue, small_datasets

NAN = float("nan")
SD = np.std(range(6))
INCOME, CRIME, NOISE, GREEN = (concept("indicator", name) for name in ("income", "crime", "noise", "green"))
WEALTH = (Factor("f/income", "Income", (Indicator(INCOME, "Mean income", +1),)),)
LIVING = (
    Factor("f/safety", "Safety", (Indicator(CRIME, "Crime rate", -1), Indicator(NOISE, "Noise", -1))),
    Factor("f/nature", "Nature", (Indicator(GREEN, "Green share", +1),)),
)
DIMENSIONS = (Dimension("d/wealth", "Wealth", WEALTH), Dimension("d/living", "Living", LIVING))
INDEX = IndexDefinition("test", "Test index", "", "", DIMENSIONS)
MODEL = AssessmentModel(f"{DEFAULT_BASE}model/statistics", "City statistics")


def iri(name: str) -> str:
    return f"{DEFAULT_BASE}city/{name}"


def observation(
    name: str, key: str | None, value: float | None, year: int | None, suffix: str = "", **facts: Any
) -> Observation:
    metric = facts.pop("metric", "")
    status = concept("verification", facts.pop("verification", "verified"))
    identifier = f"{DEFAULT_BASE}observation/{name}-{slug(key or metric)}-{year}{suffix}"
    return Observation(
        identifier, iri(name), MODEL.id, metric, "2024", status, value, indicator=key, ref_year=year, **facts
    )


def world(*extra: Observation, cities: str = "abcdefg") -> Catalogue:
    """Return cities of which *a* is poor, safe and green and *f* the opposite; of *f* one value lacks, of *g* all."""
    found = [*extra]
    for n, name in enumerate(cities[:6]):
        row = {INCOME: n + 1.0, CRIME: 10.0 * (n + 1), NOISE: n + 1.0, GREEN: 5.0 - n if n < 5 else None}
        found += [observation(name, key, value, 2020) for key, value in row.items()]
    return Catalogue(
        cities={iri(n): City(iri(n), {"en": n.upper()}, "FI") for n in cities},
        observations={o.id: o for o in found},
        models={MODEL.id: MODEL},
    )


def profile_of(name: str, *extra: Observation, peers: Sequence[str] | None = None) -> CityProfile:
    profiles = Profiles(world(*extra), INDEX)
    return profiles.city_profile(
        profiles.catalogue.city(name), None if peers is None else [iri(p) for p in peers]
    )


def scored(z: Sequence[Sequence[float]]) -> Standardised:
    """Return z-scores as they are, every column with full coverage."""
    columns = np.array(z, dtype=np.float64)
    return Standardised(columns, np.zeros(columns.shape[1], dtype=np.int64), np.ones(columns.shape[1]), {})


@pytest.fixture(scope="module")
def shipped() -> Catalogue:
    return small_catalogue()


# -- definitions


@pytest.mark.parametrize(
    ("name", "sizes"),
    [("european-smart-cities-2007", (6, 31, 74)), ("practice-activity", (6, 28, 28)), ("pleec", (5, 13, 13))],
)
def test_an_index_has_the_published_size(shipped: Catalogue, name: str, sizes: tuple[int, int, int]) -> None:
    index = index_definition(shipped, name)
    assert (len(index.dimensions), len(index.factors), len(index.indicators)) == sizes


def test_directions_come_from_the_indicators(shipped: Catalogue) -> None:
    index = index_definition(shipped, "european-smart-cities-2007")
    direction = {slug(i.key): i.direction for i in index.indicators}
    assert direction["esc-2007-unemployment-rate"] == -1
    assert direction["esc-2007-gdp-per-employed-person"] == +1


def test_a_key_field_that_matches_a_domain_is_fed_by_its_subdomains(shipped: Catalogue) -> None:
    dimensions = index_definition(shipped, "pleec").dimensions
    fields = {d.label: [slug(f.key) for f in d.factors] for d in dimensions}
    assert fields["Mobility and transport"] == ["city-logistics", "info-mobility", "people-mobility"]
    assert fields["Energy supply"] == ["renewable-energies"]


def test_an_unknown_index_is_refused_with_the_known_ones(shipped: Catalogue) -> None:
    with pytest.raises(InvalidInputError, match="european-smart-cities-2007, practice-activity, pleec"):
        index_definition(shipped, "magic")
    assert index_definitions(Catalogue()) == {}


# -- standardisation


def test_z_is_the_distance_from_the_mean_in_standard_deviations_and_turns_where_lower_is_better() -> None:
    values = np.array([[1, 1], [2, 2], [3, 3], [4, 4], [5, 5], [NAN, 3], [NAN, NAN]])
    found = standardise(values, [+1, -1])
    root = np.sqrt(2)
    assert found.z[:5, 0] == pytest.approx([-root, -1 / root, 0, 1 / root, root])
    assert found.z[:6, 1] == pytest.approx(np.array([2, 1, 0, -1, -2, 0]) / np.sqrt(10 / 6))
    assert np.isnan(found.z[5:, 0]).all()
    assert found.reporting.tolist() == [5, 6]
    assert found.coverage == pytest.approx([5 / 6, 1])  # the city that reports nothing is not in the sample


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        ([0.1] * 6, "the same in all cities that report it"),
        ([1, 2, 3, 4, NAN, NAN], "reported by fewer than 5 cities"),
        ([NAN] * 6, "reported by fewer than 5 cities"),
    ],
)
def test_a_column_that_cannot_be_standardised_is_left_out_with_the_reason(
    column: list[float], reason: str
) -> None:
    found = standardise(np.column_stack([np.arange(6.0), column]), [1, 1])
    assert found.left_out == {1: reason}
    assert np.isnan(found.z).sum(axis=0).tolist() == [0, 6]


# -- aggregation and ranks


def test_a_factor_weighs_its_indicators_by_coverage_and_what_is_above_takes_known_parts_alike() -> None:
    z = np.array([[1, -1, 3, 0], [1, NAN, 3, 0], [1, -1, NAN, NAN], [NAN, NAN, NAN, NAN]])
    standard = Standardised(z, np.array([3, 2, 2, 2]), np.array([1.0, 0.5, 0.5, 0.5]), {})
    found = score(standard, [0, 0, 1, 2], [0, 0, 1])
    assert found.factors[:3, 0] == pytest.approx([1 / 3, 1, 1 / 3])
    assert found.dimensions[:3, 0] == pytest.approx([5 / 3, 2, 1 / 3])
    assert found.dimensions[:3, 2] == pytest.approx([5 / 6, 1, 1 / 3])
    assert np.isnan(found.dimensions[3]).all()
    assert found.coverage[:, 0] == pytest.approx([1, 2 / 3, 2 / 3, 0])


def test_three_quarters_of_the_indicators_are_not_enough_for_a_rank_and_equal_scores_share_one() -> None:
    z = [[1.0] * 4, [2.0, 2.0, 2.0, NAN], [0.0] * 4, [1.0] * 4, [-1.0] * 4]
    found = score(scored(z), [0] * 4, [0])
    assert found.is_scored.tolist() == [True, False, True, True, True]
    assert found.ranks[:, 0].tolist() == [1, 0, 3, 1, 4]
    assert (found.low[1, 0], found.high[1, 0]) == (0, 0)
    assert found.dimensions[1, 0] == pytest.approx(2)
    assert found.of.tolist() == [4, 4]


def noisy(indicators: int, seed: int = 7) -> tuple[Standardised, list[int], list[int]]:
    """Return thirty cities on a line, the last one best, each indicator blurred by noise as large as the line."""
    values = np.linspace(-1, 1, 30)[:, None] + np.random.default_rng(seed).normal(size=(30, 40))
    return standardise(values[:, :indicators], [1] * indicators), list(range(indicators)), [0] * indicators


@pytest.mark.parametrize("indicators", [3, 12, 40])
def test_a_rank_interval_holds_the_rank_stays_among_the_ranks_and_can_be_repeated(indicators: int) -> None:
    found, again = score(*noisy(indicators)), score(*noisy(indicators))
    assert (found.low <= found.ranks).all()
    assert (found.ranks <= found.high).all()
    assert found.low.min() >= 1
    assert found.high.max() <= 30
    assert (found.low == again.low).all()


def test_a_rank_interval_is_wider_with_fewer_indicators() -> None:
    def width(indicators: int) -> float:
        found = [score(*noisy(indicators, seed)) for seed in range(5)]
        return float(np.mean([s.high - s.low for s in found]))

    assert width(1) > width(3) > width(12) > width(40) > 0


def test_a_rank_interval_on_a_dozen_indicators_holds_the_true_rank_nine_times_in_ten() -> None:
    true = np.arange(30, 0, -1)
    found = [score(*noisy(12, seed)) for seed in range(5)]
    assert 0.85 <= np.mean([(s.low[:, 0] <= true) & (true <= s.high[:, 0]) for s in found]) <= 0.97


@pytest.mark.parametrize(("indicators", "ends"), [(1, (1, 6)), (2, (1, 6)), (3, (6, 6))])
def test_a_rank_on_fewer_than_three_indicators_may_be_any(indicators: int, ends: tuple[int, int]) -> None:
    found = score(scored([[float(n)] * indicators for n in range(6)]), [0] * indicators, [0])
    assert found.ranks[:, 0].tolist() == [6, 5, 4, 3, 2, 1]
    assert (found.low[0, 0], found.high[0, 0]) == ends


# -- measurements


def test_the_newest_verified_value_counts() -> None:
    newer, same_year = observation("a", INCOME, 7, 2022), observation("a", INCOME, 8, 2022, suffix="-02")
    unread = observation("a", INCOME, 9, 2024, verification="unverified")
    empty, undated = observation("a", INCOME, None, 2023), observation("g", GREEN, 5, None)
    found = observed(world(newer, same_year, unread, empty, undated), [INCOME, GREEN])
    assert (found.values[0, 0], found.years[0, 0]) == (7, 2022)
    assert found.sources[iri("a"), INCOME] == (newer.id,)
    assert (found.values[6, 1], found.years[6, 1]) == (5, 0)
    assert np.isnan(found.values[6, 0])


def test_activity_counts_adoptions_and_a_city_without_any_is_missing(shipped: Catalogue) -> None:
    found = activity(shipped)
    row = {slug(city): n for n, city in enumerate(found.cities)}
    column = found.keys.index(concept("domain", "public-spaces-management"))
    counts = np.expm1(found.values)
    assert counts[row["fi-turku"], column] == pytest.approx(2)
    assert counts[row["fi-turku"]].sum() == pytest.approx(2)
    assert counts[row["fi-oulu"], column] == pytest.approx(1)  # a failed one is activity, too
    assert found.years[row["fi-turku"], column] == 2024
    assert np.isnan(counts[row["lv-cesis"]]).all()
    coverage = coverage_index(shipped)
    assert coverage[iri("fi-turku")] == pytest.approx(1 / 6)
    assert iri("lv-cesis") not in coverage


def test_an_adoption_of_a_region_is_activity_of_its_members() -> None:
    data = small_datasets()
    region = {"id": "bgd:region/lv-vidzeme", "type": "Region", "pref_label": {"en": "Vidzeme"}}
    members = {"has_member": ["bgd:city/lv-cesis"], "place_kind": "bgs:place-kind/county"}
    data["regions"] = [{**region, **members, "country_code": "LV"}]
    data["adoptions"][0]["place"] = "bgd:region/lv-vidzeme"
    found = activity(small_catalogue(data))
    assert np.expm1(found.values[found.cities.index(iri("lv-cesis"))]).sum() == pytest.approx(1)


# -- profiles


def test_a_profile_compares_with_the_peers_median_and_shows_the_values() -> None:
    profile = profile_of("a", peers="acde")
    assert profile.peers == 3
    assert [f.label for f in profile.strengths] == ["Nature", "Safety"]
    assert [f.label for f in profile.weaknesses] == ["Income"]
    assert profile.strengths[1].difference == pytest.approx(3 / SD)
    assert profile.strengths[1].facts == (
        "Crime rate: 10 (2020), peers' median 40, lower is better",
        "Noise: 1 (2020), peers' median 4, lower is better",
    )
    wealth = profile.dimensions[0]
    assert (wealth.label, wealth.rank, wealth.of, wealth.tied) == ("Wealth", 5, 5, 0)
    assert (wealth.oldest, wealth.newest, wealth.coverage) == (2020, 2020, 1)
    assert wealth.peers_median == pytest.approx(0.5 / SD)
    assert "Wealth: how sure the rank is cannot be told from 1 indicator" in profile.unknown


def test_a_small_difference_from_the_peers_is_neither_strength_nor_weakness() -> None:
    profile = profile_of("c", peers="bcd")
    assert (profile.strengths, profile.weaknesses) == ((), ())


def test_a_city_short_of_indicators_shows_its_parts_and_says_why_it_has_no_rank() -> None:
    profile = profile_of("f")
    assert (profile.is_scored, profile.overall.rank, profile.overall.coverage) == (False, None, 0.75)
    assert profile.dimensions[0].score == pytest.approx(2.5 / SD)
    nature = profile.factors[-1]
    assert (nature.score, nature.difference, nature.facts) == (None, None, ())
    assert profile.unknown[0] == (
        "F gets no rank: 75% of the 4 indicators are known and usable, a rank needs more than 75%"
    )


def test_a_city_with_no_facts_gets_an_empty_profile() -> None:
    profile = profile_of("g")
    assert profile.unknown[0] == "nothing is recorded on G for Test index"
    assert (profile.overall.score, profile.overall.rank, profile.overall.low) == (None, None, None)
    assert (profile.strengths, profile.weaknesses, profile.could_teach, profile.published) == ((), (), (), ())


def test_a_catalogue_with_one_city_gives_a_profile_without_comparison() -> None:
    one = Profiles(world(cities="a"), INDEX)
    profile = one.city_profile(one.catalogue.city("a"))
    assert profile.overall.score is None
    assert "4 of 4 indicators are left out for all cities: reported by fewer than 5 cities" in profile.unknown
    assert "no peer has a value, so strengths and weaknesses are not known" in profile.unknown


def test_peers_without_values_are_told_and_without_peers_there_is_no_median() -> None:
    some, none = profile_of("a", peers="bg"), profile_of("a", peers="")
    assert some.peers == 1
    assert "nothing is recorded on 1 of the 2 peers; the medians leave them out" in some.unknown
    assert (none.overall.peers_median, none.strengths, none.weaknesses) == (None, (), ())
    with pytest.raises(NotFoundError, match="city/z"):
        profile_of("a", peers="z")


def test_the_matrix_has_a_row_a_city_and_keeps_missing_missing() -> None:
    cities, scores, coverage = Profiles(world(), INDEX).matrix()
    assert scores.shape == coverage.shape == (len(cities), 2) == (7, 2)
    assert np.isnan(scores[cities.index(iri("g"))]).all()
    assert coverage[cities.index(iri("f"))] == pytest.approx([1, 2 / 3])


def test_only_verified_published_facts_are_told_and_the_others_counted() -> None:
    profile = profile_of(
        "a",
        observation("a", None, 5, 2007, metric="Overall rank", unit_text="rank of 70"),
        observation("a", None, None, 2019, metric="Award result", text_value="finalist"),
        observation("a", None, None, 2022, metric="Selected as mission city", text_value="yes"),
        observation("a", None, 1, 2014, metric="Smart Living rank", verification="unverified"),
    )
    assert {(p.model, p.text) for p in profile.published} == {
        ("City statistics", "Overall rank: 5 (rank of 70)"),
        ("City statistics", "Award result: finalist"),
        ("City statistics", "Selected as mission city"),
    }
    assert "1 published fact on A is not verified and not shown" in profile.unknown


# -- what a city could teach


def taught(levels: Mapping[str, int], peer: str, **changes: str) -> list[str]:
    """Return what Tartu could teach a peer, with changes to its gritting and rain gardens in one subdomain."""
    data = small_datasets()
    for n in (0, 2):
        data["practices"][n]["subdomain"] = ["bgs:domain/public-safety"]
    data["adoptions"][0]["result"][0]["result_kind"] = changes.pop("result_kind", "bgs:result-kind/achieved")
    data["adoptions"][0].update(changes)
    data["adoptions"][3]["place"] = "bgd:city/ee-tartu"
    catalogue = small_catalogue(data)
    by_iri = {catalogue.practice(practice).id: level for practice, level in levels.items()}
    profiles = Profiles(catalogue, index_definition(catalogue, "practice-activity"), by_iri)
    profile = profiles.city_profile(catalogue.city("ee-tartu"), [iri(peer)])
    return [slug(practice) for teachable in profile.could_teach for practice, _ in teachable.practices]


def test_a_city_could_teach_what_succeeded_with_evidence_best_proven_first() -> None:
    assert taught({"gritting": 3, "rain-gardens": 1}, "fi-oulu") == ["gritting", "rain-gardens"]
    assert taught({"gritting": 3, "rain-gardens": 4}, "fi-oulu") == ["rain-gardens", "gritting"]


@pytest.mark.parametrize(
    ("changes", "level", "peer"),
    [
        ({"outcome": "bgs:outcome/mixed"}, 3, "fi-oulu"),
        ({"result_kind": "bgs:result-kind/target"}, 3, "fi-oulu"),
        ({}, 1, "fi-oulu"),
        ({}, 3, "lv-cesis"),  # nothing is known of the only peer
        ({}, 3, "ee-tartu"),  # no peer but the city itself
    ],
)
def test_a_city_could_not_teach_without_success_result_evidence_or_comparison(
    changes: dict[str, str], level: int, peer: str
) -> None:
    assert taught({"gritting": level}, peer, **changes) == []


def test_a_city_could_not_teach_what_its_peers_do_as_much(shipped: Catalogue) -> None:
    levels = dict.fromkeys(shipped.practices, 5)
    profiles = Profiles(shipped, index_definition(shipped, "pleec"), levels)
    tartu = shipped.city("ee-tartu")
    assert profiles.city_profile(tartu, [iri("fi-oulu")]).could_teach == ()


def test_a_profile_of_activity_tells_adoptions_not_logarithms(shipped: Catalogue) -> None:
    first = next(iter(shipped.adoptions.values()))
    elsewhere = replace(next(iter(shipped.practices.values())), id="urn:practice", subdomain=())
    more = {iri(f"x{n}"): City(iri(f"x{n}"), {"en": f"X{n}"}, "FI") for n in range(4)}
    copies = {
        f"urn:{n}": replace(first, id=f"urn:{n}", place=place, practice="urn:practice")
        for n, place in enumerate(more)
    }
    catalogue = replace(
        shipped,
        cities={**shipped.cities, **more},
        practices={**shipped.practices, "urn:practice": elsewhere},
        adoptions={**shipped.adoptions, **copies},
    )
    profiles = Profiles(catalogue, index_definition(catalogue, "practice-activity"))
    facts = {fact for f in profiles.city_profile(catalogue.city("fi-turku")).factors for fact in f.facts}
    assert facts == {
        "Recorded adoptions in Public spaces management: 2 (the newest from 2024), peers' median 0"
    }


# -- typology

CITIES = ("a", "b", "c", "d", "e")
FEATURES = {
    "size": np.array([1.0, 2.0, 100.0, 101.0, 102.0]),
    "age": np.array([10.0, 11.0, 50.0, 51.0, 52.0]),
}


def test_cities_that_lie_together_are_grouped_and_described_in_any_order() -> None:
    found = group(CITIES, FEATURES, 2)
    assert [g.members for g in found.groups] == [("c", "d", "e"), ("a", "b")]
    assert found.silhouette > 0.9
    assert found.groups[0].means == {"size": 101, "age": 51}
    assert "size: mean 101 in this group, 61.2 over all" in found.groups[0].sentences
    order = [3, 0, 4, 1, 2]
    assert group([CITIES[n] for n in order], {name: f[order] for name, f in FEATURES.items()}, 2) == found


def test_what_cannot_be_compared_is_left_out_and_told() -> None:
    features = {**FEATURES, "size": np.array([NAN, 2, 100, 101, 102]), "country": np.ones(5)}
    found = group(CITIES, features, 2)
    assert [g.members for g in found.groups] == [("c", "d", "e"), ("b",)]
    assert found.unknown == (
        "1 cities lack a feature and are left out",
        "country is the same for all and left out",
    )


@pytest.mark.parametrize("k", [1, 5])
def test_a_number_of_groups_that_cannot_be_made_is_refused(k: int) -> None:
    with pytest.raises(InvalidInputError, match="of 5 cities"):
        group(CITIES, FEATURES, k)


@pytest.mark.parametrize("features", [{}, {"country": np.ones(5)}, {"size": np.ones(3)}])
def test_features_that_cannot_part_cities_are_refused(features: dict[str, np.ndarray]) -> None:
    with pytest.raises(InvalidInputError):
        group(CITIES, features, 2)
