"""The command ``extract``: proposals for people and programs, a review file, nothing in the home."""

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner, Result

from bufgraph.errors import InvalidInputError
from bufgraph.settings import Settings
from bufgraph_ingest import extract_command
from bufgraph_ingest.extract_command import extract
from made_documents import pdf, word

TEXT = "Gritting by sensors\nIn 2022 the City of Tartu bought 40 sensors for EUR 1.2 million. It works [bold]well[/bold]."


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "page.txt"
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def run(small_settings: Settings, monkeypatch: pytest.MonkeyPatch) -> CliRunner:
    monkeypatch.setattr(extract_command, "load_settings", lambda: small_settings)
    return CliRunner()


def invoke(run: CliRunner, *words: str) -> Result:
    return run.invoke(extract, words, catch_exceptions=False, env={"COLUMNS": "160"})


def test_a_table_shows_text_and_values_and_takes_no_markup_from_the_document(
    run: CliRunner, page: Path
) -> None:
    done = invoke(run, str(page))
    assert done.exit_code == 0
    assert "[bold]well[/bold]" in done.stdout
    assert "1200000" in done.stdout
    assert "none of them confirmed" in done.stdout


def test_marked_words_stand_in_brackets_with_the_number_of_their_line(run: CliRunner, page: Path) -> None:
    shown = invoke(run, str(page)).stdout
    number = next(
        line.split()[0] for line in shown.splitlines() if "City of Tartu" in line and "organisation" in line
    )
    city = next(line.split()[0] for line in shown.splitlines() if " city " in line)
    assert f"[City of [Tartu]{city}]{number}" in shown


def test_what_is_unsure_is_named_with_its_rule(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "note.txt"
    path.write_text("In 2022 Tartu ran a trial. It is capped at 8,000.", encoding="utf-8")
    shown = invoke(run, str(path)).stdout
    assert "0.40 ?" in shown
    assert "quantity '8,000': a large number" in shown


def test_of_a_long_text_the_paragraphs_with_marks_are_shown(run: CliRunner, tmp_path: Path) -> None:
    path = tmp_path / "long.txt"
    path.write_text(
        "Title\n" + "Nothing here.\n" * 600 + "In 2022 it rained.\n" + "Nothing here.\n" * 60,
        encoding="utf-8",
    )
    shown = invoke(run, str(path)).stdout
    assert "In [2022]" in shown
    assert "…" in shown
    assert shown.count("Nothing here.") == 0


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("report.pdf", pdf("In 2022 Tartu bought 40 sensors.")),
        ("letter.docx", word(["In 2022 Tartu bought 40 sensors."])),
    ],
)
def test_documents_give_the_words_that_their_offsets_name(
    run: CliRunner, tmp_path: Path, name: str, content: bytes
) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    told = orjson.loads(invoke(run, str(path), "--format", "json").stdout)
    found = {told["text"][row["start"] : row["end"]] for row in told["rows"] if row["start"] >= 0}
    assert {"2022", "Tartu", "40 sensors"} <= found


def test_json_holds_the_offsets_in_the_text(run: CliRunner, page: Path) -> None:
    told = orjson.loads(invoke(run, str(page), "--format", "json", "--url", "https://example.org/a").stdout)
    rows = {row["value"]: row for row in told["rows"]}
    row = rows["1200000 EUR"]
    assert told["text"][row["start"] : row["end"]] == "EUR 1.2 million"
    assert {"ee-tartu", "2022", "40 count", "City of Tartu"} <= set(rows)
    assert {row["accept"] for row in told["rows"]} == {""}
    assert told["about"]["url"] == "https://example.org/a"


def test_a_review_is_written_once_and_nothing_else(
    run: CliRunner, page: Path, tmp_path: Path, small_settings: Settings
) -> None:
    review = tmp_path / "review.json"
    assert invoke(run, str(page), "--review", str(review)).exit_code == 0
    assert review.is_file()
    assert not (small_settings.home / "imports").exists()
    with pytest.raises(InvalidInputError, match="may hold decisions"):
        invoke(run, str(page), "--review", str(review))


def test_confirming_an_undecided_review_keeps_nothing(
    run: CliRunner, page: Path, tmp_path: Path, small_settings: Settings
) -> None:
    review = tmp_path / "review.json"
    invoke(run, str(page), "--review", str(review))
    with pytest.raises(InvalidInputError, match="the review is not complete"):
        invoke(run, "--confirm", str(review), "--by", "City of Tartu")
    assert not (small_settings.home / "imports").exists()


def test_it_wants_a_file_or_a_review(run: CliRunner) -> None:
    assert invoke(run).exit_code == 2
