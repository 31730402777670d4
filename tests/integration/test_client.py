"""The client on the application itself: what it promises of the answers holds."""

import typing
from collections.abc import Iterator
from typing import Any

import httpx
import pytest
from fastapi.testclient import TestClient

from bufgraph.client import Client, answers
from bufgraph.errors import InvalidInputError, NotFoundError
from bufgraph.settings import Settings
from bufgraph_api.app import create_app


class _InProcess(httpx.BaseTransport):
    """Carries requests to an application of the same process."""

    def __init__(self, application: TestClient) -> None:
        self._application = application

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answer = self._application.request(
            request.method, str(request.url), content=request.read(), headers=dict(request.headers)
        )
        return httpx.Response(
            answer.status_code, content=answer.content, headers=list(answer.headers.items())
        )


@pytest.fixture(scope="module")
def client(small_settings: Settings) -> Iterator[Client]:
    with (
        TestClient(create_app(small_settings), raise_server_exceptions=False) as application,
        Client("http://testserver", transport=_InProcess(application)) as client,
    ):
        yield client


def check(found: Any, shape: Any, place: str = "answer") -> None:
    """Fail where an answer has a key that its type does not name, or lacks one that it requires."""
    origin, arguments = typing.get_origin(shape), typing.get_args(shape)
    if shape is Any or shape is None:
        return
    if typing.is_typeddict(shape):
        hints = typing.get_type_hints(shape)
        assert set(found) <= set(hints), f"{place} has more than {shape.__name__}: {set(found) - set(hints)}"
        missing = shape.__required_keys__ - set(found)
        assert not missing, f"{place} lacks {missing} of {shape.__name__}"
        for name, value in found.items():
            check(value, hints[name], f"{place}.{name}")
    elif origin is list:
        assert isinstance(found, list), place
        for n, value in enumerate(found):
            check(value, arguments[0], f"{place}[{n}]")
    elif origin is dict:
        assert isinstance(found, dict), place
    elif arguments:
        if found is not None:
            check(found, next(one for one in arguments if one is not type(None)), place)
    elif shape is float:
        assert isinstance(found, int | float), place
    else:
        assert isinstance(found, shape), f"{place} is {found!r}, not {shape}"


def test_the_check_of_shapes_finds_a_wrong_answer() -> None:
    for wrong in ({"id": "x", "slug": "x"}, {"id": "x", "slug": "x", "label": "X", "more": 1}, {"id": 1, "slug": "x", "label": ""}):  # fmt: skip
        with pytest.raises(AssertionError):
            check(wrong, answers.Ref)


def test_answers_have_the_promised_shape(client: Client) -> None:
    check(client.search("icy pavements"), answers.SearchAnswer)
    check(client.search("jää jalkakäytävällä", type="practice"), answers.SearchAnswer)
    check(client.solutions("snow on pavements", city="lv-cesis"), answers.SolutionsAnswer)
    check(client.solutions(challenge="cloudburst-flooding"), answers.SolutionsAnswer)
    check(client.problems(city="ee-tartu"), answers.ProblemsAnswer)
    check(client.experts("ice"), answers.ExpertsAnswer)
    check(client.similar_cities("fi-turku", weight=["size:2", "sea:1"]), answers.SimilarCitiesAnswer)
    check(client.fit("gritting", "lv-cesis", fact="port=no"), answers.FitAnswer)
    check(client.profile("fi-turku"), answers.ProfileAnswer)


def test_records_have_the_promised_shape(client: Client) -> None:
    for slug in ("gritting", "robots", "rain-gardens"):
        check(client.practice(slug), answers.Practice)
    for record in client.records("cities"):
        check(client.city(record["id"]), answers.City)
    check(client.challenge("snow-and-ice-clearing"), answers.Challenge)
    check(client.expert("winter-lab"), answers.Expert)
    assert [record["slug"] for record in client.records("practices")] == [
        "gritting",
        "rain-gardens",
        "robots",
    ]
    assert client.info()["counts"]["practices"] == 3


def test_errors_come_in_the_words_of_the_server(client: Client) -> None:
    with pytest.raises(NotFoundError, match="did you mean fi-turku"):
        client.city("fi-turk")
    with pytest.raises(InvalidInputError, match="limit"):
        client.search("ice", limit=0)
    with pytest.raises(InvalidInputError):
        client.sparql("SELECT ?s WHERE { ?s ")


def test_sparql_gives_typed_rows_csv_graphs_and_truth(client: Client) -> None:
    query = """SELECT ?slug ?began ?failed WHERE {
      ?a bg:adoptionOf ?practice ; bg:outcome ?outcome . OPTIONAL { ?a bg:startYear ?began }
      BIND(?outcome = bgs:outcome\\/failed AS ?failed) BIND(STRAFTER(STR(?a), "adoption/") AS ?slug)
    } ORDER BY ?slug"""
    rows = client.sparql(query)
    assert rows[-1] == {"slug": "robots", "began": 2019, "failed": True}
    assert client.sparql_csv(query).splitlines()[0] == "slug,began,failed"
    assert len(client.sparql_csv(query).splitlines()) == len(rows) + 1
    assert client.ask("ASK { ?p a bg:GoodPractice }") is True
    assert "Tartu" in client.construct("DESCRIBE <https://w3id.org/bufgraph/id/city/ee-tartu>")
