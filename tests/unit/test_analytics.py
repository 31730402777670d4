from collections.abc import Sequence
from dataclasses import replace

import pytest

from bufgraph.analytics.blind_spots import BlindSpot, Dimension, blind_spots, matrix
from bufgraph.analytics.network import (
    bridges,
    co_adoption_network,
    communities,
    pioneers,
    transfer_network,
)
from bufgraph.analytics.spread import most_spread, spread, spread_figures
from bufgraph.errors import InvalidInputError
from bufgraph.model import Catalogue, CityNeed
from bufgraph.model.geography import distance_km, size_class
from bufgraph.namespaces import DEFAULT_BASE, concept, slug
from builders import Json, adoption, city, document, practice, small_catalogue

PLACES = {
    "ee-tartu": city("ee-tartu", "Tartu", "EE", population=91_000, latitude=58.38, longitude=26.72),
    "fi-turku": city("fi-turku", "Turku", "FI", population=195_000, latitude=60.45, longitude=22.27),
    "fi-oulu": city("fi-oulu", "Oulu", "FI", population=210_000, latitude=65.01, longitude=25.47),
    "lv-cesis": city("lv-cesis", "Cēsis", "LV", population=14_000, latitude=57.31, longitude=25.27),
    "se-lund": city("se-lund", "Lund", "SE"),
}


def _iri(name: str) -> str:
    return f"{DEFAULT_BASE}city/{name}"


def _region(name: str, country: str, members: Sequence[str] = ()) -> Json:
    return {
        "id": f"bgd:region/{name}",
        "type": "Region",
        "pref_label": {"en": name},
        "country_code": country,
        "place_kind": "bgs:place-kind/group",
        **({"has_member": [f"bgd:city/{member}" for member in members]} if members else {}),
    }


def _catalogue(
    origins: dict[str, str], adoptions: Sequence[Json], regions: Sequence[Json] = (), **challenges: str
) -> Catalogue:
    """Return a catalogue of the five places; ``origins`` names the first city of each practice."""
    return small_catalogue(
        {
            "cities": [*PLACES.values(), *regions],
            "practices": [
                practice(name, name.title(), f"Problem of {name}.", challenges.get(name, "snow-and-ice-clearing"), place)
                for name, place in origins.items()
            ],
            "adoptions": list(adoptions),
            "sources": [document()],
        }
    )  # fmt: skip


@pytest.fixture(scope="module")
def gritting() -> Catalogue:
    """Tartu → Turku → Cēsis (where it failed), Tartu → Lund at an unknown time; Oulu did the same on its own."""
    return _catalogue(
        {"gritting": "ee-tartu"},
        [
            adoption("gritting", "ee-tartu", "success", start_year=2020),
            adoption("gritting", "fi-turku", "success", suffix="--fi-turku", start_year=2022),
            adoption("gritting", "lv-cesis", "failed", suffix="--lv-cesis", start_year=2025,
                     replicated_from="bgd:adoption/gritting--fi-turku"),
            adoption("gritting", "se-lund", "unknown", suffix="--se-lund"),
            adoption("gritting", "fi-oulu", "success", suffix="--fi-oulu", start_year=2010,
                     relation="bgs:transfer-relation/parallel"),
        ],
    )  # fmt: skip


def test_distance_between_turku_and_tartu_is_known(gritting: Catalogue) -> None:
    assert distance_km(gritting.city("fi-turku"), gritting.city("ee-tartu")) == pytest.approx(343, abs=4)
    assert distance_km(gritting.city("fi-turku"), gritting.city("se-lund")) is None


@pytest.mark.parametrize(
    ("population", "name"),
    [
        (49_999, "small"), (50_000, "medium"), (249_999, "medium"), (250_000, "large"), (999_999, "large"),
        (1_000_000, "metropolis"), (None, None),
    ],
)  # fmt: skip
def test_size_classes_have_the_bounds_of_the_scheme(population: int | None, name: str | None) -> None:
    assert size_class(population) == name


def test_spread_follows_who_took_over_from_whom_and_keeps_unknown_years_unknown(gritting: Catalogue) -> None:
    found = spread(gritting, gritting.practice("gritting"))
    assert [(slug(u.place), [slug(s) for s in u.sources], u.lag_years) for u in found.uptakes] == [
        ("fi-turku", ["ee-tartu"], 2),
        ("lv-cesis", ["fi-turku"], 5),
        ("se-lund", ["ee-tartu"], None),
    ]
    assert [u.distance_km is None for u in found.uptakes] == [False, False, True]
    figures = found.figures
    assert (figures.places, figures.countries, figures.lags, figures.median_lag_years) == (3, 3, 2, 3.5)
    assert figures.share_known_years == pytest.approx(2 / 3)
    assert figures.share_across_borders == 1.0
    assert "the start year is not known for Lund" in found.unknown


def test_a_parallel_adoption_is_no_spread(gritting: Catalogue) -> None:
    assert spread(gritting, gritting.practice("gritting")).parallel == (_iri("fi-oulu"),)
    assert _iri("fi-oulu") not in transfer_network(gritting)


def test_no_lag_is_given_when_the_first_year_is_unknown() -> None:
    catalogue = _catalogue(
        {"p": "ee-tartu"},
        [
            adoption("p", "ee-tartu", "success"),
            adoption("p", "fi-turku", "success", suffix="--fi-turku", start_year=2022),
        ],
    )
    found = spread(catalogue, catalogue.practice("p"))
    assert (found.uptakes[0].year, found.uptakes[0].lag_years, found.figures.median_lag_years) == (
        2022,
        None,
        None,
    )


def test_a_region_counts_for_its_member_cities_and_one_without_members_for_itself() -> None:
    catalogue = _catalogue(
        {"p": "fi-turku"},
        [
            adoption("p", "fi-turku", "success"),
            {**adoption("p", "", "success", suffix="--pair"), "place": "bgd:region/pair"},
            {**adoption("p", "", "success", suffix="--latvia"), "place": "bgd:region/latvia"},
        ],
        [_region("pair", "FI", ["fi-oulu", "fi-turku"]), _region("latvia", "LV")],
    )
    found = {slug(u.place): u for u in spread(catalogue, catalogue.practice("p")).uptakes}
    assert found.keys() == {"fi-oulu", "latvia"}
    assert (found["fi-oulu"].across_borders, found["latvia"].across_borders) == (False, True)
    assert found["latvia"].distance_km is None
    assert list(transfer_network(catalogue).edges) == [(_iri("fi-turku"), _iri("fi-oulu"))]


def test_cycles_and_self_references_in_replicated_from_do_no_harm() -> None:
    catalogue = _catalogue(
        {"p": "ee-tartu"},
        [
            adoption("p", "ee-tartu", "success"),
            adoption("p", "ee-tartu", "success", suffix="--second-phase"),
            adoption("p", "fi-turku", "success", suffix="--a", replicated_from="bgd:adoption/p--b"),
            adoption("p", "lv-cesis", "success", suffix="--b", replicated_from="bgd:adoption/p--a"),
            adoption("p", "fi-oulu", "success", suffix="--c", replicated_from="bgd:adoption/p--c"),
        ],
    )
    edges = {(slug(a), slug(b)) for a, b in transfer_network(catalogue).edges}
    assert edges == {("lv-cesis", "fi-turku"), ("fi-turku", "lv-cesis"), ("ee-tartu", "fi-oulu")}
    assert len(bridges(catalogue)) == 4


def test_most_spread_practices_come_first_and_equal_ones_by_iri() -> None:
    names = ("b", "a", "c", "never")
    catalogue = _catalogue(
        dict.fromkeys(names, "ee-tartu"),
        [
            *(adoption(name, "ee-tartu", "success") for name in names),
            *(adoption(name, "fi-turku", "success", suffix="--1") for name in ("a", "b", "c")),
            adoption("c", "fi-oulu", "success", suffix="--2"),
        ],
    )
    assert [slug(s.practice) for s in most_spread(catalogue)] == ["c", "a", "b"]
    assert [slug(s.practice) for s in most_spread(catalogue, 1)] == ["c"]


def test_an_edge_of_the_transfer_network_holds_what_was_taken_over(gritting: Catalogue) -> None:
    edge = transfer_network(gritting).edges[_iri("fi-turku"), _iri("lv-cesis")]
    assert (edge["years"], edge["outcomes"], edge["relations"]) == ((2025,), ("failed",), ("replicated",))
    assert [slug(p) for p in edge["practices"]] == ["gritting"]


def test_who_was_copied_comes_before_who_led_a_joint_scheme() -> None:
    joined = {"relation": "bgs:transfer-relation/joined"}
    catalogue = _catalogue(
        {"scheme": "ee-tartu", "idea": "fi-turku"},
        [
            adoption("scheme", "ee-tartu", "success"),
            adoption("scheme", "fi-turku", "success", suffix="--1", **joined),
            adoption("scheme", "lv-cesis", "success", suffix="--2", **joined),
            adoption("idea", "fi-turku", "success", start_year=2015),
            adoption("idea", "fi-oulu", "success", suffix="--1", start_year=2019),
        ],
    )
    found = pioneers(catalogue, {})
    assert [(slug(p.city), len(p.adopters), p.replicated) for p in found] == [
        ("fi-turku", 1, 1),
        ("ee-tartu", 2, 0),
    ]
    idea = found[0].practices[0]
    assert (idea.began, idea.taken_over, idea.level) == (2015, 2019, None)


def test_the_share_that_went_well_leaves_out_what_nobody_knows(gritting: Catalogue) -> None:
    found = {slug(p.city): p for p in pioneers(gritting, {gritting.practice("gritting").id: 3})}
    tartu, turku = found["ee-tartu"], found["fi-turku"]
    assert (tartu.went_well, tartu.judged, tartu.share_well, tartu.first_year) == (1, 1, 1.0, 2022)
    assert tartu.countries == ("FI", "SE")
    assert tartu.practices[0].level == 3
    assert "how it went is not known for 1 of 2 uptakes" in tartu.unknown
    assert turku.share_well == 0.0


def test_the_hub_of_a_star_is_the_bridge_and_domestic_links_make_none() -> None:
    catalogue = _catalogue(
        {"p": "ee-tartu"},
        [
            adoption("p", "ee-tartu", "success"),
            *(
                adoption("p", place, "success", suffix=f"--{place}")
                for place in ("fi-turku", "fi-oulu", "lv-cesis")
            ),
        ],
    )
    hub = bridges(catalogue)[0]
    assert (slug(hub.city), hub.betweenness, hub.foreign_partners) == ("ee-tartu", 1.0, 3)
    assert hub.participation == pytest.approx(1 - (2 / 3) ** 2 - (1 / 3) ** 2)
    assert {code: len(cities) for code, cities in hub.partners.items()} == {"FI": 2, "LV": 1}
    domestic = _catalogue(
        {"p": "fi-turku"},
        [adoption("p", "fi-turku", "success"), adoption("p", "fi-oulu", "success", suffix="--1")],
    )
    assert bridges(domestic) == []


def test_a_practice_of_many_cities_ties_each_pair_less() -> None:
    catalogue = _catalogue(
        {"many": "ee-tartu", "two": "ee-tartu"},
        [
            adoption("many", "ee-tartu", "success"),
            adoption("many", "fi-turku", "success", suffix="--1"),
            adoption("many", "fi-oulu", "success", suffix="--2", relation="bgs:transfer-relation/parallel"),
            adoption("two", "ee-tartu", "success"),
            adoption("two", "fi-turku", "success", suffix="--1"),
        ],
    )
    graph = co_adoption_network(catalogue)
    assert graph.edges[_iri("ee-tartu"), _iri("fi-turku")]["weight"] == pytest.approx(1.5)
    assert graph.edges[_iri("fi-oulu"), _iri("fi-turku")]["weight"] == pytest.approx(0.5)


def test_two_separate_pairs_are_two_communities_of_known_modularity() -> None:
    catalogue = _catalogue(
        {"p": "ee-tartu", "q": "fi-oulu"},
        [
            adoption("p", "ee-tartu", "success"),
            adoption("p", "fi-turku", "success", suffix="--1"),
            adoption("q", "fi-oulu", "success"),
            adoption("q", "lv-cesis", "success", suffix="--1"),
        ],
    )
    found = communities(catalogue)
    assert [[slug(c) for c in k.cities] for k in found.communities] == [
        ["ee-tartu", "fi-turku"],
        ["fi-oulu", "lv-cesis"],
    ]
    assert (found.modularity, found.by_components, found.components) == (0.5, 0.5, 2)
    assert found.communities[0].countries == {"EE": 1, "FI": 1}
    assert found.communities[0].subdomains == ((concept("domain", "public-spaces-management"), 1),)
    assert found.unknown[0].startswith("1 city")


def test_an_empty_catalogue_has_no_spread_no_network_and_no_blind_spot() -> None:
    empty = Catalogue()
    figures = spread_figures(empty)
    assert (figures.uptakes, figures.median_lag_years, figures.share_across_borders) == (0, None, None)
    assert (most_spread(empty), pioneers(empty, {}), bridges(empty)) == ([], [], [])
    assert communities(empty).modularity is None
    assert blind_spots(empty, {}).spots == ()


@pytest.fixture(scope="module")
def tried() -> Catalogue:
    """Snow: measured in Tartu (EE), unmeasured and failed in Oulu (FI). Rain: unmeasured in Turku (FI) and Lund (SE)."""
    return _catalogue(
        {"gritting": "ee-tartu", "robots": "fi-oulu", "gardens": "fi-turku"},
        [
            adoption("gritting", "ee-tartu", "success"),
            adoption("robots", "fi-oulu", "failed"),
            adoption("gardens", "fi-turku", "success"),
            adoption("gardens", "se-lund", "success", suffix="--1"),
        ],
        gardens="cloudburst-flooding",
    )


def _levels(catalogue: Catalogue) -> dict[str, int]:
    return {p.id: 3 if p.slug == "gritting" else 1 for p in catalogue.practices.values()}


def _spots(catalogue: Catalogue, *by: Dimension) -> dict[tuple[str, ...], BlindSpot]:
    found = blind_spots(catalogue, _levels(catalogue), by=by).spots
    return {tuple(slug(value) for value in spot.cell.key.values()): spot for spot in found}


def test_a_cell_counts_needs_practices_levels_and_failures(tried: Catalogue) -> None:
    cells = {
        tuple(slug(v) for v in cell.key.values()): cell
        for cell in matrix(tried, _levels(tried), by=("country", "challenge"))
    }
    snow = cells["FI", "snow-and-ice-clearing"]
    assert (snow.cities, snow.needs, len(snow.practices), snow.measured, snow.failures) == (2, 1, 1, 0, 1)
    assert snow.levels == {1: 1}
    assert (snow.needing_anywhere, snow.practices_elsewhere, snow.measured_elsewhere) == (2, 1, 1)


def test_what_was_tried_elsewhere_or_never_measured_is_a_blind_spot(tried: Catalogue) -> None:
    found = _spots(tried, "challenge", "country")
    assert ("snow-and-ice-clearing", "EE") not in found
    assert found["snow-and-ice-clearing", "FI"].kind == "unmeasured"
    assert found["snow-and-ice-clearing", "LV"].kind == "not-here"
    assert found["cloudburst-flooding", "FI"].kind == "unmeasured"
    assert found["cloudburst-flooding", "EE"].reason == (
        "Cloudburst flooding of streets, Estonia: no practice is known here; practices elsewhere: 1, of them measured: 0; "
        "cities known to need it: 2"
    )


def test_challenges_that_nobody_tried_come_first_then_by_kind_and_need(tried: Catalogue) -> None:
    kinds = [s.kind for s in blind_spots(tried, _levels(tried), by=("challenge", "country")).spots]
    untried = len(tried.challenges) - 2
    assert kinds[:untried] == ["no-practice"] * untried
    assert kinds[untried:] == ["unmeasured"] * 3 + ["not-here"] * 4


def test_a_need_stated_by_a_city_without_a_practice_is_unmet(tried: Catalogue) -> None:
    stated = CityNeed(
        "urn:need", _iri("lv-cesis"), concept("challenge", "cloudburst-flooding"), concept("need-status", "open")
    )  # fmt: skip
    catalogue = replace(tried, needs={**tried.needs, stated.id: stated})
    spot = _spots(catalogue, "challenge", "country")["cloudburst-flooding", "LV"]
    assert (spot.kind, spot.cell.needing) == ("unmet-need", (_iri("lv-cesis"),))


def test_a_city_of_unknown_size_is_a_class_of_its_own_and_never_lacks_anything(tried: Catalogue) -> None:
    found = _spots(tried, "challenge", "size")
    assert found["cloudburst-flooding", "unknown"].kind == "unmeasured"
    assert ("snow-and-ice-clearing", "unknown") not in found
    assert found["snow-and-ice-clearing", "small"].kind == "not-here"
    assert any("population of 1 city" in line for line in blind_spots(tried, {}).unknown)


def test_a_challenge_counts_for_its_subdomain_and_domain(tried: Catalogue) -> None:
    challenge = tried.challenge("cloudburst-flooding")
    cells = matrix(tried, {}, by=("domain", "subdomain"))
    subdomain = challenge.broader[0]
    cell = next(c for c in cells if c.key["subdomain"] == subdomain)
    assert cell.key["domain"] == tried.concepts[subdomain].broader[0]
    assert [slug(p) for p in cell.practices] == ["gardens"]


@pytest.mark.parametrize("by", [(), ("country", "country"), ("climate",)])
def test_wrong_dimensions_are_refused_with_the_known_ones(
    tried: Catalogue, by: tuple[Dimension, ...]
) -> None:
    with pytest.raises(InvalidInputError, match="domain, subdomain, challenge, country, size"):
        matrix(tried, {}, by=by)
