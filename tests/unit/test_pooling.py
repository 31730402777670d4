from dataclasses import replace

import numpy as np
import pytest

from bufgraph.errors import InvalidInputError, NotFoundError
from bufgraph.matching.evidence import Evidence, assess
from bufgraph.matching.pooling import Floats, PooledDemand, PoolFilters, groups, pooled_demand
from bufgraph.model import Catalogue, CityFeature, TransferCondition
from bufgraph.namespaces import DEFAULT_BASE, concept, slug
from builders import adoption, city, document, expert, organisation, participation, practice, small_catalogue

NAMES = ("ee-tartu", "ee-voru", "fi-oulu", "lv-cesis", "se-lund")
CITIES = tuple(f"{DEFAULT_BASE}city/{name}" for name in NAMES)
NEED = "snow-and-ice-clearing"


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    """Four cities that clear snow: Tartu, Võru and Oulu; Lund on its own. Cēsis fears floods."""
    return small_catalogue(
        {
            "cities": [
                city("ee-tartu", "Tartu", "EE", population=90_000, latitude=58.4, is_coastal=False),
                city("ee-voru", "Võru", "EE", population=12_000, latitude=57.8),
                city("fi-oulu", "Oulu", "FI", population=210_000, latitude=65.0, is_coastal=True),
                city("lv-cesis", "Cēsis", "LV", population=14_000),
                city("se-lund", "Lund", "SE"),
            ],
            "organisations": [
                organisation("city-of-tartu", "City of Tartu"),
                organisation("firms", "Local firms", is_generic=True),
            ],
            "experts": [expert("winter-lab", "Winter Lab", "Snow and ice.", ["robots"])],
            "practices": [
                practice("gritting", "Gritting guided by sensors", "Pavements are icy.", NEED, "ee-tartu"),
                practice("robots", "Snow ploughing robots", "Clearing snow takes too long.", NEED, "fi-oulu"),
                practice("heating", "Heated pavements", "Snow is packed to ice.", NEED, "se-lund"),
                practice("gardens", "Rain gardens", "Cellars are flooded.", "cloudburst-flooding", "lv-cesis"),
            ],
            "adoptions": [
                adoption("gritting", "ee-tartu", "success", start_year=2021, cost=20_000, currency="EUR",
                         participation=[participation("gritting-01", "bgd:org/city-of-tartu"),
                                        participation("gritting-02", "bgd:org/firms", "supplier")]),
                adoption("gritting", "ee-voru", "success", suffix="--ee-voru", start_year=2023, cost=5_000, currency="EUR"),
                adoption("robots", "fi-oulu", "failed", start_year=2019, cost=1_000, currency="SEK",
                         failure_phase="bgs:implementation-phase/operation", failure_cause=["bgs:barrier/immature-technology"],
                         remedy="Wait."),
                adoption("heating", "se-lund", "unknown"),
                adoption("gardens", "lv-cesis", "success"),
            ],
            "sources": [document()],
        }
    )  # fmt: skip


def _similarity() -> Floats:
    """Tartu–Võru 0.9, Tartu–Oulu 0.8, Võru–Oulu 0.4; Cēsis 0.7 to those three; Lund 0.1 to all."""
    matrix = np.full((5, 5), 0.1)
    np.fill_diagonal(matrix, 1.0)
    for (a, b), value in {
        (0, 1): 0.9,
        (0, 2): 0.8,
        (1, 2): 0.4,
        (0, 3): 0.7,
        (1, 3): 0.7,
        (2, 3): 0.7,
    }.items():
        matrix[a, b] = matrix[b, a] = value
    return matrix


def _evidence(catalogue: Catalogue) -> dict[str, Evidence]:
    return {iri: assess(p, catalogue, as_of_year=2025) for iri, p in catalogue.practices.items()}


def _pool(catalogue: Catalogue, filters: PoolFilters | None = None) -> list[PooledDemand]:
    return pooled_demand(catalogue, CITIES, _similarity(), _evidence(catalogue), filters=filters)


def test_like_cities_with_one_need_form_a_group_scored_by_number_and_similarity(catalogue: Catalogue) -> None:
    (group,) = _pool(catalogue)
    assert slug(group.challenge) == NEED
    assert [slug(iri) for iri in group.cities] == ["ee-tartu", "ee-voru", "fi-oulu"]
    assert group.similarity == pytest.approx(0.7)
    assert group.score == pytest.approx(2.1)
    assert group.lowest == pytest.approx(0.4)
    assert group.countries == ("EE", "FI")


def test_the_reasons_name_size_climate_coast_countries_and_time(catalogue: Catalogue) -> None:
    dark = [
        CityFeature(f"urn:dark-{iri}", iri, concept("context", "dark-winter"), True, "So it is.")
        for iri in CITIES
    ]
    island = CityFeature("urn:island", CITIES[0], concept("context", "island"), True, "So it is.")
    (group,) = _pool(replace(catalogue, features={f.id: f for f in (*dark, island)}))
    assert group.compatibility == (
        "similarity of the pairs: 70% on average, 40% at least",
        "countries: Estonia 2, Finland 1",
        "size: 1 small, 2 medium; from 12,000 residents (Võru) to 210,000 (Oulu)",
        "climate: from 57.8° N (Võru) to 65.0° N (Oulu)",
        "coast: 1 of 2 cities for which it is known",
        "true of all: dark winter",
        "Tartu and Võru have the same practice already: Gritting guided by sensors",
        "time: their known work on it began between 2019 and 2023",
    )


def test_the_statement_says_in_the_words_of_the_records_who_needs_what(catalogue: Catalogue) -> None:
    needs = _pool(catalogue)[0].statement.needs
    assert [(n.text, [slug(c) for c in n.cities]) for n in needs] == [
        ("Pavements are icy.", ["ee-tartu", "ee-voru"]),
        ("Clearing snow takes too long.", ["fi-oulu"]),
    ]


def test_a_problem_told_of_another_city_is_marked_so(catalogue: Catalogue) -> None:
    matrix = np.ones((3, 3))
    rows = (CITIES[1], CITIES[2], CITIES[4])
    (group,) = pooled_demand(catalogue, rows, matrix, _evidence(catalogue))
    assert "Võru, as told of Tartu: Pavements are icy." in group.statement.draft


def test_candidates_come_with_level_outcomes_and_failures(catalogue: Catalogue) -> None:
    found = _pool(catalogue)[0].statement.candidates
    assert [slug(c.practice) for c in found] == ["gritting", "heating", "robots"]
    gritting, _, robots = found
    assert (gritting.outcomes, gritting.failures, gritting.level) == ({"success": 2}, (), 1)
    assert robots.failures == ("failed in Oulu, because of: immature technology",)


def test_the_best_five_practices_are_candidates_and_later_ones_that_failed_are_warnings(
    catalogue: Catalogue,
) -> None:
    gritting = catalogue.practice("gritting")
    more = {f"urn:p{n}": replace(gritting, id=f"urn:p{n}") for n in range(4)}
    catalogue = replace(catalogue, practices={**catalogue.practices, **more})
    evidence = {
        **_evidence(catalogue),
        **dict.fromkeys(more, _evidence(catalogue)[gritting.id]),
    }
    (group,) = pooled_demand(catalogue, CITIES, _similarity(), evidence)
    assert [(slug(c.practice), c.is_warning) for c in group.statement.candidates][4:] == [
        ("urn:p3", False),
        ("robots", True),
    ]


def test_experts_are_named_with_their_roles_and_generic_names_left_out(catalogue: Catalogue) -> None:
    found = _pool(catalogue)[0].statement.experts
    assert [(e.name, [(slug(p), role) for p, role in e.roles]) for e in found] == [
        ("City of Tartu", [("gritting", "lead")]),
        ("Winter Lab", [("robots", "related")]),
    ]


def test_only_what_two_candidates_ask_for_is_a_shared_requirement(catalogue: Catalogue) -> None:
    asked = [("gritting", "snowy-winter"), ("robots", "snowy-winter"), ("robots", "dark-winter"),
             ("gritting", "other"), ("robots", "other")]  # fmt: skip
    conditions = {
        f"urn:{n}": TransferCondition(
            f"urn:{n}", catalogue.practice(name).id, concept("context", factor), f"{name}: {factor}.", name == "robots", False, "w"
        )
        for n, (name, factor) in enumerate(asked)
    }  # fmt: skip
    (group,) = _pool(replace(catalogue, conditions=conditions))
    (requirement,) = group.statement.requirements
    assert (slug(requirement.factor), requirement.is_essential) == ("snowy-winter", True)
    assert requirement.texts == ("gritting: snowy-winter.", "robots: snowy-winter.")
    assert "no transfer condition is recorded for 1 of 3 candidates" in group.unknown


def test_demand_adds_up_what_is_known_and_says_what_is_not(catalogue: Catalogue) -> None:
    demand = _pool(catalogue)[0].statement.demand
    assert (demand.residents, demand.cities_counted) == (312_000, 3)
    assert (demand.cost_eur, len(demand.adoptions)) == (25_000, 2)
    matrix = np.ones((3, 3))
    (group,) = pooled_demand(catalogue, (CITIES[1], CITIES[2], CITIES[4]), matrix, _evidence(catalogue))
    assert (group.statement.demand.residents, group.statement.demand.cities_counted) == (222_000, 2)
    assert "the population is not known for Lund" in group.unknown
    assert "no cost in EUR is stated for 2 of 3 adoptions in the group" in group.unknown


def test_without_any_fact_the_demand_is_unknown_and_not_zero(catalogue: Catalogue) -> None:
    bare = {iri: replace(c, population=None) for iri, c in catalogue.cities.items()}
    costless = {iri: replace(a, cost=None) for iri, a in catalogue.adoptions.items()}
    (group,) = _pool(replace(catalogue, cities=bare, adoptions=costless))
    assert (group.statement.demand.residents, group.statement.demand.cost_eur) == (None, None)


def test_derived_needs_are_said_to_be_derived(catalogue: Catalogue) -> None:
    assert _pool(catalogue)[0].unknown[0].startswith("3 of 3 needs are derived from what the cities did")


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        (PoolFilters(challenge=NEED), 1),
        (PoolFilters(challenge="cloudburst-flooding"), 0),
        (PoolFilters(country="FI"), 1),
        (PoolFilters(country="SE"), 0),
        (PoolFilters(city="ee-voru"), 1),
        (PoolFilters(city="lv-cesis"), 0),
        (PoolFilters(min_cities=4), 0),
        (PoolFilters(min_similarity=0.85), 0),
        (PoolFilters(min_similarity=0.0), 1),
    ],
)
def test_filters_keep_the_groups_that_match(catalogue: Catalogue, filters: PoolFilters, found: int) -> None:
    assert len(_pool(catalogue, filters)) == found


def test_a_close_challenge_counts_where_the_caller_names_it(catalogue: Catalogue) -> None:
    close = {concept("challenge", NEED): [concept("challenge", "cloudburst-flooding")]}
    found = pooled_demand(catalogue, CITIES, _similarity(), _evidence(catalogue), close=close)
    (group,) = found
    assert [slug(iri) for iri in group.cities] == ["ee-tartu", "ee-voru", "fi-oulu", "lv-cesis"]
    label = catalogue.concept_label(concept("challenge", "cloudburst-flooding"))
    assert f"Cēsis ({label}): Cellars are flooded." in group.statement.draft


def test_equal_groups_are_ordered_by_challenge(catalogue: Catalogue) -> None:
    flooded = {
        f"{n.id}-2": replace(n, id=f"{n.id}-2", concern=concept("challenge", "cloudburst-flooding"))
        for n in catalogue.needs.values()
        if slug(n.concern) == NEED
    }
    found = _pool(replace(catalogue, needs={**catalogue.needs, **flooded}), PoolFilters(min_similarity=0.75))
    assert [slug(g.challenge) for g in found] == ["cloudburst-flooding", NEED]
    assert [g.rank for g in found] == [1, 2]
    assert found[0].score == found[1].score


def test_no_need_or_fewer_than_three_cities_give_no_group(catalogue: Catalogue) -> None:
    assert _pool(replace(catalogue, needs={})) == []
    assert pooled_demand(catalogue, CITIES[:2], np.ones((2, 2)), {}) == []
    assert pooled_demand(Catalogue(), (), np.ones((0, 0)), {}) == []


def test_an_unknown_similarity_links_nobody(catalogue: Catalogue) -> None:
    matrix = _similarity()
    matrix[2, :] = np.nan
    assert pooled_demand(catalogue, CITIES, matrix, _evidence(catalogue)) == []


def test_a_practice_that_nobody_assessed_has_no_level(catalogue: Catalogue) -> None:
    (group,) = pooled_demand(catalogue, CITIES, _similarity(), {})
    assert {c.level for c in group.statement.candidates} == {None}


def test_unknown_slugs_are_not_found(catalogue: Catalogue) -> None:
    with pytest.raises(NotFoundError, match="no challenge 'snow'"):
        _pool(catalogue, PoolFilters(challenge="snow"))
    with pytest.raises(NotFoundError, match="no city 'ee-narnia'"):
        _pool(catalogue, PoolFilters(city="ee-narnia"))


@pytest.mark.parametrize(
    "matrix", [np.ones((4, 5)), np.ones((4, 4)), np.full((5, 5), 1.5), np.full((5, 5), -0.1)]
)
def test_a_matrix_of_another_shape_or_range_is_refused(catalogue: Catalogue, matrix: Floats) -> None:
    with pytest.raises(InvalidInputError):
        pooled_demand(catalogue, CITIES, matrix, {})


@pytest.mark.parametrize("values", [{"min_cities": 2}, {"min_cities": 13}, {"min_similarity": 1.1}, {"min_similarity": float("nan")}])  # fmt: skip
def test_limits_out_of_range_are_refused(values: dict[str, float]) -> None:
    with pytest.raises(InvalidInputError):
        PoolFilters(**values)  # type: ignore[arg-type]  # min_cities is an int in each case


def test_thirteen_equal_cities_are_split_in_two() -> None:
    found = groups(np.ones((13, 13)), range(13), 0.6)
    assert sorted(map(len, found)) == [6, 7]
    assert sorted(row for group in found for row in group) == list(range(13))


def test_a_group_never_joins_cities_without_a_link() -> None:
    blocks = np.kron(np.eye(3), np.ones((4, 4))).astype(np.float64)
    assert groups(blocks, range(12), 0.6) == [(0, 1, 2, 3), (4, 5, 6, 7), (8, 9, 10, 11)]
    assert groups(np.eye(5), range(5), 0.6) == []
