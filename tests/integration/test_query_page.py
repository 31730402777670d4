"""The page on which people write queries, with and without the files of its editor."""

import base64
import hashlib
import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient
from pyoxigraph import Store

from bufgraph.resources import queries_dir
from bufgraph.services.composition import Build, open_build
from bufgraph.settings import Settings
from bufgraph_api.app import create_app
from bufgraph_api.pages import vendored
from bufgraph_api.pages.query_page import gallery, with_prefixes
from made_up_packages import made_up_packages

HTML = {"Accept": "text/html"}
RESEARCH = sorted((queries_dir() / "research").glob("*.rq"))


@pytest.fixture(scope="module")
def client(small_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(small_settings), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def no_editor(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr(vendored, "VENDOR", tmp_path / "none")


@pytest.fixture
def stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An installed editor whose files are made up."""
    folder = tmp_path / "vendor"
    vendored.install(made_up_packages(tmp_path / "node_modules"), folder)
    monkeypatch.setattr(vendored, "VENDOR", folder)
    return folder


def _written(page: str) -> str:
    found = re.search(r'<textarea id="query"[^>]*>(.*?)</textarea>', page, flags=re.DOTALL)
    assert found
    return unescape(found[1])


@pytest.mark.usefixtures("no_editor")
def test_without_the_editor_there_is_a_plain_form_under_the_usual_policy(client: TestClient) -> None:
    page = client.get("/sparql", headers=HTML)
    assert page.status_code == 200
    assert "vendor" not in page.text
    assert "query.js" not in page.text
    assert "sha256-" not in page.headers["content-security-policy"]
    assert '<form class="need" id="ask" action="/sparql" method="get"' in page.text
    answer = client.get("/sparql", params={"query": _written(page.text), "format": "csv"}, headers=HTML)
    assert answer.status_code == 200
    assert answer.text.startswith("need,practice,title")


@pytest.mark.usefixtures("no_editor")
def test_a_link_fills_the_form_and_runs_nothing(client: TestClient) -> None:
    asked = 'SELECT * WHERE { ?s ?p "<b>ä & \\"</textarea>" }'
    page = client.get("/sparql", params={"ask": asked}, headers=HTML)
    assert page.headers["content-type"].startswith("text/html")
    assert _written(page.text) == asked
    assert "<b>" not in page.text


@pytest.mark.usefixtures("stand_in")
def test_with_the_editor_only_our_own_files_run_and_their_digests_are_told(client: TestClient) -> None:
    page = client.get("/sparql", headers=HTML)
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'; " in policy
    assert "connect-src 'self'; " in policy
    assert "unsafe" not in policy
    loaded = re.findall(r'(?:src|href)="(/static/[^"]+)" integrity="([^"]+)"', page.text)
    assert len(loaded) == len(re.findall(r"<script src|<link rel=.stylesheet.", page.text))
    names = [urlsplit(address).path.rpartition("/")[2] for address, _ in loaded]
    assert [name for name in names if name.startswith(("yas", "query"))] == [
        "yasqe.min.css", "yasr.min.css", "query.css", "yasqe.min.js", "yasr.min.js", "query-views.js", "query.js",
    ]  # fmt: skip
    for address, integrity in loaded:
        file = client.get(address)
        assert file.status_code == 200
        assert "immutable" in file.headers["cache-control"]
        assert integrity == "sha384-" + base64.b64encode(hashlib.sha384(file.content).digest()).decode()


def test_a_changed_or_missing_file_is_noticed(client: TestClient, stand_in: Path) -> None:
    told = vendored.vendored(*vendored.EDITOR)[2]
    (stand_in / told.name).write_text("// other")
    assert told.integrity in client.get("/sparql", headers=HTML).text  # the browser compares and refuses
    (stand_in / told.name).unlink()
    assert "query.js" not in client.get("/sparql", headers=HTML).text


def test_the_gallery_has_every_shipped_query_with_a_sentence_and_a_link(client: TestClient) -> None:
    page = client.get("/sparql", headers=HTML).text
    shown = [unescape(text) for text in re.findall(r"<summary>(.*?)</summary>", page)]
    links = [
        parse_qs(urlsplit(unescape(link)).query)["ask"][0]
        for link in re.findall(r'href="(/sparql\?[^"]+)"', page)
    ]
    expected = [example for _, examples in gallery() for example in examples]
    assert list(zip(shown, links, strict=True)) == expected
    assert len(expected) == sum(
        1 for folder in ("competency", "semantic", "research") for _ in (queries_dir() / folder).glob("*.rq")
    )
    assert all(question.endswith("?") for question in shown)


@pytest.mark.parametrize(
    ("query", "declared"),
    [
        ("SELECT * { ?s a bg:City ; skos:prefLabel ?n }", ["bg", "skos"]),
        ("PREFIX bg: <http://example.org/> SELECT * { ?s a bg:City }", []),
        ('SELECT * { ?s ?p "bg:x", <urn:skos:x>, ?geo:b } # xsd:integer', []),
        ("SELECT * { ?s bg:a/skos:b|^dcterms:c ?o }", ["bg", "dcterms", "skos"]),
        ("SELECT * { ?s unknown:a ?o }", []),
    ],
)
def test_the_prefixes_a_query_uses_are_written_before_it(query: str, declared: list[str]) -> None:
    filled = with_prefixes(query)
    assert filled.endswith(query)
    assert re.findall(r"^PREFIX (\w+): <\S+>$", filled.removesuffix(query), flags=re.MULTILINE) == declared


def test_with_its_prefixes_every_example_but_those_with_our_services_runs_anywhere() -> None:
    for heading, examples in gallery():
        for _, query in examples:
            if "meaning" not in str(heading):
                Store().query(query)  # knows no prefix of ours


@pytest.fixture(scope="module")
def shipped(shipped_settings: Settings) -> Build:
    return open_build(shipped_settings)


@pytest.mark.parametrize("path", RESEARCH, ids=lambda path: path.stem)
def test_every_research_question_has_an_answer(shipped: Build, path: Path) -> None:
    assert shipped.graph.select(path.read_text(encoding="utf-8"))


def test_there_are_ten_research_questions() -> None:
    assert len(RESEARCH) == 10


def test_research_counts_agree_with_the_records(shipped: Build) -> None:
    def total(number: str, column: str) -> int:
        path = next(path for path in RESEARCH if path.name.startswith(number))
        return sum(int(row[column].value) for row in shipped.graph.select(path.read_text(encoding="utf-8")))

    adoptions = shipped.catalogue.adoptions.values()
    assert total("rq01", "adoptions") == len(adoptions)
    assert total("rq06", "results") == len(shipped.catalogue.results)
    placed = {iri for iri, city in shipped.catalogue.cities.items() if city.latitude is not None}
    assert total("rq09", "adoptions") == sum(1 for adoption in adoptions if adoption.place in placed)
