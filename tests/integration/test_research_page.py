"""The page for those who study the data."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from bufgraph.services.composition import open_build
from bufgraph.services.exporting import export_build
from bufgraph.settings import Settings
from bufgraph_api.app import create_app
from bufgraph_api.pages import research_page
from page_text import words


@pytest.fixture(scope="module")
def client(small_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(small_settings), raise_server_exceptions=False) as client:
        client.headers["Accept"] = "text/html"
        yield client


def test_the_counts_are_those_of_the_build(client: TestClient) -> None:
    told = words(client.get("/research").text)
    assert (
        "Practices 3 Attempts in a place, each with its outcome 4 of which failed, stopped or with mixed results 2"
        in told
    )
    assert "Stated results 1 of which with a starting value to compare with 1" in told


def test_every_ready_question_gives_rows_or_none_but_no_error(client: TestClient) -> None:
    page = client.get("/lv/research").text
    asked = [unescape(address) for address in re.findall(r'href="(/lv/sparql\?ask=[^"]+)"', page)]
    assert len(asked) == 3
    for address in asked:
        query = parse_qs(urlsplit(address).query)["ask"][0]
        answer = client.get(
            "/sparql", params={"query": query}, headers={"Accept": "application/sparql-results+json"}
        )
        assert answer.status_code == 200, answer.text


def test_every_link_leads_somewhere(client: TestClient) -> None:
    page = client.get("/research").text
    own = {unescape(href) for href in re.findall(r'href="(/[^"#]*)', page)}
    assert {
        "/data",
        "/ontology",
        "/shape",
        "/about/quality",
        "/about/api",
        "/sparql",
        "/scheme/challenge",
    } <= own


def test_it_can_be_cited(client: TestClient, small_settings: Settings) -> None:
    build = open_build(small_settings)
    page = unescape(client.get("/research").text)
    assert "@misc{bufgraph" in page
    assert f"year = {{{build.manifest['as_of_year']}}}" in page
    assert f"build {build.manifest['build']}" in page or "+" in page


def test_with_files_made_it_tells_size_and_checksum(
    client: TestClient, small_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    export = export_build(open_build(small_settings), tmp_path / "export")
    monkeypatch.setattr(research_page, "export_folder", lambda build: export.folder)
    page = unescape(client.get("/research").text)
    graph = next(file for file in export.files if file.name == "bufgraph.nq")
    assert graph.sha256 in page
    assert export.version in page
    assert export.citation in page
