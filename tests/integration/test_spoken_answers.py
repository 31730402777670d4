"""Answers of the API in the language of the reader."""

from collections.abc import Iterator
from typing import Any, cast

import pytest
from fastapi.testclient import TestClient

from bufgraph.settings import Settings
from bufgraph.text.language import LANGUAGES
from bufgraph_api.app import create_app
from bufgraph_api.state import State

SNOW = "https://w3id.org/bufgraph/scheme/challenge/snow-and-ice-clearing"


@pytest.fixture(scope="module")
def client(small_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(small_settings)) as client:
        yield client


@pytest.fixture(scope="module")
def state(client: TestClient) -> State:
    return cast(State, cast(Any, client.app).state.bufgraph)  # Starlette's state is untyped


def test_each_language_has_its_presenters_over_the_same_services(state: State) -> None:
    for code in LANGUAGES:
        spoken = state.speaking(code)
        assert spoken is state.speaking(code)
        assert spoken.tongue.code == spoken.present.tongue.code == code
        assert spoken.answers is state.answers
    assert state.speaking("en") is state is state.speaking("fi").speaking("en")


def test_a_language_that_nobody_speaks_here_is_answered_in_english(state: State) -> None:
    assert state.speaking("xx") is state.speaking("en")


@pytest.mark.parametrize("lang", ["fi", "ru"])
def test_labels_and_reasons_come_in_the_language_of_the_reader(
    client: TestClient, state: State, lang: str
) -> None:
    label = state.build.catalogue.concepts[SNOW].pref_label[lang]
    for path in ("/api/search", "/api/solutions"):
        body = client.get(path, params={"q": "snow and ice on pavements", "lang": lang}).json()
        concepts = {c["id"]: c["label"] for c in body["understood"]["concepts"]}
        assert concepts[SNOW] == label
        first = next(r for r in body["results"] if r["slug"] == "gritting")
        assert label in {c["label"] for c in first["concepts"]}
    hit = client.get("/api/search", params={"q": "snow and ice on pavements", "lang": lang}).json()
    reasons = next(r["reasons"] for r in hit["results"] if r["slug"] == "gritting")
    assert any(label in reason and not reason.startswith("answers the challenge") for reason in reasons)


def test_without_a_language_an_english_text_is_answered_in_english(client: TestClient) -> None:
    body = client.get("/api/search", params={"q": "snow and ice on pavements"}).json()
    assert any(
        "answers the challenge: Snow and ice on streets and pavements" in r["reasons"]
        for r in body["results"]
    )
