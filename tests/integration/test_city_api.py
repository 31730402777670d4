"""The questions about one city, about several, and about a city and a practice, over HTTP."""

from collections.abc import Iterator
from math import isfinite
from typing import Any

import pytest
from fastapi.testclient import TestClient

from bufgraph.settings import Settings
from bufgraph_api.app import create_app

CITIES = {"ee-tartu", "ee-valga", "ee-voru", "fi-oulu", "fi-turku", "lv-cesis", "lv-smiltene", "se-lund"}
INDEXES = ("european-smart-cities-2007", "practice-activity", "pleec")


@pytest.fixture(scope="module")
def client(towns_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(towns_settings), raise_server_exceptions=False) as client:
        yield client


def _ask(client: TestClient, path: str, **params: Any) -> Any:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def _slugs(body: Any) -> list[str]:
    return [found["slug"] for found in body["results"]]


def _nulls(value: Any, path: str = "") -> list[str]:
    """Return where a NaN stands, or a null, which a JSON writer may make of one; what is not known is to be left out."""
    if isinstance(value, dict):
        return [found for name, inner in value.items() for found in _nulls(inner, f"{path}.{name}")]
    if isinstance(value, list):
        return [found for n, inner in enumerate(value) for found in _nulls(inner, f"{path}[{n}]")]
    return [path] if value is None or (isinstance(value, float) and not isfinite(value)) else []


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        ("/api/cities/fi-turku/similar?weight=size:-1", 400, "the weight of 'size' is -1.0"),
        ("/api/cities/fi-turku/similar?weight=size:nan", 400, "the weight of 'size' is nan"),
        ("/api/cities/fi-turku/similar?weight=size:inf", 400, "the weight of 'size' is inf"),
        ("/api/cities/fi-turku/similar?weight=size:1e308&weight=sea:1e308", 400, "too large to add up"),
        ("/api/cities/fi-turku/similar?weight=size:0&weight=sea:0", 400, "all weights are zero"),
        ("/api/cities/fi-turku/similar?weight=size:much", 400, "the weight of 'size' is 'much'"),
        ("/api/cities/fi-turku/similar?weight=size:", 400, "the weight of 'size' is ''; expected a number"),
        ("/api/cities/fi-turku/similar?weight=size", 400, "weight is 'size'; expected a name"),
        ("/api/cities/fi-turku/similar?weight=:2", 400, "weight is ':2'; expected a name"),
        ("/api/cities/fi-turku/similar?weight=weather:1", 400, "unknown part 'weather'"),
        ("/api/cities/fi-turku/similar?country=XX", 400, "unknown country 'XX'; choose from EE, FI, LV, SE"),
        ("/api/cities/fi-turku/similar?country=!XX", 400, "unknown country 'XX'"),
        ("/api/cities/fi-turku/similar?country=!", 400, "unknown country ''"),
        ("/api/cities/fi-turku/similar?coastal=maybe", 400, "the parameter 'coastal' is not valid"),
        ("/api/cities/fi-turku/similar?limit=0", 400, "expected 1 to 100"),
        ("/api/cities/fi-turku/similar?limit=101", 400, "expected 1 to 100"),
        ("/api/cities/atlantis/similar?weight=size:1", 404, "there is no city 'atlantis'"),
        ("/api/cities/fi-turku/profile?index=gdp", 400, "unknown index 'gdp'; choose from european-smart"),
        ("/api/cities/fi-turku/profile?peer=ee-tart", 404, "did you mean ee-tartu"),
        ("/api/cities/atlantis/profile", 404, "there is no city 'atlantis'"),
        ("/api/compare", 400, "the parameter 'city' is not valid"),
        ("/api/compare?city=fi-turku", 400, "name two to 4"),
        ("/api/compare?city=fi-turku&city=fi-turku", 400, "name two to 4"),
        ("/api/compare?city=fi-turku&city=fi-oulu&city=ee-voru&city=ee-valga&city=lv-cesis", 400, "5 different"),
        ("/api/compare?city=fi-turku&city=atlantis", 404, "there is no city 'atlantis'"),
        ("/api/compare?city=fi-turku&city=fi-oulu&index=gdp", 400, "unknown index 'gdp'"),
        ("/api/practices/none/fit?city=fi-turku", 404, "there is no practice 'none'"),
        ("/api/practices/gritting/fit?city=atlantis", 404, "there is no city 'atlantis'"),
        ("/api/practices/gritting/fit", 400, "the parameter 'city' is not valid"),
        ("/api/practices/gritting/fit?city=fi-turku&fact=volcano:yes", 400, "unknown context factor 'volcano'"),
        ("/api/practices/gritting/fit?city=fi-turku&fact=coastal", 400, "fact is 'coastal'; expected a name"),
        ("/api/practices/gritting/fit?city=fi-turku&fact=coastal:", 400, "is ''; expected yes or no"),
        ("/api/practices/gritting/fit?city=fi-turku&fact=coastal:perhaps", 400, "expected yes or no"),
    ],
)  # fmt: skip
def test_wrong_input_is_named_in_a_problem_body(
    client: TestClient, path: str, status: int, words: str
) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")
    assert words in answer.json()["detail"]


# -- similar cities ---------------------------------------------------------------------------------------


def test_more_cities_asked_for_than_there_are_gives_all_others(client: TestClient) -> None:
    body = _ask(client, "/api/cities/fi-turku/similar", limit=100)
    assert set(_slugs(body)) == CITIES - {"fi-turku"}
    assert [found["rank"] for found in body["results"]] == list(range(1, 8))


@pytest.mark.parametrize(
    ("city", "params", "kept"),
    [
        ("ee-voru", {"same_size": True}, {"ee-valga", "lv-cesis", "lv-smiltene"}),
        ("ee-voru", {"country": "own"}, {"ee-valga", "ee-tartu"}),
        ("ee-voru", {"country": "!own"}, CITIES - {"ee-voru", "ee-valga", "ee-tartu"}),
        ("ee-voru", {"country": "FI"}, {"fi-turku", "fi-oulu"}),
        ("ee-voru", {"coastal": True}, {"fi-turku", "fi-oulu"}),
        ("ee-voru", {"coastal": False}, {"ee-tartu", "ee-valga", "lv-cesis", "lv-smiltene"}),
        ("ee-voru", {"country": "!own", "same_size": True, "coastal": False}, {"lv-cesis", "lv-smiltene"}),
        ("ee-voru", {"country": ""}, CITIES - {"ee-voru"}),
        ("se-lund", {"country": "own"}, set()),
        ("se-lund", {"same_size": True}, set()),
    ],
)  # fmt: skip
def test_filters_keep_exactly_the_cities_that_match(
    client: TestClient, city: str, params: dict[str, Any], kept: set[str]
) -> None:
    assert set(_slugs(_ask(client, f"/api/cities/{city}/similar", **params))) == kept


def test_own_weights_stand_in_for_the_preset(client: TestClient) -> None:
    body = _ask(client, "/api/cities/ee-voru/similar", weight=["size:2", "sea=2"], preset="problem")
    assert body["preset"] is None
    first = body["results"][0]
    assert first["slug"] == "ee-valga"
    weights = {name: part["weight"] for name, part in first["parts"].items()}
    assert weights == {"needs": 0, "size": 0.5, "climate": 0, "sea": 0.5, "country": 0}
    assert first["score"] == pytest.approx(
        (first["parts"]["size"]["value"] + first["parts"]["sea"]["value"]) / 2, abs=1e-4
    )
    assert _ask(client, "/api/cities/ee-voru/similar", preset="problem")["preset"] == "problem"


def test_a_city_of_which_nothing_is_known_says_so_and_its_ranks_are_open(client: TestClient) -> None:
    for found in _ask(client, "/api/cities/se-lund/similar")["results"]:
        assert set(found["parts"]) <= {"country"}
        assert found["unknown"][0] == "needs: no need of Lund is known"
        assert len(found["parts"]) + len(found["unknown"]) == 6
        assert found["rank_low"] <= found["rank"] <= found["rank_high"]
    turku = _ask(client, "/api/cities/fi-turku/similar")["results"]
    lund = next(found for found in turku if found["slug"] == "se-lund")
    assert lund["rank_low"] < lund["rank_high"]


# -- would it work here -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("practice", "city", "facts", "verdict"),
    [
        ("rain-gardens", "fi-oulu", [], "unknown"),
        ("rain-gardens", "fi-oulu", ["combined-sewers:yes"], "fits"),
        ("rain-gardens", "fi-oulu", ["combined-sewers=YES"], "fits"),
        ("rain-gardens", "fi-oulu", ["combined-sewers:no"], "blocked"),
        ("rain-gardens", "fi-oulu", ["combined-sewers:yes", "coastal:no"], "blocked"),
        ("rain-gardens", "lv-cesis", ["combined-sewers:yes"], "blocked"),
        ("rain-gardens", "se-lund", ["combined-sewers:yes", "coastal:yes"], "fits"),
        ("gritting", "ee-tartu", [], "fits"),
        ("gritting", "ee-voru", [], "blocked"),
        ("gritting", "se-lund", [], "unknown"),
        ("robots", "ee-voru", [], "fits-with-changes"),
        ("salt-bins", "ee-voru", [], "unknown"),
    ],
)  # fmt: skip
def test_the_verdict_follows_the_record_and_what_the_city_says_of_itself(
    client: TestClient, practice: str, city: str, facts: list[str], verdict: str
) -> None:
    body = _ask(client, f"/api/practices/{practice}/fit", city=city, fact=facts)
    assert body["verdict"] == verdict
    assert body["reason"]


def test_a_verdict_shows_the_citys_value_its_source_and_what_to_find_out(client: TestClient) -> None:
    body = _ask(client, "/api/practices/rain-gardens/fit", city="fi-oulu")
    assert body["to_find_out"] == ["Find out whether this holds in Oulu: The city has combined-sewers."]
    coastal, sewers = body["conditions"]
    assert (coastal["status"], coastal["facts"]) == ("met", ["Oulu is on the coast"])
    assert [basis["slug"] for basis in coastal["basis"]] == ["fi-oulu"]
    assert (sewers["status"], "facts" in sewers) == ("unknown", False)
    said = _ask(client, "/api/practices/rain-gardens/fit", city="fi-oulu", fact="combined-sewers:yes")
    assert "to_find_out" not in said
    assert said["conditions"][1]["facts"] == ["Oulu says that it is so"]


def test_a_verdict_with_changes_names_them_and_the_citys_own_attempt(client: TestClient) -> None:
    changes = _ask(client, "/api/practices/robots/fit", city="ee-voru")
    assert changes["changes"] == ["Do without port."]
    assert "tried_here" not in changes
    tried = _ask(client, "/api/practices/robots/fit", city="fi-oulu")["tried_here"]
    assert tried == [{"outcome": "failed", "year": 2019}]


# -- profiles and cities side by side ---------------------------------------------------------------------


def test_a_profile_of_a_city_with_nothing_has_no_scores_and_says_what_is_missing(client: TestClient) -> None:
    body = _ask(client, "/api/cities/se-lund/profile")
    assert not body["ranked"]
    for standing in (body["overall"], *body["characteristics"]):
        assert standing["coverage"] == 0
        assert not {"score", "rank", "oldest", "newest"} & set(standing)
    assert body["factors"] == body["strengths"] == body["weaknesses"] == body["could_teach"] == []
    assert body["unknown"][0] == "nothing is recorded on Lund for Recorded practices by domain"


def test_without_peers_named_the_most_similar_by_structure_are_compared(client: TestClient) -> None:
    body = _ask(client, "/api/cities/fi-turku/profile")
    similar = _ask(client, "/api/cities/fi-turku/similar", preset="structure", limit=20)
    assert [city["slug"] for city in body["compared_with"]] == _slugs(similar)
    assert body["peers"] == 5, "no practice of Lund and Cēsis is recorded"
    assert "nothing is recorded on 2 of the 7 peers; the medians leave them out" in body["unknown"]


def test_peers_named_count_once_and_a_city_is_no_peer_of_itself(client: TestClient) -> None:
    body = _ask(client, "/api/cities/fi-turku/profile", peer=["fi-oulu", "fi-turku", "fi-oulu"])
    assert [city["slug"] for city in body["compared_with"]] == ["fi-oulu"]
    assert body["peers"] == 1
    nobody = _ask(client, "/api/cities/fi-turku/profile", peer="fi-turku")
    assert (nobody["compared_with"], nobody["strengths"], "peers_median" in nobody["overall"]) == (
        [],
        [],
        False,
    )
    assert "no peer has a value, so strengths and weaknesses are not known" in nobody["unknown"]


@pytest.mark.parametrize("index", INDEXES)
def test_what_is_not_known_is_left_out_of_a_profile_and_never_null(client: TestClient, index: str) -> None:
    for city in sorted(CITIES):
        body = _ask(client, f"/api/cities/{city}/profile", index=index)
        assert body["index"]["name"] == index
        assert _nulls(body) == []


def test_cities_stand_side_by_side_in_the_order_asked_for_with_every_pair(client: TestClient) -> None:
    asked = ["fi-turku", "se-lund", "ee-voru", "lv-cesis"]
    body = _ask(client, "/api/compare", city=asked)
    assert [city["slug"] for city in body["cities"]] == asked
    assert [profile["peers"] for profile in body["profiles"]] == [1, 2, 1, 2], (
        "of four only two have practices"
    )
    pairs = [(pair["city"]["slug"], pair["slug"]) for pair in body["pairs"]]
    assert pairs == [(one, other) for n, one in enumerate(asked) for other in asked[n + 1 :]]
    assert _nulls(body) == []


def test_what_all_cities_work_on_is_shared_and_a_city_named_twice_counts_once(client: TestClient) -> None:
    shared = _ask(client, "/api/compare", city=["fi-turku", "fi-turku", "ee-voru", "lv-cesis"])
    assert [city["slug"] for city in shared["cities"]] == ["fi-turku", "ee-voru", "lv-cesis"]
    assert [need["slug"] for need in shared["shared_needs"]] == ["snow-and-ice-clearing"]
    assert _ask(client, "/api/compare", city=["fi-turku", "se-lund"])["shared_needs"] == []


def test_a_pair_has_the_similarity_that_the_list_of_similar_cities_gives(client: TestClient) -> None:
    (pair,) = _ask(client, "/api/compare", city=["fi-turku", "ee-voru"])["pairs"]
    similar = _ask(client, "/api/cities/fi-turku/similar")["results"]
    voru = next(found for found in similar if found["slug"] == "ee-voru")
    assert (pair["score"], pair["parts"]) == (voru["score"], voru["parts"])
