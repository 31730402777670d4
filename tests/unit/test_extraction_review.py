"""A person decides: reviews keep decisions, and only accepted values become records."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from bufgraph.errors import InvalidInputError
from bufgraph.graph.oxigraph import OxigraphStore
from bufgraph.services.provenance import confirmation
from bufgraph.settings import Settings, load_settings
from bufgraph_ingest.extraction.confirming import confirm
from bufgraph_ingest.extraction.documents import Document
from bufgraph_ingest.extraction.extractor import Draft
from bufgraph_ingest.extraction.proposals import Proposal, Span
from bufgraph_ingest.extraction.review import Review, make_review, read_review, write_review
from bufgraph_ingest.shipping import load_datasets
from builders import codec, small_catalogue, small_datasets, write_datasets
from conftest import quiet

TEXT = "In 2019 Tartu put =750 lamps up with Kolumbus AS for 5000 EUR. It works well."


def make(field: Any, words: str, value: str) -> Proposal:
    start = TEXT.index(words) if words else -1
    return Proposal(
        field,
        Span(start, start + len(words)) if words else None,
        value,
        value,
        0.9,
        "a rule",
        measured="lamps",
    )


def draft() -> Draft:
    found = (
        make("challenge", "", "snow-and-ice-clearing"), make("year", "2019", "2019"), make("city", "Tartu", "ee-tartu"),
        make("quantity", "=750 lamps", "750 count"), make("organisation", "Kolumbus AS", "Kolumbus AS"),
        make("money", "5000 EUR", "5000 EUR"), make("outcome", "works well", "success"),
    )  # fmt: skip
    return Draft(TEXT, "en", found)


def review() -> Review:
    return make_review(
        Document("page.html", "Lamps", TEXT, "html", "ab" * 32), draft(), "https://example.org/lamps"
    )


def decided(**accept: str) -> Review:
    """Accept everything but what is said otherwise, by kind of value."""
    empty = review()
    rows = tuple(
        replace(
            row,
            accept=accept.get(row.field, "yes"),
            detail="industry" if row.field == "organisation" else row.detail,
        )
        for row in empty.rows
    )
    texts = {
        "title": "Lamps that see snow",
        "problem": "Streets are dark.",
        "summary": "Lamps were put up.",
        "approach": "Sensors.",
    }
    return Review(empty.about, texts, rows)


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    return load_settings(
        {}, home=tmp_path / "home", datasets=write_datasets(tmp_path / "data", small_datasets())
    )


def run(given: Review, settings: Settings, by: str = "City of Tartu") -> Any:
    return confirm(given, small_catalogue(), codec(), settings, by)


@pytest.mark.parametrize("ending", ["json", "xlsx"])
def test_a_review_comes_back_as_it_was_written(tmp_path: Path, ending: str) -> None:
    path = tmp_path / f"review.{ending}"
    write_review(decided(), path)
    assert read_review(path) == decided()


def test_a_spreadsheet_holds_no_formula(tmp_path: Path) -> None:
    from openpyxl import load_workbook

    write_review(review(), tmp_path / "review.xlsx")
    cells = [cell for row in load_workbook(tmp_path / "review.xlsx")["values"].iter_rows() for cell in row]
    assert "'=750 lamps" in [cell.value for cell in cells]
    assert "f" not in [cell.data_type for cell in cells]


def test_an_unknown_decision_names_its_row(tmp_path: Path) -> None:
    write_review(decided(year="maybe"), tmp_path / "review.json")
    with pytest.raises(InvalidInputError, match=r"row 2 \(year '2019'\): accept is 'maybe'"):
        read_review(tmp_path / "review.json")


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b'{"rows": [{}], "about": {}, "written": {}}', b"\xff\xfe"]
)
def test_a_broken_review_is_refused(tmp_path: Path, content: bytes) -> None:
    for name in ("review.json", "review.xlsx"):
        (tmp_path / name).write_bytes(content)
        with pytest.raises(InvalidInputError, match="is no review file"):
            read_review(tmp_path / name)


def test_a_review_without_decisions_makes_nothing_and_names_all_that_is_missing(settings: Settings) -> None:
    with pytest.raises(InvalidInputError) as caught:
        run(review(), settings, by="")
    for missing in (
        "title",
        "problem",
        "summary",
        "approach",
        "confirmed_by",
        "origin",
        "main_challenge",
        "outcome",
    ):
        assert missing in caught.value.message
    assert not (settings.home / "imports").exists()


def test_only_accepted_values_get_into_the_records(settings: Settings) -> None:
    done = run(decided(money="no", year=""), settings)
    adoption = next(r for r in done.records if r["type"] == "Adoption")
    assert (done.taken, done.left) == (5, 2)
    assert "cost" not in adoption
    assert "start_year" not in adoption
    assert adoption["outcome"] == "bgs:outcome/success"
    assert adoption["result"][0]["value"] == 750


def test_a_changed_value_takes_the_place_of_the_proposed_one(settings: Settings) -> None:
    given = decided()
    rows = tuple(
        replace(r, accept="changed", changed_to="mixed") if r.field == "outcome" else r for r in given.rows
    )
    done = run(replace(given, rows=rows), settings)
    assert next(r for r in done.records if r["type"] == "Adoption")["outcome"] == "bgs:outcome/mixed"


def test_a_new_organisation_needs_its_sector(settings: Settings) -> None:
    given = decided()
    rows = tuple(replace(r, detail="") if r.field == "organisation" else r for r in given.rows)
    with pytest.raises(InvalidInputError, match=r"\('Kolumbus AS'\): its sector, one of university"):
        run(replace(given, rows=rows), settings)


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [("city", "ee-nowhere", "no city 'ee-nowhere'"), ("outcome", "splendid", "scheme outcome")],
)
def test_a_value_that_does_not_exist_is_refused(
    settings: Settings, field: str, value: str, reason: str
) -> None:
    given = decided()
    rows = tuple(
        replace(r, accept="changed", changed_to=value) if r.field == field else r for r in given.rows
    )
    with pytest.raises(InvalidInputError, match=reason):
        run(replace(given, rows=rows), settings)


def test_the_next_load_holds_the_record_and_where_it_comes_from(settings: Settings) -> None:
    before = load_datasets(settings, quiet)
    assert "lamps" not in " ".join(before.generation.graphs)
    done = run(decided(), settings)
    again = run(decided(), settings)
    assert done.path == again.path
    loaded = load_datasets(settings, quiet)
    assert loaded.report is not None
    assert loaded.report.rejects == []
    store = OxigraphStore.reader(loaded.generation.folder)
    rows = store.select("""
        SELECT ?method ?who ?hash WHERE {
            ?practice a bg:GoodPractice ; prov:wasGeneratedBy ?confirmed ; prov:wasDerivedFrom ?document .
            ?confirmed prov:wasInformedBy/foaf:name ?method ; prov:wasAssociatedWith/foaf:name ?who .
            ?document bg:contentHash ?hash }
    """)
    told = [{name: term.value for name, term in row.items()} for row in rows]
    assert told == [{"method": "bufgraph extraction rules 2026.2", "who": "City of Tartu", "hash": "ab" * 32}]
    confirmed = confirmation(store, codec().expand(done.practice))
    assert confirmed is not None
    assert (confirmed.by, confirmed.method) == ("City of Tartu", "bufgraph extraction rules 2026.2")
    assert confirmation(store, codec().expand("bgd:practice/gritting")) is None
