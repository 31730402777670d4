"""The brief of a shortlist as a reader gets it: page, files, wrong input, command; and that what it says stands in the records."""

import re
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from fastapi.testclient import TestClient

from bufgraph.briefs.brief import Brief
from bufgraph.briefs.pdf import pages, to_pdf
from bufgraph.cli.main import cli
from bufgraph.errors import InvalidInputError
from bufgraph.services.briefing import BriefRequest, BriefService
from bufgraph.services.composition import Build, open_build
from bufgraph.services.speaking import tongue_of
from bufgraph.settings import Settings
from bufgraph_api.app import create_app

NEED = "Katru ziemu sniegs aizsprosto ietves un vecāki cilvēki krīt"
HTML = {"Accept": "text/html"}
SNOW = ("stockholm-gender-equal-snow-clearing", "oulu-winter-cycling", "sundsvall-snow-cooled-hospital")


@pytest.fixture(scope="module")
def client(towns_settings: Settings) -> Iterator[TestClient]:
    with TestClient(create_app(towns_settings), raise_server_exceptions=False) as made:
        yield made


@pytest.fixture(scope="module")
def shipped(shipped_settings: Settings) -> Build:
    return open_build(shipped_settings)


def address(path: str, *picks: str, **values: str) -> str:
    return f"{path}?{urlencode([*values.items(), *(('pick', pick) for pick in picks)])}"


# -- the page -------------------------------------------------------------------------------------------


def test_page_shows_the_parts_in_order(client: TestClient) -> None:
    answer = client.get(
        address("/en/brief", "gritting", "rain-gardens", q="Older people fall on ice", city="Cēsis"),
        headers=HTML,
    )
    assert answer.status_code == 200
    heads = re.findall(r"<h2[^>]*>([^<]+)</h2>", answer.text.split("<footer")[0])
    assert heads == [
        "The need", "At a glance", "The solutions", "Who to ask", "Open questions", "Next steps", "Sources",
    ]  # fmt: skip
    assert len(re.findall("<h1", answer.text)) == 1
    assert "2 solutions for Cēsis" in answer.text


def test_page_links_files_and_shortlist_with_the_same_choice(client: TestClient) -> None:
    html = client.get(address("/lv/brief", "gritting", q="Ice", city="Cēsis"), headers=HTML).text
    for ending in (".pdf", ".docx", ".md"):
        assert re.search(rf'href="/lv/brief\{ending}\?q=Ice&amp;city=C%C4%93sis&amp;pick=gritting"', html)
    assert 'href="/lv/shortlist?q=Ice' in html
    assert 'href="/lv/practice/gritting?city=C%C4%93sis"' in html


@pytest.mark.parametrize(
    ("ending", "kind", "start"),
    [
        (".pdf", "application/pdf", b"%PDF-"),
        (".docx", "application/vnd.openxml", b"PK"),
        (".md", "text/markdown", b"# "),
    ],
)
def test_files_have_their_kind_and_a_plain_name(
    client: TestClient, ending: str, kind: str, start: bytes
) -> None:
    answer = client.get(address(f"/brief{ending}", "gritting", q="Ledus", city="Cēsis"))
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith(kind)
    assert answer.content.startswith(start)
    name = rf'(inline|attachment); filename="bufgraph-brief-lv-cesis-\d{{4}}-\d\d-\d\d\{ending}"'
    assert re.fullmatch(name, answer.headers["content-disposition"])


# -- wrong input ----------------------------------------------------------------------------------------


def test_no_choice_leads_on(client: TestClient) -> None:
    answer = client.get("/en/brief", headers=HTML)
    assert answer.status_code == 200
    assert 'href="/en/search"' in answer.text


def test_no_choice_makes_no_file(client: TestClient) -> None:
    assert client.get("/en/brief.pdf", headers=HTML).status_code == 400


def test_unknown_city_offers_close_names(client: TestClient) -> None:
    answer = client.get(address("/en/brief", "gritting", q="Ice", city="Cesiss"), headers=HTML)
    assert answer.status_code == 404
    assert re.search(r'href="/en/brief\?q=Ice&amp;city=C%C4%93sis&amp;pick=gritting"', answer.text)


def test_stale_choices_are_named(client: TestClient) -> None:
    some = client.get(address("/en/brief", "gritting", "gone-<b>"), headers=HTML)
    assert some.status_code == 200
    assert "“gone-&lt;b&gt;” is no longer in the data." in some.text
    none = client.get(address("/en/brief", "gone"), headers=HTML)
    assert none.status_code == 200
    assert "gone" in none.text


def test_only_five_are_taken_and_it_is_said(client: TestClient) -> None:
    picks = ["gritting", "robots", "rain-gardens", "salt-bins", "gritting", "a", "b"]
    html = client.get(address("/en/brief", *picks), headers=HTML).text
    assert "A brief takes five solutions." in html
    assert "4 solutions to look at" in html


@pytest.mark.parametrize(
    ("values", "status"),
    [
        ({"q": "x" * 5_001}, 413),
        ({"q": "Ice", "fact": "nonsense:yes", "city": "Cēsis"}, 400),
        ({"fact": "port:maybe"}, 400),
    ],
)
def test_wrong_values_are_explained(client: TestClient, values: dict[str, str], status: int) -> None:
    for path in ("/en/brief", "/en/brief.pdf"):
        answer = client.get(address(path, "gritting", **values), headers=HTML)
        assert answer.status_code == status
        assert 'role="alert"' in answer.text


@pytest.mark.parametrize("ending", ["", ".pdf", ".docx", ".md"])
@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script> #set page() [x](javascript:y)",
        "=cmd \u202e مرحبا",
        "a" * 300,
        "😀 雪",
        "\x07\ufffe",
        "{n} %(x)s {{ 7*7 }}",
    ],
)
def test_odd_needs_stay_text(client: TestClient, text: str, ending: str) -> None:
    answer = client.get(address(f"/en/brief{ending}", "gritting", q=text, city="Cēsis"), headers=HTML)
    assert answer.status_code == 200
    if ending == "":
        assert "<script>alert" not in answer.text


# -- what it says ---------------------------------------------------------------------------------------


def write(build: Build, lang: str, *picks: str, city: str | None = "lv-cesis", **facts: bool) -> Brief:
    catalogue = build.catalogue
    asked = BriefRequest(
        NEED,
        [catalogue.practice(pick) for pick in picks],
        catalogue.city(city) if city else None,
        {name.replace("_", "-"): value for name, value in facts.items()},
        day=date(2026, 11, 24),
    )
    return BriefService(build).write(asked, tongue_of(catalogue, lang))


@pytest.mark.parametrize("lang", ["en", "lv"])
def test_snow_in_cesis_takes_two_pages(shipped: Build, lang: str) -> None:
    made = write(shipped, lang, *SNOW, snowy_winter=True)
    assert pages(to_pdf(made)) == 2
    assert [c.verdict.key for c in made.candidates if c.verdict is not None] == ["fits-with-changes"] * 3


def test_every_statement_has_a_source_or_is_ours_or_the_readers(shipped: Build) -> None:
    practices = sorted(p.slug for p in shipped.catalogue.practices.values())
    cities = sorted(c.slug for c in shipped.catalogue.cities.values())
    for n in range(0, len(practices) - 3, 3):
        made = write(shipped, "en", *practices[n : n + 3], city=cities[n % len(cities)])
        known = {note.number for note in made.footnotes}
        assert known == set(range(1, len(known) + 1))
        for statement in made.statements():
            assert statement.origin != "record" or statement.notes, statement
            assert set(statement.notes) <= known


def test_record_text_stands_in_the_records_that_are_cited(shipped: Build) -> None:
    """Cost and results of every candidate are found in the catalogue, and their footnotes among its documents."""
    catalogue = shipped.catalogue
    for practice in sorted(catalogue.practices.values(), key=lambda p: p.slug)[::7]:
        made = write(shipped, "en", practice.slug)
        adoptions = catalogue.adoptions_by_practice[practice.id]
        results = [catalogue.results[iri] for a in adoptions for iri in a.result]
        citations = [
            *practice.citation,
            *(c for a in adoptions for c in a.citation),
            *(c for r in results for c in r.supported_by),
        ]
        titles = {catalogue.documents[catalogue.citations[iri].document].title for iri in citations}
        titled = {note.number: note.title for note in made.footnotes}
        rows = {row.key: row.statements for row in made.candidates[0].rows}
        told = {f"{r.metric}: {r.text}": r for r in results}
        for statement in rows["results"]:
            if statement.origin == "record":
                value = told[statement.text].value
                assert value is None or statement.lead
        notes = {a.cost_note or "" for a in adoptions}
        assert all(s.text in notes for s in rows["cost"] if s.origin == "record")
        cited = {n for key in ("results", "cost") for s in rows[key] for n in s.notes}
        assert {titled[n] for n in cited} <= titles


def test_latvian_takes_titles_of_the_translation_and_says_so(shipped: Build) -> None:
    made = write(shipped, "lv", *SNOW)
    translation = shipped.catalogue.translation_of[shipped.catalogue.practice(SNOW[1]).id]
    assert made.candidates[1].title.text == translation.local_title["lv"]
    assert made.candidates[1].title.by_machine
    assert len(made.remarks) == 2
    assert {s.lang for s in made.statements()} == {"lv", "en"}


def test_answers_are_merged_and_essential_questions_come_first(shipped: Build) -> None:
    asked = write(shipped, "en", *SNOW).questions
    assert asked[0].about == "Snowy winter"
    assert asked[0].essential
    assert [n for n, _ in asked[0].conditions] == [1, 2, 3]
    answered = write(shipped, "en", *SNOW, snowy_winter=True).questions
    assert len(answered) == len(asked) - 1
    assert not any(question.essential for question in answered)


def test_without_a_city_every_condition_is_a_question(shipped: Build) -> None:
    made = write(shipped, "en", *SNOW, city=None)
    assert all(candidate.verdict is None for candidate in made.candidates)
    asked = sum(len(question.conditions) for question in made.questions)
    assert asked == sum(
        len(shipped.catalogue.conditions_by_practice[shipped.catalogue.practice(p).id]) for p in SNOW
    )


def test_contacts_are_bodies_and_each_solution_has_one(shipped: Build) -> None:
    made = write(shipped, "en", *SNOW)
    names = {o.name for o in shipped.catalogue.organisations.values() if not o.is_generic}
    assert {contact.name for contact in made.contacts} <= names
    assert {n for contact in made.contacts for n in contact.candidates} == {1, 2, 3}


def test_a_brief_needs_one_to_five_solutions(shipped: Build) -> None:
    with pytest.raises(InvalidInputError, match="empty"):
        write(shipped, "en")
    with pytest.raises(InvalidInputError, match="at most 5"):
        write(shipped, "en", *[p.slug for p in list(shipped.catalogue.practices.values())[:6]])


# -- the command ----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("form", "start"), [("pdf", b"%PDF-"), ("docx", b"PK"), ("md", b"# "), ("html", b"<!doctype html>")]
)
def test_command_writes_files(
    towns_settings: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, form: str, start: bytes
) -> None:
    monkeypatch.setenv("BUFGRAPH_HOME", str(towns_settings.home))
    target = tmp_path / f"brief.{form}"
    done = CliRunner().invoke(
        cli,
        [
            "brief",
            "Older people fall on ice",
            "--city",
            "Cēsis",
            "--practice",
            "gritting",
            "--lang",
            "lv",
            "--output",
            str(target),
        ],
    )
    assert done.exit_code == 0, done.output
    assert target.read_bytes().startswith(start)


def test_command_says_what_it_chose(towns_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BUFGRAPH_HOME", str(towns_settings.home))
    done = CliRunner().invoke(cli, ["brief", "Pavements are icy and older people fall"])
    assert done.exit_code == 0, done.output
    assert "no --practice given; the best solutions found: gritting" in done.stderr
    assert done.stdout.startswith("# ")


def test_command_names_its_option_for_a_city_that_nobody_knows(
    towns_settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BUFGRAPH_HOME", str(towns_settings.home))
    done = CliRunner().invoke(cli, ["brief", "Pavements are icy", "--city", "Xyzzyx"])
    assert done.exit_code != 0
    told = str(done.exception) + done.output
    assert "no city called 'Xyzzyx'; leave out --city" in told
    assert "field" not in told
