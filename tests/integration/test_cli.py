"""The command line as a person types it."""

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import orjson
import pytest

from bufgraph.settings import Settings


@pytest.fixture
def run(small_settings: Settings) -> Any:
    def go(*arguments: str, home: Path | None = None) -> subprocess.CompletedProcess[bytes]:
        environ = {**os.environ, "BUFGRAPH_HOME": str(home or small_settings.home)}
        command = [sys.executable, "-m", "bufgraph.cli.main", *arguments]
        return subprocess.run(command, env=environ, capture_output=True, check=False)

    return go


def _json(done: subprocess.CompletedProcess[bytes]) -> Any:
    assert done.returncode == 0, done.stderr.decode()
    return orjson.loads(done.stdout)


def test_search_gives_results_with_identifier_and_score(run: Any) -> None:
    found = _json(run("search", "icy pavements", "--type", "practice", "--format", "json"))
    assert found["results"][0]["id"].endswith("practice/gritting")
    assert 0 < found["results"][0]["score"] <= 1


def test_solutions_carry_level_outcome_reasons_and_sources_and_show_the_failure(run: Any) -> None:
    found = _json(run("solutions", "snow on pavements", "--city", "lv-cesis", "--format", "json"))
    best = found["results"][0]
    assert (best["evidence_level"], best["outcome"]) == (3, "success")
    assert best["reasons"]
    assert best["sources"][0]["url"] == "https://example.org/"
    failed = {s["slug"]: s["setbacks"][0] for s in found["setbacks"]}["robots"]
    assert failed["outcome"] == "failed"
    assert failed["causes"][0]["slug"] == "immature-technology"
    assert failed["remedy"] == "Wait for a robot that survives frost."


def test_solutions_for_a_challenge_need_no_text(run: Any) -> None:
    found = _json(run("solutions", "--challenge", "cloudburst-flooding", "--format", "json"))
    assert [r["slug"] for r in found["results"]] == ["rain-gardens"]


def test_problems_of_a_city_come_from_its_own_needs(run: Any) -> None:
    found = _json(run("problems", "--city", "ee-tartu", "--format", "json"))
    assert {r["slug"] for r in found["results"][:2]} == {"fi-turku", "fi-oulu"}
    assert found["results"][0]["similarity"] > 0


def test_similar_cities_explain_each_part(run: Any) -> None:
    found = _json(run("similar-cities", "fi-turku", "--format", "json"))
    assert found["results"][0]["slug"] == "fi-oulu"
    assert found["results"][0]["parts"]["size"]["facts"] == ["Turku has 195,000 residents, Oulu 210,000"]


def test_experts_are_ranked_by_what_they_did(run: Any) -> None:
    found = _json(run("experts", "gritting icy pavements", "--format", "json"))
    assert {r["label"] for r in found["results"]} == {"City of Tartu", "Winter Lab"}
    assert all(r["deeds"] for r in found["results"])


def test_info_counts_what_the_build_holds(run: Any) -> None:
    counts = _json(run("info", "--format", "json"))["counts"]
    assert (
        counts["cities"],
        counts["practices"],
        counts["adoptions"],
        counts["results"],
        counts["experts"],
    ) == (4, 3, 4, 1, 1)


@pytest.mark.parametrize(
    "command",
    [
        ["search", "snow"],
        ["problems", "snow"],
        ["solutions", "snow"],
        ["experts", "snow"],
        ["similar-cities", "ee-tartu"],
        ["info"],
    ],
)
def test_tables_are_written_for_people(run: Any, command: list[str]) -> None:
    done = run(*command)
    assert done.returncode == 0, done.stderr.decode()
    assert len(done.stdout.decode().splitlines()) > 2


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (["search", ""], 2, "the search text is empty"),
        (["search", "a" * 20_000], 2, "at most 5000"),
        (["search", "snow", "--type", "castle"], 2, "unknown type 'castle'; choose from practice, city"),
        (["search", "snow", "--country", "XX"], 2, "unknown country 'XX'"),
        (["search", "snow", "--limit", "0"], 2, "expected 1 to 100"),
        (["search"], 2, "Missing argument"),
        (["similar-cities", "atlantis"], 3, "there is no city 'atlantis'"),
        (["similar-cities", "fi-turku", "--preset", "x"], 2, "unknown preset 'x'"),
        (["solutions", "snow", "--city", "ee-tart"], 3, "did you mean ee-tartu"),
        (["solutions"], 2, "describe a problem"),
        (["problems", "--city", "lv-cesis"], 2, "no need of Cēsis is known yet"),
        (["sparql", "SELECT"], 2, "error:"),
        (["sparql", "INSERT DATA { <urn:a> <urn:b> <urn:c> }"], 2, "read-only"),
        (["frobnicate"], 2, "No such command"),
    ],
)
def test_wrong_input_gives_an_exit_code_and_a_message(
    run: Any, arguments: list[str], code: int, words: str
) -> None:
    done = run(*arguments)
    assert done.returncode == code, done.stderr.decode()
    assert words in done.stderr.decode()
    assert b"Traceback" not in done.stderr


def test_without_a_build_it_says_what_to_do(run: Any, tmp_path: Path) -> None:
    done = run("search", "snow", home=tmp_path)
    assert done.returncode == 4
    assert "run 'bufgraph build' first" in done.stderr.decode()


def test_a_port_in_use_is_told_before_anything_is_loaded(run: Any) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--port", str(port))
    assert done.returncode == 6
    assert f"port {port} on 127.0.0.1 is in use" in done.stderr.decode()
    assert f"--port {port + 1}" in done.stderr.decode()


def test_a_damaged_build_says_what_to_do(run: Any, small_settings: Settings, tmp_path: Path) -> None:
    shutil.copytree(small_settings.home, tmp_path / "home")
    next((tmp_path / "home" / "builds").glob("*/index/passages.faiss")).write_bytes(b"broken")
    done = run("search", "snow", home=tmp_path / "home")
    assert done.returncode == 5
    assert (
        "passages.faiss was changed or damaged since it was built; run 'bufgraph build --force'"
        in done.stderr.decode()
    )


def test_help_imports_nothing_heavy() -> None:
    code = (
        "import sys\nfrom click.testing import CliRunner\nfrom bufgraph.cli.main import cli\n"
        "assert CliRunner().invoke(cli, ['--help']).exit_code == 0\n"
        "heavy = {'torch', 'numpy', 'pyoxigraph', 'fastapi', 'onnxruntime', 'rdflib'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_validate_reports_every_refused_record_and_fails(run: Any, tmp_path: Path) -> None:
    from builders import small_datasets, write_datasets

    data = small_datasets()
    del data["practices"][1]["title"]
    done = run("validate", "--datasets", str(write_datasets(tmp_path / "data", data)), home=tmp_path / "home")
    assert done.returncode == 2
    assert "practices.jsonl:2: bgd:practice/robots: title:" in done.stderr.decode()


def test_sparql_answers_in_the_asked_format(run: Any) -> None:
    done = run("sparql", "SELECT (COUNT(*) AS ?n) WHERE { ?c a bg:City }", "--format", "csv")
    assert done.stdout.split() == [b"n", b"4"], done.stderr.decode()
