"""The commands about cities and their networks as a person types them; each answers like the API."""

import os
import subprocess
import sys
from collections.abc import Callable
from io import StringIO
from typing import Any

import orjson
import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient
from rich.console import Console

from bufgraph.cli import city_tables, network_tables
from bufgraph.cli.network_commands import adopters
from bufgraph.settings import Settings
from bufgraph_api.app import create_app

Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="module")
def client(towns_settings: Settings) -> TestClient:
    return TestClient(create_app(towns_settings))


@pytest.fixture(scope="module")
def run(towns_settings: Settings) -> Run:
    def go(*arguments: str) -> subprocess.CompletedProcess[str]:
        environ = {**os.environ, "BUFGRAPH_HOME": str(towns_settings.home)}
        command = [sys.executable, "-m", "bufgraph.cli.main", *arguments]
        return subprocess.run(command, env=environ, capture_output=True, check=False, encoding="utf-8")

    return go


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["similar-cities", "fi-turku", "--weight", "size=-1"], 2, "the weight of 'size' is -1.0"),
        (["profile", "fi-turku", "--index", "gdp"], 2, "unknown index 'gdp'; choose from"),
        (["compare", "fi-turku", "fi-turku"], 2, "name two to 4"),
        (["fit", "gritting", "--city", "fi-turku", "--fact", "coastal"], 2, "fact is 'coastal'; expected a name"),
        (["fit", "grittin", "--city", "fi-turku"], 3, "did you mean gritting"),
        (["pool", "--min-cities", "2"], 2, "choose 3 to 12"),
        (["blind-spots", "--by", "country, country"], 2, "the dimensions are 'country, country'"),
        (["blind-spots", "--limit", "-1"], 2, "limit is -1; expected 1 to 100"),
        (["know"], 2, "tell in a text what you know, or name an organisation"),
        (["know", "ice", "--org", "Winter Lab"], 2, "one of the two"),
        (["know", "--org", "Winter Lib"], 3, "we know no organisation called 'Winter Lib'"),
        (["cases-for", "firms"], 3, "'Local firms' names a kind of organisation"),
    ],
)  # fmt: skip
def test_wrong_input_gives_an_exit_code_and_a_message(
    run: Run, arguments: list[str], code: int, words: str
) -> None:
    done = run(*arguments)
    assert (done.returncode, done.stdout) == (code, "")
    assert words in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("arguments", "path"),
    [
        (["similar-cities", "ee-voru", "--weight", "size=2", "--weight", "sea=1", "--country", "!own", "--inland"],
         "/api/cities/ee-voru/similar?weight=size:2&weight=sea:1&country=!own&coastal=false"),
        (["adopters", "--city", "se-lund", "--limit", "3"], "/api/cities/se-lund/likely-practices?limit=3"),
    ],
)  # fmt: skip
def test_a_question_has_one_answer_on_the_command_line_and_over_http(
    run: Run, client: TestClient, arguments: list[str], path: str
) -> None:
    done = run(*arguments, "--format", "json")
    assert done.returncode == 0, done.stderr
    body = client.get(path).json()
    assert body["results"]
    assert orjson.loads(done.stdout) == body


@pytest.mark.parametrize(
    ("arguments", "query"),
    [
        (["We gritted icy pavements"], "q=We+gritted+icy+pavements"),
        (["--org", "winter lab"], "org=Winter+Lab"),
    ],
)
def test_what_one_knows_is_told_alike_on_the_command_line_and_over_http(
    run: Run, client: TestClient, arguments: list[str], query: str
) -> None:
    body = client.get(f"/api/know?{query}&limit=3").json()
    assert body["needs"]
    assert body["cases"]
    assert len(body["needs"]) <= 3
    done = run("know", *arguments, "--limit", "3", "--format", "json")
    assert done.returncode == 0, done.stderr
    assert orjson.loads(done.stdout) == body
    table = run("know", *arguments).stdout
    assert body["needs"][0]["city"]["label"] in table
    assert body["cases"][0]["slug"] in table


def test_a_table_tells_the_verdict_and_what_to_find_out(run: Run) -> None:
    done = run("fit", "rain-gardens", "--city", "fi-oulu")
    assert done.returncode == 0, done.stderr
    told = " ".join(done.stdout.split())
    assert told.startswith("Rain gardens in the old town in Oulu: unknown.")
    assert "Oulu is on the coast" in told
    assert "Find out whether this holds in Oulu" in told


@pytest.mark.parametrize("arguments", [[], ["gritting", "--city", "se-lund"]])
def test_adopters_are_asked_for_a_practice_or_a_city(arguments: list[str]) -> None:
    done = CliRunner().invoke(adopters, arguments)
    assert done.exit_code == 2
    assert "give a PRACTICE or --city" in done.output


def _table(write: Callable[[dict[str, Any], Console], None], answer: dict[str, Any]) -> str:
    written = StringIO()
    write(answer, Console(file=written, width=200))
    return written.getvalue()


def test_figures_that_are_not_known_are_no_zero_in_a_table() -> None:
    figures = {"uptakes": 1, "places": 1, "countries": 1, "lags": 0, "distances": 0, "borders": 0}
    told = _table(network_tables.most_spread, {"results": [], "figures": figures})
    assert "median lag ? years (0 known), median distance ? km, ? across borders" in told
    known = {**figures, "median_lag_years": 2.5, "median_distance_km": 1234.5, "share_across_borders": 0.25}
    told = _table(network_tables.most_spread, {"results": [], "figures": known})
    assert "median lag 2.5 years (0 known), median distance 1,234 km, 25% across borders" in told


@pytest.mark.parametrize(("preset", "told"), [(None, "own weights"), ("problem", "preset problem")])
def test_a_table_says_how_it_was_weighed_and_that_no_city_is_left(preset: str | None, told: str) -> None:
    table = _table(city_tables.similar_cities, {"city": {"label": "Lund"}, "preset": preset, "results": []})
    assert f"Cities like Lund, {told}:" in table
    assert "no city passes these conditions" in table


def test_an_organisation_that_knows_nothing_gets_a_sentence_and_no_empty_table() -> None:
    nothing: dict[str, list[str]] = {name: [] for name in ("limits", "knows", "needs", "cases")}
    answer = {"organisation": {"label": "Road Agency"}, **nothing}
    assert _table(network_tables.mentor, answer).splitlines() == [
        "Road Agency could help with:",
        "nothing is recorded that it did or states to know",
    ]
