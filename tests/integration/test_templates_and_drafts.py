"""Spreadsheets to fill in over the API; drafts of libraries in a build: what a source never asks for is shown as that."""

import io
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from openpyxl import load_workbook

from bufgraph.model.practices import NOT_ASKED
from bufgraph.services.composition import open_build
from bufgraph.settings import Settings, load_settings
from bufgraph_api.app import create_app
from bufgraph_ingest.ingesting import Order, ingest
from builders import small_datasets, write_datasets, write_lexicons
from conftest import Build, quiet
from samples.__main__ import FOLDER, SAMPLES

DRAFT = "cordis-900000001"


@pytest.fixture(scope="session")
def settings(build_once: Build, tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """A build of the small world with a draft of a library among its records."""

    def write(datasets: Path) -> None:
        write_datasets(datasets, small_datasets())
        (datasets / "lexicons").mkdir()
        write_lexicons(datasets / "lexicons")
        scratch = load_settings({}, home=tmp_path_factory.mktemp("scratch"), datasets=datasets)
        made = ingest(Order(FOLDER / SAMPLES["cordis"], "cordis", "drafts"), scratch, quiet).path
        assert made is not None
        shutil.copy(made, datasets)

    return build_once("drafts", write)


@pytest.fixture(scope="module")
def client(settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(settings), raise_server_exceptions=False) as client:
        yield client


def test_what_a_source_never_asks_for_is_in_no_passage_and_no_need(settings: Settings) -> None:
    build = open_build(settings)
    draft = next(p for p in build.catalogue.practices.values() if p.slug == DRAFT)
    assert (draft.problem, draft.approach) == ("", "")
    texts = [passage.text + passage.index_text for passage in build.index.passages]
    assert not any(NOT_ASKED in text for text in texts)
    needs = [text for need in build.catalogue.needs.values() for text in need.text]
    assert needs
    assert NOT_ASKED not in needs


def test_the_page_of_a_draft_says_that_the_source_does_not_say(client: TestClient) -> None:
    page = client.get(f"/practice/{DRAFT}", headers={"accept": "text/html"})
    assert page.status_code == 200
    assert NOT_ASKED not in page.text
    assert "The source does not say." in page.text
    assert "problem" not in client.get(f"/api/practices/{DRAFT}").json()


def test_a_draft_is_found_by_what_it_does_say(client: TestClient) -> None:
    found = client.get("/api/search", params={"q": "waste heat for districts", "type": "practice"}).json()
    assert DRAFT in [hit["id"].rsplit("/", 1)[-1] for hit in found["results"]]
    assert client.get(f"/api/practices/{DRAFT}/similar").status_code == 200


@pytest.mark.parametrize("kind", ["practices", "adoptions", "needs", "experts"])
def test_a_template_comes_as_workbook_and_as_text(client: TestClient, kind: str) -> None:
    answer = client.get(f"/api/templates/{kind}.xlsx")
    assert answer.status_code == 200
    assert answer.headers["content-disposition"] == f'attachment; filename="bufgraph-{kind}.xlsx"'
    book = load_workbook(io.BytesIO(answer.content))
    header = [cell.value for cell in book[kind][1]]
    text = client.get(f"/api/templates/{kind}.csv")
    assert text.headers["content-type"].startswith("text/csv")
    assert text.content.decode("utf-8-sig").splitlines()[0].split(";") == header


def test_a_template_offers_the_cities_of_the_build(client: TestClient) -> None:
    book = load_workbook(io.BytesIO(client.get("/api/templates/practices.xlsx").content))
    cells = {cell for sheet in book.worksheets for row in sheet.iter_rows(values_only=True) for cell in row}
    assert "Turku (FI)" in cells


@pytest.mark.parametrize("name", ["recipes.xlsx", "practices.docx"])
def test_another_template_is_refused_with_those_there_are(client: TestClient, name: str) -> None:
    answer = client.get(f"/api/templates/{name}")
    assert answer.status_code == 400
    assert "practices" in answer.text or "xlsx" in answer.text


def test_the_page_for_those_who_know_something_links_the_templates(client: TestClient) -> None:
    page = client.get("/know", headers={"accept": "text/html"}).text
    for kind in ("practices", "adoptions", "needs", "experts"):
        assert f'href="/api/templates/{kind}.xlsx"' in page or f"/api/templates/{kind}.xlsx" in page
