"""The page that makes a draft from a text, as a reader without JavaScript gets it: marks, lines, decisions, the file to download."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from html import unescape
from pathlib import Path

import orjson
import pytest
from fastapi.testclient import TestClient
from httpx import Response

from bufgraph.services.evaluating_ingest import published
from bufgraph.settings import Settings, load_settings
from bufgraph_api.app import create_app
from bufgraph_api.limits import MAX_BODY_BYTES, MAX_UPLOAD_BYTES
from bufgraph_api.pages import extract_page
from bufgraph_ingest.extraction.confirming import confirm
from bufgraph_ingest.extraction.review import WRITTEN, Review, Row, read_review
from builders import codec, small_catalogue, small_datasets, write_datasets
from conftest import build
from made_documents import pdf, word

TEXT = "Gritting by sensors\nIn 2022 the City of Tartu bought 40 sensors for EUR 1.2 million. It works well <script>alert(1)</script>."


@pytest.fixture(scope="module")
def client(small_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(small_settings), raise_server_exceptions=False) as client:
        client.headers["Accept"] = "text/html"
        yield client


def send(client: TestClient, text: str = "", path: str = "/extract", **fields: str | list[str]) -> Response:
    return client.post(path, data={"text": text, **fields})


def upload(client: TestClient, name: str, content: bytes, **fields: str) -> Response:
    return client.post("/extract", data=fields, files={"file": (name, content)})


def hidden(page: str) -> dict[str, str | list[str]]:
    """Return what the form for decisions sends when nobody touches it."""
    form = page[page.index('<form class="draft"') : page.index("</form>", page.index('<form class="draft"'))]
    fields: dict[str, str | list[str]] = {
        name: unescape(value)
        for name, value in re.findall(r'<input[^>]* name="([^"]+)" value="([^"]*)"', form)
    }
    fields.pop("take", None)
    for name, options in re.findall(r'<select name="([^"]+)"[^>]*>(.*?)</select>', form, re.DOTALL):
        chosen = re.findall(r'<option value="([^"]*)" selected', options) or re.findall(
            r'value="([^"]*)"', options
        )
        fields[name] = unescape(chosen[0])
    return fields


def number_of(page: str, words: str) -> str:
    """Return the number of the line about some words."""
    found = re.search(rf'<tr id="p(\d+)"(?:(?!</tr>).)*<q [^>]*>{re.escape(words)}</q>', page, re.DOTALL)
    assert found is not None, words
    return found[1]


@pytest.fixture
def review_of(tmp_path: Path) -> Callable[[Response], Review]:
    def read(answer: Response) -> Review:
        assert answer.status_code == 200, answer.text
        name = re.search(r'filename="([^"]+)"', answer.headers["content-disposition"])
        assert name is not None
        path = tmp_path / name[1]
        path.write_bytes(answer.content)
        return read_review(path)

    return read


def test_the_empty_form_says_that_nothing_is_kept(client: TestClient) -> None:
    page = client.get("/extract").text
    assert '<textarea id="text" name="text"' in page
    assert 'type="file"' in page
    assert "Nothing that you send is stored here" in page


def test_words_are_marked_and_lead_to_their_line_and_back(client: TestClient) -> None:
    answer = send(client, TEXT)
    assert answer.status_code == 200
    assert answer.headers["cache-control"] == "no-store"
    n = number_of(answer.text, "EUR 1.2 million")
    start = TEXT.index("EUR")
    assert (
        f'<mark id="m{n}" class="money">EUR 1.2 million<a class="tag" href="#p{n}" title="characters {start} to {start + 15}">'
        in answer.text
    )
    assert f'<a href="#m{n}">{start}–{start + 15}</a>' in answer.text


def test_marks_in_marks_close_in_order_and_every_line_has_its_mark(client: TestClient) -> None:
    page = send(client, TEXT).text
    city = number_of(page, "Tartu")
    body = number_of(page, "City of Tartu")
    assert re.search(
        rf'<mark id="m{body}" [^>]*>City of <mark id="m{city}" [^>]*>Tartu<a [^>]*>[^<]*</a></mark><a ', page
    )
    assert set(re.findall(r'href="#m(\d+)"', page)) == set(re.findall(r'<mark id="m(\d+)"', page))


def test_markup_in_a_text_is_shown_as_text(client: TestClient) -> None:
    page = send(client, TEXT).text
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


def test_nothing_is_ticked_before_a_person_ticks_it(
    client: TestClient, review_of: Callable[[Response], Review]
) -> None:
    page = send(client, TEXT).text
    assert " checked" not in page
    review = review_of(client.post("/extract", data={**hidden(page), "as": "json"}))
    assert {row.accept for row in review.rows} == {""}


@pytest.mark.parametrize("form", ["json", "xlsx"])
def test_the_file_holds_what_was_ticked_changed_and_written(
    client: TestClient, review_of: Callable[[Response], Review], form: str
) -> None:
    page = send(client, TEXT, url="https://example.org/page").text
    year, city, money = (number_of(page, words) for words in ("2022", "Tartu", "EUR 1.2 million"))
    fields = {
        **hidden(page), "take": [year, city, money], f"v{year}": "2021", f"u{year}": "end_year", "w-title": "Sensors say where to grit",
        "by": "City of Tartu", "as": form,
    }  # fmt: skip
    review = review_of(client.post("/extract", data=fields))
    rows = {str(row.number): row for row in review.rows}
    assert (rows[year].accept, rows[year].accepted, rows[year].use) == ("changed", "2021", "end_year")
    assert (rows[city].accept, rows[city].accepted) == ("yes", "ee-tartu")
    assert (rows[money].accept, rows[money].accepted) == ("yes", "1200000 EUR")
    assert {row.accept for row in review.rows if str(row.number) not in (year, city, money)} == {""}
    assert review.written["title"] == "Sensors say where to grit"
    assert review.about["url"] == "https://example.org/page"
    assert review.about["confirmed_by"] == "City of Tartu"
    assert TEXT[rows[year].start : rows[year].end] == "2022"


def test_a_value_that_cannot_be_used_comes_back_with_all_that_was_entered(client: TestClient) -> None:
    page = send(client, TEXT).text
    year, city = number_of(page, "2022"), number_of(page, "Tartu")
    fields = {
        **hidden(page),
        "take": [year, city],
        f"v{year}": "last year",
        f"v{city}": "Atlantis",
        "by": "Winter Lab",
        "as": "json",
    }
    answer = client.post("/extract", data=fields)
    assert answer.status_code == 422
    assert "Write four digits, such as 2021." in answer.text
    assert "We know no city called “Atlantis”." in answer.text
    assert 'value="last year"' in answer.text
    assert 'value="Winter Lab"' in answer.text
    assert answer.text.count(" checked") == 2


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("page.html", b"<html><body><main><h1>Sensors</h1><p>In 2022 the town of Tartu bought 40 sensors for its streets. It works well.</p></main></body></html>"),
        ("report.pdf", pdf("In 2022 Tartu bought 40 sensors. It works well.")),
        ("letter.docx", word(["In 2022 Tartu bought 40 sensors.", "It works well."])),
        ("note.txt", b"In 2022 Tartu bought 40 sensors. It works well."),
    ],
)  # fmt: skip
def test_a_file_is_read_by_what_it_holds(client: TestClient, name: str, content: bytes) -> None:
    page = upload(client, name, content).text
    for words in ("2022", "Tartu", "40 sensors", "works well"):
        assert number_of(page, words)


def test_a_file_wins_over_the_text_beside_it(client: TestClient) -> None:
    page = upload(
        client, "note.txt", b"In 2022 Tartu bought 40 sensors.", text="In 2019 nothing happened."
    ).text
    assert "2019" not in page


@pytest.mark.parametrize(
    ("name", "content", "status", "says"),
    [
        ("a.pdf", pdf("Tartu", password="secret"), 422, "locked by a password"),
        ("a.pdf", b"%PDF-1.4 broken", 422, "damaged PDF"),
        ("a.bin", b"\1\0\2" * 50, 422, "neither HTML, PDF, DOCX nor text"),
        ("a.txt", b"12 34", 422, "no readable text"),
        ("a.txt", b"word " * 100_000, 413, "at most 300,000 are read"),
        ("a.txt", b"word " * (MAX_UPLOAD_BYTES // 5), 413, "at most 5 MB"),
    ],
)  # fmt: skip
def test_what_cannot_be_read_is_told_with_what_to_do(
    client: TestClient, name: str, content: bytes, status: int, says: str
) -> None:
    answer = upload(client, name, content)
    assert answer.status_code == status
    assert 'role="alert"' in answer.text
    assert says in unescape(answer.text)
    assert '<textarea id="text"' in answer.text


def test_only_this_page_takes_more_than_a_text(client: TestClient) -> None:
    body = b"query=" + b"a" * (MAX_BODY_BYTES + 1)
    answer = client.post(
        "/sparql", content=body, headers={"Content-Type": "application/x-www-form-urlencoded"}
    )
    assert answer.status_code == 413
    assert upload(client, "note.txt", b"In 2022 it rained. " + b" " * MAX_BODY_BYTES).status_code == 200
    assert (
        client.post("/lv/extract", files={"file": ("n.txt", b"2022 a" + b" " * MAX_BODY_BYTES)}).status_code
        == 200
    )


def test_an_empty_form_and_a_wrong_address_are_told(client: TestClient) -> None:
    empty = send(client, "  ")
    assert empty.status_code == 422
    assert "There is nothing to read yet" in empty.text
    wrong = send(client, TEXT, url="javascript:alert(1)")
    assert wrong.status_code == 422
    assert "is no web address" in wrong.text
    assert "Gritting by sensors" in wrong.text


def test_a_long_text_is_cut_and_says_so(client: TestClient) -> None:
    sentence = "In 2022 Tartu bought 40 sensors. "
    page = send(client, sentence * 1_400).text
    assert re.search(r"The text has 46,\d{3} characters; the first 39,9\d\d were read\.", page)
    assert f"Only the first {extract_page.MOST_LINES} proposals are shown" in page


@pytest.mark.parametrize(
    "content",
    [{"content": b"[]", "headers": {"Content-Type": "application/json"}}, {"content": b"--x\r\n", "headers": {"Content-Type": "multipart/form-data; boundary=y"}}, {"content": b"", "headers": {"Content-Type": "multipart/form-data"}}],
)  # fmt: skip
def test_anything_but_the_form_is_refused_with_the_form(
    client: TestClient, content: dict[str, object]
) -> None:
    answer = client.post("/extract", **content)  # type: ignore[arg-type]  # options of httpx
    assert answer.status_code == 422
    assert '<textarea id="text"' in answer.text


def test_decisions_about_a_forged_document_are_a_new_text(client: TestClient) -> None:
    fields = {**hidden(send(client, TEXT).text), "a-sha256": "../../etc", "as": "json"}
    answer = client.post("/extract", data=fields)
    assert answer.headers["content-type"].startswith("text/html")


def test_it_speaks_the_language_of_its_address(client: TestClient) -> None:
    page = send(client, TEXT, path="/lv/extract").text
    assert '<html lang="lv"' in page
    assert 'action="/lv/extract"' in page
    assert "What is proposed" not in page


def test_nothing_is_written_on_the_server(client: TestClient, small_settings: Settings) -> None:
    before = sorted(path for path in small_settings.home.rglob("*") if path.is_file())
    page = upload(client, "note.txt", b"In 2022 Tartu bought 40 sensors. " * 1_000).text
    orjson.loads(client.post("/extract", data={**hidden(page), "as": "json"}).content)
    assert sorted(path for path in small_settings.home.rglob("*") if path.is_file()) == before


def test_who_waits_too_long_for_a_turn_is_told_to_try_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(extract_page, "_WAIT_S", 0.01)
    with extract_page._turn(), extract_page._turn():
        answer = send(client, TEXT)
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert "Gritting by sensors" in answer.text


def test_other_pages_lead_to_it(client: TestClient) -> None:
    for path in ("/know", "/research"):
        assert 'href="/extract"' in client.get(path).text


def test_a_confirmed_draft_says_on_its_page_that_it_was_extracted_and_who_confirmed_it(
    client: TestClient, review_of: Callable[[Response], Review], new_home: Callable[[], Path], tmp_path: Path
) -> None:
    page = send(client, TEXT).text
    ticked = [number_of(page, words) for words in ("2022", "Tartu", "works well")]
    texts = {f"w-{name}": "Sensors say where to grit." for name in WRITTEN}
    fields = {**hidden(page), "take": ticked, **texts, "by": "City of Tartu", "as": "json"}
    review = review_of(client.post("/extract", data=fields))
    challenge = Row(
        99, "challenge", "main_challenge", "snow-and-ice-clearing", "", -1, -1, "", 0.9, "", accept="yes"
    )
    datasets = write_datasets(tmp_path / "datasets", small_datasets())
    (datasets / "lexicons").mkdir()
    settings = load_settings({}, home=new_home(), datasets=datasets)
    done = confirm(replace(review, rows=(*review.rows, challenge)), small_catalogue(), codec(), settings)
    with TestClient(create_app(build(settings))) as built:
        built.headers["Accept"] = "text/html"
        shown = built.get(f"/practice/{done.practice.removeprefix('bgd:practice/')}").text
        assert (
            "Extracted from a text by rules (bufgraph extraction rules 2026.2), confirmed by City of Tartu on "
            in shown
        )
        assert 'id="provenance"' not in built.get("/practice/gritting").text


def test_the_quality_page_shows_what_was_measured_of_drafts_and_of_joining(client: TestClient) -> None:
    page = " ".join(unescape(re.sub(r"<[^>]+>", " ", client.get("/about/quality").text)).split())
    drafts, pairs = published("extraction"), published("reconciliation")
    assert drafts is not None
    assert pairs is not None
    for side in ("test", "dev"):
        for counts in drafts[side]["all"]["fields"].values():
            right, proposed, annotated = (counts[name] for name in ("right", "proposed", "annotated"))
            shares = [
                f"{share:.2f}"
                for share in (right / proposed, right / annotated, 2 * right / (proposed + annotated))
            ]
            shown = r" \S+–\S+ ".join(shares)
            assert re.search(rf"{shown} \S+–\S+ {annotated} {proposed} {right}\b", page), counts
    outcome = drafts["records"]["outcome"]
    assert f"found in {outcome['found']} of {outcome['recorded']}" in page
    for row in pairs["figures"]:
        assert f"{row['pairs']} {row['same']} {row['merged']} {row['merged_wrongly']} " in page
    assert "changed after this result was published" not in page
