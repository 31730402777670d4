"""The ontology's competency questions, asked of the shipped data. CQ6, CQ10 and CQ14 wait for offers, cases and reviews."""

from pathlib import Path

import pytest

from bufgraph.graph.port import Row
from bufgraph.resources import queries_dir
from bufgraph.services.composition import Build, open_build
from bufgraph.settings import Settings

QUERIES = sorted((queries_dir() / "competency").glob("*.rq"))


@pytest.fixture(scope="module")
def build(shipped_settings: Settings) -> Build:
    return open_build(shipped_settings)


def _ask(build: Build, number: str) -> list[Row]:
    path = next(p for p in QUERIES if p.name.startswith(number))
    return build.graph.select(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("path", QUERIES, ids=lambda p: p.stem)
def test_every_question_has_a_heading_and_an_answer(build: Build, path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.startswith("# ")
    assert text.splitlines()[0].endswith("?")
    assert build.graph.select(text)


def test_cq1_gives_practices_of_the_best_level_first(build: Build) -> None:
    levels = [int(row["level"].value) for row in _ask(build, "cq01")]
    assert levels == sorted(levels, reverse=True)


def test_cq3_finds_exactly_the_setbacks_with_lessons(build: Build) -> None:
    catalogue = build.catalogue
    expected = {
        a.practice
        for a in catalogue.adoptions.values()
        if a.lesson and a.outcome.rsplit("/", 1)[-1] in ("failed", "mixed")
    }
    assert {row["practice"].value for row in _ask(build, "cq03")} == expected


def test_cq7_lists_all_28_subdomains(build: Build) -> None:
    rows = _ask(build, "cq07")
    assert len(rows) == 28


def test_cq8_gives_shares(build: Build) -> None:
    assert all(0 < float(row["coverage"].value) <= 1 for row in _ask(build, "cq08"))


def test_cq11_finds_every_recorded_transfer(build: Build) -> None:
    expected = sum(1 for a in build.catalogue.adoptions.values() if a.replicated_from)
    assert len(_ask(build, "cq11")) == expected


def test_cq15_shows_that_no_practice_lacks_a_source(build: Build) -> None:
    rows = _ask(build, "cq15")
    assert all("document" in row for row in rows)
    assert {row["practice"].value for row in rows} == set(build.catalogue.practices)
