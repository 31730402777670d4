"""The questions about many cities at once, and who can be asked, over HTTP."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

import pytest
from fastapi.routing import APIRoute
from fastapi.testclient import TestClient

from bufgraph.settings import Settings
from bufgraph_api.app import create_app
from bufgraph_api.routes import networks

CITIES = ("ee-tartu", "ee-valga", "ee-voru", "fi-oulu", "fi-turku", "lv-cesis", "lv-smiltene", "se-lund")
PRACTICES = ("gritting", "rain-gardens", "robots", "salt-bins")
ASKED = ("city-of-tartu", "city-of-voru", "road-agency", "winter-lab", "frost-institute", "snow-office")
GROUP = ["ee-tartu", "ee-valga", "ee-voru", "lv-cesis", "lv-smiltene"]
DIMENSIONS = ("", "&by=domain", "&by=country", "&by=challenge&by=size", "&by=size&by=country&by=challenge")
QUESTIONS: dict[str, list[str]] = {
    "/api/experts/{slug}/cases": [f"/api/experts/{name}/cases" for name in ASKED],
    "/api/know": [
        "/api/know?q=We+gritted+icy+pavements",
        "/api/know?q=xqzt+wvvk",
        "/api/know?org=Winter+Lab",
    ],
    "/api/pools": ["/api/pools"],
    "/api/practices/{slug}/adopters": [f"/api/practices/{name}/adopters" for name in PRACTICES],
    "/api/cities/{slug}/likely-practices": [f"/api/cities/{name}/likely-practices" for name in CITIES],
    "/api/practices/{slug}/spread": [f"/api/practices/{name}/spread" for name in PRACTICES],
    "/api/analytics/spread": ["/api/analytics/spread"],
    "/api/analytics/pioneers": ["/api/analytics/pioneers"],
    "/api/analytics/bridges": ["/api/analytics/bridges"],
    "/api/analytics/communities": ["/api/analytics/communities"],
    "/api/analytics/blind-spots": [f"/api/analytics/blind-spots?limit=100{by}" for by in DIMENSIONS],
}
"""Questions by route, among them those about Lund and Road Agency, of which nothing is known."""


@pytest.fixture(scope="module")
def client(towns_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(towns_settings), raise_server_exceptions=False) as client:
        yield client


def _ask(client: TestClient, path: str, **params: Any) -> Any:
    answer = client.get(path, params=params or None)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _slugs(found: list[Any]) -> list[str]:
    return [one["slug"] for one in found]


def _nulls(value: Any, path: str = "") -> list[str]:
    """Return where a NaN stands, or a null, which a JSON writer may make of one; what is not known is to be left out."""
    if isinstance(value, dict):
        return [found for name, inner in value.items() for found in _nulls(inner, f"{path}.{name}")]
    if isinstance(value, list):
        return [found for n, inner in enumerate(value) for found in _nulls(inner, f"{path}[{n}]")]
    return [path] if value is None or (isinstance(value, float) and not isfinite(value)) else []


def test_every_route_of_the_router_is_asked() -> None:
    assert {route.path for route in networks.router.routes if isinstance(route, APIRoute)} == set(QUESTIONS)


@pytest.mark.parametrize("path", [path for paths in QUESTIONS.values() for path in paths])
def test_every_question_is_answered_and_what_is_not_known_is_left_out(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    assert _nulls(answer.json()) == []


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/pools?min_cities=2", 400, "the smallest group is to have 2 cities; choose 3 to 12"),
        ("/api/pools?min_cities=13", 400, "choose 3 to 12"),
        ("/api/pools?min_cities=many", 400, "the parameter 'min_cities' is not valid"),
        ("/api/pools?challenge=snow", 404, "there is no challenge 'snow'"),
        ("/api/pools?city=atlantis", 404, "there is no city 'atlantis'"),
        ("/api/pools?country=XX", 400, "unknown country 'XX'; choose from EE, FI, LV, SE"),
        ("/api/pools?limit=0", 400, "expected 1 to 100"),
        ("/api/analytics/blind-spots?by=colour", 400, "the parameter 'by' is not valid"),
        ("/api/analytics/blind-spots?by=country&by=country", 400, "each once"),
        ("/api/analytics/blind-spots?limit=0", 400, "expected 1 to 100"),
        ("/api/analytics/blind-spots?limit=-1", 400, "expected 1 to 100"),
        ("/api/experts/none/cases", 404, "there is no expert 'none'"),
        ("/api/experts/winter-la/cases", 404, "did you mean winter-lab"),
        ("/api/experts/firms/cases", 404, "'Local firms' names a kind of organisation"),
        ("/api/experts/winter-lab/cases?limit=0", 400, "expected 1 to 100"),
        ("/api/practices/none/adopters", 404, "there is no practice 'none'"),
        ("/api/practices/gritting/adopters?limit=101", 400, "expected 1 to 100"),
        ("/api/practices/none/spread", 404, "there is no practice 'none'"),
        ("/api/cities/atlantis/likely-practices", 404, "there is no city 'atlantis'"),
        ("/api/analytics/spread?limit=0", 400, "expected 1 to 100"),
        ("/api/analytics/pioneers?limit=0", 400, "expected 1 to 100"),
        ("/api/analytics/bridges?limit=0", 400, "expected 1 to 100"),
        ("/api/know", 400, "tell in a text what you know, or name an organisation"),
        ("/api/know?q=ice&org=Winter+Lab", 400, "one of the two"),
        ("/api/know?q=ice&limit=0", 400, "expected 1 to 100"),
        ("/api/know?org=Nobody", 404, "we know no organisation called 'Nobody'"),
        ("/api/experts", 400, "describe a problem"),
        ("/api/experts?city=se-lund", 400, "no need of Lund is known yet; describe the problem in words"),
        ("/api/experts?city=atlantis", 404, "there is no city 'atlantis'"),
    ],
)  # fmt: skip
def test_wrong_input_is_named_in_a_problem_body(
    client: TestClient, path: str, status: int, words: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert words in answer.json()["detail"]


# -- who can be asked, and whom they could help -----------------------------------------------------------


def test_who_knows_something_sees_needs_and_those_who_know_the_same(client: TestClient) -> None:
    told = _ask(client, "/api/know", q="We gritted icy pavements in winter")
    assert {need["state"] for need in told["needs"]} <= {"tried", "untried"}, "what is solved needs no help"
    assert told["challenges"]
    assert "winter-lab" in _slugs(told["experts"])
    assert not told["weak"]
    nothing = _ask(client, "/api/know", q="xqzt wvvk")
    assert (nothing["weak"], nothing["needs"], nothing["cases"], nothing["experts"]) == (True, [], [], [])
    assert _ask(client, "/api/know", org="winter LAB") == _ask(client, "/api/experts/winter-lab/cases")


def test_an_organisation_without_deeds_could_help_with_nothing_known(client: TestClient) -> None:
    body = _ask(client, "/api/experts/road-agency/cases")
    assert (body["knows"], body["needs"], body["cases"], body["limits"]) == ([], [], [], [])


@pytest.mark.parametrize(
    ("name", "limits"),
    [
        ("winter-lab", []),
        ("frost-institute", ["Frost Institute does not take requests."]),
        ("snow-office", ["Snow Office has no room now: 2 of 2 cases are taken."]),
    ],
)
def test_who_cannot_be_asked_now_says_so_beside_the_same_needs_and_cases(
    client: TestClient, name: str, limits: list[str]
) -> None:
    body = _ask(client, f"/api/experts/{name}/cases")
    assert body["limits"] == limits
    lab = _ask(client, "/api/experts/winter-lab/cases")
    assert (body["needs"], body["cases"]) == (lab["needs"], lab["cases"])


def test_needs_come_with_their_state_and_cases_with_where_help_may_be_wanted(client: TestClient) -> None:
    body = _ask(client, "/api/experts/city-of-voru/cases")
    states = {need["city"]["slug"]: need["state"] for need in body["needs"]}
    assert states.items() >= {"ee-valga": "tried", "lv-cesis": "untried", "ee-tartu": "solved"}.items()
    assert "ee-voru" not in states, "its own city"
    open_ = {case["slug"]: [o["place"]["slug"] for o in case["open"]] for case in body["cases"]}
    assert open_ == {"gritting": ["fi-turku"], "robots": ["fi-oulu"]}


def test_who_cannot_be_asked_now_ranks_below_who_says_the_same_and_can(client: TestClient) -> None:
    found = {one["slug"]: one for one in _ask(client, "/api/experts", q="icy pavements")["results"]}
    lab, frost, office = (found[name] for name in ("winter-lab", "frost-institute", "snow-office"))
    assert lab["rank"] < min(frost["rank"], office["rank"])
    assert "limits" not in lab
    assert frost["limits"] == ["Frost Institute does not take requests."]
    assert office["limits"] == ["Snow Office has no room now: 2 of 2 cases are taken."]
    assert ["homepage" in one for one in (lab, frost, office)] == [True, False, True]
    assert frost["deeds"] == lab["deeds"], "it is still shown for what it did"


def test_the_record_of_an_expert_that_takes_no_requests_gives_no_homepage(client: TestClient) -> None:
    assert "homepage" in _ask(client, "/api/experts/snow-office")
    assert "homepage" not in _ask(client, "/api/experts/frost-institute")


@pytest.mark.parametrize(
    ("city", "near"),
    [
        ("ee-valga", "same country (Estonia)"),
        ("lv-cesis", "Estonia and Latvia: the Baltic family of local government"),
        ("fi-oulu", "different countries (Estonia and Finland)"),
    ],
)
def test_a_city_without_a_text_asks_for_its_own_needs_and_sees_who_is_near(
    client: TestClient, city: str, near: str
) -> None:
    body = _ask(client, "/api/experts", city=city)
    assert "snow-and-ice-clearing" in _slugs(body["understood"]["concepts"])
    found = {one["slug"]: one["near"] for one in body["results"]}
    assert found["winter-lab"] == near
    assert found["city-of-tartu"].startswith("its country is not known")


def test_without_a_city_nobody_is_near_and_with_one_its_own_administration_is_left_out(
    client: TestClient,
) -> None:
    anywhere = _ask(client, "/api/experts", q="salt bins at icy stairs")["results"]
    assert "city-of-voru" in _slugs(anywhere)
    assert all("near" not in one for one in anywhere)
    from_voru = _ask(client, "/api/experts", q="salt bins at icy stairs", city="ee-voru")["results"]
    assert "city-of-voru" not in _slugs(from_voru)


# -- joint demand and what is missing ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("params", "groups"),
    [
        ({}, [GROUP]),
        ({"min_cities": 5}, [GROUP]),
        ({"min_cities": 6}, []),
        ({"country": "LV"}, [GROUP]),
        ({"country": "FI"}, []),
        ({"country": "", "city": "", "challenge": ""}, [GROUP]),
        ({"city": "lv-cesis"}, [GROUP]),
        ({"city": "se-lund"}, []),
        ({"challenge": "snow-and-ice-clearing"}, [GROUP]),
        ({"challenge": "storm-power-cuts"}, []),
    ],
)  # fmt: skip
def test_pools_are_the_groups_that_pass_the_filters(
    client: TestClient, params: dict[str, Any], groups: list[list[str]]
) -> None:
    assert [_slugs(group["cities"]) for group in _ask(client, "/api/pools", **params)["results"]] == groups


def test_a_pool_drafts_the_joint_need_and_counts_only_what_is_known(client: TestClient) -> None:
    (group,) = _ask(client, "/api/pools")["results"]
    assert group["draft"][0].startswith("Tartu, Valga, Võru, Cēsis and Smiltene share a need")
    assert group["demand"] == {"residents": 140_500, "cities_counted": 5, "adoptions": 0}, "no cost is stated"
    assert any(sentence.startswith("4 of 5 needs are derived") for sentence in group["unknown"])


def test_blind_spots_are_cut_to_the_limit_and_counted_in_full(client: TestClient) -> None:
    body = _ask(client, "/api/analytics/blind-spots", limit=2)
    assert len(body["results"]) == 2 < body["total"]
    assert body["results"][0]["kind"] == "no-practice"
    assert any("population of 1 city is not known" in sentence for sentence in body["unknown"])


# -- who learned from whom --------------------------------------------------------------------------------


def test_a_practice_that_nobody_took_over_has_no_spread_and_no_made_up_figures(client: TestClient) -> None:
    body = _ask(client, "/api/practices/rain-gardens/spread")
    assert (body["uptakes"], body["first_year"]) == ([], 2021)
    assert body["figures"] == {
        "uptakes": 0, "places": 0, "countries": 0, "lags": 0, "distances": 0, "borders": 0,
    }  # fmt: skip
    most = _ask(client, "/api/analytics/spread")["results"]
    assert [spread["practice"]["slug"] for spread in most] == ["salt-bins", "gritting"]


def test_years_and_distances_that_are_not_known_stay_so(client: TestClient) -> None:
    body = _ask(client, "/api/practices/salt-bins/spread")
    valga, smiltene, coast = body["uptakes"]
    assert (valga["place"]["slug"], valga["lag_years"], valga["across_borders"]) == ("ee-valga", 3, False)
    assert (smiltene["place"]["slug"], smiltene["across_borders"]) == ("lv-smiltene", True)
    assert (coast["place"]["slug"], coast["place"]["kind"]) == ("fi-coast", "region")
    assert not {"year", "lag_years"} & (set(smiltene) | set(coast))
    assert "distance_km" not in coast
    assert body["unknown"] == [
        "the start year is not known for Smiltene, The Finnish coast",
        "the distance is not known for The Finnish coast",
        "the outcome is not known for Smiltene",
    ]


def test_adopters_are_all_cities_that_do_not_run_the_practice(client: TestClient) -> None:
    found = _ask(client, "/api/practices/salt-bins/adopters", limit=100)["results"]
    assert {one["city"]["slug"] for one in found} == set(CITIES) - {"ee-voru", "ee-valga", "lv-smiltene"}
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)
    lund = next(one for one in found if one["city"]["slug"] == "se-lund")
    assert "needs: no need of the city is known" in lund["unknown"]


def test_a_pair_has_one_score_seen_from_the_practice_and_from_the_city(client: TestClient) -> None:
    by_city = _ask(client, "/api/cities/se-lund/likely-practices", limit=100)["results"]
    assert {one["practice"]["slug"] for one in by_city} == set(PRACTICES), "Lund runs none"
    for one in by_city:
        found = _ask(client, f"/api/practices/{one['practice']['slug']}/adopters", limit=100)["results"]
        (same,) = (other for other in found if other["city"]["slug"] == "se-lund")
        assert {**same, "rank": 0} == {**one, "rank": 0}


def test_a_pioneer_tells_what_is_not_known_of_those_that_followed(client: TestClient) -> None:
    voru, tartu = _ask(client, "/api/analytics/pioneers")["results"]
    assert (voru["city"]["slug"], _slugs(voru["adopters"])) == ("ee-voru", ["ee-valga", "lv-smiltene"])
    assert voru["unknown"] == [
        "the year is not known for 1 of 2 uptakes", "how it went is not known for 1 of 2 uptakes",
    ]  # fmt: skip
    assert (tartu["city"]["slug"], "unknown" in tartu) == ("ee-tartu", False)
