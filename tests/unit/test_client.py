"""The client without a server: what it sends, and what it makes of answers."""

from collections.abc import Callable
from pathlib import Path

import httpx
import pytest

from bufgraph.client import Client
from bufgraph.errors import (
    BufgraphError,
    InvalidInputError,
    MisconfiguredError,
    NotAvailableError,
    NotFoundError,
    TooLargeError,
)
from bufgraph.resources import checkout_root

Answer = Callable[[httpx.Request], httpx.Response]


def client(answer: Answer) -> Client:
    return Client("http://bufgraph.test", transport=httpx.MockTransport(answer))


def select(variables: list[str], *rows: dict[str, dict[str, str]]) -> Answer:
    body = {"head": {"vars": variables}, "results": {"bindings": list(rows)}}
    return lambda request: httpx.Response(200, json=body)


def problem(status: int, detail: str, **facts: object) -> Answer:
    body = {"type": "about:blank", "title": "No", "status": status, "detail": detail, **facts}
    return lambda request: httpx.Response(status, json=body)


def typed(value: str, kind: str) -> dict[str, str]:
    return {"type": "literal", "value": value, "datatype": f"http://www.w3.org/2001/XMLSchema#{kind}"}


def test_parameters_that_are_not_given_are_not_sent_and_lists_are_repeated() -> None:
    seen: list[httpx.URL] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request.url)
        return httpx.Response(200, json={"results": []})

    with client(answer) as asked:
        asked.search("lumi & jää", type=["city", "practice"], country=None, limit=3)
    assert seen[0].path == "/api/search"
    assert seen[0].params.multi_items() == [
        ("q", "lumi & jää"), ("type", "city"), ("type", "practice"), ("limit", "3"),
    ]  # fmt: skip


def test_a_record_is_asked_for_by_slug_or_iri() -> None:
    paths: list[str] = []

    def answer(request: httpx.Request) -> httpx.Response:
        paths.append(request.url.path)
        return httpx.Response(200, json={})

    with client(answer) as asked:
        asked.city("fi-turku")
        asked.city("https://w3id.org/bufgraph/id/city/fi-turku")
    assert paths == ["/api/cities/fi-turku", "/api/cities/fi-turku"]


@pytest.mark.parametrize("slug", ["", "..", "a/b", "a?b=c", "a#b", "a%2Fb"])
def test_a_slug_cannot_leave_its_path(slug: str) -> None:
    with (
        client(lambda request: pytest.fail("nothing may be sent")) as asked,
        pytest.raises(InvalidInputError),
    ):
        asked.city(slug)


def test_rows_have_numbers_and_truth_values_and_none_for_what_is_not_bound() -> None:
    row = {
        "n": typed("42", "integer"), "x": typed("0.5", "decimal"), "year": typed("2019", "gYear"), "yes": typed("true", "boolean"),
        "iri": {"type": "uri", "value": "https://example.org/1"}, "label": {"type": "literal", "value": "7", "xml:lang": "en"},
        "odd": typed("many", "integer"),
    }  # fmt: skip
    with client(select([*row, "unbound"], row)) as asked:
        assert asked.sparql("SELECT …") == [
            {"n": 42, "x": 0.5, "year": 2019, "yes": True, "iri": "https://example.org/1", "label": "7", "odd": "many", "unbound": None}
        ]  # fmt: skip


def test_a_query_is_sent_as_it_is_by_post() -> None:
    seen: list[httpx.Request] = []

    def answer(request: httpx.Request) -> httpx.Response:
        seen.append(request)
        return httpx.Response(200, json={"head": {}, "boolean": False})

    with client(answer) as asked:
        assert asked.ask("ASK { ?s ?p 'õ&=%' }") is False
    assert (seen[0].method, seen[0].url.path, seen[0].headers["content-type"]) == (
        "POST", "/sparql", "application/sparql-query",
    )  # fmt: skip
    assert seen[0].content.decode() == "ASK { ?s ?p 'õ&=%' }"


def test_asking_in_the_wrong_form_says_which_method_is_right() -> None:
    yes: Answer = lambda request: httpx.Response(200, json={"head": {}, "boolean": True})  # noqa: E731
    with client(yes) as asked, pytest.raises(InvalidInputError, match="SELECT"):
        asked.sparql("ASK {}")
    with client(select(["s"])) as asked, pytest.raises(InvalidInputError, match="ASK"):
        asked.ask("SELECT ?s {}")


@pytest.mark.parametrize(
    ("status", "family"),
    [(400, InvalidInputError), (404, NotFoundError), (406, InvalidInputError), (413, TooLargeError), (500, MisconfiguredError),
     (503, NotAvailableError), (502, BufgraphError)],
)  # fmt: skip
def test_a_problem_document_becomes_an_error_of_its_family(status: int, family: type[BufgraphError]) -> None:
    answer = problem(status, "there is no city 'fi-turk'; did you mean fi-turku?", slug="fi-turk")
    with client(answer) as asked, pytest.raises(family, match="did you mean fi-turku") as caught:
        asked.city("fi-turk")
    assert caught.value.facts == {"slug": "fi-turk", "status": status}


def test_an_answer_of_another_server_is_named_as_such() -> None:
    for answer in (
        lambda request: httpx.Response(404, text="<h1>nginx</h1>"),
        lambda request: httpx.Response(200, text="<h1>Welcome</h1>"),
        lambda request: httpx.Response(200, json=[1]),
        lambda request: httpx.Response(302, headers={"Location": "https://example.org/"}),
    ):
        with client(answer) as asked, pytest.raises(BufgraphError, match="is it a bufgraph server"):
            asked.info()


def test_no_answer_says_what_to_do() -> None:
    def silent(request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("slow", request=request)

    def absent(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("refused", request=request)

    with client(silent) as asked, pytest.raises(NotAvailableError, match="timeout_s"):
        asked.info()
    with client(absent) as asked, pytest.raises(NotAvailableError, match="bufgraph serve"):
        asked.info()


def test_records_come_page_by_page() -> None:
    def answer(request: httpx.Request) -> httpx.Response:
        offset = int(request.url.params["offset"])
        following = offset + 1 if offset < 2 else None
        return httpx.Response(200, json={"results": [{"slug": f"r{offset}"}], "next_offset": following})

    with client(answer) as asked:
        assert [record["slug"] for record in asked.records("cities")] == ["r0", "r1", "r2"]


def test_importing_the_client_loads_none_of_the_server() -> None:
    import subprocess
    import sys

    code = "import sys, bufgraph.client; print(*(m for m in sys.modules if m.startswith('bufgraph')))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert set(done.stdout.split()) == {
        "bufgraph", "bufgraph.client", "bufgraph.client.client", "bufgraph.client.answers", "bufgraph.errors",
    }  # fmt: skip


def test_the_repository_can_be_cited_as_the_data_are() -> None:
    from bufgraph import __version__
    from bufgraph.services.export_descriptions import CREATOR, KEYWORDS, LICENCE_NOTE, TITLE

    root = checkout_root() or Path()
    cited = (root / "CITATION.cff").read_text(encoding="utf-8")
    assert f'title: "{TITLE}"' in cited
    assert f'name: "{CREATOR}"' in cited
    assert f'version: "{__version__}"' in cited
    assert all(f"  - {word}\n" in cited for word in KEYWORDS)
    for source in ("GeoNames", "EuroGeographics", "Countries-States-Cities"):
        assert source in LICENCE_NOTE
        assert source in (root / "LICENSE-DATA").read_text(encoding="utf-8")
